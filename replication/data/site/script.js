// The report works without this script; it adds search, filters, and a choice of light or dark.
"use strict";

// A page opened from disk may be refused the store: the choice then lasts as long as the page.
const kept = {
  get() { try { return localStorage.getItem("theme"); } catch { return null; } },
  set(theme) { try { localStorage.setItem("theme", theme); } catch { /* see above */ } },
};

const page = document.documentElement;
if (kept.get()) page.dataset.theme = kept.get(); // before anything is drawn

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".tools").hidden = false;
  themes(document.querySelector("#theme"));
  search(document.querySelector("#search"), document.querySelector("#found"));
  const form = document.querySelector("#filters");
  if (form) filters(form, document.querySelector("#matrix"));
});

// On paper nothing can be opened.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not([open])").forEach((details) => {
    details.open = true;
    window.addEventListener("afterprint", () => { details.open = false; }, { once: true });
  });
});

function themes(button) {
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (page.dataset.theme || (prefersDark.matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    page.dataset.theme = isDark() ? "light" : "dark";
    kept.set(page.dataset.theme);
    name();
  });
  prefersDark.addEventListener("change", name);
  name();
}

function search(input, box) {
  const most = 12;
  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    box.hidden = words.length === 0;
    if (box.hidden) return;
    const found = SEARCH_INDEX.filter(({ text }) =>
      words.every((word) => text.toLowerCase().includes(word)));
    const count = document.createElement("p");
    count.textContent = found.length > most ? `${found.length} found, the first ${most}:`
      : found.length ? `${found.length} found:` : "Nothing found.";
    const list = document.createElement("ul");
    list.append(...found.slice(0, most).map(entry));
    box.replaceChildren(count, list);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.value = "";
    box.hidden = true;
  });
}

function entry({ kind, text, address }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = page.dataset.root + address;
  link.textContent = text;
  const what = document.createElement("span");
  what.textContent = kind;
  item.append(what, link);
  return item;
}

// Rows are chosen by topic and level, columns by subject and norm. A verdict keeps the rows that
// have it in a column that is shown.
function filters(form, table) {
  const told = form.querySelector("#matching");
  const rows = [...table.tBodies[0].rows];
  const show = () => {
    const { topic, level, subject, norm, verdict } = Object.fromEntries(new FormData(form));
    const fits = (chosen, value) => !chosen || chosen === value;
    // A column headed "either" stands for both norms.
    const column = (cell) => fits(subject, cell.dataset.subject)
      && (fits(norm, cell.dataset.norm) || cell.dataset.norm === "either");
    table.querySelectorAll("[data-subject]").forEach((cell) => { cell.hidden = !column(cell); });
    rows.forEach((row) => {
      const verdicts = [...row.cells].filter((cell) => !cell.hidden).map((c) => c.dataset.verdict);
      row.hidden = !(fits(topic, row.dataset.topic) && fits(level, row.dataset.level)
        && (!verdict || verdicts.includes(verdict)));
    });
    const left = rows.filter((row) => !row.hidden).length;
    told.textContent = `${left} of ${rows.length} claims`;
  };
  form.hidden = false;
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show)); // after the form has emptied itself
  show(); // a browser may have kept choices from before
}
