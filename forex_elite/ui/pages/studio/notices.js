// Short messages, files handed to the person, and figures as the studio writes them.
import { address } from "$/public/external/forex_elite/ui/live/live/backend.js";

export const toast = (kind, title, detail = "", code = "") => window.dispatchEvent(new CustomEvent("toast", { detail: { kind, title, detail, code } }));

/** Tell why the server refused; `title` says what did not happen. */
export const refused = (title, { detail, title: reason, errors, code }) => toast("crit", title, errors?.[0]?.message ?? detail ?? reason, code);

/** Let the browser save what the server sends as a file. */
export function save(path, name = "") {
  const link = document.createElement("a");
  link.href = address(path);
  link.download = name;
  link.click();
}

/** Hand a text to the person as MetaTrader writes its files: UTF-16 with its mark. */
export function saveWide(name, text) {
  const units = new Uint16Array(text.length + 1);
  units[0] = 0xfeff;
  for (let index = 0; index < text.length; index += 1) units[index + 1] = text.charCodeAt(index);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([units], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export const clockOf = (time) => `${new Date(time).toISOString().slice(11, 19)} UTC`;
export const momentOf = (time) => `${new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })}, ${new Date(time).toISOString().slice(11, 16)} UTC`;
export const countOf = (number, one, many = `${one}s`) => `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;

const ENCODINGS = {
  "utf-8": "UTF-8",
  "utf-8-sig": "UTF-8 with BOM",
  "utf-16-le": "UTF-16 LE",
  "utf-16-le-sig": "UTF-16 LE with BOM",
  "utf-16-be-sig": "UTF-16 BE with BOM",
  cp1251: "Windows-1251",
  cp1252: "Windows-1252",
  binary: "No text",
};

/** How a file is written, in words; a code page is assumed, because no file names its own. */
export function encodingOf(file) {
  const isAssumed = file?.encoding.startsWith("cp") ?? false;
  return { words: `${ENCODINGS[file?.encoding] ?? ""}${isAssumed ? ", assumed" : ""}`, isAssumed };
}
