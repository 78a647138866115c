"""What every network of texts comes as: a card that is cheap to make, and the encoder behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from helpers.core import code_digest, cost, quiet_imports
from helpers.core.errors import UserError
from helpers.models.image.backbone import Card

Tokenise = Callable[[list[str]], tuple[list[np.ndarray], int]]
"""Texts to their tokens, int32 [T] each, none 0; and how many texts had to be cut."""


def swapped(tokens: np.ndarray, padding: int) -> np.ndarray:
    """Let 0 and a tokenizer's own padding change places; done twice it is undone."""
    return np.where(tokens == 0, padding, np.where(tokens == padding, 0, tokens))


@dataclass(frozen=True)
class Encoder:
    """A network from texts to features.

    ``network`` is a keras.Model: tokens int32 [B, T], 0 for none -> [B, dimension]. ``split``
    parts it below its top layers, so that those alone are trained: a number of layers to the lower
    part, tokens -> [B, T, D], and the upper one, [B, T, D] and a mask [B, T] -> [B, dimension].
    ``size`` is the most tokens that it reads.
    """

    name: str
    network: Any
    tokenise: Tokenise
    size: int
    preprocessing: str
    licence: str
    split: Callable[[int], tuple[Any, Any]] | None = None
    digest: str = ""

    @property
    def dimension(self) -> int:
        """Return how many features there are."""
        return self.network.output_shape[-1]

    @property
    def parameters(self) -> int:
        """Count what can be learnt."""
        return sum(prod(weight.shape) for weight in self.network.trainable_weights)

    def unfrozen(self, options: dict[str, Any]) -> "Encoder":
        """Return what is trained: the top layers where the network can be parted, else all."""
        if self.split is None:
            return self
        lower, upper = self.split(options["unfreeze"])
        return Top(**vars(self) | {"network": upper}, lower=lower)

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make this network, or one trained from it, ready to run."""
        from helpers.models.inference import texts

        return texts.compile(network, self.tokenise, threads)

    def whole(self, network: Any) -> Any:
        """Return the network that reads tokens, of one trained from this."""
        return network

    def inputs(
        self,
        read: Callable[[int], str],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return what the network is trained on: tokens int32 [N, T], 0 for none."""
        from helpers.models.inference import texts

        tokens, _ = self.tokenise([read(int(position)) for position in positions])
        return texts.pad(tokens, len(tokens), self.size)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Say what the model is and expects, as plain values."""
        known = {"digest": self.digest, "max_tokens": self.size, "licence": self.licence}
        known |= {"preprocessing": self.preprocessing, "parameters": self.parameters}
        if running.seen:
            known["cut"] = f"{running.truncated:,} of {running.seen:,} texts were longer, and cut"
        gflops = cost.gflops(network, (self.size,), "int32")
        return known | {"gflops": gflops, "engine": running.name}


@dataclass(frozen=True)
class Top(Encoder):
    """The top layers of an encoder, to be trained; what lies below is run once and stays."""

    lower: Any = None

    @property
    def parameters(self) -> int:
        """Count the whole encoder's parameters."""
        parts = (self.lower, self.network)
        return sum(prod(weight.shape) for part in parts for weight in part.weights)

    def whole(self, network: Any) -> Any:
        """Put a trained top on the layers below it."""
        import keras

        tokens = keras.Input((None,), dtype="int32", name="tokens")
        return keras.Model(tokens, network([*self.lower(tokens)]), name="classifier")

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make a trained top ready to run, from tokens on."""
        return super().compile(self.whole(network), threads)

    def inputs(
        self,
        read: Callable[[int], str],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return what the layers below say: float32 [N, T, D], and which tokens are there."""
        from helpers.models.inference import texts

        running = texts.compile(self.lower.hidden, self.tokenise)
        return running.run_all(read, positions, what, self.size)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Say what the model is and expects; it is the whole that runs."""
        return super().about(self.whole(network), running)


@dataclass(frozen=True)
class TextCard(Card):
    """What is known of a model of texts before it is loaded; ``build`` makes its encoder.

    ``shorten`` cuts a text where a number of tokens ends, to show what the model reads of it;
    ``cut`` describes the same model up to one of its layers.
    """

    shorten: Callable[[str], str] = str
    cut: Callable[[int], "TextCard"] | None = None
    common = ("helpers.models.text.encoder",)

    def engine(self) -> dict[str, Any]:
        """Name what will run the network, for the key of its features."""
        from helpers.models.inference import texts

        modules = ("helpers.models.inference.texts", "helpers.models.inference.openvino")
        code = [code_digest.of_module(each) for each in modules]
        return {"engine": texts.planned(), "code": code}

    def at(self, layer: str) -> "TextCard":
        """Describe the same model up to a layer, counted from 1.

        Raises
        ------
        UserError
            It has no such layer, or cannot be cut.
        """
        if self.cut is None or not layer.isdigit():
            raise UserError(f"{self.name}@{layer}: this model cannot be cut at a layer")
        return self.cut(int(layer))

    def load(self) -> Encoder:
        """Build the encoder.

        Raises
        ------
        UserError
            Its weights cannot be had or read, or it does not go from texts to features.
        """
        quiet_imports.tensorflow()
        encoder = self.build()
        if len(encoder.network.output_shape) != 2:
            shape = encoder.network.output_shape
            raise UserError(f"{self.name}: its output {shape} is no vector of features")
        return replace(encoder, digest=self.digest)
