"""Packages of Debian: pinned, fetched by apt's client, checked; never installed."""

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
    """Return the package's file in the cache, downloading it the first time by apt's client.

    Raises
    ------
    Unreachable
        There is no apt, or its index cannot be reached.
    UserError
        The index does not have the version, or gives other bytes.
    """
    name = f"{package.name}_{package.version}_all.deb"
    fetch_into = lambda folder: _download(package, folder)  # noqa: E731
    return download.fetched(name, package.sha256, _pinned(package), package.size_mb, fetch_into)


def _pinned(package: Package) -> str:
    return f"{package.name} {package.version} (Debian)"


def _download(package: Package, folder: Path) -> Path:
    """Let apt fetch one package into a folder; an index of its own is read where there is none."""
    if shutil.which("apt-get") is None:
        raise Unreachable(f"{_pinned(package)}: apt-get is not there, which fetches its packages")
    said = _apt(folder, ["download", f"{package.name}={package.version}"])
    found = sorted(folder.glob("*.deb"))
    if not found and re.search(r"Unable to locate|was not found|No packages found", said):
        said = _with_own_index(package, folder)
        found = sorted(folder.glob("*.deb"))
    if len(found) != 1:
        raise _failure(package, said)
    return found[0]


def _with_own_index(package: Package, folder: Path) -> str:
    """Read the index into the cache, which needs no rights, and fetch by it."""
    lists = paths.cache("apt", "lists")
    kept = paths.cache("apt", "archives")
    for each in (lists, kept):
        (each / "partial").mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={kept.parent}"]
    said = _apt(folder, [*own, "update"])
    return said + _apt(folder, [*own, "download", f"{package.name}={package.version}"])


def _apt(folder: Path, arguments: list[str]) -> str:
    """Run apt's client, and return what it said."""
    patience = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    command = ["apt-get", "--quiet", "--assume-yes", *patience, *arguments]
    plain = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=folder, env=plain, capture_output=True, text=True, errors="replace"
    )
    return done.stdout + done.stderr


def _failure(package: Package, said: str) -> UserError:
    """Turn apt's lines into the one reason that matters; an index out of reach is no mistake."""
    lines = [line.strip() for line in said.splitlines() if line.startswith(("E:", "W:", "Err"))]
    line = re.sub(r"https?://\S+", "the index", lines[-1]) if lines else "apt gave no reason"
    reason = re.sub(r"^[EW]:\s*", "", line)[:200]
    if re.search(r"Version .* was not found", said):
        return UserError(f"{_pinned(package)}: this system's index has another version of it")
    return Unreachable(f"{_pinned(package)}: Debian's index cannot be reached: {reason}")
