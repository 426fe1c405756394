// Reactions: the button at a card likes and takes back; a word chosen in the popover (data-feel) shows at the card.
import { press } from "./press.js";
import { post } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const buttonsOf = (url) => [...document.querySelectorAll(`[data-react][formaction="${CSS.escape(url)}"]`)];
const summaryOf = (button) => button.nextElementSibling?.matches("[data-menu]") ? button.nextElementSibling : null;
const numberIn = (button) => Number(button.querySelector(".num")?.textContent.replace(/\D/g, "") || 0);

// Everything a press can change, out of a button and the words beside it.
function stateOf(button, feelings) {
  const word = button.querySelector("[data-word]");
  return {
    pressed: button.getAttribute("aria-pressed") === "true",
    value: button.value,
    word: word?.textContent ?? "",
    kind: word?.className ?? "vh",
    count: numberIn(button),
    feelings: feelings?.textContent ?? "",
  };
}

function paint(button, { pressed, value, word, kind, count, feelings }) {
  button.setAttribute("aria-pressed", String(pressed));
  button.value = value; // what the next press sends
  const said = button.querySelector("[data-word]");
  if (said) [said.textContent, said.className] = [word, kind];
  const number = button.querySelector(".num");
  if (number) number.textContent = count > 0 ? count : "";
  const summary = summaryOf(button);
  let words = summary?.querySelector("[data-feelings]");
  if (feelings && summary && !words) {
    words = document.createElement("span");
    words.className = "word";
    words.dataset.feelings = "";
    summary.querySelector("svg").after(words);
  }
  if (words) words.textContent = feelings;
}

// What a press will come to, before the server says so.
function guess(now, feeling, word) {
  if (!feeling) return { ...now, pressed: false, value: "1", kind: "vh", count: now.count - (now.pressed ? 1 : 0) };
  const count = now.count + (now.pressed ? 0 : 1);
  return { ...now, pressed: true, value: "", word: word || now.word, kind: feeling === "1" ? "vh" : "word", count };
}

function react(url, feeling, word = "") {
  const buttons = buttonsOf(url);
  const before = buttons.map((button) => stateOf(button, summaryOf(button)?.querySelector("[data-feelings]")));
  const all = (state) => buttons.forEach((button, at) => paint(button, state(before[at])));
  return press(url, {
    show: () => all((now) => guess(now, feeling, word)),
    send: () => post(url, { feeling }, {}, { keepalive: true }),
    done: (html) => {
      const answer = new DOMParser().parseFromString(html, "text/html");
      const button = answer.querySelector("[data-react]");
      if (button) all(() => stateOf(button, answer.querySelector("[data-feelings]")));
    },
    undo: (error) => {
      all((was) => was);
      toast(error.message || say("react_failed"), { bad: true, retry: () => react(url, feeling, word) });
    },
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-react], [data-feel]");
  const url = button?.getAttribute("formaction") ?? button?.form?.getAttribute("action");
  if (!url || !buttonsOf(url).length) return; // on a page of its own the form is sent as it is
  event.preventDefault();
  const word = button.querySelector(".word:not([data-word])")?.textContent.trim() ?? "";
  button.closest("[popover]")?.hidePopover();
  react(url, button.value, word && word[0].toLocaleUpperCase() + word.slice(1));
});
