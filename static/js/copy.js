// A field whose words one takes along by a button. Without scripts one selects them by hand.
import { toast } from "./toast.js";
import { say } from "./words.js";

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  field.select();
  await navigator.clipboard.writeText(field.value);
  toast(say("copied"));
});
