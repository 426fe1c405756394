// Dialogs open from any [data-opens="id"] and give the focus back. What only works with scripts is shown here, and a
// row of tabs that is wider than the screen shows the one we are at.
for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft += here.getBoundingClientRect().x + here.offsetWidth / 2 - row.getBoundingClientRect().x - row.clientWidth / 2;
}
for (const hidden of document.querySelectorAll("[data-needs-js]")) hidden.hidden = false;

export function open(dialog, opener = document.activeElement) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.focus(), { once: true });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(document.getElementById(opener.dataset.opens), opener);
  else if (event.target.matches("dialog[open]")) event.target.close(); // a press beside it
});
