// The MQL5 editor. Monaco is loaded when the first editor appears, so other pages do not carry it.
//
//   <Editor
//     name="London.mq5"         the document: its own undo, caret and findings; another name shows another document
//     value={text}              its text; a value that is not what was typed last replaces the text (undo keeps it)
//     files={{ "a.mqh": "…" }}  the other files of its project, for #include
//     onChange={(text) => …}    after every edit
//     onFindings={(state) => …} {phase: "checking"|"checked"|"failed", findings, problem, took, at}; see findings.js
//     onCaret={(place) => …}    {line, column}, from 1
//     onElsewhere={(place) => …} go to definition into {file, line, column} of another file
//     commands={[{ id, label, keys: (monaco) => […], run }]}
//     readOnly label ref={handle}
//   />
//
// The handle: reveal(line, column), apply(edits), format(), focus(), check(), text().
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
  suggest: { showStatusBar: false, preview: false },
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

export function Editor({ name, value = "", files, readOnly = false, label = "Source code", commands = [], onChange, onFindings, onCaret, onElsewhere, ref }) {
  const box = useRef(null);
  const made = useRef(null);
  const latest = useRef({});
  const [failed, setFailed] = useState("");
  const [ready, setReady] = useState(false);
  latest.current = { files: files ?? {}, onChange, onFindings, onCaret, onElsewhere };

  useEffect(() => {
    let gone = false;
    import("./monaco.js").then(
      (module) => {
        if (gone) return;
        const editor = module.open(box.current, { ...OPTIONS, readOnly, ariaLabel: label, fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono") });
        made.current = { ...module, editor, documents: new Map(), watched: null };
        editor.onDidChangeCursorPosition(({ position }) => latest.current.onCaret?.({ line: position.lineNumber, column: position.column }));
        editor.onDidType((text) => ENDS_WORD.test(text) && editor.trigger("mql5", "hideSuggestWidget", {}));
        for (const { id, label: words, keys, run } of commands) editor.addAction({ id, label: words, keybindings: keys?.(module.monaco) ?? [], run });
        setReady(true);
      },
      () => !gone && setFailed("The editor could not be loaded. Check the connection and reload the page."),
    );
    return () => {
      gone = true;
      made.current?.watched?.stop();
      made.current?.documents.forEach(({ model }) => model.dispose());
      made.current?.editor.dispose();
      made.current = null;
    };
  }, []);

  useEffect(() => {
    const now = made.current;
    if (!ready || !now) return undefined;
    const { editor, documents } = now;
    let entry = documents.get(name);
    if (!entry) {
      entry = { model: now.create(name, value), typed: value, told: new Set() };
      documents.set(name, entry);
    }
    now.watched?.stop();
    now.watched = now.watch(entry.model, {
      name,
      files: () => latest.current.files,
      tell: (state) => latest.current.onFindings?.(state),
      elsewhere: (place) => latest.current.onElsewhere?.(place),
    });
    editor.setModel(entry.model);
    editor.restoreViewState(entry.view ?? null);
    const listening = entry.model.onDidChangeContent(() => {
      entry.typed = entry.model.getValue();
      entry.told.add(entry.typed);
      latest.current.onChange?.(entry.typed);
    });
    const { lineNumber, column } = editor.getPosition();
    latest.current.onCaret?.({ line: lineNumber, column });
    return () => {
      entry.view = editor.saveViewState();
      listening.dispose();
    };
  }, [ready, name]);

  useEffect(() => {
    const entry = made.current?.documents.get(name);
    if (!entry) return;
    const isOurs = entry.told.has(value); // what was told a moment ago comes back while the next letters are typed
    if (entry.typed === value) entry.told.clear();
    if (isOurs || entry.typed === value) return;
    entry.typed = value;
    entry.model.pushEditOperations([], [{ range: entry.model.getFullModelRange(), text: value }], () => null);
  }, [value, name, ready]);

  const fingerprint = Object.entries(files ?? {}).map(([path, text]) => `${path}:${text.length}`).join("|");
  useEffect(() => made.current?.watched?.again(), [fingerprint]);
  useEffect(() => made.current?.editor.updateOptions({ readOnly }), [readOnly]);

  useImperativeHandle(ref, () => ({
    text: () => made.current?.editor.getValue() ?? value,
    focus: () => made.current?.editor.focus(),
    check: () => made.current?.watched?.again(),
    format: () => made.current?.editor.getAction("editor.action.formatDocument").run(),
    apply: (edits) => made.current?.apply(made.current.editor, edits),
    reveal: (line, column) => {
      const editor = made.current?.editor;
      if (!editor) return;
      editor.setPosition({ lineNumber: line, column });
      editor.revealLineInCenterIfOutsideViewport(line);
      editor.focus();
    },
  }));

  return (
    <div className="editor">
      <div ref={box} className="editor-box" data-ready={ready} />
      {!ready && !failed && <div className="editor-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Loading the editor</div>}
      {failed && <div className="editor-wait" role="alert"><Icon name="alert" size="s" />{failed}</div>}
    </div>
  );
}
