/** How requests are authorised: with an API key, which lives in this tab alone. Other ways to sign in belong here. */

const NAME = "gateway.key";

export function keepKey(key) {
  sessionStorage.setItem(NAME, key);
}

export function forget() {
  sessionStorage.removeItem(NAME);
}

export function isSignedIn() {
  return sessionStorage.getItem(NAME) !== null;
}

/** The value of the header Authorization. */
export function authorization() {
  return `Bearer ${sessionStorage.getItem(NAME) ?? ""}`;
}
