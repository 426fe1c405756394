// A part of the page that was swapped away takes the focus with it: the new part gets it, so that keyboards stay in place.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (document.activeElement !== document.body || !detail.elt.isConnected) return;
  const first = detail.elt.matches("a, button, input") ? detail.elt : detail.elt.querySelector("a, button, input:not([type=hidden])");
  first?.focus({ preventScroll: true });
});
