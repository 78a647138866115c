"""What the data and the training say against a comparison, told where candidates meet."""

from collections.abc import Sequence

import pandas as pd

from helpers.core import paths
from helpers.core.formatting import names
from helpers.core.records.data import Data
from helpers.core.records.training import Training

SAID = {
    "D401": "Exact copies lie on two sides of the split: the test is easier than the world.",
    "D402": "Near-copies lie on two sides of the split: the test may be easier than the world.",
    "D403": "Groups lie on two sides of the split: on new groups all candidates will do worse.",
    "D406": "Who is tested was trained on: on new voices all candidates will do worse.",
    "D407": "Some classes have a voice of their own: to know the voice is to know these classes.",
}
"""By the code of a check that found something."""


def of(study: str) -> list[str]:
    """Return a sentence for each finding that weakens a comparison; none if nothing was found."""
    record = Data.find(study)
    found = {check.code for check in record.checks if check.count} if record else set()
    found -= {"D402"} if "D401" in found else set()  # said already, and worse
    said = [words for code, words in SAID.items() if code in found]
    return [*said, _by_voice(study)] if "D407" in found else said


def _by_voice(study: str) -> str:
    """Say how far the voices alone would lead: to each its most frequent class in training."""
    table = pd.read_parquet(paths.build(study) / "splits.parquet")
    train, test = (table[table["split"] == side] for side in ("train", "test"))
    known = train.groupby("speaker")["label"].agg(lambda labels: labels.mode().iloc[0])
    right = int((test["speaker"].map(known) == test["label"]).sum())
    return f"Who knows the voices and nothing else is right on {right} of {len(test)} test items."


def of_training(trained: Sequence[Training]) -> list[str]:
    """Say which candidates read less than all there is, and which were still getting better."""
    cut: dict[str, list[str]] = {}
    for record in trained:
        if record.backbone.cut:
            said = f"{record.backbone.max_tokens} tokens of a text at most: {record.backbone.cut}"
            cut.setdefault(said, []).append(record.candidate)
    found = [f"{names(of)} read{'s' * (len(of) == 1)} {said}." for said, of in cut.items()]
    early = [record.candidate for record in trained if _early(record)]
    if early:
        found.append(f"{names(early)}: best in the last epoch trained, so more might do better.")
    return found


def _early(record: Training) -> bool:
    """Tell whether training ended with its best epoch."""
    history = record.history
    return len(history) > 1 and record.chosen.get("epoch") == history[-1].epoch
