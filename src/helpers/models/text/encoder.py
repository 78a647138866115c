"""Networks from texts to features: the card, the encoder, and its upper layers for training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.models.card import KerasModel, ModelCard, Positions, Read
from helpers.models.inference import engines, texts


def swapped(tokens: np.ndarray, padding: int) -> np.ndarray:
    """Swap 0 and a tokenizer's own padding; done twice it is undone."""
    return np.where(tokens == 0, padding, np.where(tokens == padding, 0, tokens))


def masked_mean(hidden: Any, mask: Any) -> Any:
    """Average [B, T, D] over the tokens that a mask [B, T, 1] of ones and zeros has: [B, D]."""
    from keras import ops

    return ops.sum(hidden * mask, axis=1) / ops.maximum(ops.sum(mask, axis=1), 1.0)


@dataclass(frozen=True)
class TextEncoder(KerasModel):
    """A network from texts to features.

    ``network`` maps tokens int32 [B, T], 0 for none -> [B, dimension], of at most ``size`` tokens.
    ``split`` divides it below a number of upper layers, so that only those are trained: into the
    lower part, tokens -> [B, T, D], and the upper part, [B, T, D] and a mask [B, T] -> [B,
    dimension].
    """

    tokenise: texts.Tokenise
    split: Callable[[int], tuple[Any, Any]] | None = None

    def unfrozen(self, options: dict[str, Any]) -> KerasModel:
        """Return what is trained: the upper layers if the network can be split, else all."""
        if self.split is None:
            return self
        lower, upper = self.split(options["unfreeze"])
        return UpperTextLayers(**vars(self) | {"network": upper}, lower=lower)

    def compile(self, network: Any, threads: int | None = None) -> texts.TextEngine:
        """Make this network, or one trained from it, ready to run."""
        return texts.compile(self.whole(network), self.tokenise, threads)

    def inputs(
        self, read: Read, positions: Positions, what: str, augment: Sequence[str] = ()
    ) -> Any:
        """Return what the network is trained on: tokens int32 [N, T], 0 for none."""
        tokens, _ = self.tokenise([read(int(position)) for position in positions])
        return texts.pad(tokens, len(tokens), self.size)

    def lengths(self, inputs: Any) -> np.ndarray:
        """Return the tokens of each text, int [N]."""
        tokens = inputs[-1] if isinstance(inputs, tuple) else inputs
        return (np.asarray(tokens) != 0).sum(axis=1)

    def about(self, network: Any, engine: texts.TextEngine) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        facts = super().about(network, engine) | {"max_tokens": self.size}
        return facts | (engine.facts() if engine.seen else {})


@dataclass(frozen=True)
class UpperTextLayers(TextEncoder):
    """The upper layers of an encoder, to be trained; the lower ones run once and stay frozen."""

    lower: Any = None

    def whole(self, network: Any) -> Any:
        """Put trained upper layers on the lower ones."""
        import keras

        tokens = keras.Input((None,), dtype="int32", name="tokens")
        return keras.Model(tokens, network([*self.lower(tokens)]), name="classifier")

    def inputs(
        self, read: Read, positions: Positions, what: str, augment: Sequence[str] = ()
    ) -> Any:
        """Return the lower layers' output: float32 [N, T, D], and the mask of tokens [N, T]."""
        running = texts.compile(self.lower.hidden, self.tokenise)
        return running.run_all(read, positions, what, self.size)


@dataclass(frozen=True, kw_only=True)
class TextCard(ModelCard):
    """A model of texts before it is loaded."""

    shorten: Callable[[str], str] = str  # truncates a text where the model stops reading it
    cut: Callable[[int], "TextCard"] | None = None  # the same model up to a layer, from 1
    engine: Callable[[], str] = texts.planned
    engine_modules: tuple[str, ...] = (texts.__name__, *engines.MODULES)

    common = (__name__,)

    def at(self, layer: str) -> ModelCard:
        """Describe the same model up to a layer; raises UserError if it cannot be cut there."""
        return self.cut(int(layer)) if self.cut and layer.isdigit() else super().at(layer)
