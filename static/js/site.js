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

// A comment that is being written stays in the browser until it is sent: its text alone, for
// others may use the same machine. Where nothing may be stored it stays as long as the page.
const drafts = {};
const draft = (name) => {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return drafts[name] ?? "";
  }
};
const keepDraft = (name, text) => {
  drafts[name] = text;
  try {
    if (text.trim()) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch {
    // As above.
  }
};

addEventListener("DOMContentLoaded", () => {
  const sent = document.querySelector("[data-sent]");
  if (sent) keepDraft(`draft ${sent.dataset.sent}`, "");

  const form = document.getElementById("comment-form");
  if (!form) return;
  const { body } = form.elements;
  // One for each article and what is answered there.
  const name = () => {
    const { parent, media } = form.elements;
    const about = parent ? ` p${parent.value}` : media ? ` m${media.value}` : "";
    return `draft ${form.dataset.draft}${about}`;
  };
  body.value ||= draft(name());
  body.addEventListener("input", () => keepDraft(name(), body.value));

  // An answer is written below what it answers: the form goes there and comes back.
  const home = document.createComment("");
  form.before(home);
  const described = body.getAttribute("aria-describedby");
  const answering = document.getElementById("c-answering");
  let answered = null;
  const answer = (link) => {
    keepDraft(name(), body.value);
    form.elements.parent?.remove();
    if (link) {
      const parent = document.createElement("input");
      parent.type = "hidden";
      parent.name = "parent";
      parent.value = new URL(link.href).searchParams.get("parent");
      form.prepend(parent);
      link.parentElement.append(form);
    } else {
      home.after(form);
    }
    answering.hidden = !link;
    answering.firstElementChild.textContent = link?.getAttribute("aria-label") ?? "";
    body.setAttribute("aria-describedby", link ? `c-answers ${described}` : described);
    body.value = draft(name());
    (link ? body : answered).focus();
    answered = link;
  };
  answering.lastElementChild.addEventListener("click", () => answer(null));
  addEventListener("click", (event) => {
    const link = event.target.closest('.comment a[href*="?parent="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    answer(link);
  });
});
