// Findings as one types: asked a moment after the last key press, only for a text that changed, and only the newest counts.
import { isSource } from "./mql5.js";

const PAUSE_MS = 180;
const RETRY_MS = 5000;
const TOO_LARGE = 413; // the same text would take too long again

/** What is open in an editor: by the address of its model, the document's name, how to ask about it, findings, listeners. */
export const contexts = new Map();

/**
 * Keep a model's findings up to date. `tell` hears {phase, findings, problem, took, at}: "checking" while an answer is
 * awaited (with the findings there were), "checked" with when and how fast (ms), "failed" with a problem document.
 */
export function watch(model, context) {
  const key = model.uri.toString();
  const entry = { ...context, findings: [] };
  contexts.set(key, entry);
  if (!isSource(context.name)) {
    entry.tell({ phase: "none", findings: [] });
    return { again: () => {}, stop: () => contexts.delete(key) };
  }
  let timer = 0;
  let asked = null;
  let running = null;

  const check = async () => {
    clearTimeout(timer);
    const version = model.getVersionId();
    if (asked === version) return;
    asked = version;
    running?.abort();
    const mine = (running = new AbortController());
    entry.tell({ phase: "checking", findings: entry.findings });
    const began = performance.now();
    const answer = await context.ask("diagnose", {}, mine.signal);
    if (mine.signal.aborted || model.isDisposed() || version !== model.getVersionId() || answer.body.code === "mql5-superseded") return;
    if (!answer.ok) {
      if (answer.status !== TOO_LARGE) {
        asked = null;
        timer = setTimeout(check, RETRY_MS);
      }
      entry.tell({ phase: "failed", findings: entry.findings, problem: answer.body });
      return;
    }
    entry.findings = answer.body.items;
    marker(model, entry.findings);
    entry.tell({ phase: "checked", findings: entry.findings, took: Math.round(performance.now() - began), at: new Date() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  };
  const listening = model.onDidChangeContent(soon);
  check();
  return {
    again: () => {
      asked = null;
      soon();
    },
    stop: () => {
      clearTimeout(timer);
      running?.abort();
      listening.dispose();
      if (contexts.get(key) === entry) contexts.delete(key);
    },
  };
}

let marker = () => {};

/** How findings become squiggles; set once by help.js, which knows Monaco. */
export function markWith(mark) {
  marker = mark;
}
