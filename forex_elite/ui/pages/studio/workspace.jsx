// An open project: files and outline on the left, the editor with its messages in the middle, on the right the assistant, the
// inputs and the versions.
import { useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Link, useBlocker } from "react-router";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Editor } from "$/public/external/forex_elite/ui/components/editor/editor.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { Assistant } from "./assistant.jsx";
import { Compare, ConflictDialog } from "./compare.jsx";
import { Compiler, useCompile } from "./compiling.jsx";
import { isSource, isText, useDraft } from "./draft.js";
import { Files } from "./files.jsx";
import { clockOf, encodingOf, refused, toast } from "./notices.js";
import { Outline } from "./outline.jsx";
import { Checked, countsOf, Problems, Side } from "./panels.jsx";
import { Inputs } from "./presets.jsx";
import { ProjectDialog } from "./projects.jsx";
import { Versions } from "./versions.jsx";

const VIEWS_AFTER_MS = 400;
const SIDE_IS_DRAWER = "(max-width: 1199px)"; // as in studio.css
const NO_VIEWS = { outline: [], inputs: [] };
const NOTHING = { phase: "waiting", findings: [] };
const SIDES = [["assistant", "Assistant"], ["inputs", "Inputs"], ["versions", "Versions"]];

/** Outline of the shown file and inputs of the program, a moment after the last edit; what was known stays meanwhile. */
function useViews(editor, now, path, edits) {
  const [views, setViews] = useState(NO_VIEWS);
  const entry = now.project?.entry ?? "";
  useEffect(() => {
    if (now.phase !== "open") return undefined;
    if (!path && !entry) {
      setViews(NO_VIEWS);
      return undefined;
    }
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      const ask = (route, document) => editor().ask(route, document, gone.signal);
      const [outline, inputs] = await Promise.all([isSource(path) ? ask("outline", path) : null, entry ? ask("inputs", entry) : null]);
      if (gone.signal.aborted) return;
      setViews((before) => ({ outline: outline === null ? [] : outline.ok ? outline.body.items : before.outline, inputs: inputs === null ? [] : inputs.ok ? inputs.body.items : before.inputs }));
    }, VIEWS_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [now.phase, now.news, path, entry, edits]);
  return views;
}

const SAVING = { waiting: "Changed", saving: "Saving", offline: "Offline: kept here, trying again", conflict: "Not saved: changed elsewhere", refused: "Not saved" };

function Saving({ now, onRetry }) {
  const { saving, savedAt, refusal } = now;
  if (saving === "saved") return <span>{savedAt ? `Saved ${clockOf(savedAt)}` : ""}</span>;
  const isBad = saving === "offline" || saving === "conflict" || saving === "refused";
  return (
    <span className={isBad ? "warn-t" : ""}>
      {isBad && <Icon name={saving === "offline" ? "wifi-off" : "triangle"} size="xs" />} {SAVING[saving]}{refusal && `: ${refusal.detail ?? refusal.title}`}
      {(saving === "refused" || saving === "offline") && <> <button type="button" className="link" onClick={onRetry}>Save now</button></>}
    </span>
  );
}

/** Where the caret is: written straight into the page, because it moves with every letter. */
function Caret({ ref }) {
  const node = useRef(null);
  useImperativeHandle(ref, () => ({ line, column }) => {
    if (node.current) node.current.textContent = `Ln ${line}, Col ${column}`;
  }, []);
  return <span ref={node} className="mono">Ln 1, Col 1</span>;
}

/** Asks before the page is left with work that cannot be saved; what can be saved is saved on the way. */
function LeaveGuard({ draft }) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => draft.isDirty && (currentLocation.pathname !== nextLocation.pathname || currentLocation.search !== nextLocation.search));
  const [isStuck, setStuck] = useState(false);
  useEffect(() => {
    if (blocker.state !== "blocked") return setStuck(false);
    draft.flush().then((isSaved) => (isSaved ? blocker.proceed() : setStuck(true)));
  }, [blocker.state]);
  return (
    <Dialog open={isStuck} title="Leave without saving?" icon="triangle" tone="crit" onClose={() => blocker.reset?.()}>
      <div className="modal-body"><p>The last changes could not be saved: the server is away, or the file was changed elsewhere. If you leave, they are lost.</p></div>
      <div className="modal-foot">
        <button type="button" className="btn" onClick={() => blocker.reset?.()}>Stay</button>
        <button type="button" className="btn danger" onClick={() => blocker.proceed?.()}>Leave and lose them</button>
      </div>
    </Dialog>
  );
}

