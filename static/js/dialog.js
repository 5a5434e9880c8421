// Buttons that open the browser's own dialog: it keeps the focus inside and gives it back.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    opener.closest("details[data-drop]")?.removeAttribute("open");
    document.getElementById(opener.dataset.openDialog)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close-dialog]"))) dialog.close();
});
