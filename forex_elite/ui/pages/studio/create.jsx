// A new project: from a template, from the strategy wizard's choices, or with nothing in it for the assistant to fill.
import { useEffect, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { Field, Refusal, toFirstProblem } from "./fields.jsx";
import { beginning, problemsOf, strategyOf, WizardForm } from "./wizard.jsx";

const KINDS = [["template", "Template"], ["wizard", "Strategy wizard"], ["words", "Plain words"]];

function Templates({ items, chosen, onChoose }) {
  return (
    <fieldset className="field">
      <legend>Start from</legend>
      <div className="template-list">
        {items.map((one) => (
          <label key={one.id} className="template">
            <input type="radio" name="template" checked={one.id === chosen} onChange={() => onChoose(one)} />
            <span><b className="md">{one.title}{one.kind !== "expert" && <span className="t3"> {one.kind}</span>}</b><span className="t2 sm">{one.about}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** `kind` is template | wizard | words, empty for closed; `onMade(id, kind)` is told of the project. */
export function CreateDialog({ kind, onKind, onMade }) {
  const [offered, setOffered] = useState(null);
  const [template, setTemplate] = useState(null);
  const [choices, setChoices] = useState(null);
  const [name, setName] = useState("");
  const [isNamed, setIsNamed] = useState(false);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (!kind || offered) return;
    Promise.all([send("GET", "/api/ea/templates"), send("GET", "/api/ea/wizard")]).then(([templates, wizard]) => {
      if (!templates.ok || !wizard.ok) return setErrors(messages((templates.ok ? wizard : templates).body));
      setErrors({});
      setOffered({ templates: templates.body.items, wizard: wizard.body });
      setTemplate(templates.body.items[0]);
      setChoices(beginning(wizard.body));
    });
  }, [kind]);
  const first = { template: template?.title ?? "", wizard: "My strategy", words: "New expert" }[kind] ?? "";
  const wanted = isNamed ? name : first;
  const isWizard = kind === "wizard" && offered !== null;
  const atOnce = isWizard ? problemsOf(offered.wizard, choices, wanted.trim()) : {};
  const wrong = { ...errors, ...atOnce };

  const make = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (Object.keys(atOnce).length) return toFirstProblem(form);
    setBusy(true);
    setErrors({});
    const answer = await project();
    setBusy(false);
    if (!answer.ok) {
      setErrors(messages(answer.body));
      return toFirstProblem(form);
    }
    onKind("");
    setIsNamed(false);
    onMade(answer.body.id, kind);
  };
  const project = async () => {
    const body = { name: wanted.trim() };
    if (kind === "template") return send("POST", "/api/ea/projects", { ...body, kind: template.kind, description: template.about.slice(0, 2000), files: [{ path: template.file, text: template.text }] });
    if (kind === "words") return send("POST", "/api/ea/projects", body);
    const written = await send("POST", "/api/ea/wizard", strategyOf(offered.wizard, choices, body.name));
    if (!written.ok) return written;
    return send("POST", "/api/ea/projects", { ...body, files: [{ path: written.body.file, text: written.body.text }] });
  };
  const close = () => {
    onKind("");
    setErrors({});
  };
  return (
    <Dialog open={Boolean(kind)} title="New project" icon="plus" kind="modal wide" onClose={close}>
      <form onSubmit={make}>
        <div className="modal-body stack">
          <div className="seg wide" role="radiogroup" aria-label="How it begins">
            {KINDS.map(([one, words]) => <button key={one} type="button" role="radio" aria-checked={kind === one} onClick={() => onKind(one)}>{words}</button>)}
          </div>
          <Field id="new-name" data-first label="Name" value={wanted} maxLength={80} autoComplete="off" problem={wrong.name} onChange={(event) => { setName(event.target.value); setIsNamed(true); setErrors({}); }} />
          {!offered && !errors[""] && <div aria-busy="true" className="studio-wait"><Icon name="spinner" size="s" className="spin" />Loading what there is to start from</div>}
          {offered && kind === "template" && <Templates items={offered.templates} chosen={template?.id} onChoose={setTemplate} />}
          {isWizard && <WizardForm offered={offered.wizard} choices={choices} errors={wrong} onChange={(changed) => { setChoices(changed); setErrors({}); }} />}
          {kind === "words" && <p>The project begins empty. Say to the assistant what the program should do; what it writes is checked before it becomes the first version.</p>}
          <Refusal errors={errors} isShown={(field) => field === "name" || field.startsWith("numbers.")} />
        </div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={close}>Cancel</button>
          <button type="submit" className="btn primary" disabled={busy || !wanted.trim() || (kind !== "words" && !offered)} aria-busy={busy}>Create project</button>
        </div>
      </form>
    </Dialog>
  );
}
