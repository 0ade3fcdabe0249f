// What the trading page hears: quotes, the account, its positions and orders, and the fate of one order.
import { useEffect, useState } from "react";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";

export { toast, useServer } from "$/public/external/forex_elite/ui/live/live/server.js";

const REPAINT_MS = 200; // figures that follow the price are written at most so often
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
