// What moves on its own: prices, ages, and the news that a page should reload what it shows.
import { useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { EventLoopContext } from "$/utils/context";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { address } from "./backend.js";
import { connection, subscribe, watch } from "./socket.js";

const GATHER_MS = 60; // changes this close together are one event
const PAUSE_MS = 500; // and events are never closer than this
const FLASH_MS = 1000;

const isHeld = () => Boolean(document.querySelector("[data-hold]:is(:hover, :focus-within)"));

/**
 * Subscribes while mounted and calls `onChange([topic…], held)`, gathered. `held` says that the person's pointer or
 * focus is in a list marked `data-hold`, where rows must not move. `every` seconds, while the page is visible, it is
 * called without topics, for what nobody tells (an agent that fell silent).
 */
export function Live({ topics = [], every = 0, onChange }) {
  const call = useRef(onChange);
  call.current = onChange;
  const wanted = topics.filter(Boolean).join(" ");
  useEffect(() => {
    if (!wanted) return undefined;
    const changed = new Set();
    let timer = null;
    let sentAt = 0;
    let settled = false;
    const flush = () => {
      timer = null;
      sentAt = Date.now();
      const list = [...changed];
      changed.clear();
      call.current?.(list, isHeld());
    };
    const hear = (_data, topic) => {
      if (!settled) return; // the last known value on subscribing is no news
      changed.add(topic);
      timer ??= setTimeout(flush, Math.max(GATHER_MS, sentAt + PAUSE_MS - Date.now()));
    };
    const reload = () => hear(undefined, "reload");
    const stop = wanted.split(" ").map((topic) => subscribe(topic, hear));
    const ticking = every ? setInterval(() => document.visibilityState === "visible" && !timer && flush(), every * 1000) : null;
    window.addEventListener("reload", reload);
    settled = true;
    return () => {
      clearTimeout(timer);
      clearInterval(ticking);
      window.removeEventListener("reload", reload);
      stop.forEach((end) => end());
    };
  }, [wanted, every]);
  return null;
}

const decimals = new Map();

/** Quotes carry no digits: start from what such prices usually have, and keep the most decimals seen. */
function usual(value) {
  if (value < 20) return 5;
  return value < 1000 ? 3 : 1;
}

function format(symbol, value, digits) {
  const text = String(value);
  const point = text.indexOf(".");
  const seen = point < 0 ? 0 : text.length - point - 1;
  const places = digits ?? Math.max(seen, decimals.get(symbol) ?? usual(Number(value)));
  decimals.set(symbol, places);
  return Number(value).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
}

function paint(node, text, value) {
  if (!node || node.textContent === text) return;
  const before = Number(node.dataset.value);
  node.textContent = text;
  node.dataset.value = value;
  const now = Date.now();
  if (!before || before === Number(value) || now - Number(node.dataset.flashed ?? 0) < FLASH_MS) return;
  node.dataset.flashed = now;
  const way = Number(value) > before ? "rise" : "fall";
  node.classList.add(way);
  requestAnimationFrame(() => requestAnimationFrame(() => node.classList.remove("rise", "fall")));
}

/** The last price of a symbol, painted straight into the page. `fallback` is what the last report said. */
export function LivePrice({ symbol, digits, price = "bid", fallback = "–" }) {
  const node = useRef(null);
  useEffect(() => {
    if (!symbol) return undefined;
    return subscribe(`prices:${symbol}`, (quote) => {
      if (quote?.[price] !== undefined) paint(node.current, format(symbol, quote[price], digits), quote[price]);
    });
  }, [symbol, digits, price]);
  return <span ref={node} className="last">{fallback}</span>;
}

function Quote({ symbol, onKnown, known }) {
  const last = useRef(null);
  const spread = useRef(null);
  useEffect(
    () =>
      subscribe(`prices:${symbol}`, (quote) => {
        if (quote?.bid === undefined) return;
        onKnown(symbol);
        paint(last.current, format(symbol, quote.bid, quote.digits), quote.bid);
        const width = (Number(quote.ask) - Number(quote.bid)) * 10 ** (decimals.get(symbol) ?? 0);
        if (spread.current && Number.isFinite(width)) spread.current.textContent = Math.round(width);
      }),
    [symbol],
  );
  return (
    <span className="quote" hidden={!known}>
      <b>{symbol}</b>
      <span ref={last} className="last">–</span>
      <span className="t3 xs">
        <span ref={spread}>–</span> pt
      </span>
    </span>
  );
}

/** The strip of prices; a symbol appears with its first quote. */
export function Ticker({ symbols = [] }) {
  const [known, setKnown] = useState(() => new Set());
  const know = (symbol) => setKnown((old) => (old.has(symbol) ? old : new Set(old).add(symbol)));
  return (
    <div className="ticker" role="region" aria-label="Prices, bid and spread in points">
      {symbols.map((symbol) => (
        <Quote key={symbol} symbol={symbol} onKnown={know} known={known.has(symbol)} />
      ))}
      {known.size === 0 && <span className="ticker-note">Prices appear here while an agent is online.</span>}
    </div>
  );
}

let second = 0;
const clocks = new Set();
let ticking = null;

function everySecond(listener) {
  clocks.add(listener);
  ticking ??= setInterval(() => {
    second = Date.now();
    clocks.forEach((clock) => clock());
  }, 1000);
  return () => {
    clocks.delete(listener);
    if (!clocks.size) {
      clearInterval(ticking);
      ticking = null;
    }
  };
}

/** "4 s", "12 min", "3 h 5 min", "3 d 4 h": two units at most. */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const LEVELS = [
  [300, "fresh", "dot up"],
  [600, "acceptable", "dot hollow"],
  [900, "degraded", "dot warn"],
  [Infinity, "critical", "dot crit"],
];

/** How old a report is: a dot and words, ticking here; `at` is ISO-8601, empty means never. `plain` only tells the time. */
export function Age({ at, dot = true, plain = false, never = "never reported" }) {
  useSyncExternalStore(everySecond, () => second, () => 0);
  if (!at) {
    return (
      <span className="age">
        {dot && <span className="dot hollow" />}
        {never}
      </span>
    );
  }
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  const [, level, mark] = LEVELS.find(([limit]) => seconds < limit);
  return (
    <time className={plain ? "age" : `age ${level}`} dateTime={at} title={at} suppressHydrationWarning>
      {dot && !plain && <span className={mark} />}
      {span(seconds)} ago
    </time>
  );
}

/** The server's clock in UTC, minutes and seconds, for the foot of the navigation. */
export function Clock() {
  useSyncExternalStore(everySecond, () => second, () => 0);
  return <span suppressHydrationWarning>{second ? `${new Date(second).toISOString().slice(11, 19)} UTC` : ""}</span>;
}

const LONGEST_WAIT_S = 30;

/** Whether a handler was told that the database is away (`away` event), until the server says that it is ready again. */
function useServerAway() {
  const [away, setAway] = useState(false);
  useEffect(() => {
    let timer = null;
    let tries = 0;
    const later = () => {
      timer = setTimeout(ask, Math.min(2 ** tries, LONGEST_WAIT_S) * 1000);
      tries += 1;
    };
    const ask = async () => {
      const answer = await fetch(address("/api/health/ready")).catch(() => null);
      if (!answer?.ok) return later();
      timer = null;
      tries = 0;
      setAway(false);
      if (document.querySelector(".late")) return window.location.reload(); // nothing was loaded yet
      return window.dispatchEvent(new Event("reload"));
    };
    const begin = () => {
      if (timer !== null) return;
      setAway(true);
      later();
    };
    window.addEventListener("away", begin);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("away", begin);
    };
  }, []);
  return away;
}

/** Says that the connection is lost and when the next try is; nothing while all is well. */
export function Connection() {
  const away = useServerAway();
  const [, errors] = useContext(EventLoopContext) ?? [];
  const live = useSyncExternalStore(watch, connection, connection);
  useSyncExternalStore(everySecond, () => second, () => 0);
  useEffect(() => {
    if (live.state === "ended") {
      const here = window.location.pathname + window.location.search;
      window.location.assign(`/login?reason=expired&next=${encodeURIComponent(here)}`);
    }
  }, [live.state]);
  const lost = (errors?.length ?? 0) >= 2 || live.state === "lost" || away;
  const left = Math.max(0, Math.ceil((live.retryAt - Date.now()) / 1000));
  return (
    <div role="status">
      {lost && (
        <div className="banner info">
          <Icon name="refresh" size="s" />
          <span>
            <b>Connection lost, retrying.</b> What you see is the last known state
            {left > 0 ? `; next try in ${left} s.` : "."}
          </span>
        </div>
      )}
    </div>
  );
}
