// Asking the server's HTTP contract from a component: what it says, again after news, and what the person is told.
import { useCallback, useEffect, useRef, useState } from "react";
import { send } from "./backend.js";
import { subscribe } from "./socket.js";

const AGAIN_MS = 1000; // after news of a change the server is asked at most so often

/**
 * What the server says at `path`, asked again after news on `topics` that `concerns` this page (never more than once a
 * second) and when the page is told to reload. Old data stays on screen while it is asked; `problem` when it failed.
 */
export function useServer(path, topics, concerns) {
  const [found, setFound] = useState({ data: null, problem: null, path: "" });
  const again = useRef(() => {});
  const key = topics.join(" ");
  const matter = useRef(concerns);
  matter.current = concerns;
  useEffect(() => {
    if (!path) return undefined;
    let gone = false;
    let timer = null;
    let asking = false;
    let asked = 0;
    let missed = false;
    const ask = async () => {
      timer = null;
      if (asking) {
        missed = true;
        return;
      }
      asking = true;
      asked = Date.now();
      const answer = await send("GET", path);
      asking = false;
      if (gone) return;
      setFound((old) => (answer.ok ? { data: answer.body, problem: null, path } : { data: old.path === path ? old.data : null, problem: answer.body, path }));
      if (missed) soon();
      missed = false;
    };
    const soon = () => {
      timer ??= setTimeout(ask, Math.max(0, asked + AGAIN_MS - Date.now()));
    };
    again.current = ask;
    const hear = (data) => (data === undefined || !matter.current || matter.current(data)) && soon();
    let live = false;
    const stops = key.split(" ").filter(Boolean).map((topic) => subscribe(topic, (data) => live && hear(data)));
    live = true;
    window.addEventListener("reload", soon);
    ask();
    return () => {
      gone = true;
      clearTimeout(timer);
      window.removeEventListener("reload", soon);
      stops.forEach((stop) => stop());
    };
  }, [path, key]);
  const retry = useCallback(() => again.current(), []);
  const isThis = found.path === path;
  return { data: isThis ? found.data : null, problem: isThis ? found.problem : null, retry };
}

/** One message at the bottom right; `crit` stays until it is dismissed. */
export function toast(kind, title, detail = "", code = "") {
  window.dispatchEvent(new CustomEvent("toast", { detail: { kind, title, detail, code } }));
}
