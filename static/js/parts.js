// A form in the feed comes without what most posts do without: poll, warning, who may reply, time, code, signs. When
// somebody begins to write it is fetched, once, into the place that is kept for it. What a draft of this browser has of
// it waits in hidden fields until then, so that what is saved or sent meanwhile is whole.
import { trimLines } from "./poll-lines.js";
import { messageIn } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const coming = new WeakMap(); // form -> what is on its way
const usual = new WeakMap(); // form -> what it held as it came

const openerOf = (form) => form.querySelector("[data-parts]");
const heldIn = (form) => [...form.querySelectorAll("[data-held]")];
const fieldsIn = (form) => heldIn(form).map(({ name, value }) => [name, value]);

export const isShort = (form) => Boolean(openerOf(form));

function waiting(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  field.dataset.held = "";
  return field;
}

// Of these fields what the form has no place for yet. Tells whether that is anything but the usual.
export function hold(form, fields) {
  if (!isShort(form)) return false;
  if (!usual.has(form)) usual.set(form, fieldsIn(form));
  heldIn(form).forEach((field) => field.remove());
  const known = new Set([...form.elements].map(({ name }) => name));
  const others = fields.filter(([name]) => !known.has(name));
  form.append(...others.map(([name, value]) => waiting(name, value)));
  return String(others) !== String(usual.get(form));
}

export const holdNothing = (form) => usual.has(form) && hold(form, usual.get(form));

async function read(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => {
    throw new Error(""); // no answer at all: there are better words than the browser's
  });
  const login = response.headers.get("HX-Redirect");
  if (login) location.assign(login);
  const html = await response.text();
  if (!response.ok) throw new Error(messageIn(html));
  return new DOMParser().parseFromString(html, "text/html");
}

async function put(form) {
  const opener = openerOf(form);
  const page = await read(opener.formAction);
  if (!opener.isConnected) return;
  for (const hidden of page.querySelectorAll("[data-needs-js]")) hidden.hidden = false;
  const [parts, ...tools] = page.body.children;
  const fields = fieldsIn(form);
  const isHere = document.activeElement === opener;
  heldIn(form).forEach((field) => field.remove());
  opener.parentElement.before(parts);
  opener.replaceWith(...tools);
  window.htmx?.process(form);
  trimLines(form);
  form.dispatchEvent(new CustomEvent("cc:parts", { bubbles: true, detail: fields }));
  if (isHere) tools[0].focus();
}

export function bring(form) {
  if (!isShort(form)) return Promise.resolve();
  if (!coming.has(form)) coming.set(form, put(form).finally(() => coming.delete(form)));
  return coming.get(form);
}

function bringAloud(form) {
  bring(form).catch(({ message }) => toast(message || say("failed"), { bad: true, retry: () => bringAloud(form) }));
}

// One who only writes is not told that the rest did not come; the next step in the form asks again.
document.addEventListener("focusin", ({ target }) => {
  const form = target.closest?.("form[data-composer]");
  if (form) bring(form).catch(() => {});
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-parts]");
  if (!opener) return;
  event.preventDefault();
  bringAloud(opener.form);
});
