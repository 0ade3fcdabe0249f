// The candlestick chart: history from the server, the forming bar continued from ticks, and the account's own lines.
import { useEffect, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { countdown, price as written } from "./figures.js";
import { Lines } from "./lines.js";

export const TIMEFRAMES = { M1: 60, M5: 300, M15: 900, M30: 1800, H1: 3600, H4: 14_400, D1: 86_400 };
const FIRST = 500;
const AGAIN_MS = 1500;
const TRIES = 20;
const NEAR_LEFT = 40; // bars left of the first one shown before older ones are fetched

/** A token of the style sheet as a colour a canvas takes. */
function resolver(node) {
  const probe = node.appendChild(document.createElement("span"));
  probe.hidden = true;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const colour = (token, alpha = 1) => {
    probe.style.color = `var(${token})`;
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = getComputedStyle(probe).color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return `rgba(${r}, ${g}, ${b}, ${((a / 255) * alpha).toFixed(3)})`;
  };
  colour.end = () => probe.remove();
  return colour;
}

function looks(colour) {
  return {
    layout: { background: { type: "solid", color: colour("--chart-bg") }, textColor: colour("--chart-axis"), fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily, attributionLogo: true },
    grid: { vertLines: { color: colour("--chart-grid") }, horzLines: { color: colour("--chart-grid") } },
    crosshair: { vertLine: { color: colour("--chart-cross"), labelBackgroundColor: colour("--chart-label") }, horzLine: { color: colour("--chart-cross"), labelBackgroundColor: colour("--chart-label") } },
    rightPriceScale: { borderColor: colour("--line") },
    timeScale: { borderColor: colour("--line") },
  };
}

function candleLooks(colour) {
  const [up, down] = [colour("--chart-up"), colour("--chart-down")];
  return { upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down };
}

/** The bars of one series on one chart, by opening time (UTC seconds). */
class Bars {
  constructor(candles, volumes, colour, shift) {
    Object.assign(this, { candles, volumes, colour, shift, kept: new Map(), last: null });
  }

  point(bar) {
    return { time: bar.time + this.shift, open: bar.open, high: bar.high, low: bar.low, close: bar.close };
  }

  tinted(bar) {
    return { time: bar.time + this.shift, value: bar.volume, color: this.colour(bar.close >= bar.open ? "--chart-up" : "--chart-down", 0.22) };
  }

  merge(rows) {
    for (const row of rows) {
      const time = Date.parse(row.time) / 1000;
      const ours = this.kept.get(time);
      // The forming bar is ours once ticks were heard: the terminal's may be a moment older.
      this.kept.set(time, ours && ours === this.last && ours.heard ? { ...row, time, high: Math.max(row.high, ours.high), low: Math.min(row.low, ours.low), close: ours.close, heard: true } : { ...row, time });
    }
    this.draw();
  }

  draw() {
    const all = [...this.kept.values()].sort((a, b) => a.time - b.time);
    this.candles.setData(all.map((bar) => this.point(bar)));
    this.volumes.setData(all.map((bar) => this.tinted(bar)));
    this.last = all.at(-1) ?? null;
  }

  /** Continue with a tick; false when bars are missing in between and history has to be read again. */
  tick(bid, at_s, length) {
    if (!this.last) return true;
    const steps = Math.floor((at_s - this.last.time) / length);
    if (steps < 0) return true;
    if (steps > 1) return false;
    if (steps === 0) {
      const { high, low } = this.last;
      Object.assign(this.last, { close: bid, high: Math.max(high, bid), low: Math.min(low, bid), volume: this.last.volume + 1, heard: true });
    } else {
      this.last = { time: this.last.time + length, open: bid, high: bid, low: bid, close: bid, volume: 1, heard: true };
      this.kept.set(this.last.time, this.last);
    }
    this.candles.update(this.point(this.last));
    this.volumes.update(this.tinted(this.last));
    return true;
  }
}

function Legend({ bar, spec, left }) {
  if (!bar) return null;
  const way = bar.close >= bar.open ? "up" : "down";
  return (
    <div className="legend" aria-hidden="true">
      {["open", "high", "low", "close"].map((name) => (
        <span key={name}>{name[0].toUpperCase()} <b className={name === "close" ? way : ""}>{written(bar[name], spec)}</b></span>
      ))}
      {left && <span>closes in <b>{left}</b></span>}
    </div>
  );
}

export function Chart({ accountId, spec, timeframe, lines }) {
  const box = useRef(null);
  const drawn = useRef(null);
  const wanted = useRef(lines);
  wanted.current = lines;
  const [state, setState] = useState({ kind: "loading" });
  const [shown, setShown] = useState(null);
  const [left, setLeft] = useState("");
  const [turn, setTurn] = useState(0);
  const symbol = spec?.name;

  useEffect(() => {
    if (!symbol || !accountId) return undefined;
    let gone = false;
    let undo = [];
    setState({ kind: "loading" });
    setShown(null);
    import("lightweight-charts").then((library) => {
      if (gone) return;
      undo = paint(library, {
        node: box.current, accountId, spec, timeframe, wanted, drawn,
        tell: (next) => !gone && setState(next), show: (bar) => !gone && setShown(bar), count: (text) => !gone && setLeft(text),
      });
    }).catch(() => !gone && setState({ kind: "failed", code: "chart-not-loaded", message: "The chart could not be loaded." }));
    return () => {
      gone = true;
      drawn.current = null;
      undo.forEach((end) => end());
    };
  }, [accountId, symbol, timeframe, turn]);

  useEffect(() => drawn.current?.sync(lines), [lines]);

  return (
    <div className="chart-wrap" role="region" aria-label={`Chart of ${symbol ?? "no symbol"}, ${timeframe}, times in UTC`}>
      <div ref={box} className="chart-box" />
      <Legend bar={shown} spec={spec} left={left} />
      {state.kind === "loading" && <div className="chart-note late" aria-busy="true"><span className="skeleton" /><span className="t3 xs">{state.message ?? "Loading candles"}</span></div>}
      {state.kind === "empty" && <div className="chart-note"><b>No candles yet</b><span className="t3 sm">{state.message}</span></div>}
      {state.kind === "failed" && (
        <div className="chart-note" role="alert">
          <b>The candles could not be loaded</b>
          <span className="t2 sm">{state.message} <span className="mono">{state.code}</span></span>
          <button type="button" className="btn small" onClick={() => setTurn(turn + 1)}><Icon name="refresh" size="s" />Retry</button>
        </div>
      )}
      {state.note && <div className="chart-stale badge warn">{state.note}</div>}
    </div>
  );
}

function paint({ createChart, CandlestickSeries, HistogramSeries }, { node, accountId, spec, timeframe, wanted, drawn, tell, show, count }) {
  const length = TIMEFRAMES[timeframe];
  const colour = resolver(node);
  const chart = createChart(node, { ...looks(colour), autoSize: true, timeScale: { ...looks(colour).timeScale, timeVisible: length < 86_400, rightOffset: 6, secondsVisible: false } });
  const candles = chart.addSeries(CandlestickSeries, { ...candleLooks(colour), priceFormat: { type: "price", precision: spec.digits, minMove: spec.tick_size } });
  const volumes = chart.addSeries(HistogramSeries, { priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.88, bottom: 0 } });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.16 } });
  const lines = new Lines(candles, node, colour);
  drawn.current = lines;
  let bars = null;
  let older = null;
  let fetching = false;
  let hovered = null;
  let tries = 0;
  let asked = 0;
  let timer = null;
  let waiting = null; // the instant before which candles are waited for; null: the newest

  const url = (before) => {
    const asked = new URLSearchParams({ account_id: accountId, symbol: spec.name, timeframe, limit: FIRST });
    if (before) asked.set("before", before);
    return `/api/candles?${asked}`;
  };
  const present = () => show(hovered ?? bars?.last ?? null);
  /** Ask, and ask again while the terminal is still reading; what is kept shows at once. */
  const load = async (before) => {
    if (fetching) return;
    fetching = true;
    asked = Date.now();
    clearTimeout(timer);
    timer = null;
    const answer = await send("GET", url(before));
    fetching = false;
    if (drawn.current !== lines) return;
    if (!answer.ok) {
      if (!bars?.last) tell({ kind: "failed", code: answer.body.code, message: answer.body.detail ?? answer.body.title });
      return;
    }
    const { items, is_pending: isPending, next_cursor: next, problem, broker_offset_s: offset } = answer.body;
    const isFirst = !bars?.last;
    // Days are the broker's own: their bars are named by its date, not by the hour its midnight falls on in UTC.
    bars ??= new Bars(candles, volumes, colour, length === 86_400 ? offset ?? 0 : 0);
    if (length === 86_400) bars.shift = offset ?? 0;
    if (items.length) bars.merge(items);
    if (before || isFirst) older = next;
    if (items.length && isFirst) {
      chart.timeScale().setVisibleLogicalRange({ from: Math.max(-2, items.length - 140), to: items.length + 5 });
      lines.sync(wanted.current);
    }
    present();
    tries = isPending ? tries + 1 : 0;
    waiting = before;
    if (isPending && tries < TRIES) timer = setTimeout(() => load(before), AGAIN_MS);
    if (bars.last) tell({ kind: "ready", note: problem ? `Last stored candles: ${problem.message}` : "" });
    else if (isPending && tries < TRIES) tell({ kind: "loading", message: "Asking the terminal for candles" });
    else if (problem) tell({ kind: "failed", code: problem.code, message: problem.message });
    else tell({ kind: "empty", message: "They are read from the terminal as soon as it is online." });
  };
  const left = setInterval(() => {
    const end = bars?.last ? bars.last.time + length - Date.now() / 1000 : -1;
    count(end > 0 && end <= length ? countdown(end) : "");
  }, 1000);
  const ranged = (range) => {
    if (range && range.from < NEAR_LEFT && older && bars?.last && !fetching && !timer) load(older);
  };
  chart.timeScale().subscribeVisibleLogicalRangeChange(ranged);
  chart.subscribeCrosshairMove((at) => {
    const bar = at.seriesData?.get(candles);
    hovered = bar ? { open: bar.open, high: bar.high, low: bar.low, close: bar.close } : null;
    present();
  });
  const quotes = subscribe(`prices:${spec.name}`, (quote) => {
    if (quote === undefined) return load(); // the connection was away: bars may be missing
    if (!bars?.last || !(quote.bid > 0)) return undefined;
    // Bars are missing in between: history is read again, not once for every tick.
    if (!bars.tick(quote.bid, quote.ts / 1000, length) && !timer && Date.now() - asked > AGAIN_MS) load();
    return hovered ? undefined : present();
  });
  const jobs = subscribe("jobs", () => timer && load(waiting));
  const themes = new MutationObserver(() => {
    chart.applyOptions(looks(colour));
    candles.applyOptions(candleLooks(colour));
    bars?.draw();
    lines.recolour();
  });
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-pnl"] });
  load();
  return [() => clearTimeout(timer), () => clearInterval(left), quotes, jobs, () => themes.disconnect(), () => lines.close(), () => chart.remove(), colour.end];
}
