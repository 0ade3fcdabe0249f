"""Functions with the calling convention of the package's C code, which Python functions cannot have.

`order_send` and `order_check` tell "called with keyword arguments" from "called without" by whether a keyword object
was passed at all. `fn(*args, **kwargs)` with an empty `kwargs` passes one, so an order sent through
`ThreadPoolExecutor.submit(fn, request)` fails. Python functions never see the difference; a C function made here does.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

log = logging.getLogger(__name__)

METH_VARARGS: Final = 0x0001
METH_KEYWORDS: Final = 0x0002

Body = Callable[[tuple[Any, ...], dict[str, Any] | None], Any]
"""Gets the positional arguments, and the keyword arguments or None where no keyword object was passed."""

_C_BODY: Final = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)


class _MethodDef(ctypes.Structure):
    """PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", _C_BODY),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class _MakeFunction(Protocol):
    argtypes: tuple[object, ...]
    restype: object

    def __call__(self, definition: Any, owner: Any, module: Any, /) -> Any: ...


class _Owner:
    """Lives as the C function's own `self`, so that its definition and body live exactly as long as it does."""

    def __init__(self, definition: _MethodDef, body: object) -> None:
        self.definition = definition
        self.body = body


def native_function(name: str, body: Body, failed: Callable[[BaseException], None]) -> Callable[..., Any]:
    """A built-in function around `body`; `failed` is told of an exception in it, and the caller gets None.

    An exception cannot cross from here into the caller, as the real functions never raise one either.
    """

    def call(_owner: int | None, args: tuple[Any, ...], kwargs: int | None) -> Any:
        try:
            return body(args, cast("dict[str, Any]", ctypes.cast(kwargs, ctypes.py_object).value) if kwargs else None)
        except BaseException as error:  # noqa: BLE001  # nothing may pass through the C frame
            failed(error)
            return None

    c_body = _C_BODY(call)
    definition = _MethodDef(name.encode(), c_body, METH_VARARGS | METH_KEYWORDS, None)
    make = cast("_MakeFunction", ctypes.pythonapi["PyCFunction_NewEx"])
    make.argtypes = (ctypes.POINTER(_MethodDef), ctypes.py_object, ctypes.c_void_p)
    make.restype = ctypes.py_object
    return cast("Callable[..., Any]", make(ctypes.byref(definition), _Owner(definition, c_body), None))
