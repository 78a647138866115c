"""Error rates of transcripts: words and characters, by corpus."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from helpers.core.scripts import joined
from helpers.metrics.metric import TRANSCRIPTION, Metric

COLUMNS = ("hits", "substitutions", "deletions", "insertions")
HITS, SUBSTITUTIONS, DELETIONS, INSERTIONS = range(4)
WORDS_CAPPED, CHARACTERS_CAPPED = range(2 * len(COLUMNS), 2 * len(COLUMNS) + 2)
PRIMARY = "word-error-rate"
CAPPED = "capped-word-error-rate", "capped-character-error-rate"


def edits(references: Sequence[str], hypotheses: Sequence[str], unit: str = "word") -> NDArray:
    """Count the cheapest edits from each reference to its hypothesis (Levenshtein, by jiwer).

    Texts [N] are normalised alike, words separated by spaces, and may be empty; the unit is "word"
    or "character". Returns hits, substitutions, deletions and insertions, int64 [N, 4].
    """
    import jiwer

    count = jiwer.process_words if unit == "word" else jiwer.process_characters
    rows = np.zeros((len(references), len(COLUMNS)), np.int64)
    for row, (reference, hypothesis) in enumerate(zip(references, hypotheses, strict=True)):
        if not reference or not hypothesis:  # jiwer counts an empty text as a word
            kind = DELETIONS if reference else INSERTIONS
            whole = reference or hypothesis
            rows[row, kind] = len(whole.split()) if unit == "word" else len(whole)
            continue
        output = count(reference, hypothesis)
        rows[row] = [getattr(output, name) for name in COLUMNS]
    return rows


def table(references: Sequence[str], hypotheses: Sequence[str]) -> NDArray:
    """Count edits of words, of characters, and both capped, int64 [N, 10].

    Blanks count only between words; no more errors of an utterance than its length are capped ones.
    """
    said, heard = ([joined(text) for text in texts] for texts in (references, hypotheses))
    return with_capped(np.hstack([edits(references, hypotheses), edits(said, heard, "character")]))


def with_capped(rows: NDArray) -> NDArray:
    """Append the capped errors to edits [N, 8] of words and characters, if they are not there."""
    parts = rows[:, : len(COLUMNS)], rows[:, len(COLUMNS) : WORDS_CAPPED]
    capped = [np.minimum(word_errors(part), reference_words(part)) for part in parts]
    return np.column_stack([*parts, *capped])


def lost(rows: NDArray) -> NDArray[np.float64]:
    """Make the row [10] of an utterance of mean length of which nothing is right."""
    row, words = np.zeros(CHARACTERS_CAPPED + 1), len(COLUMNS)
    for start, capped in ((0, WORDS_CAPPED), (words, CHARACTERS_CAPPED)):
        mean = reference_words(rows[:, start : start + words]).mean()
        row[[start + DELETIONS, capped]] = mean
    return row


def word_errors(sums: NDArray) -> NDArray:
    """Count the edits of words [...] in rows or sums of a table [..., 10]."""
    return sums[..., SUBSTITUTIONS : INSERTIONS + 1].sum(axis=-1)


def reference_words(sums: NDArray) -> NDArray:
    """Count the words of the reference [...]."""
    return sums[..., HITS] + sums[..., SUBSTITUTIONS] + sums[..., DELETIONS]


def word_error_rate(sums: NDArray) -> NDArray:
    """Edits over reference words; above 1 where insertions outnumber the hits."""
    return _over(word_errors(sums), reference_words(sums))


def character_error_rate(sums: NDArray) -> NDArray:
    """Edits over reference characters."""
    return word_error_rate(sums[..., len(COLUMNS) :])


def capped_words(sums: NDArray) -> NDArray:
    """Edits over reference words, in each utterance no more than it has: never above 1."""
    return _over(sums[..., WORDS_CAPPED], reference_words(sums))


def capped_characters(sums: NDArray) -> NDArray:
    """Edits over reference characters, capped likewise."""
    return _over(sums[..., CHARACTERS_CAPPED], reference_words(sums[..., len(COLUMNS) :]))


def match_error_rate(sums: NDArray) -> NDArray:
    """Share of wrong pairings in the alignment, never above 1 (Morris, 2004)."""
    return _over(word_errors(sums), word_errors(sums) + sums[..., HITS])


def word_information_lost(sums: NDArray) -> NDArray:
    """One minus the share of hits in the reference times that in the hypothesis (Morris, 2004)."""
    hits = sums[..., HITS]
    hypothesis_words = hits + sums[..., SUBSTITUTIONS] + sums[..., INSERTIONS]
    precision = np.where(hypothesis_words > 0, hits / np.maximum(hypothesis_words, 1), 0.0)
    return 1 - _over(hits, reference_words(sums)) * precision


def _over(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    whole = np.asarray(whole, dtype=float)
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


_transcription = partial(Metric, family=TRANSCRIPTION)
_edited = partial(_transcription, reads="edits", lower_is_better=True, may_choose=True)
_RATES = (
    "Words, or characters, to substitute, delete and insert, over those of the reference; for the "
    "match error rate over all pairs in the alignment. Lower is better."
)
_INFORMATION = (
    "One minus the share of words right in the reference times that in the hypothesis. Lower is "
    "better."
)
_CAPPED = (
    "The same, where no utterance counts for more errors than it has words, or characters: a long "
    "invention does not decide. Lower is better."
)
_RECORDINGS = (
    "Utterances without an error; those with more errors than words, or characters; recordings "
    "without speech for which something was written."
)
_capped = partial(_edited, definition=_CAPPED, highest=1.0)
_share = partial(_transcription, definition=_RECORDINGS, highest=1.0)

METRICS: tuple[Metric, ...] = (
    _edited(PRIMARY, "word error rate", _RATES, word_error_rate),
    _edited("character-error-rate", "character error rate", _RATES, character_error_rate),
    _capped(CAPPED[0], "capped word error rate", function=capped_words),
    _capped(CAPPED[1], "capped character error rate", function=capped_characters),
    _edited("match-error-rate", "match error rate", _RATES, match_error_rate, highest=1.0),
    _edited(
        "word-information-lost",
        "word information lost",
        _INFORMATION,
        word_information_lost,
        highest=1.0,
    ),
    _share("faultless-share", "faultless share"),
    _share("runaway-share", "runaway share", lower_is_better=True),
    _share("hallucination-rate", "hallucination rate", lower_is_better=True),
)
