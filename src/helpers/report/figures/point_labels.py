"""Names beside points: each where it hides nothing, with a thin line to a distant point."""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from helpers.report.figures import fonts
from helpers.report.figures.style import QUIET

NEAR = 8.0  # points from a dot to its name; half of them are left free around the other dots
AWAY = 9  # lines up and down that a name may be moved by


def name_points(
    axes: Axes,
    points: np.ndarray,
    names: Sequence[str],
    colours: Sequence[str],
    busy: np.ndarray,
    first: np.ndarray | None = None,
) -> int:
    """Write names beside points, once all else is drawn and the limits are set.

    ``points`` [N, 2] are in units of the data, NaN gets no name; ``busy`` [M, 2] are positions to
    keep free, such as along lines; ``first`` [N] are to be named before the others. A name that
    would lie over another one or outside is left out; returns how many are.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    fonts.provide(figure)
    figure.draw_without_rendering()  # the layout decides where the points are
    dots, edges = axes.transData.transform(points), axes.get_window_extent()
    finite = np.isfinite(dots).all(axis=1)
    taken = [_square(dot, NEAR / 2) for dot in dots[finite]]
    named: list[Bbox] = []
    lines = [_square(position, 1.0) for position in axes.transData.transform(busy)]
    order = np.lexsort((-dots[:, 1], np.zeros(len(dots)) if first is None else ~first))
    left_out = 0
    for row in order[finite[order]]:
        name = axes.annotate(
            names[row], points[row], (0, 0), textcoords="offset points", color=colours[row]
        )
        name.set_in_layout(False)  # the names stay inside the axes, and the axes as they are
        fonts.provide(name)
        size = name.get_window_extent()
        options = list(_positions(dots[row], size.width, size.height))
        costs = [
            1000 * (box.count_overlaps(taken) + _outside(box, edges))
            + 10 * box.count_overlaps(lines)
            + step
            for step, (box, _) in enumerate(options)
        ]
        box, distant = options[int(np.argmin(costs))]
        if box.count_overlaps(named) or _outside(box, edges):
            name.remove()
            left_out += 1
            continue
        named.append(box)
        taken.append(box)
        name.set(position=(box.x0 - dots[row, 0], box.y0 - dots[row, 1]), va="bottom")
        if distant:
            end = (box.x0 if box.x0 > dots[row, 0] else box.x1, (box.y0 + box.y1) / 2)
            line = {"arrowstyle": "-", "color": QUIET, "lw": 0.6, "shrinkA": 1, "shrinkB": 4}
            offset = np.subtract(end, dots[row])
            axes.annotate("", points[row], offset, textcoords="offset points", arrowprops=line)
    return left_out


def _positions(dot: np.ndarray, width: float, height: float) -> Iterator[tuple[Bbox, bool]]:
    """List boxes for a name, the nearest first; those on another line need a line to the dot."""
    for line in sorted(range(-AWAY, AWAY + 1), key=abs):
        gap = NEAR if not line else 2 * NEAR
        for left in (dot[0] + gap, dot[0] - gap - width):
            yield Bbox.from_bounds(left, dot[1] + (line - 0.5) * height, width, height), bool(line)


def _outside(box: Bbox, edges: Bbox) -> bool:
    return box.x0 < edges.x0 or box.x1 > edges.x1 or box.y0 < edges.y0 or box.y1 > edges.y1


def _square(centre: np.ndarray, reach: float) -> Bbox:
    return Bbox.from_extents(*(centre - reach), *(centre + reach))
