"""A few texts go through all four stages in folds, and twice give the same bytes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from factories import stages
from factories.cases import sentence

from helpers.core import files, paths
from helpers.pipeline import plan

STUDY = """\
task: text-classification
data: {source: {table: few.csv}, split: {folds: 5, repeats: 2, group: author}}
candidates:
  - baseline: [majority, {model: tfidf-logistic, name: words, regularisation: [1, 10]}]
evaluate: {primary: accuracy, resamples: 200, slices: [author]}
"""
NAMES = ["majority", "words"]


@pytest.fixture
def study(repository):
    random = np.random.default_rng(0)
    rows = []
    for number in range(96):
        label = "ab"[number % 2]
        told = random.random() < 0.8
        hint = {"a": "sun", "b": "moon"}[label if told else "ab"[(number + 1) % 2]]
        text = f"{sentence(number)} {hint} w{number % 31} v{number % 37}"
        rows.append({"text": text, "label": label, "author": f"writer {number // 4}"})
    pd.DataFrame(rows).to_csv(repository / "few.csv", index=False)
    (repository / "params" / "few.yaml").write_text(STUDY)
    stages.copy_notebooks(repository)
    return "few"


def made(study, *names):
    """Run the stages, or those of these names."""
    for stage in plan.load([study]):
        if stage.stage in (names or [stage.stage]):
            stages.run_here(stage)
        assert all(output.is_file() for output in stage.outputs), stage.key
    return {str(file): file.read_bytes() for file in paths.build(study).rglob("*.parquet")}


def test_every_stage_knows_folds_and_gives_the_same_bytes_twice(study, capsys):
    first = made(study)
    said = capsys.readouterr().out
    assert "Cross-validation, 2 repeats of 5 folds" in said
    folds = pd.read_parquet(paths.build(study) / "folds.parquet")
    splits = pd.read_parquet(paths.build(study) / "splits.parquet")
    assert len(folds) == 2 * 96 and set(splits["split"]) == {"train", "validation", "test"}
    board = files.read_json(paths.build(study) / "leaderboard.json")
    for name in NAMES:
        table = pd.read_parquet(paths.build(study, name) / "predictions.parquet")
        assert (table["split"] == "test").all() and len(table) == len(folds)
        both = table.merge(folds, on=["id", "repeat", "fold"]).merge(splits, on=["id", "label"])
        assert len(both) == len(folds)  # the contract: each item in its fold, with its label
        metrics = files.read_json(paths.build(study, name) / "metrics.json")
        accuracy = metrics["metrics"]["accuracy"]
        right = table["label"] == table["prediction"]
        assert accuracy["value"] == pytest.approx(right.mean())
        assert accuracy["low"] < accuracy["value"] < accuracy["high"] and metrics["n"] == 96
        [row] = [row for row in board["rows"] if row["candidate"] == name]
        assert row["value"] == pytest.approx(accuracy["value"])
        alone = right.groupby([table["repeat"], table["fold"]]).mean()
        assert board["splits"][name] == pytest.approx(alone.to_list())
    assert board["winner"] != "majority" and board["n"] == 96
    assert any("Over the 10 splits" in line for line in board["details"])
    for file in first:
        Path(file).unlink()
    assert made(study, "1-data", "2-train") == first
