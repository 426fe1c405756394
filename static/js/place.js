// Where one stopped reading, for whatever device comes next. Said when a scroll has come to rest, and on leaving.
const lane = document.querySelector("[data-place]");
const feed = document.querySelector("[data-feed]");
const FIRST = 3; // who has read no further has no place to go back to
const REST = 2_500; // ms without a scroll
let timer = 0;
let said = "";

// The last card whose head has come into the upper half of the window, and the cursor of the page it stands on.
function reached() {
  const cards = [...feed.querySelectorAll(":scope > article")];
  let last = -1;
  let cursor = "";
  for (const [place, card] of cards.entries()) {
    if (card.getBoundingClientRect().top > innerHeight / 2) break;
    cursor = card.querySelector("[data-here]")?.dataset.here ?? cursor;
    last = place;
  }
  if (last < FIRST) return null;
  const line = feed.querySelector("[data-caught-up]");
  const seen = line !== null && line.getBoundingClientRect().top < innerHeight;
  return { post: cards[last].id.replace("post-", ""), cursor, since: lane.dataset.since, reached: seen ? "1" : "0" };
}

function tell() {
  clearTimeout(timer);
  const place = reached();
  const token = document.querySelector("#f [name=csrfmiddlewaretoken]")?.value;
  if (!place?.cursor || !token || said === `${place.post} ${place.reached}`) return;
  said = `${place.post} ${place.reached}`;
  fetch(lane.dataset.place, {
    method: "POST",
    body: new URLSearchParams(place),
    headers: { "X-CSRFToken": token, "HX-Request": "true" },
    credentials: "same-origin",
    keepalive: true, // the page may be gone before the answer is there
  }).catch(() => { said = ""; }); // the next rest says it again
}

if (lane && feed) {
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, REST);
  }, { passive: true });
  addEventListener("pagehide", tell);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
}
