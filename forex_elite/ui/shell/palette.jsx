// The command palette (Ctrl K), the sheet of shortcuts (?) and the keys that work on every page.
import { useContext, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { ColorModeContext } from "$/utils/context";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { setPalette, toggleNavigation } from "./appearance.js";
import { logOut } from "./menu.jsx";

const SECOND_KEY_MS = 1200;
// when `g` was pressed; outside the component, for the page that came since must know it too
let first = 0;

// The code editor is none of the first four: it takes its letters through the browser's EditContext.
const inField = (target) => target.closest?.("input, textarea, select, [contenteditable=true], [role=textbox]");
const layerOpen = () => document.querySelector("dialog[open], [popover]:popover-open");

function Marked({ text, query }) {
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return text;
  return <>{text.slice(0, at)}<b>{text.slice(at, at + query.length)}</b>{text.slice(at + query.length)}</>;
}

function Keys({ keys }) {
  return <span className="row">{keys.split(" ").map((key, at) => <span key={at} className="kbd">{key}</span>)}</span>;
}

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Arrow keys choose among buttons that are radios, as they do among the browser's own. */
function stepInRadios(event) {
  const step = STEPS[event.key];
  const group = event.target.closest?.("[role=radio]")?.closest("[role=radiogroup]");
  if (!step || !group || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const all = [...group.querySelectorAll("[role=radio]:not(:disabled)")];
  const next = all.at((all.indexOf(event.target.closest("[role=radio]")) + step) % all.length);
  event.preventDefault();
  next.focus();
  next.click();
}

/** `pages` are rows of the navigation table: {label, href, icon, key}; `actions` are {label, href, icon, words}. */
export function Palette({ pages = [], actions = [] }) {
  const navigate = useNavigate();
  const { setColorMode } = useContext(ColorModeContext);
  const dialog = useRef(null);
  const sheet = useRef(null);
  const [opened, setOpened] = useState(false);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);

  const commands = useMemo(
    () => [
      ...pages.map((page) => ({ ...page, group: "Go to", keys: page.key ? `g ${page.key}` : "", run: () => navigate(page.href) })),
      ...actions.map((action) => ({ ...action, group: "Do", run: () => (action.href.startsWith("#") ? document.querySelector(action.href)?.click() : navigate(action.href)) })),
      { group: "Appearance", label: "Dark theme", icon: "moon", run: () => setColorMode("dark") },
      { group: "Appearance", label: "Light theme", icon: "sun", run: () => setColorMode("light") },
      { group: "Appearance", label: "Theme as the system", icon: "monitor", run: () => setColorMode("system") },
      { group: "Appearance", label: "Profit and loss in green and red", icon: "palette", run: () => setPalette("classic") },
      { group: "Appearance", label: "Profit and loss in blue and orange", words: "colour blind safe", icon: "eye", run: () => setPalette("safe") },
      { group: "Appearance", label: "Collapse or widen the navigation", icon: "collapse", keys: "[", run: toggleNavigation },
      { group: "Help", label: "Keyboard shortcuts", icon: "keyboard", keys: "?", run: () => sheet.current.showModal() },
      { group: "Help", label: "Log out", icon: "logout", run: logOut },
    ],
    [pages, actions, navigate, setColorMode],
  );
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ label, words: more = "", group }) => words.every((word) => `${label} ${more} ${group}`.toLowerCase().includes(word)));
  const at = Math.min(chosen, Math.max(0, found.length - 1));

  const open = () => {
    setQuery("");
    setChosen(0);
    setOpened(true);
    if (!dialog.current.open) dialog.current.showModal();
  };
  const run = (command) => {
    dialog.current.close();
    command?.run();
  };

  useEffect(() => {
    const press = (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (dialog.current.open) dialog.current.close();
        else open();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || layerOpen()) return;
      if (Date.now() - first < SECOND_KEY_MS) {
        first = 0;
        const page = pages.find(({ key }) => key === event.key);
        if (page) {
          event.preventDefault();
          navigate(page.href);
        }
        return;
      }
      if (event.key === "g") first = Date.now();
      else if (event.key === "?") sheet.current.showModal();
      else if (event.key === "[") toggleNavigation();
      else if (event.key === "j" || event.key === "k") {
        const rows = [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.offsetParent);
        const at = rows.indexOf(document.activeElement);
        const next = at < 0 ? rows.find((row) => row.closest("[aria-current=true]")) ?? rows[0] : rows[at + (event.key === "j" ? 1 : -1)];
        next?.focus();
      } else if (event.key === "/") {
        const field = document.querySelector("[data-filter]");
        if (!field) return;
        event.preventDefault();
        field.focus();
      }
    };
    const show = () => sheet.current.showModal();
    window.addEventListener("keydown", stepInRadios);
    window.addEventListener("keydown", press);
    window.addEventListener("open-palette", open);
    window.addEventListener("open-shortcuts", show);
    return () => {
      window.removeEventListener("keydown", stepInRadios);
      window.removeEventListener("keydown", press);
      window.removeEventListener("open-palette", open);
      window.removeEventListener("open-shortcuts", show);
    };
  }, [pages, navigate]);

  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, query]);

  const typed = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((at + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[at]);
    }
  };
  const outside = (event) => event.target === event.currentTarget && event.currentTarget.close();

  return (
    <>
      <dialog ref={dialog} className="modal palette" aria-label="Command palette" onClick={outside} onClose={() => setOpened(false)}>
        <div className="palette-in">
          <Icon name="search" size="s" />
          <input
            type="text" placeholder="Search or run a command" value={query} role="combobox" aria-expanded="true"
            aria-controls="palette-list" aria-label="Search or run a command" aria-activedescendant={opened && found.length ? `command-${at}` : undefined}
            onChange={(event) => { setQuery(event.target.value); setChosen(0); }} onKeyDown={typed}
          />
          <span className="kbd">Esc</span>
        </div>
        <div className="palette-list" id="palette-list" role="listbox" aria-label="Commands">
          {opened && found.map((command, index) => (
            <div key={command.label}>
              {(index === 0 || found[index - 1].group !== command.group) && <div className="palette-group" role="presentation">{command.group}</div>}
              <div id={`command-${index}`} role="option" aria-selected={index === at} className="palette-item" onMouseMove={() => setChosen(index)} onClick={() => run(command)}>
                <Icon name={command.icon} size="s" />
                <span className="grow ell"><Marked text={command.label} query={query.trim()} /></span>
                {command.keys && <Keys keys={command.keys} />}
              </div>
            </div>
          ))}
          {opened && found.length === 0 && <div className="palette-none">Nothing is called “{query}”.</div>}
        </div>
      </dialog>
      <dialog ref={sheet} className="modal wide" aria-labelledby="shortcuts-title" onClick={outside}>
        <div className="modal-head"><Icon name="keyboard" /><h2 id="shortcuts-title">Keyboard shortcuts</h2></div>
        <div className="modal-body">
          <ul className="keys">
            {pages.filter((page) => page.key).map((page) => <li key={page.href}>{page.label}<Keys keys={`g ${page.key}`} /></li>)}
            <li>Command palette<Keys keys="Ctrl K" /></li>
            <li>Filter the list<Keys keys="/" /></li>
            <li>Next, previous row<Keys keys="j k" /></li>
            <li>Open the row<Keys keys="Enter" /></li>
            <li>Collapse navigation<Keys keys="[" /></li>
            <li>This sheet<Keys keys="?" /></li>
            <li>Close the top layer<Keys keys="Esc" /></li>
          </ul>
        </div>
        <div className="modal-foot"><button type="button" className="btn" onClick={() => sheet.current.close()}>Close</button></div>
      </dialog>
    </>
  );
}

/** The field in the top bar that opens the palette. */
export function SearchField() {
  return (
    <button type="button" className="search not-phone" aria-label="Search or run a command" aria-keyshortcuts="Control+K" onClick={() => window.dispatchEvent(new Event("open-palette"))}>
      <Icon name="search" size="s" />
      <span className="sm grow ell">Search or run a command</span>
      <span className="kbd" aria-hidden="true">Ctrl K</span>
    </button>
  );
}
