// The live trading page: one account, one symbol; everything that follows the price is painted here and in no state.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { Age } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { Chart, TIMEFRAMES } from "./chart.jsx";
import { settled, toast, useQuote, useServer } from "./feed.js";
import { lots, misplaced, MISSING, money, percent, pips, pipSize, price, result, sign, snapped } from "./figures.js";
import { Holdings } from "./holdings.jsx";
import { bodyOf, EMPTY, reckon, Ticket, verb } from "./ticket.jsx";
import { Watch } from "./watch.jsx";

const remembered = (key, fallback) => {
  try {
    return localStorage.getItem(`trading.${key}`) ?? fallback;
  } catch {
    return fallback;
  }
};
const remember = (key, value) => {
  try {
    localStorage.setItem(`trading.${key}`, value);
  } catch {
    // a browser that keeps nothing still trades
  }
};
const inField = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");
const AFTER_G_MS = 1000;

/** The lines of one symbol: positions with their levels, pending orders with theirs, and what the ticket is about. */
function linesOf({ spec, account, positions, pending, draft, sums, act }) {
  const currency = account.currency;
  const at = (side, volume, from) => (level) => {
    const amount = result(spec, side, volume, from, level);
    return `${money(amount, currency, true)} ${currency} · ${percent((amount / account.balance) * 100, true)}`;
  };
  const level = (id, which, value, side, volume, from, onDrop, kind = "") => ({
    id: `${id}-${which}`, price: value, look: which === "sl" ? "--chart-sl" : "--chart-tp", axis: which === "sl" ? "--down" : "--up", ink: which === "sl" ? "--on-down" : "--on-up",
    kind: `${which} ${kind}`, isDashed: true, snap: (to) => snapped(to, spec), text: (to) => `${which.toUpperCase()}  ${at(side, volume, from)(to)}`, onDrop,
  });
  const found = [];
  for (const row of positions) {
    if (row.symbol !== spec.name) continue;
    const word = row.side === "buy" ? "Buy" : "Sell";
    found.push({ id: `${row.ticket}`, price: row.open_price, look: "--chart-entry", axis: "--accent", ink: "--on-accent", kind: "entry", snap: (to) => to, text: () => `${word} ${lots(row.volume)}  ${money(row.profit, currency, true)} ${currency}` });
    for (const which of ["sl", "tp"]) {
      if (row[which]) found.push(level(row.ticket, which, row[which], row.side, row.volume, row.open_price, (to) => act.levels(row, { [which]: to })));
    }
  }
  for (const row of pending) {
    if (row.symbol !== spec.name) continue;
    found.push({
      id: `o${row.ticket}`, price: row.price, look: "--chart-entry", axis: "--accent", ink: "--on-accent", kind: "entry", isDashed: true, snap: (to) => snapped(to, spec),
      text: (to) => `${row.side === "buy" ? "Buy" : "Sell"} ${row.type} ${lots(row.volume)}  ${price(to, spec)}${row.sl ? ` · ${at(row.side, row.volume, to)(row.sl)} at SL` : ""}`,
      onDrop: (to) => act.change(row, { price: to }),
    });
    for (const which of ["sl", "tp"]) {
      if (row[which]) found.push(level(`o${row.ticket}`, which, row[which], row.side, row.volume, row.price, (to) => act.change(row, { [which]: to })));
    }
  }
  if (draft.isSent) return found; // what was sent is drawn as what it became
  const own = (which) => (to) => act.draft({ [which]: draft.unit === "price" || which === "price" ? to.toFixed(spec.digits) : (Math.abs(sums.entry - to) / pipSize(spec)).toFixed(1) });
  if (draft.type !== "market" && sums.entry) found.push({ id: "draft", price: sums.entry, look: "--chart-axis", axis: "--slate-5", ink: "--text", kind: "entry draft", isDashed: true, snap: (to) => snapped(to, spec), text: (to) => `Ticket: ${draft.type} ${price(to, spec)}`, onDrop: own("price") });
  for (const which of ["sl", "tp"]) {
    if (sums[which] > 0 && sums.entry) found.push(level("draft", which, sums[which], draft.side, sums.volume > 0 ? sums.volume : 0, sums.entry, own(which), "draft"));
  }
  return found;
}

