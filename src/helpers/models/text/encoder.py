"""Networks from texts to features: the card, the encoder, and its upper layers for training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, ClassVar

import numpy as np

from helpers.core import code_digest, cost, quiet_imports
from helpers.core.errors import UserError
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.inference import texts
from helpers.models.inference.texts import Tokenise


def swapped(tokens: np.ndarray, padding: int) -> np.ndarray:
    """Swap 0 and a tokenizer's own padding; done twice it is undone."""
    return np.where(tokens == 0, padding, np.where(tokens == padding, 0, tokens))


def masked_mean(hidden: Any, mask: Any) -> Any:
    """Average [B, T, D] over the tokens that a mask [B, T, 1] of ones and zeros has: [B, D]."""
    from keras import ops

    return ops.sum(hidden * mask, axis=1) / ops.maximum(ops.sum(mask, axis=1), 1.0)


@dataclass(frozen=True)
class TextEncoder:
    """A network from texts to features.

    ``network`` is a keras.Model: tokens int32 [B, T], 0 for none -> [B, dimension]. ``split``
    divides it below a number of upper layers, so that only those are trained: into the lower part,
    tokens -> [B, T, D], and the upper part, [B, T, D] and a mask [B, T] -> [B, dimension].
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
        """Return the number of features."""
        return self.network.output_shape[-1]

    @property
    def parameters(self) -> int:
        """Count the trainable parameters."""
        return sum(prod(weight.shape) for weight in self.network.trainable_weights)

    def unfrozen(self, options: dict[str, Any]) -> "TextEncoder":
        """Return what is trained: the upper layers if the network can be split, else all."""
        if self.split is None:
            return self
        lower, upper = self.split(options["unfreeze"])
        return UpperTextLayers(**vars(self) | {"network": upper}, lower=lower)

    def compile(self, network: Any, threads: int | None = None) -> texts.TextEngine:
        """Make this network, or one trained from it, ready to run."""
        return texts.compile(network, self.tokenise, threads)

    def whole(self, network: Any) -> Any:
        """Return the whole network, from tokens on, of one trained from this."""
        return network

    def inputs(
        self,
        read: Callable[[int], str],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return what the network is trained on: tokens int32 [N, T], 0 for none."""
        tokens, _ = self.tokenise([read(int(position)) for position in positions])
        return texts.pad(tokens, len(tokens), self.size)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        facts: dict[str, Any] = {
            "digest": self.digest,
            "max_tokens": self.size,
            "licence": self.licence,
        }
        facts |= {"preprocessing": self.preprocessing, "parameters": self.parameters}
        if running.seen:
            facts["cut"] = running.truncation()
        gflops = cost.gflops(network, (self.size,), "int32")
        return facts | {"gflops": gflops, "engine": running.name}


@dataclass(frozen=True)
class UpperTextLayers(TextEncoder):
    """The upper layers of an encoder, to be trained; the lower ones run once and stay frozen."""

    lower: Any = None

    @property
    def parameters(self) -> int:
        """Count the whole encoder's parameters."""
        parts = (self.lower, self.network)
        return sum(prod(weight.shape) for part in parts for weight in part.weights)

    def whole(self, network: Any) -> Any:
        """Put trained upper layers on the lower ones."""
        import keras

        tokens = keras.Input((None,), dtype="int32", name="tokens")
        return keras.Model(tokens, network([*self.lower(tokens)]), name="classifier")

    def compile(self, network: Any, threads: int | None = None) -> texts.TextEngine:
        """Make trained upper layers ready to run, from tokens on."""
        return super().compile(self.whole(network), threads)

    def inputs(
        self,
        read: Callable[[int], str],
        positions: Sequence[int],
        what: str,
        augment: Sequence[str] = (),
    ) -> Any:
        """Return the lower layers' output: float32 [N, T, D], and the mask of tokens [N, T]."""
        running = texts.compile(self.lower.hidden, self.tokenise)
        return running.run_all(read, positions, what, self.size)

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the model and what it expects; the whole network runs."""
        return super().about(self.whole(network), running)


@dataclass(frozen=True)
class TextCard(ModelCard):
    """A model of texts before it is loaded; ``build`` makes its encoder.

    ``shorten`` truncates a text where the model stops reading it, to show that; ``cut`` describes
    the same model up to one of its layers.
    """

    shorten: Callable[[str], str] = str
    cut: Callable[[int], "TextCard"] | None = None

    common: ClassVar[tuple[str, ...]] = ("helpers.models.text.encoder",)

    def engine(self) -> dict[str, Any]:
        """Name what will run the network and its code, for the key of its features."""
        modules = ("helpers.models.inference.texts", "helpers.models.inference.openvino")
        return {
            "engine": texts.planned(),
            "code": [code_digest.of_module(name) for name in modules],
        }

    def at(self, layer: str) -> ModelCard:
        """Describe the same model up to a layer, counted from 1.

        Raises
        ------
        UserError
            It has no such layer, or cannot be cut.
        """
        if self.cut is None or not layer.isdigit():
            return super().at(layer)
        return self.cut(int(layer))

    def load(self) -> LoadedModel:
        """Build the encoder.

        Raises
        ------
        UserError
            Its weights cannot be downloaded or read, or it does not map a text to features.
        """
        quiet_imports.tensorflow()
        encoder = self.build()
        if len(encoder.network.output_shape) != 2:
            shape = encoder.network.output_shape
            raise UserError(f"{self.name}: its output {shape} is not a vector of features")
        return replace(encoder, digest=self.digest)
