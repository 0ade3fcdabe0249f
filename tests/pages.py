"""Imports the pages on a thread of its own.

For each of its some forty scripts Reflex looks through the whole call stack; below pytest that is deep, and importing
the pages takes half a minute instead of a few seconds.
"""

from contextlib import suppress
from contextvars import copy_context
from importlib import import_module
from threading import Thread

from reflex_base.registry import RegistrationContext


def _import() -> None:
    with suppress(Exception):  # whoever imports the pages next gets the error
        import_module("forex_elite.ui.site")


RegistrationContext.ensure_context()  # what the pages register must be known to this thread, too
_importing = Thread(target=copy_context().run, args=(_import,))
_importing.start()
_importing.join()
