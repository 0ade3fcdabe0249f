// Drafts live in this browser: one list for each person who signs in here, and what one was looking at last.
import { useCallback, useEffect, useRef, useState } from "react";

const SAVE_AFTER_MS = 300;
const NAME = /^[\w][\w .()-]{0,60}\.mq[5h]$/i;

const keyOf = (owner) => `studio:${owner}`;

function read(owner) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(owner)) ?? "null");
    const drafts = (kept?.drafts ?? []).filter((one) => typeof one?.name === "string" && typeof one?.text === "string");
    return { drafts, current: kept?.current ?? "" };
  } catch {
    return { drafts: [], current: "" };
  }
}

/** What is wrong with a name for a draft; an empty text for nothing. */
export function nameProblem(name, taken) {
  if (!NAME.test(name)) return "Letters, digits, spaces, - _ . ( ), ending in .mq5 for a program or .mqh for an include.";
  return taken.some((other) => other.toLowerCase() === name.toLowerCase()) ? "There is a draft of this name already." : "";
}

/** A name that is free: a number is added where it must. */
export function freeName(name, taken) {
  const dot = name.lastIndexOf(".");
  for (let count = 1; ; count += 1) {
    const wanted = count === 1 ? name : `${name.slice(0, dot)}${count}${name.slice(dot)}`;
    if (!nameProblem(wanted, taken) || !NAME.test(name)) return wanted;
  }
}

/**
 * The drafts of a person: {ready, drafts, current, saved, problem} and what can be done with them. A draft is
 * {name, text, values}: `values` are the inputs that differ from the source. Changes are stored a moment later and when
 * the page is left; another tab's changes arrive here.
 */
export function useDrafts(owner) {
  const [state, setState] = useState({ ready: false, drafts: [], current: "" });
  const [saved, setSaved] = useState(null);
  const [problem, setProblem] = useState("");
  const latest = useRef(state);
  const timer = useRef(0);
  latest.current = state;

  const store = useCallback(() => {
    clearTimeout(timer.current);
    if (!timer.current) return;
    timer.current = 0;
    try {
      localStorage.setItem(keyOf(owner), JSON.stringify({ drafts: latest.current.drafts, current: latest.current.current }));
      setSaved(new Date());
      setProblem("");
    } catch {
      setProblem("This browser's storage is full or switched off: the last changes are not kept. Download the file.");
    }
  }, [owner]);

  useEffect(() => {
    if (!owner) return undefined;
    setState({ ready: true, ...read(owner) });
    const elsewhere = (event) => event.key === keyOf(owner) && !timer.current && setState((now) => ({ ...now, drafts: read(owner).drafts }));
    window.addEventListener("storage", elsewhere);
    window.addEventListener("pagehide", store);
    return () => {
      store();
      window.removeEventListener("storage", elsewhere);
      window.removeEventListener("pagehide", store);
    };
  }, [owner, store]);

  const change = (make) => {
    setState((now) => ({ ...now, ...make(now) }));
    clearTimeout(timer.current);
    timer.current = setTimeout(store, SAVE_AFTER_MS);
  };
  const edit = (name, part) => change(({ drafts }) => ({ drafts: drafts.map((one) => (one.name === name ? { ...one, ...part } : one)) }));

  const current = state.drafts.find((one) => one.name === state.current) ?? state.drafts[0];
  return {
    ...state,
    current,
    saved,
    problem,
    write: (text) => current && edit(current.name, { text }),
    setValues: (values) => current && edit(current.name, { values }),
    open: (name) => change(() => ({ current: name })),
    add: (name, text) => change(({ drafts }) => ({ drafts: [...drafts, { name, text, values: {} }], current: name })),
    rename: (from, to) => change(({ drafts, current: shown }) => ({ drafts: drafts.map((one) => (one.name === from ? { ...one, name: to } : one)), current: shown === from || !shown ? to : shown })),
    remove: (name) => change(({ drafts }) => ({ drafts: drafts.filter((one) => one.name !== name), current: "" })),
  };
}

/** The text of a file from disk in any encoding MetaEditor writes. */
export function decoded(bytes) {
  const view = new Uint8Array(bytes);
  const zeros = view.slice(0, 400).filter((byte, index) => index % 2 === 1 && byte === 0).length;
  if ((view[0] === 0xff && view[1] === 0xfe) || zeros > 100) return new TextDecoder("utf-16le").decode(view);
  if (view[0] === 0xfe && view[1] === 0xff) return new TextDecoder("utf-16be").decode(view);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(view);
  } catch {
    return new TextDecoder("windows-1252").decode(view);
  }
}

/** Hand a file to the person; `wide` writes UTF-16 with its mark, as MetaTrader does. */
export function download(name, text, wide = false) {
  const parts = [text];
  if (wide) {
    const units = new Uint16Array(text.length + 1);
    units[0] = 0xfeff;
    for (let index = 0; index < text.length; index += 1) units[index + 1] = text.charCodeAt(index);
    parts.splice(0, 1, units);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
