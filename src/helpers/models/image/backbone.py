"""What every kind of model comes as: a card that is cheap to make, and the network behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from typing import Any

import numpy as np

from helpers.core import code_digest, cost, progress, quiet_imports
from helpers.core.errors import UserError
from helpers.data.image import augmentation, resizing


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
        from helpers.models.inference import images

        return images.compile(network, threads)

    def unfrozen(self, options: dict[str, Any]) -> "Backbone":
        """Return what is trained: all of it, or what lies above a layer."""
        from helpers.models import top

        layer = options.get("above")
        return self if layer is None else top.above(self, layer)

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
        from helpers.models.inference import images

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


def pooled(features: Any) -> Any:
    """Average a map of features [B, H, W, D] or tokens [B, T, D] to [B, D]."""
    from keras import layers

    if len(features.shape) == 4:
        return layers.GlobalAveragePooling2D(name="pooled")(features)
    if len(features.shape) == 3:
        return layers.GlobalAveragePooling1D(name="pooled")(features)
    return features
