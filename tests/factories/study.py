"""A study with made-up predictions, for tests that need files but no network."""

import json

import numpy as np
import pandas as pd

from factories.records import data_record, training_record
from helpers.core import columns, files, paths
from helpers.evaluation import classification
from helpers.metrics.statistics.bootstrap import Resampling

CLASSES = ["defective", "functional"]


def made_study(
    strengths, study="made", items=400, groups=0, classes=CLASSES, seed=0, source="elpv"
):
    """Write a study whose candidates are as good as their ``strengths`` say (0 is chance)."""
    random = np.random.default_rng(seed)
    names, labels = np.array(classes), random.integers(0, len(classes), items)
    splits = pd.DataFrame(
        {
            "id": [f"cell{number:04d}" for number in range(items)],
            "split": np.where(np.arange(items) % 4 == 0, "test", "train"),
            "label": names[labels],
            "cell_type": random.choice(["mono", "poly"], items),
            "size": random.normal(size=items),
        }
    )
    if groups:
        splits["group"] = random.integers(0, groups, items).astype(str)
    files.write_parquet(paths.build(study) / "splits.parquet", splits)
    data_record(study, source=source, classes=list(classes)).write(study)
    difficulty = random.normal(size=(items, len(classes)))
    for candidate, strength in strengths.items():
        own = difficulty + 0.5 * random.normal(size=difficulty.shape)
        own[np.arange(items), labels] += strength
        write_candidate(study, candidate, splits, names, np.exp(own))
    return splits


def write_candidate(study, candidate, splits, names, weights, **training):
    """Write predictions.parquet and training.json from positive weights [N, K]."""
    scores = weights / weights.sum(axis=1, keepdims=True)
    table = splits[["id", "split", "label"]].copy()
    table["prediction"] = names[scores.argmax(axis=1)]
    table[columns.scores(names)] = scores
    table = table[table["split"] == "test"].iloc[::-1]
    files.write_parquet(paths.build(study, candidate) / "predictions.parquet", table)
    plain = candidate in ("majority", "pixels")
    cost = {"fit_seconds": 12.5, "items_per_second": 500 if plain else 50, "parameters": 1000}
    facts = {"adaptation": "baseline" if plain else "probe", "cost": cost}
    training_record(study, candidate, **facts | training).write(study, candidate)


def evaluated(study, candidate, resamples=2000, **options):
    """Evaluate a candidate and write metrics.json, with no harder tests."""
    resampling = Resampling(resamples, seed=42)
    result = classification.evaluate(study, candidate, resampling=resampling, **options)
    classification.save(result, robustness=pd.DataFrame(), shift=pd.DataFrame())
    return result


def saved(study, *parts):
    """Read a JSON file of a study as any reader would."""
    return json.loads(paths.build(study).joinpath(*parts).read_text())
