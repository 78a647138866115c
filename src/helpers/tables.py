"""Tables of the notebooks: numbers at a fixed precision, everything from data escaped."""

import html
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

PRECISION = "{:.3f}"
LONG = 200
"""Characters of a cell before it is cut."""


def parameters(values: Mapping[str, Any]) -> None:
    """Show names and values, a row each; nested values are written on one line."""
    frame = pd.DataFrame(
        [(name.replace("_", " "), text(value)) for name, value in _flat(values)],
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
        {name: [text(v, formats.get(name)) for v in frame[name]] for name in frame.columns}
    )
    shown = f"{caption}\n{plain.to_string(index=False) if len(plain) else '(none)'}"
    _display(_html(frame, caption, formats), shown)


def text(value: Any, form: str | None = None) -> str:
    """Write a value for people: at a fixed precision, missing ones as a dash."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
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


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else text(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "unbounded"
    if value and (abs(value) < 0.001 or abs(value) >= 1e6):
        return f"{value:.3g}"
    return PRECISION.format(value) if abs(value) < 100 else f"{value:,.1f}"


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
            (name, text(value, formats.get(name)))
            for name, value in zip(frame.columns, row, strict=True)
        ]
        for row in frame.itertuples(index=False, name=None)
    ]
    body = "".join(f"<tr>{''.join(_cell(*each, right) for each in row)}</tr>" for row in cells)
    names = "".join(
        f'<th scope="col"{_class(name, right)}>{html.escape(str(name).replace("_", " "))}</th>'
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
