// The inputs of a program as MetaTrader shows them: typed fields in groups, checked as one types.
//
//   <InputsForm inputs={items of /api/mql5/inputs} values={{name: text}} onChange={(values) => …} />
//
// `values` holds only what differs from the source.
import { useId } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { kindOf, problemOf, valueOf } from "./values.js";

function Control({ id, input, value, invalid, describedBy, onValue }) {
  const kind = kindOf(input);
  const shared = { id, "aria-invalid": invalid || undefined, "aria-describedby": describedBy };
  const typed = (event) => onValue(event.target.value);
  if (kind === "choice") {
    return (
      <select {...shared} className="input" value={value ?? ""} onChange={typed}>
        {value === null && <option value="">As in the source</option>}
        {input.choices.map((one) => <option key={one.name} value={one.name}>{one.label}</option>)}
      </select>
    );
  }
  if (kind === "switch") {
    return <input {...shared} type="checkbox" role="switch" className="switch" checked={value === "true"} onChange={(event) => onValue(String(event.target.checked))} />;
  }
  const unknown = value === null ? `as in the source: ${input.default}` : undefined;
  if (kind === "time") {
    return <input {...shared} className="input" type="datetime-local" step="1" value={value ?? ""} onChange={(event) => onValue(event.target.value.length === 16 ? `${event.target.value}:00` : event.target.value)} />;
  }
  if (kind === "colour") {
    return (
      <span className="input input-colour">
        <input type="color" aria-label={`Pick ${input.label}`} value={/^#[0-9a-f]{6}$/i.test(value ?? "") ? value : "#000000"} onChange={typed} />
        <input {...shared} value={value ?? ""} placeholder={unknown ?? "none"} maxLength={7} spellCheck={false} onChange={typed} />
      </span>
    );
  }
  const mode = kind === "whole" ? "numeric" : kind === "real" ? "decimal" : "text";
  return <input {...shared} className={`input ${kind === "text" ? "" : "figure"}`} inputMode={mode} value={value ?? ""} placeholder={unknown} spellCheck={false} autoComplete="off" onChange={typed} />;
}

function Field({ input, values, onChange }) {
  const id = useId();
  const value = valueOf(input, values);
  const changed = input.name in values && values[input.name] !== input.value;
  const problem = value === null ? "" : problemOf(input, value);
  const set = (text) => {
    const next = { ...values, [input.name]: text };
    if (text === input.value) delete next[input.name];
    onChange(next);
  };
  const reset = () => {
    const next = { ...values };
    delete next[input.name];
    onChange(next);
  };
  const note = `${id}-note`;
  return (
    <div className="input-row" data-kind={kindOf(input)}>
      <label htmlFor={id} title={`${input.type} ${input.name}${input.is_static ? ", not optimised" : ""}`}>{input.label}{changed && <span className="sr"> (changed)</span>}</label>
      <span className="row input-control">
        <Control id={id} input={input} value={value} invalid={problem !== ""} describedBy={problem ? note : undefined} onValue={set} />
        {changed && <button type="button" className="btn ghost square small" aria-label={`Reset ${input.label}`} title={`Back to ${input.value ?? input.default}`} onClick={reset}><Icon name="undo" size="s" /></button>}
      </span>
      {problem && <div id={note} className="input-problem"><Icon name="alert" size="s" />{problem}</div>}
    </div>
  );
}

export function InputsForm({ inputs = [], values = {}, onChange }) {
  const groups = [];
  for (const input of inputs) {
    if (groups.at(-1)?.title !== input.group || groups.length === 0) groups.push({ title: input.group, inputs: [] });
    groups.at(-1).inputs.push(input);
  }
  return (
    <form className="inputs" aria-label="Inputs" onSubmit={(event) => event.preventDefault()}>
      {groups.map((group, index) => (
        <fieldset key={index} className="input-group">
          {group.title && <legend>{group.title}</legend>}
          {group.inputs.map((input) => <Field key={input.name} input={input} values={values} onChange={onChange} />)}
        </fieldset>
      ))}
    </form>
  );
}
