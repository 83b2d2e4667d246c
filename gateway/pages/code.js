/** Blocks of code and JSON, with a button to copy them. */

import { button, element } from "./dom.js";
import { complain, say } from "./notice.js";

/** `language`: as the text says it; shown, and nothing else. */
export function codeBlock(code, language = "") {
  const head = element(
    "figcaption",
    {},
    element("span", {}, language || "code"),
    navigator.clipboard ? copyButton(code) : null,
  );
  return element("figure", { class: "code" }, head, preformatted(code, language ? `Code in ${language}` : "Code"));
}

/** Text as it is, in a box that scrolls and that the keyboard reaches. */
export function preformatted(text, label) {
  return element("pre", { tabindex: 0, role: "group", "aria-label": label }, element("code", {}, text));
}

/** Only where the browser has a clipboard for us: on https and on this machine. */
export function copyButton(text, label = "Copy") {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say("Copied."),
      () => complain("The browser does not let this page copy."),
    );
  return button(label, copy, { class: "quiet small" });
}
