// The studio: drafts and outline on the left, the editor with its problems in the middle, the inputs on the right.
import { useEffect, useMemo, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Editor } from "$/public/external/forex_elite/ui/components/editor/editor.jsx";
import { InputsForm } from "$/public/external/forex_elite/ui/components/editor/inputs.jsx";
import { asSet, problemOf, valueOf } from "$/public/external/forex_elite/ui/components/editor/values.js";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { DraftDialog, RenameDialog } from "./dialogs.jsx";
import { decoded, download, freeName, nameProblem, useDrafts } from "./drafts.js";
import { clockOf, countsOf, DraftList, Outline, Problems } from "./panels.jsx";

const VIEWS_AFTER_MS = 400;
const NOTHING = { phase: "waiting", findings: [] };
const LARGEST_FILE = 4_000_000;

const toast = (detail) => window.dispatchEvent(new CustomEvent("toast", { detail }));

/** Outline and inputs of the text, a moment after the last edit; what was known stays while the server is asked. */
function useViews(name, text, files) {
  const [views, setViews] = useState({ outline: [], inputs: [] });
  useEffect(() => {
    if (!name) return undefined;
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      const body = { document: name, text, files };
      const [outline, inputs] = await Promise.all(["outline", "inputs"].map((route) => send("POST", `/api/mql5/${route}`, body, gone.signal)));
      if (gone.signal.aborted) return;
      setViews((now) => ({ outline: outline.ok ? outline.body.items : now.outline, inputs: inputs.ok ? inputs.body.items : now.inputs }));
    }, VIEWS_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [name, text]);
  return views;
}

/** A column that is a drawer on narrow windows. */
function Side({ id, side, open, onClose, label, children }) {
  const node = useRef(null);
  useEffect(() => {
    if (open) node.current.querySelector("button")?.focus();
  }, [open]);
  return (
    <>
      {open && <div className="drawer-shade" onClick={onClose} />}
      <aside ref={node} id={id} className={`studio-side ${side}`} data-open={open} aria-label={label} onKeyDown={(event) => event.key === "Escape" && open && onClose()}>
        <div className="drawer-head"><span className="sb grow">{label}</span><button type="button" className="btn ghost square small" aria-label={`Close ${label.toLowerCase()}`} onClick={onClose}><Icon name="x" size="s" /></button></div>
        {children}
      </aside>
    </>
  );
}

function Inputs({ draft, inputs, onValues }) {
  const values = draft.values ?? {};
  const wrong = inputs.filter((one) => valueOf(one, values) !== null && problemOf(one, valueOf(one, values))).length;
  const save = () => {
    const { text, left } = asSet(inputs, values);
    download(draft.name.replace(/\.mq5$/i, ".set"), text, true);
    if (left.length) toast({ kind: "warn", title: "Some inputs are left out", detail: `Only the compiler knows the value of ${left.join(", ")}.` });
  };
  return (
    <section className="studio-part inputs-part" aria-label="Inputs of the program">
      <div className="panel-head">
        <h2>Inputs</h2><span className="count">{inputs.length || ""}</span>
        <span className="row end">
          <button type="button" className="btn ghost small" disabled={!Object.keys(values).length} onClick={() => onValues({})}>Reset</button>
          <button type="button" className="btn small" disabled={!inputs.length || wrong > 0} title={wrong ? "Correct the marked inputs first" : "For MetaTrader's tester or chart"} onClick={save}><Icon name="download" size="s" />.set</button>
        </span>
      </div>
      <div className="scroll inputs-scroll" tabIndex={0} role="group" aria-label="Input fields">
        {inputs.length === 0 ? <p className="studio-note">Declare <span className="mono">input</span> variables and their form appears here.</p> : <InputsForm inputs={inputs} values={values} onChange={onValues} />}
      </div>
      {inputs.length > 0 && <p className="studio-note">Fields change no source: they are what a .set file holds. Times are broker time.</p>}
    </section>
  );
}

