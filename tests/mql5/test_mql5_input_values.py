"""What an input's initialiser stands for, as its form shows it."""

from __future__ import annotations

import pytest

from tests.mql5.languages import language

_BEFORE = "#define HALF 50\nenum Side { Long = 1, Short, Both = Long | Short, High = 1 << 31, Odd = Elsewhere };\n"


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("int x = -5", "-5"),
        ("int x = 0x10", "16"),
        ("int x = HALF * 2 + 7 / 2", "103"),
        ("int x = 7 / 0", None),
        ("ulong x = 18446744073709551615", "18446744073709551615"),
        ("ushort x = 'A'", "65"),
        ("double x = 1e-5", "0.00001"),
        ("double x = 0.10", "0.1"),
        ("double x = -(1.5 + 1)", "-2.5"),
        ("bool x = true", "true"),
        ("bool x = 0", "false"),
        ('string x = "a \\"b\\"" " c"', 'a "b" c'),
        ("string x = NULL", ""),
        ("string x", ""),
        ("datetime x = D'2024.02.29 10:30'", "2024-02-29T10:30:00"),
        ("datetime x = D'2023.02.29'", None),
        ("datetime x = 0", ""),
        ("color x = clrRed", "#ff0000"),
        ("color x = C'1,2,3'", "#010203"),
        ("color x = clrNONE", ""),
        ("Side x = Short", "Short"),
        ("Side x = 3", "Both"),
        ("int x = Both", "3"),
        ("int x = High", "-2147483648"),
        ("int x = Odd", None),
        ("int x = (Both << 4) % 20 ^ ~1", "-10"),
        ("int x = (int)2.9", "2"),
        ("uchar x = 300", "44"),
        ("int x = 1 << 64", None),
        ("int x = 1 % 0", None),
        ("ENUM_TIMEFRAMES x = PERIOD_H1", "PERIOD_H1"),
        ("ENUM_MA_METHOD x = 1", "MODE_EMA"),
        ("int x = Elsewhere()", None),
    ],
)  # fmt: skip
def test_the_value_of_an_initialiser(declared: str, value: str | None) -> None:
    (one,) = language().inputs(f"{_BEFORE}input {declared};")
    assert one.value == value


@pytest.mark.parametrize("piece", ["1 + ", "1 * ", '"a" + '])
def test_a_long_sum_is_no_deeper_than_a_short_one(piece: str) -> None:
    kind = "string" if '"' in piece else "int"
    (one,) = language().inputs(f"input {kind} x = {piece * 20_000}{piece.split(maxsplit=1)[0]};")
    assert one.value is not None
