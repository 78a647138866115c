"""Folders of the repository, which is found from the working directory upwards."""

import functools
import os
from pathlib import Path

from helpers.core.errors import UserError


def root() -> Path:
    """Find ``$EVALBOOK_ROOT``, or the nearest folder upwards with params/ and notebooks/."""
    return _root(os.environ.get("EVALBOOK_ROOT", ""), os.getcwd())


@functools.cache  # it is asked for thousands of times
def _root(given: str, working_directory: str) -> Path:
    if given:
        return Path(given).resolve()
    here = Path(working_directory).resolve()
    for folder in (here, *here.parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise UserError(f"{here}: not inside an Evalbook repository (no params/ and notebooks/ above)")


def params() -> Path:
    """Return the folder of study files."""
    return root() / "params"


def notebooks() -> Path:
    """Return the folder of stage notebooks."""
    return root() / "notebooks"


def reports() -> Path:
    """Return the folder of rendered reports."""
    return root() / "reports"


def build(study: str | None = None, candidate: str | None = None) -> Path:
    """Return the folder of build artefacts: all of them, a study's, or a candidate's."""
    folder = Path(os.environ.get("EVALBOOK_BUILD") or root() / "build")
    return folder.joinpath(*(part for part in (study, candidate) if part))


def cache(*parts: str) -> Path:
    """Return a path in ``$EVALBOOK_CACHE`` or .cache/, which ``make clean`` keeps."""
    return Path(os.environ.get("EVALBOOK_CACHE") or root() / ".cache").joinpath(*parts)


def shown(path: Path) -> str:
    """Format a path for messages: relative to the repository if it is inside."""
    path, repository = Path(path), root()
    return str(path.relative_to(repository) if path.is_relative_to(repository) else path)
