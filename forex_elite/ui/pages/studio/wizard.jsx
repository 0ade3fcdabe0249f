// The strategy wizard's form: one entry, filters, a stop, further exits, a size, one position or a grid, and their numbers.
import { Field } from "./fields.jsx";

const WORDS = {
  ma_cross: ["Moving averages cross", "A fast average crosses a slow one."],
  rsi: ["RSI", "Back from oversold or overbought."],
  bollinger: ["Bollinger bands", "Back inside the bands."],
  breakout: ["Channel breakout", "A close beyond the range of the last bars."],
  macd: ["MACD", "The MACD crosses its signal line."],
  trend: ["Trend", "Only with the long average."],
  session: ["Session", "Only in these hours of the broker."],
  spread: ["Spread", "Not while the spread is wide."],
  news: ["News", "Not around events of high importance."],
  break_even: ["Break-even", "The stop moves to the entry."],
  trail: ["Trailing stop", "The stop follows by the range."],
  partial: ["Partial close", "A part is closed early."],
  stop_fixed: ["Fixed pips"],
  stop_atr: ["By the average true range"],
  size_fixed: ["Fixed lots"],
  size_risk: ["Risk in percent"],
  one: ["One at a time"],
  grid: ["A grid"],
};
const wordsOf = (key) => WORDS[key] ?? [key.replaceAll("_", " ")];

/** The choices a form begins with. */
export const beginning = (offered) => ({ entry: offered.entries[0], filters: [], stop: "atr", exits: [], sizing: "risk", positions: "one", numbers: {} });

/** The keys of `offered.parameters` these choices bring along, in their order. */
function keysOf(offered, { entry, filters, stop, exits, sizing, positions }) {
  const needsRange = stop === "atr" || exits.includes("trail");
  return [entry, ...offered.filters.filter((one) => filters.includes(one)), `stop_${stop}`, ...(needsRange ? ["atr"] : []), ...offered.exits.filter((one) => exits.includes(one)), `size_${sizing}`, positions, "general"];
}

/** The body for `/api/ea/wizard`: the choices with the numbers that belong to them. */
export function strategyOf(offered, choices, name) {
  return { ...choices, name, numbers: Object.fromEntries(parametersOf(offered, choices).map((one) => [one.name, Number(textOf(choices, one))])) };
}

const FILE_NAME = /^\w[\w .+-]{0,39}$/;
const FILE_NAME_RULE = "The program's file gets this name too: 1 to 40 letters from a to z without accents, digits, blanks and . + - _";

const numberProblem = ({ is_whole: isWhole, minimum, maximum }, text) => {
  const number = text.trim() === "" ? NaN : Number(text);
  const fits = number >= minimum && number <= maximum && (!isWhole || Number.isInteger(number));
  return fits ? "" : `Use a ${isWhole ? "whole number" : "number"} from ${minimum} to ${maximum}.`;
};
const textOf = (choices, parameter) => choices.numbers[parameter.name] ?? String(parameter.default);
const parametersOf = (offered, choices) => keysOf(offered, choices).flatMap((key) => offered.parameters[key] ?? []);

/** What is wrong with these choices and the program's name, by the names of the fields of `/api/ea/wizard`. */
export function problemsOf(offered, choices, name) {
  const isName = FILE_NAME.test(name) && !name.endsWith(".");
  const found = parametersOf(offered, choices).map((one) => [`numbers.${one.name}`, numberProblem(one, textOf(choices, one))]);
  return Object.fromEntries([["name", isName ? "" : FILE_NAME_RULE], ...found].filter(([, problem]) => problem));
}

function One({ legend, name, keys, prefix = "", value, onChoose }) {
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      <div className="wizard-choices">
        {keys.map((key) => {
          const [title, about] = wordsOf(prefix + key);
          return <label key={key} className="template"><input type="radio" name={name} checked={value === key} onChange={() => onChoose(key)} /><span><b className="md">{title}</b>{about && <span className="t2 sm">{about}</span>}</span></label>;
        })}
      </div>
    </fieldset>
  );
}

function Some({ legend, keys, values, onChoose }) {
  const toggle = (key) => onChoose(values.includes(key) ? values.filter((one) => one !== key) : [...values, key]);
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      <div className="wizard-choices">
        {keys.map((key) => {
          const [title, about] = wordsOf(key);
          return <label key={key} className="template"><input type="checkbox" checked={values.includes(key)} onChange={() => toggle(key)} /><span><b className="md">{title}</b>{about && <span className="t2 sm">{about}</span>}</span></label>;
        })}
      </div>
    </fieldset>
  );
}

function Numbers({ parameters, choices, errors, onChange }) {
  return (
    <fieldset className="field">
      <legend>Numbers<span className="t3">all of them stay inputs of the program</span></legend>
      <div className="wizard-numbers">
        {parameters.map((one) => (
          <Field key={one.name} id={`wizard-${one.name}`} label={one.label} className="figure" inputMode={one.is_whole ? "numeric" : "decimal"} value={textOf(choices, one)} problem={errors[`numbers.${one.name}`]} onChange={(event) => onChange({ ...choices.numbers, [one.name]: event.target.value })} />
        ))}
      </div>
    </fieldset>
  );
}

/** `offered` is the answer of `/api/ea/wizard`; `errors` by the names of its fields. */
export function WizardForm({ offered, choices, errors, onChange }) {
  const set = (part) => onChange({ ...choices, ...part });
  return (
    <>
      <One legend="Entry" name="wizard-entry" keys={offered.entries} value={choices.entry} onChoose={(entry) => set({ entry })} />
      <Some legend="Filters" keys={offered.filters} values={choices.filters} onChoose={(filters) => set({ filters })} />
      <One legend="Stop loss and take profit" name="wizard-stop" keys={offered.stops} prefix="stop_" value={choices.stop} onChoose={(stop) => set({ stop })} />
      <Some legend="Further exits" keys={offered.exits} values={choices.exits} onChoose={(exits) => set({ exits })} />
      <One legend="Volume" name="wizard-sizing" keys={offered.sizings} prefix="size_" value={choices.sizing} onChoose={(sizing) => set({ sizing })} />
      <One legend="Positions" name="wizard-positions" keys={offered.positions} value={choices.positions} onChoose={(positions) => set({ positions })} />
      <Numbers parameters={parametersOf(offered, choices)} choices={choices} errors={errors} onChange={(numbers) => set({ numbers })} />
    </>
  );
}
