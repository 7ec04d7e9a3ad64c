// Keys for the moderators' queue, and presses that do not load the page anew. Without this file
// every button is there and does the same.
"use strict";

const SWITCH = "footcare-queue-keys";
const queue = () => document.getElementById("queue");
const cards = () => [...document.querySelectorAll("#queue .card")];
const current = () => document.activeElement?.closest?.(".card");
let busy = false;

const memory = {
  get isOn() {
    try { return localStorage.getItem(SWITCH) !== "off"; } catch { return true; }
  },
  set isOn(value) {
    try { localStorage.setItem(SWITCH, value ? "on" : "off"); } catch { /* asked again next time */ }
  },
};

function go(card) {
  if (!card) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

// What the site answered takes the place of what is shown. The region that is read out stays,
// or nobody would hear what is put into it.
function show(text, address, place) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("queue")) return location.assign(address); // logged out, say
  const says = (root) => root.querySelector("#queue-said [role=status]");
  for (const [old, anew] of [
    [queue(), page.getElementById("queue")],
    [document.querySelector(".tabs"), page.querySelector(".tabs")],
    [document.getElementById("queue-undo"), page.getElementById("queue-undo")],
    [says(document), says(page)],
  ]) old.replaceChildren(...anew.childNodes);
  history.replaceState(null, "", address);
  prepare();
  const wrong = queue().querySelector(".card .errorlist");
  const form = wrong?.closest("form") || queue().querySelector(".card details[open] form");
  if (form) return (form.querySelector("[aria-invalid=true]") || form.querySelector("textarea, select")).focus();
  const left = cards();
  if (left.length) go(left[Math.min(place, left.length - 1)]);
  else document.getElementById("content-start").focus();
}

async function send(form, button) {
  const place = Math.max(0, cards().indexOf(form.closest(".card")));
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  busy = true;
  queue().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (answer.status >= 500 || answer.status === 403) throw new Error(String(answer.status));
    show(await answer.text(), answer.url, place);
  } catch {
    // The browser sends it as it would have without us, and shows what is wrong.
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: button?.name || "", value: button?.value || "" });
    form.append(hidden);
    form.submit();
  } finally {
    busy = false;
    queue().removeAttribute("aria-busy");
  }
}

addEventListener("submit", (event) => {
  if (!event.target.closest("#content-start")) return;
  event.preventDefault();
  if (!busy) send(event.target, event.submitter);
});

// Choosing a saved reply puts its text below what stands there.
addEventListener("change", (event) => {
  if (event.target.id === SWITCH) memory.isOn = event.target.checked;
  if (!event.target.matches(".reply select")) return;
  const text = event.target.form.querySelector("textarea");
  const chosen = [...document.querySelectorAll("#saved-replies [data-saved]")]
    .find((one) => one.dataset.saved === event.target.value);
  if (chosen) text.value = [text.value.trim(), chosen.textContent].filter(Boolean).join("\n\n");
});

function step(by) {
  const all = cards();
  const at = all.indexOf(current());
  go(at < 0 ? all[0] : all[at + by]);
}

function press(key) {
  const card = current();
  if (!card) return go(cards()[0]); // nothing is decided about what nobody has looked at
  const control = card.querySelector(`[data-key="${key}"]`);
  if (!control) return;
  if (control.tagName !== "SUMMARY") return control.click();
  control.parentElement.open = true;
  control.parentElement.querySelector("textarea, button.is-last").focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  u: () => document.querySelector("#queue-undo button")?.click(),
  "?": () => {
    const keys = document.getElementById("queue-keys");
    keys.open = true;
    keys.querySelector("summary").focus();
  },
};
for (const key of "ashdrx") KEYS[key] = () => press(key);

const isTyping = (target) =>
  target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])");

addEventListener("keydown", (event) => {
  if (busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!memory.isOn || !KEYS[event.key] || isTyping(event.target)) return;
  if (event.repeat && !"jk".includes(event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

function prepare() {
  document.querySelectorAll(".reply button[value=fill]").forEach((one) => { one.hidden = true; });
}

document.getElementById("queue-keys").hidden = false;
document.getElementById(SWITCH).checked = memory.isOn;
prepare();
