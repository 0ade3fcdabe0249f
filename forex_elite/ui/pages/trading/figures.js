// The arithmetic of an instrument: pips, money, margin. Nothing here is a price source.
export { cents, isFigure, lots, MINUS, MISSING, money, percent, pips, price, read, tone } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { price } from "$/public/external/forex_elite/ui/live/live/figures.js";

/** A price as a field holds it: no thousands separators. */
export const typed = (value, spec) => (value ? value.toFixed(spec?.digits ?? 5) : "");

export const pipSize = (spec) => (spec.digits === 3 || spec.digits === 5 ? spec.point * 10 : spec.point);
export const snapped = (value, spec) => Number((Math.round(value / spec.tick_size) * spec.tick_size).toFixed(spec.digits));
export const sign = (side) => (side === "buy" ? 1 : -1);

/** Account money a position of `volume` lots makes between two prices; tick value as last reported. */
export const result = (spec, side, volume, from, to) => ((to - from) * sign(side) * spec.tick_value * volume) / spec.tick_size;

/** Whether a level, or the price an order waits at, belongs below what it is measured from. */
export const belongsBelow = (which, side, type) => (which === "price" ? (side === "buy") === (type === "limit") : (side === "buy") === (which === "sl"));

/** Whether it stands on the other side of it, or on it. */
export const isOtherSide = (which, { side, type }, value, at) => (belongsBelow(which, side, type) ? value >= at : value <= at);

/**
 * Why a level or a pending price cannot stand where it was put, in words; empty where it can. `at` is what a level is
 * measured from: the price a position would close at now, or where an order waits.
 */
export function misplaced(row, which, to, at, spec) {
  if (!to || !(at > 0) || !isOtherSide(which, row, to, at)) return "";
  const what = which === "price" ? `A ${row.side} ${row.type} waits` : `The ${which === "sl" ? "stop loss" : "take profit"} of a ${row.side} is`;
  return `${what} ${belongsBelow(which, row.side, row.type) ? "below" : "above"} ${price(at, spec)}; ${price(to, spec)} is not.`;
}

/** The volume that loses at most `amount` between two prices, down to the broker's step; 0 when it is below the minimum. */
export function volumeFor(spec, amount, from, to) {
  const perLot = Math.ceil(Math.abs(from - to) / spec.tick_size - 1e-7) * spec.tick_value;
  if (!(perLot > 0) || !(amount > 0)) return 0;
  const steps = Math.floor(Math.min(amount / perLot, spec.volume_max) / spec.volume_step + 1e-9);
  const volume = Number((steps * spec.volume_step).toFixed(8));
  return volume >= spec.volume_min ? volume : 0;
}

/** "07:52", "3:07:52": how long until the bar closes. */
export function countdown(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}
