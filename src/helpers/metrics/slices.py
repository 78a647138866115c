"""A metric slice by slice, and whether the slices differ by more than chance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, issparse, sparray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts, count_intervals, unit_table
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes, group_sums
from helpers.metrics.statistics.intervals import LEVEL, Estimate

PERMUTATIONS = 1000
_BATCH = 20  # divisions whose metrics are computed at once


@dataclass(frozen=True, eq=False)
class Sums:
    """A metric that sums over items decide.

    ``metric`` maps sums [..., C] over rows of the ``table`` [N, C] to values [...]; a sparse unit
    matrix as table hands it how often each item is in a slice, [..., N]. An item counts
    by its weight [N]: what its part of the metric is divided by. Slices are compared as if each had
    its own mix of ``classes`` [N], where there are any.
    """

    table: NDArray | sparray
    weights: NDArray
    metric: Callable[[NDArray], NDArray]
    classes: NDArray | None = None


@dataclass(frozen=True)
class Slices:
    """A metric of each slice, and whether the slices differ by more than chance.

    ``lowest`` and ``highest`` are the slices furthest from what their mixes of classes give.
    ``gap`` is the largest difference of two slices, ``usual_gap`` its median for slices drawn at
    random; ``p`` is the share of random divisions whose slices vary at least as much. Both are NaN
    where no other division has the same mix of classes, ``p`` too where so few are possible that
    none could be surely more than chance.
    """

    names: list[str]
    sizes: list[int]
    estimates: list[Estimate]
    gap: float
    usual_gap: float
    p: float
    lowest: str = ""
    highest: str = ""


def by_slice(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    slices: NDArray,
    resampling: Resampling = DEFAULT,
) -> Slices:
    """Estimate a metric of counts in each slice [N]; arguments as in ``count_intervals``."""

    def estimate(part: NDArray) -> Estimate:
        options = (classes, resampling.part(part), metric)
        return count_intervals(labels[part], predictions[part], *options)[metric]

    def value(sums: NDArray) -> NDArray:
        return registry.functions("counts")[metric](as_counts(sums, classes))

    table = unit_table(labels, predictions, classes)
    sums = Sums(table, np.ones(len(table)), value, labels)
    return divide(slices, estimate, sums, resampling)


def divide(
    slices: NDArray,
    estimate: Callable[[NDArray], Estimate],
    sums: Sums,
    resampling: Resampling = DEFAULT,
) -> Slices:
    """Estimate a metric in each slice [N], and test whether the slices differ at all.

    ``estimate`` takes a mask of items [N]. The test permutes the slices over whole groups, and
    within a group that lies in several slices over its items; always among those of one class, or
    of about one mix of classes, since most metrics move with the mix even where each class is
    recognised equally well. Its statistic is the variance between slices of how far the metric is
    from its mean over the permutations: unlike the largest gap, it does not drown in the noise of
    the smallest two, and unlike that of the metric, not in what the mixes of classes explain.
    """
    names, codes = np.unique(np.asarray(slices).astype(str), return_inverse=True)
    parts = [codes == code for code in range(len(names))]
    estimates = [estimate(part) for part in parts]
    values, sizes, same = _divisions(sums, codes, resampling)
    defined = np.isfinite(values)
    gap, p, usual, order = _gap(values[0]), np.nan, np.nan, np.zeros(0, int)
    if np.isfinite(gap):
        by_mix = values[1:] if sums.classes is not None and len(values) > 1 else values
        expected = _mean(by_mix, np.isfinite(by_mix), axis=0)
        off, sizes = np.where(defined, values - expected, 0), sizes * defined
        off -= _mean(off, sizes, axis=1)[:, None]
        order = np.argsort(np.where(defined[0], off[0], np.inf), kind="stable")[: defined[0].sum()]
    if np.isfinite(gap) and len(values) > 1:
        some = defined[1:].sum(axis=1) > 1
        spreads = (sizes * off**2).sum(axis=1)
        p = float((1 + np.sum(spreads[1:][some] >= spreads[0] * (1 - 1e-9))) / (1 + some.sum()))
        p = p if same < (1 - LEVEL) * len(values) else np.nan
        usual = float(np.median([_gap(row) for row in values[1:][some]]))
    ends = [names[each] for each in order[[0, -1]]] if len(order) else ["", ""]
    counts = np.bincount(codes).tolist()
    return Slices(names.tolist(), counts, estimates, gap, usual, p, *map(str, ends))


def _gap(values: NDArray) -> float:
    """Return the largest difference of two slices; NaN if fewer than two are defined."""
    defined = values[np.isfinite(values)]
    return float(np.ptp(defined)) if len(defined) > 1 else np.nan


def _mean(values: NDArray, weights: NDArray, axis: int) -> NDArray:
    total = np.maximum(weights.sum(axis=axis), 1e-9)
    return (np.where(weights > 0, values, 0) * weights).sum(axis=axis) / total


def _divisions(
    of_items: Sums, codes: NDArray, resampling: Resampling
) -> tuple[NDArray, NDArray, int]:
    """Compute the metric and the weight of each slice [1 + P, S]: as they are, then permuted.

    Also counts the permutations that divide the units as they are, by whatever names.
    """
    units, slice_of, strata = _units(of_items, codes, resampling.groups)
    permutations = PERMUTATIONS
    if len(np.unique([strata, slice_of], axis=1).T) == len(np.unique(strata)):
        permutations = 0  # no stratum lies in several slices
    random, columns = np.random.default_rng(resampling.seed), csr_array(units.T)
    values, sizes, same, now = [], [], 0, np.zeros((0, 1))
    for start in range(0, permutations + 1, _BATCH):
        many = min(_BATCH, permutations + 1 - start)
        # sorted by stratum, so that a number below 1 added to each permutes within it
        order = np.argsort(strata[:, None] + random.random((len(strata), many)), axis=0)
        if start == 0:
            order[:, 0] = np.arange(len(strata))
        named = slice_of[order]
        drawn = named[:, :, None] == np.arange(codes.max() + 1)
        part = np.take_along_axis(drawn.argmax(axis=0).T, named, axis=0)  # its first unit names it
        now = part[:, :1] if start == 0 else now
        same += int((part == now).all(axis=0).sum())
        sums = (columns @ drawn.reshape(units.shape[0], -1).astype(float)).T
        values.append(of_items.metric(sums[:, :-1]).reshape(many, -1))
        sizes.append(sums[:, -1].reshape(many, -1))
    return np.concatenate(values), np.concatenate(sizes), same


def _units(
    sums: Sums, codes: NDArray, groups: NDArray | None
) -> tuple[NDArray | sparray, NDArray, NDArray]:
    """Sum what is permuted as a whole: groups of one slice, and single items of other groups.

    Returns sums [U, C + 1], the last the weights; the slice of each [U]; and its stratum [U] in
    ascending order: units change slices with others of their stratum alone. That is a mix of
    classes of whole groups, and a class of each group in several slices.
    """
    group_of, count = group_codes(groups, len(codes))
    least, most = np.full(count, len(codes)), np.zeros(count, int)
    np.minimum.at(least, group_of, codes)
    np.maximum.at(most, group_of, codes)
    split = (least < most)[group_of]  # its group lies in several slices
    within = np.where(split, group_of + 1, 0)
    unit = np.where(split, np.arange(len(codes)), group_of)
    keys = np.column_stack([within, _mixes(sums.classes, unit), unit])
    keys, first, unit_of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    stratum = np.cumsum((np.diff(keys[:, :2], axis=0, prepend=keys[:1, :2]) != 0).any(axis=1))
    if issparse(sums.table):
        belongs = csr_array((np.ones(len(codes)), (unit_of.ravel(), np.arange(len(codes)))))
        return belongs @ hstack([sums.table, sums.weights[:, None]]), codes[first], stratum
    table = np.column_stack([sums.table, sums.weights])
    return group_sums(table, unit_of.ravel(), len(first)), codes[first], stratum


def _mixes(classes: NDArray | None, unit: NDArray) -> NDArray[np.int64]:
    """Give each item [N] a number for its unit's mix of classes in quarters; 0 without classes."""
    if classes is None:
        return np.zeros(len(unit), np.int64)
    pairs, counts = np.unique(np.column_stack([unit, classes]), axis=0, return_counts=True)
    _, first, of_pair = np.unique(pairs[:, 0], return_index=True, return_inverse=True)
    quarters = np.rint(4 * counts / np.add.reduceat(counts, first)[of_pair]).astype(np.int64)
    # a sum of random numbers, one a class, tells the mixes apart
    number = np.random.default_rng(0).integers(1, 2**40, int(pairs[:, 1].max()) + 1)
    mix = np.add.reduceat(quarters * number[pairs[:, 1]], first)
    return mix[np.searchsorted(pairs[first, 0], unit)]
