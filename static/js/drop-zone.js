// A box that takes files by dropping; the input inside it does the rest.

function describe(size) {
  const megabytes = size / 1024 / 1024;
  const language = document.documentElement.lang || "tr";
  return megabytes < 0.1
    ? `${Math.ceil(size / 1024).toLocaleString(language)} KB`
    : `${megabytes.toLocaleString(language, { maximumFractionDigits: 1 })} MB`;
}

function list(zone) {
  const shown = zone.querySelector("[data-drop-zone-list]");
  const input = zone.querySelector("input[type=file]");
  if (!shown || !input) return;
  shown.replaceChildren(
    ...[...input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${describe(file.size)}`;
      return line;
    }),
  );
  shown.hidden = input.files.length < 2;
}

function zoneOf(event) {
  return event.target.closest?.("[data-drop-zone]");
}

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.classList.add("drop-zone--over");
});

document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("drop-zone--over");
});

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("drop-zone--over");
  const input = zone.querySelector("input[type=file]");
  if (!input || input.disabled || !event.dataTransfer.files.length) return;
  if (input.multiple) {
    input.files = event.dataTransfer.files;
  } else {
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
  }
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const zone = zoneOf(event);
  if (zone) list(zone);
});
