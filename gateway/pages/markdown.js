/** Markdown as DOM nodes: the tokens of markdown-it become elements of a fixed set, never a string of HTML. */

import { isPicture } from "./attachments.js";
import { codeBlock } from "./code.js";
import { element, externalLink } from "./dom.js";
import MarkdownIt from "./vendor/markdown-it.esm.min.mjs";

const parser = new MarkdownIt({ html: false, linkify: true });
// Only what is written as an address is one: main.py is a file, and not in Paraguay.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

const LINKED = new Set(["http:", "https:", "mailto:"]);
const REMOTE = new Set(["http:", "https:"]);

const PLAIN = new Set([
  "blockquote", "dd", "dl", "dt", "em", "li", "p", "s", "strong", "tbody", "thead", "tr", "ul",
]);
// Below the page, the session and the turn; the highest heading of a text gets the first of them.
const HEADINGS = ["h4", "h5", "h6"];

/** A fragment; `text` may be anything. */
export function markdown(text) {
  const tokens = parser.parse(text, {});
  const levels = tokens.filter((token) => token.type === "heading_open").map((token) => Number(token.tag[1]));
  const fragment = document.createDocumentFragment();
  build(fragment, tokens, Math.min(...levels));
  return fragment;
}

function build(root, tokens, topLevel) {
  const parents = [root];
  for (const token of tokens) {
    const parent = parents.at(-1);
    if (token.nesting === 1) {
      const inner = token.hidden ? parent : open(parent, token, topLevel);
      parents.push(inner);
    } else if (token.nesting === -1) {
      parents.pop();
    } else if (token.type === "inline") {
      build(parent, token.children, topLevel);
    } else {
      const leaf = LEAVES[token.type];
      parent.append(leaf ? leaf(token, parent) : token.content);
    }
  }
}

/** Appends what the token opens, and returns where its contents go. */
function open(parent, token, topLevel) {
  const [outer, inner = outer] = opened(token, topLevel);
  parent.append(outer);
  return inner;
}

function opened(token, topLevel) {
  if (PLAIN.has(token.tag)) return [element(token.tag)];
  const opener = OPENERS[token.type];
  return opener ? opener(token, topLevel) : [element("span")];
}

const OPENERS = {
  heading_open: (token, topLevel) => [element(HEADINGS[Number(token.tag[1]) - topLevel] ?? HEADINGS.at(-1))],
  ordered_list_open: (token) => [element("ol", { start: token.attrGet("start") })],
  table_open: () => {
    const table = element("table");
    return [element("div", { class: "table", tabindex: 0, role: "group", "aria-label": "Table" }, table), table];
  },
  th_open: (token) => [element("th", { class: alignment(token) })],
  td_open: (token) => [element("td", { class: alignment(token) })],
  link_open: (token) => {
    const href = token.attrGet("href");
    return [LINKED.has(protocolOf(href)) ? externalLink(href) : element("span")];
  },
};

const LEAVES = {
  code_block: (token) => codeBlock(token.content),
  code_inline: (token) => element("code", {}, token.content),
  fence: (token) => codeBlock(token.content, token.info.trim().split(/\s+/)[0]),
  hardbreak: () => element("br"),
  hr: () => element("hr"),
  image: (token, parent) => image(token.attrGet("src"), token.content, parent),
  // A line that a person ended stays ended, though Markdown would join it with the next.
  softbreak: () => element("br"),
};

/** What is in the text is shown; what is elsewhere becomes a link: loading it would tell somebody that it was read. */
function image(source, description, parent) {
  if (isPicture(source)) return element("img", { src: source, alt: description });
  const text = `Image: ${description || source}`;
  const isInLink = parent instanceof Element && parent.closest("a") !== null;
  return REMOTE.has(protocolOf(source)) && !isInLink ? externalLink(source, text) : text;
}

function alignment(token) {
  return /^text-align:(left|right|center)$/.exec(token.attrGet("style") ?? "")?.[1];
}

/** Of an absolute address; of any other, undefined: nothing in a text refers to the gateway itself. */
function protocolOf(address) {
  return URL.canParse(address) ? new URL(address).protocol : undefined;
}
