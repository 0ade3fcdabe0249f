// The MQL5 editor. Monaco is loaded when the first editor appears, so other pages do not carry it.
//
//   <Editor
//     name="London.mq5"          the document that is shown: each has its own undo, caret and findings; empty for none
//     read={(name) => text}      its text, asked once, when it is first shown
//     files={(name) => ({…})}    the other sources of its project by path, for #include
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
// mark(findings).
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const OPTIONS = {
  language: "mql5",
  theme: "forex-elite",
  automaticLayout: true,
  fixedOverflowWidgets: true,
  minimap: { enabled: false },
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
  bracketPairColorization: { enabled: false },
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

/** What ends a word, but for what calls for members: then nothing that was proposed fits any more. */
const ENDS_WORD = /[^\w.:]$/;

export function Editor({ name, read, files, readOnly = false, label = "Source code", commands = [], onEdit, onClose, onFindings, onCaret, onElsewhere, ref }) {
  const box = useRef(null);
  const made = useRef(null);
  const latest = useRef({});
  const [failed, setFailed] = useState("");
  const [ready, setReady] = useState(false);
  latest.current = { read, files, commands, onEdit, onClose, onFindings, onCaret, onElsewhere };

  useEffect(() => {
    let gone = false;
    import("./monaco.js").then(
      (module) => {
        if (gone) return;
        const editor = module.open(box.current, { ...OPTIONS, readOnly, ariaLabel: label, fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono") });
        made.current = { ...module, editor, documents: new Map(), watched: null, marks: [] };
        editor.onDidChangeCursorPosition(({ position }) => latest.current.onCaret?.({ line: position.lineNumber, column: position.column }));
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
      files: () => latest.current.files?.(name) ?? {},
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
    replace: (path, text) => replaced(made.current?.documents.get(path), text),
    forget: (path) => {
      const entry = made.current?.documents.get(path);
      if (!entry) return;
      made.current.documents.delete(path);
      if (made.current.editor.getModel() === entry.model) made.current.editor.setModel(null);
      entry.model.dispose();
    },
    mark: (findings) => {
      if (!made.current) return;
      made.current.marks = findings;
      made.current.documents.forEach((entry, path) => marked(made.current, entry, findings.filter((one) => one.file === path)));
    },
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

/** A document that is shown for the first time; from now on its edits are told. */
function opened(now, name, latest) {
  const entry = { model: now.create(name, latest.current.read(name)), isReplacing: false, marks: [] };
  entry.model.onDidChangeContent((event) => {
    if (entry.marks.length > 0) marked(now, entry, moved(entry.marks, event.changes));
    if (entry.isReplacing) return;
    const edits = event.changes.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, length: rangeLength, text }));
    edits.sort((one, other) => other.offset - one.offset);
    latest.current.onEdit?.(name, event.isEolChange || event.isFlush ? null : edits, entry.model.getValueLength());
  });
  now.documents.set(name, entry);
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

/** Put another text into a document; undo brings the one of before back. */
function replaced(entry, text) {
  if (!entry || entry.model.getValue() === text) return;
  entry.isReplacing = true;
  entry.model.pushStackElement();
  entry.model.pushEditOperations([], [{ range: entry.model.getFullModelRange(), text }], () => null);
  entry.model.pushStackElement();
  entry.isReplacing = false;
}
