// What a page of the site does more where scripts run. Loaded before the first paint, so that
// the theme does not flash.

// The device decides between light and dark. Here a reader may decide otherwise; the choice
// stays in the browser.
const root = document.documentElement;
root.dataset.js = "";
try {
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
} catch {
  // Storage may be forbidden: then a choice lasts as long as the page.
}

addEventListener("click", (event) => {
  const button = event.target.closest(".theme button");
  if (!button) return;
  root.dataset.theme = button.value;
  try {
    localStorage.setItem("theme", button.value);
  } catch {
    // As above.
  }
  button.parentElement.querySelector(`button:not([value="${button.value}"])`).focus();
});

// The table of contents marks the section that is being read: the last one whose heading has
// come into the upper third.
addEventListener("DOMContentLoaded", () => {
  const links = new Map();
  for (const link of document.querySelectorAll(".toc a")) {
    const heading = document.getElementById(link.hash.slice(1));
    if (heading) links.set(heading, link);
  }
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
});
