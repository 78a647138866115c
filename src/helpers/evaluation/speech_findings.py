"""What a recogniser's evaluation says, in sentences."""

import numpy as np

from helpers.core.formatting import counted
from helpers.evaluation import slices
from helpers.evaluation.evaluation import interval
from helpers.evaluation.speech_recognition import FAULTLESS, HALLUCINATION, SpeechEvaluation
from helpers.metrics import word_error_rate
from helpers.metrics.names import metric_name

MEANING = {"substitutions": "other words in their place", "deletions": "words left out"}
MEANING |= {"insertions": "words that were not said"}
MATTERS = 0.02  # difference of error rates from which normalisation is worth a sentence


def of_evaluation(evaluation: SpeechEvaluation) -> list[str]:
    """Say how good a recogniser is, what its errors are, where it fails, what makes it worse."""
    e = evaluation
    rate, faultless = e.metrics[e.primary], round(e.metrics[FAULTLESS].value * e.n)
    without = f"{faultless} of {counted(e.n, 'utterance')} without an error"
    lines = [f"{e.candidate}: {metric_name(e.primary)} {interval(rate)}; {without}."]
    lines += [_kinds(e), _normalisation(e), _silence(e), *slices.sentences(e.slices), _noise(e)]
    return [*filter(None, lines), *([] if np.isnan(rate.low) else [e.resampled]), *e.doubts]


def _kinds(e: SpeechEvaluation) -> str:
    counts = e.edits.set_index("words")["count"].drop("hits")
    most, total = counts.idxmax(), counts.sum()
    if not total:
        return "No word is wrong."
    share = f"{counts[most]} of {total}" if counts[most] < total else f"All {total}"
    return f"{share} word errors are {most}: {MEANING[most]}."


def _normalisation(e: SpeechEvaluation) -> str:
    rates = e.normalisations.set_index("normalisation")[word_error_rate.PRIMARY]
    if rates.max() - rates.min() < MATTERS and not e.marks_lost:
        return ""
    text = (
        f"The word error rate is {rates['raw']:.3f} with case and punctuation, "
        f"{rates['plain']:.3f} without, and {rates['whisper']:.3f} by Whisper's normalisation; "
        f"{e.normalisation} counts."
    )
    lost = f"Whisper's normalisation drops vowel signs of {e.marks_lost} transcripts: prefer plain."
    return f"{text} {lost}" if e.marks_lost else text


def _silence(e: SpeechEvaluation) -> str:
    if not (recordings := len(e.imagined)):
        return ""
    imagined = round(e.metrics[HALLUCINATION].value * recordings)
    return f"It wrote words for {imagined} of {recordings} recordings without speech."


def _noise(e: SpeechEvaluation) -> str:
    values = e.robustness["value"].dropna()
    if not len(values) or (values == values.iloc[0]).all():
        return ""  # no condition, or the same transcripts in all of them
    recorded, hardest = e.robustness.iloc[0], e.robustness.loc[values.idxmax()]
    utterances = counted(int(recorded["n"]), "utterance")
    if hardest["value"] <= recorded["value"]:
        return f"No condition makes it worse, on {utterances}."
    return (
        f"The hardest condition is {hardest['condition']}: {metric_name(e.primary)} "
        f"{hardest['value']:.3f} instead of {recorded['value']:.3f}, on {utterances}."
    )
