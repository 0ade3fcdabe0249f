// Where the server is, and how to talk to its HTTP contract from the browser.
import env from "$/env.json";
import { app } from "$/utils/context-registry";
import { getBackendURL } from "$/utils/state";

/** The server's address for a path: this very origin, except under `make dev`, where pages have a port of their own. */
export function address(path, socket = false) {
  const base = app.isDevMode ? getBackendURL(env.EVENT) : new URL(window.location.href);
  const secure = base.protocol === "https:" || base.protocol === "wss:";
  const scheme = socket ? (secure ? "wss:" : "ws:") : secure ? "https:" : "http:";
  return `${scheme}//${base.host}${path}`;
}

const UNREACHABLE = {
  title: "The server did not answer",
  detail: "Check the connection and try again.",
  code: "unreachable",
  status: 0,
};

const LONG_NUMBER = /\d{16}/;

/** Read JSON. A whole number beyond 2^53, such as a magic number may be, stays the text it is: as a number it would be another. */
function parse(text) {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value, context) => (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value));
}

/**
 * Send JSON, or a Blob as it is; resolves to {ok, status, body}, where a refusal's body is an RFC 9457 problem document.
 * `signal` gives up; `keepalive` lets a small request outlive the page.
 */
export async function send(method, path, body, signal, keepalive = false) {
  let answer;
  const isFile = body instanceof Blob;
  try {
    answer = await fetch(address(path), {
      method,
      signal,
      keepalive,
      credentials: app.isDevMode ? "include" : "same-origin",
      headers: { "Content-Type": isFile ? "application/octet-stream" : "application/json", "X-Requested-With": "forex-elite" },
      body: body === undefined || isFile ? body : JSON.stringify(body),
    });
  } catch {
    return { ok: false, status: 0, body: UNREACHABLE };
  }
  const parsed = await answer.text().then(parse).catch(() => ({ ...UNREACHABLE, status: answer.status, title: `HTTP ${answer.status}` }));
  if (signal?.aborted) return { ok: false, status: 0, body: UNREACHABLE }; // given up while the body came
  return { ok: answer.ok, status: answer.status, body: parsed };
}

/** The messages of a problem document by field; `""` holds what belongs to no field. */
export function messages(problem) {
  const errors = problem.errors ?? [];
  if (!errors.length) return { "": problem.detail ?? problem.title ?? "That did not work." };
  return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
}