function Ask({ asked, busy, onClose }) {
  const verbButton = useRef(null);
  // Ctrl Enter asks, Enter answers: whoever got here by keyboard need not look for the button.
  useEffect(() => {
    if (asked && asked.tone !== "crit") requestAnimationFrame(() => verbButton.current?.focus());
  }, [asked]);
  return (
    <Dialog open={asked !== null} title={asked?.title ?? ""} icon={asked?.icon ?? "target"} tone={asked?.tone ?? ""} onClose={onClose}>
      <div className="modal-body">
        {asked?.lines.map((line, at) => <p key={at}>{line}</p>)}
      </div>
      <div className="modal-foot">
        <button type="button" className="btn" onClick={onClose}>{asked?.keep ?? "Leave it"}</button>
        {asked?.verb && <button ref={verbButton} type="button" className={`btn ${asked.tone === "crit" ? "danger" : "primary"}`} disabled={busy} aria-busy={busy} onClick={() => asked.run()}>{busy && <Icon name="spinner" size="s" className="spin" />}{asked.verb}</button>}
      </div>
    </Dialog>
  );
}

const problemOf = (answer) => [answer.body.detail ?? answer.body.title ?? "That did not work.", answer.body.code ?? ""];

const RESENDS = 3;
const RESEND_MS = 1500;

/** Send an order; when no answer comes, send the very same again: its number makes it one order however often it arrives. */
async function post(body) {
  for (let tries = 1; ; tries += 1) {
    const reply = await send("POST", "/api/orders", body);
    const isSilent = reply.status === 0 || reply.status >= 500;
    if (!isSilent) return reply;
    if (tries === RESENDS) return { ...reply, isDoubtful: true };
    await new Promise((resolve) => setTimeout(resolve, RESEND_MS));
  }
}

/** Follow an order that was taken and say how it ended: price, account and the time since the click. */
async function tell(order, { began, account, spec, done }) {
  const end = order.status === "pending" ? (await settled(order.id)) ?? order : order;
  const took = Math.round(performance.now() - began);
  const where = `${account.name || account.broker || account.server} ${account.login}`;
  if (end.status === "executed" || end.status === "partial") {
    const at = end.fill_price ? ` at ${price(end.fill_price, spec)}` : "";
    const slipped = end.fill_price && end.requested_price && spec ? `, ${pips(((end.fill_price - end.requested_price) * sign(end.side)) / pipSize(spec), true)} pips slippage` : "";
    toast(end.status === "partial" ? "warn" : "ok", `${done}${at}`, `${where} · ${took} ms${end.action === "open" && end.fill_price ? slipped : ""}${end.status === "partial" ? ` · ${end.reason}` : ""}`);
  } else if (end.status === "pending" || end.status === "unknown") {
    toast("warn", "No answer from the terminal yet", `${where}. It is settled by looking in the terminal; do not send it again.`, end.code);
  } else {
    toast("crit", end.reason || "The terminal refused this", where, end.code);
  }
  return end;
}

