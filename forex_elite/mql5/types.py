"""The types of MQL5 as the checker sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forex_elite.mql5.symbols import ClassSymbol

# Kinds. What the checker does not understand is ANY, and nothing is ever reported about it.
ANY, VOID, BOOL, INT, REAL, STRING, ENUM, STRUCT, CLASS, POINTER, ARRAY, FUNCTION, NULL, MATRIX = range(14)

NUMERIC = frozenset({BOOL, INT, REAL, ENUM})
OBJECTS = frozenset({STRUCT, CLASS, POINTER})


class Type:
    """One type. `size` and `signed` tell integers apart; `element` and `dims` belong to arrays; `args` to templates."""

    __slots__ = ("args", "const", "dims", "element", "kind", "name", "signed", "size", "symbol")

    def __init__(
        self,
        name: str,
        kind: int,
        size: int = 0,
        *,
        signed: bool = True,
        symbol: ClassSymbol | None = None,
        element: Type | None = None,
        dims: tuple[int | None, ...] = (),
        args: tuple[Type, ...] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.size = size
        self.signed = signed
        self.symbol = symbol
        self.element = element
        self.dims = dims
        self.args = args

    def __repr__(self) -> str:
        return self.name


UNKNOWN = Type("unknown", ANY)
VOID_TYPE = Type("void", VOID)
BOOL_TYPE = Type("bool", BOOL, 1, signed=False)
CHAR_TYPE = Type("char", INT, 1)
UCHAR_TYPE = Type("uchar", INT, 1, signed=False)
SHORT_TYPE = Type("short", INT, 2)
USHORT_TYPE = Type("ushort", INT, 2, signed=False)
INT_TYPE = Type("int", INT, 4)
UINT_TYPE = Type("uint", INT, 4, signed=False)
LONG_TYPE = Type("long", INT, 8)
ULONG_TYPE = Type("ulong", INT, 8, signed=False)
FLOAT_TYPE = Type("float", REAL, 4)
DOUBLE_TYPE = Type("double", REAL, 8)
STRING_TYPE = Type("string", STRING)
DATETIME_TYPE = Type("datetime", INT, 8)
COLOR_TYPE = Type("color", INT, 4)
NULL_TYPE = Type("NULL", NULL)

BUILTIN: dict[str, Type] = {
    one.name: one
    for one in (
        VOID_TYPE,
        BOOL_TYPE,
        CHAR_TYPE,
        UCHAR_TYPE,
        SHORT_TYPE,
        USHORT_TYPE,
        INT_TYPE,
        UINT_TYPE,
        LONG_TYPE,
        ULONG_TYPE,
        FLOAT_TYPE,
        DOUBLE_TYPE,
        STRING_TYPE,
        DATETIME_TYPE,
        COLOR_TYPE,
    )
}
BUILTIN |= {
    "int8_t": CHAR_TYPE,
    "uint8_t": UCHAR_TYPE,
    "int16_t": SHORT_TYPE,
    "uint16_t": USHORT_TYPE,
    "int32_t": INT_TYPE,
    "uint32_t": UINT_TYPE,
    "int64_t": LONG_TYPE,
    "uint64_t": ULONG_TYPE,
}
BUILTIN |= {"any": UNKNOWN, "...": UNKNOWN}
BUILTIN |= {name: Type(name, MATRIX) for name in ("matrix", "matrixf", "matrixc", "vector", "vectorf", "vectorc")}
BUILTIN |= {"matrixcf": Type("matrixcf", MATRIX), "vectorcf": Type("vectorcf", MATRIX)}


def array_of(element: Type, dims: tuple[int | None, ...]) -> Type:
    """An array of an element type; an open dimension is None."""
    return Type(element.name + "[]" * len(dims), ARRAY, element=element, dims=dims)


def indexed(array: Type) -> Type:
    """What one index of an array gives: a row of a larger one, or the element."""
    assert array.element is not None
    return array_of(array.element, array.dims[1:]) if len(array.dims) > 1 else array.element


def arithmetic(left: Type, right: Type) -> Type:
    """The type in which two numbers are calculated."""
    if left.kind == REAL or right.kind == REAL:
        return DOUBLE_TYPE if left.size == 8 or right.size == 8 or left is not right else FLOAT_TYPE  # noqa: PLR2004
    if left is DATETIME_TYPE or right is DATETIME_TYPE:
        return DATETIME_TYPE if left is not right else LONG_TYPE
    size = max(left.size, right.size, 4)
    unsigned = (left.size == size and not left.signed) or (right.size == size and not right.signed)
    if size == 8:  # noqa: PLR2004 - bytes of a long
        return ULONG_TYPE if unsigned else LONG_TYPE
    return UINT_TYPE if unsigned else INT_TYPE


def loses_data(source: Type, target: Type) -> bool:
    """Whether a number of one type may not fit another: MetaEditor's warning 43."""
    if source.kind == REAL:
        if target.kind == REAL:
            return target.size < source.size
        return target.kind == INT
    if source.kind != INT or target.kind == BOOL or target.kind == ENUM:
        return False
    if target.kind == REAL:
        return source.size == 8 and source is not DATETIME_TYPE  # noqa: PLR2004 - bytes of a long
    if target.kind != INT:
        return False
    return target.size < source.size or (target.size == source.size and not source.signed and target.signed)


def convertible(source: Type, target: Type) -> bool:
    """Whether a value may be given where another type is wanted, with or without a warning."""
    a, b = source.kind, target.kind
    if a == ANY or b == ANY or a == MATRIX or b == MATRIX:
        return True
    if a == VOID or b == VOID:
        return False
    if a in NUMERIC or a == STRING:
        return b in NUMERIC or b == STRING
    if a == NULL:
        return b in NUMERIC or b in {STRING, POINTER, CLASS, FUNCTION, ARRAY}
    if a == ARRAY:
        return b == ARRAY
    if a == FUNCTION:
        return b == FUNCTION
    return b in OBJECTS
