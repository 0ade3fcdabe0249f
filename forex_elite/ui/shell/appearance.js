// Theme, profit-and-loss palette and navigation width: kept in this browser, applied before the first paint (site.py).

export const PALETTES = ["classic", "safe"];

export function palette() {
  return document.documentElement.dataset.pnl === "safe" ? "safe" : "classic";
}

export function setPalette(name) {
  localStorage.setItem("pnl", name);
  if (name === "safe") document.documentElement.dataset.pnl = "safe";
  else delete document.documentElement.dataset.pnl;
  window.dispatchEvent(new Event("appearance"));
}

export function isCollapsed() {
  return document.documentElement.dataset.nav === "collapsed";
}

export function toggleNavigation() {
  const next = isCollapsed() ? "open" : "collapsed";
  localStorage.setItem("nav", next);
  if (next === "collapsed") document.documentElement.dataset.nav = "collapsed";
  else delete document.documentElement.dataset.nav;
  window.dispatchEvent(new Event("appearance"));
}
