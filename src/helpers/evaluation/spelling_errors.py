"""Word errors that are matters of spelling: compounds, numbers, variants of a word."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import pandas as pd

from helpers.data.speech.normalisation import is_english, whisper


def table(
    references: Sequence[str], hypotheses: Sequence[str], spoken: Sequence[str]
) -> pd.DataFrame:
    """Count the word errors of normalised texts that vanish if both sides are spelled alike.

    A run of errors belongs to the first kind whose form of both sides is equal.
    """
    counts, total = dict.fromkeys(KINDS, 0), 0
    for reference, hypothesis, language in zip(references, hypotheses, spoken, strict=True):
        for said, heard, errors in _runs(reference, hypothesis):
            total += errors
            for kind, form in KINDS.items():
                if form(said, language) == form(heard, language) != "":
                    counts[kind] += errors
                    break
    rows = [(kind, count, count / max(total, 1)) for kind, count in counts.items()]
    return pd.DataFrame(rows, columns=["only", "word errors", "of all word errors"])


def _runs(reference: str, hypothesis: str) -> Iterator[tuple[str, str, int]]:
    """Give both sides of each run of errors without a hit in between, and how many they are."""
    import jiwer

    said, heard = reference.split(), hypothesis.split()
    if not said or not heard:
        yield reference, hypothesis, len(said or heard)
        return
    aligned = jiwer.process_words(reference, hypothesis).alignments[0]
    for right, run in groupby(aligned, lambda chunk: chunk.type == "equal"):
        if not right:
            chunks = [*run]
            words = [said[c.ref_start_idx : c.ref_end_idx] for c in chunks]
            written = [heard[c.hyp_start_idx : c.hyp_end_idx] for c in chunks]
            errors = sum(map(max, map(len, words), map(len, written)))
            yield " ".join(sum(words, [])), " ".join(sum(written, [])), errors


def _digits(text: str, language: str) -> str:
    """Write the numbers of English as digits; digits read one by one are those of one number."""
    if not is_english(language):
        return ""
    written = whisper(text, language).replace(" ", "").replace("one", "1")
    return written if any(map(str.isdigit, written)) else ""


def _without_accents(text: str, language: str) -> str:
    """Spell words by Whisper's rules, which are those of English for English alone."""
    letters = unicodedata.normalize("NFKD", whisper(text, language))
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")


KINDS: dict[str, Callable[[str, str], str]] = {
    "compounds joined or separated": lambda text, language: text.replace(" ", ""),
    "numbers in digits or words": _digits,
    "variants, contractions, accents": _without_accents,
}
