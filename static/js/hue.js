// The colour of a campus, seen while it is chosen. Without this the number still sends.
const range = document.querySelector("[data-hue]");
const preview = document.querySelector("[data-hue-preview]");

function show() {
  preview.style.setProperty("--campus-hue", range.value);
}

if (range && preview) {
  range.addEventListener("input", show);
  show();
}
