"""Keeps the agent running: starts it, starts it again, swaps in a new release and takes it back when it fails.

Standard library only, and copied out of the program at setup: it must go on working whatever a release does. What it
shares with the agent are files in its own folder:

- `releases/<sha256>.pyz`: the programs; `releases/current` names the one that works;
- `releases/next`: the one to try, written by the agent before it ends with code 75;
- `releases/good`: written by the agent once the server has heard it; names the program that was heard;
- `releases/refused`: programs that failed their trial, never tried again;
- `alive`: touched by the agent every few seconds; a supervisor that hangs is killed.
"""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SWAP = 75
"""Exit code of an agent that asks for the program named in `releases/next`."""
MISCONFIGURED = 2
"""Exit code of an agent that cannot start as configured: only a person can help."""
TRIAL_S = 180.0
"""A new program must have been heard by the server by then."""
STALE_S = 180.0
"""A supervisor that has not touched `alive` for so long hangs (a machine that slept gets the same time again)."""
LOOK_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S = 1.0, 60.0, 300.0

log = logging.getLogger("launcher")


class Launcher:
    """One agent in one folder."""

    def __init__(self, folder: Path, *, trial_s: float = TRIAL_S, stale_s: float = STALE_S) -> None:
        self._folder = folder
        self._releases = folder / "releases"
        self._trial_s = trial_s
        self._stale_s = stale_s
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def run(self) -> int:
        """Keep the agent running until told to stop."""
        pause = FIRST_PAUSE_S
        while not self._is_stopping:
            began = time.monotonic()
            trial = self._word("next")
            if trial and (trial in self._words("refused") or not self._program(trial).is_file()):
                self._forget("next")
                trial = ""
            code = self._run_once(trial or self._word("current"), is_trial=bool(trial))
            if self._is_stopping or code == MISCONFIGURED:
                return code
            if code == SWAP:
                pause = FIRST_PAUSE_S
                continue
            log.warning("the agent ended (%s)", code)
            pause = FIRST_PAUSE_S if time.monotonic() - began > STEADY_S else min(LONGEST_PAUSE_S, pause * 2)
            self._rest(pause)
        return 0

    def stop(self) -> None:
        """End the agent in order, then `run` returns."""
        self._is_stopping = True
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()  # type: ignore[union-attr]

    def _run_once(self, name: str, *, is_trial: bool) -> int:
        program = self._program(name)
        self._forget("good")
        (self._folder / "alive").touch()
        log.info("starting %s%s", name[:12], " on trial" if is_trial else "")
        self._process = subprocess.Popen(  # noqa: S603  # programs verified when they were stored
            [sys.executable, str(program), "--config", str(self._folder / "agent.toml"), "--exit-with-parent"],
            stdin=subprocess.PIPE,
            env={**os.environ, "FOREX_ELITE_LAUNCHER": str(self._folder)},
        )
        began = time.monotonic()
        while self._process.poll() is None:
            time.sleep(LOOK_S)
            if is_trial and self._word("good") == name:
                self._accept(name)
                is_trial = False
            if is_trial and time.monotonic() - began > self._trial_s:
                log.error("%s was not heard by the server in time", name[:12])
                self._kill()
            elif self._is_hanging():
                log.error("the agent hangs; starting it again")
                self._kill()
        if is_trial and not self._is_stopping:
            if self._word("good") == name:
                self._accept(name)
            else:
                self._refuse(name)
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        return self._process.returncode

    def _is_hanging(self) -> bool:
        try:
            age = time.time() - (self._folder / "alive").stat().st_mtime
        except OSError:
            return False
        if age > self._stale_s + LOOK_S * 30:  # this process stood still too
            (self._folder / "alive").touch()
            return False
        return age > self._stale_s

    def _kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _accept(self, name: str) -> None:
        previous = self._word("current")
        self._write("previous", previous)
        self._write("current", name)
        self._forget("next")
        for old in self._releases.glob("*.pyz"):
            if old.stem not in {name, previous}:
                with contextlib.suppress(OSError):
                    old.unlink()
        log.info("%s works and is the present program now", name[:12])

    def _refuse(self, name: str) -> None:
        self._write("refused", "\n".join([*self._words("refused"), name]))
        self._forget("next")
        log.error("%s failed its trial; going back to %s", name[:12], self._word("current")[:12])

    def _program(self, name: str) -> Path:
        return self._releases / f"{name}.pyz"

    def _word(self, file: str) -> str:
        return next(iter(self._words(file)), "")

    def _words(self, file: str) -> list[str]:
        try:
            return (self._releases / file).read_text(encoding="ascii").split()
        except OSError:
            return []

    def _write(self, file: str, text: str) -> None:
        temporary = self._releases / f"{file}.new"
        temporary.write_text(f"{text}\n", encoding="ascii")
        temporary.replace(self._releases / file)

    def _forget(self, file: str) -> None:
        (self._releases / file).unlink(missing_ok=True)

    def _rest(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        while not self._is_stopping and time.monotonic() < until:
            time.sleep(min(LOOK_S, pause_s))


def main(folder: Path) -> int:
    """Run until told to stop; its own words go into `launcher.log`."""
    words = logging.handlers.RotatingFileHandler(folder / "launcher.log", maxBytes=1_000_000, backupCount=3)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", handlers=[words])
    launcher = Launcher(folder)
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: launcher.stop())
    return launcher.run()


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
