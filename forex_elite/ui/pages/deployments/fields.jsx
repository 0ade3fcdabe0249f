// Form fields of the page's dialogs: label, control, unit, and the error tied to the control.
import { useId } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { read } from "$/public/external/forex_elite/ui/live/live/figures.js";

const shared = (id, error, hint) => ({ id, "aria-invalid": error ? true : undefined, "aria-describedby": error || hint ? `${id}-note` : undefined });

function Note({ id, error, hint }) {
  if (error) return <span id={`${id}-note`} className="err" role="alert"><Icon name="alert" size="xs" />{error}</span>;
  return hint ? <span id={`${id}-note`} className="hint">{hint}</span> : null;
}

export function Text({ label, value, onChange, unit, error, hint, ...props }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="input"><input {...shared(id, error, hint)} autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} {...props} />{unit && <span className="unit">{unit}</span>}</span>
      <Note id={id} error={error} hint={hint} />
    </div>
  );
}

export function Select({ label, value, onChange, error, hint, children, ...props }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...shared(id, error, hint)} className="input" value={value} onChange={(event) => onChange(event.target.value)} {...props}>{children}</select>
      <Note id={id} error={error} hint={hint} />
    </div>
  );
}

export const NO_LIMITS = { max_loss: "", max_positions: "", max_lots: "" };

/** Texts of the limits' fields out of what is stored, and back; null stands for none. */
export const limitTexts = (limits) => Object.fromEntries(Object.keys(NO_LIMITS).map((name) => [name, limits[name] ? String(limits[name]) : ""]));
export const limitValues = (texts) => Object.fromEntries(Object.keys(NO_LIMITS).map((name) => [name, texts[name].trim() === "" ? null : read(texts[name])]));

/** What is wrong with the limits' texts, by field. */
export function limitProblems(texts) {
  const wrong = {};
  for (const [name, value] of Object.entries(limitValues(texts))) {
    if (value !== null && !(value > 0)) wrong[name] = "A number above 0, or nothing.";
    else if (name === "max_positions" && value !== null && !Number.isInteger(value)) wrong[name] = "A whole number, or nothing.";
  }
  return wrong;
}

/** When the server pauses the expert. */
export function Limits({ texts, onChange, currency, errors = {} }) {
  const field = (name, label, unit) => <Text label={label} unit={unit} value={texts[name]} error={errors[name]} placeholder="no limit" inputMode="decimal" onChange={(text) => onChange({ ...texts, [name]: text })} />;
  return (
    <fieldset className="field">
      <legend>Pause it at</legend>
      <div className="form-grid narrow">
        {field("max_loss", "Loss of a day", currency || "money")}
        {field("max_positions", "More positions than", "open")}
        {field("max_lots", "More volume than", "lots")}
      </div>
      <span className="hint">Watched by the server by magic number; the day is UTC. Open positions stay open.</span>
    </fieldset>
  );
}
