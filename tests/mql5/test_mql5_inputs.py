"""Values of inputs in their types, `.set` files, and texts back in the encoding they came in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.mql5 import presets
from forex_elite.mql5.source import decode, encode, encoding_of
from forex_elite.mql5.typed_inputs import InputsRefused, InputValue, fields_of, magic_of, typed
from tests.mql5.languages import language

PROGRAM = """\
enum ENUM_WAY { WAY_UP = 1, WAY_DOWN = -1 };
input int Whole = -3;
input uchar Small = 7;
input ulong Large = 18446744073709551615;
input double Number = 0.5 * 3;
input float Rough = -0.5;
input bool Flag = false;
input string Words = "say \\"hi\\"";
input datetime Day = D'2024.02.29 12:30:15';
input color Shade = C'255,128,0';
input ENUM_WAY Way = WAY_DOWN;
input ENUM_TIMEFRAMES Frame = PERIOD_M15;
input ulong InpMagicNumber = 4711;
void OnTick() {}
"""
INPUTS = language().inputs(PROGRAM)


def test_initialisers_become_typed_defaults() -> None:
    assert {field.name: field.default for field in fields_of(INPUTS)} == {
        "Whole": -3,
        "Small": 7,
        "Large": 2**64 - 1,
        "Number": 1.5,
        "Rough": -0.5,
        "Flag": False,
        "Words": 'say "hi"',
        "Day": 1709209815,
        "Shade": 255 | 128 << 8,
        "Way": -1,
        "Frame": 15,
        "InpMagicNumber": 4711,
    }


@pytest.mark.parametrize(
    ("name", "given_value", "value"),
    [
        ("Whole", "0x10", 16),
        ("Whole", 2.0, 2),
        ("Small", 255, 255),
        ("Number", "1e3", 1000.0),
        ("Flag", "1", True),
        ("Flag", True, True),
        ("Words", "", ""),
        ("Day", "2024-02-29", 1709164800),
        ("Day", "1709164800", 1709164800),
        ("Shade", "clrRed", 255),
        ("Shade", "0,0,255", 255 << 16),
        ("Way", "WAY_UP", 1),
        ("Way", -1, -1),
        ("Frame", "PERIOD_H1", 16385),
        ("Frame", "16385", 16385),
    ],
)
def test_values_are_read_as_forms_and_presets_write_them(name: str, given_value: object, value: InputValue) -> None:
    assert typed(INPUTS, {name: given_value}) == {name: value}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Whole", "1.5"),
        ("Whole", 2**31),
        ("Whole", True),
        ("Small", 256),
        ("Small", -1),
        ("Large", 2**64),
        ("Number", "NaN"),
        ("Number", math.inf),
        ("Number", "1,5"),
        ("Flag", "yes"),
        ("Words", "two\nlines"),
        ("Words", "x" * 2001),
        ("Words", 5),
        ("Day", "2024.02.30"),
        ("Day", -1),
        ("Shade", "1,2"),
        ("Shade", "256,0,0"),
        ("Way", 0),
        ("Frame", "H1"),
        ("Nothing", 1),
    ],
)
def test_what_a_type_does_not_take_is_refused_by_name(name: str, wrong: object) -> None:
    with pytest.raises(InputsRefused) as refusal:
        typed(INPUTS, {name: wrong, "InpMagicNumber": 1})

    assert refusal.value.details["field"] == f"inputs.{name}"


def test_the_magic_number_is_found_by_its_name() -> None:
    assert magic_of(INPUTS, {}) == ("InpMagicNumber", 4711)
    assert magic_of(INPUTS, {"InpMagicNumber": 5}) == ("InpMagicNumber", 5)
    assert magic_of(INPUTS[:-1], {}) == ("", None)


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)


@settings(max_examples=30, deadline=None)
@given(values=st.dictionaries(NAMES, VALUES.filter(lambda text: "||" not in text), min_size=1, max_size=10))
def test_a_preset_that_was_written_is_read_the_same(values: dict[str, str]) -> None:
    assert presets.read(presets.write(values, "a test")) == values


@given(value=st.one_of(st.booleans(), st.integers(-(2**31), 2**31 - 1), st.floats(-1e9, 1e9)))
def test_a_value_that_was_written_is_read_the_same(value: InputValue) -> None:
    name = "Flag" if isinstance(value, bool) else "Whole" if isinstance(value, int) else "Number"

    read = typed(INPUTS, {name: presets.written(value)})[name]

    assert read == pytest.approx(value, rel=1e-14)


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le-sig", "utf-16-be-sig"])
def test_a_text_comes_back_from_its_file(text: str, encoding: str) -> None:
    raw = encode(text, encoding)

    assert decode(raw) == text or encoding == "utf-8"  # without a mark, a text may look like another encoding
    if encoding.endswith("-sig"):
        assert encoding_of(raw) == encoding


@given(raw=st.binary(max_size=60))
def test_every_file_has_an_encoding_and_a_text(raw: bytes) -> None:
    assert isinstance(decode(raw), str)
    known = {"utf-8", "utf-8-sig", "utf-16-le", "utf-16-le-sig", "utf-16-be-sig", "cp1251", "cp1252"}
    assert encoding_of(raw) in known


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "// Советник по тренду"),
        ("cp1251", "// ВХОДНЫЕ ПАРАМЕТРЫ, EMA и «Ёлка»"),
        ("cp1252", "// Größe, à la carte où ça a été"),
        ("cp1252", "// Período de média móvel: 20° ± ½"),
        ("cp1252", "// É à"),
    ],
)
def test_a_code_page_is_told_by_the_words_it_makes(encoding: str, text: str) -> None:
    assert encoding_of(text.encode(encoding)) == encoding
    assert decode(text.encode(encoding)) == text
