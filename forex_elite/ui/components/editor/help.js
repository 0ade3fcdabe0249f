// Completions, hover, signatures, outline, definitions, formatting and quick fixes: Monaco asks, the server answers.
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { contexts, markWith } from "./findings.js";

const LANGUAGE = "mql5";

const COMPLETION_KINDS = {
  function: "Function", method: "Method", variable: "Variable", member: "Field", constant: "Constant", enum: "Enum", class: "Class",
  keyword: "Keyword", event: "Event", snippet: "Snippet",
};
const SYMBOL_KINDS = {
  function: "Function", event: "Event", variable: "Variable", input: "Property", constant: "Constant", class: "Class", struct: "Struct",
  interface: "Interface", union: "Struct", enum: "Enum", namespace: "Namespace", typedef: "TypeParameter",
};

/** Ask about a model; one that is in no project, such as a side of a comparison, stands alone. Null for no answer. */
async function ask(route, model, more, token) {
  const alone = (_, told, signal) => send("POST", `/api/mql5/${route}`, { text: model.getValue(), ...told }, signal);
  const context = contexts.get(model.uri.toString()) ?? { ask: alone };
  const gone = new AbortController();
  const listening = token?.onCancellationRequested?.(() => gone.abort());
  const answer = await context.ask(route, more, gone.signal);
  listening?.dispose();
  return answer.ok ? answer.body : null;
}

const at = ({ lineNumber, column }) => ({ line: lineNumber, column });

function completion(monaco, one, index, range) {
  const kind = monaco.languages.CompletionItemKind[COMPLETION_KINDS[one.kind] ?? "Text"];
  const item = { label: one.name, kind, detail: one.detail, documentation: one.summary, sortText: String(index).padStart(4, "0"), range, insertText: one.name };
  if (one.kind === "event" && one.detail) return { ...item, insertText: `${one.detail}\n  {\n   $0\n  }`, insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet };
  if (!one.insert?.endsWith("(")) return { ...item, insertText: one.insert || one.name };
  return {
    ...item,
    insertText: `${one.insert}$0)`,
    insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    command: { id: "editor.action.triggerParameterHints", title: "" },
  };
}

let names = null;

/** The names of the language itself, asked for once. */
function standardNames() {
  names ??= send("GET", "/api/mql5/names").then((answer) => {
    if (!answer.ok) names = null;
    return answer.ok ? answer.body.items : [];
  });
  return names;
}

/**
 * Whether Monaco can ever show a name once `first` was typed: that letter must begin the name or a part of it. What cannot
 * be shown is left out here, because thousands of names in a list would make letters wait.
 */
function canFit(name, first) {
  for (let at = 0; at < name.length; at += 1) {
    if (name[at].toLowerCase() !== first) continue;
    const isCapital = name[at] !== first;
    const before = name[at - 1] ?? "_";
    if (first === "_" || before === "_" || before === ":" || (isCapital && before === before.toLowerCase())) return true;
  }
  return false;
}

/**
 * The list is whole, so Monaco narrows it down by itself while letters follow. Asking anew with each letter instead would
 * leave the list of before on show until the answer comes, and Enter would take what no longer fits.
 */
function completions(monaco) {
  return {
    triggerCharacters: [".", ":"],
    async provideCompletionItems(model, position, _, token) {
      const word = model.getWordUntilPosition(position);
      const [answer, standard] = await Promise.all([ask("complete", model, { ...at(position), standard: false }, token), standardNames()]);
      if (!answer || token.isCancellationRequested) return { suggestions: [] };
      const own = new Set(answer.items.map(({ name }) => name));
      const first = word.word.slice(0, 1).toLowerCase();
      const fitting = answer.takes_standard ? standard.filter(({ name }) => !own.has(name) && (!first || canFit(name, first))) : [];
      const offered = [...answer.items, ...fitting];
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      return { suggestions: offered.map((one, index) => completion(monaco, one, index, range)) };
    },
  };
}

function hovers(monaco) {
  return {
    async provideHover(model, position, token) {
      const told = await ask("hover", model, at(position), token);
      if (!told) return null;
      const contents = [{ value: `\`\`\`mql5\n${told.declaration}\n\`\`\`` }];
      if (told.summary) contents.push({ value: told.summary });
      return { contents, range: new monaco.Range(told.line, told.column, told.line, told.end_column) };
    },
  };
}

