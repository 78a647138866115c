"""Frozen features, computed once and cached by the content of everything that decides them."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers import models
from helpers.core import code_digest, cost, files, paths
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.models.card import ModelCard


@dataclass(frozen=True)
class Features:
    """Features of every item of a data set: ``values`` float32 [N, D].

    ``seconds`` is the time to compute them, even if ``cached``. ``backbone`` describes the
    model: digest, size, preprocessing, licence, parameters, gflops, engine.
    """

    values: np.ndarray
    seconds: float
    cached: bool
    backbone: dict[str, Any]


def extract(
    dataset: Dataset,
    model: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Features:
    """Return the features of every item; no network is loaded if they are cached.

    Parameters
    ----------
    dataset : Dataset
    model, weights, size, seed
        As in ``models.describe``.
    threads : int, optional
        Cores to use, all by default; they change no number.

    Raises
    ------
    UserError
        The model is unknown or cannot be loaded.
    """
    card = models.describe(model, weights, size, seed, tasks.get(dataset.task).modality)
    file = paths.cache("features", f"{key(card, dataset)}.npz")
    if cached := _cached(file):
        return cached
    values, about = _compute(card, dataset, threads)
    _write(file, values, about)
    return _features(values, about, cached=False)


def keep(
    features: Features,
    dataset: Dataset,
    model: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
) -> None:
    """Cache features that were put together from parts: see ``extract`` for the parameters."""
    card = models.describe(model, weights, size, seed, tasks.get(dataset.task).modality)
    about = json.dumps({"seconds": features.seconds, "backbone": features.backbone}).encode()
    _write(paths.cache("features", f"{key(card, dataset)}.npz"), features.values, about)


def key(card: ModelCard, dataset: Dataset) -> str:
    """Digest what features depend on: weights, preprocessing, items, layer, type, engine."""
    parts = {
        "model": card.digest,
        "preprocessing": card.preprocessing,
        "data": dataset.digest,
        "ids": dataset.frame["id"].tolist(),
        "layer": card.made_of.get("layer", "pooled"),
        "dtype": "float32",
        **card.engine(),
    }
    return code_digest.of_value(parts)


def _compute(card: ModelCard, dataset: Dataset, threads: int | None) -> tuple[np.ndarray, bytes]:
    """Run the network over every item; its description comes as JSON."""
    backbone = card.load()
    running = backbone.compile(backbone.network, threads)
    with cost.Stopwatch() as watch:
        values = running.run(dataset.example, range(len(dataset.frame)), f"features of {card.name}")
    about = {"seconds": watch.seconds, "backbone": backbone.about(backbone.network, running)}
    return values, json.dumps(about).encode()


def _write(file: Path, values: np.ndarray, about: bytes) -> None:
    content = io.BytesIO()
    np.savez(content, values=values, about=np.frombuffer(about, np.uint8))
    files.write_bytes(file, content.getvalue())


def _cached(file: Path) -> Features | None:
    """Read features from the cache; None if they are absent or damaged."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            return _features(stored["values"], stored["about"].tobytes(), cached=True)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _features(values: np.ndarray, about: bytes, cached: bool) -> Features:
    return Features(values=values, cached=cached, **json.loads(about))
