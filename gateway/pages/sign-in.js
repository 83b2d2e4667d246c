/** Signing in: each way is a form in #sign-in-ways that ends in credentials. */

import { listSessions } from "./api.js";
import { forget, keepKey } from "./credentials.js";
import { byId } from "./dom.js";

// What a header may carry; a key with anything else in it was not copied well.
const SENDABLE = /^[\x21-\x7e]+$/;

/** `signedIn()` is called when the gateway has taken the key. */
export function startSignIn(signedIn) {
  byId("key-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = byId("key");
    const key = input.value.trim();
    showError("");
    if (!SENDABLE.test(key)) {
      showError("This is not an API key: it has characters that keys do not have.");
      return;
    }
    keepKey(key);
    try {
      await listSessions({ query: "", cursor: null });
    } catch (error) {
      forget();
      showError(error.status === 401 ? refused(error.message) : error.message);
      return;
    }
    input.value = "";
    signedIn();
  });
}

/** Shows why, where there is a reason, and waits for a key. */
export function askForKey(reason = "") {
  showError(reason);
  byId("key").value = "";
  byId("key").focus();
}

export function refused(message) {
  return `The key was not accepted. ${message}`;
}

function showError(text) {
  byId("key-error").textContent = text;
  byId("key").toggleAttribute("aria-invalid", text !== "");
  if (text) byId("key").setAttribute("aria-invalid", "true");
}
