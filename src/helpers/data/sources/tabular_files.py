"""The rows of a table's file: CSV, TSV, JSON Lines or parquet; no cell is ever evaluated."""

import codecs
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths, spellings
from helpers.core.errors import UserError, reason, unknown
from helpers.core.formatting import listed
from helpers.data.sources import delimited
from helpers.data.text import decoding

PARQUET, TABS, LINES = (".parquet", ".pq"), (".tsv", ".tab"), (".jsonl", ".ndjson", ".json")
TABLES = (".csv", *PARQUET, *TABS, *LINES)
MOST_COLUMNS = 10_000
EXACT = 2**53  # whole numbers up to which are kept by floats, which a missing cell makes of them
NOTES = "notes"  # where a frame's ``attrs`` say in words what was found out about its file
OTHERS = {  # how files begin that are called tables, and what to do about them
    b"pk\x03\x04": "a workbook or an archive: save the sheet as CSV UTF-8, or unpack it",
    b"\xd0\xcf\x11\xe0": "a workbook of Excel: save the sheet as CSV UTF-8",
    b"\x1f\x8b": "compressed: unpack it",
    b"bzh91ay&sy": "compressed: unpack it",
    b"\xfd7zxz\0": "compressed: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed: unpack it",
    b"par1\x15": "parquet: call it .parquet",
    b"arrow1\0\0": "Arrow or Feather: save it as parquet",
    b"sqliteformat3\0": "a database: save the table as CSV UTF-8",
    b"%pdf-": "PDF: save the table as CSV UTF-8",
    b"{\\rtf": "RTF: save the table as CSV UTF-8",
    b"versionhttps://git-lfs": "a pointer, not the file: fetch it with git lfs pull",
    b"/annex/objects/": "a pointer, not the file: fetch it with git annex get",
    b"<html": "HTML: save the table as CSV UTF-8",
    b"<!doctype": "HTML: save the table as CSV UTF-8",
    b"<?xml": "XML: save the table as CSV UTF-8",
    b"[{": "a JSON array: write one object a line, as JSON Lines",
}


def read_table(file: str, encoding: str | None = None, separator: str | None = None) -> Any:
    """Read a table, as text where it is text; raises UserError if it cannot be read.

    Separator and encoding are found out where they are not declared; ``attrs`` has the notes.
    """
    target, codec = paths.root() / file, decoding.codec(encoding)
    suffix, notes = target.suffix.lower(), list[str]()
    try:
        _check_kind(target, file)
        if suffix in PARQUET:
            rows = _read_parquet(target, codec, file)
        else:
            text, notes = decoding.checked(target, encoding, file)
            if suffix in LINES:
                rows = read_jsonl(text)
            else:
                rows, found = delimited.found_out(text, "\t" if suffix in TABS else ",", separator)
                notes += found
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError(f"{file}: no such file") from None
    except Exception as error:  # pandas, pyarrow and codecs each raise their own kinds
        raise UserError(f"{file}: not a readable table: {reason(error)}") from None
    if (wide := len(rows.columns)) > MOST_COLUMNS:
        cure = f"keep at most {MOST_COLUMNS:,}, those to read and to slice by"
        raise UserError(f"{file}: {wide:,} columns: {cure}")
    rows.attrs[NOTES] = tuple(f"{Path(file).name}: {each}" for each in notes)
    return rows


def note(frame: pd.DataFrame, words: str) -> None:
    """Keep with a frame what was found out about its file, for ``Items.notes``."""
    frame.attrs[NOTES] = (*frame.attrs.get(NOTES, ()), words)


def read_jsonl(text: str) -> pd.DataFrame:
    """Read JSON Lines: one object per line; only a line feed ends a line."""
    rows, whole = [], None
    with suppress(ValueError):  # of several lines, only the first is read
        whole = json.loads(text)
    if isinstance(whole, dict) and _holds_rows(list(whole.values())):
        raise ValueError("one object that holds all rows: write one object a line, as JSON Lines")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line, object_pairs_hook=_object))
                if "\\ud" in line.lower():  # half of a pair, as of an emoji that was cut
                    json.dumps(rows[-1], ensure_ascii=False).encode()
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
            if not isinstance(rows[-1], dict):
                raise ValueError(f"line {number}: an object is needed")
    frame = pd.DataFrame(rows)
    for column in _beyond_floats(frame):
        frame[column] = pd.Series([row.get(column) for row in rows], dtype=object)
    return frame


def read_csv(content: bytes, delimiter: str = ",", columns: list[str] | None = None) -> Any:
    """Read delimited text; only an empty cell is missing (a class may be called NA)."""
    text = content.decode("utf-8-sig")
    if delimiter == "whitespace":
        text, delimiter = "\n".join("\t".join(line.split()) for line in text.split("\n")), "\t"
    return delimited.parse(text, delimiter, columns)


