"""`/api/mql5`: the MQL5 language for editors. A question carries the text, or what changed since the last findings."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import EditIn, Sha256
from forex_elite.domain.identity import Actor
from forex_elite.services import mql5
from forex_elite.services.mql5 import MAX_EDITS, MAX_TEXT, Document, Edited

router = APIRouter(prefix="/api/mql5", tags=["mql5"])

FileName = Annotated[str, Field(min_length=1, max_length=260)]
Line = Annotated[int, Field(ge=1, le=10_000_000, description="From 1.")]
Column = Annotated[int, Field(ge=1, le=10_000_000, description="From 1, in UTF-16 units as editors count.")]


class ChangedText(BaseModel):
    """A text told by what changed in one the server `held` when it last answered `diagnose`; no edits: it is that text.

    `length`, in UTF-16 units, must fit what comes out. 409 `mql5-text-unknown`: send the whole text.
    """

    base_sha256: Sha256
    edits: Annotated[list[EditIn], Field(max_length=MAX_EDITS)] = []
    length: Annotated[int | None, Field(ge=0)] = None

    def as_edited(self) -> Edited:
        """The service's view of it."""
        return Edited(self.base_sha256, [edit.as_edit() for edit in self.edits], self.length)


def _told(text: str | ChangedText) -> str | Edited:
    return text if isinstance(text, str) else text.as_edited()


class Text(BaseModel):
    """A document as it stands in the editor, whole or by what changed.

    `document` names it among the caller's: a newer text of the same document cancels an older question of the same
    kind, which is then answered 409 `mql5-superseded`. `files` are the other files of its project, by path.
    """

    document: FileName = "untitled.mq5"
    text: Annotated[str, Field(max_length=MAX_TEXT)] | ChangedText
    files: Annotated[dict[FileName, str | ChangedText], Field(max_length=200)] = {}

    @field_validator("files")
    @classmethod
    def _bounded(cls, value: dict[str, str | ChangedText]) -> dict[str, str | ChangedText]:
        if sum(len(one) for one in value.values() if isinstance(one, str)) > MAX_TEXT:
            raise ValueError(f"the files have more than {MAX_TEXT:,} characters together")
        return value

    def of(self, actor: Actor) -> Document:
        """The service's view of it: whole texts."""
        files = {path: _told(one) for path, one in self.files.items()}
        return mql5.document_of(actor, self.document, _told(self.text), files)


class TextAt(Text):
    """A document and a place in it."""

    line: Line
    column: Column


class Typing(TextAt):
    """A place where something is typed; `standard` false leaves out the names of the language (`/api/mql5/names`)."""

    standard: bool = True


class EditOut(BaseModel):
    """Replace the text between two places, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class QuickFixOut(BaseModel):
    """A safe change that removes the finding."""

    title: str
    edits: list[EditOut]


class DiagnosticOut(BaseModel):
    """One finding: `code` is MetaEditor's number, or `trade-…` for advice of ours, which also says why."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: Literal["error", "warning", "hint"]
    code: str
    message: str
    why: str
    fixes: list[QuickFixOut]


class CompletionOut(BaseModel):
    """One proposal; `insert` is what to type when it differs from the name."""

    name: str
    kind: str
    detail: str
    summary: str
    insert: str


class HoverOut(BaseModel):
    """What is known of a name, and the place it takes."""

    declaration: str
    summary: str
    line: int
    column: int
    end_column: int


class SignatureOut(BaseModel):
    """One form of the function being called; `active` is the argument the place is in, from 0."""

    label: str
    parameters: list[str]
    active: int
    summary: str


class PlaceOut(BaseModel):
    """Where a name is declared; `file` is the document, a file of the project, or `<library>/…`."""

    file: str
    line: int
    column: int


class OutlineOut(BaseModel):
    """One declaration with its members."""

    name: str
    kind: str
    detail: str
    line: int
    column: int
    end_line: int
    children: list[OutlineOut]


class ChoiceOut(BaseModel):
    """One value an enumeration input may take; `value` is empty where it is not known."""

    name: str
    label: str
    value: str


class InputOut(BaseModel):
    """One `input` variable as the strategy tester shows it; `default` is its initialiser as written.

    `value` is what that stands for: digits, `true`/`false`, a text without quotes, the name of an enumeration's value,
    `#RRGGBB`, or broker time as `2024-01-31T10:00:00`. Null when only the compiler can work it out.
    """

    name: str
    type: str
    default: str
    label: str
    group: str
    is_static: bool
    value: str | None
    line: int
    choices: list[ChoiceOut]


