"""What the data and the training say against a comparison, told where candidates meet."""

from collections.abc import Iterable

import pandas as pd

from helpers.comparison.study_records import StudyRecords
from helpers.core import paths
from helpers.core.formatting import names
from helpers.core.records.training import Training

# Sentences by the code of a check that found something.
BY_CHECK = {
    "D401": "Exact duplicates appear in more than one split: the test is easier than new data.",
    "D402": "Near-duplicates appear in more than one split: the test may be easier than new data.",
    "D403": "Groups are divided between splits: expect lower scores on new groups.",
    "D406": "Test speakers also appear in training: expect lower scores on new speakers.",
    "D407": "Some classes have speakers of their own: the voice alone gives these classes away.",
}


def of_data(records: StudyRecords) -> list[str]:
    """Return a sentence for each finding that weakens a comparison."""
    codes = {check.code for check in records.data.checks if check.count} if records.data else set()
    codes -= {"D402"} if "D401" in codes else set()  # the exact ones say it already
    sentences = [sentence for code, sentence in BY_CHECK.items() if code in codes]
    return [*sentences, _by_speaker(records.study)] if "D407" in codes else sentences


def _by_speaker(study: str) -> str:
    table = pd.read_parquet(paths.build(study) / "splits.parquet")
    train, test = (table[table["split"] == split] for split in ("train", "test"))
    most_frequent = train.groupby("speaker")["label"].agg(lambda labels: labels.mode().iloc[0])
    right = int((test["speaker"].map(most_frequent) == test["label"]).sum())
    rule = "Predicting each speaker's most frequent class"
    return f"{rule} is right on {right} of {len(test)} test items."


def of_training(trainings: Iterable[Training]) -> list[str]:
    """Say which candidates read shortened texts, and which were still improving."""
    cut: dict[str, list[str]] = {}
    early = []
    for training in trainings:
        model, history = training.backbone, training.history
        if model.cut:
            limit = f"at most {model.max_tokens} tokens of a text: {model.cut}"
            cut.setdefault(limit, []).append(training.candidate)
        if len(history) > 1 and training.chosen.get("epoch") == history[-1].epoch:
            early.append(training.candidate)
    sentences = [f"{names(of)} read{'s' * (len(of) == 1)} {limit}." for limit, of in cut.items()]
    advice = "the last epoch was the best, so longer training might help."
    return [*sentences, f"{names(early)}: {advice}"] if early else sentences
