/** Puts the parts together: who is signed in, and which session the address names (#/<id>). */

import { startConfirm } from "./confirm.js";
import { Conversation } from "./conversation.js";
import { forget, isSignedIn } from "./credentials.js";
import { byId } from "./dom.js";
import { titleOf } from "./format.js";
import { SessionList } from "./list.js";
import { clearNotice, complain, say } from "./notice.js";
import { askForKey, refused, startSignIn } from "./sign-in.js";

const list = new SessionList(failed);
const conversation = new Conversation({
  failed,
  renamed: (session) => list.update(session),
  deleted: (session) => {
    list.remove(session);
    // Going back shall not lead to what is no more.
    history.replaceState(null, "", "#/");
    route();
    say(`“${titleOf(session)}” was deleted.`);
  },
  forked: (session, turn) => {
    history.pushState(null, "", `#/${session.id}`);
    route();
    list.reload();
    say(`This is a new session, which continues after turn ${turn}.`);
  },
});
let opened = null;

/** What is shown: `sign-in`, `list` or `conversation`; wide screens show the last two side by side. */
function show(view) {
  document.body.dataset.view = view;
  const isSignedOut = view === "sign-in";
  byId("sign-in").hidden = !isSignedOut;
  for (const id of ["list", "conversation", "sign-out", "skip"]) byId(id).hidden = isSignedOut;
}

function failed(error) {
  if (error.status === 401) signOut(refused(error.message));
  else complain(error.message);
}

function signOut(reason) {
  forget();
  list.clear();
  conversation.close();
  opened = null;
  clearNotice();
  show("sign-in");
  askForKey(reason);
}

function signedIn() {
  list.reload();
  route();
}

/** Follows the address. */
function route() {
  if (!isSignedIn()) return;
  const id = sessionId();
  const before = opened;
  opened = id;
  clearNotice();
  show(id ? "conversation" : "list");
  list.mark(id);
  if (id) {
    conversation.open(id);
  } else {
    conversation.close();
    list.focus(before);
  }
}

function sessionId() {
  const [, id] = /^#\/(.+)$/.exec(location.hash) ?? [];
  try {
    return id ? decodeURIComponent(id) : null;
  } catch {
    return id;
  }
}

startConfirm();
startSignIn(signedIn);
byId("sign-out").addEventListener("click", () => signOut());
byId("skip").addEventListener("click", () => conversation.focus());
byId("notice-close").addEventListener("click", clearNotice);
addEventListener("hashchange", route);
if (isSignedIn()) signedIn();
else signOut();
