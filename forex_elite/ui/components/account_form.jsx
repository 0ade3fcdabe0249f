// Log-in, registration, a forgotten password. Plain fetch, because the answer sets an HttpOnly cookie; a full page load then carries it.
import { useEffect, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";

/** Where to go after logging in: only a path of this site, never another address. */
export function safeNext(search, fallback) {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : fallback;
}

function Field({ field, error, disabled }) {
  const [shown, setShown] = useState(false);
  const entry = useRef(null);
  useEffect(() => {
    const given = field.parameter && new URLSearchParams(window.location.search).get(field.parameter);
    if (given && !entry.current.value) entry.current.value = given;
  }, [field.parameter]);
  const secret = field.type === "password";
  const described = [error && `${field.name}-error`, field.hint && `${field.name}-hint`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={field.name}>
        {field.label}
        {field.optional && <span className="t3">optional</span>}
      </label>
      <span className="input tall">
        <input
          ref={entry} id={field.name} name={field.name} type={secret && shown ? "text" : field.type} autoComplete={field.autocomplete}
          required={!field.optional} disabled={disabled} aria-invalid={error ? "true" : undefined} aria-describedby={described || undefined}
          autoCapitalize="none" spellCheck={false}
        />
        {secret && (
          <button type="button" className="btn ghost square small" aria-pressed={shown} aria-label={`Show ${field.label.toLowerCase()}`} onClick={() => setShown(!shown)}>
            <Icon name={shown ? "eye-off" : "eye"} size="s" />
          </button>
        )}
      </span>
      {error && <span className="err" id={`${field.name}-error`}><Icon name="alert" size="xs" />{error}</span>}
      {field.hint && <span className="hint" id={`${field.name}-hint`}>{field.hint}</span>}
    </div>
  );
}

/**
 * `fields`: {name, label, type, autocomplete, hint, optional, parameter, shown_on}; one with `shown_on` appears when the server
 * answers with that code, one with `parameter` begins with that parameter of the address. On success goes to `?next=` or
 * `target`, or with `done` says so and stays. `fragment` names what is read from the address after `#`, which then
 * disappears from it.
 */
export function AccountForm({ action, fields: all = [], submit, busy, target = "/", done = "", fragment = "" }) {
  const form = useRef(null);
  const handed = useRef({});
  const [asked, setAsked] = useState("");
  const [isDone, setIsDone] = useState(false);
  const fields = all.filter(({ shown_on }) => !shown_on || shown_on === asked);
  const [errors, setErrors] = useState({});
  const [code, setCode] = useState("");
  const [working, setWorking] = useState(false);
  const [expired, setExpired] = useState(false);
  useEffect(() => setExpired(new URLSearchParams(window.location.search).get("reason") === "expired"), []);
  useEffect(() => {
    if (!fragment || fragment in handed.current) return;
    handed.current = { [fragment]: new URLSearchParams(window.location.hash.slice(1)).get(fragment) ?? "" };
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, [fragment]);

  const fail = (found, problemCode) => {
    setErrors(found);
    setCode(problemCode ?? "");
    setWorking(false);
    const first = fields.find(({ name }) => found[name]);
    requestAnimationFrame(() => form.current?.querySelector(first ? `#${first.name}` : "[role=alert]")?.focus());
  };
  const go = async (event) => {
    event.preventDefault();
    if (working) return;
    const values = Object.fromEntries([...new FormData(form.current)].filter(([, value]) => value !== ""));
    const missing = Object.fromEntries(fields.filter(({ name, optional }) => !optional && !values[name]).map(({ name, label }) => [name, `Enter your ${label.toLowerCase()}.`]));
    if (Object.keys(missing).length) return fail(missing);
    setWorking(true);
    setErrors({});
    const answer = await send("POST", action, { ...values, ...handed.current });
    if (answer.ok && !done) return window.location.assign(safeNext(window.location.search, target));
    if (answer.ok) {
      setWorking(false);
      return setIsDone(true);
    }
    const next = all.find(({ shown_on }) => shown_on && shown_on === answer.body.code && shown_on !== asked);
    if (next) {
      setAsked(next.shown_on);
      setWorking(false);
      return requestAnimationFrame(() => form.current?.querySelector(`#${next.name}`)?.focus());
    }
    return fail(messages(answer.body), answer.body.code);
  };
  const loose = Object.entries(errors).filter(([name]) => !fields.some((field) => field.name === name)).map(([, text]) => text);
  if (isDone) {
    return <div className="banner ok" role="status"><Icon name="check-circle" size="s" /><span>{done}</span></div>;
  }
  return (
    <form ref={form} className="stack" onSubmit={go} noValidate>
      {expired && !loose.length && (
        <div className="banner warn" role="status"><Icon name="clock" size="s" /><span>Your session has ended. Log in again to go on where you were.</span></div>
      )}
      {loose.length > 0 && (
        <div className="banner crit" role="alert" tabIndex={-1}>
          <Icon name="alert" size="s" />
          <span>{loose.join(" ")}{code && <span className="t2"> <span className="mono">{code}</span></span>}</span>
        </div>
      )}
      {fields.map((field) => <Field key={field.name} field={field} error={errors[field.name]} disabled={working} />)}
      <button type="submit" className="btn primary large wide" aria-busy={working} disabled={working}>
        {working && <Icon name="spinner" size="s" className="spin" />}
        {working ? busy : submit}
      </button>
    </form>
  );
}
