/** Data that came within a message: images are shown, everything can be downloaded. */

import { button, element, externalLink } from "./dom.js";
import { size } from "./format.js";
import { complain } from "./notice.js";

// Kinds of images that are pictures and nothing else.
const PICTURE = /^data:image\/(png|jpeg|gif|webp|avif);base64,[\w+/]*=*$/i;
// Milliseconds.
const KEPT = 60_000;
const DATA_URL = /^data:[^,]*,/i;
const IMAGE_KIND = /^data:image\/([a-z0-9]+)/i;

/** Whether it is an image that can be shown: such as data:image/png;base64,… */
export function isPicture(url) {
  return PICTURE.test(url);
}

/** An image of a message; only those that came within it are loaded. */
export function image(url) {
  if (isRemote(url)) return element("p", {}, externalLink(url, `Image at ${url}`));
  if (isPicture(url)) return element("img", { src: url, alt: "Image in the message", loading: "lazy" });
  const [, kind = "data"] = IMAGE_KIND.exec(url) ?? [];
  return attachment(`image.${kind}`, url, "Image");
}

/** Something with a name: `url` is a data: URL, another address, or undefined where only the name is known. */
export function attachment(name, url, kind) {
  return element(
    "p",
    { class: "attachment" },
    element("span", { class: "kind" }, kind),
    element("span", { class: "name" }, name),
    ...access(name, url),
  );
}

function access(name, url) {
  if (url === undefined) return [];
  if (isRemote(url)) return [externalLink(url, "Open")];
  const header = DATA_URL.exec(url)?.[0];
  if (header === undefined) return [];
  const data = url.slice(header.length);
  const isBase64 = /;base64,$/i.test(header);
  return [
    element("span", { class: "muted" }, size(isBase64 ? base64Size(data) : data.length)),
    button("Download", () => downloadData(name, data, isBase64), {
      class: "quiet small",
      "aria-label": `Download ${name}`,
    }),
  ];
}

function isRemote(url) {
  return /^https?:\/\//i.test(url);
}

function base64Size(data) {
  const padding = data.endsWith("==") ? 2 : Number(data.endsWith("="));
  return Math.max(0, Math.floor((data.length * 3) / 4) - padding);
}

function downloadData(name, data, isBase64) {
  try {
    // Without a type: what a message holds is saved, and never opened within the gateway's origin.
    download(name, new Blob([bytesOf(data, isBase64)]));
  } catch {
    complain(`${name} cannot be downloaded: its data is damaged.`);
  }
}

function bytesOf(data, isBase64) {
  if (isBase64) return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new TextEncoder().encode(decodeURIComponent(data));
}

export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  // Not at once: there are browsers that read the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
