"""Training items as a fitted model reads them: scaled, cut off, or whole."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers import models
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.data.image import resizing
from helpers.training.fit import Fitted


def seen(fitted: Fitted, dataset: Dataset, count: int = 12) -> tuple[list[Any], list[str]]:
    """Return training items, spread over the train split, as the model reads them, and labels."""
    train = np.flatnonzero(dataset.frame["split"].to_numpy() == "train")
    rows = train[np.linspace(0, len(train) - 1, min(count, len(train))).astype(int)]
    read = READ_AS[tasks.get(dataset.task).surveyed_as]
    items = [read(dataset.example(int(row)), fitted) for row in rows]
    return items, dataset.frame["label"].iloc[rows].tolist()


def _image(image: np.ndarray, fitted: Fitted) -> np.ndarray:
    """Scale an image to the size that the model reads."""
    if not (size := fitted.backbone.get("size")):
        return image
    return resizing.resize(image, size)


def _text(text: str, fitted: Fitted) -> str:
    """Cut a text where the model stops reading."""
    if not (size := fitted.backbone.get("max_tokens")):
        return text
    card: Any = models.describe(fitted.resolved_model, None, size, modality="text")
    return card.shorten(text)


def _audio(recording: np.ndarray, fitted: Fitted) -> np.ndarray:
    """Return a recording as it is: what a model hears of it cannot be shown in less."""
    return recording


READ_AS: dict[str, Callable[[Any, Fitted], Any]] = {"image": _image, "text": _text, "audio": _audio}
"""How an item of each modality is shown as a model reads it."""
