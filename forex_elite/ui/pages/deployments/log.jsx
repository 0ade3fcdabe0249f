// The live log of a deployment: what the expert, its terminal's journal and the agent said, as it is told.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { address, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { Failed, Waiting } from "./marks.jsx";
import { countOf, timeIn, zoneWord } from "./words.js";

const PAGE = 100;
const MOST = 2000; // lines kept in the page; older ones are a click away
const AGAIN_MS = 500;
const SCOPES = [["deployment", "This expert"], ["account", "Whole terminal"]];
const LEVELS = [["debug", "Everything"], ["info", "From info"], ["warning", "From warnings"], ["error", "Errors"]];
const LOOKS = { error: ["crit-t", "Error"], warning: ["warn-t", "Warning"], info: ["t3", "Info"], debug: ["t3", "Debug"] };

const merged = (old, fresh) => {
  const known = new Set(old.map((line) => line.id));
  return [...old, ...fresh.filter((line) => !known.has(line.id))].sort((one, other) => (one.id < other.id ? -1 : 1));
};

/** Lines oldest first, kept up with what the socket tells; `waiting` counts what came while paused. */
function useLines(query, concerns, paused) {
  const [state, setState] = useState({ lines: null, older: null, problem: null });
  const [waiting, setWaiting] = useState([]);
  const hold = useRef(paused);
  hold.current = paused;
  const matter = useRef(concerns);
  matter.current = concerns;
  const ask = useRef(() => {});
  useEffect(() => {
    setState({ lines: null, older: null, problem: null });
    setWaiting([]);
    let gone = false;
    let timer = null;
    let isFirst = true;
    let newest = "";
    ask.current = async () => {
      timer = null;
      const answer = await send("GET", `/api/logs?${query}&limit=${PAGE}`);
      if (gone) return;
      if (!answer.ok) return setState((old) => ({ ...old, problem: answer.body }));
      const fresh = answer.body.items.filter((line) => line.id > newest).reverse();
      if (fresh.length) newest = fresh.at(-1).id;
      if (isFirst) setState({ lines: fresh, older: answer.body.next_cursor, problem: null });
      else if (hold.current) setWaiting((old) => merged(old, fresh).slice(-MOST));
      else if (fresh.length) setState((old) => ({ ...old, problem: null, lines: merged(old.lines ?? [], fresh).slice(-MOST) }));
      isFirst = false;
      return undefined;
    };
    const hear = (data) => {
      if (data !== undefined && !matter.current(data)) return;
      timer ??= setTimeout(() => ask.current(), AGAIN_MS);
    };
    const stop = subscribe("logs", hear);
    ask.current();
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, [query]);
  useEffect(() => {
    if (paused || !waiting.length) return;
    setState((old) => ({ ...old, lines: merged(old.lines ?? [], waiting).slice(-MOST) }));
    setWaiting([]);
  }, [paused]);
  const more = useCallback(async () => {
    const answer = await send("GET", `/api/logs?${query}&limit=${PAGE}&cursor=${state.older}`);
    if (answer.ok) setState((old) => ({ ...old, lines: merged(old.lines ?? [], answer.body.items), older: answer.body.next_cursor }));
  }, [query, state.older]);
  return { ...state, waiting: waiting.length, more, retry: () => ask.current() };
}

export function Log({ row, zone }) {
  const [scope, setScope] = useState("deployment");
  const [level, setLevel] = useState("debug");
  const [paused, setPaused] = useState(false);
  const [follows, setFollows] = useState(true);
  const box = useRef(null);
  const query = `${scope === "deployment" ? `deployment_id=${row.id}` : `account_id=${row.account_id}`}&level=${level}`;
  const concerns = (data) => (scope === "deployment" ? data.deployments : data.accounts).includes(scope === "deployment" ? row.id : row.account_id);
  const { lines, older, problem, waiting, more, retry } = useLines(query, concerns, paused);
  useLayoutEffect(() => {
    if (follows && !paused && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follows, paused]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    setFollows(scrollHeight - scrollTop - clientHeight < 24);
  };
  return (
    <section className="panel log-panel" aria-label="Log">
      <div className="panel-head wraps">
        <h2>Log</h2>
        <div className="seg" role="radiogroup" aria-label="Whose lines">{SCOPES.map(([key, word]) => <button key={key} type="button" role="radio" aria-checked={scope === key} onClick={() => setScope(key)}>{word}</button>)}</div>
        <select className="input filter" aria-label="Level" value={level} onChange={(event) => setLevel(event.target.value)}>{LEVELS.map(([key, word]) => <option key={key} value={key}>{word}</option>)}</select>
        <span className="row end">
          <button type="button" className="btn small" aria-pressed={paused} onClick={() => { setPaused(!paused); setFollows(true); }}><Icon name={paused ? "play" : "pause"} size="s" />{paused ? `Follow${waiting ? `, ${waiting} new` : ""}` : "Pause"}</button>
          <a className="btn small" href={address(`/api/logs/download?${query}`)} download="forex-elite-log.txt"><Icon name="download" size="s" />Download</a>
        </span>
      </div>
      {problem && <Failed what="The log could not be loaded" problem={problem} onRetry={retry} />}
      {!lines && !problem && <Waiting rows={6} />}
      {lines?.length === 0 && <div className="empty"><Icon name="terminal" /><h3>Nothing was said yet</h3><p>{scope === "deployment" ? "What the expert prints, and the terminal says about it, appears here within a second." : "The terminal's journal and its experts' lines appear here within a second."}</p></div>}
      {lines?.length > 0 && (
        <div ref={box} className="log-lines grow" tabIndex={0} role="log" aria-label="Lines, newest last" aria-live="off" onScroll={scrolled}>
          {older && <button type="button" className="btn ghost small" onClick={more}>Show older lines</button>}
          <ol>
            {lines.map((line) => {
              const [look, word] = LOOKS[line.level] ?? LOOKS.info;
              return (
                <li key={line.id} className={line.level}>
                  <time className="mono t3" dateTime={line.at} title={line.at}>{timeIn(zone, line.at)}</time>
                  <span className={`log-level ${look}`}>{word}</span>
                  <span className="t3 ell log-source" title={line.source}>{line.source}</span>
                  <span className="log-text">{line.message}</span>
                </li>
              );
            })}
          </ol>
        </div>
      )}
      <div className="panel-foot"><span>{lines ? countOf(lines.length, "line") : ""}</span><span className="not-phone">Times in {zoneWord(zone)}</span><span className="end" role="status">{paused ? "Paused" : follows ? "Following" : "Scroll down to follow"}</span></div>
    </section>
  );
}
