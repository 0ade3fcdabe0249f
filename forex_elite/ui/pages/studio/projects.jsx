// All projects: search, tags, and what is done with whole projects.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { CreateDialog } from "./create.jsx";
import { Field, Refusal, toFirstProblem } from "./fields.jsx";
import { countOf, momentOf, refused, toast } from "./notices.js";

const SEARCH_AFTER_MS = 250;
const STATES = { draft: ["dot hollow", "not compiled"], compiling: ["dot warn", "compiling"], compiled: ["dot up", "compiled"], failed: ["dot crit", "failed"] };

const MOST_TAGS = 12;
const LONGEST_TAG = 24;
const tagsIn = (text) => text.split(",").map((tag) => tag.trim()).filter(Boolean);

function tagsProblem(text) {
  const long = tagsIn(text).find((tag) => tag.length > LONGEST_TAG);
  if (long) return `"${long.slice(0, LONGEST_TAG)}…" is too long: a tag has at most ${LONGEST_TAG} characters. Set tags off by commas.`;
  return tagsIn(text).length > MOST_TAGS ? `At most ${MOST_TAGS} tags.` : "";
}

const PROGRAMS = [["expert", "Expert Advisor"], ["indicator", "Indicator"], ["script", "Script"], ["library", "Library"]];

/** Name, kind, description and tags of a project; `onDone(changes)` resolves to the server's answer and closes it. */
export function ProjectDialog({ project, onClose, onDone }) {
  const [values, setValues] = useState({ name: "", kind: "expert", description: "", tags: "" });
  const [errors, setErrors] = useState({});
  useEffect(() => {
    setErrors({});
    if (project) setValues({ name: project.name, kind: project.kind, description: project.description, tags: project.tags.join(", ") });
  }, [project]);
  const wrong = { ...errors, ...(tagsProblem(values.tags) && { tags: tagsProblem(values.tags) }) };
  const change = (name) => (event) => {
    setValues({ ...values, [name]: event.target.value });
    setErrors({});
  };
  const field = (name) => ({ id: `project-${name}`, value: values[name], problem: wrong[name], onChange: change(name) });
  const done = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (tagsProblem(values.tags)) return toFirstProblem(form);
    const answer = await onDone({ name: values.name.trim(), kind: values.kind, description: values.description, tags: tagsIn(values.tags) });
    if (answer.ok) return;
    setErrors(messages(answer.body));
    toFirstProblem(form);
  };
  return (
    <Dialog open={Boolean(project)} title={`Settings of ${project?.name}`} icon="pencil" onClose={onClose}>
      <form onSubmit={done}>
        <div className="modal-body stack">
          <Field {...field("name")} data-first label="Name" maxLength={80} />
          <Field {...field("kind")} as="select" label="Kind" note="experts alone are deployed">{PROGRAMS.map(([kind, words]) => <option key={kind} value={kind}>{words}</option>)}</Field>
          <Field {...field("description")} as="textarea" label="Description" maxLength={2000} />
          <Field {...field("tags")} label="Tags" note="set off by commas" maxLength={300} placeholder="trend, eurusd" />
          <Refusal errors={errors} isShown={(name) => name in values} />
        </div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={!values.name.trim()}>Save</button>
        </div>
      </form>
    </Dialog>
  );
}

