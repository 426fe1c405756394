// A like shows at once and is taken back, visibly, when it did not reach the server. The last press wins.
import { post } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const latest = new WeakMap(); // button -> the number of its last press

function show(button, liked, count) {
  button.setAttribute("aria-pressed", String(liked));
  button.value = liked ? "0" : "1"; // what the next press sends
  const number = button.querySelector(".num");
  if (number) number.textContent = count > 0 ? count : "";
}

const countOf = (button) => Number(button.querySelector(".num")?.textContent.replace(/\D/g, "") || 0);

async function press(button) {
  const before = { liked: button.getAttribute("aria-pressed") === "true", count: countOf(button) };
  const liked = !before.liked;
  const turn = (latest.get(button) ?? 0) + 1;
  latest.set(button, turn);
  show(button, liked, before.count + (liked ? 1 : -1));
  try {
    const response = await post(button.formAction, { liked: liked ? "1" : "0" });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-like]");
    if (answer && latest.get(button) === turn) {
      show(button, answer.getAttribute("aria-pressed") === "true", countOf(answer));
    }
  } catch (error) {
    if (latest.get(button) !== turn) return;
    show(button, before.liked, before.count);
    toast(error.message || say("like_failed"), { bad: true, retry: () => press(button) });
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-like]");
  if (!button || !button.hasAttribute("formaction")) return;
  event.preventDefault();
  press(button);
});
