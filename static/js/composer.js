// Writing: what is typed survives a reload until it is sent, the room left is said near its end, Ctrl+Enter sends.
import { bring, hold, holdNothing, isShort } from "./parts.js";
import { countLines, trimLines } from "./poll-lines.js";
import { say } from "./words.js";

const owner = document.body.dataset.member ?? "";
const NEAR = 0.1; // the last tenth is counted aloud
const OWN = new Set(["csrfmiddlewaretoken", "key", "revision"]); // not what somebody typed

const slotOf = (form) => `draft:${owner}:${form.dataset.draft}`;
const sentKey = (form) => `sent:${owner}:${form.dataset.draft}`;
export const unsure = new WeakMap(); // form -> fields that may have been saved as the page before was left
export const wasSent = (form) => Boolean(sessionStorage.getItem(sentKey(form)));

function grow(form) {
  const box = form.querySelector("textarea");
  const output = form.querySelector("[data-count]");
  const limit = Number(form.dataset.limit);
  if (!output || !limit) return;
  const left = limit - [...box.value].length;
  output.textContent = left > limit * NEAR ? "" : say(left < 0 ? "over" : "left", { count: Math.abs(left) });
}

// --- what a form holds, kept in this browser ---

const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !OWN.has(name) && typeof value === "string");
const isTyped = ([name, value]) => ["body", "warning", "poll_question", "poll_options"].includes(name) && value.trim();

function read(slot) {
  const kept = localStorage.getItem(slot);
  if (!kept) return null;
  try {
    const record = JSON.parse(kept);
    return Array.isArray(record?.fields) ? record : null;
  } catch {
    return { fields: [["body", kept]], saved: false }; // as it was kept before there was more than a text
  }
}

const mine = () => Object.keys(localStorage).filter((slot) => slot.startsWith(`draft:${owner}:`));

export function keep(form, saved = false) {
  const fields = fieldsOf(form);
  const { key, revision } = form.elements;
  if (!fields.some(isTyped)) return localStorage.removeItem(slotOf(form));
  const record = { key: key?.value, revision: revision?.value, saved, fields };
  return localStorage.setItem(slotOf(form), JSON.stringify(record));
}

export function forgetKey(key) {
  for (const slot of mine()) if (key && read(slot)?.key === key) localStorage.removeItem(slot);
}

function forget(form) {
  localStorage.removeItem(slotOf(form));
  sessionStorage.removeItem(sentKey(form));
  forgetKey(form.elements.key?.value);
}

function fill(form, fields) {
  const given = new Map();
  for (const [name, value] of fields) given.set(name, [...(given.get(name) ?? []), value]);
  countLines(form, given.get("poll_options")?.length ?? 0);
  for (const element of form.elements) {
    if (!element.name || OWN.has(element.name) || element.type === "submit" || "held" in element.dataset) continue;
    const values = given.get(element.name) ?? [];
    if (element.type === "checkbox") element.checked = values.includes(element.value);
    else if (values.length) element.value = values.shift();
  }
  for (const part of form.querySelectorAll(".composer-part")) {
    part.open ||= [...part.querySelectorAll("input:not([type=checkbox])")].some(({ value }) => value);
  }
}

// The form as it was left: in its own place, or where this very draft was written before.
function restore(form) {
  const { key, revision } = form.elements;
  const box = form.querySelector("textarea");
  const isResumed = Number(revision?.value) > 0;
  const slots = isResumed ? mine().filter((slot) => read(slot)?.key === key.value) : [slotOf(form)];
  const slot = slots.find((one) => !read(one)?.saved) ?? slots[0];
  const kept = slot && read(slot);
  const isSame = isShort(form) && kept?.fields.some(([name, value]) => name === "body" && value === box.value); // by the browser
  if (!kept || (isResumed ? kept.saved : box.value && !isSame)) {
    if (isResumed) slots.forEach((one) => localStorage.removeItem(one)); // the server's is as new
    return;
  }
  const isMore = hold(form, kept.fields);
  fill(form, kept.fields);
  if (kept.key && key) key.value = kept.key;
  if (kept.revision && revision) revision.value = kept.revision;
  if (isResumed) slots.forEach((one) => localStorage.removeItem(one));
  keep(form, kept.saved);
  unsure.set(form, kept.fields);
  const output = form.querySelector("[data-count]");
  if (output) output.textContent = say("draft_kept");
  if (!kept.saved) form.dispatchEvent(new Event("cc:unsaved", { bubbles: true }));
  if (isMore) bring(form).catch(() => {});
}

