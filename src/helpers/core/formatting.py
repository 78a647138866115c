"""Numbers, counts and lists as sentences, tables and axes write them."""

import math
import re
from collections.abc import Iterable, Sequence


def own_name(column: object) -> str:
    """Name a column of the user's data, whatever a column of ours of that name means."""
    return str(column).replace("_", " ")


def one_line(value: object, most: int = 42) -> str:
    """Write a value of the data on one line of bounded length."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def markdown(text: str) -> str:
    """Write a sentence that may hold values of the data as Markdown that marks nothing up."""
    return re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", text)


def counted(number: int, one: str, several: str | None = None) -> str:
    """Write a count with its noun, singular or plural: ``1 pair``, ``1,200 pairs``."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def two_digits(number: float) -> str:
    """Round to two significant digits, without an exponent."""
    if number <= 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(number)))
    return f"{round(number, 1 - math.floor(math.log10(number))):,.{min(places, 4)}f}"


def significant(number: float, digits: int = 3) -> str:
    """Round to some significant digits, without an exponent and without trailing zeros."""
    if not number:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(number)))
    text = f"{round(number, places):,.{max(0, places)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_up(number: float) -> int:
    """Round up to two significant digits."""
    scale = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(math.ceil(number / scale) * scale)


def names(every: Sequence[str], most: int | None = None) -> str:
    """Join names with commas and an `and`; of more than ``most`` the rest is counted."""
    shown = _cut(every, most)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def listed(every: Iterable[object], most: int = 5) -> str:
    """List things behind a colon or in brackets; of more than ``most`` the rest is counted."""
    return ", ".join(_cut([one_line(each, 80) for each in every], most))


def _cut(every: Sequence[str], most: int | None) -> list[str]:
    kept = len(every) if most is None or len(every) <= most else most - 1
    return [*every[:kept], *([f"{len(every) - kept:,} more"] if kept < len(every) else [])]
