// A field whose words, or code, one takes along by a button. Without scripts one selects them by hand.
import { toast } from "./toast.js";
import { say } from "./words.js";

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

// Code is kept as it was written, in no language of anybody, so its button is made here.
function dress(root) {
  if (!navigator.clipboard) return;
  for (const caption of root.querySelectorAll(".code > figcaption:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-btn";
    button.dataset.copyCode = "";
    button.innerHTML = '<svg class="icon" aria-hidden="true"><use/></svg><span class="vh"></span>';
    button.querySelector("use").setAttribute("href", `${say("icons")}#copy`);
    button.lastElementChild.textContent = say("copy_code");
    caption.append(button);
  }
}

dress(document);
document.addEventListener("htmx:load", ({ detail }) => dress(detail.elt.parentElement ?? document));

document.addEventListener("click", async (event) => {
  const text = event.target.closest("[data-copy-text]")?.dataset.copyText;
  if (text && navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
  }
  const code = event.target.closest("[data-copy-code]")?.closest(".code")?.querySelector("code");
  if (code) {
    await navigator.clipboard.writeText(code.textContent);
    toast(say("copied"));
    return;
  }
  const button = event.target.closest("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  field.select();
  await navigator.clipboard.writeText(field.value);
  toast(say("copied"));
});
