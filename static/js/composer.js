// Writing: a draft survives a reload until it is sent, the room left is said near its end, Ctrl+Enter sends.
import { say } from "./words.js";

const owner = document.body.dataset.member ?? "";
const NEAR = 0.1; // the last tenth is counted aloud

const keyOf = (form) => `draft:${owner}:${form.dataset.draft}`;
const sentKey = (form) => `sent:${owner}:${form.dataset.draft}`;

function grow(form) {
  const box = form.querySelector("textarea");
  const output = form.querySelector("[data-count]");
  const limit = Number(form.dataset.limit);
  if (!output || !limit) return;
  const left = limit - [...box.value].length;
  output.textContent = left > limit * NEAR ? "" : say(left < 0 ? "over" : "left", { count: Math.abs(left) });
}

function keep(form) {
  const { value } = form.querySelector("textarea");
  if (value.trim()) localStorage.setItem(keyOf(form), value);
  else localStorage.removeItem(keyOf(form));
}

function forget(form) {
  localStorage.removeItem(keyOf(form));
  sessionStorage.removeItem(sentKey(form));
}

function forgetAll() {
  const mine = (key) => key.startsWith(`draft:${owner}:`);
  for (const key of Object.keys(localStorage).filter(mine)) localStorage.removeItem(key);
}

// A page that is no error and was not come back to proves that what was sent arrived.
const arrived = () =>
  !document.querySelector("meta[name=status]") && performance.getEntriesByType("navigation")[0]?.type !== "back_forward";

function start(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  const box = form.querySelector("textarea");
  if (sessionStorage.getItem(sentKey(form)) && arrived() && !box.value) forget(form);
  const draft = localStorage.getItem(keyOf(form));
  if (draft && !box.value) {
    box.value = draft;
    const output = form.querySelector("[data-count]");
    if (output) output.textContent = say("draft_kept");
  }
}

export function startAll(root = document) {
  for (const form of root.querySelectorAll("form[data-draft]")) start(form);
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

startAll();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form || event.target.localName !== "textarea") return;
  keep(form);
  grow(form);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest("form[data-draft]")?.requestSubmit();
});
// An answer that is unfolded is there to be written.
document.addEventListener("toggle", (event) => event.target.matches?.("details[open]") && event.target.querySelector("textarea")?.focus(), true);
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) sessionStorage.setItem(sentKey(event.target), "1");
  const { submitter, target } = event;
  const address = submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "";
  if (address.endsWith("/logout/")) forgetAll(); // the next person at this machine finds nothing
});
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!detail.successful || !target.matches?.("form[data-draft]")) return;
  forget(target);
  target.reset();
  target.querySelector("textarea").value = "";
  if (target.elements.key) target.elements.key.value = newKey(); // the next one is another post, not a repeat
  grow(target);
});
document.addEventListener("htmx:load", ({ detail }) => startAll(detail.elt));
