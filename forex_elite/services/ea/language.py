"""The front end asked about whole projects: findings and inputs of a program with its other files."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.typed_inputs import InputField, fields_of
from forex_elite.mql5.views import Input
from forex_elite.services import mql5
from forex_elite.services.ea.texts import sources
from forex_elite.services.mql5 import Document


class NoProgram(InvalidInput):
    """There is no `.mq5` file to start with; add one, or name the main file in the project's settings."""

    code = "ea-no-program"


def _parts(files: Mapping[str, bytes], entry: str) -> tuple[str, dict[str, str]]:
    texts = sources(files)
    if entry not in texts:
        raise NoProgram("The project has no .mq5 file to start with.", field="entry")
    return texts.pop(entry), texts


def _document(files: Mapping[str, bytes], entry: str) -> Document:
    """The program as a document of its own: no other question of the person is superseded by it."""
    text, others = _parts(files, entry)
    return Document(entry, text, others, key=str(uuid4()))


@needs(Permission.LANGUAGE_USE)
async def diagnose(actor: Actor, files: Mapping[str, bytes], entry: str) -> tuple[Diagnostic, ...]:
    """What the front end finds in a program. Raises NoProgram and AnalysisTooLong."""
    return await mql5.diagnose(actor, _document(files, entry))


@needs(Permission.LANGUAGE_USE)
async def inputs(actor: Actor, files: Mapping[str, bytes], entry: str) -> tuple[Input, ...]:
    """The inputs of a program. Raises NoProgram and AnalysisTooLong."""
    return await mql5.inputs(actor, _document(files, entry))


@needs(Permission.LANGUAGE_USE)
async def input_form(actor: Actor, files: Mapping[str, bytes], entry: str) -> tuple[InputField, ...]:
    """The form of a program's inputs. Raises NoProgram and AnalysisTooLong."""
    return fields_of(await inputs(actor, files, entry))