function Tabs({ items, value, label, onChoose }) {
  const move = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const at = items.findIndex(([key]) => key === value);
    onChoose(items[(at + step + items.length) % items.length][0]);
    event.currentTarget.querySelectorAll("[role=tab]")[(at + step + items.length) % items.length].focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {items.map(([key, words, count]) => <button key={key} type="button" className="tab" role="tab" aria-selected={key === value} tabIndex={key === value ? 0 : -1} onClick={() => onChoose(key)}>{words}{count ? <span className="n">{count}</span> : null}</button>)}
    </div>
  );
}

function FileTabs({ paths, current, isDirty, onOpen, onClose }) {
  return (
    <div className="file-tabs" role="group" aria-label="Open files">
      {paths.map((path) => (
        <span key={path} className="file-tab" data-on={path === current}>
          <button type="button" className="row" aria-current={path === current || undefined} title={path} onClick={() => onOpen(path)}><Icon name="file" size="s" /><span className="ell">{path.split("/").at(-1)}</span>{isDirty && path === current && <span className="dot" title="Not saved yet" />}</button>
          {paths.length > 1 && <button type="button" className="btn ghost square small" aria-label={`Close ${path}`} onClick={() => onClose(path)}><Icon name="x" size="xs" /></button>}
        </span>
      ))}
    </div>
  );
}

