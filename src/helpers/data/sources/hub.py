"""TensorFlow Datasets and the Hugging Face hub, through their own loaders, when installed."""

import hashlib
import importlib
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.core.errors import UserError, unknown
from helpers.data import tasks
from helpers.data.encoded import content_of
from helpers.data.items import SPLIT_NAMES, Items, label_text


def tensorflow_datasets(
    name: str,
    config: str | None = None,
    image: str = "image",
    text: str = "text",
    label: str = "label",
    task: str = "image-classification",
) -> Items:
    """Load a set of TensorFlow Datasets; its items stay encoded until they are read.

    Raises
    ------
    UserError
        The library is missing, the set is unknown or out of reach, a feature is not there.
    """
    library = _library("tensorflow_datasets", "tensorflow-datasets", "tfds")
    item = {"image": image, "text": text}[tasks.get(task).modality]
    where = f"tfds: {name}"
    full = f"{name}/{config}" if config else name
    builder = _reach(where, lambda: library.builder(full))
    _reach(where, builder.download_and_prepare)
    features = builder.info.features
    _has(features, (item, label), where)
    decoders = {item: library.decode.SkipDecoding()} if item == image else None
    raws: list[bytes] = []
    rows: list[dict[str, Any]] = []
    for side in builder.info.splits:
        if side not in SPLIT_NAMES:
            continue
        dataset = builder.as_dataset(split=side, decoders=decoders, shuffle_files=False)
        for index, example in enumerate(library.as_numpy(dataset)):
            raws.append(bytes(example[item]))
            rows.append(_row(side, index, example[label]))
    identity = f"tfds {builder.info.full_name}"
    return _items(name, rows, raws.__getitem__, features[label], identity, builder.info, task)


def hugging_face(
    name: str,
    config: str | None = None,
    image: str = "image",
    text: str = "text",
    label: str = "label",
    task: str = "image-classification",
) -> Items:
    """Load a set of the Hugging Face hub; no code of the set is run.

    Raises
    ------
    UserError
        The library is missing, the set is unknown or out of reach, a feature is not there.
    """
    library = _library("datasets", "datasets", "hf")
    item = {"image": image, "text": text}[tasks.get(task).modality]
    where = f"hf: {name}"
    sides = _reach(where, lambda: library.load_dataset(name, config))
    kept = {side: sides[side] for side in sides if side in SPLIT_NAMES}
    if not kept:
        raise unknown("split", ", ".join(sides), SPLIT_NAMES, where)
    first = next(iter(kept.values()))
    _has(first.features, (item, label), where)
    if item == image:
        undecoded = library.Image(decode=False)
        kept = {side: each.cast_column(image, undecoded) for side, each in kept.items()}
    rows, places = [], []
    for side, each in kept.items():
        for index, value in enumerate(each[label]):
            rows.append(_row(side, index, value))
            places.append((side, index))

    def raw(index: int) -> bytes | str:
        side, place = places[index]
        stored = kept[side][place][item]
        if isinstance(stored, str):
            return stored
        if stored["bytes"] is not None:
            return stored["bytes"]
        return content_of(_path(stored["path"]))

    prints = [getattr(each, "_fingerprint", "") for each in kept.values()]
    identity = json.dumps(["hf", name, prints])
    return _items(name, rows, raw, first.features[label], identity, first.info, task)


def _library(module: str, package: str, kind: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise UserError(f"{kind}: needs the package {package}: pip install {package}") from None


def _reach(where: str, load: Callable[[], Any]) -> Any:
    """Run a library's loader; whatever goes wrong in there becomes one line."""
    try:
        return load()
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        raise UserError(f"{where}: not loaded: {type(error).__name__}: {lines[0][:200]}") from None


def _has(features: Any, names: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in features:
            raise unknown("feature", name, list(features), where)


def _path(name: str) -> Any:
    from pathlib import Path

    return Path(name)


def _row(side: str, index: int, label: Any) -> dict[str, Any]:
    name = f"{side}/{index:06d}"
    return {"id": name, "label": label, "path": name, "split": SPLIT_NAMES[side]}


def _items(
    name: str, rows: list[dict], raw: Callable, feature: Any, identity: str, info: Any, task: str
) -> Items:
    """Give numbers their class names where the library knows them; -1 is its missing label."""
    classes = list(getattr(feature, "names", None) or [])
    frame = pd.DataFrame(rows)
    if len(frame):
        known = [classes[v] if classes and 0 <= v < len(classes) else v for v in frame["label"]]
        frame["label"] = label_text(None if classes and v == -1 else v for v in known)
    return Items(
        name,
        frame if len(frame) else pd.DataFrame(columns=["id", "label", "path", "split"]),
        raw,
        hashlib.sha256(identity.encode()).hexdigest(),
        licence=str(getattr(info, "license", "") or ""),
        citation=" ".join(str(getattr(info, "citation", "") or "").split()),
        declared=tuple(classes),
        task=task,
    )