def plain(rows: pd.DataFrame, column: str, where: str) -> pd.Series:
    """Return a column; raises UserError if it is missing, or holds lists, mappings or bytes."""
    if column not in rows.columns:
        if len(rows.columns) == 1 and column in re.split(
            r"\W{1,3}", header := str(rows.columns[0])
        ):
            cure = "declare its `separator`, one character or tab, or save it with commas"
            raise UserError(f"{where}: unknown column {column!r}: one column, {header!r}: {cure}")
        raise unknown("column", column, map(str, rows.columns), where)
    key, same = spellings.key(column), [str(name) for name in rows.columns if name != column]
    if other := next((name for name in same if spellings.key(name) == key), None):
        raise UserError(f"{where}: columns {column!r} and {other!r} look alike: rename one of them")
    if problem := problem_of(rows[column]):
        raise UserError(f"{where}: column {column!r}: {problem}")
    return rows[column]


def problem_of(column: pd.Series) -> str:
    """Say why a column cannot be used; empty if it can."""
    for row, value in enumerate(column if column.dtype == object else (), start=1):
        if isinstance(value, bytes):
            what = "bytes that are not text in the declared `encoding` (default: UTF-8)"
            return f"row {row}: {what}; an image or a recording is kept as {{bytes, path}}"
        if isinstance(value, list | tuple | dict | np.ndarray):
            return f"row {row}: a text or a number is needed, not a list or a mapping"
    return ""


def _check_kind(target: Path, file: str) -> None:
    """Refuse what is no table, by how the file begins."""
    if target.is_dir():
        tables = [each.name for each in sorted(target.iterdir()) if each.suffix.lower() in TABLES]
        cure = "name one, or join those of several splits to one with a column split"
        raise UserError(f"{file}: a folder; its tables: {listed(tables, 6) or 'none'}: {cure}")
    with target.open("rb") as stream:
        start = b"".join(stream.read(64).removeprefix(codecs.BOM_UTF8).lower().split())
    for beginning, problem in OTHERS.items():
        if start.startswith(beginning) and not (
            target.suffix.lower() in PARQUET and b"par1" in start
        ):
            raise UserError(f"{file}: {problem}")


def class_name(value: Any, names: Sequence[str], where: str) -> str | None:
    """Name the class of a number; raises UserError for one beyond the names: -1 alone is none."""
    if value is None or value != value or value == -1:
        return None
    if not isinstance(value, int | float | np.number) or value not in range(len(names)):
        raise UserError(f"{where}: class {value} has no name: {len(names)} names, from 0 on")
    return names[int(value)]


def _holds_rows(values: list[Any]) -> bool:
    """Tell whether the values of an object of JSON are rows, or columns."""
    rows = any(isinstance(each, list) and each and isinstance(each[0], dict) for each in values)
    return rows or (len(values) > 1 and all(isinstance(each, list | dict) for each in values))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object of JSON; raises ValueError for a key that is there twice."""
    found = dict[str, Any]()
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def _read_parquet(target: Path, codec: str, file: str) -> pd.DataFrame:
    """Read parquet: numbers get the class names that the Hugging Face hub keeps beside them."""
    from pyarrow import parquet

    rows = pd.read_parquet(target)
    if wide := _beyond_floats(rows):
        whole = parquet.read_table(target, columns=wide).to_pandas(integer_object_nulls=True)
        for column in wide:
            rows[column] = whole[column].to_numpy()
    kept = (parquet.read_schema(target).metadata or {}).get(b"huggingface", b"{}")
    features = json.loads(kept).get("info", {}).get("features") or {}
    for column in rows.columns.intersection(list(features)):
        if isinstance(features[column], dict) and (names := features[column].get("names")):
            where = f"{file}: column {column!r}"
            found = [class_name(value, names, where) for value in rows[column]]
            rows[column] = pd.Series(found, rows.index, dtype=object)
    for column in rows.columns:
        if rows[column].dtype == object:
            texts = [_text(value, codec) for value in rows[column]]
            rows[column] = pd.Series(texts, rows.index, dtype=object)
    return rows


def _beyond_floats(rows: pd.DataFrame) -> list[str]:
    """List columns of floats too large for whole numbers, which may have been whole."""
    floats = rows.select_dtypes("float")
    return [str(column) for column in floats if (floats[column].abs() >= EXACT).any()]


def _text(value: Any, codec: str) -> Any:
    """Decode bytes that are text; other bytes stay, and make their column unusable."""
    with suppress(UnicodeError):
        return value.decode(codec) if isinstance(value, bytes) else value
    return value
