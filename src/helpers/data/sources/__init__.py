"""Where items come from: a data set of the catalogue, or a kind of source with its fields.

To add a kind, write a module with a loader and add an entry to ``KINDS``; to add a reader of
archives, write a ``Reader`` and add its name to ``READERS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helpers.catalogue import entries
from helpers.core import dotted_names
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, UnknownKey, check
from helpers.data import tasks
from helpers.data.sources.fields import (
    CocoSource,
    FolderSource,
    HubSource,
    Merge,
    NpySource,
    TableSource,
    YoloSource,
)

if TYPE_CHECKING:
    from helpers.data.items import Items


@dataclass(frozen=True)
class Source:
    """A kind of data source that a study file may name."""

    fields: type[Section]
    shorthand: str  # the field that a plain string stands for
    # by modality, the dotted name of a function from the fields and the task to the items, imported
    # when it is used: a study of images depends on no loader of speech. It raises UserError
    loaders: Mapping[str, str]
    own_files: tuple[str, ...] = ()  # fields that name a file or folder of the user's
    folder_too: bool = False  # whether files next to the own file are read as well
    bare: bool = False  # whether items can be read without labels

    def own(self, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
        """List the user's own files and folders, each with its field."""
        named = [(key, fields[key]) for key in self.own_files if fields.get(key)]
        several = [(key, each if isinstance(each, dict) else {"": each}) for key, each in named]
        return [(key, file) for key, each in several for file in each.values()]


@dataclass(frozen=True)
class Reader:
    """A way to read a data set of the catalogue out of its archive or packages."""

    fields: type[Section]
    read: Callable[[Any, Any], "Items"]  # from what was fetched and the fields to the items
    fetched: bool = True  # whether it needs an archive or packages


_HERE = "helpers.data.sources"
TIDIED = "helpers.data.names.tidied"  # what is done to the items of every source
_FOLDER = dict.fromkeys(("image", "text", "audio"), f"{_HERE}.folder.load")
_TABLE = dict.fromkeys(("image", "text", "audio"), f"{_HERE}.table.load")
_TABLE |= {"speech": f"{_HERE}.speech_table.load", "detection": f"{_HERE}.box_table.load"}
MERGES = {"labels": ("label",), "groups": ("group", "speaker")}  # columns that a study may merge
KINDS = {  # each kind of source
    "npy": Source(
        NpySource, "data", {"image": f"{_HERE}.arrays.load"}, own_files=("data", "labels", "groups")
    ),
    "folder": Source(FolderSource, "path", _FOLDER, own_files=("path",), bare=True),
    "table": Source(TableSource, "file", _TABLE, own_files=("file",), folder_too=True, bare=True),
    "coco": Source(
        CocoSource,
        "annotations",
        {"detection": f"{_HERE}.coco.load"},
        own_files=("annotations", "images"),
    ),
    "voc": Source(FolderSource, "path", {"detection": f"{_HERE}.voc.load"}, own_files=("path",)),
    "yolo": Source(
        YoloSource,
        "file",
        {"detection": f"{_HERE}.yolo.load"},
        own_files=("file",),
        folder_too=True,
    ),
    "tfds": Source(
        HubSource, "name", dict.fromkeys(("image", "text"), f"{_HERE}.hub.tensorflow_datasets")
    ),
    "hf": Source(HubSource, "name", dict.fromkeys(("image", "text"), f"{_HERE}.hub.hugging_face")),
}
READERS = {  # each reader that an entry of params/catalogue/data.yaml may use, by its dotted name
    "table": f"{_HERE}.archive_readers.TABLE",
    "pixels": f"{_HERE}.archive_readers.PIXELS",
    "folder": f"{_HERE}.archive_readers.FOLDER",
    "sklearn": f"{_HERE}.archive_readers.SKLEARN",
    "orange": f"{_HERE}.orange_tables.ORANGE",
    "by_line": f"{_HERE}.line_files.BY_LINE",
    "ratings": f"{_HERE}.rated_texts.RATINGS",
    "prompts": f"{_HERE}.asterisk_prompts.PROMPTS",
    "synthesised": f"{_HERE}.asterisk_prompts.ACCENTS",
    "names": f"{_HERE}.spoken_names.NAMES",
    "scenes": f"{_HERE}.composed_scenes.SCENES",
    "crowns": f"{_HERE}.tree_crowns.CROWNS",
    "lines": f"{_HERE}.document_lines.LINES",
}


