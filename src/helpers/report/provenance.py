"""Where a notebook's numbers come from, shown as a table."""

import os
import time

import psutil

from helpers.core import cost, provenance
from helpers.core.records.data import Data
from helpers.report import tables


def show(study: str | None = None) -> None:
    """Show all of it as a table, with the data's digest and what this notebook took."""
    known = provenance.collect()
    known["packages"] = ", ".join(f"{name} {each}" for name, each in known["packages"].items())
    if digest := _data_digest(study):
        known["data digest"] = digest
    known["seconds"] = f"{_seconds():.1f}"
    known["peak memory"] = f"{cost.peak_memory_mb():,.0f} MB"
    tables.parameters(known)


def _data_digest(study: str | None) -> str | None:
    record = Data.find(study) if study else None
    return record.digest if record else None


def _seconds() -> float:
    """Return how long this process has run, which includes its imports."""
    return time.time() - psutil.Process(os.getpid()).create_time()
