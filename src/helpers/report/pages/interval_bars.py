"""The intervals of a table drawn on one scale, which the better half of the candidates decides."""

from collections.abc import Sequence
from dataclasses import dataclass

Bounds = tuple[float, float, float]  # low, value and high


@dataclass(frozen=True)
class Bar:
    """An interval: its start and width in per cent of the scale, its point in per cent of itself.

    A value outside the scale has none of these, only the side that it lies on: left or right.
    """

    start: float = 0.0
    width: float = 0.0
    point: float = 0.0
    outside: str = ""


def scaled(bounds: Sequence[Bounds | None]) -> tuple[list[Bar | None], tuple[str, str] | None]:
    """Place intervals, best first, on a common scale; return the bars and the scale's ends as text.

    A distant baseline would squeeze all others into one spot, so the scale ends at most one span
    of the better half beyond that half.
    """
    given = [interval for interval in bounds if interval]
    if not given:
        return [None] * len(bounds), None
    better = given[: max(2, (len(given) + 1) // 2)]
    start, end = min(low for low, _, _ in better), max(high for _, _, high in better)
    span = (end - start) or 1.0
    start = max(start - span, min(low for low, _, _ in given))
    end = min(end + span, max(high for _, _, high in given))
    span = (end - start) or 1.0
    bars = [_bar(interval, start, span) if interval else None for interval in bounds]
    return bars, (f"{start:.3f}", f"{end:.3f}")


def _bar(bounds: Bounds, start: float, span: float) -> Bar:
    if not start <= bounds[1] <= start + span:
        return Bar(outside="left" if bounds[1] < start else "right")
    low, point, high = (100 * min(max((each - start) / span, 0), 1) for each in bounds)
    width = high - low
    return Bar(round(low, 2), round(width, 2), round(100 * (point - low) / (width or 1), 2))
