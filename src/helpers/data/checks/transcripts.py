"""D1, D3, D4: transcripts and the speech that they belong to."""

import numpy as np
import pandas as pd

from helpers.data.checks.registry import Facts, Found, check, rows_unlike_most, rows_where, tally
from helpers.data.items import NO_SPEECH
from helpers.data.speech import languages, normalisation
from helpers.data.surveys.audio import AudioSurvey
from helpers.data.text import language_detection

SLOWEST, FASTEST = 1.5, 35.0  # characters per second of speech; short words take longer
LEAST = 1.0  # seconds below which the pace is not judged
FEW_SPEAKERS = 6  # below this many, intervals resample utterances, not speakers


@check("D131", "Empty transcripts", "error")
def empty(facts: Facts) -> Found | None:
    """Speech without a transcript cannot be scored; it is left out."""
    blank = _words(facts) == ""
    speech = facts.frame["label"] != NO_SPEECH
    return rows_where(facts, blank & speech, "the transcript has no words")


@check(
    "D132",
    "Duration does not match transcript",
    "warning",
    consequence="Transcripts that are far too long or short for their recordings count as errors.",
)
def pace(facts: Facts) -> Found | None:
    """Far more or fewer characters than can be spoken in the time: wrong text, or a cut."""
    seconds = facts.surveyed(AudioSurvey).seconds
    characters = _words(facts).str.len().to_numpy()
    known = (seconds >= LEAST) & (characters > 0)
    rate = characters / np.maximum(seconds, LEAST)
    odd = known & ((rate > FASTEST) | (rate < SLOWEST))
    return rows_where(facts, odd, f"not between {SLOWEST:g} and {FASTEST:g} characters per second")


@check("D133", "Transcripts in several scripts", "note")
def scripts(facts: Facts) -> Found | None:
    """Find writing that a recogniser of another language cannot produce: all of it is errors."""
    scripts = facts.frame["reference"].fillna("").map(languages.script)
    return rows_unlike_most(facts, scripts.to_numpy(dtype=str))


@check("D134", "Recordings without speech", "note")
def no_speech(facts: Facts) -> Found | None:
    """Tones, noises, silence: set aside from the error rate, kept to test for hallucination."""
    mask = facts.frame["label"] == NO_SPEECH
    if not mask.any():
        return None
    described = facts.frame["sound"][mask] if "sound" in facts.frame.columns else pd.Series([""])
    return rows_where(facts, mask, tally(described.fillna("")))


@check("D135", "Transcripts of no known language", "note")
def no_language(facts: Facts) -> Found | None:
    """Without a language, capitals are lowered and numbers are written as in no language."""
    spoken, _ = languages.completed(facts.frame)
    cure = "add a column language, or language: en beside the file in the study"
    count = languages.unknown(spoken, facts.frame["reference"].fillna(""))
    return Found(count, f"no language is named, or clear from the words: {cure}") if count else None


@check(
    "D137",
    "Transcripts with signs of a wrong encoding",
    "warning",
    consequence="Transcripts look decoded by a wrong encoding: each such word counts as an error.",
)
def garbled(facts: Facts) -> Found | None:
    """Letters that arise where one encoding is read as another: declare the right one."""
    mask = facts.frame["reference"].fillna("").map(language_detection.garbled)
    return rows_where(facts, mask, "such as Ã© for é, or a replacement character")


@check("D304", "Repeated transcripts", "note")
def same_words(facts: Facts) -> Found | None:
    """Transcripts that several recordings share: the same words count more than once."""
    words = _words(facts)
    many = (words != "") & (words.map(words.value_counts()) > 1)
    return rows_where(facts, many, tally(words[many]))


@check("D408", "Transcripts repeated across splits", "note", needs=("split",))
def same_words_across(facts: Facts) -> Found | None:
    """Harmless where nothing is trained; a model tuned on them would know the test's words."""
    words = _words(facts)
    splits = facts.frame["split"].groupby(words).transform("nunique")
    return rows_where(facts, (splits > 1) & (words != ""), "the same words in several splits")


@check("D409", "Few speakers", "note", needs=("split", "speaker"))
def few_speakers(facts: Facts) -> Found | None:
    """With few speakers, utterances are resampled: the intervals hold for these speakers alone."""
    speakers = facts.frame["speaker"]
    few = speakers.nunique() < FEW_SPEAKERS
    return Found(speakers.nunique(), tally(speakers)) if few else None


def _words(facts: Facts) -> pd.Series:
    return facts.frame["reference"].fillna("").map(normalisation.plain)
