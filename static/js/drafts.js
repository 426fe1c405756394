// A draft on the server: saved a second after the last change and when the page is left, so that it can be gone on with
// on another device. Two devices notice one another by the revision; nothing is overwritten until somebody chooses.
import { forgetKey, keep, newKey, unsure, wasSent } from "./composer.js";
import { say } from "./words.js";

const PAUSE = 1_000; // ms
const states = new WeakMap(); // form -> {timer, busy, again}

const stateOf = (form) => states.get(form) ?? states.set(form, { timer: 0, busy: false, again: false }).get(form);
const isDraft = (form) => form?.matches?.("form[data-drafts]");
const addressOf = (form) => `${form.dataset.drafts}${form.elements.key.value}/`;

function tell(form, text) {
  const output = form.querySelector("[data-saved]");
  if (output) output.textContent = text;
}

function later(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), PAUSE);
}

function stop(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  state.again = false;
}

async function save(form) {
  const state = stateOf(form);
  state.timer = 0;
  if (state.busy) { state.again = true; return; }
  state.busy = true;
  const key = form.elements.key.value;
  try {
    const response = await fetch(addressOf(form), {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin",
    });
    const answer = await response.json();
    if (form.elements.key.value !== key || !form.isConnected) return; // sent meanwhile
    if (response.ok) saved(form, answer.revision);
    else if (response.status === 409) await differs(form, answer);
    else tell(form, answer.detail ?? say("draft_local"));
  } catch {
    tell(form, say("draft_local"));
  } finally {
    state.busy = false;
    if (state.again) { state.again = false; later(form); }
  }
}

function saved(form, revision) {
  form.elements.revision.value = revision;
  keep(form, !stateOf(form).timer && !stateOf(form).again);
  tell(form, revision ? say("draft_saved") : "");
}

// What is typed here now is another draft than the one that is out, gone, or waits.
function becomeAnother(form) {
  form.elements.key.value = newKey();
  form.elements.revision.value = "0";
  later(form);
}

async function differs(form, { code, detail }) {
  if (code === "changed") return ask(form);
  if (code === "published" || code === "deleted") return becomeAnother(form);
  return tell(form, detail);
}

function choice(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

// What the page before sent as it was left, without hearing that it arrived, is no other device's.
function isOurs(form, content) {
  const fields = unsure.get(form) ?? [];
  const all = (name) => fields.filter(([one]) => one === name).map(([, value]) => value);
  const answers = (lines) => lines.filter(Boolean).join("\n"); // lines left empty are none
  const said = ["body", "warning", "poll_question"].every((name) => (all(name)[0] ?? "") === content[name]);
  return fields.length > 0 && said && answers(all("poll_options")) === answers(content.poll_options);
}

async function ask(form) {
  const response = await fetch(addressOf(form), { headers: { Accept: "application/json" } });
  if (!response.ok || form.querySelector("[data-two]")) return;
  const { revision, content } = await response.json();
  if (isOurs(form, content)) {
    form.elements.revision.value = revision;
    return later(form);
  }
  const box = document.createElement("div");
  const row = document.createElement("div");
  const line = document.createElement("p");
  const other = document.createElement("blockquote");
  box.className = "callout is-warn two-drafts";
  box.dataset.two = "";
  box.role = "alert";
  line.textContent = say("draft_other");
  other.className = "excerpt";
  other.dir = "auto";
  other.textContent = content.body || content.poll_question || content.warning;
  row.className = "row";
  row.append(
    choice(say("draft_this"), () => {
      form.elements.revision.value = revision;
      box.remove();
      form.querySelector("textarea").focus();
      save(form);
    }),
    choice(say("draft_that"), () => {
      stop(form);
      const key = form.elements.key.value;
      forgetKey(key);
      location.assign(`${form.action}new/?draft=${key}`);
    }),
  );
  box.append(line, other, row);
  form.querySelector(".entry-body").prepend(box);
}

// The page goes: what is not saved yet is sent behind it. One that is on its way counts as arrived.
function leave() {
  for (const form of document.querySelectorAll("form[data-drafts]")) {
    const state = stateOf(form);
    if (wasSent(form) || !(state.timer || state.again)) continue;
    const body = new FormData(form);
    if (state.busy) body.set("revision", Number(body.get("revision")) + 1);
    stop(form);
    fetch(addressOf(form), { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
  }
}

for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target }) => isDraft(target.form) && later(target.form));
}
// Where "Keep for later" keeps it: the key changes with every post.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-keep]");
  if (isDraft(button?.form)) button.setAttribute("formaction", addressOf(button.form));
}, true);
document.addEventListener("cc:unsaved", ({ target }) => isDraft(target) && later(target));
document.addEventListener("cc:emptied", ({ target }) => { if (isDraft(target)) { stop(target); tell(target, ""); } });
document.addEventListener("submit", ({ target }) => isDraft(target) && wasSent(target) && stop(target));
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
window.addEventListener("pagehide", leave);
window.addEventListener("online", () => document.querySelectorAll("form[data-drafts]").forEach((form) => later(form)));
