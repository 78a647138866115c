"""One vector of a network's maps or tokens."""

from typing import Any


def pooled(features: Any) -> Any:
    """Average a map of features [B, H, W, D] or tokens [B, T, D] to [B, D]."""
    from keras import layers

    if len(features.shape) == 4:
        return layers.GlobalAveragePooling2D(name="pooled")(features)
    if len(features.shape) == 3:
        return layers.GlobalAveragePooling1D(name="pooled")(features)
    return features
