/** Numbers and times as people read them. */

import { element } from "./dom.js";

// The page is in English: of the reader's languages, only a kind of English counts; not all of them are well formed.
const LOCALE = navigator.languages.find((language) => /^en-[A-Z]{2}$/.test(language)) ?? "en-GB";

const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const ABSOLUTE = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const NUMBER = new Intl.NumberFormat(LOCALE);

// Unit, and from how many seconds on it is used.
const UNITS = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["week", 7 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** "3 hours ago"; both in seconds since 1970. */
export function relativeTime(seconds, now = Date.now() / 1000) {
  const passed = now - seconds;
  for (const [unit, length] of UNITS) {
    if (Math.abs(passed) >= length) return RELATIVE.format(-Math.trunc(passed / length), unit);
  }
  return "just now";
}

/** "24 Nov 2026, 10:45" in a <time>. */
export function absoluteTime(seconds) {
  const date = new Date(seconds * 1000);
  return element("time", { datetime: date.toISOString() }, ABSOLUTE.format(date));
}

/** "1 turn", "1,204 tokens". */
export function count(number, noun) {
  return `${NUMBER.format(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** "2.4 MB". */
export function size(bytes) {
  if (bytes < 1000) return count(bytes, "byte");
  const [divisor, unit] = bytes < 1_000_000 ? [1000, "kB"] : [1_000_000, "MB"];
  return `${NUMBER.format(Math.round((bytes / divisor) * 10) / 10)} ${unit}`;
}

/** JSON with its lines indented; other text as it is. */
export function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text, asWritten), null, 2);
  } catch {
    return text;
  }
}

/** Numbers that JavaScript would round stay as they were written, where the browser can do that. */
function asWritten(_key, value, context) {
  return typeof value === "number" && JSON.rawJSON && context?.source ? JSON.rawJSON(context.source) : value;
}

export const titleOf = (session) => session.title || "Untitled";
