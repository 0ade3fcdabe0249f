"""The front end asked about whole projects: findings and inputs of a program with its other files."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from forex_elite.errors import InvalidInput
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.input_values import InputField, fields_of
from forex_elite.mql5.views import Input
from forex_elite.mql5.worker import LanguageWorker
from forex_elite.services.ea.texts import sources

_worker = LanguageWorker()


class NoProgram(InvalidInput):
    """There is no `.mq5` file to start with; add one, or name the main file in the project's settings."""

    code = "ea-no-program"


def _parts(files: Mapping[str, bytes], entry: str) -> tuple[str, dict[str, str]]:
    texts = sources(files)
    if entry not in texts:
        raise NoProgram("The project has no .mq5 file to start with.", field="entry")
    return texts.pop(entry), texts


async def diagnose(files: Mapping[str, bytes], entry: str) -> tuple[Diagnostic, ...]:
    """What the front end finds in a program. Raises NoProgram and AnalysisTooLong."""
    text, others = _parts(files, entry)
    return await _worker.diagnose(str(uuid4()), text, entry, others)


async def inputs(files: Mapping[str, bytes], entry: str) -> tuple[Input, ...]:
    """The inputs of a program. Raises NoProgram and AnalysisTooLong."""
    text, others = _parts(files, entry)
    return await _worker.inputs(str(uuid4()), text, entry, others)


async def input_form(files: Mapping[str, bytes], entry: str) -> tuple[InputField, ...]:
    """The form of a program's inputs. Raises NoProgram and AnalysisTooLong."""
    return fields_of(await inputs(files, entry))


async def stop() -> None:
    """End the process behind it; the next question starts another."""
    await _worker.stop()
