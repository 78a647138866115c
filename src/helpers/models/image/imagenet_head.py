"""The head that a network was pretrained with, from pooled features to classes."""

import numpy as np

from helpers.catalogue import entries
from helpers.core.errors import UserError
from helpers.models.image import efficientnet_lite
from helpers.models.kinds import ModelSpec


def source_head(model: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return weights [D, Z] and bias [Z] of a pretrained classifier; None for other networks."""
    if ":" in model or "@" in model:
        return None
    entry = entries.model(model)
    if entry.family != "efficientnet-lite":  # the one whose archives end in a classifier
        return None
    where, tensors = efficientnet_lite.checkpoint(ModelSpec(model, entry=entry))
    matrix, bias = [tensor for tensor in tensors if tensor.ndim][-2:]
    if matrix.ndim != 2 or bias.shape != matrix.shape[:1]:
        raise UserError(f"{where}: its last tensors are not a linear layer")
    return matrix.T.astype(np.float32), bias.astype(np.float32)
