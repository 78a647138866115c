"""What every model is: a card that is cheap to make, the loaded model, and its engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from typing import Any, ClassVar, Protocol

import numpy as np

from helpers.core import code_digest, cost
from helpers.core.errors import UserError

Read = Callable[[int], Any]  # a position to its item; may be called from several threads
Positions = Sequence[int] | np.ndarray


class Engine(Protocol):
    """A network that is ready to run."""

    @property
    def name(self) -> str:
        """Return what runs the network, with its version."""

    def run(self, read: Read, positions: Positions, what: str = "") -> np.ndarray:
        """Read the items at some positions and infer: float32 [N, ...], in their order."""


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What is known of a model before it is loaded, which needs no TensorFlow.

    ``made_of`` holds plain values that decide the network's numbers, ``modules`` the code that
    does; ``common`` is the code that all models of these items share. ``engine`` names what will
    run the network, ``engine_modules`` its code. ``build`` makes the loaded model from its card.
    """

    name: str
    preprocessing: str
    licence: str
    made_of: dict[str, Any]
    modules: tuple[str, ...]
    build: Callable[..., Any]
    engine: Callable[[], str]
    engine_modules: tuple[str, ...]
    language: str = ""  # the only one that it reads well, if known

    common: ClassVar[tuple[str, ...]] = ()

    @property
    def digest(self) -> str:
        """Digest what the features depend on, except the engine."""
        code = {name: code_digest.of_module(name) for name in (*self.modules, *self.common)}
        parts = {"made_of": self.made_of, "code": code, "keras": version("keras")}
        return code_digest.of_value(parts)

    def at(self, layer: str) -> "ModelCard":
        """Describe the same model up to a layer; raises UserError if it cannot be cut there."""
        raise UserError(f"{self.name}@{layer}: this model cannot be cut at a layer")

    def load(self) -> "LoadedModel":
        """Load the model; raises UserError if its weights cannot be downloaded or read."""
        return self.build(self)


@dataclass(frozen=True)
class LoadedModel:
    """A model from items to features; ``network`` is what ``compile`` takes."""

    card: ModelCard
    network: Any
    parameters: int | None

    untrainable: ClassVar[str] = "this model cannot be trained"

    def compile(self, network: Any, threads: int | None = None) -> Engine:
        """Make this network, or one trained from it, ready to run, unless it is already."""
        return network

    def gflops(self, network: Any) -> float | None:
        """Count a network's operations for one item, in billions; None if they are unknown."""
        return None

    def about(self, network: Any, engine: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        names = ("digest", "preprocessing", "licence")
        facts = {name: getattr(self.card, name) for name in names}
        facts |= {"parameters": self.parameters, "gflops": self.gflops(network)}
        known = {"language": self.card.language} if self.card.language else {}
        return facts | known | {"engine": engine.name}

    def unfrozen(self, options: dict[str, Any]) -> "KerasModel":
        """Return what is trained; raises UserError where nothing can be."""
        raise UserError(f"{self.card.name}: {self.untrainable}")


@dataclass(frozen=True)
class KerasModel(LoadedModel):
    """A model whose network is a keras.Model; ``size`` is that of an item."""

    parameters: int
    size: int

    @property
    def dimension(self) -> int:
        """Return the number of features."""
        return self.network.output_shape[-1]

    def gflops(self, network: Any) -> float | None:
        """Count the operations of the whole network for one item, the longest text."""
        whole = self.whole(network)
        shape = tuple(side or self.size for side in whole.input_shape[1:])
        return cost.gflops(whole, shape, whole.inputs[0].dtype)

    def lengths(self, inputs: Any) -> np.ndarray | None:
        """Return how much of each item of what it is trained on is no padding, if they vary."""
        return None

    def whole(self, network: Any) -> Any:
        """Return the whole network, from items on, of one trained from this."""
        return network


def trainable_parameters(network: Any) -> int:
    """Count the trainable parameters of a Keras network."""
    return sum(prod(weight.shape) for weight in network.trainable_weights)
