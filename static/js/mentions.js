// Naming people and hashtags: after "@" or "#" and a letter those there are get offered. Arrow keys choose, Enter or Tab
// takes, Escape leaves. The text box stays a plain text box; the list is tied to it by aria-activedescendant.
import { say } from "./words.js";

const list = document.createElement("ul");
const status = document.createElement("div");
let box = null; // the text box the list stands under
let kind = null; // what is being named
let asked = null; // the request under way
let chosen = 0;

list.className = "suggest";
list.id = "suggest";
list.role = "listbox";
list.hidden = true;
status.className = "vh";
status.role = "status";

function text(className, content) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = content;
  return made;
}

function face(person) {
  const made = text(`avatar is-small hue-${Number(person.hue)} land-${Number(person.land)}`, person.initials);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function lines(...parts) {
  const made = document.createElement("span");
  made.append(...parts);
  return [made];
}

// begun: what stands before the cursor; url: who is asked, as data of the text box; value: what is taken.
const KINDS = [
  {
    begun: /(?:^|[\s(\[{"'])@([\p{L}\p{N}_.-]{1,30})$/u,
    url: "mentions",
    list: "people",
    found: "people_found",
    value: (person) => person.username,
    show: (person) => [face(person), ...lines(text("name", person.name), text("meta", `@${person.username}`))],
  },
  {
    begun: /(?:^|[\s(\[{"'])#([\p{L}\p{N}\p{M}_]{1,50})$/u,
    url: "tags",
    list: "tags",
    found: "tags_found",
    value: (tag) => tag.name,
    show: (tag) => lines(text("name", `#${tag.name}`), text("meta", say("tag_posts", { count: tag.posts }))),
  },
];

const lettersOf = (one) => one.begun.exec(box.value.slice(0, box.selectionStart))?.[1];

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

function option(found, index) {
  const item = document.createElement("li");
  item.id = `suggest-${index}`;
  item.role = "option";
  item.dataset.value = kind.value(found);
  item.append(...kind.show(found));
  return item;
}

function offer(items) {
  if (!items.length) return close();
  list.setAttribute("aria-label", say(kind.list));
  list.replaceChildren(...items.map(option));
  const host = box.parentElement;
  host.classList.add("suggest-box");
  list.classList.toggle("is-under", getComputedStyle(host).display === "flex"); // else it flows after the text box
  box.after(list, status);
  list.hidden = false;
  box.setAttribute("aria-controls", list.id);
  choose(0);
  status.textContent = say(kind.found, { count: items.length });
}

function take(value) {
  const letters = lettersOf(kind);
  if (letters === undefined) return close(); // the cursor has gone elsewhere meanwhile
  const end = box.selectionStart;
  box.setRangeText(`${value} `, end - letters.length, end, "end");
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

async function ask() {
  kind = KINDS.find((one) => box.dataset[one.url] && lettersOf(one));
  if (!kind) return close();
  asked?.abort();
  asked = new AbortController();
  try {
    const url = `${box.dataset[kind.url]}?q=${encodeURIComponent(lettersOf(kind))}`;
    const response = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (response.ok) offer((await response.json()).items ?? []);
    else close();
  } catch { /* a newer letter, or no network: writing goes on without help */ }
}

let pause = 0;
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-mentions], [data-tags]")) return;
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
    Enter: () => take(list.children[chosen].dataset.value),
    Tab: () => take(list.children[chosen].dataset.value),
    Escape: close,
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  acts[event.key]();
});
list.addEventListener("mousedown", (event) => {
  const item = event.target.closest("[role=option]");
  event.preventDefault(); // the text box keeps the focus
  if (item) take(item.dataset.value);
});
document.addEventListener("focusout", (event) => event.target === box && close());
