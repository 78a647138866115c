"""Carry edited prose into the executed notebook without running it again."""

import hashlib
from pathlib import Path
from typing import Any

from helpers.core import files, notebook_file
from helpers.pipeline.stage import Stage, content


def digest_of(notebook: Path) -> str:
    """Digest a notebook's prose cells and the order of all cells."""
    each = notebook_file.read(notebook)["cells"]
    prose = ["".join(c["source"]) if c["cell_type"] == "markdown" else "" for c in each]
    return hashlib.sha256("\0".join(prose).encode()).hexdigest()


def refresh(stage: Stage) -> bool:
    """Carry edited prose into a fresh stage's executed notebook; tell whether there was any."""
    current = digest_of(stage.source)
    if stage.record is None or stage.record.prose == current:
        return False
    merged = _merged(files.read_json(stage.source), files.read_json(stage.executed))
    files.write_json(stage.executed, merged)
    outputs = stage.record.outputs | {stage.executed.name: content(stage.executed)}
    stage.record.model_copy(update={"prose": current, "outputs": outputs}).dump(stage.record_file)
    return True


def _merged(source: dict[str, Any], executed: dict[str, Any]) -> dict[str, Any]:
    ran = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    injected = [cell for cell in ran if "injected-parameters" in _tags(cell)]
    outputs = iter(cell for cell in ran if cell not in injected)
    cells = []
    for cell in source["cells"]:
        cells.append(next(outputs) if cell["cell_type"] == "code" else cell)
        if "parameters" in _tags(cell):
            cells += injected
    return executed | {"cells": cells}


def _tags(cell: dict[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])
