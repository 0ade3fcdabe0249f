// How MQL5 is coloured, indented and bracketed. What is right or wrong in it is for the server to say.

const KEYWORDS = [
  "break", "case", "class", "const", "continue", "default", "delete", "do", "else", "enum", "explicit", "export", "extern", "final", "for", "group",
  "if", "input", "interface", "namespace", "new", "operator", "override", "private", "protected", "public", "return", "sinput", "sizeof", "static",
  "struct", "switch", "template", "this", "typedef", "typename", "union", "using", "virtual", "volatile", "while", "dynamic_cast", "pack", "delegate",
];
const TYPES = [
  "void", "bool", "char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "string", "datetime", "color",
  "matrix", "matrixf", "matrixc", "vector", "vectorf", "vectorc", "complex",
];
const CONSTANTS = ["true", "false", "NULL", "EMPTY", "_Symbol", "_Period", "_Point", "_Digits", "_LastError", "_StopFlag", "_UninitReason", "_RandomSeed"];

const GRAMMAR = {
  defaultToken: "",
  keywords: KEYWORDS,
  types: TYPES,
  constants: CONSTANTS,
  tokenizer: {
    root: [
      [/^\s*#\s*(include|import)\b/, { token: "preprocessor", next: "@path" }],
      [/^\s*#\s*\w+/, "preprocessor"],
      [/[DB]'[^']*'/, "number"],
      [/C'[^']*'/, "constant"],
      [/clr[A-Z]\w*/, "constant"],
      [/(ENUM_\w+|Mql[A-Z]\w*)/, "type"],
      [/[A-Z][A-Z0-9]*_[A-Z0-9_]*\b/, "constant"],
      [/(?:class|struct|interface|enum|union)(?=\s)/, { token: "keyword", next: "@named" }],
      [/[a-zA-Z_]\w*(?=\s*\()/, { cases: { "@keywords": "keyword", "@types": "type", "@default": "function" } }],
      [/C[A-Z]\w*/, "type"],
      [/[a-zA-Z_]\w*/, { cases: { "@keywords": "keyword", "@types": "type", "@constants": "constant", "@default": "" } }],
      [/0[xX][0-9a-fA-F]+/, "number"],
      [/\d+(\.\d*)?([eE][-+]?\d+)?[fF]?/, "number"],
      [/\.\d+([eE][-+]?\d+)?[fF]?/, "number"],
      { include: "@space" },
      [/"/, { token: "string", next: "@text" }],
      [/'(?:\\.|[^'\\])*'/, "string"],
      [/[{}()[\]]/, "@brackets"],
      [/[;,.<>=!+\-*/%&|^~?:]/, "delimiter"],
    ],
    named: [[/\s+/, ""], [/\w+/, { token: "type", next: "@pop" }], [/./, { token: "@rematch", next: "@pop" }]],
    path: [[/<[^>]*>?|"[^"]*"?/, { token: "string", next: "@pop" }], [/\s+/, ""], [/$/, { token: "", next: "@pop" }], [/./, { token: "@rematch", next: "@pop" }]],
    space: [[/\s+/, ""], [/\/\*/, { token: "comment", next: "@comment" }], [/\/\/.*$/, "comment"]],
    comment: [[/[^*]+/, "comment"], [/\*\//, { token: "comment", next: "@pop" }], [/\*/, "comment"]],
    text: [[/[^\\"]+$/, { token: "string", next: "@pop" }], [/[^\\"]+/, "string"], [/\\./, "string"], [/"/, { token: "string", next: "@pop" }], [/\\$/, { token: "string", next: "@pop" }]],
  },
};

const CONFIGURATION = {
  comments: { lineComment: "//", blockComment: ["/*", "*/"] },
  brackets: [["{", "}"], ["[", "]"], ["(", ")"]],
  autoClosingPairs: [{ open: "{", close: "}" }, { open: "[", close: "]" }, { open: "(", close: ")" }, { open: '"', close: '"', notIn: ["string", "comment"] }],
  surroundingPairs: [{ open: "{", close: "}" }, { open: "[", close: "]" }, { open: "(", close: ")" }, { open: '"', close: '"' }],
  indentationRules: { increaseIndentPattern: /^.*\{[^}"']*$/, decreaseIndentPattern: /^\s*\}/ },
  wordPattern: /[a-zA-Z_]\w*/,
};

/** Whether a file is a source of the language. */
export const isSource = (name) => /\.mq[5h]$/i.test(name);

/** Tell Monaco about the language. */
export function registerLanguage(monaco) {
  monaco.languages.register({ id: "mql5", extensions: [".mq5", ".mqh"], aliases: ["MQL5"] });
  monaco.languages.setMonarchTokensProvider("mql5", GRAMMAR);
  monaco.languages.setLanguageConfiguration("mql5", CONFIGURATION);
}
