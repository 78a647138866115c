"""A backbone that a study pretrained itself, in its stage 0-pretrain: ``pretrained:STUDY/NAME``."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.core import paths
from helpers.core.errors import UserError, check_known
from helpers.core.records.pretraining import PretrainedBackbone, PretrainingRecord
from helpers.models.image.backbone import ImageCard
from helpers.models.kinds import ModelSpec

PREFIX, WEIGHTS = "pretrained:", "backbones.npz"
WIDTHS = (32, 64, 64)  # channels of each convolution


def card(spec: ModelSpec) -> ImageCard:
    """Describe a backbone; raises UserError if its stage has not run, or for another size."""
    found = backbone(spec.name)
    if spec.size not in (None, found.image_size):
        raise UserError(f"{spec.name}: its images have {found.image_size} pixels, not {spec.size}")
    return ImageCard(
        name=spec.name,
        preprocessing="then x / 255",
        licence="of the study's data",
        made_of={
            "weights": found.digest if spec.pretrained else spec.seed,
            "size": found.image_size,
        },
        modules=(__name__,),
        build=lambda: _build(spec, found),
    )


def backbone(name: str) -> PretrainedBackbone:
    """Return what is recorded of a backbone; a UserError if there is nothing."""
    study, _, own = name.partition("@")[0].removeprefix(PREFIX).partition("/")
    if (record := PretrainingRecord.find(study)) is None:
        raise UserError(f"{name}: nothing is pretrained yet: run the notebook 0-pretrain first")
    named = {each.name: each for each in record.backbones}
    check_known("backbone", own, named, study)
    return named[own]


def digest_of(arrays: Sequence[np.ndarray]) -> str:
    """Digest arrays: the same bytes, the same digest."""
    return hashlib.sha256(b"".join(each.tobytes() for each in arrays)).hexdigest()


def network(side: int) -> Any:
    """Build the network with random weights: RGB in 0..255 [B, S, S, 3] -> features [B, D]."""
    from keras import Input, Model, layers

    inputs = Input((side, side, 3), name="picture")
    x = layers.Rescaling(1 / 255, name="rescale")(inputs)
    for number, width in enumerate(WIDTHS, 1):
        start = {"kernel_initializer": "he_normal", "name": f"convolution{number}"}
        x = layers.Conv2D(width, 3, strides=2, padding="same", **start)(x)
        x = layers.LeakyReLU(0.2, name=f"block{number}")(x)
    x = layers.AveragePooling2D(max(1, round(side / 32)), name="pool")(x)  # to about 4 x 4
    return Model(inputs, layers.Flatten(name="features")(x), name="pretrained")


def _build(spec: ModelSpec, found: PretrainedBackbone) -> Any:
    import keras

    keras.utils.set_random_seed(spec.seed)
    made = network(found.image_size or 0)
    return restored(made, spec, found) if spec.pretrained else made


def restored(made: Any, spec: ModelSpec, found: PretrainedBackbone) -> Any:
    """Give a network the weights of a backbone; raises UserError if they were changed."""
    file = paths.build(spec.reference.partition("/")[0]) / WEIGHTS
    try:
        with np.load(file, allow_pickle=False) as stored:
            weights = [stored[f"{found.name}/{row}"] for row in range(len(made.weights))]
    except (OSError, ValueError, EOFError, KeyError):
        weights = []
    if digest_of(weights) != found.digest:
        raise UserError(f"{spec.name}: {paths.shown(file)} was changed: run 0-pretrain again")
    made.set_weights(weights)
    return made
