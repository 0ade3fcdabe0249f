// Monaco with the features the editor uses, its worker, and the language. A chunk of its own, loaded on demand.
import * as monaco from "monaco-editor/editor/editor.api";
import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/caretOperations/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/codeAction/register";
import "monaco-editor/features/codeEditor/register";
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/comment/register";
import "monaco-editor/features/cursorUndo/register";
import "monaco-editor/features/documentSymbols/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/format/register";
import "monaco-editor/features/gotoError/register";
import "monaco-editor/features/gotoLine/register";
import "monaco-editor/features/gotoSymbol/register";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/indentation/register";
import "monaco-editor/features/lineSelection/register";
import "monaco-editor/features/linesOperations/register";
import "monaco-editor/features/multicursor/register";
import "monaco-editor/features/parameterHints/register";
import "monaco-editor/features/quickCommand/register";
import "monaco-editor/features/quickOutline/register";
import "monaco-editor/features/smartSelect/register";
import "monaco-editor/features/snippet/register";
import "monaco-editor/features/toggleTabFocusMode/register";
import "monaco-editor/features/tokenization/register";
import "monaco-editor/features/wordHighlighter/register";
import "monaco-editor/features/wordOperations/register";
// What the list of features leaves out and only the whole editor would bring.
import "monaco-editor/editor/browser/coreCommands";
import "monaco-editor/editor/contrib/caretOperations/browser/caretOperations";
import "monaco-editor/editor/contrib/find/browser/findController";
import "monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands";
import "monaco-editor/editor/contrib/suggest/browser/suggestController";
import { DefaultLinesDiffComputer } from "monaco-editor/editor/common/diff/defaultLinesDiffComputer/defaultLinesDiffComputer";
import EditorWorker from "monaco-editor/editor/editor.worker?worker";
import { registerHelp } from "./help.js";
import { isSource, registerLanguage } from "./mql5.js";
import { followTheme } from "./theme.js";

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
registerLanguage(monaco);
registerHelp(monaco);
followTheme(monaco);

export { monaco };
export { watch } from "./findings.js";

/** A document. What is no source is plain text. */
export function create(name, text) {
  return monaco.editor.createModel(text, isSource(name) ? "mql5" : "plaintext", monaco.Uri.from({ scheme: "mql5", path: `/${name}` }));
}

/** An editor inside the element. */
export function open(element, options) {
  return monaco.editor.create(element, { ...options, model: null });
}

/** Two texts to compare inside the element: {show(original, modified), text(), dispose()}. */
export function openDiff(element, options) {
  const editor = monaco.editor.createDiffEditor(element, options);
  const drop = () => {
    const models = editor.getModel();
    editor.setModel(null);
    models?.original.dispose();
    models?.modified.dispose();
  };
  return {
    show: (original, modified) => {
      drop();
      editor.setModel({ original: monaco.editor.createModel(original, "mql5"), modified: monaco.editor.createModel(modified, "mql5") });
    },
    text: () => editor.getModifiedEditor().getValue(),
    dispose: () => {
      drop();
      editor.dispose();
    },
  };
}

const DIFF_LIMIT_MS = 100; // then what is left is compared coarsely

/** The edits that make a document's text another one: only what differs. */
export function differences(model, text) {
  const wanted = text.split(/\r\n|\r|\n/);
  const compared = { ignoreTrimWhitespace: false, maxComputationTimeMs: DIFF_LIMIT_MS, computeMoves: false };
  const { changes } = new DefaultLinesDiffComputer().computeDiff(model.getLinesContent(), wanted, compared);
  return changes.flatMap((change) => change.innerChanges).map(({ originalRange, modifiedRange: { startLineNumber, startColumn, endLineNumber, endColumn } }) => {
    const lines = wanted.slice(startLineNumber - 1, endLineNumber);
    lines[lines.length - 1] = lines[lines.length - 1].slice(0, endColumn - 1);
    lines[0] = lines[0].slice(startColumn - 1);
    return { range: originalRange, text: lines.join(model.getEOL()) };
  });
}

const SEVERITIES = { error: "Error", warning: "Warning" };

/** Underline what the compiler said of a document, until it is told anew. */
export function stamp(model, findings) {
  const marks = findings.map(({ line, column, message, code, severity }) => {
    const word = model.getWordAtPosition({ lineNumber: Math.min(line, model.getLineCount()), column });
    const end = word?.endColumn ?? column + 1;
    return { startLineNumber: line, startColumn: column, endLineNumber: line, endColumn: end, message, code, source: "Compiler", severity: monaco.MarkerSeverity[SEVERITIES[severity] ?? "Info"] };
  });
  monaco.editor.setModelMarkers(model, "compiler", marks);
}

/** Make the edits of a quick fix, as one step of undo. */
export function apply(editor, edits) {
  editor.pushUndoStop();
  editor.executeEdits("fix", edits.map(({ line, column, end_line, end_column, text }) => ({ range: new monaco.Range(line, column, end_line, end_column), text })));
  editor.pushUndoStop();
}
