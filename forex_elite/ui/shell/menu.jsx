// The menus of the top bar, on the Popover API: the browser closes them on Esc or a click outside and restores focus.
import { useContext, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { Link } from "react-router";
import { ColorModeContext } from "$/utils/context";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { leave } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { isCollapsed, palette, setPalette, toggleNavigation } from "./appearance.js";

const GAP = 6;
const EDGE = 8;

/** A button and its menu; arrow keys, Home and End move, a chosen item closes it. A button with words is named by them. */
export function Menu({ label, hasWords = false, className, trigger, children, align = "end" }) {
  const id = useId();
  const button = useRef(null);
  const box = useRef(null);
  const [open, setOpen] = useState(false);
  const items = () => [...box.current.querySelectorAll("[role^=menuitem]")];
  useEffect(() => {
    const node = box.current;
    const toggled = (event) => {
      setOpen(event.newState === "open");
      if (event.newState !== "open") return;
      const at = button.current.getBoundingClientRect();
      const left = align === "end" ? at.right - node.offsetWidth : at.left;
      node.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - node.offsetWidth - EDGE))}px`;
      const below = at.bottom + GAP;
      const fits = below + node.offsetHeight < window.innerHeight - EDGE;
      node.style.top = `${fits ? below : Math.max(EDGE, at.top - GAP - node.offsetHeight)}px`;
      (node.querySelector("[aria-checked=true]") ?? items()[0])?.focus();
    };
    node.addEventListener("toggle", toggled);
    return () => node.removeEventListener("toggle", toggled);
  }, [align]);
  const move = (event) => {
    const list = items();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    list[(to + list.length) % list.length]?.focus();
  };
  const chosen = (event) => event.target.closest("[role^=menuitem]") && box.current.hidePopover();
  return (
    <>
      <button ref={button} type="button" className={className} aria-label={hasWords ? undefined : label} title={label} aria-haspopup="menu" aria-expanded={open} popoverTarget={id}>
        {trigger}
      </button>
      <div ref={box} id={id} popover="auto" className="menu" role="menu" aria-label={label} onKeyDown={move} onClick={chosen}>
        {children}
      </div>
    </>
  );
}

function Choice({ on, icon, children, onClick }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={on} tabIndex={-1} className="menu-item" onClick={onClick}>
      <Icon name={icon} size="s" />
      {children}
      {on && <span className="tick"><Icon name="check" size="s" /></span>}
    </button>
  );
}

export const THEMES = [
  ["dark", "moon", "Dark"],
  ["light", "sun", "Light"],
  ["system", "monitor", "As the system"],
];

const hearAppearance = (changed) => {
  window.addEventListener("appearance", changed);
  return () => window.removeEventListener("appearance", changed);
};

/** Follows palette and navigation. The first drawing is the server's, which knows neither: else hydration would fail. */
export function useAppearance() {
  const chosen = useSyncExternalStore(hearAppearance, palette, () => "classic");
  const collapsed = useSyncExternalStore(hearAppearance, isCollapsed, () => false);
  return { palette: chosen, collapsed };
}

export function ThemeMenu() {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const { palette: chosen } = useAppearance();
  return (
    <Menu label="Appearance" className="btn ghost square not-phone" trigger={<Icon name="sun" />}>
      <div className="menu-label" aria-hidden="true">Theme</div>
      {THEMES.map(([name, icon, label]) => (
        <Choice key={name} icon={icon} on={rawColorMode === name} onClick={() => setColorMode(name)}>{label}</Choice>
      ))}
      <hr />
      <div className="menu-label" aria-hidden="true">Profit and loss</div>
      <Choice icon="palette" on={chosen === "classic"} onClick={() => setPalette("classic")}>Green and red</Choice>
      <Choice icon="eye" on={chosen === "safe"} onClick={() => setPalette("safe")}>Blue and orange</Choice>
    </Menu>
  );
}

/** The last target of the bottom bar: every place that has none of its own. */
export function MorePlaces({ places = [], current }) {
  const isHere = places.some(({ href }) => href === current);
  return (
    <Menu label="More" hasWords className={isHere ? "more here" : "more"} trigger={<><Icon name="menu" /><span>More</span></>}>
      {places.map(({ href, label, icon }) => (
        <Link key={href} to={href} role="menuitem" tabIndex={-1} className="menu-item" aria-current={href === current ? "page" : undefined}>
          <Icon name={icon} size="s" />{label}
        </Link>
      ))}
    </Menu>
  );
}

export async function logOut() {
  leave();
  await send("POST", "/api/auth/logout");
  window.location.assign("/login");
}

export function UserMenu({ name, email, role, initials }) {
  return (
    <Menu label="Your account" className="btn ghost square" trigger={<span className="avatar" aria-hidden="true">{initials}</span>}>
      <div className="menu-who">
        <div className="sb">{name}</div>
        <div className="t3 xs ell">{email}</div>
        <div className="t3 xs">{role}</div>
      </div>
      <hr />
      <Link to="/settings" role="menuitem" tabIndex={-1} className="menu-item"><Icon name="settings" size="s" />Settings</Link>
      <button type="button" role="menuitem" tabIndex={-1} className="menu-item" onClick={() => window.dispatchEvent(new Event("open-shortcuts"))}>
        <Icon name="keyboard" size="s" />Keyboard shortcuts
      </button>
      <hr />
      <button type="button" role="menuitem" tabIndex={-1} className="menu-item" onClick={logOut}><Icon name="logout" size="s" />Log out</button>
    </Menu>
  );
}

/** Chooses the account the pages show; an empty id is all of them. */
export function AccountSwitch({ accounts = [], selected = "", hasAll = true, onSelect }) {
  const current = accounts.find((account) => account.id === selected);
  return (
    <Menu
      label="Account shown"
      hasWords
      align="start"
      className="account-switch"
      trigger={
        <>
          <Icon name="accounts" size="s" />
          <span className="ell">{current ? current.title : hasAll ? "All accounts" : "No account"}</span>
          <span className="t3">{current ? current.login : accounts.length}</span>
          <Icon name="down" size="s" />
        </>
      }
    >
      {hasAll && <Choice icon="accounts" on={!current} onClick={() => onSelect?.("")}>All accounts</Choice>}
      {hasAll && accounts.length > 0 && <hr />}
      {accounts.map((account) => (
        <Choice key={account.id} icon="terminal" on={account.id === selected} onClick={() => onSelect?.(account.id)}>
          <span className="grow ell">{account.title}</span>
          <span className="t3">{account.login}</span>
        </Choice>
      ))}
    </Menu>
  );
}

export function NavToggle() {
  const { collapsed } = useAppearance();
  return (
    <button type="button" className="btn ghost square small" aria-label={collapsed ? "Widen navigation" : "Collapse navigation"} aria-pressed={collapsed} title="Collapse navigation ([)" onClick={toggleNavigation}>
      <Icon name="collapse" size="s" />
    </button>
  );
}

/** Brings the appearance stored with the person to this browser, once per change on the server. */
export function Appearance({ theme, pnl }) {
  const { setColorMode } = useContext(ColorModeContext);
  useEffect(() => {
    if (!theme || !pnl) return;
    const stored = `${theme} ${pnl}`;
    if (localStorage.getItem("appearance") === stored) return;
    localStorage.setItem("appearance", stored);
    setColorMode(theme);
    setPalette(pnl);
  }, [theme, pnl]);
  return null;
}

/** Theme and palette as a form: applied here at once, then `onChoose(theme, palette)` stores them with the person. */
export function AppearanceChoice({ onChoose }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const { palette: chosen } = useAppearance();
  const choose = (theme, pnl) => {
    setColorMode(theme);
    setPalette(pnl);
    localStorage.setItem("appearance", `${theme} ${pnl}`);
    onChoose?.(theme, pnl);
  };
  return (
    <>
      <div className="field">
        <span className="label">Theme</span>
        <div className="seg wide" role="radiogroup" aria-label="Theme">
          {THEMES.map(([name, icon, label]) => (
            <button key={name} type="button" role="radio" aria-checked={rawColorMode === name} onClick={() => choose(name, chosen)}>
              <Icon name={icon} size="s" />{label}
            </button>
          ))}
        </div>
      </div>
      <div className="field">
        <span className="label">Profit and loss</span>
        <div className="seg wide" role="radiogroup" aria-label="Profit and loss">
          <button type="button" role="radio" aria-checked={chosen === "classic"} onClick={() => choose(rawColorMode, "classic")}>Green and red</button>
          <button type="button" role="radio" aria-checked={chosen === "safe"} onClick={() => choose(rawColorMode, "safe")}>Blue and orange</button>
        </div>
        <span className="hint">
          Looks like <span className="up">+115.00</span> and <span className="down">−62.40</span>. Blue and orange can be told apart with every kind of colour vision.
        </span>
      </div>
    </>
  );
}
