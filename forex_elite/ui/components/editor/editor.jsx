// The MQL5 editor. Monaco is loaded when the first editor appears, so other pages do not carry it.
//
//   <Editor
//     name="London.mq5"          the document that is shown: each has its own undo, caret and findings; empty for none
//     read={(name) => text}      its text as it stands
//     beside={(name) => […]}     the paths of the other sources of its project, for #include; `read` gives their texts
//     onEdit={(name, edits, length) => …}  what was typed: [{offset, length, text}], each upon what the one before left, and
//                                how long the text is now; edits are null when only the whole text tells it
//     onFindings={(state) => …}  {phase: "checking"|"checked"|"failed"|"none", findings, problem, took, at}; see findings.js
//     onCaret={(place) => …}     {line, column}, from 1
//     onClose={(name, text) => …} a document goes away with the editor
//     onElsewhere={(place) => …} go to definition into {file, line, column} of another file
//     commands={[{ id, label, keys: (monaco) => […], run }]}
//     readOnly label ref={handle}
//   />
//
// The handle: text(name), replace(name, text), forget(name), reveal(line, column), apply(edits), format(), focus(), check(),
// mark(findings), ask(route, name, signal).
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { Questions } from "./questions.js";

const OPTIONS = {
  language: "mql5",
  theme: "forex-elite",
  automaticLayout: true,
  fixedOverflowWidgets: true,
  // switched on where there is room: see fitMinimap; MQL5 knows no named sections, which would be looked for after each letter
  minimap: { enabled: false, renderCharacters: false, maxColumn: 80, showRegionSectionHeaders: false, showMarkSectionHeaders: false },
  fontSize: 12.5,
  lineHeight: 20,
  fontLigatures: false,
  rulers: [110],
  tabSize: 3,
  insertSpaces: true,
  detectIndentation: false,
  scrollBeyondLastLine: false,
  renderLineHighlight: "all",
  lineNumbersMinChars: 4,
  lineDecorationsWidth: 10,
  padding: { top: 6, bottom: 6 },
  bracketPairColorization: { enabled: true, independentColorPoolPerBracketType: false },
  guides: { indentation: true },
  stickyScroll: { enabled: false },
  wordBasedSuggestions: "off",
  suggest: { showStatusBar: false, preview: false, filterGraceful: false },
  quickSuggestions: { other: true, comments: false, strings: false },
  suggestSelection: "first",
  smoothScrolling: false,
  unicodeHighlight: { ambiguousCharacters: false },
  accessibilitySupport: "auto",
  overviewRulerBorder: false,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
};

/** What is asked of a file alone: what it includes makes no difference. */
const OF_ONE_FILE = new Set(["outline", "format"]);

/** What ends a word, but for what calls for members: then nothing that was proposed fits any more. */
const ENDS_WORD = /[^\w.:]$/;

