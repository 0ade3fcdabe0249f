// Secrets handed over by an event (see handlers.hand_over): kept in this page's memory, in no state and no storage.
import { useSyncExternalStore } from "react";

const values = {};
const listeners = new Set();

if (typeof window !== "undefined") {
  window.addEventListener("secrets", (event) => {
    Object.assign(values, event.detail);
    listeners.forEach((tell) => tell());
  });
}

function subscribe(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** The secret handed over under this name, or an empty string. */
export function useHanded(name) {
  return useSyncExternalStore(subscribe, () => values[name] ?? "", () => "");
}
