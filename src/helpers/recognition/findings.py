"""What an evaluation's numbers say of a recogniser, in sentences for people."""

from helpers import slicing
from helpers.metrics import words
from helpers.recognition.evaluation import FAULTLESS, HALLUCINATION, Evaluation

MATTERS = 0.02
"""Difference of error rates from which normalisation is worth a sentence."""


def of_evaluation(evaluation: Evaluation) -> list[str]:
    """Say how good a recogniser is, what its errors are, where it fails, what makes it worse."""
    e = evaluation
    found = [_headline(e), _kinds(e), _normalisation(e), _silence(e)]
    found += [*slicing.sentences(e.slices, e.gaps), _noise(e), e.resampled]
    return [sentence for sentence in found if sentence]


def _headline(e: Evaluation) -> str:
    rate, faultless = e.metrics[e.primary], e.metrics[FAULTLESS]
    interval = f" [{rate.low:.3f}, {rate.high:.3f}]" if rate.low == rate.low else ""
    return (
        f"{e.candidate}: {e.primary} {rate.value:.3f}{interval}; "
        f"{round(e.n * faultless.value)} of {e.n} utterances are without an error."
    )


def _kinds(e: Evaluation) -> str:
    counts = e.edits.set_index("words")["count"].drop("hits")
    if not counts.sum():
        return "No word is wrong."
    most = counts.idxmax()
    return (
        f"Of {counts.sum()} word errors {counts[most]} are {most}: "
        + {
            "substitutions": "words heard as others.",
            "deletions": "words that were missed.",
            "insertions": "words that nobody said.",
        }[most]
    )


def _normalisation(e: Evaluation) -> str:
    rates = e.normalisations.set_index("normalisation")[words.PRIMARY]
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
    if not len(e.robustness):
        return ""
    recorded, worse = e.robustness.iloc[0], e.robustness.iloc[1:]
    hardest = worse.loc[worse["value"].idxmax()]
    return (
        f"Of all that was done to {recorded['n']} utterances {hardest['condition']} is hardest: "
        f"{e.primary} {hardest['value']:.3f} in place of {recorded['value']:.3f}."
    )
