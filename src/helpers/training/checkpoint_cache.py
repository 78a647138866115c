"""Trained networks, cached by content: rerunning a notebook does not train again."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from helpers.core import cache, code_digest, files, paths
from helpers.core.errors import reason
from helpers.metrics.registry import validation_modules
from helpers.training.training_loop import HISTORY, FineTuned

VERSIONS = ("keras", "numpy", "scikit-learn", "tensorflow")


def key(**parts: object) -> str:
    """Digest plain values that a training depends on, with its code and its libraries."""
    modules = ["helpers.data.image.augmentation", "helpers.training.training_loop"]
    modules += validation_modules(str(parts.get("primary")))
    versions = [version(name) for name in VERSIONS]
    code = code_digest.of_modules(modules)
    return code_digest.of_value(parts | {"code": code, "versions": versions})


def restored_or_trained(
    name: str, network: Callable[[], keras.Model], train: Callable[[], FineTuned]
) -> FineTuned:
    """Restore the network that was trained and cached under a ``key``, or train and cache it.

    Another process that trains the same one is waited for.
    """
    with files.lock(paths.cache("locks", f"fit-{name}")):
        return _restored_or_trained(paths.cache("fits", f"{name}.entry"), network, train)


def _restored_or_trained(
    file: Path, network: Callable[[], keras.Model], train: Callable[[], FineTuned]
) -> FineTuned:
    if entry := cache.read(file):
        try:
            return _restored(*entry, network())
        except (ValueError, KeyError, TypeError) as error:
            cache.discard(file, reason(error))
    tuned = train()
    weights = {f"{row}": each for row, each in enumerate(tuned.network.get_weights())}
    record = {"history": tuned.history.to_dict("records"), "best": tuned.best}
    cache.write(file, weights, record | {"value": tuned.value, "warnings": tuned.warnings})
    return tuned


def _restored(
    weights: dict[str, np.ndarray], record: dict[str, Any], network: keras.Model
) -> FineTuned:
    network.set_weights([*weights.values()])
    history = pd.DataFrame(record.pop("history"), columns=HISTORY)
    return FineTuned(network, history.astype({"loss": float, "train": float}), **record)
