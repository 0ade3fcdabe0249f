"""`forex-elite mql5`: check, format and read MQL5 files without MetaTrader, for authors and their CI."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from forex_elite.mql5.analysis import Memory
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.language import Language
from forex_elite.mql5.source import decode, encode, encoding_of
from forex_elite.mql5.views import OutlineItem

app = typer.Typer(help="Check, format and read MQL5 sources.", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="MQL5 source files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Include = Annotated[list[Path], typer.Option("--include", "-I", help="A folder searched for #include <…>.")]


def _language(path: Path, include: list[Path], memory: Memory | None = None) -> Language:
    """A language whose includes are the file's folder, the folders above it that have an Include, and those given."""
    here = path.resolve().parent
    around = [parent / "Include" for parent in (here, *here.parents) if (parent / "Include").is_dir()]
    return Language(None, (*include, *around, here), memory)


def _read(path: Path) -> str:
    return decode(path.read_bytes())


@app.command()
def check(
    files: Files,
    *,
    as_json: AsJson = False,
    advice: Annotated[bool, typer.Option(help="Also give trading advice.")] = True,
    include: Include = [],  # noqa: B006 - typer copies it
) -> None:
    """Print what MetaEditor would say, one line for each finding; exit with 1 when there are errors."""
    found: list[Diagnostic] = []
    memory = Memory()  # what the files have in common is read once
    for path in files:
        found += _language(path, include, memory).diagnose(_read(path), str(path.resolve()), advice=advice)
    errors = sum(one.severity == "error" for one in found)
    warnings = len(found) - errors
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            typer.echo(one.metaeditor_line())
        typer.echo(f"Result: {errors} errors, {warnings} warnings")
    raise typer.Exit(1 if errors else 0)


@app.command()
def inputs(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], *, as_json: AsJson = False) -> None:
    """List the inputs of a program with type, default and label."""
    found = _language(file, []).inputs(_read(file), str(file.resolve()))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=1))
        return
    group = ""
    for one in found:
        if one.group != group:
            group = one.group
            typer.echo(f"[{group}]")
        typer.echo(f"{one.type} {one.name} = {one.default}  {one.label}")


@app.command()
def outline(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], *, as_json: AsJson = False) -> None:
    """List what a file declares."""
    found = _language(file, []).outline(_read(file), str(file.resolve()))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=1))
        return
    _print_outline(found, 0)


def _print_outline(items: tuple[OutlineItem, ...], depth: int) -> None:
    for one in items:
        typer.echo(
            f"{'  ' * depth}{one.line}: {one.kind} {one.detail if one.kind in {'function', 'event'} else one.name}"
        )
        _print_outline(one.children, depth + 1)


@app.command(name="format")
def format_files(
    files: Files,
    *,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 when a file would change.")
    ] = False,
) -> None:
    """Bring files into the MQL5 house style. Encodings, line ends and tokens stay as they are."""
    changed = 0
    for path in files:
        raw = path.read_bytes()
        text = decode(raw)
        if _encode(text, raw) != raw:
            typer.echo(f"skipped {path}: its encoding cannot be written back unchanged", err=True)
            continue
        pretty = Language().format(text)
        if pretty == text:
            continue
        changed += 1
        typer.echo(f"{'would reformat' if check_only else 'reformatted'} {path}")
        if not check_only:
            path.write_bytes(_encode(pretty, raw))
    raise typer.Exit(1 if check_only and changed else 0)


def _encode(text: str, like: bytes) -> bytes:
    """The text in the encoding its file had; empty when that encoding cannot hold it."""
    try:
        return encode(text, encoding_of(like))
    except UnicodeEncodeError:
        return b""
