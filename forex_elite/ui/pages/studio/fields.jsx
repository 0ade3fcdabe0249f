// Fields of the studio's dialogs, each with what is wrong with it; and a refusal that belongs to none of them.
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

/** A labelled field; `as` is its element, `problem` what is wrong, tied to it for those who hear the page. */
export function Field({ id, label, note, problem, as: Control = "input", className = "", ...rest }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}{note && <span className="t3">{note}</span>}</label>
      <Control id={id} className={`input ${className}`} aria-invalid={problem ? true : undefined} aria-describedby={problem ? `${id}-problem` : undefined} {...rest} />
      {problem && <div className="err" id={`${id}-problem`}><Icon name="alert" size="s" />{problem}</div>}
    </div>
  );
}

/** What was refused elsewhere than in a field: `errors` by field, without those that say it themselves. */
export function Refusal({ errors, isShown }) {
  const words = Object.entries(errors).filter(([field]) => !isShown(field)).map(([, message]) => message);
  if (!words.length) return null;
  return <div className="banner crit" role="alert"><Icon name="alert" size="s" /><div className="grow">{words.join(" ")}</div></div>;
}

/** Take the person to the first field of a form that was refused. */
export function toFirstProblem(form) {
  requestAnimationFrame(() => requestAnimationFrame(() => form.querySelector("[aria-invalid=true]")?.focus()));
}
