"""The intervals of a table on one scale, which the better half of the candidates decides."""

from collections.abc import Sequence
from typing import Any

Bounds = tuple[float, float, float]


def scaled(bounds: Sequence[Bounds | None]) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """Place intervals on a scale, in per cent of its width.

    A baseline far behind would leave all others one spot: the scale reaches as far again as the
    better half of the candidates does, and whoever lies beyond is a mark at its edge.

    Parameters
    ----------
    bounds : sequence
        Low, value and high of each candidate, best first; None where there is no value.

    Returns
    -------
    tuple
        For each candidate ``low``, ``width`` and ``point`` (in per cent of the width), or
        ``beyond``: left or right; empty without a value. And the ends of the scale, as text.
    """
    known = [each for each in bounds if each]
    if not known:
        return [{} for _ in bounds], None
    better = known[: max(2, (len(known) + 1) // 2)]
    start, end = min(each[0] for each in better), max(each[2] for each in better)
    span = (end - start) or 1.0
    start = max(start - span, min(each[0] for each in known))
    end = min(end + span, max(each[2] for each in known))
    places = [_place(each, start, (end - start) or 1.0) if each else {} for each in bounds]
    return places, (f"{start:.3f}", f"{end:.3f}")


def _place(bounds: Bounds, start: float, span: float) -> dict[str, Any]:
    if not start <= bounds[1] <= start + span:
        return {"beyond": "left" if bounds[1] < start else "right"}
    low, point, high = (100 * min(max((each - start) / span, 0), 1) for each in bounds)
    width = high - low
    return {
        "low": round(low, 2),
        "width": round(width, 2),
        "point": round(100 * (point - low) / (width or 1), 2),
    }
