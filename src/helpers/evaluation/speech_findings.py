"""What an evaluation's numbers say of a recogniser, in sentences for people."""

from helpers.core.formatting import counted
from helpers.evaluation import slices
from helpers.evaluation.speech_recognition import FAULTLESS, HALLUCINATION, Evaluation
from helpers.metrics import word_error_rate
from helpers.metrics.names import metric_name

MEANT = {
    "substitutions": "words heard as others",
    "deletions": "words that were missed",
    "insertions": "words that nobody said",
}
MATTERS = 0.02
"""Difference of error rates from which normalisation is worth a sentence."""


def of_evaluation(evaluation: Evaluation) -> list[str]:
    """Say how good a recogniser is, what its errors are, where it fails, what makes it worse."""
    e = evaluation
    found = [_headline(e), _kinds(e), _normalisation(e), _silence(e)]
    found += [*slices.sentences(e.slices, e.gaps), _noise(e)]
    found.append(e.resampled if _known(e.metrics[e.primary].low) else "")
    return [sentence for sentence in found if sentence]


def _known(value: float) -> bool:
    return value == value


def _headline(e: Evaluation) -> str:
    rate, faultless = e.metrics[e.primary], round(e.metrics[FAULTLESS].value * e.n)
    interval = f" [{rate.low:.3f}, {rate.high:.3f}]" if _known(rate.low) else ""
    return (
        f"{e.candidate}: {metric_name(e.primary)} {rate.value:.3f}{interval}; {faultless} of "
        f"{counted(e.n, 'utterance')} are without an error."
    )


def _kinds(e: Evaluation) -> str:
    counts = e.edits.set_index("words")["count"].drop("hits")
    if not counts.sum():
        return "No word is wrong."
    most, total = counts.idxmax(), counts.sum()
    share = f"{counts[most]} of {total} word errors" if counts[most] < total else "All word errors"
    return f"{share} are {most}: {MEANT[most]}."


def _normalisation(e: Evaluation) -> str:
    rates = e.normalisations.set_index("normalisation")[word_error_rate.PRIMARY]
    said = f"Written out as is, the word error rate is {rates['raw']:.3f}, "
    said += f"without case and punctuation {rates['plain']:.3f}, by Whisper's rules "
    said += f"{rates['whisper']:.3f}; {e.normalisation} counts."
    if e.marks_lost:
        said += f" Whisper's rules drop vowel signs of {e.marks_lost} transcripts: take plain."
    return said if abs(rates.max() - rates.min()) >= MATTERS or e.marks_lost else ""


def _silence(e: Evaluation) -> str:
    if not len(e.imagined):
        return ""
    made_up = round(e.metrics[HALLUCINATION].value * len(e.imagined))
    return f"Where nobody speaks it wrote something in {made_up} of {len(e.imagined)} recordings."


def _noise(e: Evaluation) -> str:
    values = e.robustness["value"].dropna()
    if not len(values) or (values == values.iloc[0]).all():
        return ""  # nothing was done, or it says the same whatever is done
    recorded, hardest = e.robustness.iloc[0], e.robustness.loc[values.idxmax()]
    what = counted(int(recorded["n"]), "utterance")
    if hardest["value"] <= recorded["value"]:
        return f"Nothing that was done to {what} makes it worse."
    return (
        f"Of all that was done to {what} {hardest['condition']} is hardest: "
        f"{metric_name(e.primary)} {hardest['value']:.3f} in place of {recorded['value']:.3f}."
    )
