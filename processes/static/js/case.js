// The case page: show one kind of timeline entry, and put a ready text into the box of the step.

for (const group of document.querySelectorAll("[data-kinds]")) {
  group.closest("[data-script-only]")?.removeAttribute("hidden");
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const other of group.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    for (const entry of document.querySelectorAll(".timeline [data-kind]")) {
      entry.hidden = Boolean(button.value) && entry.dataset.kind !== button.value;
    }
  });
}

for (const choice of document.querySelectorAll("[data-ready]")) {
  choice.addEventListener("change", () => {
    const box = document.getElementById(choice.dataset.ready);
    if (!box || !choice.value) return;
    box.value = box.value ? `${box.value.trimEnd()}\n${choice.value}` : choice.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    choice.value = "";
    box.focus();
  });
}
