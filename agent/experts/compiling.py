"""A `compile` job: sources byte for byte into a folder of their own, MetaEditor, and what came of it to the server."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, Final

from agent.experts.artifacts import Artifacts
from agent.experts.failure import JobFailed
from agent.protocol import ArtifactRef, CompileMessage, CompileOutcome, CompileRequest, SourceFile
from agent.terminal import metaeditor, text_files
from agent.terminal.folder import NameRefused, safe_path, twin_key
from agent.terminal.metaeditor import CompilerMissing, Finding, Verdict
from agent.terminal.program import TerminalProgram

MOST_MESSAGES: Final = 1000
_MESSAGE: Final = 2000
_SOURCE_ENDINGS: Final = frozenset({".mq5", ".mqh"})
_REASONS: Final = {
    "timed-out": "MetaEditor did not finish within {seconds:.0f} s and was ended; a dialog on the VPS may hold it up",
    "no-log": "MetaEditor ended without a result in its log",
    "no-ex5": "MetaEditor reported no errors but wrote no .ex5",
}


async def compile_request(
    request: CompileRequest,
    program: TerminalProgram,
    artifacts: Artifacts,
    folder: Path,
    *,
    timeout_s: float = metaeditor.TIMEOUT_S,
) -> dict[str, Any]:
    """Compile and upload; a `CompileOutcome` as JSON. `folder` is this job's own and is removed afterwards.

    Raises JobFailed: `name-refused`, `main-missing`, `no-metaeditor`, `compile-timed-out`, `compile-failed` (with the
    outcome as its result), and what `Artifacts` raises.
    """
    main = _checked(request)
    began = time.monotonic()
    try:
        source = await _lay_out(request, main, artifacts, folder)
        mql5 = await asyncio.to_thread(_include_tree, request, program, folder)
        verdict = await _compile(program, source, mql5, timeout_s)
        outcome = await _outcome(verdict, source, folder, artifacts)
        outcome = outcome.model_copy(update={"took_ms": round((time.monotonic() - began) * 1000)})
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    if verdict.is_good:
        return outcome.model_dump(mode="json")
    raise _failure(verdict, outcome, timeout_s)


def _checked(request: CompileRequest) -> Path:
    """Every name as a path below the job's folder; the main source's."""
    seen: set[str] = set()
    try:
        for file in request.files:
            path = safe_path(file.path)
            if twin_key(str(path)) in seen:
                raise JobFailed("name-refused", f"{file.path} is there twice; Windows does not tell capitals apart")
            seen.add(twin_key(str(path)))
        for file in request.includes:
            safe_path(file.path)
        main = safe_path(request.main)
    except NameRefused as problem:
        raise JobFailed("name-refused", str(problem)) from problem
    if twin_key(str(main)) not in seen or main.suffix.lower() != ".mq5":
        raise JobFailed("main-missing", f"{request.main} is not one of the files, or is no .mq5")
    return main


async def _lay_out(request: CompileRequest, main: Path, artifacts: Artifacts, folder: Path) -> Path:
    await _write(request.files, artifacts, folder / "source")
    await _write(request.includes, artifacts, folder / "MQL5" / "Include")
    return folder / "source" / main


async def _write(files: Sequence[SourceFile], artifacts: Artifacts, folder: Path) -> None:
    for file in files:
        if file.sha256 is not None:
            content = await artifacts.fetch(file.sha256)
        else:
            content = (file.text or "").encode("utf-8", "surrogatepass")
        await asyncio.to_thread(text_files.write_bytes, folder / safe_path(file.path), content)


def _include_tree(request: CompileRequest, program: TerminalProgram, folder: Path) -> Path:
    """The MQL5 folder to compile against: the terminal's own, or a copy of its includes with the job's on top."""
    if not request.includes:
        return program.folder.mql5
    own = folder / "MQL5" / "Include"
    given = {path.relative_to(own) for path in own.rglob("*") if path.is_file()}
    standard = program.folder.mql5 / "Include"
    for path in standard.rglob("*"):
        place = path.relative_to(standard)
        if path.is_file() and place not in given:
            (own / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, own / place)
    return folder / "MQL5"


async def _compile(program: TerminalProgram, source: Path, mql5: Path, timeout_s: float) -> Verdict:
    """Run MetaEditor on a thread; when this task is cancelled, MetaEditor is ended too."""
    is_cancelled = threading.Event()
    try:
        return await asyncio.to_thread(
            metaeditor.compile_source,
            program.run_metaeditor,
            program.folder.metaeditor,
            source,
            mql5=mql5,
            timeout_s=timeout_s,
            is_cancelled=is_cancelled.is_set,
        )
    except CompilerMissing as problem:
        raise JobFailed("no-metaeditor", f"{problem}; install MetaTrader 5 with MetaEditor there") from problem
    except OSError as problem:
        raise JobFailed("no-metaeditor", f"MetaEditor could not be started: {problem}") from problem
    finally:
        is_cancelled.set()


async def _outcome(verdict: Verdict, source: Path, folder: Path, artifacts: Artifacts) -> CompileOutcome:
    ex5: ArtifactRef | None = None
    log: ArtifactRef | None = None
    if verdict.raw_log:
        log = await artifacts.upload(verdict.raw_log, f"{source.stem}.log", kind="log")
    if verdict.is_good:
        content = await asyncio.to_thread(source.with_suffix(".ex5").read_bytes)
        ex5 = await artifacts.upload(content, f"{source.stem}.ex5", kind="ex5")
    findings = sorted(verdict.log.findings, key=lambda finding: _RANK[finding.severity])
    return CompileOutcome(
        messages=[_message(finding, folder) for finding in findings[:MOST_MESSAGES]],
        errors=verdict.log.errors or 0,
        warnings=verdict.log.warnings or 0,
        ex5=ex5,
        log=log,
    )


_RANK: Final = {"error": 0, "warning": 1, "information": 2}


def _message(finding: Finding, folder: Path) -> CompileMessage:
    return CompileMessage(
        file=_as_given(finding.file, folder)[:400],
        line=finding.line,
        column=finding.column,
        code=finding.code,
        severity=finding.severity,
        message=finding.message[:_MESSAGE],
    )


def _as_given(file: str, folder: Path) -> str:
    """The file as the job named it, with `/`; a place outside the job's folder stays as the log has it."""
    plain = file.replace("\\", "/")
    for part in (folder / "source", folder / "MQL5" / "Include"):
        for start in {part.as_posix(), part.resolve().as_posix()}:
            if plain.casefold().startswith(f"{start.casefold()}/"):
                return plain[len(start) + 1 :]
    return PurePath(plain).name if plain and "/" not in plain else plain


def _failure(verdict: Verdict, outcome: CompileOutcome, timeout_s: float) -> JobFailed:
    result = outcome.model_dump(mode="json")
    if verdict.reason == "timed-out":
        return JobFailed("compile-timed-out", _REASONS["timed-out"].format(seconds=timeout_s), result)
    first = next((one for one in outcome.messages if one.severity == "error"), None)
    if first is not None:
        where = f"{first.file}({first.line},{first.column})"
        count = "1 error" if outcome.errors == 1 else f"{outcome.errors:.0f} errors"
        return JobFailed("compile-failed", f"{count}, the first at {where}: {first.message}", result)
    return JobFailed("compile-failed", _REASONS.get(verdict.reason, "MetaEditor reported errors"), result)
