/** The pane with one session: its title, what can be done with it, and all that was said. */

import { deleteSession, exportSession, forkSession, readSession } from "./api.js";
import { download } from "./attachments.js";
import { copyButton } from "./code.js";
import { confirm } from "./confirm.js";
import { button, byId, element } from "./dom.js";
import { absoluteTime, count, titleOf } from "./format.js";
import { messageNode } from "./messages.js";
import { say } from "./notice.js";
import { titleNode } from "./title.js";

/** `on`: what to call when a session was `renamed`, `deleted` or `forked`, and when something `failed`. */
export class Conversation {
  #on;
  #pane = byId("conversation");
  #loading = new AbortController();

  constructor(on) {
    this.#on = on;
  }

  /** Loads and shows the session; a later call overtakes an earlier one. */
  async open(id) {
    const { signal } = this.#begin();
    this.#show(element("p", { class: "empty muted", role: "status" }, "Loading…"));
    try {
      const session = await readSession(id, signal);
      this.#show(...this.#nodes(session));
      document.title = `${titleOf(session)} · Sessions`;
      this.focus();
    } catch (error) {
      if (signal.aborted) return;
      this.#show(this.#failure(id, error));
      this.focus();
      if (error.status === 401) this.#on.failed(error);
    }
  }

  /** No session is open. */
  close() {
    this.#begin();
    document.title = "Sessions";
    this.#show(element("p", { class: "empty muted" }, "Choose a session to read it here."));
  }

  focus() {
    byId("conversation-title")?.focus();
  }

  #begin() {
    this.#loading.abort();
    this.#loading = new AbortController();
    return this.#loading;
  }

  #show(...nodes) {
    this.#pane.replaceChildren(...nodes);
    this.#pane.scrollTop = 0;
  }

  #nodes(session) {
    const calls = new Map();
    const turns = session.history.map((turn) => this.#turn(session, turn, calls));
    const nothing = element("p", { class: "empty muted" }, "Nothing was said in this session yet.");
    return [this.#header(session), ...(turns.length ? turns : [nothing])];
  }

  #header(session) {
    const { id } = session;
    return element(
      "header",
      { class: "about" },
      backLink(),
      titleNode(session, this.#on),
      element(
        "p",
        { class: "muted small facts" },
        element("span", {}, session.model),
        element("span", {}, absoluteTime(session.updated_at)),
        element("span", {}, count(session.turns, "turn")),
        element("span", {}, count(session.usage.total_tokens, "token")),
      ),
      session.forked_from ? origin(session.forked_from) : null,
      element(
        "div",
        { class: "buttons" },
        button("Export", () => this.#attempt(() => this.#export(id))),
        navigator.clipboard ? copyButton(id, "Copy id") : null,
        button("Delete", () => this.#attempt(() => this.#delete(session)), { class: "danger-quiet" }),
      ),
    );
  }

  #turn(session, turn, calls) {
    const label = `turn-${turn.turn}`;
    return element(
      "section",
      { class: "turn", "aria-labelledby": label },
      element(
        "div",
        { class: "muted small facts" },
        element("h3", { id: label }, `Turn ${turn.turn}`),
        element("span", {}, turn.model),
        element("span", {}, absoluteTime(turn.created_at)),
        element("span", {}, count(turn.usage.total_tokens, "token")),
        FINISHES[turn.finish_reason] ? element("span", { class: "warning" }, FINISHES[turn.finish_reason]) : null,
      ),
      ...turn.messages.map((message) => messageNode(message, calls)),
      button("Continue from here", () => this.#attempt(() => this.#fork(session, turn.turn)), {
        class: "quiet small fork",
        "aria-label": `Continue from here, after turn ${turn.turn}`,
      }),
    );
  }

  #failure(id, error) {
    const isGone = error.status === 404;
    const title = isGone ? "There is no such session" : "The session cannot be shown";
    return element(
      "div",
      { class: "empty" },
      backLink(),
      element("h2", { id: "conversation-title", tabindex: -1 }, title),
      element("p", { class: "muted" }, isGone ? "It was deleted, or it belongs to somebody else." : error.message),
      isGone ? null : button("Try again", () => this.open(id)),
    );
  }

  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.#on.failed(error);
    }
  }

  async #export(id) {
    download(`session-${id}.jsonl`, await exportSession(id));
    say("Exported.");
  }

  async #delete(session) {
    const title = titleOf(session);
    const isSure = await confirm({
      title: "Delete this session?",
      text: `“${title}” and all that was said in it will be gone for good.`,
      yes: "Delete",
    });
    if (!isSure) return;
    await deleteSession(session.id);
    this.#on.deleted(session);
  }

  async #fork(session, turn) {
    this.#on.forked(await forkSession(session.id, turn), turn);
  }
}

// Reasons to stop that a reader should know of.
const FINISHES = { length: "cut off at the limit of tokens", content_filter: "stopped by a content filter" };

function backLink() {
  return element("a", { class: "back", href: "#/" }, "All sessions");
}

function origin({ session_id: id, turn }) {
  const link = element("a", { href: `#/${encodeURIComponent(id)}` }, "an earlier session");
  return element("p", { class: "muted small" }, "Continued from ", link, `, after turn ${turn}.`);
}
