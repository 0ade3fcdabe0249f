// The editor's colours are the product's tokens. Monaco wants plain hex, so they are read anew when the theme changes.

const TOKENS = {
  keyword: "--code-keyword",
  string: "--code-string",
  number: "--code-number",
  constant: "--code-constant",
  preprocessor: "--code-preprocessor",
  type: "--code-type",
  function: "--code-function",
  comment: "--code-comment",
};

const COLOURS = {
  "editor.background": "--code-bg",
  "editor.foreground": "--code-text",
  "editor.lineHighlightBackground": "--slate-3",
  "editor.lineHighlightBorder": "--slate-3",
  "editorLineNumber.foreground": "--text-3",
  "editorLineNumber.activeForeground": "--text",
  "editorLineNumber.dimmedForeground": "--text-3",
  "editorCursor.foreground": "--accent-text",
  "editor.findMatchBackground": "--iris-a7",
  "editor.findMatchHighlightBackground": "--iris-a5",
  "editor.wordHighlightBackground": "--slate-a5",
  "editor.wordHighlightStrongBackground": "--slate-a5",
  "editorRuler.foreground": "--slate-4",
  "editorIndentGuide.background1": "--slate-4",
  "editorIndentGuide.activeBackground1": "--slate-6",
  "editorBracketMatch.border": "--slate-8",
  "editorBracketMatch.background": "--slate-a4",
  "editorBracketHighlight.foreground1": "--code-type",
  "editorBracketHighlight.foreground2": "--code-number",
  "editorBracketHighlight.foreground3": "--code-preprocessor",
  "editorBracketHighlight.foreground4": "--code-type",
  "editorBracketHighlight.foreground5": "--code-number",
  "editorBracketHighlight.foreground6": "--code-preprocessor",
  "editorBracketHighlight.unexpectedBracket.foreground": "--crit-text",
  "editorError.foreground": "--crit-text",
  "editorWarning.foreground": "--warn-text",
  "editorInfo.foreground": "--info-text",
  "editorWidget.background": "--bg-raised",
  "editorWidget.foreground": "--text",
  "editorWidget.border": "--line-strong",
  "editorHoverWidget.background": "--bg-raised",
  "editorHoverWidget.foreground": "--text",
  "editorHoverWidget.border": "--line-strong",
  "editorHoverWidget.statusBarBackground": "--slate-4",
  "editorSuggestWidget.background": "--bg-raised",
  "editorSuggestWidget.border": "--line-strong",
  "editorSuggestWidget.foreground": "--text",
  "editorSuggestWidget.highlightForeground": "--accent-text",
  "editorSuggestWidget.focusHighlightForeground": "--accent-text",
  "editorSuggestWidget.selectedBackground": "--slate-5",
  "editorSuggestWidget.selectedForeground": "--text",
  "list.hoverBackground": "--slate-4",
  "list.focusBackground": "--slate-5",
  "list.highlightForeground": "--accent-text",
  "menu.background": "--bg-raised",
  "menu.foreground": "--text",
  "quickInput.background": "--bg-raised",
  "quickInput.foreground": "--text",
  "quickInputList.focusBackground": "--slate-5",
  "quickInputList.focusForeground": "--text",
  "input.background": "--bg-sunken",
  "input.foreground": "--text",
  "input.border": "--line-control",
  "input.placeholderForeground": "--text-3",
  "focusBorder": "--focus-color",
  "textLink.foreground": "--accent-text",
  "textLink.activeForeground": "--accent-text",
  "textCodeBlock.background": "--slate-4",
  "widget.shadow": "--slate-a5",
  "widget.border": "--line-strong",
  "icon.foreground": "--text-2",
  "minimap.background": "--code-bg",
  "minimap.errorHighlight": "--crit-text",
  "minimap.warningHighlight": "--warn-text",
  "minimap.findMatchHighlight": "--accent-text",
  "minimap.selectionHighlight": "--accent-text",
  "minimapSlider.background": "--slate-a4",
  "minimapSlider.hoverBackground": "--slate-a5",
  "minimapSlider.activeBackground": "--slate-a6",
  "scrollbarSlider.background": "--slate-a5",
  "scrollbarSlider.hoverBackground": "--slate-a6",
  "scrollbarSlider.activeBackground": "--slate-a7",
  "editorOverviewRuler.errorForeground": "--crit-text",
  "editorOverviewRuler.warningForeground": "--warn-text",
  "editorOverviewRuler.infoForeground": "--info-text",
  "diffEditor.insertedLineBackground": "--up-soft",
  "diffEditor.removedLineBackground": "--down-soft",
  "diffEditor.insertedTextBackground": "--slate-a5",
  "diffEditor.removedTextBackground": "--slate-a5",
  "diffEditor.unchangedRegionBackground": "--bg-raised",
  "diffEditor.unchangedRegionForeground": "--text-2",
  "editorLightBulb.foreground": "--warn-text",
  "peekView.border": "--line-strong",
};

const SELECTION_SHARE = { dark: "40", light: "33" };

function reader() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const hex = (token) => {
    probe.style.color = `var(${token})`;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const bytes = [...canvas.getImageData(0, 0, 1, 1).data];
    return `#${(bytes[3] === 255 ? bytes.slice(0, 3) : bytes).map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  };
  return { hex, done: () => probe.remove() };
}

function define(monaco) {
  const isLight = document.documentElement.classList.contains("light");
  const { hex, done } = reader();
  const colors = Object.fromEntries(Object.entries(COLOURS).map(([name, token]) => [name, hex(token)]));
  colors["editor.selectionBackground"] = hex("--accent") + SELECTION_SHARE[isLight ? "light" : "dark"];
  colors["editor.inactiveSelectionBackground"] = colors["editor.selectionBackground"];
  const rules = Object.entries(TOKENS).map(([token, name]) => ({ token, foreground: hex(name).slice(1) }));
  rules.push({ token: "", foreground: hex("--code-text").slice(1) });
  done();
  monaco.editor.defineTheme("forex-elite", { base: isLight ? "vs" : "vs-dark", inherit: true, rules, colors });
  monaco.editor.setTheme("forex-elite");
}

/** Define the theme now and whenever the page changes its own. */
export function followTheme(monaco) {
  define(monaco);
  new MutationObserver(() => define(monaco)).observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-pnl"] });
}
