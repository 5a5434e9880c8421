// Choosing rows: all at once, a range with Shift, and a bar that appears when something is chosen.

let last = null;

function ticksOf(form) {
  return [...document.querySelectorAll("[data-tick]")].filter((box) => box.form === form);
}

function show(form) {
  const boxes = ticksOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  form.hidden = chosen === 0;
  const count = form.querySelector("[data-bulk-count]");
  if (count) count.textContent = chosen === 1 ? count.dataset.one : count.dataset.many.replace("%d", chosen);
  for (const all of document.querySelectorAll(`[data-tick-all="${CSS.escape(form.id)}"]`)) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

for (const form of document.querySelectorAll("form[data-bulk]")) show(form);
addEventListener("pageshow", () => document.querySelectorAll("form[data-bulk]").forEach(show));

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-tick]");
  if (!box) return;
  if (event.shiftKey && last && last.form === box.form) {
    const boxes = ticksOf(box.form);
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  if (box.form) show(box.form);
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  if (!all) return;
  const form = document.getElementById(all.dataset.tickAll);
  for (const box of ticksOf(form)) box.checked = all.checked;
  show(form);
});
