"""A table with a row for each item: its path or text, its label, columns to split or slice by."""

from pathlib import Path
from typing import Any

import pandas as pd

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.encoded import encoded
from helpers.data.items import RESERVED, Items, check_inside, digest_of, label_text, split_names
from helpers.data.sources.tabular_files import odd, plain, read_table
from helpers.data.speech import annotations, normalisation


def load(
    file: str,
    path: str | None = None,
    text: str | None = None,
    label: str = "label",
    split: str | None = None,
    group: str | None = None,
    encoding: str | None = None,
    transcript: str = "transcript",
    task: str = "image-classification",
) -> Items:
    """Read a CSV, TSV, JSON Lines or parquet file; its paths are relative to its own folder.

    Parameters
    ----------
    file : str
    path, text : str, optional
        The column that holds each item's path or the item itself. Texts are looked for in the
        column ``text``, other items by the column ``path``.
    label, split, group : str, optional
        Columns; without others, those named split and group are taken for what they are called.
    transcript : str
        The column with what is said, where speech is to be written down.
    encoding : str, optional
        Of the file and of the texts that it points to; UTF-8 by default.

    Raises
    ------
    UserError
        Missing or broken file, unknown column or encoding, a path that leaves the table's folder.
    """
    root = (paths.root() / file).parent.resolve()
    rows = read_table(file, encoding)
    modality = tasks.get(task).modality
    if modality == "speech":
        rows, label = utterances(rows, file, transcript), "label"
    if path is None and (text or modality == "text"):
        return _texts(rows, file, text or "text", task, label=label, split=split, group=group)
    frame = frame_of(rows, file, path=path or "path", label=label, split=split, group=group)
    if modality == "speech":
        frame["reference"] = frame["reference"].fillna("")
    check_inside(root, frame["path"], file)
    digest = digest_of(root, [Path(file).name, *frame["path"]])
    raws = [
        encoded(root / name, encoding if modality == "text" else None) for name in frame["path"]
    ]
    name, shown = Path(file).name, paths.shown(root)
    return Items(name, frame, raws.__getitem__, digest, root=shown, task=task)


def _texts(rows: pd.DataFrame, file: str, column: str, task: str, **roles: Any) -> Items:
    """Take the texts from a column; a row's place is its path, and its id if it has none."""
    root = (paths.root() / file).parent
    frame, cells = text_frame(rows, file, column, **roles)
    digest = digest_of(root, [Path(file).name])
    name = Path(file).name
    return Items(name, frame, cells.__getitem__, digest, root=paths.shown(root), task=task)


def utterances(rows: pd.DataFrame, where: str, transcript: str) -> pd.DataFrame:
    """Give a table of speech a reference and a label: what it is one of, or that nobody speaks.

    What stands in square or angle brackets is heard, not said: with words it is left out of the
    reference, alone it says that nobody speaks, as the category non-speech does. Columns named
    language, accent, speaker and category are known to later stages.
    """
    texts = plain(rows, transcript, where)
    parted = [annotations.parted(text or "") for text in label_text(texts)]
    known = "category" in rows.columns
    given = plain(rows, "category", where) if known else [None] * len(rows)
    labels = []
    for (said, sound), kind in zip(parted, label_text(given), strict=True):
        if said and kind == normalisation.NO_SPEECH:
            raise UserError(
                f"{where}: a row has the category {kind} and a transcript, {said[:40]!r}: leave "
                "one of them out, or put what is heard in square brackets"
            )
        labels.append(normalisation.NO_SPEECH if sound is not None else kind or "speech")
    said, sounds = [each[0] for each in parted], [each[1] for each in parted]
    named = rows.drop(columns=transcript)
    return named.assign(label=labels, reference=said, sound=sounds, category=labels)


def frame_of(rows: pd.DataFrame, where: str, *, path: str = "path", **roles: Any) -> pd.DataFrame:
    """Turn a table of paths into a frame of items; the other columns are kept, to slice by."""
    roles = _roles(rows, where, path, **roles)
    names = [_inside(name, where) for name in rows[path]]
    return _frame(rows, where, names, names, path, **roles)


def text_frame(
    rows: pd.DataFrame, where: str, text: str = "text", **roles: Any
) -> tuple[pd.DataFrame, list[str]]:
    """Turn a table of texts into a frame of items, and the texts; an empty cell is an empty one."""
    roles = _roles(rows, where, text, **roles)
    numbers = [f"{index:06d}" for index in range(len(rows))]
    places = [f"{Path(where).name}#{index}" for index in range(len(rows))]
    cells = rows[text].astype(object).where(rows[text].notna(), "")
    return _frame(rows, where, numbers, places, text, **roles), [str(cell) for cell in cells]


def _roles(
    rows: pd.DataFrame,
    where: str,
    item: str,
    label: str | dict[str, Any] = "label",
    split: str | None = None,
    group: str | None = None,
) -> dict[str, Any]:
    """Say which column is what, and check that each is there and can be used."""
    rule = label if isinstance(label, dict) else {"column": label}
    roles = {"split": split, "group": group}
    declared = (item, rule.get("column"), split, group)
    for name in roles:
        if roles[name] is None and name in rows.columns and name not in declared:
            roles[name] = name
    for column in filter(None, (item, rule.get("column"), *roles.values())):
        plain(rows, column, where)
    if "id" in rows.columns and plain(rows, "id", where).isna().any():
        raise UserError(f"{where}: column id: {int(rows['id'].isna().sum())} rows without an id")
    return {"label": rule, **roles}


def _frame(
    rows: pd.DataFrame,
    where: str,
    ids: list[str],
    places: list[str],
    item: str,
    label: dict[str, Any],
    split: str | None,
    group: str | None,
) -> pd.DataFrame:
    """Lay out a frame of items."""
    frame = pd.DataFrame({"id": rows["id"].astype(str) if "id" in rows.columns else ids})
    frame["label"] = _labels(rows, label, where)
    frame["path"] = places
    if split:
        frame["split"] = split_names(rows[split], f"{where}: column {split!r}")
    if group:
        frame["group"] = label_text(rows[group])
    for column in rows.columns:
        if str(column) not in (*RESERVED, item) and not odd(rows[column]):
            frame[str(column)] = label_text(rows[column])
    return frame.reset_index(drop=True)


def _inside(name: Any, where: str) -> str:
    """Return a relative path that stays below the table's folder."""
    text = str(name).replace("\\", "/")
    if name != name or not text or "\0" in text:
        raise UserError(f"{where}: a row without a path")
    if files.leaves_folder(text):
        raise UserError(f"{where}: path {text!r} leaves the table's folder")
    return text


def _labels(rows: pd.DataFrame, rule: dict[str, Any], where: str) -> list[str | None]:
    """Take the label column, or name what lies below and above a number."""
    if set(rule) == {"column"}:
        return label_text(rows[rule["column"]])
    if set(rule) != {"column", "at_least", "names"} or len(rule["names"]) != 2:
        raise UserError(f"{where}: label: column, at_least and two names are needed")
    values = pd.to_numeric(rows[rule["column"]], errors="coerce")
    below, above = rule["names"]
    return [None if v != v else above if v >= rule["at_least"] else below for v in values]