/** `onLeave()` goes back to the list, `onOpenProject(id)` shows another one, `onWizard()` begins one with the wizard. */
export function Workspace({ id, begin, onLeave, onOpenProject, onWizard }) {
  const editor = useRef(null);
  const hold = useCallback((handle) => {
    if (handle) editor.current = handle; // kept while the page goes away: the last changes are read from it
  }, []);
  const [draft, now] = useDraft(id, () => editor.current);
  const [tabs, setTabs] = useState([]);
  const [path, setPath] = useState("");
  const [edits, setEdits] = useState(0);
  const [state, setState] = useState(NOTHING);
  const caret = useRef(null);
  const [drawer, setDrawer] = useState("");
  const [side, setSide] = useState(begin === "words" ? "assistant" : "inputs");
  const [below, setBelow] = useState("problems");
  const [settings, setSettings] = useState(null);
  const [pair, setPair] = useState(null);
  const [wish, setWish] = useState(null);
  const settled = useRef(0);
  const compile = useCompile(draft, now, () => editor.current);
  const views = useViews(() => editor.current, now, path, edits);

  const open = async (wanted) => {
    if (!draft.snapshot().files.some((one) => one.path === wanted)) return;
    await draft.ensure(wanted);
    setTabs((before) => (before.includes(wanted) ? before : [...before, wanted]));
    setPath(wanted);
    setDrawer("");
  };
  useEffect(() => {
    if (now.phase !== "open") return;
    const known = now.files.map((one) => one.path);
    setTabs((before) => (before.every((one) => known.includes(one)) ? before : before.filter((one) => known.includes(one))));
    if (!known.includes(path)) {
      const next = tabs.find((one) => known.includes(one)) ?? (known.includes(now.project.entry) ? now.project.entry : known[0]);
      if (next) open(next);
      else setPath("");
    }
  }, [now.phase, now.files]);
  useEffect(() => setState(NOTHING), [path]);
  useEffect(() => {
    const key = (event) => {
      const isSave = event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey;
      if (event.key !== "F7" && !isSave) return;
      event.preventDefault();
      event.stopPropagation();
      if (isSave) draft.flush();
      else if (!document.querySelector("dialog[open]")) run();
    };
    window.addEventListener("keydown", key, true); // before the editor, which has keys of its own
    return () => window.removeEventListener("keydown", key, true);
  });

  const edited = (name, changes, length) => {
    draft.edit(name, changes, length);
    clearTimeout(settled.current);
    settled.current = setTimeout(() => setEdits((count) => count + 1), VIEWS_AFTER_MS);
  };
  const run = () => {
    setBelow("compiler");
    compile.start();
  };
  const jump = async ({ file, line, column }) => {
    setDrawer("");
    const wanted = now.files.find((one) => one.path.toLowerCase() === file.toLowerCase())?.path ?? path;
    await open(wanted);
    requestAnimationFrame(() => requestAnimationFrame(() => editor.current?.reveal(line, column)));
  };
  const inShown = useRef(null);
  inShown.current = (line, column) => jump({ file: path, line, column });
  const jumpInShown = useCallback((line, column) => inShown.current(line, column), []);
  const elsewhere = (place) => {
    if (now.files.some((one) => one.path === place.file)) jump(place);
    else toast("info", "Part of the standard library", `Declared in ${place.file.replace("<library>/", "")}, line ${place.line}.`);
  };
  const change = async (changes) => {
    const answer = await send("PATCH", `/api/ea/projects/${id}`, changes);
    if (answer.ok) {
      setSettings(null);
      await draft.reload();
    }
    return answer;
  };
  const changeEntry = async (entry) => {
    const answer = await change({ entry });
    if (!answer.ok) refused("The main file was not changed", answer.body);
  };
  const fork = async (version) => {
    const answer = await send("POST", `/api/ea/projects/${id}/fork`, { name: `${now.project.name} ${version.number}`.slice(0, 80), version_id: version.id });
    if (answer.ok) onOpenProject(answer.body.id);
    else refused("It was not forked", answer.body);
  };
  const look = (version) => {
    setBelow("compiler");
    setDrawer("");
    compile.look(version);
  };
  const compareVersion = (versionId) => {
    const to = now.versions.find((one) => one.id === versionId);
    const from = to && now.versions.find((one) => one.number < to.number);
    if (to && from) setPair({ from, to });
    else if (to) toast("info", `Version ${to.number} is the first one`);
  };
  const showAssistant = () => {
    setSide("assistant");
    setDrawer("side");
  };
  const repair = (version) => {
    showAssistant();
    setWish({ task: "fix", versionId: version.id });
  };

  if (now.phase === "loading") return <div className="studio-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Opening the project</div>;
  if (now.phase !== "open") {
    return (
      <div className="empty" role="alert">
        <Icon name="alert" />
        <h2>{now.phase === "missing" ? "There is no such project" : "The project could not be opened"}</h2>
        <p>{now.phase === "missing" ? "It may belong to somebody else, or the address is wrong." : <>{now.problem.detail} <span className="mono">{now.problem.code}</span></>}</p>
        <div className="row">{now.phase === "failed" && <button type="button" className="btn" onClick={() => draft.open()}>Retry</button>}<button type="button" className="btn primary" onClick={onLeave}>All projects</button></div>
      </div>
    );
  }
  const errors = state.findings.filter((one) => one.severity === "error").length;
  const byFile = {};
  for (const one of state.findings) if (one.severity === "error") byFile[one.file] = (byFile[one.file] ?? 0) + 1;
  const file = now.files.find((one) => one.path === path);
  const isShown = file !== undefined && isText(file);
  const encoding = encodingOf(file);
  const deployable = now.versions.find((one) => one.state === "compiled");
  const { project } = now;
  return (
    <div className="studio">
      <Side id="studio-files" side="start" label="Files and outline" open={drawer === "files"} onClose={() => setDrawer("")}>
        <div className="studio-project">
          <button type="button" className="btn ghost small" onClick={onLeave}><Icon name="up" size="s" className="turn" />Projects</button>
          <span className="row"><b className="ell grow" title={project.name}>{project.name}</b><button type="button" className="btn ghost square small" aria-label={`Settings of ${project.name}`} title="Name, description, tags" onClick={() => setSettings(project)}><Icon name="pencil" size="s" /></button></span>
          {project.archived_at && <span className="badge warn">Archived</span>}
        </div>
        <Files draft={draft} now={now} current={path} errors={byFile} isLocked={compile.isLocked} onOpen={open} onEntry={changeEntry} />
        <Outline items={views.outline} onJump={jumpInShown} />
      </Side>
      <section className="studio-middle" aria-label="Editor">
        <div className="studio-bar">
          <button type="button" className="btn ghost square small narrow-only" aria-label="Files and outline" aria-controls="studio-files" aria-expanded={drawer === "files"} onClick={() => setDrawer("files")}><Icon name="menu" size="s" /></button>
          <FileTabs paths={tabs} current={path} isDirty={now.saving !== "saved"} onOpen={open} onClose={(one) => { setTabs(tabs.filter((other) => other !== one)); if (one === path) open(tabs.find((other) => other !== one)); }} />
          <span className="grow" />
          {state.phase !== "waiting" && <span className={`studio-counts sm not-phone ${errors ? "crit-t" : "t2"}`}>{countsOf(state.findings).join(", ")}</span>}
          <button type="button" className="btn ghost square small" disabled={!isShown || compile.isLocked} aria-label="Format" title="Format: Shift+Alt+F" onClick={() => editor.current.format()}><Icon name="align" size="s" /></button>
          <button type="button" className="btn small" disabled={compile.isLocked || now.files.length === 0} aria-busy={compile.isLocked} onClick={run}><Icon name={compile.isLocked ? "spinner" : "terminal"} size="s" className={compile.isLocked ? "spin" : ""} />Compile<span className="kbd not-phone">F7</span></button>
          {deployable
            ? <Link className="btn primary small not-phone" to={`/deployments?version=${deployable.id}`} title={`Deploy version ${deployable.number}`}><Icon name="play" size="s" />Deploy</Link>
            : <button type="button" className="btn primary small not-phone" disabled title="Compile a version first"><Icon name="play" size="s" />Deploy</button>}
          <button type="button" className="btn ghost square small narrow-only" aria-label="Assistant, inputs and versions" aria-controls="studio-side" aria-expanded={drawer === "side"} onClick={() => setDrawer("side")}><Icon name="sliders" size="s" /></button>
        </div>
        {compile.isLocked && <div className="banner info" role="status"><Icon name="lock" size="s" /><div className="grow">The draft is locked while it is compiled.</div></div>}
        <ConflictDialog draft={draft} conflict={now.conflict} />
        <Editor ref={hold} name={isShown ? path : ""} read={(one) => draft.textOf(one)} beside={(one) => draft.beside(one)} readOnly={compile.isLocked} label={`Source of ${path}`} commands={[{ id: "studio.check", label: "Check now", run: () => editor.current.check() }, { id: "studio.compile", label: "Compile", run }]} onEdit={edited} onClose={(one, text) => draft.keep(one, text)} onFindings={setState} onCaret={(place) => caret.current?.(place)} onElsewhere={elsewhere} />
        {!isShown && (file || now.files.length === 0) && (
          <div className="empty">
            <Icon name="code" />
            <h2>{!file ? "The project is empty" : isSource(path) ? "This text cannot be read here" : "This file is no text"}</h2>
            <p>{file ? `${isSource(path) ? "It is neither UTF-8 nor UTF-16 nor in a code page that is known: save it as UTF-8 and add it again to change it. " : ""}It is kept byte for byte and goes along to the compiler.` : "Describe the program to the assistant, or add a file: it is checked as you type, without MetaTrader."}</p>
          </div>
        )}
        <section className="problems" aria-label={below === "problems" ? "Problems" : "Compiler"}>
          <div className="panel-head">
            <Tabs label="Messages" items={[["problems", "Problems", state.findings.length], ["compiler", "Compiler", compile.run?.findings?.length ?? 0]]} value={below} onChoose={setBelow} />
            <span className="end xs t3" role="status">{below === "problems" && <Checked state={state} />}</span>
          </div>
          {below === "problems"
            ? <Problems state={state} name={path} onJump={jump} onFix={(fix) => editor.current.apply(fix.edits)} onRetry={() => editor.current.check()} />
            : <Compiler run={compile.run} onCheck={compile.check} onAgain={run} onJump={jump} onRepair={repair} />}
        </section>
        <div className="studio-status">
          <Saving now={now} onRetry={() => draft.flush()} />
          <span className="t3 not-phone">{now.versions[0] ? `Version ${now.versions[0].number} is the newest` : "No version yet"}</span>
          {file && <span className="end not-phone" title={encoding.isAssumed ? "The file does not say how it is written: this is what its letters look like" : undefined}>{encoding.words}</span>}
          <Caret ref={caret} />
        </div>
      </section>
      <Side id="studio-side" side="end" label="Assistant, inputs and versions" open={drawer === "side"} onClose={() => setDrawer("")}>
        <div className="panel-head side-head"><Tabs label="Assistant, inputs and versions" items={SIDES.map(([key, words]) => [key, words, key === "versions" ? project.version_count : key === "inputs" ? views.inputs.length : 0])} value={side} onChoose={setSide} /></div>
        <div className="side-tab" role="tabpanel" aria-label="Assistant" hidden={side !== "assistant"}><Assistant draft={draft} now={now} wish={wish} isShown={side === "assistant" && (drawer === "side" || !matchMedia(SIDE_IS_DRAWER).matches)} onNews={showAssistant} onVersion={compareVersion} onWizard={onWizard} /></div>
        <div className="side-tab" role="tabpanel" aria-label="Inputs" hidden={side !== "inputs"}><Inputs projectId={id} entry={project.entry} inputs={views.inputs} news={now.news} /></div>
        <div className="side-tab" role="tabpanel" aria-label="Versions" hidden={side !== "versions"}><Versions draft={draft} now={now} isLocked={compile.isLocked} onCompare={(from, to) => setPair({ from, to })} onFork={fork} onLook={look} /></div>
      </Side>
      <Compare draft={draft} pair={pair} onClose={() => setPair(null)} />
      <ProjectDialog project={settings} onClose={() => setSettings(null)} onDone={change} />
      <LeaveGuard draft={draft} />
    </div>
  );
}
