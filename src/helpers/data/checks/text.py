"""D1: the texts themselves."""

from collections.abc import Iterator

import numpy as np

from helpers.data.checks import registry
from helpers.data.checks.registry import Facts, Found, check, rows_unlike_most, rows_where, tally
from helpers.data.encoded import NO_FILE
from helpers.data.surveys.text import TextSurvey
from helpers.data.text.decoding import EMPTY
from helpers.data.text.words import terms_of

SHORT = 3  # words that a text needs at least to say much
GIVEN_AWAY = 0.95  # F1 of a single word as a test for a class, from which it reveals the class
FEWEST = 10  # texts that a class must have to be searched for such a word


@check("D111", "Unreadable texts", "error")
def unreadable(facts: Facts) -> Found | None:
    """Texts of another encoding than declared, with NUL characters or too long; left out."""
    return registry.unreadable_rows(facts, EMPTY, NO_FILE)


@check("D112", "Empty texts", "error")
def empty(facts: Facts) -> Found | None:
    """Texts without a word; they are left out."""
    return rows_where(facts, facts.survey.reason == EMPTY, "only white space")


@check(
    "D113",
    "Signs of a wrong encoding",
    "warning",
    consequence="Texts look decoded by a wrong encoding: declare the right one before you compare.",
)
def garbled(facts: Facts) -> Found | None:
    """Letters that arise where one encoding is read as another: declare the right one."""
    detail = "such as Ã© for é, or a replacement character"
    return rows_where(facts, facts.surveyed(TextSurvey).garbled, detail)


@check("D114", "Very short texts", "note")
def short(facts: Facts) -> Found | None:
    """Texts of a word or two carry little to learn from."""
    mask = facts.usable & (facts.surveyed(TextSurvey).words < SHORT)
    return rows_where(facts, mask, f"fewer than {SHORT} words")


@check("D115", "Mixed languages or scripts", "note")
def mixed(facts: Facts) -> Found | None:
    """Guess by script and stop words: a model of one language reads another badly."""
    return rows_unlike_most(facts, facts.surveyed(TextSurvey).language)


@check(
    "D116",
    "A single word reveals the label",
    "warning",
    consequence="A single word gives a class away: the scores may show that word, not the task.",
)
def given_away(facts: Facts) -> Found | None:
    """One word separates a class from the rest almost perfectly: it may be part of the label."""
    rows = np.flatnonzero(facts.usable & facts.frame["label"].notna().to_numpy())
    labels = facts.frame["label"].to_numpy()[rows]
    best = _best_words([facts.items.read(int(row)) for row in rows], labels)
    words = [f"{word!r} for {name} (F1 {f1:.3f})" for name, word, f1 in best if f1 >= GIVEN_AWAY]
    return Found(len(words), "; ".join(words)) if words else None


@check("D117", "Texts with entities or tags", "note")
def marked(facts: Facts) -> Found | None:
    """Find texts as web pages store them: models read &amp; and <br /> as words."""
    markup = facts.surveyed(TextSurvey).markup
    cure = "unless they matter, apply html.unescape and leave out tags, in new texts as well"
    found = rows_where(facts, markup != "", f"such as {tally(markup[markup != ''])}; {cure}")
    return found if found and found.count >= len(markup) / 20 else None


def _best_words(texts: list[str], labels: np.ndarray) -> Iterator[tuple[str, str, float]]:
    """Yield each class with the word that predicts it best, and the F1 of that word alone."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        analyzer=terms_of, binary=True, min_df=min(FEWEST, len(texts)) // 2 or 1
    )
    try:
        seen = counter.fit_transform(texts).tocsr()
    except ValueError:  # no word is left
        return
    words, total = counter.get_feature_names_out(), np.asarray(seen.sum(axis=0)).ravel()
    for name in sorted(set(labels)):
        own = labels == name
        if FEWEST <= own.sum() < len(own):
            hits = np.asarray(seen[own].sum(axis=0)).ravel()
            f1 = 2 * hits / (total + own.sum())
            best = max(np.flatnonzero(f1 == f1.max()), key=lambda term: len(words[term]))
            yield name, str(words[best]), float(f1[best])
