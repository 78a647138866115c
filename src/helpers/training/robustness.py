"""The test items changed: what a candidate says of them, once, when it is trained.

The corruptions are those of the task; evaluation/robustness.py says how much worse it gets.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import code_digest, columns, dotted_names, files, paths
from helpers.core.errors import unknown
from helpers.data import tasks
from helpers.data.dataset import Dataset


def changed(dataset: Dataset, plan: dict[str, Any], seed: int) -> Dataset:
    """Return test items changed by every noise at every severity, as a data set of its own.

    Parameters
    ----------
    dataset : Dataset
    plan : dict
        noises and severities (lists), and items: how many test items, spread over the classes.
    seed : int
        With an item's id, decides how it is changed; the same items suffer every noise.

    Raises
    ------
    UserError
        A corruption that the task does not have.
    """
    table = tasks.get(dataset.task).corruptions or ""
    known = dotted_names.load(table) if table else {}
    for name in plan["noises"]:
        if name not in known:
            raise unknown(f"corruption of {dataset.items.modality.MANY}", name, known)
    rows = _rows(dataset, plan["items"], seed)
    kinds = [(noise, level) for noise in plan["noises"] for level in plan["severities"]]
    places = [(noise, level, int(row)) for noise, level in kinds for row in rows]
    frame = dataset.frame.iloc[[row for _, _, row in places]].reset_index(drop=True)
    frame = frame.assign(noise=[p[0] for p in places], severity=[p[1] for p in places])
    frame["item"] = frame["id"]
    frame["id"] = [
        f"{noise} {level:g} {item}"
        for (noise, level, _), item in zip(places, frame["item"], strict=True)
    ]

    def raw(index: int) -> Any:
        noise, level, row = places[index]
        generator = _generator(seed, noise, level, dataset.frame["id"].iloc[row])
        return known[noise](dataset.example(row), level, generator)

    module = dotted_names.module_of(table)
    code = {module: code_digest.of_module(module)}
    own = code_digest.of_value([dataset.digest, plan, seed, code])
    items = replace(dataset.items, frame=frame, raw=raw, original=len(frame))
    return replace(dataset, frame=frame, digest=own, items=items)


def predict(
    scores_of: Callable[[Dataset], np.ndarray], dataset: Dataset, plan: dict[str, Any], seed: int
) -> pd.DataFrame:
    """Say once what the changed items are: a row each, by noise and severity."""
    given = changed(dataset, plan, seed)
    scores = scores_of(given)
    table = given.frame[["item", "noise", "severity", "label"]].rename(columns={"item": "id"})
    names = np.array(dataset.classes, dtype=object)
    table = table.assign(prediction=names[scores.argmax(axis=1)])
    table[columns.scores(dataset.classes)] = scores
    return table


def save(study: str, candidate: str, table: pd.DataFrame | None) -> None:
    """Write the candidate's robustness.parquet, or remove that of an earlier run."""
    file = paths.build(study, candidate) / "robustness.parquet"
    if table is None:
        file.unlink(missing_ok=True)
    else:
        files.write_parquet(file, table)


def _rows(dataset: Dataset, most: int, seed: int) -> np.ndarray:
    """Choose test items, each class in its share."""
    test = dataset.frame.index[dataset.frame["split"] == "test"].to_numpy()
    order = test[np.random.default_rng(seed).permutation(len(test))]
    labels = dataset.frame["label"].iloc[order]
    place = labels.groupby(labels).cumcount().to_numpy()
    share = (place + 0.5) / labels.map(labels.value_counts()).to_numpy(float)
    return np.sort(order[np.argsort(share, kind="stable")[:most]])


def _generator(seed: int, noise: str, level: float, name: str) -> np.random.Generator:
    """Make an item's own chance, which no other item and no order can change."""
    content = hashlib.sha256(f"{seed}\0{noise}\0{level!r}\0{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(content[:8], "little"))
