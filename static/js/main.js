// The behaviours of the site. Each finds what it works on by data- attributes; without any of them every page
// still reads and every form still sends.
import "./theme.js";
import "./dialogs.js";
import "./keyboard.js";
import "./toast.js";
import "./focus.js";
import "./react.js";
import "./save.js";
import "./menu.js";
import "./parts.js";
import "./composer.js";
import "./poll-lines.js";
import "./writing.js";
import "./drafts.js";
import "./mentions.js";
import "./chips.js";
import "./feed.js";
import "./place.js";
import "./times.js";
import "./show-password.js";
import "./copy.js";
import "./time-zone.js";
import "./hue.js";
import "./passkeys.js";
import "./hub.js";
import "./reminders.js";
