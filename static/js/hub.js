// The one socket of a member's tab. Frames arrive as `cc:frame` events on the document. A frame is a hint: after a
// gap a `resync` frame asks whoever shows live things to fetch what was missed.
const SILENCE = 50_000; // the server speaks every 20 s
const LONGEST = 30_000;
const ENDED = 4401;
const TOO_MANY = 4409;

const member = document.body.hasAttribute("data-member");
let socket = null;
let timer = 0;
let silence = 0;
let failures = 0;
let missed = false; // whether there was a gap since the last open socket

function announce(frame) {
  document.dispatchEvent(new CustomEvent("cc:frame", { detail: frame }));
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(gone, SILENCE); // a dead line never says that it is: do not wait for its closing
}

function gone(event) {
  clearTimeout(silence);
  socket?.removeEventListener("close", gone);
  socket?.close();
  socket = null;
  missed = true;
  document.documentElement.dataset.socket = "closed";
  if (event?.code === ENDED) location.reload();
  else if (event?.code !== TOO_MANY) later(); // a newer tab took the place: back when this one is looked at
}

function connect() {
  clearTimeout(timer);
  if (socket || !navigator.onLine) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => {
    failures = 0;
    document.documentElement.dataset.socket = "open";
    listen();
    if (missed) announce({ type: "resync" });
    missed = false;
  });
  socket.addEventListener("message", ({ data }) => {
    listen();
    announce(JSON.parse(data));
  });
  socket.addEventListener("close", gone);
}

function later() {
  const longest = Math.min(LONGEST, 500 * 2 ** failures++);
  clearTimeout(timer);
  timer = setTimeout(connect, longest * (0.5 + Math.random() / 2));
}

export function send(frame) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

if (member) {
  connect();
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connect());
  addEventListener("pagehide", () => socket?.close());
  addEventListener("pageshow", ({ persisted }) => persisted && connect()); // back from the browser's own cache
}
