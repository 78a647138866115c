"""A tiny data set in memory, for tests of training that need no files to read from."""

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset
from helpers.data.items import Items

SIDES = ["train", "train", "train", "validation", "test"]


def made_dataset(items=150, side=16, classes=("dark", "light"), gap=25, seed=0, study="tiny"):
    """Give noisy pictures in which a class is lighter than the one before by ``gap``."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, len(classes), items)
    pictures = random.integers(0, 120, (items, side, side, 3)) + gap * codes[:, None, None, None]
    pictures = pictures.astype(np.uint8)
    names = np.array(classes)
    frame = pd.DataFrame(
        {
            "id": [f"{number:03d}" for number in range(items)],
            "split": [SIDES[number % len(SIDES)] for number in range(items)],
            "label": names[codes],
        }
    )
    items = Items("made", frame[["id", "label"]], pictures.__getitem__, f"made-{seed}")
    return Dataset(study, frame, tuple(classes), f"made-{seed}", items)


def positions(dataset, side):
    """Return the positions of a side."""
    return np.flatnonzero(dataset.frame["split"] == side)


def relabelled(dataset, side, seed=1):
    """Give the same data set with the labels of one side in another order."""
    frame, rows = dataset.frame.copy(), positions(dataset, side)
    shuffled = np.random.default_rng(seed).permutation(frame["label"].to_numpy()[rows])
    assert (shuffled != frame["label"].to_numpy()[rows]).any()
    frame.loc[rows, "label"] = shuffled
    return Dataset(dataset.study, frame, dataset.classes, dataset.digest, dataset.items)
