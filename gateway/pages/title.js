/** The title of a session, which is renamed where it stands. */

import { renameSession } from "./api.js";
import { button, element } from "./dom.js";
import { titleOf } from "./format.js";
import { say } from "./notice.js";

const LONGEST = 200;

/**
 * A node with the heading and its form.
 *
 * `renamed(session)` is called when the gateway took the title, `failed(error)` when it did not.
 */
export function titleNode(session, { renamed, failed }) {
  const heading = element("h2", { id: "conversation-title", tabindex: -1 }, titleOf(session));
  const edit = button("Rename", startEditing, { class: "quiet small" });
  const input = element("input", { id: "title", maxlength: LONGEST, required: true, autocomplete: "off" });
  const form = element(
    "form",
    { class: "title", hidden: true, submit: save, keydown: (event) => event.key === "Escape" && stopEditing() },
    element("label", { class: "visually-hidden", for: "title" }, "Title"),
    input,
    element("button", { type: "submit", class: "primary" }, "Save"),
    button("Cancel", stopEditing),
  );

  function startEditing() {
    input.value = session.title ?? "";
    show(true);
    input.select();
  }

  function stopEditing() {
    show(false);
    edit.focus();
  }

  function show(isEditing) {
    form.hidden = !isEditing;
    edit.hidden = isEditing;
    // It stays for those who have the page read out: what follows is below it.
    heading.classList.toggle("visually-hidden", isEditing);
  }

  async function save(event) {
    event.preventDefault();
    try {
      session = await renameSession(session.id, input.value);
    } catch (error) {
      failed(error);
      return;
    }
    heading.textContent = titleOf(session);
    stopEditing();
    say("Renamed.");
    renamed(session);
  }

  return element("div", {}, element("div", { class: "title" }, heading, edit), form);
}
