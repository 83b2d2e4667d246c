/** The gateway's interface to sessions. */

import { authorization } from "./credentials.js";

const SESSIONS = "../v1/sessions";
const PAGE = 20;

/** The gateway refused, failed, or could not be reached: then `status` is 0. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Returns {data, has_more, next_cursor}; `query`: part of the title, or "" for all. */
export function listSessions({ query, cursor, signal }) {
  const parameters = new URLSearchParams({ limit: PAGE });
  if (query) parameters.set("query", query);
  if (cursor) parameters.set("cursor", cursor);
  return requestJson(`${SESSIONS}?${parameters}`, { signal });
}

/** Returns the session with its `history`. */
export function readSession(id, signal) {
  return requestJson(pathOf(id), { signal });
}

export function renameSession(id, title) {
  return requestJson(pathOf(id), { method: "PATCH", json: { title } });
}

export function deleteSession(id) {
  return requestJson(pathOf(id), { method: "DELETE" });
}

/** Returns a new session with the first `turn` turns of this one. */
export function forkSession(id, turn) {
  return requestJson(`${pathOf(id)}/fork`, { method: "POST", json: { turn } });
}

/** Returns the session as a Blob of JSON lines. */
export async function exportSession(id) {
  return read(await request(`${pathOf(id)}/export`), "blob");
}

function pathOf(id) {
  return `${SESSIONS}/${encodeURIComponent(id)}`;
}

async function requestJson(path, options) {
  return read(await request(path, options), "json");
}

async function request(path, { method = "GET", json, signal } = {}) {
  const headers = { authorization: authorization() };
  if (json !== undefined) headers["content-type"] = "application/json";
  const body = json === undefined ? undefined : JSON.stringify(json);
  let response;
  try {
    response = await fetch(path, { method, headers, body, signal, credentials: "omit", cache: "no-store" });
  } catch (error) {
    throw unreachable(error);
  }
  if (!response.ok) throw new ApiError(await messageOf(response), response.status);
  return response;
}

/** The body, as `json` or `blob`: it may break off, or not be what it says. */
async function read(response, kind) {
  try {
    return await response[kind]();
  } catch (error) {
    throw unreachable(error);
  }
}

function unreachable(error) {
  if (error.name === "AbortError") return error;
  return new ApiError("The gateway cannot be reached. Check the connection and try again.", 0);
}

async function messageOf(response) {
  try {
    return (await response.json()).error.message || `The gateway answered with status ${response.status}.`;
  } catch {
    return `The gateway answered with status ${response.status}.`;
  }
}
