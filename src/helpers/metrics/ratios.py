"""Ratios of sums over items, such as the word error rate: of one candidate, and of two compared.

Errors over words is a ratio of two sums, and utterances of one speaker resemble each other: whole
groups are drawn, numerators and denominators together. A mean is the ratio with denominators 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from helpers.metrics.intervals import LEVEL, Estimate, bca, few_groups, undefined
from helpers.metrics.paired import Pair, pair_from_samples
from helpers.metrics.permutation import swap_test
from helpers.metrics.resampling import group_codes, group_sums, resampled_sums


def ratio_intervals(
    numerators: dict[str, NDArray],
    denominators: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> dict[str, Estimate]:
    """Estimate sum(numerators) / sum(denominators) by one BCa bootstrap over items or groups.

    Parameters
    ----------
    numerators
        Name and counts [N], such as the word errors of each utterance.
    denominators
        Counts [N], such as the words of each reference; the same for all.
    resamples, seed, groups
        Of the bootstrap; with groups [N], whole groups are drawn, and the limits are widened as
        Student's t has it for so many groups.
    """
    table = _table([*numerators.values()], denominators, groups)
    if table[:, -1].sum() <= 0:
        return dict.fromkeys(numerators, undefined("nothing to divide by"))
    drawn = resampled_sums(table, resamples, seed)
    drawn = drawn[drawn[:, -1] > 0]
    left = table.sum(axis=0) - table
    return {
        name: _ratio(table[:, k], table[:, -1], drawn[:, [k, -1]], left[:, [k, -1]], groups)
        for k, name in enumerate(numerators)
    }


def _table(columns: list[NDArray], denominators: NDArray, groups: NDArray | None) -> NDArray:
    """Sum each unit's numerators and, last, its denominator, [U, C + 1]."""
    stacked = np.column_stack([*columns, denominators]).astype(float)
    return group_sums(stacked, *group_codes(groups, len(stacked)))


def _ratio(
    top: NDArray, bottom: NDArray, drawn: NDArray, left: NDArray, groups: NDArray | None
) -> Estimate:
    value, units = float(top.sum() / bottom.sum()), len(top)
    if units < 2 or np.ptp(top * bottom.sum() - bottom * top.sum()) == 0:
        return undefined("the same in every unit: nothing to resample", value)
    without = np.divide(left[:, 0], left[:, 1], out=np.full(units, np.nan), where=left[:, 1] > 0)
    limits = np.array(bca(value, drawn[:, 0] / drawn[:, 1], without, np.ones(units)))
    wider = stdtrit(units - 1, (1 + LEVEL) / 2) / stdtrit(np.inf, (1 + LEVEL) / 2)
    low, high = value + wider * np.sqrt(units / (units - 1)) * (limits - value)
    method, note = "BCa bootstrap over items", ""
    if groups is not None:
        method, note = "BCa cluster bootstrap over groups", few_groups(units)
    return Estimate(value, float(max(0.0, low)), float(high), method, note)


def compare_ratios(
    a: NDArray,
    b: NDArray,
    denominators: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> Pair:
    """Compare two candidates' ratios on the same items, by bootstrap and, if few differ, by swaps.

    Parameters
    ----------
    a, b
        Numerators of the two candidates [N]; ``difference`` is a's ratio minus b's.
    denominators, resamples, seed, groups
        As in ``ratio_intervals``.

    Returns
    -------
    Pair
        Positions 0 and 1; ``p_holm`` is ``p`` until ``ranks.holm`` corrects several.
    """
    table = _table([a, b], denominators, groups)
    drawn = resampled_sums(table, resamples, seed)
    drawn = drawn[drawn[:, -1] > 0]
    total = table.sum(axis=0)
    apart = int(np.count_nonzero(table[:, 0] != table[:, 1]))
    return pair_from_samples(
        0,
        1,
        float((total[0] - total[1]) / total[2]) if total[2] > 0 else np.nan,
        (drawn[:, 0] - drawn[:, 1]) / drawn[:, 2],
        units=len(table),
        items=len(a),
        apart=apart,
        exact=lambda: swap_test(table[:, [0]], table[:, [1]], lambda sums: sums[..., 0]),
    )
