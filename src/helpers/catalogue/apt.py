"""Pinned Debian packages: fetched by apt's client and checked, never installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from helpers.catalogue import download
from helpers.catalogue.entries import Package
from helpers.core import paths
from helpers.core.errors import Unreachable, UserError


def fetch(package: Package) -> Path:
    """Return the package's file in the cache, downloaded by apt's client the first time.

    Without apt or its index this machine cannot have it: ``Unreachable``, not a mistake.
    """
    return download.fetched(package, _title(package), _download)


def _title(package: Package) -> str:
    return f"{package.name} {package.version} (Debian)"


def _download(package: Package, folder: Path) -> Path:
    """Let apt fetch one package into a folder; without an index on this machine, read our own."""
    if shutil.which("apt-get") is None:
        raise Unreachable(f"{_title(package)}: apt-get is not installed; it fetches the packages")
    output = _apt(folder, ["download", f"{package.name}={package.version}"])
    packages = sorted(folder.glob("*.deb"))
    if not packages and re.search(r"Unable to locate|was not found|No packages found", output):
        output = _with_own_index(package, folder)
        packages = sorted(folder.glob("*.deb"))
    if len(packages) != 1:
        raise _failure(package, output)
    return packages[0]


def _with_own_index(package: Package, folder: Path) -> str:
    """Read the index into the cache, which needs no root rights, and fetch with it."""
    lists, archives = paths.cache("apt", "lists"), paths.cache("apt", "archives")
    for target in (lists, archives):
        (target / "partial").mkdir(parents=True, exist_ok=True)
    options = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={archives.parent}"]
    output = _apt(folder, [*options, "update"])
    return output + _apt(folder, [*options, "download", f"{package.name}={package.version}"])


def _apt(folder: Path, arguments: list[str]) -> str:
    """Run apt's client and return its output."""
    patience = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    command = ["apt-get", "--quiet", "--assume-yes", *patience, *arguments]
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
    )
    return done.stdout + done.stderr


def _failure(package: Package, output: str) -> UserError:
    """Turn apt's output into the one reason that matters; an unreachable index is no mistake."""
    lines = [line.strip() for line in output.splitlines() if line.startswith(("E:", "W:", "Err"))]
    line = re.sub(r"https?://\S+", "the index", lines[-1]) if lines else "apt gave no reason"
    reason = re.sub(r"^[EW]:\s*", "", line)[:200]
    if re.search(r"Version .* was not found", output):
        return UserError(f"{_title(package)}: this system's index has another version")
    return Unreachable(f"{_title(package)}: Debian's index cannot be reached: {reason}")
