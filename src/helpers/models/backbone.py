"""What every kind of model comes as: a card that is cheap to make, and the network behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from typing import Any

from helpers import quiet
from helpers.errors import UserError
from helpers.models import scaling
from helpers.pipeline import digest


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

    @property
    def digest(self) -> str:
        """Digest what the features depend on."""
        names = (*self.modules, "helpers.models.scaling")
        code = {name: digest.of_module(name) for name in names}
        parts = {"made_of": self.made_of, "code": code, "keras": version("keras")}
        return digest.of_value(parts)

    def load(self) -> Backbone:
        """Build the network.

        Raises
        ------
        UserError
            Its weights cannot be had or read, or it does not go from a picture to features.
        """
        quiet.tensorflow()
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
            preprocessing=f"{scaling.WORDS}; {self.preprocessing}",
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


def reason(error: Exception) -> str:
    """Put an error of a library on one line of bounded length."""
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
