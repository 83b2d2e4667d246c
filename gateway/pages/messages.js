/** Messages of a conversation, as OpenAI's chat completions have them. */

import { image } from "./attachments.js";
import { codeBlock } from "./code.js";
import { element } from "./dom.js";
import { prettyJson } from "./format.js";
import { audio, contents, formatted, refusal, unknown, verbatim } from "./parts.js";

const SHORT = 400;

/** `calls`: Map of the id of a tool call to its function's name, which messages add to and look up. */
export function messageNode(message, calls) {
  const { name, look, body } = ROLES.get(message.role) ?? { name: String(message.role), look: "other", body: other };
  // What is folded says itself what it is; of the rest, the name is seen, and the label of the article is read out.
  const title = look === "folded" ? null : element("p", { class: "role", "aria-hidden": "true" }, name);
  return element("article", { class: `message ${look}`, "aria-label": name }, title, ...nodesOf(body, message, calls));
}

function nodesOf(body, message, calls) {
  try {
    return body(message, calls);
  } catch {
    // It has the role, but not the members that go with it.
    return [unknown(message)];
  }
}

const ROLES = new Map([
  ["system", { name: "System", look: "folded", body: instructions("System instructions") }],
  ["developer", { name: "Developer", look: "folded", body: instructions("Developer instructions") }],
  ["user", { name: "User", look: "user", body: (message) => contents(message.content, formatted) }],
  ["assistant", { name: "Assistant", look: "assistant", body: answer }],
  ["tool", { name: "Tool", look: "folded", body: toolResult }],
  ["function", { name: "Tool", look: "folded", body: toolResult }],
]);

function other(message) {
  return contents(message.content, verbatim);
}

function answer(message, calls) {
  return [
    ...reasoning(message),
    ...contents(message.content, formatted),
    ...(message.refusal ? [refusal(message.refusal)] : []),
    ...list(message.images).map((each) => image(each.image_url.url)),
    ...spoken(message.audio),
    ...list(message.tool_calls).map((call) => toolCall(call, calls)),
  ];
}

function instructions(summary) {
  return ({ content }) => {
    const isShort = typeof content !== "string" || content.length <= SHORT;
    return [folded([summary], contents(content, verbatim), { open: isShort })];
  };
}

function reasoning(message) {
  const blocks = list(message.thinking_blocks);
  const text = message.reasoning_content || blocks.map((block) => block.thinking ?? "").join("\n\n").trim();
  const isHidden = blocks.some((block) => block.type === "redacted_thinking");
  const nodes = [
    ...(text ? [formatted(text)] : []),
    ...(isHidden ? [element("p", { class: "muted" }, "The model keeps a part of its reasoning to itself.")] : []),
  ];
  return nodes.length ? [folded(["Reasoning"], nodes)] : [];
}

/** What a model said aloud: its words are known, the sound where it was kept. */
function spoken(sound) {
  if (!sound) return [];
  return [
    ...(sound.transcript ? [formatted(sound.transcript)] : []),
    ...(sound.data ? [audio(sound.data, sound.format ?? "wav")] : []),
  ];
}

function toolCall(call, calls) {
  const { name = "a tool", arguments: values = "" } = call.function ?? call.custom ?? {};
  calls.set(call.id, name);
  return folded(["Called ", element("code", {}, name)], [codeBlock(prettyJson(values), "json")]);
}

function toolResult(message, calls) {
  const name = calls.get(message.tool_call_id) ?? message.name;
  const summary = name ? ["Result of ", element("code", {}, name)] : ["Result"];
  return [folded(summary, contents(message.content, (text) => codeBlock(prettyJson(text), "result")))];
}

function folded(summary, nodes, { open = false } = {}) {
  return element("details", { class: "more-of-it", open }, element("summary", {}, ...summary), ...nodes);
}

function list(value) {
  return Array.isArray(value) ? value : [];
}
