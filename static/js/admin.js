// What the stock admin's own scripts draw gets the names that are read aloud.

function name(root) {
  for (const box of root.querySelectorAll(".select2-container")) {
    const field = box.previousElementSibling;
    const label = field?.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (!label) continue;
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox]")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
    }
  }
  for (const sign of root.querySelectorAll(".help-tooltip[aria-label]:not([role])")) sign.setAttribute("role", "img");
}

addEventListener("load", () => name(document));
document.addEventListener("formset:added", (event) => name(event.target));
