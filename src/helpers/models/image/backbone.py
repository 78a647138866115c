"""What every kind of model comes as: a card that is cheap to make, and the network behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import prod
from typing import Any

import numpy as np

from helpers.core import code_digest, cost, progress, quiet_imports
from helpers.core.errors import UserError
from helpers.data.image import augmentation, resizing
from helpers.models.image import layers
from helpers.models.inference import images

MIRRORING = ("flip",)
"""Augmentation that can be had: a picture and its mirror image both go through what lies below."""


@dataclass(frozen=True)
class Backbone:
    """A network from pictures to features.

    ``network`` is a keras.Model: float32 [B, size, size, 3], RGB in 0..255 -> [B, dimension], with
    the preprocessing inside. ``parameters`` are those that can be learnt. ``digest`` changes with
    the weights, the code that builds the network, and the scaling of pictures.
    """

    name: str
    network: Any
    size: int
    dimension: int
    parameters: int
    digest: str
    preprocessing: str
    licence: str

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make this network, or one trained from it, ready to run: an ``engine.Engine``."""
        return images.compile(network, threads)

    def unfrozen(self, options: dict[str, Any]) -> "Backbone":
        """Return what is trained: all of it, or what lies above a layer.

        Raises
        ------
        UserError
            It has no such layer, or something goes past that layer.
        """
        layer = options.get("above")
        if layer is None:
            return self
        lower, upper = layers.parted(self.network, layer, self.name)
        modules = ("helpers.models.image.layers", "helpers.models.image.backbone")
        code = [code_digest.of_module(name) for name in modules]
        digest = code_digest.of_value([self.digest, layer, code])
        return Top(**vars(self) | {"network": upper, "digest": digest}, lower=lower)

    def whole(self, network: Any) -> Any:
        """Return the network that reads items, of one trained from this."""
        return network

    def inputs(
        self,
        read: Callable[[int], Any],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return what the network is trained on, in memory: uint8 [N, size, size, 3]."""
        pictures = np.empty((len(positions), self.size, self.size, 3), np.uint8)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            pictures[row] = resizing.resize(read(int(position)), self.size)
        return pictures

    def varied(self, inputs: Any, kinds: Sequence[str], generator: np.random.Generator) -> Any:
        """Change a training batch at random: float32 [B, size, size, 3]."""
        return augmentation.apply(inputs, kinds, generator)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Say what the model is and expects, as plain values."""
        names = ("digest", "size", "preprocessing", "licence", "parameters")
        known = {name: getattr(self, name) for name in names}
        gflops = cost.gflops(network, network.input_shape[1:])
        return known | {"gflops": gflops, "engine": running.name}


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
        if odd := [kind for kind in augment if kind not in MIRRORING]:
            raise UserError(f"augment: {odd[0]}: only {MIRRORING[0]} can be had where above is set")
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


@dataclass(frozen=True)
class Card:
    """What is known of a model before it is loaded, which needs no TensorFlow.

    ``made_of`` holds plain values that decide the network's numbers; ``modules`` is the code that
    does so. ``build`` makes the network, from RGB pictures to pooled features.
    """

    name: str
    preprocessing: str
    licence: str
    made_of: dict[str, Any]
    modules: tuple[str, ...]
    build: Callable[[], Any]

    common = ("helpers.data.image.resizing",)
    """The code that every model of these items shares."""

    def engine(self) -> dict[str, Any]:
        """Name what will run the network, for the key of its features."""
        modules = ("helpers.models.inference.images", "helpers.models.inference.openvino")
        return {
            "engine": images.planned(),
            "code": [code_digest.of_module(each) for each in modules],
        }

    @property
    def digest(self) -> str:
        """Digest what the features depend on."""
        names = (*self.modules, *self.common)
        code = {name: code_digest.of_module(name) for name in names}
        parts = {"made_of": self.made_of, "code": code, "keras": version("keras")}
        return code_digest.of_value(parts)

    def at(self, layer: str) -> "Card":
        """Describe the network that ends at a layer, its output averaged over the image.

        Parameters
        ----------
        layer : str
            A layer's name, or the start of several's: then the last of these.
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
            Its weights cannot be had or read, or it does not go from a picture to features.
        """
        quiet_imports.tensorflow()
        network = self.build()
        shape, output = network.input_shape, network.output_shape
        if len(shape) != 4 or shape[3] != 3 or shape[1] is None or shape[1] != shape[2]:
            raise UserError(f"{self.name}: its input {shape} is no square RGB picture")
        if len(output) != 2:
            raise UserError(f"{self.name}: its output {output} is no vector of features")
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