function Row({ project, onOpen, onEdit, onFork, onArchive }) {
  const [dot, word] = STATES[project.current_state] ?? ["dot hollow", "no version yet"];
  const isArchived = Boolean(project.archived_at);
  return (
    <li className="project">
      <button type="button" className="project-open" onClick={() => onOpen(project.id)}>
        <span className={dot} />
        <span className="grow">
          <span className="row wrap"><b>{project.name}</b>{project.tags.map((tag) => <span key={tag} className="badge">{tag}</span>)}{project.running_count > 0 && <span className="badge up">{countOf(project.running_count, "expert")} not stopped</span>}</span>
          {project.description && <span className="t2 sm ell project-about">{project.description}</span>}
          <span className="t3 xs project-about">{project.current_number ? `Version ${project.current_number}, ${word}` : "No version yet"}; {project.kind}; draft saved {momentOf(project.draft_saved_at)}</span>
        </span>
      </button>
      <span className="row draft-acts">
        <button type="button" className="btn ghost square small" aria-label={`Settings of ${project.name}`} title="Name, description, tags" onClick={() => onEdit(project)}><Icon name="pencil" size="s" /></button>
        <button type="button" className="btn ghost square small" aria-label={`Fork ${project.name}`} title="Fork: a copy of its own" onClick={() => onFork(project)}><Icon name="copy" size="s" /></button>
        <button type="button" className="btn ghost square small" aria-label={`${isArchived ? "Take back" : "Archive"} ${project.name}`} title={isArchived ? "Back into the list" : "Archive"} onClick={() => onArchive(project)}><Icon name={isArchived ? "undo" : "box"} size="s" /></button>
      </span>
    </li>
  );
}

