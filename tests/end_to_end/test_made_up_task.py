"""A task that is registered here, and in no other file, goes through all four stages."""

import numpy as np
import pandas as pd
import pytest
from factories import stages

from helpers.core import files, paths
from helpers.data import cleaning, tasks
from helpers.data.items import Items
from helpers.pipeline import plan

STUDY = """\
task: riddle-answering
data: {source: {table: riddles.csv}, split: {test: 0.4, validation: 0.2, folds: 1}}
candidates:
  - baseline: [majority, tfidf-logistic]
evaluate: {resamples: 200}
"""
FOOD, ANIMALS = ["soup", "bread", "rice", "fish", "salt"], ["cat", "dog", "cow", "hen", "fox"]


def sensible(items: Items, reason: pd.Series) -> pd.Series:
    """Leave out riddles without a question mark, and what no classification could use."""
    silent = np.array([not items.read(row).endswith("?") for row in range(len(items.frame))])
    reason[(reason == "") & silent] = "no question"
    return cleaning.labelled(items, reason)


@pytest.fixture
def study(repository, monkeypatch):
    plain = tasks.get("text-classification")
    row = {
        "modality": plain.modality,
        "surveyed_as": plain.surveyed_as,
        "primary": "accuracy",
        "baselines": plain.baselines,
        "adaptations": plain.adaptations,
        "clean": f"{__name__}.sensible",
    }
    monkeypatch.setitem(tasks.TASKS, "riddle-answering", tasks.Task(**row))
    (repository / "params" / "riddles.yaml").write_text(STUDY)
    rows = [
        {"text": f"Which {word} number {number} is it{'?' if number else '!'}", "label": label}
        for label, words in (("food", FOOD), ("animal", ANIMALS))
        for word in words
        for number in range(12)
    ]
    pd.DataFrame(rows).to_csv(repository / "riddles.csv", index=False)
    stages.copy_notebooks(repository)
    return "riddles"


def test_a_task_is_one_row_of_the_table(study):
    for stage in plan.load([study]):
        stages.run_here(stage)
        assert all(output.is_file() for output in stage.outputs), stage.key
    data = files.read_json(paths.build(study) / "data.json")
    assert data["task"] == "riddle-answering" and data["counts"]["used"] == 110
    assert data["dropped"] == [{"reason": "no question", "count": 10}]
    board = files.read_json(paths.build(study) / "leaderboard.json")
    assert board["primary"] == "accuracy" and board["winner"] == "tfidf-logistic"
