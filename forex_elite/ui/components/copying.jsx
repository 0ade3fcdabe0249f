// Copy to the clipboard, and secrets that are masked until shown.
import { useEffect, useRef, useState } from "react";
import { useHanded } from "$/public/external/forex_elite/ui/components/copying/handed.js";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const SHOWN_MS = 1600;

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // http:// on a LAN has no clipboard API
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function CopyButton({ text, label = "Copy", words = "", className = "btn ghost square small" }) {
  const [done, setDone] = useState(false);
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    await write(text);
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), SHOWN_MS);
  };
  return (
    <button type="button" className={className} aria-label={words ? undefined : label} title={label} onClick={copy}>
      <Icon name={done ? "check" : "copy"} size="s" />
      {words && (done ? "Copied" : words)}
      <span className="sr" role="status">{done ? "Copied" : ""}</span>
    </button>
  );
}

/** A handed-over value with Show and Copy; `part` names the handed-over piece that is masked (all of it when empty). */
export function Secret({ handed, part = "", label, shown: initially = false }) {
  const value = useHanded(handed);
  const secret = useHanded(part);
  const [shown, setShown] = useState(initially);
  const masked = secret && value.includes(secret) ? value.replace(secret, "•".repeat(12)) : "•".repeat(24);
  return (
    <div className="secret" role="group" aria-label={label}>
      <code tabIndex={0} aria-label={label}>{shown ? value : masked}</code>
      <button type="button" className="btn ghost" aria-pressed={shown} aria-label={`Show ${label}`} title={shown ? "Hide" : "Show"} onClick={() => setShown(!shown)}>
        <Icon name={shown ? "eye-off" : "eye"} size="s" />
      </button>
      <CopyButton text={value} label={`Copy ${label}`} className="btn ghost" />
    </div>
  );
}

/** Copies a handed-over value. */
export function CopyHanded({ handed, ...rest }) {
  return <CopyButton text={useHanded(handed)} {...rest} />;
}

/** Text to copy; `mark` in it stands for a handed-over value. */
export function CodeBlock({ text = "", label, copy = "Copy", handed = "", mark = "" }) {
  const value = useHanded(handed);
  const whole = mark && value ? text.replaceAll(mark, value) : text;
  return (
    <div className="copy-block">
      <pre className="code boxed" tabIndex={0} aria-label={label}>{whole}</pre>
      <CopyButton text={whole} label={label} words={copy} className="btn small" />
    </div>
  );
}

/** A handed-over picture (a data URI), such as a QR code. */
export function HandedPicture({ handed, label }) {
  const value = useHanded(handed);
  return value.startsWith("data:image/") ? <img src={value} alt={label} className="handed-picture" /> : null;
}
