// What the trading page hears: quotes, the account, its positions and orders, and the fate of one order.
import { useCallback, useEffect, useRef, useState } from "react";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";

const REPAINT_MS = 200; // figures that follow the price are written at most so often
const AGAIN_MS = 1000; // and what the server is asked for after news of a change
const ORDER_POLL_MS = 1500;
const ORDER_PATIENCE_MS = 45_000;

/** The newest quote of a symbol, {bid, ask, ts}, at most five times a second; null until there is one. */
export function useQuote(symbol) {
  const [quote, setQuote] = useState(null);
  useEffect(() => {
    setQuote(null);
    if (!symbol) return undefined;
    let newest = null;
    let timer = null;
    const show = () => {
      timer = null;
      setQuote(newest);
    };
    const stop = subscribe(`prices:${symbol}`, (data) => {
      if (data?.bid === undefined) return;
      newest = { ...data, heard: Date.now() };
      timer ??= setTimeout(show, REPAINT_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [symbol]);
  return quote;
}

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

/** Resolves with the order once it has come to its end, or with the last that is known of it after some patience. */
export function settled(id) {
  return new Promise((resolve) => {
    let last = null;
    let busy = false;
    let missed = false;
    let over = false;
    const began = Date.now();
    const end = () => {
      over = true;
      clearInterval(poll);
      stop();
      resolve(last);
    };
    const ask = async () => {
      missed = busy;
      if (busy || over) return;
      busy = true;
      const answer = await send("GET", `/api/orders/${id}`);
      busy = false;
      if (answer.ok) last = answer.body;
      if ((last && last.status !== "pending") || Date.now() - began > ORDER_PATIENCE_MS) end();
      else if (missed) ask(); // something changed while the answer was on its way
    };
    const poll = setInterval(ask, ORDER_POLL_MS);
    const stop = subscribe("jobs", (data) => (data === undefined || data.id === id) && ask());
    ask();
  });
}

export function toast(kind, title, detail = "", code = "") {
  window.dispatchEvent(new CustomEvent("toast", { detail: { kind, title, detail, code } }));
}
