// Single letters for those who work here all day: / n g-i j k x ? – never while something is being typed.

const OFF = "single-keys-off";
const SEQUENCE_MILLISECONDS = 1200;
let begun = "";
let begunAt = 0;

function isTyping(target) {
  return target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [role=combobox]");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
}

function linkOf(row) {
  return row.querySelector("[data-row-link]") ?? row.querySelector("a");
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  const link = linkOf(all[next]);
  link?.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = document.activeElement?.closest("[data-row]")?.querySelector("[data-tick]");
  if (box) box.click();
}

function follow(key) {
  const target = [...document.querySelectorAll("[data-key]")].find((part) => part.dataset.key === key);
  if (!target) return false;
  if (target.matches("input, textarea")) {
    target.focus();
    target.select();
  } else {
    target.click();
  }
  return true;
}

function act(key) {
  if (begun && Date.now() - begunAt < SEQUENCE_MILLISECONDS && follow(begun + key)) {
    begun = "";
    return true;
  }
  begun = "";
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "x") tick();
  else if (key === "?") document.getElementById("keys")?.showModal();
  else if (follow(key)) return true;
  else if (document.querySelector(`[data-key^="${CSS.escape(key)}"]`)) {
    begun = key;
    begunAt = Date.now();
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.key.length !== 1 || event.key === " " || isTyping(event.target)) return;
  if (document.querySelector("dialog:modal") || localStorage.getItem(OFF)) return;
  if (act(event.key === "?" ? "?" : event.key.toLowerCase())) event.preventDefault();
});

for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
