"""Calibration: of the predictions made with 80 % confidence, 80 in 100 should be correct."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from helpers.metrics.confusion_intervals import share
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import LEVEL, Estimate, undefined, wider

BINS = 15
IN_A_BIN = 10  # items that a bin has at least; with fewer, chance is most of its distance
LEAST = 20  # items below which the error has no interval
_CELLS = 500_000  # simulated items held at a time: 2 MB


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error of a model, and what chance alone gives.

    ``debiased`` is the error without what chance adds, ``floor`` the mean error of a perfectly
    calibrated model on as many items, and ``floor_high`` the 95 % quantile of that error.
    """

    error: Estimate
    debiased: float
    floor: float
    floor_high: float


def equal_mass_bins(confidence: NDArray, bins: int = BINS) -> NDArray[np.int64]:
    """Put items [N] into at most ``bins`` bins of about equal counts; ties share a bin."""
    edges = np.unique(np.quantile(confidence, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.unique(np.searchsorted(edges, confidence, side="left"), return_inverse=True)[1]


def expected_calibration_error(
    confidence: NDArray, correct: NDArray, bins: int = BINS
) -> tuple[float, float]:
    """Mean distance of confidence and accuracy over equal-mass bins [N] (Guo et al., 2017).

    Returned plain and debiased: less what chance adds to each bin's distance when the gap is
    normal (Kumar et al., 2019), but not below 0.
    """
    bin_of = equal_mass_bins(confidence, bins)
    gap, size = np.asarray(correct, dtype=float) - confidence, np.bincount(bin_of)
    share, mean = size / len(gap), np.bincount(bin_of, gap) / size
    spread = np.bincount(bin_of, (gap - mean[bin_of]) ** 2) / np.maximum(size - 1, 1)
    plain = float(share @ abs(mean))
    excess = float(share @ (_folded_mean(mean, np.sqrt(spread / size)) - abs(mean)))
    return plain, max(0.0, plain - excess)


def _folded_mean(mean: NDArray, error: NDArray) -> NDArray:
    """Mean of the absolute value of a normal number."""
    ratio = np.divide(mean, error, out=np.full_like(mean, 40.0), where=error > 0)
    folded = error * np.sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2)
    return np.where(error > 0, folded + mean * (1 - 2 * ndtr(-ratio)), abs(mean))


def noise_floor(
    confidence: NDArray, simulations: int = 500, seed: int = 0, bins: int = BINS
) -> NDArray[np.float64]:
    """Simulate the errors [simulations] of a perfectly calibrated model of this confidence [N].

    Right or wrong is drawn with the model's own probability of being right.
    """
    random = np.random.default_rng(seed)
    bin_of = equal_mass_bins(confidence, bins)
    order = np.argsort(bin_of, kind="stable")
    starts = np.flatnonzero(np.diff(bin_of[order], prepend=-1))
    ordered = np.asarray(confidence, dtype=np.float32)[order]
    rows, errors = max(1, _CELLS // len(ordered)), []
    for start in range(0, simulations, rows):
        size = (min(rows, simulations - start), len(ordered))
        gap = (random.random(size, dtype=np.float32) < ordered) - ordered
        errors.append(abs(np.add.reduceat(gap, starts, axis=1)).sum(axis=1) / len(ordered))
    return np.concatenate(errors).astype(float)


def calibration(
    confidence: NDArray, correct: NDArray, resampling: Resampling = DEFAULT
) -> Calibration:
    """Estimate the expected calibration error with its interval and its noise floor.

    The interval holds the errors under which the plain estimate is no surprise: gaps are scaled
    until the estimate sits at either tail of what noise makes of them. The lower limit scales the
    observed gaps; the upper one equal gaps, in which noise hides best. (Percentiles of the
    resampled error would count the noise twice.) It goes as far as the largest distance of the mean
    confidence from the limits of the accuracy, which no calibration error is below. Items come
    in at most ``BINS`` bins of ``IN_A_BIN`` or more; fewer than ``LEAST`` have no interval.
    """
    confidence = np.clip(np.asarray(confidence, dtype=float), 0, 1)
    items, hits = len(confidence), np.asarray(correct, dtype=float)
    bins = int(np.clip(items // IN_A_BIN, 1, BINS))
    plain, debiased = expected_calibration_error(confidence, hits, bins)
    floor = noise_floor(confidence, seed=resampling.seed, bins=bins)
    note = f"a perfectly calibrated model shows {floor.mean():.3f} by chance on as many items"
    right = share(hits, resampling)
    if items < LEAST:
        error = undefined(f"fewer than {LEAST} items; {note}", plain)
    elif np.isnan(right.low):
        error = undefined(f"{right.note}; {note}", plain)
    else:
        low, high = _limits(plain, confidence, hits, bins, resampling)
        whole = abs(confidence.mean() - np.array([right.low, right.high])).max()
        method = f"inverted noise of {resampling.unit}, equal-mass bins"
        error = Estimate(plain, min(low, plain), min(1.0, max(high, whole, plain)), method, note)
    return Calibration(error, debiased, float(floor.mean()), float(np.quantile(floor, LEVEL)))


def _limits(
    plain: float, confidence: NDArray, hits: NDArray, bins: int, resampling: Resampling
) -> tuple[float, float]:
    """Scale the gaps of the bins until ``plain`` is at either tail of what chance makes of them.

    Chance draws the accuracy of a bin from Beta(hits + 1/2, misses + 1/2), so that a bin without
    an error keeps some doubt; with groups, it draws whole groups as well, and the wider counts.
    """
    bin_of = equal_mass_bins(confidence, bins)
    size = np.bincount(bin_of)
    part, right = size / len(bin_of), np.bincount(bin_of, hits)
    gap = np.bincount(bin_of, hits - confidence) / len(bin_of)
    random = np.random.default_rng(resampling.seed)
    drawn = random.beta(right + 0.5, size - right + 0.5, (resampling.resamples, len(size)))
    noises = [(right / size - drawn) * part]
    if resampling.groups is not None:
        gaps = (hits - confidence)[:, None] * np.eye(len(size))[bin_of]
        units = resampling.sums(np.column_stack([gaps, np.ones(len(gaps))]))
        sums = resampling.drawn(units)
        noises.append((sums[:, :-1] / sums[:, -1:] - gap) * wider(len(units)))
    lows = [plain * _scale(plain, gap, noise, (1 + LEVEL) / 2) for noise in noises]
    highs = [_scale(plain, np.sign(gap) * part, noise, (1 - LEVEL) / 2) for noise in noises]
    return min(lows), max(highs)


def _scale(plain: float, gap: NDArray, noise: NDArray, tail: float) -> float:
    """Find by bisection the scale of the gaps at which ``plain`` is the quantile ``tail``."""
    low, high = 0.0, 8.0
    for _ in range(20):
        middle = (low + high) / 2
        if np.mean(abs(middle * gap + noise).sum(axis=1) < plain) > tail:
            low = middle
        else:
            high = middle
    return high if low > 0 else 0.0


def reliability(
    confidence: NDArray, correct: NDArray, resampling: Resampling = DEFAULT, bins: int = BINS
) -> dict[str, NDArray]:
    """Tabulate confidence, accuracy, count and the accuracy's limits in equal-mass bins [B]."""
    bin_of = equal_mass_bins(confidence, bins)
    size, hits = np.bincount(bin_of), np.bincount(bin_of, np.asarray(correct, dtype=float))
    parts = (bin_of == number for number in range(len(size)))
    limits = [share(correct[part], resampling.part(part)) for part in parts]
    return {
        "confidence": np.bincount(bin_of, confidence) / size,
        "accuracy": hits / size,
        "count": size,
        "low": np.array([interval.low for interval in limits]),
        "high": np.array([interval.high for interval in limits]),
    }


def brier_parts(confidence: NDArray, correct: NDArray, bins: int = BINS) -> dict[str, float]:
    """Decompose the Brier score of the confidence (Murphy, 1973, with Stephenson's 2008 terms).

    ``brier`` = ``reliability`` - ``resolution`` + ``uncertainty`` + ``within``, exactly; the last
    is the spread inside the bins.
    """
    correct = np.asarray(correct, dtype=float)
    bin_of = equal_mass_bins(confidence, bins)
    share = np.bincount(bin_of) / len(bin_of)
    stated, right = (np.bincount(bin_of, x) / np.bincount(bin_of) for x in (confidence, correct))
    rate, brier = correct.mean(), float(((confidence - correct) ** 2).mean())
    parts = {
        "reliability": float(share @ (stated - right) ** 2),
        "resolution": float(share @ (right - rate) ** 2),
        "uncertainty": float(rate * (1 - rate)),
    }
    coarse = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    return {"brier": brier, **parts, "within": brier - coarse}
