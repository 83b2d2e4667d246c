/** Building a document node by node: no text ever becomes HTML. */

/**
 * An element; of `attributes`, functions are listeners, and undefined, null and false are left out.
 *
 * Names are written in our code and never come from data.
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function button(text, click, attributes = {}) {
  return element("button", { type: "button", click, ...attributes }, text);
}

/** A link that leaves the gateway: the other side learns nothing of where it was, and cannot reach back. */
export function externalLink(href, ...children) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

export function byId(id) {
  return document.getElementById(id);
}
