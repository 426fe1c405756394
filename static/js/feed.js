// News arrives as a pill in a lane that is always there; what is being read never moves until somebody asks.
import { toast } from "./toast.js";
import { say } from "./words.js";

const lane = document.querySelector("[data-news]");
const feed = document.querySelector("[data-feed]");
const authors = new Map(); // the last faces, newest last
let count = 0;
let asked = Date.now(); // when this page last asked by itself, or showed what there was

function face({ initials, hue, land }) {
  const made = document.createElement("span");
  made.className = `avatar is-tiny hue-${Number(hue)} land-${Number(land)}`;
  made.setAttribute("aria-hidden", "true");
  made.textContent = [...initials][0] ?? "";
  return made;
}

function arrow() {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  made.setAttribute("class", "icon is-small");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${say("icons")}#arrow-up`);
  made.append(use);
  return made;
}

function show() {
  const pill = document.createElement("button");
  const faces = document.createElement("span");
  const row = document.createElement("span");
  const text = document.createElement("span");
  pill.type = "button";
  pill.className = "pill";
  faces.className = "faces";
  faces.setAttribute("aria-hidden", "true");
  row.append(...[...authors.values()].slice(-3).map(face));
  faces.append(row);
  text.textContent = count === 1 ? say("new_one") : say("new_many", { count });
  pill.append(arrow(), faces, text);
  pill.addEventListener("click", fetchNews);
  lane.replaceChildren(pill);
}

// The cards that are newer than this page and not on it, and where the next question begins.
async function ask() {
  const url = `${lane.dataset.url}?since=${encodeURIComponent(lane.dataset.since)}`;
  const response = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const cards = [...page.querySelectorAll("article")].filter((card) => !document.getElementById(card.id));
  return { cards, since: response.headers.get("X-Since") ?? lane.dataset.since };
}

async function fetchNews() {
  lane.firstElementChild?.setAttribute("aria-busy", "true");
  try {
    const { cards, since } = await ask();
    lane.dataset.since = since;
    asked = Date.now();
    lane.replaceChildren();
    authors.clear();
    count = 0;
    put(cards);
  } catch {
    lane.firstElementChild?.removeAttribute("aria-busy");
    toast(say("failed"), { bad: true, retry: fetchNews });
  }
}

function put(cards) {
  feed.querySelector(".empty")?.remove();
  feed.prepend(...cards);
  for (const card of cards) window.htmx?.process(card);
  cards[0]?.focus();
}

// The socket was away: what came meanwhile is counted, not shown.
async function catchUp() {
  try {
    count = (await ask()).cards.length;
    if (count) show();
  } catch { /* still away; the next gap asks again */ }
}

// Of some authors nobody is told at once: too many follow them. So a page that is looked at asks by itself now and then.
function turn() {
  const rests = document.visibilityState !== "visible" || navigator.connection?.saveData;
  if (rests || count || Date.now() - asked < Number(lane.dataset.every) * 1000) return;
  asked = Date.now();
  catchUp();
}

if (lane && feed) {
  setInterval(turn, 2_000);
  document.addEventListener("visibilitychange", turn);
  document.addEventListener("cc:frame", ({ detail }) => {
    if (detail.type === "resync") catchUp();
    if (detail.type !== "feed.new") return;
    count += detail.count ?? 1;
    if (detail.author) {
      const face = JSON.stringify(detail.author);
      authors.delete(face);
      authors.set(face, detail.author);
    }
    show();
  });
}
