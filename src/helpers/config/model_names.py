"""Names of models as study files have them, checked without loading anything."""

from helpers.catalogue import entries
from helpers.core import paths
from helpers.core.errors import UserError, unknown
from helpers.data import tasks
from helpers.models import kinds


def check_model(name: str, where: str, modality: str = "image") -> None:
    """Check a model's name; an error says what is allowed, with the closest name."""
    name, layer = entries.split_layer(name)
    prefix, _, rest = name.partition(":")
    if prefix == "scratch" and rest:
        check_model(f"{rest}@{layer}" if layer else rest, where, modality)
    elif layer and modality == "text" and not layer.isdigit() and prefix != "onnx":
        raise UserError(f"{where}: {name}@{layer}: a layer of texts is named by its number")
    elif layer and modality == "detection":
        raise UserError(f"{where}: {name}@{layer}: a detector cannot be cut at a layer")
    elif not rest:
        entry, allowed = entries.model(name, where), tasks.reading(modality)
        if (entry.modality == "detection") != (modality == "detection"):
            raise UserError(f"{where}: {name} {_detects(modality)}")
        if entry.modality not in allowed:
            own = ", ".join(each for reads in allowed for each in entries.models(reads))
            many = [tasks.named(kind).MANY for kind in (entry.modality, modality)]
            raise UserError(f"{where}: {name} reads {many[0]}, not {many[1]} (allowed: {own})")
        if layer and entry.layers and layer not in entry.layers:
            raise unknown("layer", layer, entry.layers, f"{where}: {name}")
    elif prefix not in kinds.prefixes(modality):
        raise unknown("kind of model", prefix, [*kinds.prefixes(modality), "scratch"], where)
    elif prefix == "keras" and rest not in (applications := entries.keras_applications()):
        raise unknown("model", name, [f"keras:{each}" for each in applications], where)
    elif prefix in ("file", "onnx") and not (paths.root() / rest).is_file():
        raise UserError(f"{where}: {name}: no such file")


def _detects(modality: str) -> str:
    """Say why a detector or another model stands where the other is needed."""
    if modality != "detection":
        return "is a detector of objects: in object detection, list it under zeroshot"
    allowed = ", ".join(entries.models("detection"))
    cure = "list it under probe or finetune, which train it to"
    return f"finds no objects as it comes: {cure} (allowed here: {allowed})"
