// Arrows beside the position numbers of an inline: move a row, then number the rows anew.
"use strict";

const ROW = "tr.form-row:not(.empty-form), .inline-related:not(.tabular, .empty-form)";
const rowsOf = (group) => [...group.querySelectorAll(ROW)];

function renumber(group) {
  rowsOf(group).forEach((row, index) => {
    row.querySelector("input[name$=-position]").value = index + 1;
  });
}

function move(row, step) {
  const group = row.closest(".inline-group");
  const rows = rowsOf(group);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  renumber(group);
}

function addArrows(row) {
  const field = row.querySelector("input[name$=-position]");
  if (!field || row.querySelector(".move")) return;
  for (const [sign, words, step] of [["↓", "Move down", 1], ["↑", "Move up", -1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "move";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => {
      move(row, step);
      button.focus();
    });
    field.after(button);
  }
}

addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".inline-group:has(.sortable)").forEach((group) => {
    rowsOf(group).forEach(addArrows);
  });
});
addEventListener("formset:added", (event) => {
  const group = event.target.closest(".inline-group:has(.sortable)");
  if (!group) return;
  addArrows(event.target);
  renumber(group);
});
