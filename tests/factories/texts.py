"""Tiny data sets of texts, in memory or in files, for tests that need no archive."""

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset
from helpers.data.items import Items

TASK = "text-classification"
SIDES = ["train", "train", "train", "validation", "test"]
WORDS = {
    "sport": ["goal", "match", "league", "coach", "striker", "referee", "stadium", "transfer"],
    "trade": ["tariff", "export", "market", "shares", "bank", "prices", "cargo", "profit"],
}
COMMON = [
    "the",
    "a",
    "of",
    "and",
    "in",
    "to",
    "on",
    "with",
    "for",
    "by",
    "at",
    "from",
    "new",
    "last",
    "first",
    "this",
    "year",
    "day",
    "said",
]


def made_texts(items=150, study="tiny", seed=0, told=2, classes=tuple(WORDS)):
    """Give texts of a dozen common words and ``told`` of their class."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, len(classes), items)
    texts = []
    for code in codes:
        words = [*random.choice(COMMON, 12), *random.choice(WORDS[classes[code]], told)]
        texts.append(" ".join(random.permutation(words)))
    frame = pd.DataFrame(
        {
            "id": [f"{number:03d}" for number in range(items)],
            "split": [SIDES[number % len(SIDES)] for number in range(items)],
            "label": np.array(classes)[codes],
        }
    )
    made = Items("made", frame[["id", "label"]], texts.__getitem__, f"made-{seed}", task=TASK)
    return Dataset(study, frame, tuple(classes), f"made-{seed}", made)


def written(root, rows, name="set/t.csv", **options):
    """Write a table of texts below a repository, and return its source."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(file, index=False, **options)
    return {"table": {"file": name}}
