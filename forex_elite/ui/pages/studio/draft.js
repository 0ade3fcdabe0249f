// The draft of an open project: what this browser knows of it, and how changes reach the server. Only edits travel, each
// upon the hash of the bytes it was made upon; nothing here waits before a letter appears.
import { useEffect, useState, useSyncExternalStore } from "react";
import { append, changed, MOST_EDITS } from "$/public/external/forex_elite/ui/components/editor/edits.js";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { isSameFile } from "./names.js";

const SAVE_AFTER_MS = 800;
const RELOAD_AFTER_MS = 120;
const LONGEST_WAIT_S = 30;

export const isSource = (path) => /\.mq[5h]$/i.test(path);
export const isText = (file) => file.encoding !== "binary";

/**
 * A project's draft. `snapshot()` is {phase, problem, project, files, versions, cursor, news, saving, savedAt, refusal,
 * conflict}: `phase` loading | open | missing | failed; `saving` saved | waiting | saving | offline | conflict | refused;
 * `news` counts reloads, for what is loaded apart. `editor()` gives the handle of the editor once there is one.
 */
export class Draft {
  #now = { phase: "loading", problem: null, project: null, files: [], versions: [], cursor: null, news: 0, saving: "saved", savedAt: null, refusal: null, conflict: null };
  #listeners = new Set();
  #texts = new Map(); // path → text as it came from the server
  #bases = new Map(); // path → hash of what the text here was made upon
  #pending = new Map(); // path → {edits, length, whole, sent}; `sent`: how many edits were told each time no answer came
  #sending = new Map(); // what of it is on its way
  #running = null;
  #timer = 0;
  #reloading = 0;
  #failures = 0;

  constructor(id, editor) {
    this.id = id;
    this.editor = editor;
  }

  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = () => this.#now;

  get isDirty() {
    return this.#pending.size > 0 || this.#running !== null;
  }

  /** The text of a file as it stands here. */
  textOf(path) {
    return this.editor()?.text(path) ?? this.#texts.get(path) ?? "";
  }

  /** The editor goes away: what it held stays the text of the file. */
  keep(path, text) {
    this.#texts.set(path, text);
  }

  /** The paths of all sources but one, as the language wants them beside it. */
  beside(path) {
    return this.#now.files.filter((one) => isSource(one.path) && isText(one) && one.path !== path).map((one) => one.path);
  }

