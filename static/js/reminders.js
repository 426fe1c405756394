// A reminder of a saved post: said where the person is, with the way to it; the number beside "Saved" follows.
import { toast } from "./toast.js";
import { say } from "./words.js";

function count(due) {
  for (const badge of document.querySelectorAll("[data-reminders]")) {
    badge.querySelector("[data-number]").textContent = due;
    badge.hidden = due < 1;
  }
}

document.addEventListener("cc:frame", ({ detail }) => {
  if (detail.type !== "reminder") return;
  count(detail.due);
  const text = detail.name ? say("reminder_of", { name: detail.name }) : say("reminder");
  const url = detail.url || document.querySelector('[data-go="b"]')?.getAttribute("href");
  toast(detail.note ? `${text} ${detail.note}` : text, { link: { url, text: say("open") } });
});
