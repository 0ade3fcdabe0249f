// Making and renaming drafts.
import { useEffect, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { freeName, nameProblem } from "./drafts.js";

function NameField({ id, value, problem, onChange }) {
  return (
    <div className="field">
      <label htmlFor={id}>Name</label>
      <input id={id} className="input mono" value={value} maxLength={65} spellCheck={false} autoComplete="off" aria-invalid={problem ? true : undefined} aria-describedby={problem ? `${id}-problem` : undefined} onChange={(event) => onChange(event.target.value)} />
      {problem && <div className="err" id={`${id}-problem`}><Icon name="alert" size="s" />{problem}</div>}
    </div>
  );
}

export function DraftDialog({ open, templates, taken, onClose, onMake }) {
  const [chosen, setChosen] = useState(0);
  const [name, setName] = useState("");
  const choose = (index) => {
    setChosen(index);
    setName(freeName(templates[index].name, taken));
  };
  useEffect(() => {
    if (open && templates.length) choose(0);
  }, [open]);
  const problem = nameProblem(name, taken);
  const make = (event) => {
    event.preventDefault();
    if (!problem) onMake(name, templates[chosen].text);
  };
  return (
    <Dialog open={open} title="New draft" icon="file" onClose={onClose}>
      <form onSubmit={make}>
        <div className="modal-body stack">
          <fieldset className="field">
            <legend>Start from</legend>
            <div className="template-list">
              {templates.map((template, index) => (
                <label key={template.name} className="template">
                  <input type="radio" name="template" checked={index === chosen} onChange={() => choose(index)} />
                  <span><b className="md">{template.title}</b><span className="t2 sm">{template.about}</span></span>
                </label>
              ))}
            </div>
          </fieldset>
          <NameField id="draft-name" value={name} problem={problem} onChange={setName} />
        </div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={Boolean(problem)}>Create draft</button>
        </div>
      </form>
    </Dialog>
  );
}

export function RenameDialog({ open, name, taken, onClose, onRename }) {
  const [wanted, setWanted] = useState(name);
  useEffect(() => setWanted(name), [open, name]);
  const problem = nameProblem(wanted, taken);
  const rename = (event) => {
    event.preventDefault();
    if (!problem) onRename(wanted);
  };
  return (
    <Dialog open={open} title={`Rename ${name}`} icon="pencil" onClose={onClose}>
      <form onSubmit={rename}>
        <div className="modal-body"><NameField id="draft-rename" value={wanted} problem={problem} onChange={setWanted} /></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={Boolean(problem) || wanted === name}>Rename</button>
        </div>
      </form>
    </Dialog>
  );
}
