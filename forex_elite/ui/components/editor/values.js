// Values of inputs: what MQL5's types accept, and how MetaTrader's .set files write them.

const WHOLE = {
  char: ["-128", "127"], uchar: ["0", "255"], short: ["-32768", "32767"], ushort: ["0", "65535"], int: ["-2147483648", "2147483647"],
  uint: ["0", "4294967295"], long: ["-9223372036854775808", "9223372036854775807"], ulong: ["0", "18446744073709551615"],
};
const REAL = { double: 1.7976931348623157e308, float: 3.4028234663852886e38 };
const LONGEST_TEXT = 254;
const FIRST_YEAR = 1970;
const LAST_YEAR = 3000;

/** What kind of field an input needs: choice, switch, whole, real, time, colour or text. */
export function kindOf(input) {
  if (input.choices.length) return "choice";
  if (input.type in WHOLE) return "whole";
  if (input.type in REAL) return "real";
  return { bool: "switch", datetime: "time", color: "colour", string: "text" }[input.type] ?? "whole";
}

/** What is wrong with a value, in words that say what would be accepted; an empty text for nothing. */
export function problemOf(input, value) {
  const kind = kindOf(input);
  if (kind === "choice") return input.choices.some(({ name }) => name === value) ? "" : "Choose one of the list.";
  if (kind === "whole") {
    const [low, high] = WHOLE[input.type] ?? WHOLE.int;
    if (!/^[-+]?\d+$/.test(value.trim())) return `A whole number from ${low} to ${high}.`;
    const number = BigInt(value.trim());
    return number < BigInt(low) || number > BigInt(high) ? `From ${low} to ${high}.` : "";
  }
  if (kind === "real") {
    if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value.trim())) return "A number with a decimal point, such as 0.25.";
    return Math.abs(Number(value)) > REAL[input.type] ? "Too large a number." : "";
  }
  if (kind === "text") return value.length > LONGEST_TEXT ? `At most ${LONGEST_TEXT} characters.` : "";
  if (kind === "colour") return value === "" || /^#[0-9a-f]{6}$/i.test(value) ? "" : "Six hex digits, such as #ff8800; empty for none.";
  if (kind === "time") {
    if (value === "") return "";
    const time = new Date(`${value}Z`);
    if (Number.isNaN(time.getTime())) return "A date and time.";
    return time.getUTCFullYear() < FIRST_YEAR || time.getUTCFullYear() > LAST_YEAR ? `From ${FIRST_YEAR} to ${LAST_YEAR}.` : "";
  }
  return "";
}

/** The value that counts: what the person chose, else what the source says; null when only the compiler knows. */
export function valueOf(input, values) {
  return values[input.name] ?? input.value;
}

function written(input, value) {
  const kind = kindOf(input);
  if (kind === "choice") return input.choices.find(({ name }) => name === value)?.value || null;
  if (kind === "time") return value === "" ? "0" : String(Math.floor(new Date(`${value}Z`).getTime() / 1000));
  if (kind === "colour") {
    if (value === "") return "-1";
    const [red, green, blue] = [1, 3, 5].map((from) => parseInt(value.slice(from, from + 2), 16));
    return String(red + green * 256 + blue * 65536);
  }
  if (kind === "text") return /[\u0000-\u001f]/.test(value) ? null : value; // a line of the file cannot hold it
  return value.trim();
}

/**
 * The values of all inputs by name as a .set file writes them: enumerations, times and colours as numbers. `left` names
 * the inputs whose number only the compiler knows; MetaTrader then takes the source's own value.
 */
export function settingsOf(inputs, values) {
  const told = {};
  const left = [];
  for (const input of inputs) {
    const value = valueOf(input, values);
    const text = value === null || problemOf(input, value) ? null : written(input, value);
    if (text === null) left.push(input.name);
    else told[input.name] = text;
  }
  return { values: told, left };
}

/** The lines of a .set file, one `name=value` each, and the inputs that were left out. */
export function asSet(inputs, values) {
  const { values: told, left } = settingsOf(inputs, values);
  return { text: `${Object.entries(told).map(([name, text]) => `${name}=${text}`).join("\r\n")}\r\n`, left };
}

const TIME = /^(\d{4})\.(\d\d)\.(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?$/;

/** A value of a .set file as the form has it; what does not fit stays as it is, and the form says what is wrong. */
function readFrom(input, text) {
  const kind = kindOf(input);
  if (kind === "choice") return input.choices.find(({ name, value }) => value === text || name === text)?.name ?? text;
  if (kind === "switch") return String(text === "1" || text.toLowerCase() === "true");
  if (kind === "time") {
    if (text === "0") return "";
    if (/^\d{1,11}$/.test(text)) return new Date(Number(text) * 1000).toISOString().slice(0, 19);
    const [, year, month, day, hour = "00", minute = "00", second = "00"] = TIME.exec(text) ?? [];
    return year ? `${year}-${month}-${day}T${hour}:${minute}:${second}` : text;
  }
  if (kind === "colour" && /^-?\d{1,8}$/.test(text)) {
    const number = Number(text);
    return number < 0 ? "" : `#${[number, number >> 8, number >> 16].map((part) => (part & 255).toString(16).padStart(2, "0")).join("")}`;
  }
  return text;
}

const isNumber = (input) => kindOf(input) === "whole" || kindOf(input) === "real";

/** The values of a .set file that differ from the source, as the form wants them. */
export function fromSet(inputs, told) {
  const values = {};
  for (const input of inputs) {
    if (!(input.name in told)) continue;
    const value = readFrom(input, told[input.name]);
    const isSame = value === input.value || (isNumber(input) && input.value !== null && Number(value) === Number(input.value));
    if (!isSame) values[input.name] = value;
  }
  return values;
}
