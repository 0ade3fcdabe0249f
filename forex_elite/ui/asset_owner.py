"""Which module asks for a shared asset, told without reading the sources of everything on the call stack.

`rx.asset(…, shared=True)` looks for its caller with `inspect.stack()`, which opens every file on the stack and walks
all loaded modules: with our seventy assets half of the time a start takes. The same answer is in the frames themselves.
"""

from __future__ import annotations

import inspect
import sys
from types import FrameType, ModuleType, SimpleNamespace

from reflex import assets


def stack() -> list[inspect.FrameInfo]:
    """The calling frames, innermost first, without their lines."""
    found: list[inspect.FrameInfo] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  what inspect itself begins with
    while frame is not None:
        code = frame.f_code
        found.append(inspect.FrameInfo(frame, code.co_filename, frame.f_lineno, code.co_name, None, None))
        frame = frame.f_back
    return found


def getmodule(frame: FrameType) -> ModuleType | None:
    """The module a frame runs in."""
    return sys.modules.get(frame.f_globals["__name__"])


def use() -> None:
    """Have Reflex look for owners this way."""
    assets.inspect = SimpleNamespace(stack=stack, getmodule=getmodule)
