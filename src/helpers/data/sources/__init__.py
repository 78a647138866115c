"""Where items come from: a data set of the catalogue, or a kind of source with its fields.

To add a kind, write a module with a loader and add an entry to ``KINDS``; to add a reader of
archives, write a ``Reader`` and add its name to ``READERS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from helpers.catalogue import entries
from helpers.core import dotted_names
from helpers.core.errors import UserError, unknown
from helpers.core.schema import Section, UnknownKey, check, name
from helpers.data import tasks

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


@dataclass(frozen=True)
class Reader:
    """A way to read a data set of the catalogue out of its archive or packages."""

    fields: type[Section]
    read: Callable[[Any, Any], "Items"]  # from what was fetched and the fields to the items
    fetched: bool = True  # whether it needs an archive or packages


def _rising(levels: Any) -> Any:
    pair = isinstance(levels, list | tuple) and [type(each) in (int, float) for each in levels]
    if pair != [True, True] or not levels[0] < levels[1]:
        raise ValueError("black, then a larger value for white, is needed: [0, 4095]")
    return levels


def _separator(value: str) -> str:
    value = {"\\t": "\t", "tab": "\t"}.get(value.lower(), value)
    if len(value) != 1 or value in '"\r\n\0':
        raise ValueError("one character, or tab, is needed")
    return value


def _renaming(value: Any) -> Any:
    if value != "alike" and not isinstance(value, dict):
        raise ValueError("alike, or {old: new}, is needed")
    if value == "alike":
        return value
    new = {name(old): name(each) for old, each in value.items()}
    if not all(map(str.strip, new.values())):
        raise ValueError("a name is needed; empty the cells of items that have no label")
    if onward := next((each for each in new.values() if new.get(each, each) != each), None):
        raise ValueError(f"{onward!r} is itself renamed: name {new[onward]!r} in its place")
    return new


class LevelsOfImages(Section):
    """The values that are black and white in images of more than 8 bits; found if not given."""

    levels: Annotated[tuple[float, float], BeforeValidator(_rising)] | None = None


class Merge(Section):
    """Names to make one: all that look ``alike``, or each old name with its new one."""

    merge: Annotated[Literal["alike"] | dict[str, str], BeforeValidator(_renaming)]


class NpySource(LevelsOfImages):
    """Two arrays: images [N, H, W] or [N, H, W, C], and labels [N] or one-hot [N, K]."""

    data: str
    labels: str
    groups: str | None = None


class FolderSource(LevelsOfImages):
    """A folder with a sub-folder for each class; ``encoding`` is that of texts."""

    path: str
    encoding: str | None = None
    links: Literal["follow"] | None = None  # allows links that lead out of the folder


class TableSource(LevelsOfImages):
    """A CSV, TSV, JSON Lines or parquet file, an item a row; the fields name its columns."""

    file: str
    path: str | None = None
    text: str | None = None
    transcript: str | None = None
    language: str | None = None  # of the transcripts: a column, or a language for all
    label: str = "label"
    split: str | None = None
    group: str | None = None
    encoding: str | None = None
    links: Literal["follow"] | None = None  # allows links that lead out of its folder
    # of a CSV; found out if it is the only one that fits
    separator: Annotated[str, AfterValidator(_separator)] | None = None


class HubSource(LevelsOfImages):
    """A data set of TensorFlow Datasets or the Hugging Face hub; the fields name its features."""

    name: str
    config: str | None = None
    image: str = "image"
    text: str = "text"
    label: str = "label"


_HERE = "helpers.data.sources"
TIDIED = "helpers.data.names.tidied"  # what is done to the items of every source
_FOLDER = dict.fromkeys(("image", "text", "audio"), f"{_HERE}.folder.load")
_TABLE = dict.fromkeys(("image", "text", "audio"), f"{_HERE}.table.load")
_TABLE["speech"] = f"{_HERE}.speech_table.load"
MERGES = {"labels": ("label",), "groups": ("group", "speaker")}  # columns that a study may merge
KINDS = {  # each kind of source
    "npy": Source(
        NpySource, "data", {"image": f"{_HERE}.arrays.load"}, own_files=("data", "labels", "groups")
    ),
    "folder": Source(FolderSource, "path", _FOLDER, own_files=("path",)),
    "table": Source(TableSource, "file", _TABLE, own_files=("file",), folder_too=True),
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
    "orange": f"{_HERE}.text_corpora.ORANGE",
    "ratings": f"{_HERE}.text_corpora.RATINGS",
    "prompts": f"{_HERE}.asterisk_prompts.PROMPTS",
    "synthesised": f"{_HERE}.asterisk_prompts.ACCENTS",
    "scenes": f"{_HERE}.composed_scenes.SCENES",
    "crowns": f"{_HERE}.tree_crowns.CROWNS",
    "lines": f"{_HERE}.document_lines.LINES",
}


def load(
    source: str | dict[str, Any],
    task: str = "image-classification",
    limit: int | None = None,
    seed: int = 42,
) -> "Items":
    """Find the items of a source; nothing is decoded yet.

    ``source`` is one kind with its fields, and maybe ``labels`` and ``groups`` to merge, or a name
    in params/catalogue/data.yaml, whose entry must agree with ``task``. ``limit`` takes a
    stratified subsample, chosen by ``seed``; ``Items.original`` keeps the full count. Raises
    UserError, in one line: unknown source or field, missing file, wrong shape, unreachable library.
    """
    if isinstance(source, str):
        items = dotted_names.load(f"{_HERE}.catalogue_readers.load")(source, task)
    else:
        kind, fields = checked(source, task)
        items = dotted_names.load(KINDS[kind].loaders[tasks.get(task).modality])(fields, task)
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
    if getattr(section, "levels", None) and tasks.get(task).modality != "image":
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
