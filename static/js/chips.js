// A list of words in one text box: each word becomes a chip that can be taken away, and words others use are offered.
// Enter, a comma or leaving the box adds a word; Backspace in the empty box takes the last one back for another look.
// The text box underneath stays what is sent: words with commas between them, or lines ([data-chips="lines"]).
import { say } from "./words.js";

let lists = 0;

function offer(input, url) {
  const list = document.createElement("datalist");
  let pause = 0;
  list.id = `offers-${lists += 1}`;
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  input.after(list);
  input.addEventListener("input", () => {
    clearTimeout(pause);
    if (!input.value.trim()) return;
    pause = setTimeout(async () => {
      try {
        const response = await fetch(`${url}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
        const { items } = response.ok ? await response.json() : { items: [] };
        const words = items.map((item) => item.name ?? item);
        list.replaceChildren(...words.map((word) => new Option(word, word)));
      } catch { /* no network: writing goes on without help */ }
    }, 150);
  });
}

function unfold(field) {
  const lines = field.dataset.chips === "lines";
  const ends = lines ? /\n/ : /[,;\n،、，]/;
  const box = document.createElement("div");
  const chips = document.createElement("ul");
  const input = document.createElement("input");
  const status = document.createElement("span");
  const words = () => [...chips.children].map((chip) => chip.dataset.word);

  box.className = "chips-box";
  input.className = "input";
  input.id = field.id;
  status.className = "vh";
  status.role = "status";
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  chips.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() ?? "");
  field.removeAttribute("id");
  field.hidden = true;

  const keep = () => { field.value = words().join(lines ? "\n" : ", "); };
  function remove(chip) {
    const next = chip.nextElementSibling ?? chip.previousElementSibling;
    chip.remove();
    keep();
    status.textContent = say("chip_removed", { word: chip.dataset.word });
    (next?.querySelector("button") ?? input).focus();
  }
  function add(text) {
    for (const word of text.split(ends).map((part) => part.trim()).filter(Boolean)) {
      if (words().some((known) => known.toLowerCase() === word.toLowerCase())) continue;
      const chip = document.createElement("li");
      const name = document.createElement("bdi");
      const button = document.createElement("button");
      chip.className = "chip";
      chip.dataset.word = name.textContent = word;
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", say("chip_remove", { word }));
      button.addEventListener("click", () => remove(chip));
      chip.append(name, button);
      chips.append(chip);
    }
    keep();
  }
  function take() {
    add(input.value);
    input.value = "";
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !input.value && chips.lastElementChild) {
      event.preventDefault();
      const last = chips.lastElementChild;
      input.value = last.dataset.word;
      last.remove();
      keep();
    }
  });
  input.addEventListener("input", (event) => {
    const chosen = event.inputType === "insertReplacementText" || !event.inputType; // out of the list of offers
    if (chosen || ends.test(input.value)) take();
  });
  input.addEventListener("blur", take);
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!ends.test(text.trim())) return;
    event.preventDefault(); // a text box of one line would run the lines together
    add(text);
  });

  box.append(chips, input, status);
  field.after(box);
  add(field.value);
  if (field.dataset.offers) offer(input, field.dataset.offers);
}

function enhance(root) {
  for (const field of root.querySelectorAll("[data-chips]:not([hidden])")) unfold(field);
  for (const field of root.querySelectorAll("[data-offers]:not([data-chips], [list])")) offer(field, field.dataset.offers);
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target));
