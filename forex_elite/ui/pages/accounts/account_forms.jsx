// Forms with a broker password. They post to the API themselves, so that a password never passes through a page's state.
import { useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";

function Problem({ name, error }) {
  return error ? <span className="err" id={`${name}-error`} role="alert"><Icon name="alert" size="xs" />{error}</span> : null;
}

function Text({ name, label, note, hint, error, unit, ...props }) {
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={name}>{label}{note && <span className="t3">{note}</span>}</label>
      <input id={name} name={name} className="input" autoComplete="off" spellCheck={false} aria-invalid={error ? "true" : undefined} aria-describedby={described} {...props} />
      <Problem name={name} error={error} />
      {hint && <span className="hint" id={`${name}-hint`}>{hint}</span>}
    </div>
  );
}

function Secret({ name, error, hint, ...props }) {
  const [shown, setShown] = useState(false);
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={name}>Password</label>
      <span className="input">
        <input id={name} name="password" type={shown ? "text" : "password"} autoComplete="new-password" autoCapitalize="none" spellCheck={false} aria-invalid={error ? "true" : undefined} aria-describedby={described} {...props} />
        <button type="button" className="btn ghost square small" aria-pressed={shown} aria-label="Show password" onClick={() => setShown(!shown)}><Icon name={shown ? "eye-off" : "eye"} size="s" /></button>
      </span>
      <Problem name={name} error={error} />
      {hint && <span className="hint" id={`${name}-hint`}>{hint}</span>}
    </div>
  );
}

function Choice({ name, label, options, empty, error, ...props }) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <select id={name} name={name} className="input" aria-invalid={error ? "true" : undefined} aria-describedby={error ? `${name}-error` : undefined} {...props}>
        {empty && <option value="">{empty}</option>}
        {options.map((one) => <option key={one.value} value={one.value}>{one.words}</option>)}
      </select>
      <Problem name={name} error={error} />
    </div>
  );
}

function useSending(fields) {
  const form = useRef(null);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const submit = async (method, path, body) => {
    setBusy(true);
    setErrors({});
    const answer = await send(method, path, body);
    setBusy(false);
    if (answer.ok) return answer.body;
    const found = messages(answer.body);
    setErrors(found);
    const first = fields.find((name) => found[name]);
    requestAnimationFrame(() => form.current?.querySelector(first ? `[name=${first}]` : "[role=alert]")?.focus());
    return null;
  };
  const loose = Object.entries(errors).filter(([name]) => !fields.includes(name)).map(([, text]) => text).join(" ");
  return { form, errors, busy, submit, loose };
}

function Loose({ text }) {
  return text ? <div className="banner crit" role="alert" tabIndex={-1}><Icon name="alert" size="s" /><span>{text}</span></div> : null;
}

const KINDS = [{ value: "mt5", words: "MetaTrader 5" }, { value: "simulator", words: "Simulated account" }];
const FIELDS = ["login", "server", "password", "name", "kind", "terminal_path", "agent_id", "group_id"];

/** Adds an account; `onDone` gets its id and a line for the person. */
export function AddAccount({ agents = [], groups = [], onDone, onCancel }) {
  const { form, errors, busy, submit, loose } = useSending(FIELDS);
  const [kind, setKind] = useState("mt5");
  const [missing, setMissing] = useState({});
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    const typed = Object.fromEntries([...new FormData(form.current)].filter(([, value]) => value !== ""));
    const login = Number(typed.login);
    const wrong = {};
    if (!Number.isSafeInteger(login) || login <= 0) wrong.login = "The account number is a whole number above zero.";
    if (!typed.server) wrong.server = "Write the broker's server as the terminal shows it.";
    setMissing(wrong);
    if (Object.keys(wrong).length) {
      form.current.querySelector(`[name=${Object.keys(wrong)[0]}]`)?.focus();
      return;
    }
    const made = await submit("POST", "/api/user/mt5-accounts", { ...typed, login });
    if (made) {
      form.current?.reset();
      onDone?.(made.account.id, `Account ${login} added`);
    }
  };
  const error = (name) => missing[name] ?? errors[name];
  return (
    <form ref={form} onSubmit={go} noValidate>
      <div className="modal-body">
        <Loose text={loose} />
        <div className="form-grid pair">
          <Text name="login" label="Account number" inputMode="numeric" placeholder="51204418" error={error("login")} autoFocus />
          <Text name="server" label="Broker's server" placeholder="ICMarketsSC-Live07" maxLength={128} error={error("server")} />
        </div>
        <Secret name="add-password" error={error("password")} hint="Kept encrypted. Only the agent of this account can fetch it, and each time is written to your log." maxLength={128} />
        <div className="form-grid pair">
          <Text name="name" label="Name" note="optional" maxLength={80} placeholder="Prime" error={error("name")} />
          <Choice name="group_id" label="Group" options={groups} empty="No group" error={error("group_id")} />
        </div>
        <div className="form-grid pair">
          <Choice name="agent_id" label="Agent" options={agents} empty="None yet" error={error("agent_id")} />
          <Choice name="kind" label="Terminal" options={KINDS} value={kind} onChange={(event) => setKind(event.target.value)} error={error("kind")} />
        </div>
        {kind === "mt5" && <Text name="terminal_path" label="terminal64.exe on the agent's machine" note="needed with an agent" maxLength={260} placeholder="C:\MT5\51204418\terminal64.exe" hint="A portable installation of its own: one installation holds one account at a time." error={error("terminal_path")} />}
      </div>
      <div className="modal-foot">
        <button type="button" className="btn" onClick={() => onCancel?.()}>Cancel</button>
        <button type="submit" className="btn primary" disabled={busy} aria-busy={busy}>{busy && <Icon name="spinner" size="s" className="spin" />}Add account</button>
      </div>
    </form>
  );
}

/** Stores a new password for an account. */
export function ChangePassword({ account, login, stored, onDone }) {
  const { form, errors, busy, submit, loose } = useSending(["password"]);
  const [typed, setTyped] = useState("");
  const go = async (event) => {
    event.preventDefault();
    if (busy || !typed) return;
    const made = await submit("PATCH", `/api/user/mt5-accounts/${account}`, { password: typed });
    if (made) {
      setTyped("");
      onDone?.(account, `New password of ${login} stored`);
    }
  };
  return (
    <form ref={form} onSubmit={go} className="stack" noValidate>
      <Loose text={loose} />
      <Secret name="new-password" value={typed} onChange={(event) => setTyped(event.target.value)} error={errors.password} hint={stored ? "One is stored, encrypted. It is never shown again; a new one replaces it." : "None is stored yet."} maxLength={128} />
      <div className="row"><button type="submit" className="btn small" disabled={busy || !typed} aria-busy={busy}>{busy && <Icon name="spinner" size="s" className="spin" />}Store password</button></div>
    </form>
  );
}
