// What files may be called: the server's rule (domain/ea/files.py), told while one types.

const PART = /^[\p{L}\p{M}\p{Nd} _.+()[\]{}@&=,'!#-]+$/u;
const ENDS = /^[ .]|[ .]$/;
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]) *(\.|$)/i;
const KIND = /.\.(mq5|mqh|set|txt|md|csv)$/i;

/** A name with each letter and its marks as one character, as the server keeps it: a Mac tells them apart. */
export const written = (path) => path.normalize("NFC");

export const isSameFile = (one, other) => written(one).toLowerCase() === written(other).toLowerCase();

/** What is wrong with a path for a file of the project; an empty text for nothing. */
export function pathProblem(path, taken) {
  const parts = written(path).split("/");
  if (!parts.every((part) => PART.test(part))) return "Letters, digits, spaces and ! # & ' ( ) + , - . = @ [ ] _ { }, folders set off by /.";
  if (parts.some((part) => ENDS.test(part))) return "No name begins or ends with a dot or a space.";
  if (parts.some((part) => DEVICE.test(part))) return "Windows keeps this name for a device.";
  if (parts.length > 8 || parts.some((part) => part.length > 80)) return "At most 80 characters for each name, and 8 folders deep.";
  if (!KIND.test(parts.at(-1))) return "The name ends in .mq5, .mqh, .set, .txt, .md or .csv.";
  return taken.some((other) => isSameFile(other, path)) ? "There is a file of this name already." : "";
}
