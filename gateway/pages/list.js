/** The pane with the caller's sessions: newest first, searched by title, a page at a time. */

import { listSessions } from "./api.js";
import { button, byId, element } from "./dom.js";
import { absoluteTime, count, relativeTime, titleOf } from "./format.js";

const TYPING_PAUSE = 250;

/** `failed(error)` is called when the caller is not known any more. */
export class SessionList {
  #failed;
  #items = byId("items");
  #more = byId("more");
  #query = byId("query");
  #status = byId("list-status");
  #loading = new AbortController();
  #typing = 0;
  #cursor = null;
  #current = null;

  constructor(failed) {
    this.#failed = failed;
    this.#query.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.reload(), TYPING_PAUSE);
    });
    this.#more.addEventListener("click", () => this.#showMore());
  }

  /** The first page anew. */
  async reload() {
    const page = await this.#load(null);
    if (!page) return;
    this.#items.replaceChildren(...page.data.map((session) => this.#item(session)));
    this.#tell();
  }

  /** Forgets everything, also what was searched for. */
  clear() {
    clearTimeout(this.#typing);
    this.#loading.abort();
    this.#query.value = "";
    this.#items.replaceChildren();
    this.#status.replaceChildren();
    this.#more.hidden = true;
  }

  /** Marks the session that is open, or none. */
  mark(id) {
    this.#current = id;
    for (const link of this.#items.querySelectorAll("a")) markLink(link, id);
  }

  /** The title of one session has changed. */
  update(session) {
    this.#find(session.id)?.replaceWith(this.#item(session));
  }

  remove(session) {
    this.#find(session.id)?.remove();
    if (this.#items.childElementCount || this.#more.hidden) this.#tell();
    else this.reload();
  }

  /** To the session, or to the title of the list where it is not shown. */
  focus(id) {
    const target = this.#find(id)?.querySelector("a") ?? byId("list-title");
    target.focus();
  }

  async #showMore() {
    const page = await this.#load(this.#cursor);
    if (!page) return;
    const items = page.data.map((session) => this.#item(session));
    this.#items.append(...items);
    this.#tell();
    // The button may be gone; and reading goes on there.
    items[0]?.querySelector("a").focus();
  }

  /** A page, or undefined where it was overtaken or failed. */
  async #load(cursor) {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const page = await listSessions({ query: this.#query.value.trim(), cursor, signal });
      this.#cursor = page.next_cursor;
      this.#more.hidden = !page.has_more;
      return page;
    } catch (error) {
      if (!signal.aborted) this.#tellFailure(error);
      return undefined;
    }
  }

  #tell() {
    const query = this.#query.value.trim();
    const shown = this.#items.childElementCount;
    const nothing = query
      ? `No title has “${query}” in it.`
      : "Nothing here yet. Conversations appear here when they are remembered for your key.";
    const number = `${count(shown, "session")}${this.#more.hidden ? "" : " shown"}`;
    this.#status.textContent = shown ? number : nothing;
  }

  #tellFailure(error) {
    const again = button("Try again", () => this.reload(), { class: "quiet small" });
    if (error.status === 401) this.#failed(error);
    else this.#status.replaceChildren(error.message, " ", again);
  }

  #item(session) {
    const link = element(
      "a",
      { href: `#/${encodeURIComponent(session.id)}`, "data-id": session.id },
      element("span", { class: "name" }, titleOf(session)),
      element(
        "span",
        { class: "muted small facts" },
        element("span", {}, relativeTime(session.updated_at)),
        element("span", {}, absoluteTime(session.updated_at)),
      ),
      element(
        "span",
        { class: "muted small facts" },
        element("span", {}, session.model),
        element("span", {}, count(session.turns, "turn")),
        element("span", {}, count(session.usage.total_tokens, "token")),
      ),
    );
    markLink(link, this.#current);
    return element("li", {}, link);
  }

  #find(id) {
    return [...this.#items.children].find((item) => item.firstElementChild.dataset.id === id);
  }
}

function markLink(link, id) {
  if (link.dataset.id === id) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}
