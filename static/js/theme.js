// The look without loading the page again. The server keeps the choice (a cookie), so the next first paint is right.
import { post } from "./send.js";

const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function other() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
  return dark ? "light" : "dark";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-next]");
  if (!button) return;
  event.preventDefault();
  root.dataset.theme = other();
  const { url = button.formAction } = button.dataset;
  post(url, { theme: root.dataset.theme }, { "X-Look": "1" }).catch(() => {}); // this page has it either way
});

// A choice in the form of looks is seen before it is kept.
document.addEventListener("change", ({ target }) => {
  if (!target.closest("[data-look-form]") || target.type !== "radio") return;
  if (target.value) root.dataset[target.name] = target.value;
  else delete root.dataset[target.name];
});