function signatures() {
  return {
    signatureHelpTriggerCharacters: ["(", ","],
    signatureHelpRetriggerCharacters: [")"],
    async provideSignatureHelp(model, position, token) {
      const answer = await ask("signature", model, at(position), token);
      if (!answer?.items.length) return null;
      const forms = answer.items.map((one) => ({ label: one.label, documentation: one.summary, parameters: one.parameters.map((label) => ({ label })) }));
      return { value: { signatures: forms, activeSignature: 0, activeParameter: answer.items[0].active }, dispose: () => {} };
    },
  };
}

function symbol(monaco, model, one) {
  const last = Math.min(Math.max(one.end_line, one.line), model.getLineCount());
  const name = new monaco.Range(one.line, one.column, one.line, one.column + one.name.length);
  return {
    name: one.name, detail: one.detail, kind: monaco.languages.SymbolKind[SYMBOL_KINDS[one.kind] ?? "Field"], tags: [], selectionRange: name,
    range: new monaco.Range(one.line, one.column, last, model.getLineMaxColumn(last)).plusRange(name), children: one.children.map((below) => symbol(monaco, model, below)),
  };
}

function symbols(monaco) {
  return {
    async provideDocumentSymbols(model, token) {
      const answer = await ask("outline", model, {}, token);
      return (answer?.items ?? []).map((one) => symbol(monaco, model, one));
    },
  };
}

function definitions(monaco) {
  return {
    async provideDefinition(model, position, token) {
      const found = await ask("definition", model, at(position), token);
      if (!found) return null;
      const context = contexts.get(model.uri.toString());
      const here = { lineNumber: found.line, column: found.column };
      if (found.file === context?.name) return { uri: model.uri, range: monaco.Range.fromPositions(here) };
      if (isGoing) context?.elsewhere(found);
      return null;
    },
  };
}

/** Monaco asks for definitions also while the pointer hovers with Ctrl held; only a key or click may leave the file. */
let isGoing = false;
const going = () => {
  isGoing = true;
  setTimeout(() => { isGoing = false; }, 1500);
};

function formatter() {
  return {
    async provideDocumentFormattingEdits(model, _, token) {
      const answer = await ask("format", model, {}, token);
      return answer && answer.text !== model.getValue() ? [{ range: model.getFullModelRange(), text: answer.text }] : [];
    },
  };
}

function quickFixes(monaco) {
  return {
    provideCodeActions(model, range, context) {
      const findings = contexts.get(model.uri.toString())?.findings ?? [];
      const near = findings.filter((one) => one.fixes.length && range.intersectRanges(new monaco.Range(one.line, one.column, one.end_line, one.end_column)));
      const actions = near.flatMap((finding) => finding.fixes.map((fix) => ({
        title: fix.title,
        kind: "quickfix",
        isPreferred: true,
        diagnostics: context.markers.filter((mark) => mark.startLineNumber === finding.line && mark.startColumn === finding.column),
        edit: { edits: fix.edits.map((edit) => ({ resource: model.uri, versionId: undefined, textEdit: { range: new monaco.Range(edit.line, edit.column, edit.end_line, edit.end_column), text: edit.text } })) },
      })));
      return { actions, dispose: () => {} };
    },
  };
}

function marks(monaco) {
  const severity = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning, hint: monaco.MarkerSeverity.Info };
  return (model, findings) => {
    const name = contexts.get(model.uri.toString())?.name;
    const here = findings.filter((one) => one.file === name).map((one) => ({
      startLineNumber: one.line, startColumn: one.column, endLineNumber: one.end_line, endColumn: Math.max(one.end_column, one.column + 1),
      severity: severity[one.severity], message: one.why ? `${one.message}\n${one.why}` : one.message, code: one.code, source: one.code.startsWith("trade") ? "Advice" : "MQL5",
    }));
    monaco.editor.setModelMarkers(model, "mql5", here);
  };
}

/** Register everything once. */
export function registerHelp(monaco) {
  const { languages } = monaco;
  standardNames();
  markWith(marks(monaco));
  languages.registerCompletionItemProvider(LANGUAGE, completions(monaco));
  languages.registerHoverProvider(LANGUAGE, hovers(monaco));
  languages.registerSignatureHelpProvider(LANGUAGE, signatures());
  languages.registerDocumentSymbolProvider(LANGUAGE, symbols(monaco));
  languages.registerDefinitionProvider(LANGUAGE, definitions(monaco));
  languages.registerDocumentFormattingEditProvider(LANGUAGE, formatter());
  languages.registerCodeActionProvider(LANGUAGE, quickFixes(monaco));
  window.addEventListener("keydown", (event) => (event.key === "F12" || (event.altKey && event.code === "KeyG")) && going(), true);
  window.addEventListener("mousedown", (event) => (event.ctrlKey || event.metaKey) && going(), true);
}