class SupportOut(BaseModel):
    """One part of the terminal's standard library; `declarations` can be compiled against and do nothing here."""

    part: str
    level: Literal["full", "partly", "declarations", "missing"]
    note: str


class Findings(BaseModel):
    """What is wrong, the document's own findings first.

    `held`: the SHA-256 of each text the server holds now, by its path: later questions may tell changes upon them.
    """

    items: list[DiagnosticOut]
    held: dict[str, str]


class Completions(BaseModel):
    """Proposals, the likeliest first.

    `takes_standard`: names of the language may stand there too; `is_cut`: there are more, which more letters bring.
    """

    items: list[CompletionOut]
    takes_standard: bool = False
    is_cut: bool = False


class Names(BaseModel):
    """The names of the language, as proposals."""

    items: list[CompletionOut]


class Signatures(BaseModel):
    """The forms of a function."""

    items: list[SignatureOut]


class Outline(BaseModel):
    """What a document declares, in its order."""

    items: list[OutlineOut]


class Inputs(BaseModel):
    """The inputs of a program, in its order."""

    items: list[InputOut]


class Formatted(BaseModel):
    """The document in house style."""

    text: str


class SupportTable(BaseModel):
    """The standard library, part by part."""

    items: list[SupportOut]


@router.post("/diagnose")
async def diagnose(actor: Acting, body: Text) -> Findings:
    """Errors and warnings in MetaEditor's numbers and words, and advice on trading with quick fixes."""
    document = body.of(actor)
    found = await mql5.diagnose(actor, document)
    held = mql5.hold(actor, document)
    return Findings.model_validate({"items": found, "held": held}, from_attributes=True)


@router.post("/complete")
async def complete(actor: Acting, body: Typing) -> Completions:
    """Proposals for a place; none inside comments, strings and paths."""
    if not body.standard:
        own = await mql5.own_proposals(actor, body.of(actor), body.line, body.column)
        return Completions.model_validate(own, from_attributes=True)
    found = await mql5.complete(actor, body.of(actor), body.line, body.column)
    return Completions.model_validate({"items": found}, from_attributes=True)


@router.get("/names")
async def names(_: Acting) -> Names:
    """The functions, constants, types and keywords of MQL5: an editor asks once and narrows them down by itself."""
    return Names.model_validate({"items": mql5.standard_names()}, from_attributes=True)


@router.post("/hover")
async def hover(actor: Acting, body: TextAt) -> HoverOut | None:
    """What is known of the name at a place; null for nothing."""
    found = await mql5.hover(actor, body.of(actor), body.line, body.column)
    return None if found is None else HoverOut.model_validate(found, from_attributes=True)


@router.post("/signature")
async def signature(actor: Acting, body: TextAt) -> Signatures:
    """The forms of the function whose call a place is in, the fitting ones first."""
    found = await mql5.signature(actor, body.of(actor), body.line, body.column)
    return Signatures.model_validate({"items": found}, from_attributes=True)


@router.post("/definition")
async def definition(actor: Acting, body: TextAt) -> PlaceOut | None:
    """Where the name at a place is declared; null for what the language brings along."""
    found = await mql5.definition(actor, body.of(actor), body.line, body.column)
    return None if found is None else PlaceOut.model_validate(found, from_attributes=True)


@router.post("/outline")
async def outline(actor: Acting, body: Text) -> Outline:
    """What the document declares."""
    found = await mql5.outline(actor, body.of(actor))
    return Outline.model_validate({"items": found}, from_attributes=True)


@router.post("/inputs")
async def inputs(actor: Acting, body: Text) -> Inputs:
    """The inputs of the program: type, default, label, group, and the choices of enumerations."""
    found = await mql5.inputs(actor, body.of(actor))
    return Inputs.model_validate({"items": found}, from_attributes=True)


@router.post("/format")
async def format_text(actor: Acting, body: Text) -> Formatted:
    """The document in the MQL5 house style: only white space changes."""
    return Formatted(text=await mql5.formatted(actor, body.of(actor)))


@router.get("/support")
async def support(_: Acting) -> SupportTable:
    """What of MetaTrader's standard library is understood here, and what an EA that needs it must do without."""
    return SupportTable.model_validate({"items": mql5.supported()}, from_attributes=True)
