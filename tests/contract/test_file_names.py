"""One rule for the names of files, at the server and again at the agent, which trusts nobody."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.terminal.folder import NameRefused, safe_path, twin_key
from forex_elite.domain.ea import files
from forex_elite.errors import InvalidInput
from forex_elite.ui.pages.studio import page

TAKEN = [
    *("Trend.mq5", "lib/x.mqh", "Größe.mq5", "Über uns/Größe.mqh", "-a.mq5", "Стратегия/Вход.mqh", "策略.mq5"),
    *("トレンド.mq5", "रणनीति.mq5", "١٢٣.mq5", "My EA v1.2/Main (new).mq5", "x+y=z,1.mq5", "Bob's [EA] {2}!.mq5"),
    *("console.mq5", "a#b@c&d.mq5", "_x.mq5", "(1).mq5", "com10.mq5"),
]
REFUSED = [
    *("../x.mq5", "a/../../b.mq5", "..\\x.mq5", "/etc/x.mq5", "\\\\host\\share\\x.mq5", "C:\\x.mq5", "C:x.mq5"),
    *(
        "a//b.mq5",
        "a/./b.mq5",
        "x.mq5:stream.mq5",
        "x:stream.mq5",
        "a\0b.mq5",
        "a\nb.mq5",
        "a\x7fb.mq5",
        "a\u202eb.mq5",
    ),
    *("nul.mq5", "CON.mq5", "con .mq5", "aux/x.mq5", "com1.a.mq5", "COM0.mq5", "LPT9/x.mqh"),
    *(".hidden.mq5", ".git/x.mqh", " x.mq5", "a /x.mq5", "a./x.mq5", "x.mq5 ", "x.mq5."),
    *('a"b.mq5', "a<b.mq5", "a>b.mq5", "a|b.mq5", "a?.mq5", "*.mq5", "%TEMP%/x.mq5", "$HOME/x.mq5", "~/x.mq5"),
    *(
        "TREND~1.MQ5",
        "a;b.mq5",
        "a`b.mq5",
        "a\u037eb.mq5",
        "com\u00b9.mq5",
        "a\uff1ab.mq5",
        "a\u00a0b.mq5",
        "\ud800.mq5",
    ),
]


def is_taken_by_server(name: str) -> bool:
    try:
        files.check_path(name)
    except InvalidInput:
        return False
    return True


def is_taken_by_agent(name: str) -> bool:
    try:
        safe_path(name)
    except NameRefused:
        return False
    return True


@pytest.mark.parametrize("name", TAKEN)
def test_names_of_any_script_are_taken_at_both_ends_and_stay_the_same(name: str) -> None:
    assert files.check_path(name) == safe_path(name).as_posix() == name


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_mean_something_else_are_refused_at_both_ends(name: str) -> None:
    assert not is_taken_by_server(name)
    assert not is_taken_by_agent(name)


@pytest.mark.parametrize("name", ["Größe.mq5", "Über uns/Größe.mqh", "가.mq5"])
def test_a_letter_written_in_two_pieces_is_the_same_letter(name: str) -> None:
    apart = unicodedata.normalize("NFD", name)

    assert apart != name
    assert files.check_path(apart) == safe_path(apart).as_posix() == name
    assert files.twin_key(apart) == files.twin_key(name) == twin_key(name) == twin_key(apart)


@pytest.mark.parametrize(
    ("one", "other"), [("Größe.mq5", "GRÖßE.MQ5"), ("ΟΔΟΣ.mqh", "οδος.mqh"), ("\u017f.mqh", "S.mqh")]
)
def test_what_windows_calls_one_file_is_one_at_both_ends(one: str, other: str) -> None:
    assert files.twin_key(one) == files.twin_key(other) == twin_key(one) == twin_key(other)


@given(name=st.text(max_size=12) | st.text("aÖ./\\ -:~\u0308ß", max_size=12))
def test_whatever_the_name_both_ends_say_the_same(name: str) -> None:
    assert (
        is_taken_by_server(f"{name}.mq5") == is_taken_by_agent(f"{name}.mq5") or name.count("/") + name.count("\\") > 6
    )


@given(name=st.text(max_size=40))
def test_what_the_server_has_taken_is_a_path_of_the_agent(name: str) -> None:
    if is_taken_by_server(f"{name}.mq5"):
        path = files.check_path(f"{name}.mq5")
        assert safe_path(path).as_posix() == path


def problems_in_the_studio(names: list[str], folder: Path) -> list[str]:
    """What the page says of each name while it is typed."""
    (folder / "names.mjs").write_bytes(Path(page.__file__).with_name("names.js").read_bytes())
    script = f"""
        import {{ pathProblem }} from "./names.mjs";
        console.log(JSON.stringify({json.dumps(names)}.map((name) => pathProblem(name, ["Größe.mq5"]))));
    """
    (folder / "ask.mjs").write_text(script, encoding="utf-8")
    node = Path(sys.executable).with_name("node")
    told = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, check=True, timeout=60)
    found: list[str] = json.loads(told.stdout)
    return found


def test_the_studio_says_the_same_while_one_types(tmp_path: Path) -> None:
    new = [name for name in TAKEN if name != "Größe.mq5"]

    problems = problems_in_the_studio([*new, *REFUSED], tmp_path)

    assert problems[: len(new)] == [""] * len(new)
    assert all(problems[len(new) :])


def test_the_studio_knows_a_name_that_is_there_however_it_is_written(tmp_path: Path) -> None:
    twins = ["Größe.mq5", "GRÖßE.MQ5", unicodedata.normalize("NFD", "Größe.mq5")]

    assert problems_in_the_studio(twins, tmp_path) == ["There is a file of this name already."] * 3
