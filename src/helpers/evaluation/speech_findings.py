"""What a recogniser's evaluation says, in sentences."""

import numpy as np

from helpers.core.formatting import counted
from helpers.evaluation import slices
from helpers.evaluation.evaluation import interval
from helpers.evaluation.speech_recognition import EXCESS, FAULTLESS, HALLUCINATION, SpeechEvaluation
from helpers.metrics.names import metric_name

MEANING = {"substitutions": "other {} in their place", "deletions": "{} left out"}
MEANING |= {"insertions": "{} that were not said"}
SPELLED = 0.05  # share of word errors by spelling alone that is worth a sentence
POSSIBLE = 0.05  # share of utterances with more errors than words that is not to be excluded
MATTERS = 0.02  # difference of error rates from which normalisation is worth a sentence


def of_evaluation(evaluation: SpeechEvaluation) -> list[str]:
    """Say how good a recogniser is, what its errors are, where it fails, what makes it worse."""
    e = evaluation
    rate, faultless = e.metrics[e.primary], round(e.metrics[FAULTLESS].value * e.n)
    without = f"{faultless} of {counted(e.n, 'utterance')} without an error"
    lines = [f"{e.candidate}: {metric_name(e.primary)} {interval(rate)}; {without}."]
    lines += [_runaway(e), _kinds(e), _spelling(e), _normalisation(e), *e.cautions, _silence(e)]
    lines += [*slices.sentences(e.slices), _noise(e)]
    return [*filter(None, lines), *([] if np.isnan(rate.low) else [e.resampled]), *e.doubts]


def _runaway(e: SpeechEvaluation) -> str:
    """Say what utterances with more errors than words do, or may do, to the rate."""
    share, rate, than = e.metrics[EXCESS], f"{e.unit}-error-rate", f"more errors than {e.unit}s"
    if share.value > 0:
        capped = interval(e.metrics[f"capped-{rate}"])
        many = f"{round(share.value * e.n)} of {counted(e.n, 'utterance')}"
        return f"{many} have {than}; with no more counted in any, the rate is {capped}."
    if e.primary != rate or not share.high > POSSIBLE:
        return ""
    may = f"{share.high:.0%} of others may, and few would take the rate beyond its interval"
    return f"No utterance has {than}, but {may}."


def _kinds(e: SpeechEvaluation) -> str:
    counts = e.edits.set_index(f"{e.unit}s")["count"].drop("hits")
    most, total = counts.idxmax(), counts.sum()
    if not total:
        return f"No {e.unit} is wrong."
    share = f"{counts[most]} of {total}" if counts[most] < total else f"All {total}"
    return f"{share} {e.unit} errors are {most}: {MEANING[most].format(f'{e.unit}s')}."


def _spelling(e: SpeechEvaluation) -> str:
    """Say which word errors are none of hearing, if they are many enough."""
    found = e.spelling[e.spelling["word errors"] > 0]
    if e.unit == "character" or found["of all word errors"].sum() < SPELLED:
        return ""
    kinds = "; ".join(f"{row[1]} by {row[0]}" for row in found.values)
    return f"{found['word errors'].sum()} word errors are differences of spelling alone: {kinds}."


def _normalisation(e: SpeechEvaluation) -> str:
    rates = e.normalisations.set_index("normalisation")[f"{e.unit}-error-rate"]
    if rates.max() - rates.min() < MATTERS:
        return ""
    return (
        f"The {e.unit} error rate is {rates['raw']:.3f} with case and punctuation, "
        f"{rates['plain']:.3f} without, and {rates['whisper']:.3f} by Whisper's normalisation; "
        f"the scores here are {'raw' if e.normalisation == 'raw' else f'by {e.normalisation}'}."
    )


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
