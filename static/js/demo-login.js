// Trial run only: a button beside an invented account writes its name, password or code into the form.
const form = document.querySelector("[data-log-in]");

function put(name, value) {
  const field = form?.elements.namedItem(name);
  if (field) field.value = value;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill-name], [data-fill-code]");
  if (!button) return;
  if (button.dataset.fillCode) put("code", button.dataset.fillCode);
  else {
    put("username", button.dataset.fillName);
    put("password", button.dataset.fillPassword);
  }
  form?.querySelector("[type=submit]")?.focus();
});
