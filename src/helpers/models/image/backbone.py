"""Networks from images to features: the card, the network, and its upper layers for training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from helpers.core import code_digest, cost, progress, quiet_imports
from helpers.core.errors import UserError
from helpers.data.image import augmentation, resizing
from helpers.models.card import ModelCard
from helpers.models.image import layers
from helpers.models.inference import images, openvino

MIRRORING = ("flip",)
"""Augmentation possible above frozen layers: they run once on an image and its mirror image."""


@dataclass(frozen=True)
class Backbone:
    """A network from images to features.

    ``network`` is a keras.Model: float32 [B, size, size, 3], RGB in 0..255 -> [B, dimension], with
    the preprocessing inside. ``parameters`` counts the trainable ones. ``digest`` changes with the
    weights, the code that builds the network, and the resizing of images.
    """

    name: str
    network: Any
    size: int
    dimension: int
    parameters: int
    digest: str
    preprocessing: str
    licence: str

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make this network, or one trained from it, ready to run."""
        return images.compile(network, threads)

    def unfrozen(self, options: dict[str, Any]) -> "Backbone":
        """Return what is trained: the whole network, or the layers above one.

        Raises
        ------
        UserError
            It has no such layer, or a connection bypasses that layer.
        """
        layer = options.get("above")
        if layer is None:
            return self
        lower, upper = layers.parted(self.network, layer, self.name)
        modules = ("helpers.models.image.layers", "helpers.models.image.backbone")
        code = [code_digest.of_module(name) for name in modules]
        digest = code_digest.of_value([self.digest, layer, code])
        return UpperImageLayers(**vars(self) | {"network": upper, "digest": digest}, lower=lower)

    def whole(self, network: Any) -> Any:
        """Return the whole network, from images on, of one trained from this."""
        return network

    def inputs(
        self,
        read: Callable[[int], Any],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return what the network is trained on, in memory: uint8 [N, size, size, 3]."""
        pixels = np.empty((len(positions), self.size, self.size, 3), np.uint8)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            pixels[row] = resizing.resize(read(int(position)), self.size)
        return pixels

    def varied(self, inputs: Any, kinds: Sequence[str], generator: np.random.Generator) -> Any:
        """Augment a training batch at random: float32 [B, size, size, 3]."""
        return augmentation.apply(inputs, kinds, generator)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        names = ("digest", "size", "preprocessing", "licence", "parameters")
        facts = {name: getattr(self, name) for name in names}
        gflops = cost.gflops(network, network.input_shape[1:])
        return facts | {"gflops": gflops, "engine": running.name}


@dataclass(frozen=True)
class UpperImageLayers(Backbone):
    """Upper layers of a backbone, to be trained: ``network`` is maps [B, h, w, c] -> features."""

    lower: Any = None

    def whole(self, network: Any) -> Any:
        """Put trained upper layers on the lower ones."""
        import keras

        return keras.Model(self.lower.input, network(self.lower.output), name="classifier")

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make trained upper layers ready to run, from images on."""
        return super().compile(self.whole(network), threads)

    def inputs(
        self,
        read: Callable[[int], Any],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> np.ndarray:
        """Return the lower layers' output: float32 [N, h, w, c]; [2, N, h, w, c] with mirrors.

        Raises
        ------
        UserError
            An augmentation that would run the lower layers again in each epoch.
        """
        if odd := [kind for kind in augment if kind not in MIRRORING]:
            raise UserError(f"augment: {odd[0]}: with `above`, only {MIRRORING[0]} is possible")
        running = images.compile(self.lower)
        as_is = running.run(read, positions, what)
        if not augment:
            return as_is
        mirrored = running.run(lambda row: read(row)[:, ::-1], positions, f"mirrored {what}")
        return np.stack([as_is, mirrored])

    def varied(self, inputs: Any, kinds: Sequence[str], generator: np.random.Generator) -> Any:
        """Take each item of a batch as it is or mirrored, at random: float32 [B, h, w, c]."""
        mirrored = (generator.random(inputs.shape[1]) < 0.5).astype(int)
        return inputs[mirrored, np.arange(inputs.shape[1])]

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the model and what it expects; the whole network runs."""
        return super().about(self.whole(network), running)


@dataclass(frozen=True)
class ImageCard(ModelCard):
    """A model of images before it is loaded; ``build`` makes RGB images -> pooled features."""

    common = ("helpers.data.image.resizing",)

    def engine(self) -> dict[str, Any]:
        """Name what will run the network and its code, for the key of its features."""
        modules = ("helpers.models.inference.images", "helpers.models.inference.openvino")
        code = [code_digest.of_module(name) for name in modules]
        return {"engine": openvino.planned(), "code": code}

    def at(self, layer: str) -> "ImageCard":
        """Describe the network that ends at a layer, its output averaged over the image.

        Parameters
        ----------
        layer : str
            A layer's name, or the start of several names: then the last of these.
        """
        return replace(
            self,
            name=f"{self.name}@{layer}",
            made_of={**self.made_of, "layer": layer},
            modules=(*self.modules, "helpers.models.image.layers"),
            build=lambda: layers.cut(self.build(), layer, self.name),
        )

    def load(self) -> Backbone:
        """Build the network.

        Raises
        ------
        UserError
            Its weights cannot be downloaded or read, or it does not map an image to features.
        """
        quiet_imports.tensorflow()
        network = self.build()
        shape, output = network.input_shape, network.output_shape
        if len(shape) != 4 or shape[3] != 3 or shape[1] is None or shape[1] != shape[2]:
            raise UserError(f"{self.name}: its input {shape} is not a square RGB image")
        if len(output) != 2:
            raise UserError(f"{self.name}: its output {output} is not a vector of features")
        return Backbone(
            name=self.name,
            network=network,
            size=shape[1],
            dimension=output[1],
            parameters=sum(prod(weight.shape) for weight in network.trainable_weights),
            digest=self.digest,
            preprocessing=f"{resizing.WORDS}; {self.preprocessing}",
            licence=self.licence,
        )
