"""D1: the recordings themselves, and who speaks in them."""

import numpy as np

from helpers.data import encoded
from helpers.data.audio import decoding
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally
from helpers.data.items import NO_SPEECH

SILENT = -55.0
"""dB of full scale below which nothing can be heard in a recording; quiet speech is near -40."""
CLIPPED = 0.001
"""Share of samples at full scale from which it can be heard."""
SHORT = 0.3
"""Seconds."""


@check("D121", "Unreadable or truncated recordings", "error")
def unreadable(facts: Facts) -> Found | None:
    """Files that hold no whole recording; they are left out."""
    reason = facts.survey.reason
    mask = (reason != "") & (reason != decoding.NOT_FINITE) & (reason != encoded.NO_FILE)
    return rows_where(facts, mask, tally(reason[mask]))


@check("D122", "NaN or infinite samples", "error")
def not_finite(facts: Facts) -> Found | None:
    """Values that are no sound; they are left out."""
    mask = facts.survey.reason == decoding.NOT_FINITE
    return rows_where(facts, mask, "a network would answer NaN to these")


@check("D123", "Mixed sampling rates", "warning")
def mixed_rates(facts: Facts) -> Found | None:
    """Telephone among studio: a model can learn the rate for the class, or hear less of some."""
    return _unusual(facts, facts.survey.rate, "{:,} Hz")


@check("D124", "Mixed encodings or channels", "note")
def mixed_encodings(facts: Facts) -> Found | None:
    """Find recordings that are not stored as most are; all become one channel of floats."""
    kinds = [
        f"{encoding} x {channels}" if encoding else ""
        for encoding, channels in zip(facts.survey.encoding, facts.survey.channels, strict=True)
    ]
    return _unusual(facts, np.array(kinds), "{}")


@check("D125", "Silent recordings", "warning")
def silent(facts: Facts) -> Found | None:
    """Nothing to hear, and not said to be: a muted microphone, or a failed export."""
    expected = (facts.frame["label"] == NO_SPEECH).to_numpy()
    mask = _usable(facts) & ~expected & (facts.survey.loudness < SILENT)
    return rows_where(facts, mask, f"quieter than {SILENT:g} dB of full scale")


@check("D126", "Clipped recordings", "warning")
def clipped(facts: Facts) -> Found | None:
    """Find samples cut off at full scale: recorded too loud, and distorted."""
    mask = _usable(facts) & (facts.survey.clipped > CLIPPED)
    return rows_where(facts, mask, f"more than {CLIPPED:.1%} of the samples at full scale")


@check("D127", "Very short recordings", "note")
def short(facts: Facts) -> Found | None:
    """Find fractions of a second: they hold a syllable at most."""
    return rows_where(facts, _usable(facts) & (facts.survey.seconds < SHORT), f"under {SHORT:g} s")


@check("D406", "Speakers on several sides", "error", needs=("split", "speaker"))
def speakers_across(facts: Facts) -> Found | None:
    """Who is tested was trained on: such a test knows nothing of the next speaker."""
    speaker = facts.frame["speaker"]
    many = facts.frame["split"].groupby(speaker).transform("nunique") > 1
    names = tally(speaker[many].to_numpy())
    return rows_where(facts, many.to_numpy(), f"{speaker[many].nunique()} speakers: {names}")


@check("D407", "Classes with a voice of their own", "warning", needs=("split", "speaker"))
def one_speaker(facts: Facts) -> Found | None:
    """Find classes of one voice that speaks no other: either may be learnt, class or voice."""
    pairs = facts.frame[["label", "speaker"]].dropna().drop_duplicates()
    shared = pairs["label"].duplicated(keep=False) | pairs["speaker"].duplicated(keep=False)
    own = sorted(pairs.loc[~shared, "label"])
    said = f"each by a voice that speaks no other: {', '.join(own[:10])}"
    return (len(own), said, []) if own else None


def _usable(facts: Facts) -> np.ndarray:
    return facts.survey.reason == ""


def _unusual(facts: Facts, values: np.ndarray, form: str) -> Found | None:
    """Report the usable recordings that do not have the most frequent value."""
    usable = _usable(facts)
    if not usable.any():
        return None
    names, counts = np.unique(values[usable], return_counts=True)
    other = usable & (values != names[counts.argmax()])
    return rows_where(facts, other, tally([form.format(value) for value in values[usable]]))
