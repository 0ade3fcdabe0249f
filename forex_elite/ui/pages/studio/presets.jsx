// The inputs of the program as a form, with values saved under names and MetaTrader's .set files in and out.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { InputsForm } from "$/public/external/forex_elite/ui/components/editor/inputs.jsx";
import { asSet, fromSet, problemOf, settingsOf, valueOf } from "$/public/external/forex_elite/ui/components/editor/values.js";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { Field, Refusal, toFirstProblem } from "./fields.jsx";
import { countOf, refused, save, saveWide, toast } from "./notices.js";

/** `onDone(name)` resolves to what was wrong by field, null when the preset is saved. */
function NameDialog({ open, onClose, onDone }) {
  const [name, setName] = useState("");
  const [errors, setErrors] = useState({});
  useEffect(() => {
    setName("");
    setErrors({});
  }, [open]);
  const done = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const wrong = await onDone(name.trim());
    if (!wrong) return;
    setErrors(wrong);
    toFirstProblem(form);
  };
  return (
    <Dialog open={open} title="Save as a preset" icon="sliders" onClose={onClose}>
      <form onSubmit={done}>
        <div className="modal-body">
          <Field id="preset-name" label="Name" autoFocus maxLength={80} value={name} placeholder="EURUSD, M15" problem={errors.name} onChange={(event) => { setName(event.target.value); setErrors({}); }} />
          <Refusal errors={errors} isShown={(field) => field === "name"} />
        </div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button type="submit" className="btn primary" disabled={!name.trim()}>Save preset</button>
        </div>
      </form>
    </Dialog>
  );
}

/** `inputs` are those of the program as it stands; `news` counts what may have changed the presets elsewhere. */
export function Inputs({ projectId, entry, inputs, news }) {
  const [presets, setPresets] = useState([]);
  const [chosen, setChosen] = useState("");
  const [values, setValues] = useState({});
  const [dialog, setDialog] = useState("");
  const picker = useRef(null);
  const preset = presets.find((one) => one.id === chosen);
  const wrong = inputs.filter((one) => valueOf(one, values) !== null && problemOf(one, valueOf(one, values))).length;
  const told = settingsOf(inputs, values);
  const isChanged = preset ? Object.entries(told.values).some(([name, text]) => name in preset.values && fromSet(inputs, preset.values)[name] !== values[name]) : Object.keys(values).length > 0;

  const load = async () => {
    const answer = await send("GET", `/api/ea/projects/${projectId}/presets`);
    if (answer.ok) setPresets(answer.body.items);
    return answer.ok ? answer.body.items : [];
  };
  useEffect(() => void load(), [projectId, news]);
  const choose = (id, list = presets) => {
    setChosen(id);
    const found = list.find((one) => one.id === id);
    setValues(found ? fromSet(inputs, found.values) : {});
  };
  const make = async (name) => {
    const answer = await send("POST", `/api/ea/projects/${projectId}/presets`, { name, values: told.values });
    if (!answer.ok) return messages(answer.body);
    setDialog("");
    await load();
    setChosen(answer.body.id);
    toast("ok", `Preset ${name} saved`);
    return null;
  };
  const keep = async () => {
    const kept = Object.fromEntries(told.left.filter((name) => name in preset.values).map((name) => [name, preset.values[name]]));
    const gone = Object.keys(preset.values).filter((name) => !inputs.some((one) => one.name === name));
    const answer = await send("PATCH", `/api/ea/presets/${chosen}`, { values: { ...kept, ...told.values } });
    if (!answer.ok) return refused("The preset was not saved", answer.body);
    await load();
    toast("ok", `Preset ${preset.name} saved`, gone.length ? `Without ${gone.join(", ")}, which the program no longer has.` : "");
  };
  const remove = async () => {
    setDialog("");
    const answer = await send("DELETE", `/api/ea/presets/${chosen}`);
    if (!answer.ok) return refused("The preset was not deleted", answer.body);
    choose("");
    await load();
  };
  const picked = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const name = file.name.replace(/\.set$/i, "");
    const answer = await send("POST", `/api/ea/projects/${projectId}/presets/import?name=${encodeURIComponent(name)}`, file);
    if (!answer.ok) return refused(`${file.name} was not taken`, answer.body);
    choose(answer.body.id, await load());
    const { values: taken, left_out: leftOut } = answer.body;
    const left = Object.entries(leftOut);
    if (left.length) toast("warn", `${countOf(Object.keys(taken).length, "value")} of ${file.name} taken, ${left.length} left out`, left.slice(0, 5).map(([one, reason]) => `${one}: ${reason}`).join(" "));
  };
  const download = () => {
    if (preset && !isChanged) return save(`/api/ea/presets/${chosen}/file`);
    const { text, left } = asSet(inputs, values);
    saveWide(`${entry.replace(/^.*\//, "").replace(/\.mq5$/i, "")}.set`, text);
    if (left.length) toast("warn", "Some inputs are left out", `Only the compiler knows the value of ${left.join(", ")}.`);
  };
  return (
    <section className="studio-part fill" aria-label="Inputs of the program">
      <div className="preset-bar">
        <label className="sr" htmlFor="preset">Preset</label>
        <select id="preset" className="input" disabled={inputs.length === 0} value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">As in the source</option>
          {presets.map((one) => <option key={one.id} value={one.id}>{one.name}{one.is_imported ? ", imported" : ""}</option>)}
        </select>
        <input ref={picker} type="file" hidden aria-hidden="true" accept=".set" disabled={inputs.length === 0} onChange={picked} />
        <button type="button" className="btn ghost square small" disabled={inputs.length === 0} aria-label="Import a .set file" title="Import a .set file" onClick={() => picker.current.click()}><Icon name="upload" size="s" /></button>
        <button type="button" className="btn ghost square small" disabled={!preset} aria-label="Delete the preset" title="Delete the preset" onClick={() => setDialog("delete")}><Icon name="trash" size="s" /></button>
      </div>
      <div className="scroll inputs-scroll" tabIndex={0} role="group" aria-label="Input fields">
        {inputs.length === 0 ? <p className="studio-note">Declare <span className="mono">input</span> variables and their form appears here.</p> : <InputsForm inputs={inputs} values={values} onChange={setValues} />}
      </div>
      {inputs.length > 0 && (
        <div className="preset-foot">
          <span className="t3 xs grow">{wrong ? "Correct the marked inputs first." : "The source stays as it is. Times are broker time."}</span>
          <button type="button" className="btn ghost small" disabled={!isChanged} onClick={() => choose(chosen)}>Reset</button>
          {preset && <button type="button" className="btn small" disabled={!isChanged || wrong > 0} onClick={keep}>Save</button>}
          <button type="button" className="btn small" disabled={wrong > 0} onClick={() => setDialog("save")}>Save as</button>
          <button type="button" className="btn small" disabled={wrong > 0} title="For MetaTrader's tester or chart" onClick={download}><Icon name="download" size="s" />.set</button>
        </div>
      )}
      <NameDialog open={dialog === "save"} onClose={() => setDialog("")} onDone={make} />
      <Dialog open={dialog === "delete"} title={`Delete preset ${preset?.name}?`} icon="triangle" tone="crit" onClose={() => setDialog("")}>
        <div className="modal-body"><p>Its {Object.keys(preset?.values ?? {}).length} values are lost. Experts that run with them go on.</p></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={() => setDialog("")}>Keep it</button>
          <button type="button" className="btn danger" onClick={remove}>Delete preset</button>
        </div>
      </Dialog>
    </section>
  );
}
