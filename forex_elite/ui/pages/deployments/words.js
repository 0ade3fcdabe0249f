// What the pages of deployments call things: states, events, times; and which proof is the newest.
import { useSyncExternalStore } from "react";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";

const STATES = {
  running: ["up", "play", "Running"],
  paused: ["warn", "pause", "Paused"],
  stopped: ["", "stop", "Stopped"],
  starting: ["info", "clock", "Starting"],
  pending: ["info", "clock", "On its way"],
  failed: ["crit", "x-circle", "Failed"],
};

/** Tone, icon and word of what an expert really does. */
export const stateOf = (row) => STATES[row.actual] ?? ["warn", "triangle", row.actual];

/** Why what is, is not what is wanted, or what else one should know; empty when all is well. */
export function noteOf(row) {
  if (row.actual === "failed") return row.detail || row.code || "The terminal did not do it.";
  if (row.actual === "pending") return row.is_agent_online ? `${row.agent_name} is at it.` : `Waits for ${row.agent_name || "an agent"}, which is offline.`;
  if (row.actual !== row.desired) return `Wanted: ${row.desired}. ${row.detail}`.trim();
  if (isBehind(row)) return `Version ${row.actual_number} still runs.`;
  if (!row.is_agent_online && row.actual !== "stopped") return "As last proven; the account is offline.";
  if (row.actual === "running" && row.may_trade === false) return "The terminal does not let it trade: switch on Algo Trading.";
  return "";
}

/** Whether it is proven that no version of it runs. */
const isOff = (row) => row.actual === "paused" || row.actual === "stopped";

/** Whether another version than the wanted one was last proven to run, and runs still. */
export const isBehind = (row) => !isOff(row) && row.actual_number !== null && row.actual_number !== row.version_number;

/** Which version is known to run. */
export function provenOf(row) {
  if (isOff(row)) return "no version runs";
  return row.actual_number === null ? "no version proven yet" : `version ${row.actual_number} proven`;
}

export const isUneasy = (row) => row.actual === "failed" || (row.actual === "running" && (row.may_trade === false || !row.is_agent_online));

/** "Trend v3" and "700123": an expert, and its account. */
export const nameOf = (row) => `${row.project_name} v${row.version_number}`;
export const placeOf = (row) => `${row.account_login}, ${row.symbol} ${row.timeframe}`;
export const countOf = (count, one, many = `${one}s`) => `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

const EVENTS = {
  deployed: "Deployed", started: "Start asked for", paused: "Pause asked for", stopped: "Stop asked for", inputs_changed: "Inputs changed",
  limits_changed: "Limits changed", upgraded: "Version changed", rolled_back: "Rolled back", limit_reached: "Paused by a limit", confirmed: "Confirmed", failed: "Failed",
};
const MARKS = { confirmed: ["up", "check"], failed: ["crit", "x"], limit_reached: ["warn", "triangle"] };

/** What happened: word, what about it, tone and icon. */
export function eventOf({ kind, data }) {
  const [tone, icon] = MARKS[kind] ?? ["", "edit"];
  const parts = [];
  if (data.version) parts.push(`version ${data.version}`);
  if (kind === "confirmed") parts.push(data.state);
  if (kind === "failed") parts.push(data.detail || data.code);
  if (kind === "limit_reached") parts.push(data.reason);
  if (kind === "limits_changed") parts.push(limitsOf(data.limits).join(", ") || "none");
  if (kind !== "confirmed" && kind !== "failed" && data.inputs && Object.keys(data.inputs).length) {
    parts.push(Object.entries(data.inputs).map(([name, value]) => `${name} ${value}`).join(", "));
  }
  return { word: EVENTS[kind] ?? kind, detail: parts.filter(Boolean).join(" · "), tone, icon };
}

/** Limits in words; money in the account's currency. */
export function limitsOf(limits, currency = "") {
  const found = [];
  if (limits.max_loss) found.push(`a day's loss of ${limits.max_loss.toLocaleString("en-US")} ${currency}`.trim());
  if (limits.max_positions) found.push(`more than ${countOf(limits.max_positions, "position")}`);
  if (limits.max_lots) found.push(`more than ${limits.max_lots} lots`);
  return found;
}

/** The zone as a table's head says it: UTC, or its city. */
export const zoneWord = (zone) => (zone === "UTC" || zone === "Etc/UTC" ? "UTC" : zone.split("/").at(-1).replaceAll("_", " "));

/** "20 Mar, 14:32:06" in the person's zone; `fine` with milliseconds and without the day. */
export function timeIn(zone, at, fine = false) {
  if (!at) return "\u2013";
  const shared = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone || "UTC" };
  const format = new Intl.DateTimeFormat("en-GB", fine ? { ...shared, fractionalSecondDigits: 3 } : { day: "numeric", month: "short", ...shared });
  return format.format(new Date(at));
}

const proven = new Map(); // deployment → when an agent last proved it, newer than what the server was asked
const watchers = new Set();
let version = 0;
let stop = null;

function hear(data) {
  if (!data?.proven) return;
  for (const [id, at] of Object.entries(data.proven)) proven.set(id, at);
  version += 1;
  watchers.forEach((watcher) => watcher());
}

function watch(watcher) {
  watchers.add(watcher);
  stop ??= subscribe("proofs", hear);
  return () => {
    watchers.delete(watcher);
    if (!watchers.size) {
      stop?.();
      stop = null;
    }
  };
}

/** A function that tells when a deployment was last proven, kept up by the agents' signs of life. */
export function useProofs() {
  useSyncExternalStore(watch, () => version, () => 0);
  return (row) => {
    const told = proven.get(row.id);
    return told && (!row.proven_at || Date.parse(told) > Date.parse(row.proven_at)) ? told : row.proven_at;
  };
}