def load(
    source: str | dict[str, Any],
    task: str = "image-classification",
    limit: int | None = None,
    seed: int = 42,
    labelled: bool = True,
) -> "Items":
    """Find the items of a source; nothing is decoded yet.

    ``source`` is one kind with its fields, and maybe ``labels`` and ``groups`` to merge, or a name
    in params/catalogue/data.yaml, whose entry must agree with ``task``. ``limit`` takes a
    stratified subsample, chosen by ``seed``; ``Items.original`` keeps the full count. A kind that
    is ``bare`` can be read without labels. Raises UserError, in one line: unknown source or field,
    missing file, wrong shape, unreachable library.
    """
    if isinstance(source, str):
        items = dotted_names.load(f"{_HERE}.catalogue_readers.load")(source, task)
    else:
        kind, fields = checked(source, task)
        bare = {} if labelled else {"labelled": False}
        items = dotted_names.load(KINDS[kind].loaders[tasks.get(task).modality])(
            fields, task, **bare
        )
        if levels := getattr(fields, "levels", None):
            items = replace(items, decoding={"levels": {"all": levels}})
    items = dotted_names.load(TIDIED)(items, merges(source))
    return items if limit is None else items.subsample(limit, seed)


def checked(source: Any, task: str, where: str = "") -> tuple[str, Section]:
    """Return the kind and the typed fields of a source outside the catalogue; raises UserError."""
    allowed = [name for name, kind in KINDS.items() if tasks.get(task).modality in kind.loaders]
    named = [key for key in source if key not in MERGES] if isinstance(source, dict) else [source]
    wrong, place = [str(key) for key in named if key not in allowed], where.rstrip(":. ")
    if wrong and len(named) > 1:  # beside a kind
        raise UnknownKey(place, wrong[0], [*allowed, *MERGES])
    if wrong or len(named) != 1:
        raise unknown("data source", kind_of(dict.fromkeys(named)), allowed, place)
    [kind], fields = named, source[named[0]]
    if not isinstance(fields, dict):
        fields = {KINDS[kind].shorthand: fields}
    section = check(KINDS[kind].fields, fields, f"{where}{kind}")
    is_image = "image" in tasks.reading(tasks.get(task).modality)
    if getattr(section, "levels", None) and not is_image:
        raise UserError(f"{where}{kind}.levels: only images have levels")
    return kind, section


def kind_of(source: dict[str, Any]) -> str:
    """Name the kind of a source outside the catalogue; several ones are joined by commas."""
    return ", ".join(str(key) for key in source if key not in MERGES)


def merges(source: str | dict[str, Any], where: str = "") -> dict[str, Merge]:
    """Return what a source merges, ``labels`` or ``groups``; raises UserError if it is mistaken."""
    given = source if isinstance(source, dict) else {}
    return {key: check(Merge, given[key], f"{where}{key}") for key in MERGES if key in given}


def modules(source: str | dict[str, Any], task: str) -> list[str]:
    """Name the modules that ``load`` imports by name, for what depends on their code."""
    if isinstance(source, str):
        names = [READERS[reader] for reader in entries.data(source).read if reader in READERS]
        names.append(f"{_HERE}.catalogue_readers.load")
    else:
        names = [KINDS[kind_of(source)].loaders[tasks.get(task).modality]]
    return [dotted_names.module_of(name) for name in (*names, TIDIED)]
