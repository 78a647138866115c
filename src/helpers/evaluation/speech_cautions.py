"""What scripts, languages and normalisation do to error rates, and which rate ranks therefore."""

import re

from helpers.core import scripts
from helpers.data.speech import languages
from helpers.data.speech.normalisation import loses_marks
from helpers.evaluation import spoken_languages, transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import word_error_rate

CHARACTERS = "character-error-rate"
OF_CHARACTERS = (CHARACTERS, f"capped-{CHARACTERS}")
FOREIGN = 0.2  # share of utterances in other languages than a model's from which it matters
RARE = 0.02  # share of utterances below which they hardly move an error rate
LOOP = 12  # characters that what is said three times or more in a row takes up, at least
_LOOP = re.compile(r"(.{2,60}?)\1{2,}")


def primary(data: Transcripts, chosen: str | None = None) -> str:
    """Return the metric that ranks: the one chosen, or the word error rate.

    Where most references are in a script without blanks between words, it is that of characters.
    """
    by_character = 2 * _unspaced(data) > len(data.speech)
    return chosen or (CHARACTERS if by_character else word_error_rate.PRIMARY)


def of_references(data: Transcripts, chosen: str | None, normalisation: str) -> list[str]:
    """Say what holds for every candidate, because it lies in the references."""
    references, unspaced = data.speech["reference"], _unspaced(data)
    of, lines = f"of {len(references)} references", []
    unseparated = (
        f"{unspaced} {of} have no spaces between words, so a whole sentence counts as one word"
    )
    if unspaced and not chosen and primary(data) == CHARACTERS:
        lines.append(f"{unseparated}: the character error rate ranks the candidates.")
    elif unspaced > RARE * len(references) and chosen not in OF_CHARACTERS:
        lines.append(f"{unseparated}: evaluate: {{primary: {CHARACTERS}}} is fairer to them.")
    if normalisation == "whisper":
        lines += _of_whisper(data, of)
    if empty := transcripts.pairs(data.speech, normalisation)[0].count(""):
        lines.append(f"{empty} {of} have no words once normalised: any word heard is an error.")
    return [*lines, *spoken_languages.caution(data)]


def _of_whisper(data: Transcripts, of: str) -> list[str]:
    references, lines = data.speech["reference"], []
    if nameless := languages.unknown(data.speech["language"], references):
        lines.append(
            f"The language of {nameless} {of} is not known: Whisper's normalisation treats them as "
            "not English, so numbers and contractions that are written differently are errors."
        )
    if lost := int(references.map(loses_marks).sum()):
        cure = "evaluate: {normalisation: plain} keeps them"
        lines.append(f"Whisper's normalisation drops vowel signs of {lost} {of}: {cure}.")
    return lines


def of_hypotheses(data: Transcripts) -> list[str]:
    """Say where a candidate wrote in another script, or repeated a phrase that was said once."""
    pairs = list(zip(data.speech["reference"], data.speech["hypothesis"], strict=True))
    written = [(languages.script(said), languages.script(heard)) for said, heard in pairs]
    other = sum(bool(said and heard) and said != heard for said, heard in written)
    loops = sum(_loops(heard) and not _loops(said) for said, heard in pairs)
    of, lines = f"of {len(pairs)} transcripts by {data.candidate}", []
    own, spoken = data.training.backbone.language, data.speech["language"].map(languages.code)
    foreign = int((spoken[spoken != ""] != languages.code(own)).sum()) if own else 0
    if foreign >= FOREIGN * len(pairs):
        lines.append(f"{foreign} {of}, a model trained on {own} alone, are of other languages.")
    if other > RARE * len(pairs):
        lines.append(
            f"{other} {of} are in another script than the reference, so all of it is wrong."
        )
    if loops > RARE * len(pairs):
        lines.append(f"{loops} {of} repeat a phrase over and over, unlike the reference.")
    return lines


def _unspaced(data: Transcripts) -> int:
    return int(data.speech["reference"].map(scripts.is_unspaced).sum())


def _loops(text: str) -> bool:
    """Tell whether half of a text is one thing said three times or more in a row."""
    return any(len(found[0]) >= max(LOOP, len(text) / 2) for found in _LOOP.finditer(text))
