// What every page needs: controls that only work with a script appear, messages can be dismissed, menus close.

function prepare(root) {
  for (const part of root.querySelectorAll("[data-script-only][hidden]")) part.hidden = false;
  const first = root.querySelector("[data-focus]");
  if (!first) return;
  delete first.dataset.focus; // once: whoever has moved on is not called back
  first.focus();
}

function closeDrops(except) {
  for (const drop of document.querySelectorAll("details[data-drop][open]")) {
    if (drop !== except) drop.open = false;
  }
}

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) {
    dismiss.parentElement.remove();
    document.getElementById("content")?.focus();
  }
  closeDrops(event.target.closest("details[data-drop]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const drop = document.activeElement?.closest("details[data-drop][open]");
  closeDrops();
  drop?.querySelector("summary").focus();
});
