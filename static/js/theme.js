// Light, dark or as the machine has it; remembered in a cookie so that the server paints the next page right at once.

const YEAR = 365 * 24 * 60 * 60;

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-switch] button");
  if (!choice) return;
  const root = document.documentElement;
  root.classList.remove("theme-auto", "theme-light", "theme-dark");
  root.classList.add(`theme-${choice.value}`);
  // Over TLS under the name only this host itself can write (settings.THEME_COOKIE_NAME).
  const [name, secure] = location.protocol === "https:" ? ["__Host-theme", "; Secure"] : ["theme", ""];
  document.cookie = `${name}=${choice.value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  for (const other of choice.parentElement.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === choice));
  }
});
