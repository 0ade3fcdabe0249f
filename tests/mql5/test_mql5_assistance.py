from __future__ import annotations

import pytest

from forex_elite.mql5.proposals import Proposals, standard_proposals
from tests.mql5.languages import language
from tests.mql5.mistakes import PROGRAM


def place(marked: str) -> tuple[str, int, int]:
    at = marked.index("¦")
    return marked.replace("¦", ""), marked.count("\n", 0, at) + 1, at - marked.rfind("\n", 0, at)


def test_members_are_proposed_behind_a_dot() -> None:
    text, line, column = place(PROGRAM.replace("IndicatorRelease(handle);", "trade.PositionC¦"))
    names = [one.name for one in language().complete(text, line, column)]
    assert names[:3] == ["PositionClose", "PositionCloseBy", "PositionClosePartial"]


def test_private_members_are_not_proposed_outside() -> None:
    text, line, column = place(PROGRAM.replace("IndicatorRelease(handle);", "journal.¦"))
    names = {one.name for one in language().complete(text, line, column)}
    assert {"Add", "Count"} <= names
    assert "m_count" not in names


def test_fields_of_a_local_structure_are_proposed() -> None:
    text, line, column = place(PROGRAM.replace("setup.stop = rates[1].low;", "setup.stop = rates[1].l¦;"))
    names = [one.name for one in language().complete(text, line, column)]
    assert names[0] == "low"


def test_the_wanted_enumeration_comes_first_in_a_call() -> None:
    text, line, column = place(PROGRAM.replace("0, MODE_SMA, PRICE_CLOSE", "0, ¦"))
    names = [one.name for one in language().complete(text, line, column)]
    assert names[:4] == ["MODE_SMA", "MODE_EMA", "MODE_SMMA", "MODE_LWMA"]


def test_locals_functions_and_constants_are_proposed_by_prefix() -> None:
    text, line, column = place(PROGRAM.replace("double lots = Lots(points);", "double lots = Lo¦"))
    names = [one.name for one in language().complete(text, line, column)]
    assert "Lots" in names


@pytest.mark.parametrize(
    "marked",
    [
        "#include <Trade/Trade.¦",
        "#include <Trade/Tr¦",
        "#inc¦",
        '#property copyright "Sy¦',
        "// the Symbol¦",
        "/* the Symbol¦",
        'string name = "Sym¦',
        "int a; // Sym¦\nint b;",
        "char one = 'S¦",
    ],
)
def test_nothing_is_proposed_where_no_name_can_stand(marked: str) -> None:
    text, line, column = place(marked)
    assert language().complete(text, line, column) == ()
    assert not language().own_proposals(text, line, column).takes_standard


@pytest.mark.parametrize(
    "marked", ["#define ASK Sym¦", "/* one */ Sym¦", 'string a = "x" + Sym¦', "int a; // one\nSym¦"]
)
def test_names_are_proposed_behind_what_looks_closed(marked: str) -> None:
    text, line, column = place(marked)
    assert "SymbolInfoDouble" in {one.name for one in language().complete(text, line, column)}


def test_what_a_program_declares_is_proposed_apart_from_the_language_itself() -> None:
    text, line, column = place(PROGRAM.replace("double lots = Lots(points);", "double lots = Lo¦"))
    own = language().own_proposals(text, line, column)
    assert own.takes_standard
    assert not own.is_cut
    assert "Lots" in {one.name for one in own.items}
    assert not {one.name for one in own.items} & {"MathLog", "long"}
    assert {"MathLog", "long"} <= {one.name for one in standard_proposals()}
    text, line, column = place(PROGRAM.replace("IndicatorRelease(handle);", "trade.PositionC¦"))
    assert not language().own_proposals(text, line, column).takes_standard


def test_of_too_many_names_some_are_told_and_more_letters_find_the_others() -> None:
    names = [f"total{number}" for number in range(400)]
    declared = "".join(f"double {name};\n" for name in names)

    def own(typed: str) -> Proposals:
        return language().own_proposals(*place(f"{declared}void OnTick()\n{{\n   {typed}¦\n}}\n"))

    assert (len(own("t").items), own("t").is_cut) == (300, True)
    assert ([one.name for one in own("total39").items], own("total39").is_cut) == (
        ["total39", *(f"total39{digit}" for digit in range(10))],
        False,
    )


def test_hover_tells_signature_sentence_and_engine() -> None:
    text, line, column = place(PROGRAM.replace("CopyBuffer(handle", "Copy¦Buffer(handle"))
    found = language().hover(text, line, column)
    assert found is not None
    assert found.declaration.startswith("int CopyBuffer(int indicator_handle")
    assert "number copied" in found.summary
    assert (found.column, found.end_column) == (7, 17)


def test_hover_of_an_input_shows_its_label() -> None:
    text, line, column = place(PROGRAM.replace("PERIOD_CURRENT, InpPeriod", "PERIOD_CURRENT, Inp¦Period"))
    found = language().hover(text, line, column)
    assert found is not None
    assert (found.declaration, found.summary) == ("input int InpPeriod = 20", "Period")


def test_hover_of_an_unverified_constant_says_so() -> None:
    found = language().hover("int a = MODE_EMA;", 1, 10)
    assert found is not None
    assert "not yet checked" in found.summary


def test_signature_help_counts_the_argument() -> None:
    text, line, column = place(
        PROGRAM.replace("iMA(_Symbol, PERIOD_CURRENT, InpPeriod, 0", "iMA(_Symbol, PERIOD_CURRENT, ¦InpPeriod, 0")
    )
    found = language().signature(text, line, column)
    assert found[0].parameters[found[0].active] == "int ma_period"


def test_signature_help_knows_methods() -> None:
    text, line, column = place(PROGRAM.replace("trade.Buy(lots, _Symbol", "trade.Buy(lots, ¦_Symbol"))
    found = language().signature(text, line, column)
    assert found[0].parameters[found[0].active] == "const string symbol = NULL"


def test_inputs_have_groups_labels_and_choices() -> None:
    found = language().inputs(PROGRAM)
    assert [(one.name, one.type, one.default, one.label, one.group) for one in found] == [
        ("InpPeriod", "int", "20", "Period", "Signal"),
        ("InpRisk", "double", "1.0", "Risk in percent", "Signal"),
        ("InpExit", "ENUM_EXIT", "EXIT_FIXED", "Exit", "Signal"),
    ]
    assert [(one.name, one.label, one.value) for one in found[2].choices] == [
        ("EXIT_FIXED", "Fixed target", "0"),
        ("EXIT_TRAILING", "Trailing stop", "1"),
    ]


def test_the_outline_names_events_classes_and_members() -> None:
    found = {one.name: one for one in language().outline(PROGRAM)}
    assert found["OnTick"].kind == "event"
    assert [one.name for one in found["CJournal"].children if one.kind == "function"] == ["CJournal", "Add", "Count"]
    assert found["Setup"].kind == "struct"
