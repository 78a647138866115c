"""What every model is: a card that is cheap to make, the loaded model, and its engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, ClassVar, Protocol

import numpy as np

from helpers.core import code_digest
from helpers.core.errors import UserError


class Engine(Protocol):
    """A network that is ready to run."""

    @property
    def name(self) -> str:
        """Return what runs the network, with its version."""

    def run(
        self, read: Callable[[int], Any], positions: Sequence[int], what: str = ""
    ) -> np.ndarray:
        """Read the items at some positions and infer: float32 [N, ...], in their order."""


class LoadedModel(Protocol):
    """A model from items to features; ``network`` is None where Keras does not run it."""

    @property
    def network(self) -> Any:
        """Return what ``compile`` takes."""

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make this network, or one trained from it, ready to run: an ``Engine``."""

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""

    def unfrozen(self, options: dict[str, Any]) -> Any:
        """Return what is trained; raises a ``UserError`` where nothing can be."""


@dataclass(frozen=True)
class ModelCard:
    """What is known of a model before it is loaded, which needs no TensorFlow.

    ``made_of`` holds plain values that decide the network's numbers, ``modules`` the code that
    does; ``common`` is the code that all models of these items share. ``build`` makes the network.
    """

    name: str
    preprocessing: str
    licence: str
    made_of: dict[str, Any]
    modules: tuple[str, ...]
    build: Callable[[], Any]

    common: ClassVar[tuple[str, ...]] = ()

    def engine(self) -> dict[str, Any]:
        """Name what will run the network and its code, for the key of its features."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """Digest what the features depend on."""
        code = {name: code_digest.of_module(name) for name in (*self.modules, *self.common)}
        parts = {"made_of": self.made_of, "code": code, "keras": version("keras")}
        return code_digest.of_value(parts)

    def at(self, layer: str) -> "ModelCard":
        """Describe the same model up to one of its layers.

        Raises
        ------
        UserError
            It has no such layer, or cannot be cut.
        """
        raise UserError(f"{self.name}@{layer}: this model cannot be cut at a layer")

    def load(self) -> LoadedModel:
        """Load the model.

        Raises
        ------
        UserError
            Its weights cannot be downloaded or read, or it does not map an item to features.
        """
        raise NotImplementedError
