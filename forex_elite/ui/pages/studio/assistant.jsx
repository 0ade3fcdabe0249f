// The assistant: a wish in plain words, the answer while it comes, every round of repair, and what it cost.
import { useEffect, useRef, useState } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { address, messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { isSource } from "./draft.js";
import { countOf, refused } from "./notices.js";
import { BEGINNING, piecesOf, step } from "./steps.js";

const KINDS = ["started", "round", "reasoning", "answer", "retry", "usage", "check", "version", "end"];
const TASKS = [
  ["create", "New program", "What shall the program do?"],
  ["change", "Change", "What shall be different?"],
  ["explain", "Explain", "What would you like to know about it?"],
  ["fix", "Fix errors", "Anything to mind while fixing? May stay empty."],
];
const FAILED = { unrepaired: "Errors are left", unusable: "No program came", unavailable: "Unavailable", refused: "Refused", cancelled: "Cancelled", failed: "Failed" };

/** The steps of a generation as they come, from the first one on; null while none is followed. */
function useSteps(id, onEnd) {
  const [seen, setSeen] = useState(null);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    if (!id) return undefined;
    setSeen(BEGINNING);
    const source = new EventSource(address(`/api/ea/generations/${id}/events`), { withCredentials: true });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        setSeen((now) => step(now, kind, JSON.parse(event.data)));
        if (kind !== "end") return;
        source.close();
        ended.current();
      });
    }
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setSeen((now) => ({ ...now, isLost: true }));
    };
    return () => source.close();
  }, [id]);
  return seen;
}

/** The newest generation this browser has shown of a project. */
const seenOf = (projectId) => localStorage.getItem(`studio.seen.${projectId}`);
const noteSeen = (projectId, id) => localStorage.setItem(`studio.seen.${projectId}`, id);

const Heading = ({ children }) => <p className="sb">{children}</p>;
const Away = ({ href, children }) => <a className="link" href={href} target="_blank" rel="noreferrer">{children}</a>;
const Table = ({ children }) => <div className="chat-table" role="region" aria-label="Table" tabIndex={0}><table>{children}</table></div>;
const SHOWN_AS = { h1: Heading, h2: Heading, h3: Heading, h4: Heading, h5: Heading, h6: Heading, a: Away, table: Table };
const EXTENSIONS = [remarkGfm]; // tables
const NOT_FETCHED = ["img"]; // whoever serves a picture would learn who reads the answer

function Answer({ text, isLive }) {
  return piecesOf(text).map((piece, index) => {
    if (piece.kind === "text") return <div key={index} className="chat-words"><Markdown remarkPlugins={EXTENSIONS} components={SHOWN_AS} disallowedElements={NOT_FETCHED}>{piece.text}</Markdown></div>;
    const lines = piece.text.split("\n").length - 1;
    const isWritten = isLive && piece.isOpen;
    return (
      <details key={index} className="chat-code" open={isWritten || undefined}>
        <summary>{isWritten ? "Writing the program" : "Program"}, {countOf(lines, "line")}</summary>
        <pre className="code" tabIndex={0} aria-label="Program">{isWritten ? piece.text.split("\n").slice(-14).join("\n") : piece.text}</pre>
      </details>
    );
  });
}

function Round({ round, isLive, only }) {
  const { reasoning, answer, retry, usage, check } = round;
  return (
    <li className="chat-round">
      {!only && <div className="t3 xs">Round {round.round} of {round.rounds}</div>}
      {reasoning && <details className="chat-code"><summary>Reasoning</summary><p className="chat-text t2">{reasoning}</p></details>}
      {retry && <p className="sm warn-t">The model is busy; it is asked again in {Math.ceil(retry)} s.</p>}
      <Answer text={answer} isLive={isLive} />
      {isLive && !answer && !retry && <p className="sm t3"><Icon name="spinner" size="s" className="spin" /> {reasoning ? "Thinking" : "Waiting for the model"}</p>}
      {check && (check.problem
        ? <p className="sm warn-t"><Icon name="triangle" size="s" /> {check.problem}</p>
        : (
          <div className={`sm ${check.errors ? "crit-t" : "up"}`}>
            <Icon name={check.errors ? "x-circle" : "check-circle"} size="s" /> Checked: {countOf(check.errors, "error")}, {countOf(check.warnings, "warning")}{check.errors > 0 && round.round < round.rounds ? "; handed back to be fixed" : ""}
            {check.errors > 0 && <ul className="chat-findings">{check.findings.filter((one) => one.severity === "error").slice(0, 5).map((one, index) => <li key={index}>{one.line}:{one.column} {one.message}</li>)}</ul>}
          </div>
        ))}
      {usage && !only && <div className="t3 xs">{countOf(usage.prompt_tokens + usage.completion_tokens, "token")}{usage.is_estimated ? ", estimated" : ""}</div>}
    </li>
  );
}

