"""Trained networks, cached by content: rerunning a notebook does not train again."""

from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from helpers.core import code_digest, files, paths
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
    """Restore the network that was trained and cached under a ``key``, or train and cache it."""
    folder = paths.cache("fits", name)
    if (folder / "training.json").is_file():
        return _restored(folder, network())
    tuned = train()
    stream = BytesIO()
    np.savez(stream, *tuned.network.get_weights())
    files.write_bytes(folder / "weights.npz", stream.getvalue())
    record = {"history": tuned.history.to_dict("records"), "best": tuned.best}
    record |= {"value": tuned.value, "warnings": tuned.warnings}
    files.write_json(folder / "training.json", record)  # last: it marks the entry as complete
    return tuned


def _restored(folder: Path, network: keras.Model) -> FineTuned:
    record = files.read_json(folder / "training.json")
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        network.set_weights([arrays[name] for name in arrays.files])
    history = pd.DataFrame(record["history"], columns=HISTORY)
    history = history.astype({"loss": float, "train": float})
    return FineTuned(network, history, record["best"], record["value"], record["warnings"])
