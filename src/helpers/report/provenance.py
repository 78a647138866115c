"""What produced a notebook's numbers, as a table at its end."""

import time

import psutil

from helpers.core import cost, provenance
from helpers.core.records.data import DataRecord
from helpers.report import tables


def show(study: str | None = None) -> None:
    """Show code, versions, machine, the data's digest, and this notebook's time and memory."""
    rows = provenance.collect()
    rows["packages"] = ", ".join(f"{name} {number}" for name, number in rows["packages"].items())
    if data := DataRecord.find(study) if study else None:
        rows["data digest"] = data.digest
    rows["seconds"] = f"{time.time() - psutil.Process().create_time():.1f}"  # with its imports
    rows["peak memory"] = f"{cost.peak_memory_mb():,.0f} MB"
    tables.parameters(rows)
