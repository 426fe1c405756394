// Passkeys: the server asks, the browser answers with a key that never leaves the device. A form with data-passkey says
// what for ("create", "get", or "login", which fetches its question when it is wanted); its answer goes into the hidden
// field `credential`. Without this script the form shows a sentence and sends nothing.
const KNOWN = "InvalidStateError"; // the device holds a passkey of this account already

const able =
  window.PublicKeyCredential?.parseCreationOptionsFromJSON && window.PublicKeyCredential.parseRequestOptionsFromJSON;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (able) prepare(form);
}

function prepare(form) {
  const button = form.querySelector("[data-passkey-go]");
  for (const without of form.querySelectorAll("[data-passkey-without]")) without.hidden = true;
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(form, "");
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await answer(form));
      form.submit();
    } catch (error) {
      tell(form, error.name === KNOWN ? "known" : "failed");
      button.disabled = false;
    }
  });
}

async function answer(form) {
  if (form.dataset.passkey === "create") return create(asked().creation_options.publicKey);
  const { request_options } = form.dataset.passkey === "login" ? await fetched(form.action) : asked();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request_options.publicKey);
  return navigator.credentials.get({ publicKey });
}

// A key that stays on the device and asks for a finger, a face or a PIN: it opens the account by itself.
function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
    ...options,
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  });
  return navigator.credentials.create({ publicKey });
}

function asked() {
  return JSON.parse(document.getElementById("passkey-question").textContent);
}

async function fetched(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function tell(form, what) {
  for (const sentence of form.querySelectorAll("[data-passkey-says]")) {
    sentence.hidden = sentence.dataset.passkeySays !== what;
  }
}
