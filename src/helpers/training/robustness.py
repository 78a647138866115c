"""Predictions of corrupted test items, made once, when a candidate is trained.

The corruptions are those of the task; evaluation/robustness.py measures how much worse it gets.
"""

import hashlib
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import code_digest, dotted_names
from helpers.core.errors import unknown
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.data.prediction_table import with_scores
from helpers.training.labelled_splits import positions
from helpers.training.results import Scorer


def corrupted(dataset: Dataset, plan: dict[str, Any], seed: int) -> Dataset:
    """Return test items under every corruption at every severity, as a data set of its own.

    The plan has noises and severities (lists), and items: how many test items, stratified by class;
    all corruptions take the same ones. ``seed`` and an item's id decide how it is changed. A
    UserError names a corruption that the task does not have.
    """
    table = tasks.get(dataset.task).corruptions or ""
    corruptions = dotted_names.load(table) if table else {}
    for name in plan["noises"]:
        if name not in corruptions:
            raise unknown(f"corruption of {dataset.items.modality.MANY}", name, corruptions)
    rows = _rows(dataset, plan["items"], seed)
    variants = list(product(plan["noises"], plan["severities"], rows.tolist()))
    frame = dataset.frame.iloc[[row for _, _, row in variants]].reset_index(drop=True)
    frame = frame.assign(noise=[v[0] for v in variants], severity=[v[1] for v in variants])
    frame["item"] = frame["id"]
    named = zip(variants, frame["item"], strict=True)
    frame["id"] = [f"{name} {severity:g} {item}" for (name, severity, _), item in named]

    def raw(index: int) -> Any:
        name, severity, row = variants[index]
        generator = _generator(seed, name, severity, dataset.frame["id"].iloc[row])
        return corruptions[name](dataset.example(row), severity, generator)

    module = dotted_names.module_of(table)
    code = {module: code_digest.of_module(module)}
    digest = code_digest.of_value([dataset.digest, plan, seed, code])
    items = replace(dataset.items, frame=frame, raw=raw, original=len(frame))
    return replace(dataset, frame=frame, digest=digest, items=items)


def predict(scores: Scorer, dataset: Dataset, plan: dict[str, Any], seed: int) -> pd.DataFrame:
    """Predict the corrupted items: a row per item, corruption and severity."""
    variants = corrupted(dataset, plan, seed)
    items = variants.frame[["item", "noise", "severity", "label"]].rename(columns={"item": "id"})
    predicted = scores(variants, np.arange(len(variants.frame)))
    return with_scores(items, predicted, dataset.classes)


def _rows(dataset: Dataset, count: int, seed: int) -> np.ndarray:
    """Draw test items, each class in its share."""
    test = positions(dataset, "test")
    order = test[np.random.default_rng(seed).permutation(len(test))]
    labels = dataset.frame["label"].iloc[order]
    rank = labels.groupby(labels).cumcount().to_numpy()
    share = (rank + 0.5) / labels.map(labels.value_counts()).to_numpy(float)
    return np.sort(order[np.argsort(share, kind="stable")[:count]])


def _generator(seed: int, corruption: str, severity: float, name: str) -> np.random.Generator:
    """Make the random numbers of one item, which depend on no other item and on no order."""
    content = hashlib.sha256(f"{seed}\0{corruption}\0{severity!r}\0{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(content[:8], "little"))
