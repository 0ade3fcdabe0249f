"""Presets: named values of a project's inputs, from and to `.set` files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from forex_elite.db.ea import presets as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.ea.projects import PresetInfo
from forex_elite.domain.identity import Actor
from forex_elite.domain.people import check_name
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.mql5 import presets as set_files
from forex_elite.mql5.typed_inputs import fitting, typed
from forex_elite.mql5.views import Input
from forex_elite.services.ea import drafts, language, projects, versions

MAX_PRESETS = 100
MAX_SET_BYTES = 256 * 1024


MOST_NAMED = 3
"""So many wrong values of a file are told; the others are wrong alike."""


class PresetExists(Conflict):
    """The project has a preset of that name; choose another name, or change that one."""

    code = "preset-exists"


class PresetOfAnotherProgram(InvalidInput):
    """Nothing in the `.set` file is an input of this program; import it into the project it was saved from."""

    code = "preset-of-another-program"


async def _program(actor: Actor, project_id: UUID, version_id: UUID | None = None) -> tuple[str, tuple[Input, ...]]:
    """The main file of a version, or of the draft, and its inputs. Raises NotFound and NoProgram."""
    if version_id is None:
        opened = await projects.get(actor, project_id)
        entry, files = opened.project.entry, await drafts.contents(actor, project_id)
    else:
        version, files = await versions.contents(actor, version_id)
        if version.project_id != project_id:
            raise NotFound("This project has no such version.")
        entry = version.entry
    return entry, await language.inputs(actor, files, entry)


def _checked(inputs: Sequence[Input], values: Mapping[str, str]) -> dict[str, str]:
    if not values:
        raise InvalidInput("A preset holds at least one value.", field="values")
    typed(inputs, values, field="values")
    return dict(values)


@needs(Permission.PROJECT_READ)
async def list_presets(actor: Actor, project_id: UUID) -> tuple[PresetInfo, ...]:
    """A project's presets by name. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await projects.found(uow, actor, project_id)
        return tuple(await queries.list_presets(uow, actor.person_id, project_id))


@needs(Permission.PROJECT_READ)
async def get(actor: Actor, preset_id: UUID) -> tuple[PresetInfo, bytes | None]:
    """A preset and the file it was imported from. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, preset_id)
    if found is None:
        raise NotFound("There is no such preset.")
    return found


@needs(Permission.PROJECT_CHANGE)
async def create(
    actor: Actor, project_id: UUID, name: str, values: Mapping[str, str], *, version_id: UUID | None = None
) -> PresetInfo:
    """Save values under a name, for the inputs of a version, or of the draft.

    Raises NotFound, NoProgram, InputsRefused, PresetExists.
    """
    _, inputs = await _program(actor, project_id, version_id)
    return await _store(actor, project_id, name, _checked(inputs, values))


@needs(Permission.PROJECT_CHANGE)
async def import_set(actor: Actor, project_id: UUID, name: str, content: bytes) -> tuple[PresetInfo, dict[str, str]]:
    """Make a preset out of a `.set` file, which is kept byte for byte; also told is what was left out, and why.

    Raises NotFound, NoProgram, PresetUnreadable, PresetOfAnotherProgram, PresetExists.
    """
    if len(content) > MAX_SET_BYTES:
        raise InvalidInput(f"A preset has at most {MAX_SET_BYTES // 1024} KiB.", field="file")
    told = set_files.read(content)
    entry, inputs = await _program(actor, project_id)
    taken, left_out = fitting(inputs, told)
    if not taken:
        known = {one.name for one in inputs}
        wrong = [f"{name}: {problem}" for name, problem in left_out.items() if name in known]
        if len(wrong) == len(told):
            raise InvalidInput(f"None of its values can be taken. {' '.join(wrong[:MOST_NAMED])}", field="file")
        raise PresetOfAnotherProgram(
            f"None of its {len(told)} values is of an input of {entry}: the file was saved from another program.",
            field="file",
        )
    values = {name: value for name, value in told.items() if name in taken}
    return await _store(actor, project_id, name, values, content), left_out


async def _store(
    actor: Actor, project_id: UUID, name: str, values: dict[str, str], content: bytes | None = None
) -> PresetInfo:
    name = check_name(name, field="name")
    async with unit_of_work(actor) as uow:
        await projects.locked(uow, actor, project_id)
        if len(await queries.list_presets(uow, actor.person_id, project_id)) >= MAX_PRESETS:
            raise Conflict(f"A project has at most {MAX_PRESETS} presets. Delete one first.")
        preset_id = await queries.store(uow, actor.person_id, project_id, name=name, values=values, content=content)
        if preset_id is None:
            raise PresetExists(f'There is a preset "{name}" already.', field="name")
        made = await queries.find(uow, actor.person_id, preset_id)
        projects.tell(uow, actor.person_id, project_id, presets=True)
    assert made is not None
    return made[0]


@needs(Permission.PROJECT_READ)
async def export_set(actor: Actor, preset_id: UUID) -> tuple[str, bytes]:
    """A preset as a `.set` file, with its name: an imported one as it came. Raises NotFound."""
    preset, content = await get(actor, preset_id)
    return preset.name, content or set_files.write(preset.values, f"{preset.name}, saved by ForexElite")


@needs(Permission.PROJECT_CHANGE)
async def change(
    actor: Actor, preset_id: UUID, *, name: str | None = None, values: Mapping[str, str] | None = None
) -> PresetInfo:
    """Rename a preset or give it other values, for the inputs of the draft.

    Raises NotFound, NoProgram, InputsRefused, PresetExists.
    """
    checked = None
    if values is not None:
        preset, _ = await get(actor, preset_id)
        _, inputs = await _program(actor, preset.project_id)
        checked = _checked(inputs, values)
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, preset_id)
        if found is None:
            raise NotFound("There is no such preset.")
        preset, _ = found
        await projects.locked(uow, actor, preset.project_id)
        wanted = preset.name if name is None else check_name(name, field="name")
        if await queries.exists_name(uow, preset.project_id, wanted, but=preset_id):
            raise PresetExists(f'There is a preset "{wanted}" already.', field="name")
        kept = preset.values if checked is None else checked
        await queries.change(uow, actor.person_id, preset_id, name=wanted, values=kept)
        projects.tell(uow, actor.person_id, preset.project_id, presets=True)
        saved = await queries.find(uow, actor.person_id, preset_id)
    assert saved is not None
    return saved[0]


@needs(Permission.PROJECT_CHANGE)
async def delete(actor: Actor, preset_id: UUID) -> None:
    """Take a preset away. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, preset_id)
        if found is None or not await queries.remove(uow, actor.person_id, preset_id):
            raise NotFound("There is no such preset.")
        projects.tell(uow, actor.person_id, found[0].project_id, presets=True)
