// The table of contents marks the section that is being read. Without this script it is a
// list of links all the same.
const links = new Map();
for (const link of document.querySelectorAll(".toc a")) {
  const heading = document.getElementById(link.hash.slice(1));
  if (heading) links.set(heading, link);
}

// The current section is the last one whose heading has come into the upper third.
const mark = () => {
  let current = null;
  for (const [heading, link] of links) {
    link.removeAttribute("aria-current");
    if (heading.getBoundingClientRect().top < innerHeight / 3) current = link;
  }
  current?.setAttribute("aria-current", "true");
};

const watch = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
for (const heading of links.keys()) watch.observe(heading);