export function Editor({ name, read, beside, readOnly = false, label = "Source code", commands = [], onEdit, onClose, onFindings, onCaret, onElsewhere, ref }) {
  const box = useRef(null);
  const made = useRef(null);
  const latest = useRef({});
  const [questions] = useState(() => new Questions((path) => latest.current.read(path), (path) => made.current?.documents.has(path) ?? false));
  const [failed, setFailed] = useState("");
  const [ready, setReady] = useState(false);
  const ask = (route, path, more, signal) => questions.ask(route, path, OF_ONE_FILE.has(route) ? [] : latest.current.beside?.(path), more, signal);
  latest.current = { read, beside, commands, onEdit, onClose, onFindings, onCaret, onElsewhere };

  useEffect(() => {
    let gone = false;
    import("./monaco.js").then(
      (module) => {
        if (gone) return;
        const editor = module.open(box.current, { ...OPTIONS, readOnly, ariaLabel: label, fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono") });
        made.current = { ...module, editor, documents: new Map(), watched: null, marks: [], questions };
        editor.onDidChangeCursorPosition(({ position }) => latest.current.onCaret?.({ line: position.lineNumber, column: position.column }));
        fitMinimap(editor);
        takeKeysOfMetaEditor(module.monaco, editor);
        editor.onDidType((text) => ENDS_WORD.test(text) && editor.trigger("mql5", "hideSuggestWidget", {}));
        for (const { id, label: words, keys } of latest.current.commands) {
          editor.addAction({ id, label: words, keybindings: keys?.(module.monaco) ?? [], run: () => latest.current.commands.find((one) => one.id === id)?.run() });
        }
        setReady(true);
      },
      () => !gone && setFailed("The editor could not be loaded. Check the connection and reload the page."),
    );
    return () => {
      gone = true;
      made.current?.watched?.stop();
      made.current?.documents.forEach(({ model }, path) => {
        latest.current.onClose?.(path, model.getValue());
        model.dispose();
      });
      made.current?.editor.dispose();
      made.current = null;
    };
  }, []);

  useEffect(() => {
    const now = made.current;
    if (!ready || !now) return undefined;
    const { editor, documents } = now;
    if (!name) {
      now.watched?.stop();
      editor.setModel(null);
      return undefined;
    }
    const entry = documents.get(name) ?? opened(now, name, latest);
    now.watched?.stop();
    now.watched = now.watch(entry.model, {
      name,
      ask: (route, more, signal) => ask(route, name, more, signal),
      tell: (state) => latest.current.onFindings?.(state),
      elsewhere: (place) => latest.current.onElsewhere?.(place),
    });
    editor.setModel(entry.model);
    editor.restoreViewState(entry.view ?? null);
    const { lineNumber, column } = editor.getPosition();
    latest.current.onCaret?.({ line: lineNumber, column });
    return () => {
      entry.view = editor.saveViewState();
    };
  }, [ready, name]);

  useEffect(() => made.current?.editor.updateOptions({ readOnly }), [readOnly, ready]);
  useEffect(() => made.current?.editor.updateOptions({ ariaLabel: label }), [label, ready]);

  useImperativeHandle(ref, () => ({
    text: (path) => made.current?.documents.get(path)?.model.getValue(),
    replace: (path, text) => replaced(made.current, made.current?.documents.get(path), text),
    forget: (path) => {
      const entry = made.current?.documents.get(path);
      if (!entry) return;
      made.current.documents.delete(path);
      questions.forget(path);
      if (made.current.editor.getModel() === entry.model) made.current.editor.setModel(null);
      entry.model.dispose();
    },
    mark: (findings) => {
      if (!made.current) return;
      made.current.marks = findings;
      made.current.documents.forEach((entry, path) => marked(made.current, entry, findings.filter((one) => one.file === path)));
    },
    ask: (route, path, signal) => ask(route, path, {}, signal),
    focus: () => made.current?.editor.focus(),
    check: () => made.current?.watched?.again(),
    format: () => made.current?.editor.getAction("editor.action.formatDocument").run(),
    apply: (edits) => made.current?.apply(made.current.editor, edits),
    reveal: (line, column) => {
      const editor = made.current?.editor;
      if (!editor?.getModel()) return;
      editor.setPosition({ lineNumber: line, column });
      editor.revealLineInCenterIfOutsideViewport(line);
      editor.focus();
    },
  }));

  return (
    <div className="editor">
      <div ref={box} className="editor-box" data-ready={ready && Boolean(name)} />
      {!ready && !failed && <div className="editor-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Loading the editor</div>}
      {failed && <div className="editor-wait" role="alert"><Icon name="alert" size="s" />{failed}</div>}
    </div>
  );
}

/** Keys authors know from MetaEditor, beside the editor's own: Alt+G to a definition, Ctrl+, for the house style. */
function takeKeysOfMetaEditor({ KeyMod, KeyCode }, editor) {
  const also = (id, label, action, key) => editor.addAction({ id, label, keybindings: [key], run: () => editor.getAction(action)?.run() });
  also("studio.definition", "Go to Definition, as in MetaEditor", "editor.action.revealDefinition", KeyMod.Alt | KeyCode.KeyG);
  also("studio.style", "Style, as in MetaEditor", "editor.action.formatDocument", KeyMod.CtrlCmd | KeyCode.Comma);
}

const MINIMAP_FROM_PX = 640;
const MINIMAP_KEY = "editor.minimap";

/** The map of the whole text beside the lines: where the editor is wide enough, unless the person switched it off. */
function fitMinimap(editor) {
  let isOn = false;
  const fit = () => {
    const wanted = editor.getLayoutInfo().width >= MINIMAP_FROM_PX && localStorage.getItem(MINIMAP_KEY) !== "off";
    if (wanted === isOn) return;
    isOn = wanted;
    editor.updateOptions({ minimap: { enabled: wanted } });
  };
  editor.onDidLayoutChange(fit);
  editor.addAction({
    id: "studio.minimap",
    label: "Minimap: Show or Hide",
    run: () => {
      localStorage.setItem(MINIMAP_KEY, localStorage.getItem(MINIMAP_KEY) === "off" ? "on" : "off");
      fit();
    },
  });
  fit();
}

/** A document that is shown for the first time; from now on its edits are told. */
function opened(now, name, latest) {
  const entry = { model: now.create(name, latest.current.read(name)), isReplacing: false, marks: [] };
  entry.model.onDidChangeContent((event) => {
    if (entry.marks.length > 0) marked(now, entry, moved(entry.marks, event.changes));
    const changes = event.changes.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, length: rangeLength, text }));
    changes.sort((one, other) => other.offset - one.offset);
    const edits = event.isEolChange || event.isFlush || entry.isReplacing ? null : changes;
    const length = entry.model.getValueLength();
    now.questions.edit(name, edits, length);
    if (!entry.isReplacing) latest.current.onEdit?.(name, edits, length);
  });
  now.documents.set(name, entry);
  now.questions.forget(name); // an editor's line ends may be others than the file's
  marked(now, entry, now.marks.filter((one) => one.file === name));
  return entry;
}

/** Underline what the compiler said of a document. */
function marked(now, entry, marks) {
  entry.marks = marks;
  now.stamp(entry.model, marks);
}

/** What the compiler said, at the lines where its words are now; of a line that was changed it says nothing any more. */
function moved(marks, changes) {
  return changes.reduce((left, { range, text }) => {
    const added = text.split("\n").length - 1 - (range.endLineNumber - range.startLineNumber);
    const kept = left.filter(({ line }) => line < range.startLineNumber || line > range.endLineNumber);
    return kept.map((one) => (one.line > range.endLineNumber ? { ...one, line: one.line + added } : one));
  }, marks);
}

const linesOf = (text) => text.replace(/\r\n?/g, "\n");

/** Put another text into a document, changing only what differs, so that carets stay where they are; undo brings it back. */
function replaced(now, entry, text) {
  if (!entry || entry.model.getValue() === text) return;
  entry.isReplacing = true;
  entry.model.pushStackElement();
  entry.model.pushEditOperations([], now.differences(entry.model, text), () => null);
  if (linesOf(entry.model.getValue()) !== linesOf(text)) entry.model.setValue(text); // whatever a comparison may have missed
  entry.model.pushStackElement();
  entry.isReplacing = false;
}
