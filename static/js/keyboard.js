// Single keys: ? j k l n / and g with a letter. Off while somebody writes; off for good by the switch in the list of keys.
import { open } from "./dialogs.js";
import { post } from "./send.js";

const member = document.body.hasAttribute("data-member");
const list = document.getElementById("keys");
let going = 0; // when g was pressed

// A cookie and not the page says it, so that it holds on pages that caches keep.
const isOff = () => /(?:^|; )keys=off(?:;|$)/.test(document.cookie);
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-on]")) return;
  document.cookie = `keys=${target.checked ? "" : "off"}; path=/; samesite=lax; max-age=${target.checked ? 0 : 34560000}`;
  if (member) post(target.dataset.keysOn, { keys: target.checked ? "" : "off" }, { "X-Look": "1" }).catch(() => {});
});

const entries = () => [...document.querySelectorAll("[data-entry]")].filter((entry) => entry.checkVisibility());
const current = () => document.querySelector("[data-entry].is-current");

function settle(entry) {
  current()?.classList.remove("is-current");
  entry.classList.add("is-current");
  entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = entries();
  if (!all.length) return;
  const at = all.indexOf(current());
  settle(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function compose() {
  const box = document.querySelector("[data-composer] textarea");
  if (box) box.focus();
  else document.querySelector("[data-compose]")?.click();
}

function find() {
  const box = document.querySelector("input[type=search]");
  if (box) box.focus();
  else document.querySelector('[data-go="e"]')?.click();
}

const KEYS = {
  "?": () => list && open(list),
  j: () => move(1),
  k: () => move(-1),
  l: () => current()?.querySelector("[data-react]")?.click(),
  n: compose,
  "/": find,
  g: () => { going = Date.now(); },
  Enter: () => document.activeElement === current() && current()?.querySelector("a.when")?.click(),
};

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, [contenteditable], dialog[open], [role=listbox]");
  if (writing || isOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (Date.now() - going < 1500) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) {
      event.preventDefault();
      place.click();
    }
    return;
  }
  const act = KEYS[event.key];
  if (!act || (event.key === "Enter" && document.activeElement !== current())) return;
  event.preventDefault();
  act();
});

// Whoever tabs or clicks into an entry moves the mark along.
document.addEventListener("focusin", (event) => {
  const entry = event.target.closest("[data-entry]");
  const marked = current();
  if (marked && entry && entry !== marked) {
    marked.classList.remove("is-current");
    entry.classList.add("is-current");
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-compose]")) return;
  const box = document.querySelector("[data-composer] textarea");
  if (box) {
    event.preventDefault();
    box.focus();
  }
});
