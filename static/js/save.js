// Saving shows at once and is taken back when it did not arrive.
import { press } from "./press.js";
import { announce, post } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const buttonsOf = (url) => [...document.querySelectorAll(`[data-save][formaction="${CSS.escape(url)}"]`)];

function paint(url, saved) {
  for (const button of buttonsOf(url)) {
    button.setAttribute("aria-pressed", String(saved));
    button.value = saved ? "0" : "1"; // what the next press sends
  }
}

function save(url, saved) {
  return press(url, {
    show: () => paint(url, saved),
    send: () => post(url, { saved: saved ? "1" : "0" }, {}, { keepalive: true }),
    done: (_html, answer) => announce(answer),
    undo: (error) => {
      paint(url, !saved);
      toast(error.message || say("save_failed"), { bad: true, retry: () => save(url, saved) });
    },
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-save]");
  const url = button?.getAttribute("formaction");
  if (!url) return;
  event.preventDefault();
  save(url, button.value === "1");
});
