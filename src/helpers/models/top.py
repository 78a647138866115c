"""What lies above a layer of a network of pictures, to be trained; what lies below is run once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import code_digest
from helpers.core.errors import UserError
from helpers.models.image import layers
from helpers.models.image.backbone import Backbone
from helpers.models.inference import images

KINDS = ("flip",)
"""Augmentation that can be had: a picture and its mirror image both go through what lies below."""


@dataclass(frozen=True)
class Top(Backbone):
    """The upper part of a backbone: ``network`` goes from maps [B, h, w, c] to features."""

    lower: Any = None

    def whole(self, network: Any) -> Any:
        """Put a trained top on the layers below it."""
        import keras

        return keras.Model(self.lower.input, network(self.lower.output), name="classifier")

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make a trained top ready to run, from pictures on."""
        return super().compile(self.whole(network), threads)

    def inputs(
        self,
        read: Callable[[int], Any],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> np.ndarray:
        """Return what the layers below say: float32 [N, h, w, c], or [2, N, h, w, c] to be flipped.

        Raises
        ------
        UserError
            Augmentation that would have to run what lies below anew in each epoch.
        """
        if odd := [kind for kind in augment if kind not in KINDS]:
            raise UserError(f"augment: {odd[0]}: only {KINDS[0]} can be had where above is set")
        running = images.compile(self.lower)
        as_is = running.run(read, positions, what)
        if not augment:
            return as_is
        mirrored = running.run(lambda row: read(row)[:, ::-1], positions, f"mirrored {what}")
        return np.stack([as_is, mirrored])

    def varied(self, inputs: Any, kinds: Sequence[str], generator: np.random.Generator) -> Any:
        """Take each item of a batch as it is or mirrored, at random: float32 [B, h, w, c]."""
        side = (generator.random(inputs.shape[1]) < 0.5).astype(int)
        return inputs[side, np.arange(inputs.shape[1])]

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Say what the model is and expects; it is the whole that runs."""
        return super().about(self.whole(network), running)


def above(backbone: Backbone, layer: str) -> Top:
    """Part a backbone at a layer.

    Raises
    ------
    UserError
        It has no such layer, or something goes past that layer.
    """
    lower, upper = layers.parted(backbone.network, layer, backbone.name)
    code = [
        code_digest.of_module(name)
        for name in ("helpers.models.image.layers", "helpers.models.top")
    ]
    own = code_digest.of_value([backbone.digest, layer, code])
    return Top(**vars(backbone) | {"network": upper, "digest": own}, lower=lower)
