"""A browser for the browser tests: Playwright's own Chromium if installed, else the system's, else Debian's package.

Of each the shell without a window comes first: it is what Playwright starts by default, and an eighth quicker.

`python -m forex_elite.cli.chromium` prints the path of the browser and installs one first where it can.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")
UPDATE = ("apt-get", "update")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
HOW_TO_INSTALL = "as root: apt-get install chromium-headless-shell; or: .venv/bin/playwright install chromium"
BUILDS = (
    ("chromium_headless_shell-*", "chrome-*/*headless*shell"),
    ("chromium-*", "chrome-linux*/chrome"),
    ("chromium-*", "chrome-mac*/*.app/Contents/MacOS/*"),
)


def find() -> Path | None:
    """The Chromium to use, None when the machine has none."""
    return _of_playwright() or next((Path(path) for name in SYSTEM_NAMES if (path := shutil.which(name))), None)


def launch_arguments() -> list[str]:
    """Command line switches for a browser that stays quiet, and starts as root and in small containers too."""
    arguments = [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--no-first-run",
    ]
    return ["--no-sandbox", *arguments] if os.geteuid() == 0 else arguments


def _of_playwright() -> Path | None:
    """Playwright's own browser; each of its releases looks for one exact build, newer builds work as well."""
    home = Path.home()
    folders = [home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"]
    if chosen := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(chosen))
    for folder in folders:
        for name, place in BUILDS:
            builds = sorted(folder.glob(name), key=lambda build: int(build.name.rpartition("-")[2]), reverse=True)
            for build in builds:
                if found := next(build.glob(place), None):
                    return found
    return None


def _install() -> None:
    """Install the first of the packages this release of the system has."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(UPDATE, check=True, env=quiet)  # noqa: S603
    for package in PACKAGES:
        done = subprocess.run((*INSTALL, package), check=False, env=quiet)  # noqa: S603
        if done.returncode == 0:
            return
    raise subprocess.CalledProcessError(done.returncode, (*INSTALL, package))


def main() -> int:
    """Print where the browser is; install Debian's when there is none and we may. Exit code 1: no browser."""
    found = find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("No browser found: installing Debian's chromium", flush=True)  # noqa: T201 - this is the command's output
        try:
            _install()
        except subprocess.CalledProcessError as error:
            print(f"{' '.join(error.cmd)} failed with exit code {error.returncode}", file=sys.stderr)  # noqa: T201
        found = find()
    if found is None:
        print(f"The browser tests need Chromium. Install it {HOW_TO_INSTALL}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"Browser: {found}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
