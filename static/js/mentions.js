// Naming somebody: after "@" and a letter the people one can see are offered. Arrow keys choose, Enter or Tab takes,
// Escape leaves. The text box stays a plain text box; the list is tied to it by aria-activedescendant.
import { say } from "./words.js";

const BEGUN = /(?:^|[\s(\[{"'])@([\p{L}\p{N}_.-]{1,30})$/u;
const list = document.createElement("ul");
const status = document.createElement("div");
let box = null; // the text box the list stands under
let asked = null; // the request under way
let chosen = 0;

list.className = "suggest";
list.id = "suggest";
list.role = "listbox";
list.hidden = true;
list.setAttribute("aria-label", say("people"));
status.className = "vh";
status.role = "status";

const begun = () => BEGUN.exec(box.value.slice(0, box.selectionStart))?.[1];

function close() {
  asked?.abort();
  list.hidden = true;
  box?.removeAttribute("aria-activedescendant");
  box?.removeAttribute("aria-controls");
}

function choose(index) {
  const options = [...list.children];
  chosen = (index + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  box.setAttribute("aria-activedescendant", options[chosen].id);
}

function option(person, index) {
  const item = document.createElement("li");
  const face = document.createElement("span");
  const text = document.createElement("span");
  const name = document.createElement("span");
  const handle = document.createElement("span");
  item.id = `suggest-${index}`;
  item.role = "option";
  item.dataset.username = person.username;
  face.className = `avatar is-small hue-${Number(person.hue)} land-${Number(person.land)}`;
  face.setAttribute("aria-hidden", "true");
  face.textContent = person.initials;
  name.className = "name";
  name.textContent = person.name;
  handle.className = "meta";
  handle.textContent = `@${person.username}`;
  text.append(name, handle);
  item.append(face, text);
  return item;
}

function offer(people) {
  if (!people.length) return close();
  list.replaceChildren(...people.map(option));
  const host = box.parentElement;
  host.classList.add("suggest-box");
  list.classList.toggle("is-under", getComputedStyle(host).display === "flex"); // else it flows after the text box
  box.after(list, status);
  list.hidden = false;
  box.setAttribute("aria-controls", list.id);
  choose(0);
  status.textContent = say("people_found", { count: people.length });
}

function take(username) {
  const end = box.selectionStart;
  const start = end - begun().length;
  box.setRangeText(`${username} `, start, end, "end");
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

async function ask() {
  const letters = begun();
  if (!letters) return close();
  asked?.abort();
  asked = new AbortController();
  try {
    const url = `${box.dataset.mentions}?q=${encodeURIComponent(letters)}`;
    const response = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (response.ok) offer((await response.json()).items ?? []);
    else close();
  } catch { /* a newer letter, or no network: writing goes on without help */ }
}

let pause = 0;
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-mentions]")) return;
  box = event.target;
  box.setAttribute("aria-autocomplete", "list");
  clearTimeout(pause);
  pause = setTimeout(ask, 150);
});
document.addEventListener("keydown", (event) => {
  if (list.hidden || event.target !== box) return;
  const acts = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: () => take(list.children[chosen].dataset.username),
    Tab: () => take(list.children[chosen].dataset.username),
    Escape: close,
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  acts[event.key]();
});
list.addEventListener("mousedown", (event) => {
  const item = event.target.closest("[role=option]");
  event.preventDefault(); // the text box keeps the focus
  if (item) take(item.dataset.username);
});
document.addEventListener("focusout", (event) => event.target === box && close());
