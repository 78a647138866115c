"""What the data and the training say against a comparison, told where candidates meet."""

from collections.abc import Iterable

from helpers.comparison.study_records import StudyRecords
from helpers.core.formatting import names
from helpers.core.records.training import Training

SAID_BY = {"D402": "D401"}  # a finding that another one includes


def of_data(records: StudyRecords) -> list[str]:
    """Return the consequence of each finding that touches the scores; every error does."""
    found = {each.code: each for each in records.data.checks if each.count} if records.data else {}
    told = [each for code, each in found.items() if SAID_BY.get(code) not in found]
    errors = {
        each.code: f"{each.title}: {each.detail}." for each in told if each.severity == "error"
    }
    consequences = [each.consequence or errors.get(each.code, "") for each in told]
    return [*filter(None, consequences)]


def of_training(trainings: Iterable[Training]) -> list[str]:
    """Say what speaks against predictions made elsewhere, who read cut texts or improved yet."""
    cut: dict[str, list[str]] = {}
    early, doubts = [], []
    for training in trainings:
        doubts += [f"{training.candidate}: {each}" for each in training.doubts]
        model, history = training.backbone, training.history
        if model.cut:
            limit = f"at most {model.max_tokens} tokens of a text: {model.cut}"
            cut.setdefault(limit, []).append(training.candidate)
        if len(history) > 1 and training.chosen.get("epoch") == history[-1].epoch:
            early.append(training.candidate)
    sentences = [f"{names(of)} read{'s' * (len(of) == 1)} {limit}." for limit, of in cut.items()]
    advice = "the last epoch was the best, so longer training might help."
    return [*doubts, *sentences, *([f"{names(early)}: {advice}"] if early else [])]