export function Desk({ accountId = "", oneClick = false, riskPercent = "1.00", onOneClick }) {
  const [symbol, setSymbol] = useState("");
  const [search, setSearch] = useState("");
  const [timeframe, setTimeframe] = useState("M15");
  const [draft, setDraft] = useState({ ...EMPTY, risk: riskPercent });
  const [tab, setTab] = useState("positions");
  const [asked, setAsked] = useState(null);
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState(null);
  const isSending = useRef(false);
  const mine = useCallback((data) => !data?.account_id || data.account_id === accountId, [accountId]);
  const accounts = useServer(accountId && "/api/user/mt5-accounts", ["accounts", "agents", `account:${accountId}`]);
  const known = useServer(accountId && `/api/accounts/${accountId}/symbols?limit=200`, []);
  const searched = useServer(accountId && search ? `/api/accounts/${accountId}/symbols?limit=50&q=${encodeURIComponent(search)}` : "", []);
  const held = useServer(accountId && `/api/trades?account_id=${accountId}&open=true&limit=200`, ["trades"], mine);
  const waiting = useServer(accountId && `/api/accounts/${accountId}/orders`, ["trades", "jobs"], mine);
  const journal = useServer(accountId && tab === "journal" ? `/api/orders?account_id=${accountId}&limit=50` : "", ["jobs"]);
  const account = accounts.data?.accounts.find((one) => one.id === accountId) ?? null;
  const specs = useMemo(() => Object.fromEntries([...(known.data?.items ?? []), ...(searched.data?.items ?? [])].map((one) => [one.name, one])), [known.data, searched.data]);
  const spec = specs[symbol] ?? null;
  const quote = useQuote(symbol);
  const [positions, pending] = [held.data?.items ?? null, waiting.data?.items ?? null];

  useEffect(() => {
    setTimeframe(remembered("timeframe", "M15") in TIMEFRAMES ? remembered("timeframe", "M15") : "M15");
  }, []);
  useEffect(() => {
    const items = known.data?.items;
    if (!items?.length || specs[symbol]) return;
    const wished = new URLSearchParams(window.location.search).get("symbol") ?? remembered("symbol", "");
    choose((items.find((one) => one.name === wished) ?? items[0]).name);
  }, [known.data, accountId]);

  const choose = (name) => {
    setSymbol(name);
    setAnswer(null);
    remember("symbol", name);
    setDraft((old) => ({ ...old, price: "", sl: old.unit === "pips" ? old.sl : "", tp: old.unit === "pips" ? old.tp : "" }));
  };
  const changed = useCallback((part) => {
    setAnswer(null);
    setDraft((old) => ({ ...old, isSent: false, ...part }));
  }, []);

  const sums = useMemo(() => (spec && account ? reckon(draft, spec, quote, account) : null), [draft, spec, quote, account]);

  /** One order at a time; a second click while one is under way is none. */
  const once = async (work) => {
    if (isSending.current) return;
    isSending.current = true;
    setBusy(true);
    try {
      await work();
    } finally {
      isSending.current = false;
      setBusy(false);
      setAsked(null);
    }
  };
  const follow = (ended, done, of) => {
    const began = performance.now();
    return once(async () => {
      const reply = await ended();
      if (!reply.ok) {
        const [detail, code] = problemOf(reply);
        toast("crit", detail, "", code);
      } else if (reply.body.reason && reply.body.status !== "pending") {
        toast("crit", reply.body.reason, "", reply.body.code);
      } else {
        const order = { status: "pending", ...reply.body, id: reply.body.job_id ?? reply.body.id };
        tell(order, { began, account, spec: specs[of], done }).then(() => {
          held.retry();
          waiting.retry();
        });
        return;
      }
      held.retry();
      waiting.retry();
    });
  };

  const sendOrder = (side = draft.side) => {
    if (!spec || !account || isSending.current || asked) return;
    const now = { ...draft, side };
    const figures = reckon(now, spec, quote, account);
    if (side !== draft.side) changed({ side });
    if (Object.keys(figures.faults).length) {
      const [name] = Object.keys(figures.faults);
      requestAnimationFrame(() => document.getElementById({ size: now.sizing === "risk" ? "ticket-risk" : "ticket-lots" }[name] ?? `ticket-${name}`)?.focus());
      return;
    }
    const body = bodyOf(now, figures, spec, accountId);
    const title = verb(now, figures.volume, spec.name);
    const run = () => {
      const began = performance.now();
      once(async () => {
        const reply = await post(body);
        if (reply.isDoubtful) {
          setAnswer({ reason: "The server did not answer. The order may have arrived all the same: look under Orders before you send another.", code: reply.body.code, isDoubtful: true });
          return;
        }
        if (!reply.ok) {
          const [reason, code] = problemOf(reply);
          setAnswer({ reason, code });
          return;
        }
        if (reply.body.status !== "pending") {
          setAnswer({ reason: reply.body.reason, code: reply.body.code });
          return;
        }
        setAnswer(null);
        setDraft((old) => ({ ...old, isSent: true }));
        const done = now.type === "market" ? `${now.side === "buy" ? "Bought" : "Sold"} ${lots(reply.body.volume_lots)} ${spec.name}` : `Placed ${now.side} ${now.type} ${lots(reply.body.volume_lots)} ${spec.name} at ${price(figures.entry, spec)}`;
        setTab(now.type === "market" ? "positions" : "pending");
        tell(reply.body, { began, account, spec, done }).then(() => {
          held.retry();
          waiting.retry();
        });
      });
    };
    if (oneClick) return run();
    const currency = account.currency;
    return setAsked({
      title: `${title}?`,
      icon: "target",
      verb: title,
      keep: "Do not send",
      run,
      lines: [
        <>{now.type === "market" ? <>At the market, now <b>{price(figures.entry, spec)}</b>; the fill may differ.</> : <>Waits at <b>{price(figures.entry, spec)}</b> until the market gets there.</>} On account <b>{account.login}</b> at {account.server}.</>,
        figures.loss === null ? <><b>No stop loss:</b> the loss is not limited.</> : <>At the stop loss {price(figures.sl, spec)}: <b>{money(figures.loss, currency, true)} {currency}</b>, {percent(-figures.lossPercent)} of the balance.</>,
        figures.gain === null ? "No take profit." : <>At the take profit {price(figures.tp, spec)}: <b>{money(figures.gain, currency, true)} {currency}</b>.</>,
        figures.margin === null ? null : <>Margin {money(figures.margin, currency)} {currency}, free after it {money(figures.freeAfter, currency)} {currency}.</>,
      ].filter(Boolean),
    });
  };

  const consequence = (row, which, to, from) => {
    const of = specs[row.symbol];
    if (!of || !to) return which === "sl" ? "Without a stop loss the loss is not limited." : "The take profit is removed.";
    const amount = result(of, row.side, row.volume, from, to);
    return <>At {price(to, of)}: <b>{money(amount, account.currency, true)} {account.currency}</b>, {percent((amount / account.balance) * 100, true)} of the balance.</>;
  };
  const NAMES = { sl: "stop loss", tp: "take profit", price: "price" };
  const ask = (question) => {
    if (oneClick) return question.run();
    return setAsked(question);
  };
  /** Say why something cannot be; true where there is a reason. Closing the answer puts a dragged line back. */
  const refuse = (row, which, reason) => {
    if (reason) setAsked({ title: `The ${NAMES[which]} of ${row.symbol} cannot go there`, icon: "triangle", keep: row[which] ? `Keep ${price(row[which], specs[row.symbol])}` : "Leave it", lines: [reason] });
    return reason !== "";
  };
  const levels = (row, part) => {
    const [[which, to]] = Object.entries(part);
    const of = specs[row.symbol];
    const market = row.symbol === symbol && quote ? (row.side === "buy" ? quote.bid : quote.ask) : row.current_price;
    if (refuse(row, which, misplaced(row, which, to, market, of))) return;
    ask({
      mark: to ? { id: `${row.ticket}-${which}`, price: to } : null,
      title: `${to ? "Move" : "Remove"} the ${NAMES[which]} of ${row.symbol} ${lots(row.volume)}?`,
      verb: to ? `Set ${which.toUpperCase()} ${price(to, of)}` : `Remove ${which.toUpperCase()}`,
      keep: row[which] ? `Keep ${price(row[which], of)}` : "Leave it",
      lines: [consequence(row, which, to, row.open_price), <>It is {price(row[which], of)} now; ticket {row.ticket} on account {account.login}.</>],
      run: () => follow(() => send("PATCH", `/api/trades/${row.id}`, part), `${which.toUpperCase()} of ${row.symbol} ${to ? `set to ${price(to, of)}` : "removed"}`, row.symbol),
    });
  };
  const close = (row) =>
    ask({
      title: `Close ${row.symbol} ${row.side} ${lots(row.volume)}?`,
      icon: "x-circle",
      verb: `Close ${lots(row.volume)} lots`,
      keep: "Keep it open",
      lines: [<>At the market. Last reported result <b>{money(row.profit, account.currency, true)} {account.currency}</b>, ticket {row.ticket} on account {account.login}.</>],
      run: () => follow(() => send("POST", `/api/trades/${row.id}/close`, {}), `Closed ${row.symbol} ${lots(row.volume)}`, row.symbol),
    });
  const change = (row, part) => {
    const [[which, to]] = Object.entries(part);
    const of = specs[row.symbol];
    const market = row.symbol === symbol && quote ? (row.side === "buy" ? quote.ask : quote.bid) : 0;
    if (refuse(row, which, misplaced(row, which, to, which === "price" ? market : row.price, of))) return;
    const told = which === "price" ? (row.sl ? <>With its stop loss at {price(row.sl, of)}: <b>{money(result(of, row.side, row.volume, to, row.sl), account.currency, true)} {account.currency}</b> at risk.</> : "It has no stop loss.") : consequence(row, which, to, row.price);
    ask({
      mark: to ? { id: which === "price" ? `o${row.ticket}` : `o${row.ticket}-${which}`, price: to } : null,
      title: `${to ? "Move" : "Remove"} the ${NAMES[which]} of ${row.side} ${row.type} ${lots(row.volume)} ${row.symbol}?`,
      verb: to ? `Set ${price(to, of)}` : `Remove ${which.toUpperCase()}`,
      keep: row[which] ? `Keep ${price(row[which], of)}` : "Leave it",
      lines: [told, <>It is {price(row[which], of)} now; ticket {row.ticket} on account {account.login}.</>],
      run: () => follow(() => send("PATCH", `/api/accounts/${accountId}/orders/${row.ticket}`, part), `${row.symbol} ${row.type}: ${NAMES[which]} ${to ? `set to ${price(to, of)}` : "removed"}`, row.symbol),
    });
  };
  const cancel = (row) =>
    ask({
      title: `Cancel ${row.side} ${row.type} ${lots(row.volume)} ${row.symbol}?`,
      icon: "x-circle",
      verb: "Cancel the order",
      keep: "Keep it waiting",
      lines: [<>It waits at {price(row.price, specs[row.symbol])}; ticket {row.ticket} on account {account.login}.</>],
      run: () => follow(() => send("DELETE", `/api/accounts/${accountId}/orders/${row.ticket}`), `Cancelled ${row.symbol} ${row.type}`, row.symbol),
    });
  const chooseOneClick = (on) => {
    if (!on) return onOneClick?.(false);
    return setAsked({
      title: "Turn on one-click trading?",
      icon: "triangle",
      tone: "crit",
      verb: "Trade without asking",
      keep: "Keep asking",
      lines: [
        "Orders, changes and closings on this page then leave at the first click or key, without being asked about. The Sell and Buy tiles become buttons that trade.",
        "It holds for you on every device until you turn it off. Risk limits and the kill switch hold all the same.",
      ],
      run: () => {
        setAsked(null);
        onOneClick?.(true);
      },
    });
  };

  const acts = useRef({});
  acts.current = { levels, change, draft: changed, sendOrder };
  const lines = useMemo(() => {
    if (!spec || !account || !sums || !positions || !pending) return [];
    const act = { levels: (...all) => acts.current.levels(...all), change: (...all) => acts.current.change(...all), draft: changed };
    const found = linesOf({ spec, account, positions, pending, draft, sums, act });
    return asked?.mark ? found.map((line) => (line.id === asked.mark.id ? { ...line, price: asked.mark.price } : line)) : found;
  }, [spec, account?.balance, account?.currency, positions, pending, draft, sums, asked]);

  useEffect(() => {
    let g = 0;
    const press = (event) => {
      if (document.querySelector("dialog[open]")) return;
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
        event.preventDefault();
        acts.current.sendOrder();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
      if (event.key === "g") g = Date.now();
      else if (Date.now() - g < AFTER_G_MS) g = 0;
      else if (event.key === "b" || event.key === "s") changed({ side: event.key === "b" ? "buy" : "sell" });
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  const problem = accounts.problem ?? known.problem;
  if (!account || !known.data) {
    return problem ? (
      <section className="panel desk-note"><div className="failed" role="alert"><Icon name="alert" /><div className="grow"><b>The account could not be loaded</b><p>{problem.detail} <span className="mono">{problem.code}</span></p></div><button type="button" className="btn small" onClick={() => { accounts.retry(); known.retry(); }}><Icon name="refresh" size="s" />Retry</button></div></section>
    ) : (
      <section className="panel desk-note late" aria-busy="true"><span className="sr">Loading</span>{[1, 2, 3, 4, 5].map((n) => <div key={n} className="skeleton-row"><span className="skeleton long" /><span className="skeleton long end" /></div>)}</section>
    );
  }
  if (!known.data.items.length) {
    return <section className="panel desk-note"><div className="empty"><Icon name="clock" /><h2>No symbols yet</h2><p>Account {account.login} reports its symbols within a minute of its terminal's start.</p></div></section>;
  }
  return (
    <div className="desk">
      <div className="desk-left">
        <section className="panel chart-panel" aria-label="Chart">
          <div className="panel-head chart-head">
            <h2 className="symbol-name">{symbol}</h2>
            <span className="t3 sm not-phone">{spec && spec.currency_base !== spec.currency_profit ? `${spec.currency_base} in ${spec.currency_profit}` : ""}</span>
            <span className="chart-price">{quote ? price(quote.bid, spec) : MISSING}<span className="unit">bid</span></span>
            {!account.is_online && <span className="badge warn"><Icon name="clock" size="xs" />Stored</span>}
            <span className="end row">
              <span className="t3 xs not-phone">UTC</span>
              <div className="seg" role="radiogroup" aria-label="Timeframe">
                {Object.keys(TIMEFRAMES).map((frame) => (
                  <button key={frame} type="button" role="radio" aria-checked={timeframe === frame} onClick={() => { setTimeframe(frame); remember("timeframe", frame); }}>{frame}</button>
                ))}
              </div>
            </span>
          </div>
          <Chart accountId={accountId} spec={spec} timeframe={timeframe} lines={lines} />
        </section>
        <Holdings
          tab={tab} onTab={setTab} positions={positions} pending={pending} journal={journal.data?.items ?? null} specs={specs} account={account} chosen={symbol}
          problem={{ positions: held, pending: waiting, journal }[tab].problem} onRetry={{ positions: held, pending: waiting, journal }[tab].retry}
          onChoose={choose} onLevels={levels} onClose={close} onChange={change} onCancel={cancel}
        />
      </div>
      <div className="desk-right">
        <section className="panel desk-figures" aria-label={`Account ${account.login}`}>
          <dl>
            <div><dt>Equity</dt><dd>{money(account.equity, account.currency)}<span className="unit">{account.currency}</span></dd></div>
            <div><dt>Free margin</dt><dd>{money(account.margin_free, account.currency)}</dd></div>
            <div><dt>Margin level</dt><dd>{account.margin ? `${Math.round(account.margin_level).toLocaleString("en-US")}%` : "no margin"}</dd></div>
          </dl>
          <div className="figures-foot"><span className="t3 xs">Account {account.login} · 1:{account.leverage}</span><Age at={account.synced_at} /></div>
        </section>
        {spec && sums && <Ticket draft={draft} change={changed} spec={spec} quote={quote} sums={sums} account={account} busy={busy} answer={answer} oneClick={oneClick} onOneClick={chooseOneClick} onSend={sendOrder} />}
        <Watch symbols={search && searched.data ? searched.data.items : known.data.items} total={search && searched.data ? searched.data.total : known.data.total} search={search} onSearch={setSearch} chosen={symbol} onChoose={choose} />
      </div>
      <Ask asked={asked} busy={busy} onClose={() => !busy && setAsked(null)} />
    </div>
  );
}
