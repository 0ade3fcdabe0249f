"""Programs out of an answer: whole files in fenced blocks, each named by a line before it or at its top."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from forex_elite.domain.ea.files import check_path, find_entry, is_program, is_source
from forex_elite.errors import InvalidInput

MAX_PROGRAM_CHARS = 400_000
_FENCE = re.compile(
    r"^(?P<mark>`{3,}|~{3,})[ \t]*(?P<kind>[\w+#-]*)[^\n]*\n(?P<text>.*?)^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL
)
_OPEN_FENCE = re.compile(r"^(?:`{3,}|~{3,})", re.MULTILINE)
_NAMED = re.compile(r"(?:file|datei|path)\s*[:=]?\s*[`*\"']*([\w ./\\+-]+\.(?:mq5|mqh))", re.IGNORECASE)
_LOOKS_LIKE = re.compile(r"#property|#include|\b(?:OnTick|OnInit|OnStart|OnCalculate)\s*\(|^\s*input\s", re.MULTILINE)
_KINDS = frozenset({"", "mql5", "mql", "mq5", "cpp", "c++", "c", "mqh"})
_LINES_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Program:
    """The files of an answer; `problem` says in words why there is none, for the model to read.

    `is_words`: it was said to a person, a refusal or a question; the model need not be asked again.
    """

    files: dict[str, str]
    problem: str = ""
    is_words: bool = False


def read_program(answer: str, entry: str, others: Mapping[str, object], *, has_main: bool = False) -> Program:
    """The files an answer holds. Without a name a block is the main file `entry`.

    `others` are the files of the project, whose names win over the same name in another case. Where the project has no
    main file yet, `entry` is a proposal and the answer's own names stand.
    """
    blocks = [
        (match, match["text"])
        for match in _FENCE.finditer(answer)
        if match["kind"].lower() in _KINDS and _LOOKS_LIKE.search(match["text"])
    ]
    if not blocks:
        if len(_OPEN_FENCE.findall(answer)) % 2 == 1:
            return Program({}, "The program was cut off before its end. Answer with a shorter, complete program.")
        if not _OPEN_FENCE.search(answer) and len(_LOOKS_LIKE.findall(answer)) > 1 and "}" in answer:
            return Program({entry: _tidy(answer)})
        is_words = bool(answer.strip()) and not _OPEN_FENCE.search(answer)
        return Program({}, "The answer holds no complete MQL5 program in a fenced block.", is_words)
    known = {path.lower(): path for path in (*others, entry)}
    files: dict[str, str] = {}
    for match, text in blocks:
        path = _name_of(answer[: match.start()], text) or entry
        path = known.get(path.lower(), path)
        files[path] = _tidy(text)
    if sum(map(len, files.values())) > MAX_PROGRAM_CHARS:
        return Program({}, "The program is too long. Answer with a shorter one.")
    if not find_entry([*files, *others]):
        return Program({}, "There is no .mq5 file among the files. Answer with the main program too.")
    return _about_main(files, entry, others) if has_main else Program(files)


def _about_main(files: dict[str, str], entry: str, others: Mapping[str, object]) -> Program:
    """The files with the main program under its own name, however the answer calls it."""
    programs = [path for path in files if is_program(path)]
    if not programs or entry in programs or any(path in others for path in programs):
        return Program(files)
    if len(programs) > 1:
        return Program({}, f"None of the programs is the main file {entry}. Answer with that one too.")
    return Program({entry if path == programs[0] else path: text for path, text in files.items()})


def _name_of(before: str, text: str) -> str:
    """The name told in the lines just before a block, or in its first lines; empty when there is none to use."""
    near = "\n".join(before.rstrip().splitlines()[-_LINES_BEFORE:])
    for words in (near, "\n".join(text.splitlines()[:_LINES_BEFORE])):
        found = _NAMED.findall(words)
        if found:
            try:
                path = check_path(found[-1].strip())
            except InvalidInput:
                continue
            return path if is_source(path) else ""
    return ""


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n")]
    return "\n".join(lines) + "\n"
