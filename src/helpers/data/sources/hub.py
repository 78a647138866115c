"""TensorFlow Datasets and the Hugging Face hub, through their own loaders, when installed."""

import hashlib
import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.core.errors import UserError, reason, unknown
from helpers.core.formatting import listed
from helpers.data import split_names, tasks
from helpers.data.encoded import content_of
from helpers.data.items import Items, label_text
from helpers.data.sources import HubSource
from helpers.data.sources.tabular_files import class_name


def tensorflow_datasets(fields: HubSource, task: str) -> Items:
    """Load a set of TensorFlow Datasets; its items stay encoded until they are read."""
    library = _library("tensorflow_datasets", "tensorflow-datasets", "tfds")
    name, where = fields.name, f"tfds: {fields.name}"
    full = f"{name}/{fields.config}" if fields.config else name
    builder = _reach(where, lambda: library.builder(full))
    _reach(where, builder.download_and_prepare)
    features = builder.info.features
    item = _feature(fields, task, features, where)
    is_image = tasks.get(task).modality == "image"
    decoders = {item: library.decode.SkipDecoding()} if is_image else None
    raws: list[bytes] = []
    labels: dict[str, list[Any]] = {split: [] for split in _splits(builder.info.splits, where)}
    for split, values in labels.items():
        dataset = builder.as_dataset(split=split, decoders=decoders, shuffle_files=False)
        for example in library.as_numpy(dataset):
            raws.append(bytes(example[item]))
            values.append(example[fields.label])
    identity, splits = f"tfds {builder.info.full_name}", list(builder.info.splits)
    about = _About(name, identity, features[fields.label], builder.info, splits)
    return _items(about, task, labels, raws.__getitem__)


def hugging_face(fields: HubSource, task: str) -> Items:
    """Load a set of the Hugging Face hub; no code of the set is run."""
    library = _library("datasets", "datasets", "hf")
    name, where = fields.name, f"hf: {fields.name}"
    found = _reach(where, lambda: library.load_dataset(name, fields.config))
    splits = {split: found[split] for split in _splits(found, where)}
    first = next(iter(splits.values()))
    item = _feature(fields, task, first.features, where)
    if tasks.get(task).modality == "image":
        undecoded = library.Image(decode=False)
        splits = {split: each.cast_column(item, undecoded) for split, each in splits.items()}
    labels = {split: list(each[fields.label]) for split, each in splits.items()}
    positions = [(split, index) for split, each in labels.items() for index in range(len(each))]

    def raw(index: int) -> bytes | str:
        split, position = positions[index]
        stored = splits[split][position][item]
        if isinstance(stored, str):
            return stored
        return content_of(Path(stored["path"])) if stored["bytes"] is None else stored["bytes"]

    prints = [getattr(each, "_fingerprint", "") for each in splits.values()]
    label, identity = first.features[fields.label], json.dumps(["hf", name, prints])
    about = _About(name, identity, label, first.info, list(found))
    return _items(about, task, labels, raw)


@dataclass(frozen=True)
class _About:
    """What a library says of a set."""

    name: str
    identity: str  # which changes with its items
    label: Any  # the feature
    info: Any  # with its licence and citation
    splits: list[str]


def _feature(fields: HubSource, task: str, features: Any, where: str) -> str:
    """Name the feature that holds an item, once it and the label are known to be there."""
    item = fields.image if tasks.get(task).modality == "image" else fields.text
    for name in (item, fields.label):
        if name not in features:
            raise unknown("feature", name, list(features), where)
    return item


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
        cause = f"{type(error).__name__}: {reason(error)}"
        raise UserError(f"{where}: not loaded: {cause}") from None


def _splits(names: Iterable[str], where: str) -> dict[str, str]:
    """Translate the names of the splits that can be used; raises UserError if there are none."""
    if ours := split_names.translate(split_names.kinds(names)):
        return ours
    raise unknown("split", ", ".join(names), ("train", "validation", "test"), where)


def _items(
    about: _About, task: str, labels: dict[str, list[Any]], raw: Callable[[int], Any]
) -> Items:
    """Give numbers their class names where the library knows them; -1 is its missing label."""
    classes = list(getattr(about.label, "names", None) or [])
    ours = _splits(about.splits, about.name)
    rows = [
        (f"{split}/{index:06d}", label, ours[split])
        for split, values in labels.items()
        for index, label in enumerate(values)
    ]
    frame = pd.DataFrame(rows, columns=["id", "label", "split"])
    frame.insert(2, "path", frame["id"])
    if any(map(pd.api.types.is_list_like, frame["label"])):
        raise UserError(f"{about.name}: several labels for an item: not supported")
    if classes:
        named = [class_name(value, classes, about.name) for value in frame["label"]]
        frame["label"] = pd.Series(named, dtype=object)
    frame["label"] = label_text(frame["label"])
    notes = [split_names.note({(name, ours[name]): len(each) for name, each in labels.items()})]
    if unread := sorted({*about.splits} - {*labels}):
        notes.append(f"splits of the source that are not read: {listed(unread)}")
    return Items(
        about.name,
        frame,
        raw,
        hashlib.sha256(about.identity.encode()).hexdigest(),
        licence=str(getattr(about.info, "license", "") or ""),
        citation=" ".join(str(getattr(about.info, "citation", "") or "").split()),
        declared=tuple(classes),
        notes=tuple(notes),
        task=task,
    )