export function Studio({ owner = "", templates = [] }) {
  const book = useDrafts(owner);
  const { drafts, current } = book;
  const editor = useRef(null);
  const [state, setState] = useState(NOTHING);
  const [caret, setCaret] = useState({ line: 1, column: 1 });
  const [drawer, setDrawer] = useState("");
  const [dialog, setDialog] = useState("");
  const name = current?.name ?? "";
  const files = useMemo(() => Object.fromEntries(drafts.filter((one) => one.name !== name).map((one) => [one.name, one.text])), [drafts, name]);
  const views = useViews(name, current?.text ?? "", files);
  const taken = drafts.map((one) => one.name);
  const errors = state.findings.filter((one) => one.severity === "error").length;

  useEffect(() => setState(NOTHING), [name]);
  const jump = (line, column) => {
    setDrawer("");
    editor.current.reveal(line, column);
  };
  const elsewhere = ({ file, line, column }) => {
    if (!taken.includes(file)) {
      toast({ kind: "info", title: "Part of the standard library", detail: `Declared in ${file.replace("<library>/", "")}, line ${line}.` });
      return;
    }
    book.open(file);
    setTimeout(() => editor.current?.reveal(line, column), 100);
  };
  const upload = async (file) => {
    if (!file) return;
    if (file.size > LARGEST_FILE) {
      toast({ kind: "crit", title: "The file is too large", detail: "At most 4 MB of source can be opened." });
      return;
    }
    const wanted = freeName(file.name, taken);
    const problem = nameProblem(wanted, taken);
    if (problem) toast({ kind: "crit", title: "The file was not opened", detail: problem });
    else book.add(wanted, decoded(await file.arrayBuffer()).replace(/\r\n/g, "\n"));
  };
  const commands = [{ id: "studio.check", label: "Check now", run: () => editor.current.check() }];

  if (!book.ready) return <div className="studio-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Opening your drafts</div>;
  return (
    <div className="studio">
      <Side id="studio-files" side="start" label="Drafts and outline" open={drawer === "files"} onClose={() => setDrawer("")}>
        <DraftList drafts={drafts} current={name} errors={errors} onOpen={(one) => { book.open(one); setDrawer(""); }} onNew={() => setDialog("new")} onUpload={upload} onRename={() => setDialog("rename")} onRemove={() => setDialog("remove")} />
        <Outline items={current ? views.outline : []} onJump={jump} />
      </Side>
      <section className="studio-middle" aria-label="Editor">
        <div className="studio-bar">
          <button type="button" className="btn ghost square small narrow-only" aria-label="Drafts and outline" aria-controls="studio-files" aria-expanded={drawer === "files"} onClick={() => setDrawer("files")}><Icon name="menu" size="s" /></button>
          {current && <span className="studio-file"><Icon name="file" size="s" /><span className="ell">{name}</span></span>}
          <span className="grow" />
          {current && state.phase !== "waiting" && <span className={`studio-counts sm not-phone ${errors ? "crit-t" : "t2"}`}>{countsOf(state.findings).join(", ") || (state.phase === "checked" ? "No problems" : "")}</span>}
          {current && (
            <>
              <button type="button" className="btn small" title="Format: Shift+Alt+F" onClick={() => editor.current.format()}><Icon name="align" size="s" /><span className="not-phone">Format</span><span className="sr only-phone">Format</span></button>
              <button type="button" className="btn small" onClick={() => download(name, current.text)}><Icon name="download" size="s" /><span className="not-phone">Download</span><span className="sr only-phone">Download</span></button>
              <button type="button" className="btn small narrow-only" aria-controls="studio-inputs" aria-expanded={drawer === "inputs"} onClick={() => setDrawer("inputs")}><Icon name="sliders" size="s" />Inputs</button>
            </>
          )}
        </div>
        {book.problem && <div className="banner crit" role="alert"><Icon name="alert" size="s" /><div className="grow">{book.problem}</div></div>}
        {current ? (
          <>
            <Editor ref={editor} name={name} value={current.text} files={files} label={`Source of ${name}`} commands={commands} onChange={book.write} onFindings={setState} onCaret={setCaret} onElsewhere={elsewhere} />
            <Problems state={state} name={name} onJump={jump} onFix={(fix) => editor.current.apply(fix.edits)} onRetry={() => editor.current.check()} />
            <div className="studio-status">
              <span>{book.saved ? `Kept in this browser ${clockOf(book.saved)}` : "Kept in this browser"}</span>
              <span className="end not-phone">Ctrl Space completes, F12 goes to the definition, Ctrl . fixes</span>
              <span className="mono">Ln {caret.line}, Col {caret.column}</span>
            </div>
          </>
        ) : (
          <div className="empty">
            <Icon name="code" />
            <h2>No drafts yet</h2>
            <p>Write an Expert Advisor, a script or an include here: it is checked as you type, without MetaTrader.</p>
            <div className="row"><button type="button" className="btn primary" onClick={() => setDialog("new")}><Icon name="plus" size="s" />New draft</button></div>
          </div>
        )}
      </section>
      <Side id="studio-inputs" side="end" label="Inputs" open={drawer === "inputs"} onClose={() => setDrawer("")}>
        {current ? <Inputs draft={current} inputs={views.inputs} onValues={book.setValues} /> : <p className="studio-note">The inputs of the open draft appear here.</p>}
      </Side>
      <DraftDialog open={dialog === "new"} templates={templates} taken={taken} onClose={() => setDialog("")} onMake={(wanted, text) => { book.add(wanted, text); setDialog(""); setDrawer(""); }} />
      <RenameDialog open={dialog === "rename"} name={name} taken={taken.filter((one) => one !== name)} onClose={() => setDialog("")} onRename={(wanted) => { book.rename(name, wanted); setDialog(""); }} />
      <Dialog open={dialog === "remove"} title={`Delete ${name}?`} icon="triangle" tone="crit" onClose={() => setDialog("")}>
        <div className="modal-body"><p>{(current?.text.split("\n").length ?? 0).toLocaleString("en")} lines are lost: this browser has the only copy, unless you downloaded it.</p></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={() => setDialog("")}>Keep it</button>
          <button type="button" className="btn danger" onClick={() => { book.remove(name); setDialog(""); }}>Delete draft</button>
        </div>
      </Dialog>
    </div>
  );
}
