// The device decides between light and dark. With this script a reader may decide otherwise;
// the choice stays in the browser. Loaded before the first paint, so nothing flashes.
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
