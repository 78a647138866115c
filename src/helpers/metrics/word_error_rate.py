"""Error rates of transcripts: words and characters, by corpus, with intervals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.slices import Slices, divide
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.ratio_intervals import at_most_one, ratio_intervals

COLUMNS = ("hits", "substitutions", "deletions", "insertions")
HITS, SUBSTITUTIONS, DELETIONS, INSERTIONS = range(4)
PRIMARY = "word-error-rate"


def edits(references: Sequence[str], hypotheses: Sequence[str], unit: str = "word") -> NDArray:
    """Count the cheapest edits from each reference to its hypothesis (Levenshtein, by jiwer).

    Parameters
    ----------
    references, hypotheses : sequences of str [N]
        Normalised alike; words are parted by spaces. An empty one is allowed.
    unit : {"word", "character"}

    Returns
    -------
    ndarray
        int64 [N, 4]: hits, substitutions, deletions, insertions.
    """
    import jiwer

    count = jiwer.process_words if unit == "word" else jiwer.process_characters
    rows = np.zeros((len(references), len(COLUMNS)), np.int64)
    for row, (reference, hypothesis) in enumerate(zip(references, hypotheses, strict=True)):
        if not reference or not hypothesis:  # jiwer takes an empty one for a word
            lacking = DELETIONS if reference else INSERTIONS
            whole = reference or hypothesis
            rows[row, lacking] = len(whole.split()) if unit == "word" else len(whole)
            continue
        found = count(reference, hypothesis)
        rows[row] = [getattr(found, name) for name in COLUMNS]
    return rows


def table(references: Sequence[str], hypotheses: Sequence[str]) -> NDArray:
    """Count edits of words, then of characters: int64 [N, 8]."""
    by_word = edits(references, hypotheses)
    return np.hstack([by_word, edits(references, hypotheses, "character")])


def wrong(sums: NDArray) -> NDArray:
    """Count the edits of words [...] in rows or sums of a table [..., 8]."""
    return sums[..., SUBSTITUTIONS : INSERTIONS + 1].sum(axis=-1)


def said(sums: NDArray) -> NDArray:
    """Count the words of the reference [...]."""
    return sums[..., HITS] + sums[..., SUBSTITUTIONS] + sums[..., DELETIONS]


def word_error_rate(sums: NDArray) -> NDArray:
    """Edits over reference words; above 1 where more is inserted than was said."""
    return _over(wrong(sums), said(sums))


def character_error_rate(sums: NDArray) -> NDArray:
    """Edits over reference characters."""
    return word_error_rate(sums[..., len(COLUMNS) :])


def match_error_rate(sums: NDArray) -> NDArray:
    """Share of wrong pairings in the alignment, never above 1 (Morris, 2004)."""
    return _over(wrong(sums), wrong(sums) + sums[..., HITS])


def word_information_lost(sums: NDArray) -> NDArray:
    """One minus the share of hits in the reference times that in the hypothesis (Morris, 2004)."""
    hits = sums[..., HITS]
    heard = hits + sums[..., SUBSTITUTIONS] + sums[..., INSERTIONS]
    kept = _over(hits, said(sums)) * np.where(heard > 0, hits / np.maximum(heard, 1), 0.0)
    return 1 - kept


METRICS = {
    PRIMARY: word_error_rate,
    "character-error-rate": character_error_rate,
    "match-error-rate": match_error_rate,
    "word-information-lost": word_information_lost,
}
"""From sums of a table [..., 8] to values [...]; lower is better, NaN where nothing was said."""
BOUNDED = ("match-error-rate", "word-information-lost")
"""Never above 1."""


def _over(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    whole = np.asarray(whole, dtype=float)
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def estimates(
    counted: NDArray, resamples: int = 2000, seed: int = 0, groups: NDArray | None = None
) -> dict[str, Estimate]:
    """Estimate every rate of a corpus by one BCa bootstrap.

    Parameters
    ----------
    counted : ndarray
        Of ``table``: int [N, 8].
    resamples, seed
        Of the bootstrap; the same seed gives the same bytes.
    groups : ndarray, optional
        What is resampled, such as the speaker of each utterance [N].
    """
    found = ratio_intervals(counted, METRICS, resamples, seed, groups)
    return found | {name: at_most_one(found[name]) for name in BOUNDED}


def by_slice(
    metric: str,
    counted: NDArray,
    slices: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> Slices:
    """Estimate a rate in each slice [N]; the other arguments are as in ``estimates``."""

    def estimate(part: NDArray, own: NDArray | None) -> Estimate:
        return estimates(counted[part], resamples, seed, own)[metric]

    return divide(slices, estimate, counted, said(counted), METRICS[metric], seed, groups)
