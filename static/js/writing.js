// Help with writing a post: its parts behind one button each, code and formulas around what is marked, signs.
import { say } from "./words.js";

const AROUND = {
  code: (text) => (!text || text.includes("\n") ? ["```\n", "\n```"] : ["`", "`"]),
  formula: (text) => (text.includes("\n") ? ["$$\n", "\n$$"] : ["$", "$"]),
};
const boxOf = (element) => element.closest("form").querySelector("textarea");

function typed(box) {
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function put(box, before, after = "") {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const inside = value.slice(start, end);
  const newLine = before.endsWith("\n") && start && value[start - 1] !== "\n" ? "\n" : ""; // a block begins a line
  box.setRangeText(newLine + before + inside + after, start, end, "end");
  const from = start + newLine.length + before.length;
  if (after) box.setSelectionRange(from, from + inside.length);
  typed(box);
}

async function fetchSigns(menu) {
  if (menu.childElementCount) return;
  const response = await fetch(menu.dataset.signs, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok) {
    menu.textContent = say("failed");
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  menu.replaceChildren(...page.body.childNodes);
}

function move(menu, event) {
  const all = [...menu.querySelectorAll("[data-sign]")];
  const at = all.indexOf(document.activeElement);
  const flow = getComputedStyle(menu).direction === "rtl" ? -1 : 1;
  const perRow = all.filter((one) => one.offsetTop === all[0].offsetTop).length;
  const step = { ArrowRight: flow, ArrowLeft: -flow, ArrowDown: perRow, ArrowUp: -perRow }[event.key];
  if (at < 0 || !step) return;
  event.preventDefault();
  all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
}

function showState(part) {
  const button = document.querySelector(`[data-part][aria-controls="${part.id}"]`);
  button?.setAttribute("aria-expanded", String(part.open));
}

function showSending(form) {
  const now = form.querySelector("[data-send-now]");
  if (!now) return;
  const later = Boolean(form.elements.publish_at?.value);
  now.hidden = later;
  form.querySelector("[data-send-later]").hidden = !later;
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-part]");
  if (opener) {
    const part = document.getElementById(opener.getAttribute("aria-controls"));
    part.open = !part.open;
    if (part.open) part.querySelector("input, select").focus();
  }
  const around = target.closest("[data-around]");
  if (around) {
    const box = boxOf(around);
    around.closest("[popover]").hidePopover();
    put(box, ...AROUND[around.dataset.around](box.value.slice(box.selectionStart, box.selectionEnd)));
  }
  const sign = target.closest("[data-sign]");
  if (sign?.closest("form")) {
    const box = boxOf(sign);
    sign.closest("[popover]").hidePopover();
    put(box, sign.dataset.sign);
  }
});
document.addEventListener("toggle", ({ target, newState }) => {
  if (target.matches?.(".composer-part")) showState(target);
  if (target.matches?.("[data-signs]") && newState === "open") {
    fetchSigns(target).then(() => target.querySelector("button")?.focus());
  }
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-signs]");
  if (menu) move(menu, event);
});
for (const name of ["cc:ready", "cc:emptied", "input", "change"]) {
  document.addEventListener(name, ({ target }) => {
    const form = target.form ?? target;
    if (!form.matches?.("form[data-draft]")) return;
    showSending(form);
    for (const part of form.querySelectorAll(".composer-part")) showState(part);
  });
}