function Outcome({ info, version, onAgain, onEdit, onVersion }) {
  if (info.status === "running") return null;
  if (info.status === "completed") {
    const number = version?.number;
    if (!info.version_id) return null;
    return (
      <div className="banner ok">
        <Icon name="check-circle" size="s" />
        <div className="grow">
          <b>Version {number ?? "made"}.</b> {version?.files && `${version.files.join(", ")} ${version.files.length === 1 ? "is" : "are"} written. `}{version?.is_in_draft === false ? "The draft was changed meanwhile, so it was left alone." : "It is the draft now; your work before is kept."}
        </div>
        <button type="button" className="btn small" onClick={() => onVersion(info.version_id)}>Compare</button>
      </div>
    );
  }
  return (
    <div className="banner warn" role="alert">
      <Icon name="triangle" size="s" />
      <div className="grow"><b>{FAILED[info.status] ?? "Failed"}.</b> {info.message} <span className="mono t3">{info.code}</span></div>
      {info.status === "unusable" && <button type="button" className="btn small" onClick={() => onEdit(info)}><Icon name="pencil" size="s" />Edit</button>}
      <button type="button" className="btn small" onClick={() => onAgain(info)}><Icon name="refresh" size="s" />Retry</button>
    </div>
  );
}

function Talk({ info, seen, isLive, onSteps, onAgain, onEdit, onVersion }) {
  const words = info.prompt || TASKS.find(([task]) => task === info.task)?.[1];
  return (
    <li className="chat-talk">
      <p className="chat-me">{words}</p>
      {seen && <ol className="stack tight">{seen.rounds.map((round, index) => <Round key={index} round={round} isLive={isLive && index === seen.rounds.length - 1} only={seen.rounds.length === 1} />)}</ol>}
      {seen?.isLost && <p className="sm warn-t">The connection was lost; it goes on at the server. Reload the page to see it.</p>}
      {!seen && info.rounds > 0 && <button type="button" className="link sm" onClick={() => onSteps(info.id)}>Show the answer</button>}
      <Outcome info={info} version={seen?.version} onAgain={onAgain} onEdit={onEdit} onVersion={onVersion} />
      {info.status !== "running" && info.charged_tokens > 0 && <div className="t3 xs">{countOf(info.charged_tokens, "token")} counted, {info.model}</div>}
    </li>
  );
}

function Usage({ usage }) {
  if (!usage) return null;
  const share = usage.daily_tokens ? Math.min(100, Math.round((usage.tokens / usage.daily_tokens) * 100)) : 0;
  const cost = usage.cost > 0 ? `, ${usage.cost.toFixed(2)} ${usage.currency}` : "";
  return <span className={`xs ${share >= 90 ? "warn-t" : "t3"}`}>{usage.tokens.toLocaleString("en-US")} of {countOf(usage.daily_tokens, "token")} today{cost}</span>;
}

/**
 * `wish` is {task, versionId} another part of the page asked for; `isShown` while the person can see this; `onNews()` when
 * there is something they have not seen; `onVersion(id)` compares; `onWizard` opens the wizard.
 */
