"""The fields of each kind of data source, as a study file gives them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from helpers.core.schema import Name, Section, name


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
    # of a box, a row each: its left upper corner, and its size or the opposite corner
    x: str | None = None
    y: str | None = None
    width: str | None = None
    height: str | None = None
    x_max: str | None = None
    y_max: str | None = None
    ignored: str | None = None
    encoding: str | None = None
    links: Literal["follow"] | None = None  # allows links that lead out of its folder
    # of a CSV; found out if it is the only one that fits
    separator: Annotated[str, AfterValidator(_separator)] | None = None


class CocoSource(LevelsOfImages):
    """Annotations as COCO writes them, a file or one for each split, and the folder of images."""

    annotations: str | dict[Name, str]
    images: str
    links: Literal["follow"] | None = None


class YoloSource(LevelsOfImages):
    """The data.yaml of a data set for YOLO: its classes, and a folder of images for each split."""

    file: str
    links: Literal["follow"] | None = None


class HubSource(LevelsOfImages):
    """A data set of TensorFlow Datasets or the Hugging Face hub; the fields name its features."""

    name: str
    config: str | None = None
    image: str = "image"
    text: str = "text"
    label: str = "label"
