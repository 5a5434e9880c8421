// Filters of a list are sent a moment after they were changed; empty ones stay out of the address.

const PAUSE_MILLISECONDS = 500;
const PLACE = "filter-focus";
let waiting = 0;

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (!form || event.target.matches("[data-picker-text]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(), PAUSE_MILLISECONDS);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (!form) return;
  sessionStorage.setItem(PLACE, document.activeElement?.name ?? "");
  for (const input of form.elements) {
    if (input.name && input.value === "") input.disabled = true;
  }
});

// Back from the next page the browser shows this one as it was left: with the empty fields still switched off.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    for (const input of form.elements) input.disabled = false;
    const name = sessionStorage.getItem(PLACE);
    if (name) form.elements[name]?.focus?.();
  }
  sessionStorage.removeItem(PLACE);
});
