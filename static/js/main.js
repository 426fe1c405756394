// The behaviours of the site. Each finds what it works on by data- attributes; without any of them every page
// still reads and every form still sends.
import "./theme.js";
import "./dialogs.js";
import "./keyboard.js";
import "./toast.js";
import "./focus.js";
import "./like.js";
import "./composer.js";
import "./mentions.js";
import "./chips.js";
import "./feed.js";
import "./times.js";
import "./show-password.js";
import "./copy.js";
import "./time-zone.js";
import "./hue.js";
import "./passkeys.js";
import "./hub.js";
