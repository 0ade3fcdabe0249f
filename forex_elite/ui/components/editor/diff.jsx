// Two texts side by side; below the width for that, one under the other in one column. Monaco comes with it, on demand.
//
//   <DiffEditor original="…" modified="…" editable ref={handle} label="…" />       the handle: text() of the right side
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const OPTIONS = {
  theme: "forex-elite",
  automaticLayout: true,
  renderSideBySide: true,
  useInlineViewWhenSpaceIsLimited: true,
  renderSideBySideInlineBreakpoint: 640,
  originalEditable: false,
  minimap: { enabled: false },
  fontSize: 12.5,
  lineHeight: 20,
  fontLigatures: false,
  scrollBeyondLastLine: false,
  hideUnchangedRegions: { enabled: true, minimumLineCount: 5, contextLineCount: 4 },
  renderOverviewRuler: false,
  stickyScroll: { enabled: false },
  unicodeHighlight: { ambiguousCharacters: false },
  quickSuggestions: false,
};

export function DiffEditor({ original = "", modified = "", editable = false, label, ref }) {
  const box = useRef(null);
  const made = useRef(null);
  const [state, setState] = useState("loading");

  useEffect(() => {
    let gone = false;
    import("./monaco.js").then(
      (module) => {
        if (gone) return;
        const fontFamily = getComputedStyle(document.body).getPropertyValue("--font-mono");
        made.current = module.openDiff(box.current, { ...OPTIONS, fontFamily, readOnly: !editable, originalAriaLabel: `Before: ${label}`, modifiedAriaLabel: `After: ${label}` });
        setState("ready");
      },
      () => !gone && setState("failed"),
    );
    return () => {
      gone = true;
      made.current?.dispose();
      made.current = null;
    };
  }, []);

  useEffect(() => made.current?.show(original, modified), [original, modified, state]);
  useImperativeHandle(ref, () => ({ text: () => made.current?.text() ?? modified }));

  return (
    <div className="editor diff">
      <div ref={box} className="editor-box" data-ready={state === "ready"} />
      {state === "loading" && <div className="editor-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Loading the editor</div>}
      {state === "failed" && <div className="editor-wait" role="alert"><Icon name="alert" size="s" />The editor could not be loaded. Check the connection and reload the page.</div>}
    </div>
  );
}
