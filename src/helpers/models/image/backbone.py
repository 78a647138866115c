"""Networks from images to features: the card, the network, and its upper layers for training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.core import progress, quiet_imports
from helpers.core.errors import UserError
from helpers.data.image import augmentation, resizing
from helpers.models.card import KerasModel, ModelCard, Positions, Read, trainable_parameters
from helpers.models.image import layers
from helpers.models.inference import engines, images

MIRRORING = "flip"  # possible above frozen layers: they run once on an image and its mirror image


@dataclass(frozen=True)
class Backbone(KerasModel):
    """RGB images float32 [B, size, size, 3] in 0..255 -> [B, dimension], preprocessing inside."""

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make this network, or one trained from it, ready to run."""
        return images.compile(self.whole(network), threads)

    def unfrozen(self, options: dict[str, Any]) -> "Backbone":
        """Return what is trained: the whole network, or the layers above one."""
        layer = options.get("above")
        if layer is None:
            return self
        lower, upper = layers.split_at(self.network, layer, self.card.name)
        modules = (*self.card.modules, layers.__name__, __name__)
        card = replace(self.card, made_of={**self.card.made_of, "above": layer}, modules=modules)
        return UpperImageLayers(card, upper, self.parameters, self.size, lower)

    def inputs(
        self, read: Read, positions: Positions, what: str, augment: Sequence[str] = ()
    ) -> Any:
        """Return what the network is trained on, in memory: uint8 [N, size, size, 3]."""
        pixels = np.empty((len(positions), self.size, self.size, 3), np.uint8)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            pixels[row] = resizing.resize(read(int(position)), self.size)
        return pixels

    def varied(self, inputs: Any, kinds: Sequence[str], generator: np.random.Generator) -> Any:
        """Augment a training batch at random: float32 [B, size, size, 3]."""
        return augmentation.apply(inputs, kinds, generator)

    def about(self, network: Any, engine: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        preprocessing = f"{resizing.WORDS}; {self.card.preprocessing}"
        if words := getattr(self.network, "features_are", ""):  # where they had to be found
            preprocessing += f"; the features are {words}"
        expects = {"size": self.size, "preprocessing": preprocessing}
        return super().about(network, engine) | expects


@dataclass(frozen=True)
class UpperImageLayers(Backbone):
    """Upper layers of a backbone, to be trained: ``network`` is maps [B, h, w, c] -> features."""

    lower: Any

    def whole(self, network: Any) -> Any:
        """Put trained upper layers on the lower ones."""
        import keras

        return keras.Model(self.lower.input, network(self.lower.output), name="classifier")

    def inputs(
        self, read: Read, positions: Positions, what: str, augment: Sequence[str] = ()
    ) -> np.ndarray:
        """Return the lower layers' output: float32 [N, h, w, c]; [2, N, h, w, c] with mirrors."""
        if other := [kind for kind in augment if kind != MIRRORING]:
            raise UserError(f"augment: {other[0]}: with `above`, only {MIRRORING} is possible")
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


@dataclass(frozen=True, kw_only=True)
class ImageCard(ModelCard):
    """A model of images before it is loaded; ``build`` makes RGB images -> pooled features."""

    build: Callable[[], Any]
    engine: Callable[[], str] = lambda: engines.planned()
    engine_modules: tuple[str, ...] = (images.__name__, *engines.MODULES)

    common = (resizing.__name__,)

    def at(self, layer: str) -> "ImageCard":
        """Describe the network up to a layer, or the last that starts so; averaged over images."""
        return replace(
            self,
            name=f"{self.name}@{layer}",
            made_of={**self.made_of, "layer": layer},
            modules=(*self.modules, layers.__name__),
            build=lambda: layers.cut(self.build(), layer, self.name),
        )

    def load(self) -> Backbone:
        """Build the network; raises UserError also if it does not map an image to features."""
        quiet_imports.tensorflow()
        network = self.build()
        shape, output = network.input_shape, network.output_shape
        if len(shape) != 4 or shape[3] != 3 or shape[1] is None or shape[1] != shape[2]:
            raise UserError(f"{self.name}: its input {shape} is not a square RGB image")
        if len(output) != 2:
            raise UserError(f"{self.name}: its output {output} is not a vector of features")
        return Backbone(self, network, trainable_parameters(network), shape[1])
