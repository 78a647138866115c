"""What produced the numbers: code, package versions, machine."""

import platform
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from helpers.core import cost, files, paths

PACKAGES = ("keras", "numpy", "openvino", "pandas", "scikit-learn", "scipy", "tensorflow")


def collect() -> dict[str, Any]:
    """Return what the numbers depend on apart from the data, as plain values for a record."""
    lock = paths.root() / "requirements.lock"
    return {
        "commit": _commit(),
        "lock": files.sha256(lock)[:12] if lock.is_file() else None,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": cost.usable_cores(),
    }


def _commit() -> str | None:
    with suppress(OSError, subprocess.CalledProcessError):
        head, changes = _git("rev-parse", "--short=12", "HEAD"), _git("status", "--porcelain")
        return f"{head} with local changes" if changes else head
    return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(paths.root()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
