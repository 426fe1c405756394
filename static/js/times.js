// "4 min" grows old while a page is open: minutes and hours are said anew, days are left to the server.
import { say } from "./words.js";

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll(".when time, time[data-ago]")) {
    const seconds = (now - Date.parse(time.dateTime)) / 1000;
    const today = new Date(time.dateTime).toDateString() === new Date(now).toDateString();
    if (seconds < 60) time.textContent = say("now");
    else if (seconds < 3600) time.textContent = say("minutes", { count: Math.floor(seconds / 60) });
    else if (today || seconds < 6 * 3600) time.textContent = say("hours", { count: Math.floor(seconds / 3600) });
  }
}

setInterval(refresh, 30_000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
