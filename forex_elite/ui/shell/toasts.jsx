// Short messages at the bottom right; errors stay until dismissed.
import { useEffect, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const SHOWN_MS = 5000;
const MOST = 4;
const ICONS = { ok: "check-circle", crit: "x-circle", warn: "triangle", info: "info" };

let serial = 0;

/** Any script may show one: `window.dispatchEvent(new CustomEvent("toast", {detail: {kind, title, detail, code}}))`. */
export function Toaster() {
  const [shown, setShown] = useState([]);
  const dismiss = (id) => setShown((list) => list.filter((entry) => entry.id !== id));
  useEffect(() => {
    const timers = new Set();
    const add = ({ detail }) => {
      const entry = { kind: "info", ...detail, id: ++serial };
      setShown((list) => [...list.filter(({ title, code }) => title !== entry.title || code !== entry.code), entry].slice(-MOST));
      if (entry.kind === "crit") return;
      const timer = setTimeout(() => { timers.delete(timer); dismiss(entry.id); }, SHOWN_MS);
      timers.add(timer);
    };
    window.addEventListener("toast", add);
    return () => {
      window.removeEventListener("toast", add);
      timers.forEach(clearTimeout);
    };
  }, []);
  return (
    <div className="toasts" role="region" aria-label="Messages" aria-live="polite">
      {shown.map((entry) => (
        <div key={entry.id} className={`toast ${entry.kind}`} role={entry.kind === "crit" ? "alert" : "status"}>
          <Icon name={ICONS[entry.kind] ?? "info"} />
          <div className="grow">
            <b className="md">{entry.title}</b>
            {(entry.detail || entry.code) && (
              <div className="t3">{entry.detail}{entry.code && <> <span className="mono">{entry.code}</span></>}</div>
            )}
          </div>
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(entry.id)}><Icon name="x" size="s" /></button>
        </div>
      ))}
    </div>
  );
}
