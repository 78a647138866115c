"""A table with a row for each picture: path, label, and columns to split, group or slice by."""

import io
import re
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from helpers import paths
from helpers.errors import UserError, unknown
from helpers.sources.items import RESERVED, Items, digest_of, label_text, split_names


def load(
    file: str,
    path: str = "path",
    label: str = "label",
    split: str | None = None,
    group: str | None = None,
) -> Items:
    """Read a CSV, TSV or parquet file; its paths are relative to its own folder.

    Raises
    ------
    UserError
        Missing or broken file, unknown column, a path that leaves the table's folder.
    """
    root = (paths.root() / file).parent.resolve()
    rows = read_table(file)
    frame = frame_of(rows, file, path=path, label=label, split=split, group=group)
    known = [root / name for name in frame["path"]]
    for name, target in zip(frame["path"], known, strict=True):
        if target.is_symlink() and not target.resolve().is_relative_to(root):
            raise UserError(f"{file}: path {name!r} leaves the table's folder")
    digest = digest_of(root, [Path(file).name, *frame["path"]])
    return Items(Path(file).name, frame, known.__getitem__, digest, root=paths.shown(root))


def read_table(file: str) -> pd.DataFrame:
    """Read a table as text where it is text; no cell is ever evaluated."""
    target = paths.root() / file
    try:
        if target.suffix.lower() in (".parquet", ".pq"):
            return pd.read_parquet(target)
        return read_csv(target.read_bytes(), "\t" if target.suffix.lower() == ".tsv" else ",")
    except FileNotFoundError:
        raise UserError(f"{file}: no such file") from None
    except Exception as error:  # pandas, pyarrow and codecs each raise their own kinds
        reason = " ".join(str(error).split())[:160]
        raise UserError(f"{file}: not a readable table: {reason}") from None


def read_csv(content: bytes, delimiter: str = ",", columns: list[str] | None = None) -> Any:
    """Read delimited text; only an empty cell is missing (a class may be called NA)."""
    return pd.read_csv(
        io.BytesIO(content),
        sep=r"\s+" if delimiter == "whitespace" else delimiter,
        names=columns,
        header=None if columns else 0,
        encoding="utf-8-sig",
        dtype=str,
        keep_default_na=False,
        na_values=[""],
    )


def frame_of(
    rows: pd.DataFrame,
    where: str,
    *,
    path: str = "path",
    label: str | dict[str, Any] = "label",
    split: str | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """Turn a table into a frame of items; the other columns are kept, to slice by."""
    rule = label if isinstance(label, dict) else {"column": label}
    for column in filter(None, (path, rule.get("column"), split, group)):
        if column not in rows.columns:
            raise unknown("column", column, map(str, rows.columns), where)
    if "id" in rows.columns and rows["id"].isna().any():
        raise UserError(f"{where}: column id: {int(rows['id'].isna().sum())} rows without an id")
    names = [_inside(name, where) for name in rows[path]]
    frame = pd.DataFrame({"id": rows["id"].astype(str) if "id" in rows.columns else names})
    frame["label"] = _labels(rows, rule, where)
    frame["path"] = names
    if split:
        frame["split"] = split_names(rows[split], where)
    if group:
        frame["group"] = label_text(rows[group])
    for column in rows.columns:
        if str(column) not in (*RESERVED, path):
            frame[str(column)] = label_text(rows[column])
    return frame.reset_index(drop=True)


def _inside(name: Any, where: str) -> str:
    """Return a relative path that stays below the table's folder."""
    text = str(name).replace("\\", "/")
    leaves = PurePosixPath(text).is_absolute() or ".." in text.split("/")
    if name != name or not text or "\0" in text:
        raise UserError(f"{where}: a row without a path")
    if leaves or re.match(r"[A-Za-z]:", text):
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
