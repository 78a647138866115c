"""D1: the texts themselves."""

import numpy as np

from helpers.data import encoded
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally
from helpers.data.text import decoding

SHORT = 3
"""Words of which a text must have at least so many to say much."""
GIVEN_AWAY = 0.95
"""F1 of a single word as a test for a class, from which the class is given away."""
FEWEST = 10
"""Texts that a class must have to be looked at for such a word."""


@check("D111", "Unreadable texts", "error")
def unreadable(facts: Facts) -> Found | None:
    """Texts of another encoding than declared, with NUL characters or too long; left out."""
    reason = facts.survey.reason
    mask = (reason != "") & (reason != decoding.EMPTY) & (reason != encoded.NO_FILE)
    return rows_where(facts, mask, tally(reason[mask]))


@check("D112", "Empty texts", "error")
def empty(facts: Facts) -> Found | None:
    """Texts without a word; they are left out."""
    return rows_where(facts, facts.survey.reason == decoding.EMPTY, "nothing but spaces")


@check("D113", "Signs of a wrong encoding", "warning")
def garbled(facts: Facts) -> Found | None:
    """Letters that arise where one encoding is read as another: declare the right one."""
    return rows_where(facts, facts.survey.garbled, "such as Ã© for é, or a replacement character")


@check("D114", "Very short texts", "note")
def short(facts: Facts) -> Found | None:
    """Texts of a word or two carry little to learn from."""
    mask = (facts.survey.reason == "") & (facts.survey.words < SHORT)
    return rows_where(facts, mask, f"fewer than {SHORT} words")


@check("D115", "Mixed languages or scripts", "note")
def mixed(facts: Facts) -> Found | None:
    """Guess by script and stop words: a model of one language reads another badly."""
    language = facts.survey.language
    known = language[language != ""]
    if not len(known):
        return None
    names, counts = np.unique(known, return_counts=True)
    other = (language != "") & (language != names[counts.argmax()])
    return rows_where(facts, other, tally(known))


@check("D116", "A word gives the label away", "warning")
def given_away(facts: Facts) -> Found | None:
    """One word tells a class from the rest almost without a mistake: a part of the label."""
    rows = np.flatnonzero((facts.survey.reason == "") & facts.frame["label"].notna().to_numpy())
    if not len(rows):
        return None
    labels = facts.frame["label"].to_numpy()[rows]
    found = []
    for name, word, f1 in _telling([facts.items.read(row) for row in rows], labels):
        if f1 >= GIVEN_AWAY:
            found.append(f"{word!r} is {name} (F1 {f1:.3f})")
    return (len(found), "; ".join(found), []) if found else None


def _telling(items: list[str], labels: np.ndarray):
    """Yield each class with the word that tells it best, and the F1 of that word alone."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(binary=True, min_df=min(FEWEST, len(items)) // 2 or 1)
    try:
        seen = counter.fit_transform(items).tocsr()
    except ValueError:  # no word is left
        return
    words, total = counter.get_feature_names_out(), np.asarray(seen.sum(axis=0)).ravel()
    for name in sorted(set(labels)):
        own = labels == name
        if FEWEST <= own.sum() < len(own):
            hits = np.asarray(seen[own].sum(axis=0)).ravel()
            f1 = 2 * hits / (total + own.sum())
            yield name, str(words[f1.argmax()]), float(f1.max())
