import os
import sys
from pathlib import Path

import pytest

from forex_elite.cli import frontend
from forex_elite.cli.frontend import Build, FrontEndNotBuilt


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "forex_elite" / "ui").mkdir(parents=True)
    (tmp_path / "forex_elite" / "ui" / "page.py").write_text("one")
    (tmp_path / "rxconfig.py").write_text("config")
    return tmp_path


@pytest.mark.parametrize("changed", ["forex_elite/ui/page.py", "rxconfig.py", "assets/logo.svg", "reflex.lock/a.json"])
def test_a_changed_or_new_source_asks_for_a_build(root: Path, changed: str) -> None:
    before = frontend.fingerprint(root)
    (root / changed).parent.mkdir(exist_ok=True)
    (root / changed).write_text("two")

    assert frontend.fingerprint(root) != before


def test_a_renamed_source_asks_for_a_build(root: Path) -> None:
    before = frontend.fingerprint(root)
    page = root / "forex_elite" / "ui" / "page.py"
    page.rename(page.with_name("other.py"))

    assert frontend.fingerprint(root) != before


@pytest.mark.parametrize(
    "beside", ["forex_elite/ui/__pycache__/page.pyc", "assets/external/linked.jsx", "forex_elite/api/app.py", ".env"]
)
def test_what_the_pages_do_not_depend_on_asks_for_none(root: Path, beside: str) -> None:
    before = frontend.fingerprint(root)
    (root / beside).parent.mkdir(parents=True, exist_ok=True)
    (root / beside).write_text("anything")

    assert frontend.fingerprint(root) == before


def test_pages_built_from_other_sources_count_as_not_built(root: Path) -> None:
    mark = frontend.fingerprint(root)
    assert not frontend.is_built(mark, root)
    stamp = root / frontend.BUILT / frontend.STAMP
    stamp.parent.mkdir(parents=True)
    stamp.write_text(mark)
    assert frontend.is_built(mark, root)

    (root / "rxconfig.py").write_text("changed")

    assert not frontend.is_built(frontend.fingerprint(root), root)


def test_the_build_uses_the_node_of_the_environment_and_calls_no_registry_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://mirror.example/")

    environment = frontend.node_environment()

    assert environment["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert environment["NPM_CONFIG_REGISTRY"] == "https://mirror.example/"
    assert environment["REFLEX_CHECK_LATEST_VERSION"] == "false"


def test_a_failed_build_says_why_and_where_all_of_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://mirror.example/")
    monkeypatch.setattr(frontend, "BUILDER", "forex_elite.no_such_module")
    log = tmp_path / "logs" / "build.log"

    with Build("mark", log) as build, pytest.raises(FrontEndNotBuilt) as failed:
        list(build.lines())

    assert "No module named forex_elite.no_such_module" in failed.value.message
    assert str(log) in failed.value.message
    assert "no_such_module" in log.read_text()
