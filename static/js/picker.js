// Choosing a person or an institution: an input that offers what it finds (the combobox of the ARIA practices).

const PAUSE_MILLISECONDS = 200;
const LEAST_LETTERS = 2;

function proof() {
  const ours = document.body.getAttribute("hx-headers");
  return (ours && JSON.parse(ours)["X-CSRFToken"]) || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

class Picker {
  constructor(root) {
    this.root = root;
    this.text = root.querySelector("[data-picker-text]");
    this.key = root.querySelector("[data-picker-key]");
    this.list = root.querySelector("[role=listbox]");
    this.status = root.querySelector("[data-picker-status]");
    this.at = -1;
    this.asked = 0;
    this.text.setAttribute("role", "combobox");
    this.text.setAttribute("aria-autocomplete", "list");
    this.text.setAttribute("aria-expanded", "false");
    this.text.setAttribute("aria-controls", this.list.id);
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  typed() {
    this.key.value = "";
    clearTimeout(this.waiting);
    const words = this.text.value.trim();
    if (words.length < LEAST_LETTERS) return this.close();
    this.waiting = setTimeout(() => this.find(words), PAUSE_MILLISECONDS);
  }

  async find(words) {
    const turn = ++this.asked;
    let found = [];
    try {
      // A name travels in the body of the request: addresses end up in logs.
      const answer = await fetch(this.root.dataset.url, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": proof() },
        body: new URLSearchParams({ q: words }),
        credentials: "same-origin",
      });
      if (!answer.ok) return this.close();
      found = (await answer.json()).results;
    } catch {
      return this.close(); // without the network the words typed are sent as they are
    }
    if (turn !== this.asked) return;
    this.show(found);
  }

  show(found) {
    this.at = -1;
    this.text.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...found.map((one, place) => this.option(one, place)));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "picker__none";
      none.setAttribute("role", "presentation");
      none.textContent = this.root.dataset.none;
      this.list.append(none);
    }
    this.list.hidden = false;
    this.text.setAttribute("aria-expanded", String(found.length > 0));
    this.status.textContent = found.length ? `${found.length} ${this.root.dataset.found}` : this.root.dataset.none;
  }

  option(one, place) {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.id = `${this.list.id}-${place}`;
    option.dataset.key = one.id;
    option.dataset.name = one.name;
    option.append(one.name);
    if (one.detail) {
      const detail = document.createElement("small");
      detail.textContent = one.detail;
      option.append(detail);
    }
    return option;
  }

  pressed(event) {
    const options = this.options;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) return this.typed();
      if (options.length) this.move((this.at + (event.key === "ArrowDown" ? 1 : options.length - (this.at < 0 ? 0 : 1))) % options.length);
    } else if (event.key === "Enter" && this.at >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.choose(options[this.at]);
    }
  }

  move(place) {
    this.options.forEach((option, here) => option.setAttribute("aria-selected", String(here === place)));
    this.at = place;
    const option = this.options[place];
    this.text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    this.key.value = option.dataset.key;
    this.text.value = option.dataset.name;
    this.status.textContent = option.dataset.name;
    this.close();
    this.key.dispatchEvent(new Event("change", { bubbles: true }));
  }

  close() {
    clearTimeout(this.waiting);
    this.asked += 1;
    this.at = -1;
    this.list.hidden = true;
    this.text.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
  }
}

function prepare(root) {
  for (const part of root.querySelectorAll("[data-picker]:not([data-ready])")) {
    part.dataset.ready = "";
    new Picker(part);
  }
}

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));
