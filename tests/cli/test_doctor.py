import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forex_elite.cli.commands import app
from forex_elite.settings import settings


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "LLM_API_KEY", "LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FOREX_ELITE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PORT", "0")
    settings.cache_clear()


def examine() -> tuple[int, str]:
    settings.cache_clear()
    result = CliRunner().invoke(app, ["doctor"], terminal_width=400)
    settings.cache_clear()
    return result.exit_code, " ".join(result.output.split())


def test_a_fresh_machine_is_healthy_and_nothing_is_made(tmp_path: Path) -> None:
    code, output = examine()

    assert code == 0, output
    for subject in ("Python 3", "Node v2", "Browser", "not made yet", "REDIS_URL is not set", "PUBLIC_URL is not set"):
        assert subject in output
    assert "LLM_API_KEY, LLM_MODEL not set" in output
    assert not (tmp_path / "home").exists()


def test_a_database_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        number = closed.getsockname()[1]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://owner:secret-word@127.0.0.1:{number}/forex_elite")

    code, output = examine()

    assert code == 1
    assert "PostgreSQL from DATABASE_URL" in output
    assert "refused" in output
    assert "secret-word" not in output


def test_a_redis_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        number = closed.getsockname()[1]
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{number}/0")

    code, output = examine()

    assert code == 1
    assert "REDIS_URL does not answer" in output


def test_a_secret_key_others_can_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    key = tmp_path / "home" / "secret.key"
    key.write_text("secret")
    key.chmod(0o644)

    code, output = examine()

    assert code == 1
    assert "other users can read" in output


def test_a_configured_installation_shows_what_it_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    monkeypatch.setenv("PUBLIC_URL", "https://forex.example/")
    monkeypatch.setenv("LLM_API_KEY", "hush")
    monkeypatch.setenv("LLM_MODEL", "writer-1")

    code, output = examine()

    assert code == 0
    for text in ("from SECRET_KEY", "https://forex.example ", "writer-1 at https://"):
        assert text in output
    assert "hush" not in output
    assert "k" * 40 not in output


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        _, output = examine()

    assert "is taken by" in output
