// A POST as HTMX would send it: the server answers with a fragment. Rejects on any status from 400 on.
// With `keepalive` it arrives also when the page is left in this moment.
export async function post(url, data = {}, headers = {}, { keepalive = false } = {}) {
  const token = document.querySelector("#f [name=csrfmiddlewaretoken]")?.value ?? "";
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "X-CSRFToken": token, "HX-Request": "true", ...headers },
    credentials: "same-origin",
    keepalive,
  }).catch(() => {
    throw new Error(""); // no answer at all: the caller has better words than the browser
  });
  const login = response.headers.get("HX-Redirect");
  if (login) location.assign(login);
  if (!response.ok) throw new Error(messageIn(await response.text()));
  return response;
}

// What HTMX would do with the events that an answer sends along.
export function announce(response) {
  const events = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
  for (const [name, detail] of Object.entries(events)) document.dispatchEvent(new CustomEvent(name, { detail }));
}

// The one sentence of an error fragment, or nothing.
export function messageIn(html) {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector("[data-error]");
  return found?.textContent.trim() ?? "";
}