function forgetAll() {
  for (const slot of mine()) localStorage.removeItem(slot);
}

// A page that is no error and was not come back to proves that what was sent arrived.
const isReturn = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const arrived = () => !document.querySelector("meta[name=status]") && !isReturn();

// On a slow line somebody types before this runs. What the browser brings back by itself was sent or kept already.
function notice(form) {
  const isAhead = [...form.elements].some((one) => isTyped([one.name, one.value ?? ""]) && one.value !== one.defaultValue);
  if (!isAhead || unsure.has(form) || isReturn()) return;
  keep(form);
  grow(form);
  form.dispatchEvent(new Event("cc:unsaved", { bubbles: true }));
}

function start(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  for (const hidden of form.querySelectorAll("[data-needs-js]")) hidden.hidden = false;
  trimLines(form);
  const box = form.querySelector("textarea");
  if (wasSent(form) && arrived() && !box.value) forget(form);
  sessionStorage.removeItem(sentKey(form)); // what comes back with a fault is being written again
  restore(form);
  notice(form);
  form.dispatchEvent(new Event("cc:ready", { bubbles: true }));
  if (form.contains(document.activeElement)) bring(form).catch(() => {});
}

export function startAll(root = document) {
  for (const form of root.querySelectorAll("form[data-draft]")) start(form);
  if (root.matches?.("form[data-draft]")) start(root);
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function empty(form) {
  forget(form);
  if (form.querySelector("[role=alert]")) { // it came back with faults, which a reset would bring back
    window.htmx.ajax("GET", form.dataset.fresh, { target: form, swap: "outerHTML" });
    return;
  }
  form.reset();
  holdNothing(form);
  form.querySelector("textarea").value = "";
  for (const part of form.querySelectorAll(".composer-part[open]")) part.open = false;
  form.querySelector("#compose-preview")?.replaceChildren();
  if (form.elements.key) form.elements.key.value = newKey(); // the next one is another post, not a repeat
  if (form.elements.revision) form.elements.revision.value = "0";
  grow(form);
  form.dispatchEvent(new Event("cc:emptied", { bubbles: true }));
}

document.addEventListener("cc:parts", ({ target, detail }) => {
  fill(target, detail);
  target.dispatchEvent(new Event("cc:ready", { bubbles: true }));
});
// After the modules that listen to what is said here have begun to.
queueMicrotask(() => startAll());
for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target }) => {
    const form = target.form;
    if (!form?.matches("form[data-draft]")) return;
    keep(form);
    grow(form);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest("form[data-draft]")?.requestSubmit();
});
// An answer that is unfolded is there to be written.
document.addEventListener("toggle", (event) => event.target.matches?.("details[open]") && event.target.querySelector("textarea")?.focus(), true);
document.addEventListener("submit", (event) => {
  const { submitter, target } = event;
  const address = submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "";
  if (target.matches("form[data-draft]") && !address.endsWith("/preview/")) sessionStorage.setItem(sentKey(target), "1");
  if (address.endsWith("/logout/")) forgetAll(); // the next person at this machine finds nothing
});
document.addEventListener("click", ({ target }) => forgetKey(target.closest("[data-forget-draft]")?.dataset.forgetDraft));
// A form that comes back with faults takes the place of the one that was sent. (While DEBUG is on, django-htmx would
// show it in place of the whole page.)
const comesBack = ({ xhr, requestConfig: { elt } }) =>
  elt.matches?.("form[data-draft]") && xhr.status >= 400 && xhr.responseText.includes(`id="${elt.id}"`);
document.addEventListener("htmx:beforeOnLoad", (event) => comesBack(event.detail) && event.stopPropagation(), true);
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!comesBack(detail)) return;
  Object.assign(detail, { shouldSwap: true, isError: false, target: detail.requestConfig.elt, swapOverride: "outerHTML" });
});
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!target.matches?.("form[data-draft]") || detail.elt !== target) return;
  sessionStorage.removeItem(sentKey(target));
  if (detail.xhr.status >= 400 || !detail.successful) return; // a form with faults was put in its place
  document.querySelector("[data-feed] .empty")?.remove();
  empty(target);
});
document.addEventListener("htmx:load", ({ detail }) => startAll(detail.elt));
