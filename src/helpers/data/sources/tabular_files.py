"""The rows of a table's file: CSV, TSV, JSON Lines or parquet; no cell is ever evaluated."""

import csv
import io
import json
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError, reason, unknown
from helpers.data.text import decoding

LONGEST_CELL = 2**31 - 1  # for the search for quotes; texts and lines have limits of their own


def read_table(file: str, encoding: str | None = None) -> pd.DataFrame:
    """Read a table, as text where it is text; raises UserError if it cannot be read."""
    target, codec = paths.root() / file, decoding.codec(encoding)
    try:
        if target.suffix.lower() in (".parquet", ".pq"):
            return _decoded(pd.read_parquet(target), codec)
        content = decoding.checked(target, encoding, file)
        if target.suffix.lower() in (".jsonl", ".ndjson"):
            return read_jsonl(content)
        return read_csv(content, "\t" if target.suffix.lower() in (".tsv", ".tab") else ",")
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError(f"{file}: no such file") from None
    except Exception as error:  # pandas, pyarrow and codecs each raise their own kinds
        raise UserError(f"{file}: not a readable table: {reason(error)}") from None


def read_jsonl(content: bytes) -> pd.DataFrame:
    """Read JSON Lines: one object per line; only a line feed ends a line."""
    rows = []
    for number, line in enumerate(content.decode().split("\n"), start=1):
        if line.strip():
            rows.append(json.loads(line))
            if not isinstance(rows[-1], dict):
                raise ValueError(f"line {number}: an object is needed")
    return pd.DataFrame(rows)


def read_csv(content: bytes, delimiter: str = ",", columns: list[str] | None = None) -> Any:
    """Read delimited text; only an empty cell is missing (a class may be called NA)."""
    spaced = delimiter == "whitespace"
    width = 0 if spaced else _width(content.decode("utf-8-sig"), delimiter, len(columns or ()))
    return pd.read_csv(
        io.BytesIO(content),
        sep=r"\s+" if spaced else delimiter,
        names=columns,
        header=None if columns else 0,
        index_col=False,
        usecols=range(width) if width else None,
        encoding="utf-8-sig",
        dtype=str,
        keep_default_na=False,
        na_values=[""],
    )


def plain(rows: pd.DataFrame, column: str, where: str) -> pd.Series:
    """Return a column; raises UserError if it is missing, or holds lists, mappings or bytes."""
    if column not in rows.columns:
        raise unknown("column", column, map(str, rows.columns), where)
    if problem := problem_of(rows[column]):
        raise UserError(f"{where}: column {column!r}: {problem}")
    return rows[column]


def problem_of(column: pd.Series) -> str:
    """Say why a column cannot be used; empty if it can."""
    for row, value in enumerate(column if column.dtype == object else (), start=1):
        if isinstance(value, bytes):
            problem = "bytes that are not text in the declared `encoding` (UTF-8 by default)"
            return f"row {row}: {problem}"
        if isinstance(value, list | tuple | dict | np.ndarray):
            return f"row {row}: a text or a number is needed, not a list or a mapping"
    return ""


def _decoded(rows: pd.DataFrame, codec: str) -> pd.DataFrame:
    """Decode texts that are stored as bytes; other bytes stay, and make the column unusable."""

    def text(value: Any) -> Any:
        try:
            return value.decode(codec) if isinstance(value, bytes) else value
        except UnicodeError:
            return value

    for column in rows.columns:
        if rows[column].dtype == object:
            rows[column] = rows[column].map(text)
    return rows


def _width(text: str, delimiter: str, width: int) -> int:
    """Count the header's cells, unless known, and check every row; extra empty cells may follow."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            width = width or len(cells) * any(map(str.strip, cells))
            if width and any(cells[width:]):
                raise ValueError(f"line {line}: {len(cells)} cells, but {width} in the header")
            line = reader.line_num + 1
    except csv.Error:
        reason = "a quote that is not closed, or not doubled in a quoted cell"
        raise ValueError(f"line {line}: {reason}") from None
    return width