/** `onOpen(id)` shows a project. */
export function Projects({ onOpen, wanted = "" }) {
  const [list, setList] = useState({ items: null, cursor: null, problem: null });
  const [tags, setTags] = useState([]);
  const [query, setQuery] = useState("");
  const [tag, setTag] = useState("");
  const [archived, setArchived] = useState(false);
  const [creating, setCreating] = useState(wanted);
  const [editing, setEditing] = useState(null);
  const [news, setNews] = useState(0);
  const picker = useRef(null);
  const address = (cursor = "") => `/api/ea/projects?archived=${archived}&tag=${encodeURIComponent(tag)}&q=${encodeURIComponent(query)}${cursor && `&cursor=${cursor}`}`;

  useEffect(() => {
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      const [found, used] = await Promise.all([send("GET", address(), undefined, gone.signal), send("GET", "/api/ea/projects/tags", undefined, gone.signal)]);
      if (gone.signal.aborted) return;
      if (used.ok) setTags(used.body.items);
      setList((before) => (found.ok ? { items: found.body.items, cursor: found.body.next_cursor, problem: null } : { ...before, problem: found.body }));
    }, list.items ? SEARCH_AFTER_MS : 0);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [query, tag, archived, news]);
  useEffect(() => {
    let timer = 0;
    const stop = subscribe("projects", () => {
      clearTimeout(timer);
      timer = setTimeout(() => setNews((count) => count + 1), 500);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);

  const again = () => setNews((count) => count + 1);
  const more = async () => {
    const answer = await send("GET", address(list.cursor));
    if (answer.ok) setList({ items: [...list.items, ...answer.body.items], cursor: answer.body.next_cursor, problem: null });
  };
  const change = async (id, changes) => {
    const answer = await send("PATCH", `/api/ea/projects/${id}`, changes);
    if (answer.ok) {
      setEditing(null);
      again();
    }
    return answer;
  };
  const archive = async (project) => {
    const answer = await change(project.id, { archived: !project.archived_at });
    if (!answer.ok) refused("It was not archived", answer.body);
  };
  const fork = async (project) => {
    const answer = await send("POST", `/api/ea/projects/${project.id}/fork`, { name: `${project.name} copy`.slice(0, 80) });
    if (answer.ok) onOpen(answer.body.id);
    else refused("It was not forked", answer.body);
  };
  const picked = async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    if (!files.length) return;
    const name = files[0].name.replace(/\.[^.]+$/, "").slice(0, 80);
    if (/\.zip$/i.test(files[0].name)) {
      const answer = await send("POST", `/api/ea/projects/import?name=${encodeURIComponent(name)}`, files[0]);
      if (!answer.ok) return refused(`${files[0].name} was not taken`, answer.body);
      if (answer.body.skipped.length) toast("warn", `${answer.body.skipped.length} of its files were left out`, answer.body.skipped.slice(0, 3).map((one) => `${one.path}: ${one.reason}`).join("; "));
      return onOpen(answer.body.project.id);
    }
    const made = await send("POST", "/api/ea/projects", { name });
    if (!made.ok) return refused("The project was not made", made.body);
    for (const file of files) {
      const answer = await send("PUT", `/api/ea/projects/${made.body.id}/draft/raw?path=${encodeURIComponent(file.name)}`, file);
      if (!answer.ok) refused(`${file.name} was not taken`, answer.body);
    }
    onOpen(made.body.id);
  };
  const isFiltered = query || tag || archived;
  return (
    <div className="projects">
      <div className="projects-bar">
        <label className="input projects-search"><Icon name="search" size="s" /><span className="sr">Search projects</span><input type="search" value={query} maxLength={200} placeholder="Search names and descriptions" onChange={(event) => setQuery(event.target.value)} /></label>
        <label className="check"><input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />Archived</label>
        <span className="grow" />
        <input ref={picker} type="file" hidden aria-hidden="true" multiple accept=".zip,.mq5,.mqh,.set" onChange={picked} />
        <button type="button" className="btn" onClick={() => picker.current.click()}><Icon name="upload" size="s" />Import</button>
        <button type="button" className="btn primary" onClick={() => setCreating("template")}><Icon name="plus" size="s" />New project</button>
      </div>
      {tags.length > 0 && (
        <div className="projects-tags" role="group" aria-label="Tags">
          {tags.map((one) => <button key={one} type="button" className={`badge ${one === tag ? "acc" : ""}`} aria-pressed={one === tag} onClick={() => setTag(one === tag ? "" : one)}>{one}</button>)}
        </div>
      )}
      <section className="panel projects-list" aria-label="Projects">
        <div className="panel-head"><h2>{archived ? "Archived projects" : "Projects"}</h2>{list.items && <span className="count">{list.items.length}{list.cursor ? " and more" : ""}</span>}</div>
        {list.problem && <div className="failed" role="alert"><Icon name="alert" size="s" /><div className="grow"><b>The projects could not be loaded.</b> {list.problem.detail} <span className="mono">{list.problem.code}</span></div><button type="button" className="btn small" onClick={again}>Retry</button></div>}
        {!list.items && !list.problem && <div className="late" aria-busy="true"><span className="sr">Loading</span>{[0, 1, 2].map((row) => <div key={row} className="skeleton-row"><span className="skeleton" style={{ width: 160 }} /></div>)}</div>}
        {list.items?.length === 0 && (
          <div className="empty">
            <Icon name="code" />
            <h3>{isFiltered ? "No project fits" : "No projects yet"}</h3>
            <p>{isFiltered ? "Search for something else, or look at all projects." : "Start an Expert Advisor from a template, let the wizard or the assistant write one, or import what you have."}</p>
            <div className="row">
              {isFiltered
                ? <button type="button" className="btn" onClick={() => { setQuery(""); setTag(""); setArchived(false); }}>Show all</button>
                : <><button type="button" className="btn primary" onClick={() => setCreating("template")}><Icon name="plus" size="s" />New project</button><button type="button" className="btn" onClick={() => setCreating("wizard")}>Strategy wizard</button></>}
            </div>
          </div>
        )}
        {list.items?.length > 0 && <ul className="scroll" tabIndex={0} aria-label="Projects, last made first">{list.items.map((project) => <Row key={project.id} project={project} onOpen={onOpen} onEdit={setEditing} onFork={fork} onArchive={archive} />)}</ul>}
        {list.cursor && <div className="panel-foot"><button type="button" className="btn small end" onClick={more}>Show more</button></div>}
      </section>
      <CreateDialog kind={creating} onKind={setCreating} onMade={onOpen} />
      <ProjectDialog project={editing} onClose={() => setEditing(null)} onDone={(changes) => change(editing.id, changes)} />
    </div>
  );
}
