// The answers of a poll that is written: as many lines as one needs, two to ten. Without scripts there are four.
import { say } from "./words.js";

const FEWEST = 2;
const listOf = (form) => form.querySelector("[data-answers]");

function renumber(list) {
  [...list.children].forEach((line, at) => {
    const box = line.querySelector("input");
    const text = say("answer_no", { number: at + 1 });
    box.id = `compose-answer-${at + 1}`;
    box.placeholder = text;
    line.querySelector("label").htmlFor = box.id;
    line.querySelector("label").textContent = text;
    line.querySelector("[data-less]").hidden = list.children.length <= FEWEST;
  });
  list.parentElement.querySelector("[data-more-answers]").disabled = list.children.length >= Number(list.dataset.answers);
}

function add(list) {
  if (list.children.length >= Number(list.dataset.answers)) return null;
  const line = list.lastElementChild.cloneNode(true);
  line.querySelector("input").value = "";
  list.append(line);
  renumber(list);
  return line.querySelector("input");
}

// At least so many lines.
export function countLines(form, count) {
  const list = listOf(form);
  while (list && list.children.length < count && add(list));
}

// Empty lines at the end stand there for who has no scripts.
export function trimLines(form) {
  const list = listOf(form);
  if (!list) return;
  while (list.children.length > FEWEST && !list.lastElementChild.querySelector("input").value) list.lastElementChild.remove();
  renumber(list);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-more-answers]")) add(listOf(target.closest("form")))?.focus();
  const less = target.closest("[data-less]");
  if (!less) return;
  const list = less.closest("[data-answers]");
  const at = [...list.children].indexOf(less.closest("li"));
  list.children[at].remove();
  renumber(list);
  const box = list.children[Math.min(at, list.children.length - 1)].querySelector("input");
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
// Enter goes on to the next answer; it would send the post.
document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-answers]");
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || !list || event.target.localName !== "input") return;
  event.preventDefault();
  const next = event.target.closest("li").nextElementSibling?.querySelector("input") ?? add(list);
  next?.focus();
});
document.addEventListener("cc:emptied", ({ target }) => trimLines(target));
