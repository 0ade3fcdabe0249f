// The files of a project as a tree, and the dialogs that make, rename, replace and delete them.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { Field } from "./fields.jsx";
import { isSameFile, pathProblem, written } from "./names.js";
import { refused, save, toast } from "./notices.js";

const LARGEST_FILE = 4 * 1024 * 1024;
const LARGEST_ARCHIVE = 16 * 1024 * 1024;
const ICONS = { mq5: "file", mqh: "file", set: "sliders", bmp: "box", wav: "box" };

/** Rows of the tree: folders before files, each with its depth. */
export function treeOf(paths) {
  const rows = [];
  const walk = (inside, prefix, depth) => {
    const folders = [...new Set(inside.filter((path) => path.includes("/")).map((path) => path.slice(0, path.indexOf("/"))))].sort();
    for (const folder of folders) {
      rows.push({ name: folder, depth, isFolder: true, path: `${prefix}${folder}/` });
      walk(inside.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)), `${prefix}${folder}/`, depth + 1);
    }
    for (const name of inside.filter((path) => !path.includes("/")).sort()) rows.push({ name, depth, isFolder: false, path: prefix + name });
  };
  walk(paths, "", 0);
  return rows;
}

/** `onDone(path)` resolves to what was wrong, an empty text when it is done. */
function PathDialog({ open, title, icon, verb, first, taken, onClose, onDone }) {
  const [path, setPath] = useState(first);
  const [refusal, setRefusal] = useState("");
  useEffect(() => {
    setPath(first);
    setRefusal("");
  }, [open, first]);
  const problem = path === first ? "" : pathProblem(path, taken) || refusal;
  const done = async (event) => {
    event.preventDefault();
    if (!problem && path !== first) setRefusal(await onDone(written(path)));
  };
  return (
    <Dialog open={open} title={title} icon={icon} onClose={onClose}>
      <form onSubmit={done}>
        <div className="modal-body"><Field id="file-path" label="Name" className="mono" value={path} maxLength={180} spellCheck={false} autoComplete="off" autoFocus problem={problem} onChange={(event) => { setPath(event.target.value); setRefusal(""); }} /></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={path === first || Boolean(problem)}>{verb}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Row({ row, current, entry, errors, isLocked, onOpen, onAct }) {
  const isCurrent = row.path === current;
  const isMain = row.path === entry;
  return (
    <li aria-current={isCurrent || undefined}>
      <button type="button" className="draft-open" data-depth={Math.min(row.depth, 4)} onClick={() => onOpen(row.path)}>
        <Icon name={ICONS[row.name.split(".").at(-1).toLowerCase()] ?? "list"} size="s" />
        <span className="ell">{row.name}</span>
        {isMain && <span className="t3 xs" title="The compiler starts with this file">main</span>}
      </button>
      {errors > 0 && <span className="crit-t sm" title={`${errors} errors`}>{errors}<span className="sr"> errors</span></span>}
      {isCurrent && (
        <span className="row draft-acts">
          {!isMain && /\.mq5$/i.test(row.path) && <button type="button" className="btn ghost square small" disabled={isLocked} aria-label={`Make ${row.name} the main file`} title="Make it the main file" onClick={() => onAct("entry")}><Icon name="target" size="s" /></button>}
          <button type="button" className="btn ghost square small" aria-label={`Download ${row.name}`} title="Download" onClick={() => onAct("download")}><Icon name="download" size="s" /></button>
          <button type="button" className="btn ghost square small" disabled={isLocked} aria-label={`Rename ${row.name}`} title="Rename" onClick={() => onAct("rename")}><Icon name="pencil" size="s" /></button>
          <button type="button" className="btn ghost square small" disabled={isLocked} aria-label={`Delete ${row.name}`} title="Delete" onClick={() => onAct("delete")}><Icon name="trash" size="s" /></button>
        </span>
      )}
    </li>
  );
}

/** `errors` counts findings by path; `onOpen` shows a file, `onEntry` names the main one. */
export function Files({ draft, now, current, errors, isLocked, onOpen, onEntry }) {
  const [dialog, setDialog] = useState("");
  const [waiting, setWaiting] = useState([]); // files that would replace one of the draft, asked about one by one
  const coming = waiting[0] ?? null;
  const decided = () => setWaiting((before) => before.slice(1));
  const picker = useRef(null);
  const paths = now.files.map((one) => one.path);
  const close = () => setDialog("");

  const settle = (answer, path) => {
    if (!answer.ok) return Object.values(messages(answer.body)).join(" ");
    close();
    onOpen(path);
    return "";
  };
  const make = async (path) => {
    const answer = await draft.restructure([{ op: "write", path, text: path.toLowerCase().endsWith(".mqh") ? `//--- ${path}\n` : "" }]);
    return settle(answer, path);
  };
  const rename = async (path) => {
    const answer = await draft.restructure([{ op: "move", path: current, new_path: path }]);
    return settle(answer, path);
  };
  const remove = async () => {
    const answer = await draft.restructure([{ op: "delete", path: current }]);
    close();
    if (!answer.ok) return refused("The file was not deleted", answer.body);
    onOpen("");
  };
  const take = async (file) => {
    const isArchive = /\.zip$/i.test(file.name);
    if (file.size > (isArchive ? LARGEST_ARCHIVE : LARGEST_FILE)) return toast("crit", "The file is too large", isArchive ? "An archive has at most 16 MB." : "A file has at most 4 MB.");
    const answer = isArchive ? await draft.unpack(file) : await draft.upload(file.name, file);
    if (!answer.ok) return refused(`${file.name} was not taken`, answer.body);
    const skipped = answer.body.skipped ?? [];
    if (skipped.length) toast("warn", `${skipped.length} of its files were left out`, skipped.slice(0, 3).map((one) => `${one.path}: ${one.reason}`).join("; "));
    if (!isArchive) onOpen(answer.body.files.find((one) => isSameFile(one.path, file.name))?.path ?? "");
  };
  const picked = async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    const isThere = (file) => paths.some((path) => isSameFile(path, file.name));
    setWaiting(files.filter(isThere));
    for (const file of files) if (!isThere(file)) await take(file);
  };
  const act = (what) => {
    if (what === "download") save(`/api/ea/projects/${draft.id}/draft/raw?path=${encodeURIComponent(current)}`);
    else if (what === "entry") onEntry(current);
    else setDialog(what);
  };
  return (
    <section className="studio-part" aria-label="Files">
      <div className="panel-head">
        <h2>Files</h2><span className="count">{paths.length}</span>
        <span className="row end draft-acts">
          <button type="button" className="btn ghost square small" aria-label="Download the project as a zip" title="Download the project as a zip" onClick={() => draft.flush().then(() => save(`/api/ea/projects/${draft.id}/export`))}><Icon name="download" size="s" /></button>
          <input ref={picker} type="file" multiple hidden aria-hidden="true" accept=".mq5,.mqh,.set,.zip,.txt,.md,.csv,.bmp,.wav" onChange={picked} />
          <button type="button" className="btn ghost square small" disabled={isLocked} aria-label="Add files from this computer" title="Add files or a zip from this computer" onClick={() => picker.current.click()}><Icon name="upload" size="s" /></button>
          <button type="button" className="btn ghost square small" disabled={isLocked} aria-label="New file" title="New file" onClick={() => setDialog("new")}><Icon name="plus" size="s" /></button>
        </span>
      </div>
      <ul className="draft-list" tabIndex={paths.length ? 0 : undefined} aria-label="Files of the project">
        {treeOf(paths).map((row) => (row.isFolder
          ? <li key={row.path} className="folder"><span className="draft-open" data-depth={Math.min(row.depth, 4)}><Icon name="box" size="s" /><span className="ell">{row.name}</span></span></li>
          : <Row key={row.path} row={row} current={current} entry={now.project.entry} errors={errors[row.path] ?? 0} isLocked={isLocked} onOpen={onOpen} onAct={act} />))}
      </ul>
      <PathDialog open={dialog === "new"} title="New file" icon="file" verb="Create file" first="" taken={paths} onClose={close} onDone={make} />
      <PathDialog open={dialog === "rename"} title={`Rename ${current}`} icon="pencil" verb="Rename" first={current} taken={paths.filter((path) => path !== current)} onClose={close} onDone={rename} />
      <Dialog open={dialog === "delete"} title={`Delete ${current}?`} icon="triangle" tone="crit" onClose={close}>
        <div className="modal-body"><p>It leaves the draft. Versions that hold it keep it; what was changed since the last version is lost.</p></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={close}>Keep it</button>
          <button type="button" className="btn danger" onClick={remove}>Delete file</button>
        </div>
      </Dialog>
      <Dialog open={coming !== null} title={`Replace ${coming?.name}?`} icon="upload" onClose={decided}>
        <div className="modal-body"><p>The draft has a file of this name. Versions that hold it keep it.</p></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={decided}>Keep the draft's</button>
          <button type="button" className="btn primary" onClick={() => { decided(); take(coming); }}>Replace it</button>
        </div>
      </Dialog>
    </section>
  );
}
