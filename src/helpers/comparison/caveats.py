"""What the data and the training say against a comparison, told where candidates meet."""

from typing import Any

import pandas as pd

from helpers.core import files, paths
from helpers.core.formatting import names

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
    file = paths.build(study) / "data.json"
    checks = files.read_json(file).get("checks", []) if file.is_file() else []
    found = {each["code"] for each in checks if each["count"]}
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


def of_training(trained: dict[str, dict[str, Any]]) -> list[str]:
    """Say which candidates read less than all there is, and which were still getting better.

    Parameters
    ----------
    trained : dict
        The training.json of each candidate, by its name.
    """
    cut: dict[str, list[str]] = {}
    for name, record in trained.items():
        backbone = record.get("backbone") or {}
        if "cut" in backbone:
            said = f"{backbone['max_tokens']} tokens of a text at most: {backbone['cut']}"
            cut.setdefault(said, []).append(name)
    found = [f"{names(of)} read{'s' * (len(of) == 1)} {said}." for said, of in cut.items()]
    early = [name for name, record in trained.items() if _early(record)]
    if early:
        found.append(f"{names(early)}: best in the last epoch trained, so more might do better.")
    return found


def _early(record: dict[str, Any]) -> bool:
    """Tell whether training ended with its best epoch."""
    history = record.get("history") or []
    return len(history) > 1 and record["chosen"].get("epoch") == history[-1]["epoch"]