export function Assistant({ draft, now, wish, isShown, onNews, onVersion, onWizard }) {
  const [talks, setTalks] = useState(null);
  const [usage, setUsage] = useState(null);
  const [told, setTold] = useState({});
  const [task, setTask] = useState(now.files.some((one) => isSource(one.path)) ? "change" : "create");
  const [versionId, setVersionId] = useState(null);
  const [prompt, setPrompt] = useState("");
  const [busy, setBusy] = useState(false);
  const [running, setRunning] = useState("");
  const [refusal, setRefusal] = useState("");
  const field = useRef(null);
  const end = useRef(null);

  const load = async () => {
    const [list, use] = await Promise.all([send("GET", `/api/ea/projects/${draft.id}/generations?limit=20`), send("GET", "/api/ea/generations/usage")]);
    if (use.ok) setUsage(use.body);
    if (!list.ok) return setTalks((before) => before ?? []);
    setTalks(list.body.items.toReversed());
    const newest = list.body.items[0];
    if (talks === null && newest && newest.id !== seenOf(draft.id)) {
      setFollowed(newest.id);
      onNews();
    }
    setRunning(list.body.items.find((one) => one.status === "running")?.id ?? "");
  };
  useEffect(() => void load(), [now.news]);
  const [followed, setFollowed] = useState("");
  useEffect(() => {
    if (running) setFollowed(running);
  }, [running]);
  const seen = useSteps(followed, () => { load(); draft.reload(); });
  useEffect(() => {
    if (!wish) return;
    setTask(wish.task);
    setVersionId(wish.versionId);
  }, [wish]);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" }); // newer browsers answer with a promise, which is no clean-up
  }, [talks, seen]);

  const newest = talks?.at(-1);
  useEffect(() => {
    if (isShown && newest && newest.status !== "running") noteSeen(draft.id, newest.id);
  }, [isShown, newest?.id, newest?.status]);

  const ask = async (body) => {
    setBusy(true);
    setRefusal("");
    const isSaved = await draft.flush();
    const answer = isSaved ? await send("POST", `/api/ea/projects/${draft.id}/generate`, body) : null;
    setBusy(false);
    if (!answer) return setRefusal("The draft is not saved yet, so the assistant was not asked. Save it and ask again.");
    if (!answer.ok) return setRefusal(Object.values(messages(answer.body)).join(" "));
    setPrompt("");
    setVersionId(null);
    setTalks((before) => [...(before ?? []), answer.body]);
    setFollowed(answer.body.id);
    setRunning(answer.body.id);
  };
  const submit = (event) => {
    event.preventDefault();
    if (prompt.trim() || task === "fix" || task === "explain") ask({ task, prompt: prompt.trim(), version_id: versionId });
  };
  const edit = (info) => {
    setTask(info.task);
    setVersionId(info.base_version_id);
    setPrompt(info.prompt);
    field.current.focus();
  };
  const showSteps = async (id) => {
    const answer = await send("GET", `/api/ea/generations/${id}/steps`);
    if (answer.ok) setTold((before) => ({ ...before, [id]: answer.body.items.reduce((picture, one) => step(picture, one.kind, one.data), BEGINNING) }));
  };
  const cancel = async () => {
    const answer = await send("POST", `/api/ea/generations/${running}/cancel`);
    if (!answer.ok) refused("It was not cancelled", answer.body);
  };
  const version = versionId ? now.versions.find((one) => one.id === versionId) : null;
  const about = task === "create" ? "" : version ? `About version ${version.number}.` : "About the draft.";
  const isOff = usage !== null && !usage.is_available;
  return (
    <section className="studio-part fill" aria-label="Assistant">
      <div className="chat scroll" tabIndex={0} role="group" aria-label="Conversation">
        {talks?.length === 0 && !isOff && <p className="studio-note">Say in plain words what a program should do, or what to change. What comes is checked before it becomes a version; nothing runs unasked.</p>}
        {isOff && (
          <div className="empty">
            <Icon name="info" />
            <h3>No language model is set up</h3>
            <p>Whoever runs this server sets LLM_API_KEY and LLM_MODEL. The strategy wizard writes complete programs without one.</p>
            <div className="row"><button type="button" className="btn primary" onClick={onWizard}>Open the wizard</button></div>
          </div>
        )}
        <ol className="chat-list">
          {(talks ?? []).map((info) => <Talk key={info.id} info={info} seen={info.id === followed ? seen : told[info.id]} isLive={info.id === running} onSteps={showSteps} onAgain={(one) => ask({ task: one.task, prompt: one.prompt, version_id: one.base_version_id })} onEdit={edit} onVersion={onVersion} />)}
        </ol>
        <div ref={end} />
      </div>
      {!isOff && (
        <form className="chat-ask" onSubmit={submit}>
          <div className="seg wide" role="radiogroup" aria-label="What is asked">
            {TASKS.map(([name, words]) => <button key={name} type="button" role="radio" aria-checked={task === name} onClick={() => { setTask(name); setVersionId(null); }}>{words}</button>)}
          </div>
          <label htmlFor="chat-prompt" className="sr">{TASKS.find(([name]) => name === task)[2]}</label>
          <textarea ref={field} id="chat-prompt" aria-invalid={refusal ? true : undefined} aria-describedby={refusal ? "chat-refusal" : undefined} className="input" rows={3} maxLength={8000} value={prompt} placeholder={TASKS.find(([name]) => name === task)[2]} onChange={(event) => { setPrompt(event.target.value); setRefusal(""); }} onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event)} />
          {refusal && <p id="chat-refusal" className="sm crit-t" role="alert"><Icon name="alert" size="s" /> {refusal}</p>}
          <div className="row">
            <span className="grow"><Usage usage={usage} /> <span className="xs t3">{about}</span>{version && <> <button type="button" className="link xs" onClick={() => setVersionId(null)}>About the draft instead</button></>}</span>
            {running
              ? <button type="button" className="btn small" onClick={cancel}><Icon name="stop" size="s" />Stop</button>
              : <button type="submit" className="btn primary small" disabled={busy || (!prompt.trim() && (task === "create" || task === "change"))} aria-busy={busy}><Icon name="send" size="s" />Ask<span className="kbd not-phone">Ctrl ⏎</span></button>}
          </div>
        </form>
      )}
    </section>
  );
}
