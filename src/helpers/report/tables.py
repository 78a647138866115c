"""Tables of the notebooks: numbers at a fixed precision, everything from data escaped."""

import html
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.core.formatting import own_name, significant
from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name

PRECISION = "{:.3f}"
SMALLEST = 0.001
"""Of numbers that are written out: what lies below is said to, a p-value above all."""
LONG = 200
"""Characters of a cell before it is cut."""


def parameters(values: Mapping[str, Any]) -> None:
    """Show names and values, a row each; nested values are written on one line."""
    frame = pd.DataFrame(
        [(column_name(name), written(name, value)) for name, value in _flat(values)],
        columns=["parameter", "value"],
    )
    _display(_html(frame, "", {}, head=False), frame.to_string(index=False, header=False))


def show(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> None:
    """Show a table.

    Parameters
    ----------
    frame : DataFrame
        Its index is not shown.
    caption : str
        What the table holds.
    formats : mapping, optional
        A format string for a column; three decimals for floating point numbers by default.
    """
    formats = dict(formats or {})
    plain = pd.DataFrame(
        {name: [written(name, v, formats.get(name)) for v in frame[name]] for name in frame.columns}
    ).rename(columns=column_name)
    shown = f"{caption}\n{plain.to_string(index=False) if len(plain) else '(none)'}"
    _display(_html(frame, caption, formats), shown)


def written(name: str, value: Any, form: str | None = None) -> str:
    """Write a value as its column asks for, whatever the table; else by a format string."""
    if _missing(value) or (isinstance(value, float) and math.isinf(value)):
        return text(value)
    return WRITTEN[name](value) if name in WRITTEN else text(value, form)


def text(value: Any, form: str | None = None) -> str:
    """Write a value for people: at a fixed precision, missing ones as a dash."""
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
        return ", ".join(f"{name} {text(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value) or "–"
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
    """Write a p-value; one of nothing is what a computer makes of a very small one."""
    return f"<{SMALLEST}" if value < SMALLEST else _number(value)


def _digits(value: float) -> str:
    return significant(value) if value >= SMALLEST or not value else f"<{SMALLEST}"


WRITTEN = {
    **dict.fromkeys(("p", "p_holm"), _p),
    **dict.fromkeys(("cost", "fit_seconds", "ms an item", "s to train"), _digits),
    **dict.fromkeys(("items_needed", "parameters"), "{:,.0f}".format),
    **dict.fromkeys(("metric", "primary"), metric_name),
    "column": own_name,
    "method": column_name,
    "slices": lambda names: ", ".join(map(own_name, names)) or "–",
}
"""How a column's cells, or a parameter's value, are written in any table, by its name."""


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """List names and values, those of an inner mapping under both names."""
    found = []
    for name, value in values.items():
        if isinstance(value, Mapping) and len(value) > 1:
            found += [(f"{name}: {inner}", each) for inner, each in _flat(value)]
        else:
            found.append((name, value))
    return found


def _html(frame: pd.DataFrame, caption: str, formats: Mapping[str, str], head: bool = True) -> str:
    right = {name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    right -= {name for name in right if pd.api.types.is_bool_dtype(frame[name])}
    cells = [
        [
            (name, written(name, value, formats.get(name)))
            for name, value in zip(frame.columns, row, strict=True)
        ]
        for row in frame.itertuples(index=False, name=None)
    ]
    body = "".join(f"<tr>{''.join(_cell(*each, right) for each in row)}</tr>" for row in cells)
    names = "".join(
        f'<th scope="col"{_class(name, right)}>{html.escape(column_name(name))}</th>'
        for name in frame.columns
    )
    return (
        "<table>"
        + (f"<caption>{html.escape(caption)}</caption>" if caption else "")
        + (f"<thead><tr>{names}</tr></thead>" if head else "")
        + (f"<tbody>{body}</tbody>" if cells else "<tbody><tr><td>none</td></tr></tbody>")
        + "</table>"
    )


def _cell(name: str, value: str, right: set[str]) -> str:
    tag = 'th scope="row"' if name == "parameter" else f"td{_class(name, right)}"
    return f"<{tag}>{html.escape(value)}</{tag.split()[0]}>"


def _class(name: str, right: set[str]) -> str:
    return ' class="number"' if name in right else ""


def _display(table: str, plain: str) -> None:
    from IPython.display import display

    display({"text/html": table, "text/plain": plain}, raw=True)
