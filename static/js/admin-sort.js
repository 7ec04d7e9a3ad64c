// Arrows beside the position numbers of an inline. The rows stay where Django put them, since
// it numbers its forms by their place; only their positions change, and CSS shows the order.
"use strict";

// The words stand on the script element, in the site's language.
const words = document.currentScript.dataset;
const rowsOf = (group) => [...group.querySelectorAll(".inline-related:not(.empty-form)")];
const field = (row) => row.querySelector("input[name$=-position]");
const sorted = (group) => rowsOf(group).sort((a, b) => field(a).value - field(b).value);

function show(group) {
  for (const row of rowsOf(group)) row.style.order = field(row).value;
}

function move(row, step) {
  const group = row.closest(".inline-group");
  const rows = sorted(group);
  const place = rows.indexOf(row);
  const other = rows[place + step];
  if (!other) return;
  [rows[place], rows[place + step]] = [other, row];
  rows.forEach((one, index) => (field(one).value = index + 1));
  show(group);
}

function addArrows(row) {
  if (row.querySelector(".move")) return;
  for (const [sign, label, step] of [["↓", words.down, 1], ["↑", words.up, -1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "move";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      move(row, step);
      button.focus();
    });
    field(row).after(button);
  }
  field(row).addEventListener("change", () => show(row.closest(".inline-group")));
}

addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".inline-group:has(.sortable)").forEach((group) => {
    rowsOf(group).forEach(addArrows);
    show(group);
  });
});
addEventListener("formset:added", (event) => {
  const group = event.target.closest(".inline-group:has(.sortable)");
  if (!group) return;
  const others = rowsOf(group).filter((row) => row !== event.target);
  field(event.target).value = Math.max(0, ...others.map((row) => +field(row).value)) + 1;
  addArrows(event.target);
  show(group);
});
