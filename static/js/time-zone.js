// Offers the device's own time zone where one is chosen.
const offer = document.querySelector("[data-guess-zone]");
const choice = offer && document.getElementById(offer.dataset.guessZone);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (choice && choice.value !== zone && [...choice.options].some((option) => option.value === zone)) {
  offer.hidden = false;
  offer.querySelector("[data-zone]").textContent = zone;
  offer.querySelector("button").addEventListener("click", () => {
    choice.value = zone;
    offer.hidden = true;
    choice.focus();
  });
}
