// What scripts say: translated by the server, carried in the page as data.
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function say(name, values = {}) {
  return (words[name] ?? "").replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}
