// What just happened, at the edge of the page: said politely, gone by itself, with a way back where there is one.
import { messageIn, post } from "./send.js";
import { say } from "./words.js";

const region = document.getElementById("toasts");
const SHORT = 8_000;
const UNDO = 30_000; // ms; as long as the server lets an act be undone without asking

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

export function toast(text, { undo = "", link = null, retry = null, bad = false } = {}) {
  if (!region || !text) return;
  const box = document.createElement("div");
  const line = document.createElement("span");
  box.className = bad ? "toast is-bad" : "toast";
  line.textContent = text;
  box.append(line);
  if (link?.url) box.append(Object.assign(document.createElement("a"), { href: link.url, textContent: link.text }));
  if (undo) box.append(button(say("undo"), () => takeBack(undo, box)));
  if (retry) box.append(button(say("retry"), () => { box.remove(); retry(); }));
  if (!undo && !retry) box.append(button(say("close"), () => box.remove()));
  region.append(box);
  forget(box, undo || link || retry ? UNDO : SHORT);
}

// Nothing goes while it is pointed at or has the focus.
function forget(box, after) {
  setTimeout(() => {
    if (box.matches(":hover, :focus-within")) forget(box, 2_000);
    else box.remove();
  }, after);
}

async function takeBack(url, box) {
  try {
    await post(url);
    location.reload();
  } catch (error) {
    box.remove();
    toast(error.message || say("failed"), { bad: true, retry: () => takeBack(url, box) });
  }
}

document.addEventListener("cc:toast", ({ detail }) => toast(detail.text, { undo: detail.undo, link: detail.link }));
document.addEventListener("htmx:responseError", ({ detail }) => {
  toast(messageIn(detail.xhr.responseText) || say("failed"), { bad: true });
});
document.addEventListener("htmx:sendError", () => toast(say(navigator.onLine ? "failed" : "offline"), { bad: true }));
