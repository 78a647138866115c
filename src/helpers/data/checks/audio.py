"""D1: the recordings themselves, and who speaks in them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.core.formatting import listed
from helpers.data.audio import levels
from helpers.data.audio.decoding import NOT_FINITE
from helpers.data.checks import registry
from helpers.data.checks.registry import Facts, Found, check, rows_unlike_most, rows_where, tally
from helpers.data.encoded import NO_FILE
from helpers.data.items import NO_SPEECH
from helpers.data.surveys.audio import AudioSurvey

SILENT = -55.0  # dB of full scale below which nothing can be heard; quiet speech is near -40
CLIPPED = 0.001  # share of samples at full scale from which it can be heard
SHORT = 0.3  # seconds


@check("D121", "Unreadable or truncated recordings", "error")
def unreadable(facts: Facts) -> Found | None:
    """Files that hold no whole recording; they are left out."""
    return registry.unreadable_rows(facts, NOT_FINITE, NO_FILE)


@check("D122", "NaN or infinite samples", "error")
def not_finite(facts: Facts) -> Found | None:
    """Values that are not a sound; they are left out."""
    return rows_where(facts, facts.survey.reason == NOT_FINITE, "networks return NaN for these")


@check("D123", "Mixed sampling rates", "warning")
def mixed_rates(facts: Facts) -> Found | None:
    """Telephone among studio: a model can learn the rate for the class, or hear less of some."""
    rates = facts.surveyed(AudioSurvey).rate
    return rows_unlike_most(facts, np.array([f"{rate:,} Hz" if rate else "" for rate in rates]))


@check("D124", "Mixed encodings or channels", "note")
def mixed_encodings(facts: Facts) -> Found | None:
    """Find recordings that are not stored as most are; all become one channel of floats."""
    survey = facts.surveyed(AudioSurvey)
    pairs = zip(survey.encoding, survey.channels, strict=True)
    return rows_unlike_most(facts, np.array([f"{form} x {n}" if form else "" for form, n in pairs]))


@check(
    "D125",
    "Silent recordings",
    "warning",
    consequence="Recordings in which nothing is heard count among the others.",
)
def silent(facts: Facts) -> Found | None:
    """Nothing to hear in what should be a sound: a muted microphone, or a failed export."""
    speech = (facts.frame["label"] != NO_SPEECH).to_numpy()
    mask = facts.usable & speech & (facts.surveyed(AudioSurvey).loudness < SILENT)
    return rows_where(facts, mask, f"quieter than {SILENT:g} dB of full scale")


@check("D126", "Clipped recordings", "warning")
def clipped(facts: Facts) -> Found | None:
    """Find samples cut off at full scale: recorded too loud, and distorted."""
    mask = facts.usable & (facts.surveyed(AudioSurvey).clipped > CLIPPED)
    return rows_where(facts, mask, f"more than {CLIPPED:.1%} of the samples at full scale")


@check("D127", "Very short recordings", "note")
def short(facts: Facts) -> Found | None:
    """Find fractions of a second: they hold a syllable at most."""
    mask = facts.usable & (facts.surveyed(AudioSurvey).seconds < SHORT)
    return rows_where(facts, mask, f"shorter than {SHORT:g} s")


@check("D128", "Odd channels", "note")
def odd_channels(facts: Facts) -> Found | None:
    """Find channels that cancel each other, are silent, or hold a sound of their own each."""
    oddity = facts.surveyed(AudioSurvey).oddity
    found = rows_where(facts, facts.usable & (oddity != ""), tally(oddity[oddity != ""]))
    apart = int((facts.usable & (oddity == levels.APART)).sum())
    if found and apart:
        several = f"{apart} recordings have {levels.APART}, such as two speakers in a call"
        cure = "make a file of each channel if its words alone are meant"
        return replace(found, severity="warning", consequence=f"{several}: {cure}.")
    return found


@check("D129", "Recordings beyond the limit", "warning")
def beyond_limit(facts: Facts) -> Found | None:
    """Find recordings that are cut: what comes after their first minutes is never heard."""
    longest = getattr(facts.modality, "LONGEST", np.inf)  # speech is transcribed to its end
    mask = facts.usable & (facts.surveyed(AudioSurvey).seconds > longest)
    told = f"longer than {longest:g} s and cut there"
    consequence = f"{mask.sum()} of {mask.size} recordings are {told}: the rest was never heard."
    return rows_where(facts, mask, told, consequence)


@check("D136", "Floats beyond full scale", "warning")
def beyond_full_scale(facts: Facts) -> Found | None:
    """Find floats at the scale of integers, or of unit variance; each was divided by its scale."""
    scale = facts.surveyed(AudioSurvey).scale
    known = np.isin(scale, levels.FULL_SCALES)
    names = np.where(known, [f"{each:,.0f}" for each in scale], "their own peak")
    return rows_where(facts, facts.usable & (scale != 1), f"divided by {tally(names[scale != 1])}")


@check("D138", "Voices that stand for few others", "warning")
def few_voices(facts: Facts) -> Found | None:
    """Voices made by programs, or one a language: nothing is said of other voices."""
    if (found := facts.items.noticed.get("D138")) is None:
        return None
    return rows_where(facts, facts.frame["id"].isin(found.ids), found.detail, found.consequence)


@check(
    "D406",
    "Speakers in several splits",
    "error",
    needs=("split", "speaker"),
    consequence="Test speakers also appear in training: expect lower scores on new speakers.",
)
def speakers_across(facts: Facts) -> Found | None:
    """Test speakers also appear in training: expect lower scores on new speakers."""
    several = facts.frame["split"].groupby(facts.frame["speaker"]).transform("nunique") > 1
    names = facts.frame["speaker"][several]
    return rows_where(facts, several, f"{names.nunique()} speakers: {tally(names)}")


@check("D407", "Classes with a speaker of their own", "warning", needs=("split", "speaker"))
def one_speaker(facts: Facts) -> Found | None:
    """Find classes with one speaker who has no other: a model may learn the voice instead."""
    pairs = facts.frame[["label", "speaker"]].dropna().drop_duplicates()
    shared = pairs["label"].duplicated(keep=False) | pairs["speaker"].duplicated(keep=False)
    classes = sorted(pairs.loc[~shared, "label"])
    detail = f"their only speaker speaks no other class: {listed(classes, 10)}"
    return Found(len(classes), detail, consequence=_given_away(facts.frame)) if classes else None


def _given_away(frame: pd.DataFrame) -> str:
    train, test = (frame[frame["split"] == split] for split in ("train", "test"))
    most_frequent = train.groupby("speaker")["label"].agg(lambda labels: labels.mode().iloc[0])
    right = int((test["speaker"].map(most_frequent) == test["label"]).sum())
    return (
        "Some classes have speakers of their own: the voice alone gives these classes away. "
        f"Predicting each speaker's most frequent class is right on {right} of {len(test)} test "
        "items."
    )
