"""The shape of the program: layers, sizes, names, and what the repository's text may not hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST, LONGEST_TEST = 400, 600
HIDDEN = ("tests/architecture/test_shape.py",)
"""This file names what it forbids."""

MACHINE_PATHS = re.compile(r"/root/|/home/[a-z]|/Users/|/work/(?:wt|main|venv|shared)|C:\\Users\\")
REGISTRIES = re.compile(r"pypi\.org/simple|registry\.npmjs\.org|files\.pythonhosted\.org|index-url|npm\.pkg\.github")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
PRINTERS = {"forex_elite/cli", "forex_elite/ui/build.py", "agent/__main__.py"}
"""Programs that speak to a person at a terminal."""

SLEEPERS = ("tests/agent/", "tests/faults/", "tests/browser/", "tests/benchmarks/")
"""Where real processes must see real time pass: a machine asleep until an order is late is asleep that long."""

LONGEST_NAP_S = 0.1
"""What asks a real process again and again whether it has got there may rest this long in between."""


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    skipped = {".venv", ".web", ".data", ".git", "node_modules", "__pycache__"}
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [str(path) for path in found if not skipped & set(path.parts)]


TRACKED = tracked()
MODULES = [name for name in TRACKED if name.endswith(".py")]
PRODUCT = [name for name in MODULES if name.startswith(("forex_elite/", "agent/"))]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def test_no_module_is_too_long() -> None:
    long = {name: count for name in MODULES if (count := len(text_of(name).splitlines())) > LONGEST}
    too_long = {name: n for name, n in long.items() if n > LONGEST_TEST or not name.startswith("tests/")}

    assert too_long == {}


def test_every_contract_between_the_layers_is_kept() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]

    # A process of its own: inside this one it would switch off every logger that exists, for all tests to come.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout
    assert len(contracts) >= 6


def test_every_module_says_what_it_is() -> None:
    silent = [
        name
        for name in PRODUCT
        if text_of(name).strip() and not ast.get_docstring(ast.parse(text_of(name)), clean=False)
    ]

    assert silent == []


@pytest.mark.parametrize("package", ["forex_elite", "agent"])
def test_nothing_is_named_after_nothing(package: str) -> None:
    assert [
        name for name in PRODUCT if name.startswith(package) and NAMELESS & set(Path(name).with_suffix("").parts)
    ] == []


def test_nobody_prints_but_the_programs_at_the_terminal() -> None:
    printing = []
    for name in PRODUCT:
        if any(name.startswith(one) for one in PRINTERS):
            continue
        calls = (node for node in ast.walk(ast.parse(text_of(name))) if isinstance(node, ast.Call))
        printing += [
            f"{name}:{call.lineno}" for call in calls if getattr(call.func, "id", "") in {"print", "breakpoint"}
        ]

    assert printing == []


def test_nothing_is_left_to_do_or_out() -> None:
    marks = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)|raise NotImplementedError|pytest\.mark\.(?:skip|xfail)\b")
    found = [name for name in MODULES if name not in HIDDEN and marks.search(text_of(name))]

    assert found == []


def test_migrations_are_no_package() -> None:
    assert not list((ROOT / "alembic").rglob("__init__.py"))
    assert not Path(str(import_module("alembic").__file__)).is_relative_to(ROOT / "alembic")


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES, SECRETS], ids=["paths", "registries", "secrets"])
def test_no_file_speaks_of_a_machine_or_holds_a_secret(pattern: re.Pattern[str]) -> None:
    binary = (".png", ".woff2", ".ico", ".webp", ".jpg", ".gz", ".ex5")
    found = {
        name: hit[0]
        for name in TRACKED
        if name not in HIDDEN and not name.endswith(binary) and (hit := pattern.search(text_of(name)))
    }

    assert found == {}


def test_the_top_level_holds_what_the_design_says() -> None:
    fixed = {"rxconfig.py", "forex_elite", "agent", "alembic", "assets", "tests", "pyproject.toml", "README.md"}
    may_join = {"Makefile", "reflex.lock", "requirements.lock"}
    there = {name.split("/")[0] for name in TRACKED if not name.startswith(".")}

    assert there <= fixed | may_join


def test_only_the_database_layer_speaks_sql() -> None:
    speaks = re.compile(r"""["'](?:select\s.+\sfrom|insert into|update\s\w+\sset|delete from)\s""", re.IGNORECASE)
    found = [
        name
        for name in PRODUCT
        if not name.startswith(("forex_elite/db/", "agent/", "forex_elite/cli/")) and speaks.search(text_of(name))
    ]

    assert found == []


def test_every_test_is_a_sentence() -> None:
    short = []
    for name in MODULES:
        if name.startswith("tests/") and not name.startswith("tests/benchmarks/"):
            for node in ast.walk(ast.parse(text_of(name))):
                is_test = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
                if is_test and node.name.count("_") < 3:
                    short.append(f"{name}: {node.name}")

    assert short == []


def test_no_test_sleeps_where_it_could_wait() -> None:
    sleeping = []
    for name in MODULES:
        if not name.startswith("tests/") or name.startswith(SLEEPERS):
            continue
        for node in ast.walk(ast.parse(text_of(name))):
            is_sleep = isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep", "sleep"}
            if is_sleep and isinstance(node.args[0], ast.Constant) and node.args[0].value > LONGEST_NAP_S:
                sleeping.append(f"{name}:{node.lineno}")

    assert sleeping == []
