"""The language's own process: pickled questions on standard input, pickled answers on standard output.

    python -m forex_elite.mql5.serve

Each message is its length in eight bytes and then the pickle; the first one says that the process is ready.
"""

from __future__ import annotations

import contextlib
import gc
import pickle
import sys
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from forex_elite.errors import ForexEliteError
from forex_elite.mql5.analysis import Memory
from forex_elite.mql5.language import Language

MEMORY_LIMIT_BYTES = 1_500_000_000
DOCUMENTS_KEPT = 8
"""How many documents' parsed includes and declarations are remembered."""
LENGTH_BYTES = 8


def packed(message: object) -> bytes:
    """A message as it goes over the pipe."""
    body = pickle.dumps(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def main() -> None:
    """Answer until standard input ends. Garbage is collected between questions, not within."""
    _limit_memory()
    gc.disable()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    kept: OrderedDict[str, Language] = OrderedDict()
    memory = Memory()  # of all documents: the library is read once
    answers.write(packed(("ready", None)))
    answers.flush()
    while head := questions.read(LENGTH_BYTES):
        message = pickle.loads(questions.read(int.from_bytes(head, "big")))  # noqa: S301 - from the server itself
        answers.write(packed(_answer(kept, memory, *message)))
        answers.flush()
        gc.collect(0)


def _answer(
    kept: OrderedDict[str, Language],
    memory: Memory,
    method: str,
    document: str,
    files: Mapping[str, str],
    args: tuple[Any, ...],
) -> tuple[str, Any]:
    try:
        language = kept.setdefault(document, Language(memory=memory))
        kept.move_to_end(document)
        if len(kept) > DOCUMENTS_KEPT:
            kept.popitem(last=False)
        language.use_files(files)
        return "ok", getattr(language, method)(*args)
    except MemoryError:
        kept.clear()
        return "too large", None
    except ForexEliteError as refusal:
        return "refused", (refusal.message, refusal.code)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the caller must hear of it
        return "fault", f"{type(fault).__name__}: {fault}"


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


if __name__ == "__main__":
    main()
