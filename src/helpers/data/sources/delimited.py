"""Delimited text as spreadsheets and people write it: its separator, its quotes, its header."""

import csv
import io
import math
import re
from collections import Counter
from contextlib import suppress
from typing import Literal

import pandas as pd

from helpers.core.formatting import counted, listed
from helpers.core.spellings import canonical

Row = tuple[int, list[str], list[str]]  # the number of its first line, its cells, its lines
LONGEST_CELL = 2**31 - 1  # for the search for quotes; texts and lines have limits of their own
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
DECLARED = re.compile(r'"?sep=(.)"?[,;\t|]*(\r\n?|\n)', re.IGNORECASE)  # a line that Excel reads
AS_CHARACTERS = "quotes stand for themselves: read as quotes, they would join lines"


def found_out(text: str, usual: str, separator: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Read a text whose separator may not be the usual one, and say in notes what was found.

    Raises ValueError, also where several separators would do.
    """
    if separator is None and (line := DECLARED.match(text)):
        separator, text = line[1], "\n" + text[line.end() :]
    separator = separator or _separator(text, usual)
    frame, notes = parse(text, separator), list[str]()
    if separator != usual:
        notes.append(f"columns are separated by {SEPARATORS.get(separator, repr(separator))}")
    if not frame.attrs["quoted"]:
        notes.append(AS_CHARACTERS)
    if frame.attrs["short"]:
        notes.append(f"{counted(frame.attrs['short'], 'row')} with fewer cells than the header")
    return frame, notes


def _separator(text: str, usual: str) -> str:
    """Choose among the separators in the header: the usual one, or the only one that fits."""
    header = next(filter(str.strip, io.StringIO(text, newline="")), "")
    found = [each for each in SEPARATORS if each in header] or [usual]
    fits = [each for each in found if len(found) > 1 and _complete(text, each)] or found
    if len(fits) > 1 and usual not in fits:
        names = " or ".join(SEPARATORS[each] for each in fits)
        raise ValueError(f"columns may be separated by {names}: declare its `separator`")
    return usual if usual in fits else fits[0]


def _complete(text: str, separator: str) -> bool:
    """Tell whether each row has a cell for each column."""
    with suppress(ValueError):
        return not parse(text, separator).attrs["short"]
    return False


def parse(text: str, separator: str = ",", names: list[str] | None = None) -> pd.DataFrame:
    """Read delimited text; blank rows, columns without a name and empty cells beyond are left out.

    Where tabs separate the columns, quotes that would join rows stand for themselves. Raises
    ValueError: no header or a name twice in it, a row too long, a quote not closed or around rows.
    """
    try:
        return _frame(text, separator, names, csv.QUOTE_MINIMAL)
    except ValueError:
        with suppress(ValueError):
            plain = _frame(text, separator, names, csv.QUOTE_NONE) if separator == "\t" else None
            if plain is not None and not plain.attrs["short"]:
                return plain
        raise


def _frame(
    text: str, separator: str, names: list[str] | None, quoting: Literal[0, 3]
) -> pd.DataFrame:
    rows, short = [], 0
    for line, cells, _ in _rows(text, separator, quoting):
        if names is None:
            names = [canonical(name) for name in cells]
        elif any(cells[len(names) :]):
            expected = f"{len(names)} in the header, {names[0][:20]!r}..."
            raise ValueError(f"line {line}: {len(cells)} cells, but {expected}")
        else:
            beyond = max(0, len(names) - len(cells))
            rows.append([cell or math.nan for cell in cells[: len(names)]] + [math.nan] * beyond)
            short += beyond > 0
    named = [name for name in names or () if name]
    if not named:
        raise ValueError("no header: the first line names the columns")
    if twice := sorted(name for name, times in Counter(named).items() if times > 1):
        raise ValueError(f"a column name is there twice: {listed(map(repr, twice))}")
    frame = pd.DataFrame(rows, columns=names, dtype=object)[named]
    frame.attrs = {"short": short, "quoted": quoting == csv.QUOTE_MINIMAL}
    return frame


def _rows(text: str, separator: str, quoting: Literal[0, 3]) -> list[Row]:
    """Return the rows that are not blank."""
    csv.field_size_limit(LONGEST_CELL)
    source, rows, last = list(io.StringIO(text, newline="")), list[Row](), 0
    reader = csv.reader(source, delimiter=separator, quoting=quoting, strict=True)
    try:
        for cells in reader:
            first, last = last + 1, reader.line_num
            if any(map(str.strip, cells)):
                rows.append((first, cells, source[first - 1 : last]))
    except csv.Error:
        problem = "a quote that is not closed, or not doubled in a quoted cell"
        raise ValueError(f"line {last + 1}: {problem}") from None
    _check_quotes(rows, separator)
    return rows


def _check_quotes(rows: list[Row], separator: str) -> None:
    """Raise ValueError for a quoted cell whose lines are rows by themselves, as others are."""
    if not (several := [row for row in rows if len(row[2]) > 1]):
        return
    single = [cells for _, cells, lines in rows if len(lines) == 1]
    known = [set(map(_kind, column)) for column in zip(*single, strict=False)]
    for first, _, lines in several:
        inside = [line.rstrip("\r\n").split(separator) for line in lines]
        inside = [cells for cells in inside if any(cells)]
        columns = [set(map(_kind, column)) for column in zip(*inside, strict=False)]
        fits = separator == "\t" or any(map(set.issubset, columns, known))
        if fits and len(known) > 1 and {*map(len, inside)} == {len(known)}:
            opens = f"a quote opens a cell that goes on to line {first + len(lines) - 1}"
            cure = "though each line is a row by itself: close the quote, double it or leave it out"
            raise ValueError(f"line {first}: {opens}, {cure}")


def _kind(cell: str) -> str:
    """Reduce a cell to what it has in common with others of its column: digits count as one."""
    return re.sub(r"\d+", "0", cell.strip().strip('"'))
