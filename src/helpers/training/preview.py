"""Training items as a trained model reads them: scaled, cut off, or whole."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers import models
from helpers.data import tasks
from helpers.data.image import resizing
from helpers.models.text.encoder import TextCard
from helpers.training.fit import TrainedCandidate


def seen(trained: TrainedCandidate, count: int = 12) -> tuple[list[Any], list[str]]:
    """Return training items, spread over the train split, as the model reads them, and labels."""
    dataset, train = trained.request.dataset, trained.request.splits.train
    rows = train[np.linspace(0, len(train) - 1, min(count, len(train))).astype(int)]
    read = READ_AS[tasks.get(dataset.task).surveyed_as]
    items = [read(dataset.example(int(row)), trained) for row in rows]
    return items, dataset.frame["label"].iloc[rows].tolist()


def _image(image: np.ndarray, trained: TrainedCandidate) -> np.ndarray:
    if not (size := trained.result.backbone.get("size")):
        return image
    return resizing.resize(image, size)


def _text(text: str, trained: TrainedCandidate) -> str:
    if not (size := trained.result.backbone.get("max_tokens")):
        return text
    card = models.describe(trained.request.model, None, size, modality="text")
    return card.shorten(text) if isinstance(card, TextCard) else text


READ_AS: dict[str, Callable[[Any, TrainedCandidate], Any]]
READ_AS = {"image": _image, "text": _text, "audio": lambda recording, _: recording}
