"""Delimited text as spreadsheets and people write it: its separator, its quotes, its header."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Literal

import pandas as pd

from helpers.core.formatting import counted
from helpers.core.spellings import canonical

LONGEST_CELL = 2**31 - 1  # for the search for quotes; texts and lines have limits of their own
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
DECLARED = re.compile(r'"?sep=(.)"?[,;\t|]*(\r\n?|\n)', re.IGNORECASE)  # a line that Excel reads
DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?")
AS_CHARACTERS = "quotes stand for themselves: read as quotes, they would join lines"


def found_out(text: str, usual: str, separator: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Read a text whose separator may not be the usual one, and say in notes what was found.

    Raises ValueError, also where several separators would do.
    """
    if separator is None and (line := DECLARED.match(text)):
        separator, text = line[1], "\n" + text[line.end() :]
    frame, chosen = _fitting(text, separator or usual, () if separator else SEPARATORS)
    parted = f"its columns are parted by {SEPARATORS.get(chosen, repr(chosen))}"
    notes = [parted] * (chosen != usual) + [AS_CHARACTERS] * (not frame.attrs["quoted"])
    if frame.attrs["short"]:
        notes.append(f"{counted(frame.attrs['short'], 'row')} with fewer cells than the header")
    if chosen != "," and (names := _with_decimal_commas(frame)):
        notes.append(f"decimal commas are read as points in {', '.join(names)}")
    return frame, notes


def _fitting(text: str, usual: str, others: Iterable[str]) -> tuple[pd.DataFrame, str]:
    """Take a text apart by the usual separator, or by the only other one that does better."""
    tried: dict[str, pd.DataFrame | ValueError] = {}
    for separator in dict.fromkeys((usual, *others)):
        tried[separator] = _tried(text, separator)
        if _complete(tried[usual]):
            break
    fits = [separator for separator, found in tried.items() if _complete(found)]
    if not fits:  # with rows that are short, if need be
        fits = [each for each, found in tried.items() if _columns(found) > 1]
        fits = [usual] if usual in fits else fits
    if len(fits) > 1:
        names = " or ".join(SEPARATORS[each] for each in fits)
        raise ValueError(f"its columns may be parted by {names}: declare its `separator`")
    chosen, found = (fits or [usual])[0], tried[(fits or [usual])[0]]
    if _columns(found) == 1 and isinstance(found, pd.DataFrame):
        failed = (each for each in tried if each in found.columns[0])  # why it does not part them
        found = tried[next(failed, usual)]
    if isinstance(found, ValueError):
        raise found
    return found, chosen


def _tried(text: str, separator: str) -> pd.DataFrame | ValueError:
    """Take a text apart; where tabs part the columns, quotes may stand for themselves."""
    errors = []
    for quoted in (True, False)[: 1 + (separator == "\t")]:
        try:
            frame = parse(text, separator, quoted=quoted)
            if quoted or _complete(frame):
                return frame
        except ValueError as error:
            errors.append(error)
    return errors[0]


def _complete(found: pd.DataFrame | ValueError) -> bool:
    """Tell whether there are several columns, and each row has a cell for each."""
    return isinstance(found, pd.DataFrame) and len(found.columns) > 1 and not found.attrs["short"]


def _columns(found: pd.DataFrame | ValueError) -> int:
    return len(found.columns) if isinstance(found, pd.DataFrame) else 0


def parse(
    text: str, separator: str = ",", names: list[str] | None = None, quoted: bool = True
) -> pd.DataFrame:
    """Take a text apart; blank rows, columns without a name and empty cells beyond are left out.

    Raises ValueError: no header or a name twice in it, rows that are longer, quotes that do not
    close or that take in rows.
    """
    csv.field_size_limit(LONGEST_CELL)
    source = list(io.StringIO(text, newline=""))
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(source, delimiter=separator, quoting=quoting, strict=True)
    rows, lines, line, width = [], [], 1, len(names or ())
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            if not any(map(str.strip, cells)):
                continue
            if names is None:
                names, width = [canonical(name) for name in cells], len(cells)
                continue
            if any(cells[width:]):
                found = f"{len(cells)} cells, but {width} in the header, {names[0][:20]!r}..."
                raise ValueError(f"line {first}: {found}")
            rows.append(cells[:width])
            lines.append((first, line - 1))
    except csv.Error:
        reason = "a quote that is not closed, or not doubled in a quoted cell"
        raise ValueError(f"line {line}: {reason}") from None
    if not (named := list(filter(None, names or ()))):
        raise ValueError("no header: the first line names the columns")
    if twice := {name for name in named if named.count(name) > 1}:
        raise ValueError(f"a column name is there twice: {', '.join(map(repr, sorted(twice)))}")
    _check_quotes(rows, lines, source, separator)
    short = sum(len(cells) < width for cells in rows)
    frame = pd.DataFrame([cells + [""] * (width - len(cells)) for cells in rows], columns=names)
    frame = frame.loc[:, [bool(name) for name in frame.columns]].astype(object)
    frame = frame.mask(frame == "")
    frame.attrs = {"short": short, "quoted": quoted}
    return frame


def _check_quotes(
    rows: list[list[str]], lines: list[tuple[int, int]], source: list[str], separator: str
) -> None:
    """Raise ValueError for a quoted cell whose lines are rows by themselves, as others are."""
    several = [(first, last) for first, last in lines if last > first]
    if not several:
        return
    single = [row for row, (first, last) in zip(rows, lines, strict=True) if first == last]
    known = [{_kind(cell) for cell in column} for column in zip(*single, strict=False)]
    for first, last in several:
        inside = [line.rstrip("\r\n").split(separator) for line in source[first - 1 : last]]
        inside = [cells for cells in inside if any(cells)]
        columns = [set(map(_kind, column)) for column in zip(*inside, strict=False)]
        fits = any(map(set.issubset, columns, known)) or separator == "\t"
        if fits and len(known) > 1 and {*map(len, inside)} == {len(known)}:
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
