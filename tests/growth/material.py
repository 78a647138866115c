"""Made-up data of any size, to measure growth on: no copies, but maybe items that are alike."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.core import columns, files, paths
from helpers.core.records.data import DataRecord, ItemCounts
from helpers.core.records.parts import Cost
from helpers.core.records.training import Training
from helpers.data.dataset import Dataset
from helpers.data.items import Items, numbered

WORDS = 30  # of a text
SIDE = 16  # of an image, in pixels
SHARED, FORMS = 60, 5  # words of boilerplate around a text's own, and how many forms it has
LIKENESS = 8  # levels by which images that are alike differ in each pixel: no near-copies yet


def environment(root: Path) -> dict[str, str]:
    """Return the environment of a process that works in a repository of its own."""
    own = {"EVALBOOK_ROOT": str(root), "EVALBOOK_PROGRESS": str(root / "progress")}
    repository = Path(__file__).resolve().parents[2]
    source = f"{repository / 'src'}{os.pathsep}{repository / 'tests'}"
    removed = ("EVALBOOK_CACHE", "EVALBOOK_BUILD")
    usual = {name: each for name, each in os.environ.items() if name not in removed}
    return usual | own | {"PYTHONPATH": source, "OPENBLAS_NUM_THREADS": "1"}


def texts(count: int, alike: bool = False) -> None:
    """Write texts.csv: texts of random words, ten classes; or with boilerplate around them."""
    random = np.random.default_rng(0)
    vocabulary = np.array([f"w{number:05}" for number in range(20_000)])
    words = vocabulary[random.integers(0, len(vocabulary), (count, WORDS))]
    if alike:
        forms = vocabulary[random.integers(0, len(vocabulary), (FORMS, SHARED))]
        words = np.hstack([forms[random.integers(0, FORMS, count)], words])
    table = pd.DataFrame({"text": [" ".join(row) for row in words], "label": _labels(count)})
    table.to_csv(paths.root() / "texts.csv", index=False)


def images(count: int, alike: bool = False) -> None:
    """Write a folder of small images, ten classes: of noise, or of one picture with some."""
    random, labels = np.random.default_rng(0), _labels(count)
    picture = random.integers(LIKENESS, 256 - LIKENESS, (SIDE, SIDE, 3))
    for label in set(labels):
        (paths.root() / "images" / label).mkdir(parents=True)
    for number, label in enumerate(labels):
        pixels = random.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        if alike:
            noise = random.integers(-LIKENESS, LIKENESS + 1, (SIDE, SIDE, 3))
            pixels = (picture + noise).astype(np.uint8)
        Image.fromarray(pixels).save(paths.root() / "images" / label / f"{number:07}.png")


def labelled(count: int) -> Dataset:
    """Return items without content, split and labelled."""
    frame = numbered("made", list(_labels(count)))
    frame["split"] = np.array(["train", "train", "validation", "test"])[np.arange(count) % 4]
    items = Items("made", frame, lambda index: index, "made")
    return Dataset("made", frame, tuple(sorted(set(frame["label"]))), "made", items)


def images_in_memory(count: int) -> Dataset:
    """Return images of noise that are made when they are read."""
    data = labelled(count)
    shape = (SIDE, SIDE, 3)
    items = Items(
        "made",
        data.frame,
        lambda index: np.random.default_rng(index).integers(0, 256, shape, np.uint8),
        "made",
    )
    return Dataset("made", data.frame, data.classes, "made", items)


def separable(labels: np.ndarray, dimension: int) -> np.ndarray:
    """Return features float32 [N, dimension] that tell classes apart, not perfectly."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(labels.max() + 1, dimension)).astype(np.float32)
    noise = random.standard_normal((len(labels), dimension), np.float32)
    return centres[labels] + 3 * noise


def predictions(count: int, classes: int, candidates: int) -> None:
    """Write a study of ``count`` test items and as many to validate, and its candidates' scores."""
    names = [f"class-{number:04}" for number in range(classes)]
    labels = np.random.default_rng(0).integers(0, classes, count)
    frame = pd.DataFrame({"id": [f"i{number:07}" for number in range(count)]})
    frame["split"] = np.where(np.arange(count) % 10 == 0, "validation", "test")
    frame["label"] = np.array(names)[labels]
    files.write_parquet(paths.build("made") / "splits.parquet", frame)
    counts = ItemCounts(original=count, loaded=count, dropped=0, used=count, splits={}, labels={})
    DataRecord(
        study="made",
        counts=counts,
        checks=[],
        task="image-classification",
        source={},
        split={},
        digest="made",
        source_digest="made",
        classes=names,
        dropped=[],
        notes=[],
        ceiling=[],
        licence="",
        citation="",
        root="",
    ).write("made")
    for number in range(candidates):
        _candidate(f"c{number:02}", frame, names, labels, 2 + number / candidates)


def _candidate(
    name: str, frame: pd.DataFrame, names: list[str], labels: np.ndarray, strength: float
) -> None:
    random = np.random.default_rng(int(name[1:]))
    scores = random.standard_exponential((len(frame), len(names)), np.float32)
    scores[np.arange(len(frame)), labels] *= np.exp(strength)
    scores /= scores.sum(axis=1, keepdims=True)
    table = frame.assign(prediction=np.array(names)[scores.argmax(axis=1)])
    made = pd.DataFrame(scores.astype(float), columns=columns.scores(names))
    files.write_parquet(
        paths.build("made", name) / "predictions.parquet", pd.concat([table, made], axis=1)
    )
    Training(
        study="made",
        candidate=name,
        model=name,
        adaptation="probe",
        resolved_model=name,
        cost=Cost(fit_seconds=1.0, items_per_second=100.0, parameters=1000),
    ).write("made", name)


def _labels(count: int) -> np.ndarray:
    return np.array([f"class-{number}" for number in np.arange(count) % 10])
