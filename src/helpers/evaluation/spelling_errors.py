"""Word errors that are matters of spelling: compounds, numbers, variants of a word."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import pandas as pd

from helpers.data.speech.normalisation import is_english, whisper


def table(
    references: Sequence[str], hypotheses: Sequence[str], spoken: Sequence[str]
) -> pd.DataFrame:
    """Count the word errors that vanish if compounds are joined, numbers and words spelled alike.

    Texts are normalised. A run of errors belongs to the first kind that makes both sides equal;
    numbers and variants are those of English, by Whisper's rules, and accents in any language.
    """
    counts, total = dict.fromkeys(KINDS, 0), 0
    for reference, hypothesis, language in zip(references, hypotheses, spoken, strict=True):
        for said, heard, errors in _runs(reference.split(), hypothesis.split()):
            total += errors
            for kind, form in KINDS.items():
                if form(said, language) == form(heard, language) != "":
                    counts[kind] += errors
                    break
    rows = [(kind, count, count / max(total, 1)) for kind, count in counts.items()]
    return pd.DataFrame(rows, columns=["only", "word errors", "of all word errors"])


def _runs(said: list[str], heard: list[str]) -> Iterator[tuple[list[str], list[str], int]]:
    """Give the words of each run of errors without a hit in between, and how many errors it has."""
    import jiwer

    if not said or not heard:
        yield said, heard, len(said) + len(heard)
        return
    aligned = jiwer.process_words(" ".join(said), " ".join(heard)).alignments[0]
    for right, run in groupby(aligned, lambda chunk: chunk.type == "equal"):
        if right:
            continue
        first, last = (chunks := [*run])[0], chunks[-1]
        words = said[first.ref_start_idx : last.ref_end_idx]
        written = heard[first.hyp_start_idx : last.hyp_end_idx]
        sizes = ((c.ref_end_idx - c.ref_start_idx, c.hyp_end_idx - c.hyp_start_idx) for c in chunks)
        yield words, written, sum(map(max, sizes))


def _joined(words: list[str], language: str) -> str:
    return "".join(words)


def _numbers(words: list[str], language: str) -> str:
    """Write numbers as digits; digits read one by one are those of one number."""
    if not is_english(language):
        return ""
    whole = whisper(" ".join(words), language).replace(" ", "").replace("one", "1")
    return whole if any(map(str.isdigit, whole)) else ""


def _variants(words: list[str], language: str) -> str:
    parted = unicodedata.normalize("NFKD", whisper(" ".join(words), language))
    return "".join(c for c in parted if unicodedata.category(c) != "Mn")


KINDS: dict[str, Callable[[list[str], str], str]] = {
    "compounds joined or parted": _joined,
    "numbers in digits or words": _numbers,
    "variants, contractions, accents": _variants,
}
