// One WebSocket per browser tab, shared by every component that shows something live.
import { address } from "./backend.js";

const LONGEST_WAIT_S = 30;
const listeners = new Map(); // topic → set of functions
const latest = new Map(); // topic → last message, shown at once to who comes later
const watchers = new Set(); // told when the connection comes or goes
const NOT_SIGNED_IN = 4401; // the page's own guard sends the person to log in
const ENDED = "session-ended"; // the reason given when a session ends while the socket is open

let socket = null;
let retry = null;
let failures = 0;
let status = { state: "idle", retryAt: 0 };

function become(next) {
  status = next;
  for (const watcher of watchers) watcher();
}

function tell(topics) {
  if (topics.length && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ gather: true, subscribe: topics }));
}

function receive(event) {
  let told;
  try {
    told = JSON.parse(event.data);
  } catch {
    return;
  }
  for (const message of Array.isArray(told) ? told : [told]) {
    if (!message?.topic) continue;
    latest.set(message.topic, message.data);
    for (const listener of listeners.get(message.topic) ?? []) listener(message.data, message.topic);
  }
}

function lost(event) {
  socket = null;
  if (event.code === NOT_SIGNED_IN) {
    become({ state: event.reason === ENDED ? "ended" : "idle", retryAt: 0 });
    return;
  }
  if (!listeners.size) {
    become({ state: "idle", retryAt: 0 });
    return;
  }
  const wait = Math.min(2 ** failures, LONGEST_WAIT_S) * 1000;
  failures += 1;
  become({ state: "lost", retryAt: Date.now() + wait });
  retry = setTimeout(connect, wait);
}

function connect() {
  clearTimeout(retry);
  if (socket || typeof WebSocket === "undefined" || !listeners.size) return;
  socket = new WebSocket(address("/ws/live", true));
  socket.onopen = () => {
    const again = failures > 0;
    failures = 0;
    become({ state: "open", retryAt: 0 });
    tell([...listeners.keys()]);
    if (again) for (const [topic, set] of listeners) for (const listener of set) listener(undefined, topic);
  };
  socket.onmessage = receive;
  socket.onclose = lost;
}

/** Hear a topic; `listener(data, topic)` gets undefined data after a gap, when anything may have been missed. */
export function subscribe(topic, listener) {
  if (!listeners.has(topic)) {
    listeners.set(topic, new Set());
    tell([topic]);
  }
  listeners.get(topic).add(listener);
  if (latest.has(topic)) listener(latest.get(topic), topic);
  connect();
  return () => {
    const set = listeners.get(topic);
    set?.delete(listener);
    if (set && !set.size) listeners.delete(topic);
  };
}

/** Hang up for good: the person is logging out. */
export function leave() {
  listeners.clear();
  clearTimeout(retry);
  if (socket) socket.onclose = null;
  socket?.close();
}

export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const connection = () => status;

if (typeof window !== "undefined") {
  const hurry = () => document.visibilityState === "visible" && status.state === "lost" && connect();
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
}
