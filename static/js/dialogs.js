// Dialogs open from any [data-opens="id"] and give the focus back; the inside of one with [data-url] is fetched when it is
// first opened. What only works with scripts is shown here, and a row of tabs that is wider than the screen shows the one
// we are at.
import { toast } from "./toast.js";
import { say } from "./words.js";

for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft += here.getBoundingClientRect().x + here.offsetWidth / 2 - row.getBoundingClientRect().x - row.clientWidth / 2;
}
for (const hidden of document.querySelectorAll("[data-needs-js]")) hidden.hidden = false;

async function fetchInside(dialog) {
  const response = await fetch(dialog.dataset.url, { headers: { "HX-Request": "true" } });
  if (!response.ok) throw new Error(response.statusText);
  dialog.innerHTML = await response.text();
  for (const hidden of dialog.querySelectorAll("[data-needs-js]")) hidden.hidden = false;
}

export async function open(dialog, opener = document.activeElement) {
  try {
    if (dialog.dataset.url && !dialog.childElementCount) await fetchInside(dialog);
  } catch {
    toast(say("failed"), { bad: true, retry: () => open(dialog, opener) });
    return;
  }
  if (dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.focus(), { once: true });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey; // a link, beside this page
  if (opener && !isElsewhere) {
    event.preventDefault();
    open(document.getElementById(opener.dataset.opens), opener);
  } else if (event.target.matches("dialog[open]")) event.target.close(); // a press beside it
});
