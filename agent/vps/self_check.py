"""Whether this program runs here: every module imports, every package is there in the version it was built with."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files

import agent


def requirements() -> Iterator[tuple[str, str]]:
    """(package, version) of what the agent needs on this machine."""
    for line in files(agent).joinpath("requirements.txt").read_text(encoding="utf-8").splitlines():
        wanted, _, marker = line.partition(" ;")
        if marker and sys.platform != "win32":
            continue
        name, _, version = wanted.partition("==")
        if version:
            yield name.strip(), version.strip()


def missing_packages() -> list[str]:
    """What is missing or of another version, in words; empty when all is there."""
    wrong = []
    for name, wanted in requirements():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} {wanted} is not installed")
        else:
            if found != wanted:
                wrong.append(f"{name} is {found}, built for {wanted}")
    return wrong


def self_check() -> int:
    """Print the version; 1 with the reasons where this program would not run."""
    wrong = missing_packages()
    for module in pkgutil.walk_packages(agent.__path__, "agent."):
        if module.name.rpartition(".")[2] != "__main__":
            try:
                importlib.import_module(module.name)
            except Exception as error:  # noqa: BLE001  # whatever it is, it must be told
                wrong.append(f"{module.name}: {error!r}")
    if wrong:
        sys.stderr.write("\n".join([*wrong, "run the setup command of the agents page again", ""]))
        return 1
    sys.stdout.write(f"{agent.__version__}\n")
    return 0
