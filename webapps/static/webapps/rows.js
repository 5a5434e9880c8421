// Rows of users: the next hidden row appears, a removed one is emptied and hidden. Without this script the server does it.

for (const box of document.querySelectorAll("[data-user-rows]")) {
  const rows = () => [...box.querySelectorAll("[data-user-row]")];
  const more = box.querySelector("[data-user-rows-more]");
  more.addEventListener("click", (event) => {
    const next = rows().find((row) => row.hidden);
    if (!next) return; // every row is shown: the form is sent and its answer says how many a request holds
    event.preventDefault();
    next.hidden = false;
    next.querySelector("[data-picker-text]").focus();
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-user-row-remove]");
    if (!button) return;
    const row = button.closest("[data-user-row]");
    for (const input of row.querySelectorAll("input")) input.value = "";
    row.hidden = true;
    more.focus();
  });
}
