// Questions to the language about texts. The first one carries them whole; once the server says it holds them, only what
// changed travels. Where it does not hold them any more, they are told whole again.
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { append, MOST_EDITS } from "./edits.js";

const HAS_MOVED_ON = new Set(["mql5-text-unknown", "edit-out-of-range", "invalid-input"]);

/**
 * The texts of an editor as the server knows them. `read(path)` gives a whole text; `isOpen(path)`: whether its edits are
 * told here by `edit`. Other texts are compared with what was told.
 */
export class Questions {
  #texts = new Map(); // path → {sha256, edits, first, sealed, length, whole}: `first` counts the edits before the log

  constructor(read, isOpen) {
    this.read = read;
    this.isOpen = isOpen;
  }

  /** What was typed in an open document, and how long it is now; null: the whole text is another one. */
  edit(path, edits, length) {
    const known = this.#texts.get(path);
    if (!known) return;
    if (edits) append(known.edits, edits, known.sealed - known.first);
    known.length = length;
    if (!edits || known.edits.length > MOST_EDITS) this.forget(path);
  }

  /** Tell it whole the next time. */
  forget(path) {
    this.#texts.delete(path);
  }

  /** Ask about `path` with the other files `beside`; resolves to the answer of `send`. */
  async ask(route, path, beside = [], more = {}, signal = undefined) {
    for (let turn = 1; ; turn += 1) {
      const told = new Map();
      const text = this.#told(path, told);
      const files = Object.fromEntries(beside.map((one) => [one, this.#told(one, told)]));
      const answer = await send("POST", `/api/mql5/${route}`, { document: path, text, files, ...more }, signal);
      if (answer.ok && answer.body?.held) this.#heard(told, answer.body.held);
      const wasWhole = [...told.values()].every(({ isWhole }) => isWhole);
      if (answer.ok || signal?.aborted || wasWhole || turn > 1 || !HAS_MOVED_ON.has(answer.body.code)) return answer;
      for (const one of told.keys()) this.forget(one);
    }
  }

  #told(path, told) {
    const isOpen = this.isOpen(path);
    const whole = isOpen ? null : this.read(path);
    let known = this.#texts.get(path);
    if (known && known.whole !== whole) known = undefined;
    if (!known) {
      known = { sha256: null, edits: [], first: 0, sealed: 0, length: undefined, whole };
      this.#texts.set(path, known);
    }
    const { sha256, edits, length } = known;
    known.sealed = known.first + edits.length;
    told.set(path, { known, upTo: known.sealed, isWhole: sha256 === null });
    if (sha256 === null) return whole ?? this.read(path);
    return edits.length ? { base_sha256: sha256, edits, length } : { base_sha256: sha256 };
  }

  #heard(told, held) {
    for (const [path, { known, upTo }] of told) {
      if (this.#texts.get(path) !== known || upTo < known.first || !held[path]) continue;
      known.edits.splice(0, upTo - known.first);
      known.first = upTo;
      known.sha256 = held[path];
    }
  }
}
