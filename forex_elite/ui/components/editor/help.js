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

/** A proposal as Monaco wants it, but for the range it replaces; `order` sorts those that fit equally well. */
function completion(monaco, one, order) {
  const kind = monaco.languages.CompletionItemKind[COMPLETION_KINDS[one.kind] ?? "Text"];
  const item = { label: one.name, kind, detail: one.detail, documentation: one.summary, sortText: order, insertText: one.insert || one.name };
  const insertTextRules = monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet;
  if (one.kind === "event" && one.detail) return { ...item, insertText: `${one.detail}\n  {\n   $0\n  }`, insertTextRules };
  if (!one.insert?.endsWith("(")) return item;
  return { ...item, insertText: `${one.insert}$0)`, insertTextRules, command: { id: "editor.action.triggerParameterHints", title: "" } };
}

const inOrder = (monaco, items, group) =>
  items.map((one, index) => ({ name: one.name, low: one.name.toLowerCase(), suggestion: completion(monaco, one, group + String(index).padStart(4, "0")) }));

let names = null;

/** The names of the language itself as proposals, asked for once. */
function standardNames(monaco) {
  names ??= send("GET", "/api/mql5/names").then((answer) => {
    if (!answer.ok) names = null;
    return answer.ok ? inOrder(monaco, answer.body.items, "1") : [];
  });
  return names;
}

/**
 * Whether Monaco would show a name for what was typed: its letters follow one another in the name, the first one where a part
 * of the name begins; a single letter begins the name itself. What cannot be shown is left out here, because thousands of
 * names in a list would make letters wait.
 */
function fits({ name, low }, typed) {
  if (typed.length < 2) return low.startsWith(typed);
  for (let first = low.indexOf(typed[0]); first >= 0; first = low.indexOf(typed[0], first + 1)) {
    const before = name[first - 1] ?? "_";
    const isCapital = name[first] !== low[first];
    if (typed[0] !== "_" && before !== "_" && before !== ":" && !(isCapital && before === before.toLowerCase())) continue;
    let at = first;
    for (let letter = 1; letter < typed.length && at >= 0; letter += 1) at = low.indexOf(typed[letter], at + 1);
    return at >= 0; // where a later part begins, fewer letters follow
  }
  return false;
}

/** The word that a place is in: what of it lies before the place, and where that begins. */
function wordAt(model, position) {
  const { word, startColumn } = model.getWordUntilPosition(position);
  const whole = model.getWordAtPosition(position)?.word ?? word;
  return { typed: word.toLowerCase(), startColumn, rest: whole.slice(word.length), aroundIt: model.getValueLength() - whole.length };
}

const fitting = (list, typed) => list.items.filter((one) => fits(one, typed));
const isAlike = (some, others) => some.length === others.length && some.every(({ name }, index) => name === others[index].name);

/**
 * The server is asked once for a word: while its letters follow, the answer is narrowed down here, at once. The list is told
 * to be incomplete, so that Monaco comes back with each letter and never handles more than what fits the word as it stands.
 * Where the server had more names than it told, it is asked again meanwhile, and the list is made anew where that
 * makes a difference.
 */
function completions(monaco) {
  let last = null; // the newest answer, and the word it was for
  let meanwhile = null; // what ends the question that is asked while a list is shown

  const isOf = (model, position, word) =>
    last?.model === model && last.lineNumber === position.lineNumber && last.startColumn === word.startColumn && last.aroundIt === word.aroundIt && word.typed.startsWith(last.typed);

  /** What the server says; null for no answer. */
  async function look(model, position, word, token) {
    const [answer, standard] = await Promise.all([ask("complete", model, { ...at(position), standard: false }, token), standardNames(monaco)]);
    if (!answer || token?.isCancellationRequested || model.isDisposed()) return null;
    const own = new Set(answer.items.map(({ name }) => name));
    const items = [...inOrder(monaco, answer.items, "0"), ...(answer.takes_standard ? standard.filter(({ name }) => !own.has(name)) : [])];
    return { model, lineNumber: position.lineNumber, items, isCut: answer.is_cut, isAsking: false, ...word };
  }

  async function askMeanwhile(model, position, word) {
    const shown = last;
    if (shown.isAsking) return;
    shown.isAsking = true;
    meanwhile = new monaco.CancellationTokenSource();
    const found = await look(model, position, word, meanwhile.token);
    shown.isAsking = false;
    if (!found || last !== shown) return; // the next letter asks again; or another word was begun
    last = found;
    const editor = monaco.editor.getEditors().find((one) => one.getModel() === model && one.hasTextFocus());
    const caret = editor?.getPosition();
    const now = caret && wordAt(model, caret);
    if (!now || !isOf(model, caret, now)) return;
    if (!isAlike(fitting(shown, now.typed), fitting(found, now.typed))) editor.trigger("mql5", "editor.action.triggerSuggest", { auto: true });
    else if (found.isCut && now.typed !== found.typed) askMeanwhile(model, caret, now);
  }

  return {
    triggerCharacters: [".", ":"],
    async provideCompletionItems(model, position, _, token) {
      const word = wordAt(model, position);
      const isKnown = isOf(model, position, word) && !(last.isCut && !last.items.some((one) => fits(one, word.typed)));
      if (!isKnown) {
        meanwhile?.cancel();
        last = (await look(model, position, word, token)) ?? last;
      }
      if (model.isDisposed() || !isOf(model, position, word)) return { suggestions: [] };
      if (last.isCut && word.typed !== last.typed) askMeanwhile(model, position, word);
      const now = model.getWordAtPosition({ lineNumber: position.lineNumber, column: word.startColumn })?.word ?? "";
      const typed = now.endsWith(word.rest) ? now.slice(0, now.length - word.rest.length).toLowerCase() : word.typed;
      const found = fitting(last, typed);
      if (typed.length > word.typed.length) found.length = Math.min(found.length, 1); // Monaco comes back at once for the new letters
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, position.column);
      return { incomplete: true, suggestions: found.map(({ suggestion }) => ({ ...suggestion, range })) };
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
  standardNames(monaco);
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
