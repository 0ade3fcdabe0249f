// Between the inputs of a version as the server tells them, the form's texts, presets and what is running.
import { asSet } from "$/public/external/forex_elite/ui/components/editor/values.js";

const two = (number) => String(number).padStart(2, "0");

function timeText(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

function colourText(number) {
  if (number < 0) return "";
  return `#${[number & 255, (number >> 8) & 255, (number >> 16) & 255].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** A stored value, typed or as a .set file writes it, as the text its field shows; null for none. */
export function asText(field, value) {
  if (value === null || value === undefined) return null;
  const text = String(value);
  const isWhole = /^-?\d+$/.test(text);
  if (field.choices.length) return field.choices.find((one) => one.value === text || one.name === text)?.name ?? null;
  if (field.type === "bool") return ["true", "1"].includes(text.toLowerCase()) ? "true" : "false";
  if (field.type === "datetime" && isWhole) return timeText(Number(text));
  if (field.type === "color" && isWhole) return colourText(Number(text));
  return text;
}

/** A whole number in the source is read from there: beyond 2^53 the number JSON tells is another one. */
const defaultOf = (field) => (/^-?\d+$/.test(field.default_text) ? field.default_text : field.default);

/** The server's fields as `InputsForm` takes them. */
export const asForm = (fields) => fields.map((field) => ({ ...field, default: field.default_text, value: asText(field, defaultOf(field)) }));

/** Stored values as the form's: those that differ from the source. */
export function asValues(form, stored) {
  const values = {};
  for (const field of form) {
    const text = asText(field, stored[field.name]);
    if (text !== null && text !== field.value) values[field.name] = text;
  }
  return values;
}

/** What a preset keeps: every value, as a .set file writes it. */
export function asPreset(form, values) {
  const lines = asSet(form, values).text.split("\r\n").filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** The input that holds the magic number, as the server finds it. */
export const magicOf = (form) => form.find((field) => /magic/i.test(field.name) && /^u?(char|short|int|long)$/.test(field.type)) ?? null;
