"""Delimited text as spreadsheets and people write it: its separator, its quotes, its header."""

import csv
import io
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import nan
from typing import Literal

import pandas as pd

from helpers.core.formatting import counted
from helpers.core.spellings import canonical

LONGEST_CELL = 2**31 - 1  # for the search for quotes; texts and lines have limits of their own
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
DECLARED = re.compile(r'"?sep=(.)"?[,;\t|]*(\r\n?|\n)', re.IGNORECASE)  # a line that Excel reads
DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?")


@dataclass(frozen=True)
class Parsed:
    """The cells of a text: a header, rows of at most as many, and each row's first, last line."""

    header: list[str]
    rows: list[list[str]]
    lines: list[tuple[int, int]]
    quoted: bool

    @property
    def short(self) -> int:
        """How many rows have fewer cells than the header."""
        return sum(len(row) < len(self.header) for row in self.rows)

    @property
    def complete(self) -> bool:
        """Whether there are several columns, and each row has a cell for each."""
        return len(self.header) > 1 and not self.short

    def frame(self) -> pd.DataFrame:
        """Lay the cells out; an empty one is missing, a column without a name is left out."""
        width = len(self.header)
        cells = [[cell or nan for cell in row] + [nan] * (width - len(row)) for row in self.rows]
        frame = pd.DataFrame(cells, columns=self.header, dtype=object)
        return frame.loc[:, [bool(name) for name in self.header]]


def found_out(
    text: str, usual: str, separator: str | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Read a text whose separator may not be the usual one, and say in notes what was found.

    Raises ValueError: rows longer than the header, quotes that do not close or that take in rows,
    two columns of one name, several separators that would do.
    """
    if separator is None and (line := DECLARED.match(text)):
        separator, text = line[1], "\n" + text[line.end() :]
    parsed, chosen = _fitting(text, separator or usual, () if separator else SEPARATORS)
    frame = parsed.frame()
    if twice := sorted(frame.columns[frame.columns.duplicated()]):
        raise ValueError(f"a column name is there twice: {', '.join(map(repr, twice))}")
    notes = []
    if chosen != usual:
        notes.append(f"its columns are parted by {SEPARATORS.get(chosen, repr(chosen))}")
    if not parsed.quoted:
        notes.append("quotes stand for themselves: read as quotes, they would join lines")
    if parsed.short:
        notes.append(f"{counted(parsed.short, 'row')} with fewer cells than the header")
    if chosen != "," and (names := _with_decimal_commas(frame)):
        notes.append(f"decimal commas are read as points in {', '.join(names)}")
    return frame, notes


def _fitting(text: str, usual: str, others: Iterable[str]) -> tuple[Parsed, str]:
    """Take the text apart by the usual separator, or by the only other one that does better."""
    parsed, problem, fits = None, None, {}
    try:
        parsed = _parsed(text, usual)
    except ValueError as error:
        problem = error
    if parsed is None or not parsed.complete:
        for other in others:
            with suppress(ValueError):
                if other != usual and (better := _parsed(text, other)).complete:
                    fits[other] = better
    if len(fits) > 1:
        names = " or ".join(SEPARATORS[each] for each in fits)
        raise ValueError(f"its columns may be parted by {names}: declare its `separator`")
    for other, better in fits.items():
        return better, other
    if parsed is None:
        raise problem or ValueError("no rows")
    return parsed, usual


def _parsed(text: str, separator: str) -> Parsed:
    """Take a text apart; where tabs part the columns, quotes may stand for themselves."""
    try:
        return parse(text, separator)
    except ValueError:
        if separator == "\t":
            with suppress(ValueError):
                if (plain := parse(text, separator, quoted=False)).complete:
                    return plain
        raise


def parse(
    text: str, separator: str = ",", names: list[str] | None = None, quoted: bool = True
) -> Parsed:
    """Take a text apart; blank rows are left out, and empty cells beyond the header."""
    csv.field_size_limit(LONGEST_CELL)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    source = list(io.StringIO(text, newline=""))
    reader = csv.reader(source, delimiter=separator, quoting=quoting, strict=True)
    header, width, rows, lines, line = names, len(names or ()), [], [], 1
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            if not any(map(str.strip, cells)):
                continue
            if header is None:
                named = [canonical(name) for name in cells]
                header, width = (
                    named[: max((k for k, name in enumerate(named, 1) if name), default=0)],
                    len(cells),
                )
            elif any(cells[width:]):
                raise ValueError(f"line {first}: {len(cells)} cells, but {width} in the header")
            else:
                rows.append(cells[: len(header)])
                lines.append((first, line - 1))
    except csv.Error:
        reason = "a quote that is not closed, or not doubled in a quoted cell"
        raise ValueError(f"line {line}: {reason}") from None
    if header is None:
        raise ValueError("no header: the first line names the columns")
    parsed = Parsed(header, rows, lines, quoted)
    _check_quotes(parsed, source, separator)
    return parsed


def _check_quotes(parsed: Parsed, source: list[str], separator: str) -> None:
    """Raise ValueError for a quoted cell whose lines are rows by themselves, as others are."""
    several = [(first, last) for first, last in parsed.lines if last > first]
    if not several or len(parsed.header) < 2:
        return
    single = [
        row for row, (first, last) in zip(parsed.rows, parsed.lines, strict=True) if first == last
    ]
    known = [{_kind(cell) for cell in column} for column in zip(*single, strict=False)]
    for first, last in several:
        inside = [line.rstrip("\r\n").split(separator) for line in source[first - 1 : last]]
        rows = [cells for cells in inside if any(cells)]
        columns = [set(map(_kind, column)) for column in zip(*rows, strict=False)]
        fits = any(column <= usual for column, usual in zip(columns, known, strict=False))
        if {len(cells) for cells in rows} == {len(parsed.header)} and (fits or separator == "\t"):
            raise ValueError(
                f"line {first}: a quote opens a cell that goes on to line {last}, though each line "
                "is a row by itself: close the quote, double it or leave it out"
            )


def _kind(cell: str) -> str:
    """Reduce a cell to what it has in common with others of its column: digits count as one."""
    return re.sub(r"\d+", "0", cell.strip().strip('"'))


def _with_decimal_commas(frame: pd.DataFrame) -> list[str]:
    """Write the decimal commas of columns of numbers as points, and name these columns."""
    names = []
    for name in frame.columns:
        cells = frame[name].dropna()
        if not all(map(DECIMAL_COMMA.fullmatch, cells)):
            continue
        parts = [cell.lstrip("+-").split(",") for cell in cells if "," in cell]
        if any(whole == "0" or len(decimals) != 3 for whole, decimals in parts):  # no thousands
            frame[name] = frame[name].str.replace(",", ".", regex=False)
            names.append(name)
    return names
