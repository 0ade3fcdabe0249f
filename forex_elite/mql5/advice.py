"""Trading advice: what compiles and still loses money. Findings say why; safe ones bring a quick fix."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.mql5 import ast
from forex_elite.mql5.analysis import Part, TranslationUnit
from forex_elite.mql5.check_names import start_of
from forex_elite.mql5.chunks import Placed
from forex_elite.mql5.diagnostics import Change, Finding
from forex_elite.mql5.facts import CallFact, Facts, facts_of
from forex_elite.mql5.table import table

_MARKET = {"Buy": 3, "Sell": 3, "BuyLimit": 3, "SellLimit": 3, "BuyStop": 3, "SellStop": 3, "PositionOpen": 4}
_BAR_NAMES = frozenset(
    {"iTime", "Bars", "iBars", "CopyTime", "SERIES_LASTBAR_DATE", "CopyRates", "iBarShift", "tick_volume"}
)
_TICK_EVENTS = frozenset({"OnTick", "OnCalculate"})
_INDICATORS = frozenset(name for name, forms in table().functions.items() if forms[0].area == "Technical indicators")


@dataclass(slots=True)
class _Whole:
    """The facts of the whole main file together."""

    names: set[str]
    calls: list[CallFact]
    reached: set[str]


def advise(unit: TranslationUnit) -> list[tuple[Part, int, Finding]]:
    """Advice on the main file of a program."""
    placed = [(one, facts_of(one.chunk)) for one in unit.main.placed]
    names: set[str] = set()
    calls: list[CallFact] = []
    for _, facts in placed:
        names |= facts.names
        calls += facts.calls
    for part in unit.parts:
        if not part.trusted and part is not unit.main:
            for one in part.placed:
                names |= facts_of(one.chunk).names
    if not names & {"OnTick", "OnStart", "OnTimer", "OnInit"}:
        return []
    whole = _Whole(names, calls, _reached_from_tick(placed))
    found: list[tuple[Part, int, Finding]] = []
    said: set[str] = set()
    for one, facts in placed:
        found += [(unit.main, one.base, finding) for finding in _chunk_advice(facts, whole, said, unit)]
    return found


def _reached_from_tick(placed: list[tuple[Placed, Facts]]) -> set[str]:
    """The functions that run on each tick, directly or through others."""
    by_function: dict[str, set[str]] = {}
    for _, facts in placed:
        for call in facts.calls:
            by_function.setdefault(call.function, set()).add(call.name)
    reached = set(_TICK_EVENTS)
    queue = list(_TICK_EVENTS)
    while queue:
        for name in by_function.get(queue.pop(), ()):
            if name in by_function and name not in reached:
                reached.add(name)
                queue.append(name)
    return reached


def _chunk_advice(facts: Facts, whole: _Whole, said: set[str], unit: TranslationUnit) -> list[Finding]:
    found: list[Finding] = []
    found += [_hard_symbol(literal) for literal, _ in facts.symbols]
    for call in facts.calls:
        found += _call_advice(call, facts, whole, said, unit)
    return found


def _call_advice(call: CallFact, facts: Facts, whole: _Whole, said: set[str], unit: TranslationUnit) -> list[Finding]:
    found: list[Finding] = []
    name = call.name
    if name in _MARKET and call.target and _is_trade(call.target, unit):
        found += _order_advice(call, whole, said)
    elif name == "OrderSend" and not call.target and not call.function.startswith("CTrade"):
        found += _request_advice(call, facts, said)
    elif name == "Sleep" and not call.target and call.function == "OnTick":
        why = (
            "While the program sleeps it sees no ticks: stops are not trailed and exits come late. Use OnTimer instead."
        )
        found.append(_at(call, "trade-sleep-in-tick", "Sleep in OnTick stops the EA from seeing the market", why))
    elif name == "NormalizeDouble" and len(call.node.args) == 2:  # noqa: PLR2004 - value and digits
        digits = call.node.args[1]
        if isinstance(digits, ast.Literal) and digits.text in {"3", "4", "5"}:
            why = "Symbols have different digits; a price rounded for another symbol is rejected as invalid."
            found.append(
                Finding(
                    digits.pos, digits.pos + 1, "hint", "trade-hard-digits", "number of digits is hard-coded", why,
                    "Use _Digits", (Change(digits.pos, digits.pos + len(digits.text), "_Digits"),),
                )
            )  # fmt: skip
    elif name in _INDICATORS and not call.target:
        found += _indicator_advice(call, whole, said)
    elif name == "SetExpertMagicNumber" and call.node.args:
        magic = call.node.args[0]
        if isinstance(magic, ast.Literal) and magic.text == "0":
            found.append(_at(call, "trade-magic-zero", "magic number 0 is the number of trades by hand", _MAGIC_WHY))
    return found


_MAGIC_WHY = "Without its own magic number an EA cannot tell its positions from those of others and may close them."


def _order_advice(call: CallFact, whole: _Whole, said: set[str]) -> list[Finding]:
    found: list[Finding] = []
    at = _MARKET[call.name]
    args = call.node.args
    stop = args[at] if len(args) > at else None
    if stop is None or (isinstance(stop, ast.Literal) and float_of(stop) == 0.0):
        if "PositionModify" not in whole.names:
            why = "A lost connection or a gap leaves the position without a stop. Send the stop with the order."
            found.append(_at(call, "trade-no-stop-loss", f"'{call.name}' opens a trade without a stop loss", why))
    found += _general_order_advice(call, whole, said)
    return found


def _general_order_advice(call: CallFact, whole: _Whole, said: set[str]) -> list[Finding]:
    found: list[Finding] = []
    if "SetExpertMagicNumber" not in whole.names and "magic" not in said:
        said.add("magic")
        found.append(_at(call, "trade-magic-zero", "no magic number is set for these trades", _MAGIC_WHY))
    if not whole.names & {"SYMBOL_VOLUME_STEP", "LotsStep", "CheckVolume"} and "lots" not in said:
        volume = call.node.args[0] if call.node.args else None
        if volume is not None and not isinstance(volume, ast.Literal):
            said.add("lots")
            why = "A volume off the symbol's step or below its minimum is rejected. Round it to SYMBOL_VOLUME_STEP."
            found.append(
                _at(call, "trade-lot-not-normalised", "the volume is not adjusted to the symbol's lot step", why)
            )
    if call.function in whole.reached and not whole.names & _BAR_NAMES and "bar" not in said:
        if not whole.names & {"PositionsTotal", "PositionSelect", "SelectByMagic", "static"}:
            said.add("bar")
            why = "OnTick runs many times within a bar; without a guard one signal opens many trades."
            found.append(
                _at(call, "trade-no-new-bar-guard", "trades on every tick, no check for a new bar or position", why)
            )
    return found


def _request_advice(call: CallFact, facts: Facts, said: set[str]) -> list[Finding]:
    found: list[Finding] = []
    fields = {name for function, name in facts.assigned if function == call.function}
    if fields & {"action", "volume"} and "sl" not in fields and "position" not in fields:
        why = "A lost connection or a gap leaves the position without any limit to its loss. Set request.sl."
        found.append(_at(call, "trade-no-stop-loss", "'OrderSend' opens a trade without a stop loss", why))
    if fields & {"action"} and "magic" not in fields and "magic" not in said:
        said.add("magic")
        found.append(_at(call, "trade-magic-zero", "no magic number is set for these trades", _MAGIC_WHY))
    return found


def _indicator_advice(call: CallFact, whole: _Whole, said: set[str]) -> list[Finding]:
    found: list[Finding] = []
    if call.function in whole.reached and call.function != "OnInit":
        if call.function in _TICK_EVENTS or call.in_loop:
            why = "Creating a handle is slow and each one stays in memory. Create it once in OnInit and keep it."
            found.append(
                _at(call, "trade-handle-on-tick", f"'{call.name}' creates an indicator handle on each tick", why)
            )
    if "IndicatorRelease" not in whole.names and "release" not in said:
        said.add("release")
        why = "Handles that are not released keep indicators calculating after the EA has left the chart."
        found.append(
            _at(call, "trade-no-indicator-release", "no IndicatorRelease for the handles of this program", why)
        )
    return found


def _hard_symbol(literal: ast.Literal) -> Finding:
    end = literal.pos + len(literal.text)
    why = "Brokers name symbols differently (suffixes), and the EA then trades another chart than its own."
    message = f"symbol {literal.text} is hard-coded"
    return Finding(
        literal.pos,
        end,
        "hint",
        "trade-hard-symbol",
        message,
        why,
        "Use _Symbol",
        (Change(literal.pos, end, "_Symbol"),),
    )


def _at(call: CallFact, code: str, message: str, why: str) -> Finding:
    start = start_of(call.node)
    return Finding(start, max(start + 1, call.node.pos), "hint", code, message, why)


def _is_trade(target: str, unit: TranslationUnit) -> bool:
    """Whether a name is a trade object: a global of a trade class, or called like one."""
    variable = unit.env.variables.get(target)
    if variable is not None:
        return "trade" in variable.node.type.name.lower()
    return "trade" in target.lower()


def float_of(literal: ast.Literal) -> float:
    """The number a literal stands for; NaN when it is none."""
    try:
        return float(literal.text.rstrip("fF"))
    except ValueError:
        return float("nan")
