"""`/api/ea/templates` and `/api/ea/wizard`: texts to start a project from, without any model or network."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.mql5.templates import list_templates
from forex_elite.mql5.wizard import (
    PARAMETERS,
    Choices,
    Entry,
    Exit,
    Filter,
    Positions,
    Sizing,
    Stop,
    write_program,
)

router = APIRouter(prefix="/api/ea", tags=["experts: starting points"])


class TemplateOut(BaseModel):
    """A documented program of our own."""

    id: str
    title: str
    about: str
    kind: str
    file: str
    text: str


class TemplatesOut(BaseModel):
    """All templates, the simplest first."""

    items: list[TemplateOut]


class ParameterOut(BaseModel):
    """A number the wizard asks for."""

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    is_whole: bool


class WizardOut(BaseModel):
    """What can be chosen, and the numbers each choice brings along (stops and sizes as `stop_…` and `size_…`)."""

    entries: list[Entry]
    filters: list[Filter]
    stops: list[Stop]
    exits: list[Exit]
    sizings: list[Sizing]
    positions: list[Positions]
    parameters: dict[str, list[ParameterOut]]


class Strategy(BaseModel):
    """A strategy as chosen; `numbers` overrides defaults by name."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    entry: Entry
    filters: Annotated[list[Filter], Field(max_length=20)] = []
    stop: Stop = Stop.ATR
    exits: Annotated[list[Exit], Field(max_length=20)] = []
    sizing: Sizing = Sizing.RISK
    positions: Positions = Positions.ONE
    numbers: Annotated[dict[str, float], Field(max_length=100)] = {}


class ProgramOut(BaseModel):
    """A program, ready to be a file of a project."""

    file: str
    text: str


@router.get("/templates")
async def templates(_: Acting) -> TemplatesOut:
    """Documented programs to start from."""
    return TemplatesOut(items=[TemplateOut.model_validate(one, from_attributes=True) for one in list_templates()])


@router.get("/wizard")
async def wizard(_: Acting) -> WizardOut:
    """What the strategy wizard offers."""
    return WizardOut(
        entries=list(Entry),
        filters=list(Filter),
        stops=list(Stop),
        exits=list(Exit),
        sizings=list(Sizing),
        positions=list(Positions),
        parameters={
            str(key): [ParameterOut.model_validate(one, from_attributes=True) for one in parameters]
            for key, parameters in PARAMETERS.items()
        },
    )


@router.post("/wizard")
async def write(_: Acting, body: Strategy) -> ProgramOut:
    """The program of a strategy: complete, commented, and clean in the built-in check."""
    choices = Choices(
        name=body.name,
        entry=body.entry,
        filters=frozenset(body.filters),
        stop=body.stop,
        exits=frozenset(body.exits),
        sizing=body.sizing,
        positions=body.positions,
        numbers=body.numbers,
    )
    return ProgramOut(file=f"{body.name}.mq5", text=write_program(choices))
