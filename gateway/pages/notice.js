/** One line about what was just done or failed, seen and read out; it stays until something else happens. */

import { byId } from "./dom.js";

/** It was done. */
export function say(text) {
  show(text, "");
}

/** It failed. */
export function complain(text) {
  show("", text);
}

export function clearNotice() {
  show("", "");
}

function show(status, alert) {
  byId("notice-status").textContent = status;
  byId("notice-alert").textContent = alert;
  byId("notice-close").hidden = !(status || alert);
}
