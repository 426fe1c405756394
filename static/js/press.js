// A press that shows at once and is taken back, visibly, when it did not reach the server. Of several presses on one
// thing the last one wins, and they are sent one after another, so that the server ends where the person did.
const latest = new Map(); // thing -> the number of its last press
const lines = new Map(); // thing -> what is under way for it

export async function press(thing, { show, send, done, undo }) {
  const turn = (latest.get(thing) ?? 0) + 1;
  const before = lines.get(thing) ?? Promise.resolve();
  latest.set(thing, turn);
  show();
  const isLast = () => latest.get(thing) === turn;
  const sent = before.then(() => (isLast() ? send() : null)); // what was overtaken while it waited is not sent at all
  lines.set(thing, sent.catch(() => {}));
  try {
    const answer = await sent;
    if (answer && isLast()) done(await answer.text(), answer);
  } catch (error) {
    if (isLast()) undo(error);
  }
}
