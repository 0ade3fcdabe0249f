"""`/api/ea/…/presets` and `/inputs`: the form of a program's inputs, and values saved for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import BYTES, RAW_BODY, Name, attachment
from forex_elite.domain.ea.projects import PresetInfo
from forex_elite.mql5.typed_inputs import InputField
from forex_elite.services.ea import drafts, language, presets, projects, versions

router = APIRouter(prefix="/api/ea", tags=["experts: inputs"])

Values = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=2000)]], Field(max_length=2000)
]


class ChoiceOut(BaseModel):
    """One value of an enumeration."""

    name: str
    label: str
    value: str


class InputFieldOut(BaseModel):
    """One input: what kind of value it takes, its default, and for whole numbers the range of its type."""

    name: str
    label: str
    group: str
    type: str
    kind: str
    default: bool | int | float | str | None
    default_text: str
    choices: list[ChoiceOut]
    minimum: int | None
    maximum: int | None
    is_static: bool
    line: int


class InputFormOut(BaseModel):
    """The inputs of a program in their order."""

    items: list[InputFieldOut]

    @classmethod
    def of(cls, fields: tuple[InputField, ...]) -> InputFormOut:
        return cls(items=[InputFieldOut.model_validate(field, from_attributes=True) for field in fields])


class NewPreset(BaseModel):
    """Values by the names of the inputs, as a `.set` file writes them: of a version, or of the draft."""

    name: Name
    values: Values
    version_id: UUID | None = None


class PresetPatch(BaseModel):
    """What to change."""

    name: Name | None = None
    values: Values | None = None


class PresetOut(BaseModel):
    """Named values of inputs; `is_imported` while it is the file it came from, byte for byte."""

    id: UUID
    project_id: UUID
    name: str
    values: dict[str, str]
    is_imported: bool
    updated_at: AwareDatetime

    @classmethod
    def of(cls, info: PresetInfo) -> PresetOut:
        return cls.model_validate(info, from_attributes=True)


class ImportedPresetOut(PresetOut):
    """A preset as imported; `left_out` says by name what of the file the program does not take, and why."""

    left_out: dict[str, str]


class PresetsOut(BaseModel):
    """A project's presets; there is only one page of them."""

    items: list[PresetOut]
    next_cursor: str | None = None


@router.get("/projects/{project_id}/inputs")
async def draft_inputs(actor: Acting, project_id: UUID) -> InputFormOut:
    """The inputs of the draft's program."""
    opened = await projects.get(actor, project_id)
    files = await drafts.contents(actor, project_id)
    return InputFormOut.of(await language.input_form(actor, files, opened.project.entry))


@router.get("/versions/{version_id}/inputs")
async def version_inputs(actor: Acting, version_id: UUID) -> InputFormOut:
    """The inputs of a version's program."""
    version, files = await versions.contents(actor, version_id)
    return InputFormOut.of(await language.input_form(actor, files, version.entry))


@router.get("/projects/{project_id}/presets")
async def list_presets(actor: Acting, project_id: UUID) -> PresetsOut:
    """A project's presets by name."""
    return PresetsOut(items=[PresetOut.of(info) for info in await presets.list_presets(actor, project_id)])


@router.post("/projects/{project_id}/presets", status_code=201)
async def create(actor: Acting, project_id: UUID, body: NewPreset) -> PresetOut:
    """Save values under a name; 422 `ea-inputs-refused` says of each value the program does not take what is wrong."""
    return PresetOut.of(await presets.create(actor, project_id, body.name, body.values, version_id=body.version_id))


@router.post("/projects/{project_id}/presets/import", status_code=201, openapi_extra=RAW_BODY)
async def import_set(
    actor: Acting, project_id: UUID, request: Request, name: Annotated[str, Query(min_length=1, max_length=200)]
) -> ImportedPresetOut:
    """Make a preset out of a `.set` file, which is the body; what the program does not take is left out and told."""
    made, left_out = await presets.import_set(actor, project_id, name, await request.body())
    return ImportedPresetOut(**PresetOut.of(made).model_dump(), left_out=left_out)


@router.patch("/presets/{preset_id}")
async def change(actor: Acting, preset_id: UUID, body: PresetPatch) -> PresetOut:
    """Rename a preset or give it other values."""
    return PresetOut.of(await presets.change(actor, preset_id, name=body.name, values=body.values))


@router.delete("/presets/{preset_id}", status_code=204)
async def delete(actor: Acting, preset_id: UUID) -> None:
    """Take a preset away."""
    await presets.delete(actor, preset_id)


@router.get("/presets/{preset_id}/file", response_class=Response, responses=BYTES)
async def export_set(actor: Acting, preset_id: UUID) -> Response:
    """The preset as a `.set` file the terminal loads."""
    name, content = await presets.export_set(actor, preset_id)
    return attachment(content, f"{name}.set")
