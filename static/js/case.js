// The timeline of a case narrowed to one kind of entry; everything is on the page, so nothing is asked again.

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-kinds] button");
  if (!choice) return;
  for (const other of choice.parentElement.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === choice));
  }
  for (const entry of choice.closest("section").querySelectorAll(".timeline__entry")) {
    entry.hidden = choice.value !== "" && entry.dataset.kind !== choice.value;
  }
});