  /** Open it and keep it up to date; returns what ends that. */
  start() {
    const leave = (event) => this.isDirty && event.preventDefault();
    const hide = () => this.isDirty && this.flush(true);
    const online = () => this.#now.saving === "offline" && this.flush();
    window.addEventListener("beforeunload", leave);
    window.addEventListener("pagehide", hide);
    window.addEventListener("online", online);
    const stop = subscribe("projects", (data) => this.#hear(data));
    this.open();
    return () => {
      this.flush(true);
      clearTimeout(this.#timer);
      clearTimeout(this.#reloading);
      window.removeEventListener("beforeunload", leave);
      window.removeEventListener("pagehide", hide);
      window.removeEventListener("online", online);
      stop();
    };
  }

  async open() {
    const answer = await send("GET", this.#address(""));
    if (!answer.ok) {
      this.#become({ phase: answer.status === 404 || answer.status === 422 ? "missing" : "failed", problem: answer.body });
      return;
    }
    await this.#take(answer.body);
    this.#become({ phase: "open", savedAt: new Date(answer.body.project.draft_saved_at) });
  }

  /** Load the text of a file that is no source, before it is shown. */
  async ensure(path) {
    const file = this.#now.files.find((one) => one.path === path);
    if (file && isText(file) && !this.#bases.has(path)) await this.#load(path);
  }

  /** Take note of edits in an open file; they are saved a moment after the last one. `edits` null: the whole text. */
  edit(path, edits, length) {
    const entry = this.#pending.get(path) ?? { edits: [], length, whole: false, sent: [] };
    if (edits) append(entry.edits, edits, entry.sent.at(-1));
    entry.length = length;
    entry.whole ||= edits === null || entry.edits.length > MOST_EDITS;
    this.#pending.set(path, entry);
    if (this.#now.saving === "saved" || this.#now.saving === "refused") this.#become({ saving: "waiting", refusal: null });
    if (this.#now.conflict) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  /** Save what is not saved; resolves to whether all is. */
  flush(keepalive = false) {
    clearTimeout(this.#timer);
    this.#running ??= this.#save(keepalive).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #save(keepalive) {
    while (this.#pending.size > 0 && !this.#now.conflict) {
      const batch = this.#pending;
      this.#pending = new Map();
      this.#sending = batch;
      this.#become({ saving: "saving" });
      const answer = await send("PATCH", this.#address("/draft"), { changes: [...batch].map(([path, entry]) => this.#change(path, entry)) }, undefined, keepalive);
      this.#sending = new Map();
      if (answer.ok) {
        this.#failures = 0;
        for (const path of batch.keys()) this.#bases.set(path, answer.body.files.find((one) => one.path === path)?.sha256);
        this.#took(answer.body);
        continue;
      }
      const wereEdits = [...batch.values()].some((one) => !one.whole);
      this.#putBack(batch, answer.status === 0 || answer.status >= 500);
      if (answer.body.code === "draft-conflict" && this.#hasArrived(answer.body)) continue;
      if (answer.body.code === "draft-conflict") this.#become({ saving: "conflict", conflict: { path: answer.body.path, theirs: answer.body.theirs } });
      else if (answer.status === 0 || answer.status >= 500 || answer.status === 429) this.#tryLater();
      else if (answer.status === 422 && wereEdits) {
        for (const entry of this.#pending.values()) entry.whole = true;
        continue;
      } else this.#become({ saving: "refused", refusal: answer.body });
      return false;
    }
    if (this.#now.conflict) return false;
    this.#become({ saving: "saved" });
    return true;
  }

  #change(path, { edits, length, whole }) {
    const base_sha256 = this.#bases.get(path) ?? null;
    return whole ? { op: "write", path, base_sha256, text: this.textOf(path) } : { op: "edit", path, base_sha256, edits, length };
  }

  #putBack(batch, isUnanswered) {
    for (const [path, entry] of batch) {
      const newer = this.#pending.get(path);
      const sent = isUnanswered ? [...entry.sent, entry.edits.length] : entry.sent;
      this.#pending.set(path, newer ? { edits: [...entry.edits, ...newer.edits], length: newer.length, whole: entry.whole || newer.whole, sent } : { ...entry, sent });
    }
  }

  /** Whether what the server holds is what is here, or what was told before an answer was lost: then there is no conflict. */
  #hasArrived({ path, theirs }) {
    const entry = this.#pending.get(path);
    if (theirs?.text == null || !entry) return false;
    const cuts = entry.whole ? [entry.edits.length] : [entry.edits.length, ...entry.sent];
    const cut = cuts.find((count) => changed(theirs.text, entry.edits.slice(count)) === this.textOf(path));
    if (cut === undefined) return false;
    this.#bases.set(path, theirs.sha256);
    const left = entry.edits.slice(cut);
    if (left.length) this.#pending.set(path, { ...entry, edits: left, sent: [] });
    else this.#pending.delete(path);
    this.reload();
    return true;
  }

  #tryLater() {
    this.#become({ saving: "offline" });
    const wait = Math.min(2 ** (this.#failures + 1), LONGEST_WAIT_S);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait * 1000);
  }

  /** Make, move or delete files, or write whole ones; resolves to the server's answer. */
  async restructure(changes) {
    if (!(await this.flush())) return { ok: false, body: { title: "Not saved yet", detail: "Earlier changes could not be saved, so nothing else was changed." } };
    const told = changes.map((one) => ({ ...one, base_sha256: this.#bases.get(one.path) ?? this.#now.files.find((file) => file.path === one.path)?.sha256 ?? null }));
    return this.#done(await send("PATCH", this.#address("/draft"), { changes: told }));
  }

  /** Put a file from this computer into the draft, byte for byte; one of that path is replaced. */
  async upload(path, blob) {
    if (!(await this.flush())) return { ok: false, body: { title: "Not saved yet", detail: "Earlier changes could not be saved, so the file was not taken." } };
    const present = this.#now.files.find((one) => isSameFile(one.path, path));
    const base = present ? `&base_sha256=${present.sha256}` : "";
    return this.#done(await send("PUT", this.#address(`/draft/raw?path=${encodeURIComponent(present?.path ?? path)}${base}`), blob));
  }

  /** Put the files of a zip into the draft; what it held is kept as a version. */
  async unpack(blob) {
    if (!(await this.flush())) return { ok: false, body: { title: "Not saved yet", detail: "Earlier changes could not be saved, so the archive was not taken." } };
    const answer = await this.#done(await send("POST", this.#address(`/draft/import?revision=${this.#now.project.draft_revision}`), blob));
    if (answer.ok) await this.reload();
    return answer;
  }

  async #done(answer) {
    if (answer.ok) await this.#took(answer.body);
    return answer;
  }

  /** Settle a conflict: the text that shall stand, or null for what the server holds. */
  async resolve(text) {
    const { path, theirs } = this.#now.conflict;
    this.#pending.delete(path);
    if (theirs) this.#bases.set(path, theirs.sha256);
    else this.#bases.delete(path);
    this.#become({ conflict: null });
    if (text !== null) {
      this.#show(path, text);
      this.#pending.set(path, { edits: [], length: text.length, whole: true, sent: [] });
    } else if (theirs?.text != null) this.#show(path, theirs.text);
    const isSaved = await this.flush();
    await this.reload();
    return isSaved;
  }

  /** Fetch what the server knows now; files that are being edited here keep what they were made upon. */
  async reload() {
    const answer = await send("GET", this.#address(""));
    if (answer.ok) await this.#take(answer.body);
  }

  async older() {
    const answer = await send("GET", this.#address(`/versions?cursor=${this.#now.cursor}`));
    if (answer.ok) this.#become({ versions: [...this.#now.versions, ...answer.body.items], cursor: answer.body.next_cursor });
  }

  async #take({ project, files, versions, versions_cursor: cursor }) {
    const last = versions.at(-1)?.number ?? 0;
    const older = this.#now.versions.filter((one) => one.number < last);
    await this.#follow(files);
    this.#become({ project, files, versions: [...versions, ...older], cursor: older.length ? this.#now.cursor : cursor, news: this.#now.news + 1 });
  }

  #took({ revision, entry, files }) {
    this.#become({ project: { ...this.#now.project, draft_revision: revision, entry }, files, savedAt: new Date() });
    return this.#follow(files);
  }

  /** Show what was changed elsewhere in files that are not being edited here. */
  async #follow(files) {
    const known = new Set(files.map((one) => one.path));
    for (const path of [...this.#bases.keys()]) {
      if (known.has(path) || this.#isChanging(path)) continue;
      this.#bases.delete(path);
      this.#texts.delete(path);
      this.editor()?.forget(path);
    }
    const stale = files.filter((one) => isText(one) && !this.#isChanging(one.path) && (this.#bases.has(one.path) ? this.#bases.get(one.path) !== one.sha256 : isSource(one.path)));
    await Promise.all(stale.map((one) => this.#load(one.path)));
  }

  async #load(path) {
    const base = this.#bases.get(path);
    const answer = await send("GET", this.#address(`/draft/file?path=${encodeURIComponent(path)}`));
    if (!answer.ok || this.#isChanging(path) || this.#bases.get(path) !== base) return; // older than what was saved meanwhile
    this.#bases.set(path, answer.body.sha256);
    this.#show(path, answer.body.text ?? "");
  }

  #show(path, text) {
    this.#texts.set(path, text);
    this.editor()?.replace(path, text);
  }

  async #hear(data) {
    if ((data && data.id !== this.id) || this.#now.phase !== "open") return;
    await this.#running;
    const isOurs = data && Object.keys(data).length === 2 && data.revision <= this.#now.project.draft_revision;
    if (isOurs) return;
    clearTimeout(this.#reloading);
    this.#reloading = setTimeout(() => this.reload(), RELOAD_AFTER_MS);
  }

  #isChanging(path) {
    return this.#pending.has(path) || this.#sending.has(path);
  }

  #address(rest) {
    return `/api/ea/projects/${this.id}${rest}`;
  }

  #become(part) {
    this.#now = { ...this.#now, ...part };
    for (const listener of this.#listeners) listener();
  }
}

/** The draft of a project while the component that asks for it is shown: [draft, what is known of it]. */
export function useDraft(id, editor) {
  const [draft] = useState(() => new Draft(id, editor));
  const now = useSyncExternalStore(draft.subscribe, draft.snapshot, draft.snapshot);
  useEffect(() => draft.start(), [draft]);
  return [draft, now];
}
