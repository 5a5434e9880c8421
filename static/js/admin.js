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
  for (const part of root.querySelectorAll(".datetime input:not([aria-label])")) {
    const label = part.closest(".form-row, td, .fieldBox")?.querySelector("label, legend");
    if (label) part.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
  for (const sign of root.querySelectorAll(".help-tooltip[aria-label]:not([role])")) sign.setAttribute("role", "img");
}

name(document);
// Choosers are drawn later than the page, and again in each line that is added.
new MutationObserver(() => name(document)).observe(document.body, { childList: true, subtree: true });
