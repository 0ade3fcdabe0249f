// How figures are written in the browser, as figures.py does on the server: U+2212, thousands by comma, an en dash for nothing.
export const MINUS = "\u2212";
export const MISSING = "\u2013";
const NO_CENTS = new Set(["JPY", "KRW", "CLP", "VND", "HUF"]);

function plain(value, places, signed) {
  const rounded = Number(value.toFixed(places));
  const sign = rounded < 0 ? MINUS : signed && rounded > 0 ? "+" : "";
  return sign + Math.abs(rounded).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
}

export const isFigure = (value) => typeof value === "number" && Number.isFinite(value);
export const cents = (currency) => (NO_CENTS.has(currency) ? 0 : 2);
export const money = (value, currency, signed = false) => (isFigure(value) ? plain(value, cents(currency), signed) : MISSING);
export const percent = (value, signed = false) => (isFigure(value) ? `${plain(value, 2, signed)}%` : MISSING);
export const pips = (value, signed = false) => (isFigure(value) ? plain(value, 1, signed) : MISSING);
export const lots = (value) => (isFigure(value) ? plain(value, Math.min(4, Math.max(2, (String(value).split(".")[1] ?? "").length)), false) : MISSING);
export const price = (value, spec) => (value ? plain(value, spec?.digits ?? 5, false) : MISSING);
export const tone = (value) => (!value ? "flat" : value > 0 ? "up" : "down");

/** What a person typed, or NaN: both minus signs; a comma separates thousands, as it is shown, and nothing else. */
export function read(text) {
  const cleaned = String(text).trim().replace(MINUS, "-");
  const plain = /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(cleaned) ? cleaned.replaceAll(",", "") : cleaned;
  return plain === "" ? NaN : Number(plain);
}
