"""A notebook file, whose shape is checked as it is read."""

from pathlib import Path
from typing import Any

from helpers.core import files, paths
from helpers.core.errors import UserError

NEEDED = {"cell_type", "metadata", "source"}


def read(notebook: Path) -> dict[str, Any]:
    """Read a notebook; an error is one line that names the file."""
    content = files.read_json_or_empty(notebook)
    cells = content.get("cells") if isinstance(content.get("metadata"), dict) else None
    parts = cells if isinstance(cells, list) else [cells]
    if not all(isinstance(cell, dict) and cell.keys() >= NEEDED for cell in parts):
        what = "no whole Jupyter notebook: restore it" if notebook.is_file() else "no such file"
        raise UserError(f"{paths.shown(notebook)}: {what}")
    return content
