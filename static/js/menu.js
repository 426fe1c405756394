// A link to a small page ([data-menu]) opens that page where it stands, in the one popover there is for all of them.
// Without scripts, and with a modifier key, it is a link.
import { messageIn } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const ITEMS = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary";
const GAP = 4; // pixels between the control and what it opens
const EDGE = 8; // pixels to the edge of the window
const LEAST = 160; // pixels of height, whatever room there is
const box = document.createElement("div");
const close = document.createElement("button");
let opener = null;
let closing = null; // the control whose popover this very press has closed
let asked = null;

box.popover = "auto";
box.className = "pop";
box.id = "pop";
box.role = "dialog";
box.tabIndex = -1;
close.type = "button";
close.className = "btn pop-close";
close.textContent = say("close");
close.addEventListener("click", () => box.hidePopover());

const isOpen = () => box.matches(":popover-open");
const items = () => [...box.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());

// Under the control, or over it where there is more room, and never on it; what does not fit scrolls. Where the window is
// narrow, the stylesheet puts it at the bottom.
function place() {
  const at = opener.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const [over, under] = [at.top, clientHeight - at.bottom].map((room) => room - GAP - EDGE);
  box.style.removeProperty("--room");
  const isUnder = under >= Math.min(box.offsetHeight, over);
  box.style.setProperty("--room", `${Math.max(isUnder ? under : over, LEAST)}px`);
  const { offsetWidth: width, offsetHeight: height } = box;
  const isMirrored = getComputedStyle(box).direction === "rtl";
  const start = isMirrored ? clientWidth - at.right : at.left;
  const wished = opener.dataset.menu === "end" ? start + at.width - width : start; // both end at the same line
  const inline = Math.max(EDGE, Math.min(wished, clientWidth - width - EDGE));
  const block = isUnder ? at.bottom + GAP : Math.max(EDGE, at.top - height - GAP);
  box.style.setProperty("--at-block", `${block + scrollY}px`);
  box.style.setProperty("--at-inline", `${inline + scrollX}px`);
}

function show(link, html) {
  if (!link.isConnected) return;
  if (!box.contains(link)) opener = link; // else one small page leads to another
  if (!box.isConnected) document.body.append(box);
  box.innerHTML = html;
  box.append(close);
  for (const hidden of box.querySelectorAll("[data-needs-js]")) hidden.hidden = false;
  box.setAttribute("aria-label", box.querySelector("[aria-label]")?.getAttribute("aria-label") ?? link.textContent.trim());
  window.htmx?.process(box);
  if (!isOpen()) box.showPopover();
  place();
  opener.setAttribute("aria-expanded", "true");
  (items()[0] ?? box).focus({ preventScroll: true });
}

async function read(link) {
  const response = await fetch(link.href, { signal: asked.signal, headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => {
    throw new Error(""); // no answer at all: there are better words than the browser's
  });
  const login = response.headers.get("HX-Redirect");
  if (login) location.assign(login);
  const html = await response.text();
  if (!response.ok) throw new Error(messageIn(html));
  return html;
}

async function open(link) {
  asked?.abort();
  const mine = asked = new AbortController();
  link.setAttribute("aria-busy", "true");
  try {
    const html = await read(link);
    if (!mine.signal.aborted) show(link, html);
  } catch (error) {
    if (!mine.signal.aborted) toast(error.message || say("failed"), { bad: true, retry: () => open(link) });
  }
  link.removeAttribute("aria-busy");
}

function move(event, step) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  event.preventDefault();
  all[(at + step + all.length) % all.length]?.focus();
}

function onKey(event) {
  const along = getComputedStyle(box).direction === "rtl" ? -1 : 1;
  const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: along, ArrowLeft: -along };
  const all = items();
  if (steps[event.key] && !event.target.matches("input, textarea, select")) move(event, steps[event.key]);
  else if (event.key === "Tab" && document.activeElement === (event.shiftKey ? all[0] : all.at(-1))) {
    event.preventDefault(); // out of it is back to where it came from
    box.hidePopover();
  }
}

box.addEventListener("keydown", onKey);
box.addEventListener("toggle", ({ newState }) => {
  if (newState === "open" || !opener) return;
  opener.setAttribute("aria-expanded", "false");
  if (box.contains(document.activeElement) || document.activeElement === document.body) opener.focus({ preventScroll: true });
});
document.addEventListener("pointerdown", () => { closing = isOpen() ? opener : null; }, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-menu]");
  if (event.target.closest("[data-copy-text]") && isOpen()) box.hidePopover();
  const closed = event.detail ? closing : null; // a key closes nothing on its way
  closing = null;
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link !== closed) open(link);
});
addEventListener("resize", () => isOpen() && place());

// What was done in it closes it; what only asks for more stays open; what was refused is said beside it.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!box.contains(target) || !isOpen()) return;
  const stays = detail.requestConfig?.verb === "get" || (box.contains(detail.target) && !target.matches("[hx-swap=none]"));
  if (detail.failed || !stays) box.hidePopover();
});
document.addEventListener("htmx:afterSettle", () => isOpen() && place());

// Somebody reposted, or took it back: every card of the post says so.
document.addEventListener("cc:shared", ({ detail }) => {
  for (const link of document.querySelectorAll(`[data-shared][href$="/posts/${CSS.escape(detail.post)}/share/"]`)) {
    link.dataset.shared = String(detail.shared);
    link.querySelector(".num").textContent = detail.count || "";
    link.querySelector("[data-said]").textContent = detail.word;
  }
});
