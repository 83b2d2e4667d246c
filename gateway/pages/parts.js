/** The contents of messages: text, or a list of parts. */

import { attachment, image } from "./attachments.js";
import { codeBlock } from "./code.js";
import { element } from "./dom.js";
import { markdown } from "./markdown.js";

/** Text that a person or a model wrote. */
export function formatted(text) {
  return element("div", { class: "text" }, markdown(text));
}

/** Text that a program wrote, or that is to be read to the letter. */
export function verbatim(text) {
  return element("div", { class: "text verbatim" }, text);
}

/** Nodes for `content` as it stands in a message; `text` makes one of a text. */
export function contents(content, text) {
  if (content === null || content === undefined || content === "") return [];
  if (typeof content === "string") return [text(content)];
  return Array.isArray(content) ? content.map((part) => partNode(part, text)) : [unknown(content)];
}

function partNode(part, text) {
  try {
    return PARTS.get(part.type)?.(part, text) ?? unknown(part);
  } catch {
    // It has the type, but not the members that go with it.
    return unknown(part);
  }
}

const PARTS = new Map([
  ["text", (part, text) => text(asText(part.text))],
  ["refusal", (part) => refusal(asText(part.refusal))],
  ["image_url", (part) => image(asText(part.image_url.url ?? part.image_url))],
  ["file", (part) => file(part.file)],
  ["input_audio", ({ input_audio: { data, format } }) => audio(asText(data), asText(format))],
]);

export function refusal(text) {
  return element("div", { class: "text refusal" }, element("strong", {}, "Refused: "), text);
}

/** `format`: such as wav. */
export function audio(data, format) {
  return attachment(`audio.${format}`, `data:audio/${format};base64,${data}`, "Audio");
}

function file({ filename, file_data: data, file_id: id }) {
  return attachment(filename || id || "document", data ?? id, "Document");
}

/** Anything, as JSON. */
export function unknown(part) {
  return element(
    "details",
    { class: "more-of-it" },
    element("summary", {}, typeof part?.type === "string" ? `Content of type ${part.type}` : "Other content"),
    codeBlock(JSON.stringify(part, null, 2), "json"),
  );
}

function asText(value) {
  if (typeof value !== "string") throw new TypeError("expected text");
  return value;
}
