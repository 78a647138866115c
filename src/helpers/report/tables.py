"""Tables of the notebooks: numbers at a fixed precision, everything from data escaped."""

import html
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.core.formatting import own_name, significant
from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name

PRECISION = "{:.3f}"
SMALLEST = 0.001
"""Smallest number that is written out; below it only that bound is given."""
LONG = 200
"""Characters of a cell before it is cut."""


def parameters(values: Mapping[str, Any]) -> None:
    """Show names and values, a row each; nested values are written on one line."""
    pairs = [(column_name(name), cell(name, value)) for name, value in _flat(values)]
    rows = [
        f'<th scope="row">{html.escape(name)}</th><td>{html.escape(text)}</td>'
        for name, text in pairs
    ]
    width = max((len(name) for name, _ in pairs), default=0)
    display_rows(rows, "\n".join(f"{name:{width}}  {text}" for name, text in pairs))


def show(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> None:
    """Show a table.

    Parameters
    ----------
    frame : DataFrame
        Its index is not shown, nor is a column ``note`` without any note.
    caption : str
        What the table holds.
    formats : mapping, optional
        A format string for a column; three decimals for floating point numbers by default.
    """
    formats = formats or {}
    if "note" in frame and frame["note"].eq("").all():
        frame = frame.drop(columns="note")
    names = [column_name(name) for name in frame.columns]
    right = [place for place, name in enumerate(frame.columns) if _is_numeric(frame[name])]
    texts = [
        [cell(str(name), value, formats.get(name)) for value in frame[name]]
        for name in frame.columns
    ]
    rows = [
        "".join(
            f"<td{_class(place in right)}>{html.escape(text)}</td>"
            for place, text in enumerate(row)
        )
        for row in zip(*texts, strict=True)
    ]
    plain = pd.DataFrame(texts, index=names).T.to_string(index=False) if rows else "(none)"
    display_rows(rows, f"{caption}\n{plain}", caption=caption, names=names, right=right)


def display_rows(
    rows: Sequence[str],
    plain: str,
    *,
    caption: str = "",
    names: Sequence[str] = (),
    right: Collection[int] = (),
) -> None:
    """Display an HTML table in a notebook.

    Parameters
    ----------
    rows : sequence of str
        The cells of each row, escaped HTML; without rows the table says ``none``.
    plain : str
        The same as plain text.
    caption : str
        What the table holds; escaped here.
    names : sequence of str
        Names of the columns; escaped here.
    right : collection of int
        Positions of the columns that are aligned to the right.
    """
    from IPython.display import display

    heads = "".join(
        f'<th scope="col"{_class(place in right)}>{html.escape(name)}</th>'
        for place, name in enumerate(names)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows or ["<td>none</td>"])
    table = (
        "<table>"
        + (f"<caption>{html.escape(caption)}</caption>" if caption else "")
        + (f"<thead><tr>{heads}</tr></thead>" if names else "")
        + f"<tbody>{body}</tbody></table>"
    )
    display({"text/html": table, "text/plain": plain}, raw=True)


def cell(name: str, value: Any, form: str | None = None) -> str:
    """Write a value as its column asks for in any table, else by a format string."""
    if _missing(value) or (isinstance(value, float) and math.isinf(value)):
        return text(value)
    return COLUMNS[name](value) if name in COLUMNS else text(value, form)


def text(value: Any, form: str | None = None) -> str:
    """Write a value for people: numbers at a fixed precision, a missing value as a dash."""
    if _missing(value):
        return "–"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if form is not None:
        return form.format(value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {text(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(inner) for inner in value) or "–"
    words = " ".join(str(value).split())
    return words if len(words) <= LONG else words[: LONG - 1] + "…"


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else text(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "unbounded"
    if 0 < abs(value) < SMALLEST:
        return f"<{SMALLEST}" if value > 0 else f">-{SMALLEST}"
    if abs(value) < 100:
        return PRECISION.format(value)
    return f"{value:,.1f}" if abs(value) < 1e6 else f"{value:,.0f}"


def _p(value: float) -> str:
    """Write a p-value; 0 is what rounding makes of a very small one."""
    return f"<{SMALLEST}" if value < SMALLEST else _number(value)


def _digits(value: float) -> str:
    return significant(value) if value >= SMALLEST or not value else f"<{SMALLEST}"


COLUMNS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("p", "p_holm"), _p),
    **dict.fromkeys(("cost", "fit_seconds"), _digits),
    **dict.fromkeys(("items_needed", "parameters"), "{:,.0f}".format),
    **dict.fromkeys(("metric", "primary"), metric_name),
    "column": own_name,
    "method": column_name,
    "slices": lambda names: ", ".join(map(own_name, names)) or "–",
}
"""How the cells of a column, or the value of a parameter, are written in any table, by name."""


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """List names and values, those of an inner mapping under both names."""
    pairs: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping) and len(value) > 1:
            pairs += [(f"{name}: {inner}", each) for inner, each in _flat(value)]
        else:
            pairs.append((name, value))
    return pairs


def _is_numeric(column: pd.Series) -> bool:
    types = pd.api.types
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def _class(right: bool) -> str:
    return ' class="number"' if right else ""
