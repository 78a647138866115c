"""The kinds of data source that a study file may name, with their fields typed."""

from typing import Any

from helpers.catalogue import entries
from helpers.core import paths
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, check
from helpers.data import tasks


class NpySource(Section):
    """Two arrays: pictures [N, H, W] or [N, H, W, C], and labels [N] or one-hot [N, K]."""

    data: str
    labels: str
    groups: str | None = None


class FolderSource(Section):
    """A folder with a sub-folder for each class; ``encoding`` is that of texts."""

    path: str
    encoding: str | None = None


class TableSource(Section):
    """A CSV, TSV, JSON Lines or parquet file, an item a row; the fields name its columns."""

    file: str
    path: str | None = None
    text: str | None = None
    transcript: str | None = None
    label: str = "label"
    split: str | None = None
    group: str | None = None
    encoding: str | None = None


class HubSource(Section):
    """A data set of TensorFlow Datasets or the Hugging Face hub; the fields name its features."""

    name: str
    config: str | None = None
    image: str = "image"
    text: str = "text"
    label: str = "label"


SOURCES: dict[str, tuple[type[Section], str]] = {
    "npy": (NpySource, "data"),
    "folder": (FolderSource, "path"),
    "table": (TableSource, "file"),
    "tfds": (HubSource, "name"),
    "hf": (HubSource, "name"),
}
"""Each kind of source: its fields, and the one that a plain string stands for."""


def normal(source: str | dict[str, Any], task: str, where: str) -> str | dict[str, dict[str, Any]]:
    """Return a catalogue name as it is, and any other source as ``{kind: {field: value}}``.

    Raises
    ------
    UserError
        Unknown name, kind or field; a file or folder that is not there.
    """
    if isinstance(source, str):
        entry = entries.data(source, f"{where}: data.source")
        if entry.task != task:
            raise UserError(f"{where}: data.source: {source} is for {entry.task}, not for {task}")
        return source
    allowed = tasks.of(task).SOURCES
    if len(source) != 1 or next(iter(source)) not in allowed:
        raise unknown("data source", ", ".join(map(str, source)), allowed, f"{where}: data.source")
    [(kind, fields)] = source.items()
    section, shorthand = SOURCES[kind]
    fields = {shorthand: fields} if isinstance(fields, str) else fields
    checked = check(section, fields, f"{where}: data.source.{kind}").model_dump(exclude_none=True)
    for key in {"npy": ("data", "labels", "groups"), "folder": ("path",), "table": ("file",)}.get(
        kind, ()
    ):
        if key in checked and not (paths.root() / checked[key]).exists():
            raise UserError(f"{where}: data.source.{kind}.{key}: no such file: {checked[key]}")
    return {kind: checked}
