"""Pinned npm packages: packed by npm's client and checked; never installed, no script is run."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from helpers.catalogue import download
from helpers.catalogue.entries import Archive
from helpers.core.errors import Unreachable, UserError

OPTIONS = ["--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]


def fetch(archive: Archive) -> Path:
    """Return the package's file in the cache, downloaded by npm's client the first time.

    Without npm or its registry this machine cannot have it: ``Unreachable``, not a mistake.
    """
    return download.fetched(archive, _title(archive), _download)


def _title(archive: Archive) -> str:
    return f"{archive.name} {archive.version} (npm)"


def _download(archive: Archive, folder: Path) -> Path:
    """Let npm fetch one package into a folder, with a cache of its own that goes with it."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unreachable(f"{_title(archive)}: npm is not installed; it fetches the package")
    command = [npm, "pack", f"{archive.name}@{archive.version}", *OPTIONS]
    environment = {**os.environ, "NPM_CONFIG_CACHE": str(folder / "cache"), "NO_COLOR": "1"}
    environment["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
    )
    packed = sorted(folder.glob("*.tgz"))
    if done.returncode or len(packed) != 1:
        raise _failure(archive, done.stderr or done.stdout)
    return packed[0]


def _failure(archive: Archive, output: str) -> UserError:
    """Turn npm's output into the one reason that matters; an unreachable registry is no mistake."""
    said = (
        r"npm (?:ERR!|error) (?!code |errno |syscall |A complete log)(?:notarget |\d+ +)?(\S+ .+)"
    )
    lines = re.findall(said, output)
    line = re.sub(r"https?://\S+", "the registry", lines[0]) if lines else "npm gave no reason"
    code = re.search(r"npm (?:ERR!|error) code (\w+)", output)
    if code and code[1] in ("ETARGET", "EINTEGRITY"):
        return UserError(f"{_title(archive)}: not fetched: {line[:200]}")
    return Unreachable(f"{_title(archive)}: npm's registry cannot be reached: {line[:200]}")
