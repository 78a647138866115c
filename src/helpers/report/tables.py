"""Tables of the notebooks: numbers at a fixed precision, everything from data escaped."""

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import pandas as pd
from pandas.api import types

from helpers.core.formatting import one_line, own_name, significant
from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name

PRECISION = "{:.3f}"
SMALLEST = 0.001  # smallest number that is written out; below it only that bound is given
LONG = 200  # characters of a cell before it is cut
WHOLE = 2000  # and of what is looked up or decides what the numbers mean


def parameters(values: Mapping[str, Any]) -> None:
    """Show names and values, a row each; nested values are written on one line."""
    pairs = [(column_name(name), cell(name, _whole(value))) for name, value in _flat(values)]
    rows = [f'<th scope="row">{html.escape(name)}</th>{cells([text])}' for name, text in pairs]
    width = max((len(name) for name, _ in pairs), default=0)
    display_rows(rows, "\n".join(f"{name:{width}}  {text}" for name, text in pairs))


def show(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> None:
    """Show a table without its index, nor a column ``note`` that is empty.

    ``formats`` holds format strings by column; numbers have three decimals by default.
    """
    formats = formats or {}
    if "note" in frame and frame["note"].eq("").all():
        frame = frame.drop(columns="note")
    names = [column_name(name) for name in frame.columns]
    right = [
        types.is_numeric_dtype(kind) and not types.is_bool_dtype(kind) for kind in frame.dtypes
    ]
    texts = [[cell(str(name), value, formats.get(name)) for value in frame[name]] for name in frame]
    rows = [cells(row, right) for row in zip(*texts, strict=True)]
    plain = pd.DataFrame(texts, index=names).T.to_string(index=False) if rows else "(none)"
    display_rows(rows, f"{caption}\n{plain}", caption=caption, names=names, right=right)


def display_rows(
    rows: Sequence[str],
    plain: str,
    *,
    caption: str = "",
    names: Sequence[str] = (),
    right: Sequence[bool] = (),
) -> None:
    """Display a table in a notebook: rows from ``cells``, and the same as plain text.

    The names of the columns are aligned to the right where ``right`` says so; they and the caption
    are escaped here. Without rows the table says ``none``.
    """
    from IPython.display import display

    heads = cells(names, right, 'th scope="col"')
    head = f"<thead><tr>{heads}</tr></thead>" if names else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows or ["<td>none</td>"])
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    table = f"<table>{title}{head}<tbody>{body}</tbody></table>"
    display({"text/html": table, "text/plain": plain}, raw=True)


def cells(texts: Iterable[object], right: Iterable[bool] = (), tag: str = "td") -> str:
    """Write the cells of a row as escaped HTML, aligned to the right where ``right`` says so."""
    end, number = tag.split()[0], ' class="number"'
    return "".join(
        f"<{tag}{number if aligned else ''}>{html.escape(str(text))}</{end}>"
        for text, aligned in zip_longest(texts, right, fillvalue=False)
    )


def cell(name: str, value: Any, form: str | None = None) -> str:
    """Write a value as its column asks for in any table, else by a format string."""
    if _missing(value) or (isinstance(value, float) and math.isinf(value)):
        return text(value)
    return COLUMNS[name](value) if name in COLUMNS else text(value, form)


def text(value: Any, form: str | None = None) -> str:
    """Write a value for people: numbers at a fixed precision, a missing value as a dash."""
    if _missing(value):
        return "–"
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if form is not None:
        return form.format(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {text(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        items = [f"{item:g}" if isinstance(item, float) else text(item) for item in value]
        return ", ".join(items) or "–"
    return one_line(value, LONG)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "unbounded"
    if 0 < abs(value) < SMALLEST:
        return f"<{SMALLEST}" if value > 0 else f">-{SMALLEST}"
    if abs(value) < 100:
        return PRECISION.format(value)
    return f"{value:,.1f}" if abs(value) < 1e6 else f"{value:,.0f}"


def _p(value: float) -> str:  # 0 is what rounding makes of a very small one
    return f"<{SMALLEST}" if value < SMALLEST else _number(value)


def _digits(value: float) -> str:
    return significant(value) if value >= SMALLEST or not value else f"<{SMALLEST}"


COLUMNS: dict[str, Callable[[Any], str]] = {  # of any table, and parameters, by name
    **dict.fromkeys(("p", "p_holm"), _p),
    **dict.fromkeys(("cost", "fit_seconds"), _digits),
    **dict.fromkeys(("items_low", "items_high", "parameters"), "{:,.0f}".format),
    **dict.fromkeys(("metric", "primary"), metric_name),
    **dict.fromkeys(("citation", "notes"), partial(one_line, most=WHOLE)),
    "column": own_name,
    "method": column_name,
    "slices": lambda names: ", ".join(map(own_name, names)) or "–",
}


def _whole(value: Any) -> Any:
    """Return a number that was set to 50.0 as 50."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """List names and values, those of an inner mapping under both names."""
    pairs: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping) and len(value) > 1:
            pairs += [(f"{name}: {inner}", nested) for inner, nested in _flat(value)]
        else:
            pairs.append((name, value))
    return pairs
