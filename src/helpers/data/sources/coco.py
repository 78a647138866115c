"""Boxes of COCO's instances.json, and of programs that write the same."""

import mmap
from collections import Counter
from typing import Any

import msgspec
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted, listed
from helpers.data import split_names
from helpers.data.detection import boxes
from helpers.data.items import Items, label_text
from helpers.data.sources import CocoSource
from helpers.data.sources.annotated_images import Listing, items_of, text

MOST = 500_000_000  # bytes; typed values of it take up to seven times as much memory
Id = int | str


class _Image(msgspec.Struct, gc=False):
    id: Id
    file_name: str
    width: float | None = None
    height: float | None = None


class _Annotation(msgspec.Struct, gc=False):
    image_id: Id
    category_id: int
    bbox: tuple[float, float, float, float]
    iscrowd: int | bool | None = None
    ignore: int | bool | None = None


class _Category(msgspec.Struct, gc=False):
    id: int
    name: str | int


class _Instances(msgspec.Struct, gc=False):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def load(fields: CocoSource, task: str) -> Items:
    """Read boxes from one file, or from one for each split; segmentations are not looked at.

    Raises UserError for what is no such file, numbers that are none, unknown categories, and a file
    beyond ``MOST``.
    """
    given, root = fields.annotations, paths.root() / fields.images
    if not root.is_dir():
        raise UserError(f"{fields.images}: no such folder")
    parts = {"": given} if isinstance(given, str) else given
    read = {split: decoded(file, _Instances) for split, file in parts.items()}
    names, notes = _categories(read, parts)
    tables = [_tables(part, parts[split], names, split) for split, part in read.items()]
    images = pd.concat([each[0] for each in tables], ignore_index=True)
    found = pd.concat([each[1] for each in tables], ignore_index=True)
    absent = tuple(name for each in tables for name in each[2])
    if twice := images["path"][images["path"].duplicated()].tolist():
        raise UserError(f"{listed(parts.values())}: {twice[0]!r} is listed twice among the images")
    where = given if isinstance(given, str) else next(iter(given.values()))
    if isinstance(given, dict):
        ours = dict(zip(given, split_names.of_column(given, "annotations"), strict=True))
        images["split"] = images["split"].map(ours)
    else:
        images = _by_folder(images.drop(columns="split"), notes)
    return items_of(
        Listing(
            where=where,
            root=root,
            images=images,
            boxes=boxes.frame(found),
            read=tuple(paths.root() / file for file in parts.values()),
            classes=tuple(dict.fromkeys(names.values())),
            numbers=names,
            absent=absent,
            notes=tuple(notes),
        ),
        task,
        fields.links is not None,
    )


def decoded(file: str, kind: Any, what: str = "COCO annotations") -> Any:
    """Decode a file straight from its pages on disk, so that nothing but boxes is kept of it.

    ``kind`` is the type of its content, ``what`` that in words. Raises UserError as ``load`` does.
    """
    path = paths.root() / file
    if not path.is_file():
        raise UserError(f"{file}: no such file")
    size = path.stat().st_size
    if size > MOST:
        raise UserError(
            f"{file}: {size / 1e6:,.0f} MB, more than {MOST / 1e6:,.0f}: leave out `segmentation`, "
            "or write one file for each split"
        )
    if not size:
        raise UserError(f"{file}: an empty file")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        try:
            with memoryview(held) as pages:
                return msgspec.json.decode(pages, type=kind)
        except msgspec.ValidationError as error:
            raise UserError(f"{file}: no {what}: {_said(error)}") from None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UserError(f"{file}: {_place(str(error), held)}") from None


def _said(error: Exception) -> str:
    words = reason(error).replace("`", "")
    if "bbox" in words and "length" in words:
        words += " (x, y, width and height are needed)"
    return words


def _place(error: str, held: mmap.mmap) -> str:
    """Say what stands where JSON ends to be JSON: NaN is no number there."""
    _, _, after = error.partition("(byte ")
    if not after.rstrip(")").isdigit():
        return f"not JSON: {error[:120]}"
    byte = int(after.rstrip(")"))
    around = " ".join(held[max(0, byte - 40) : byte + 12].decode(errors="replace").split())
    number = held[:byte].count(b'"bbox"')
    of = f" (box {number:,} of the file)" if number else ""
    return f"not JSON at byte {byte:,}{of}: …{around}…: NaN and Infinity are no numbers of JSON"


def _categories(
    read: dict[str, _Instances], parts: dict[str, str]
) -> tuple[dict[int, str], list[str]]:
    """Return the name of each category, the same in all files; one name of two is one class."""
    names: dict[int, str] = {}
    for split, part in read.items():
        for each in part.categories:
            [name] = label_text([each.name])
            if name is None:
                raise UserError(f"{parts[split]}: category {each.id} has no name")
            if names.setdefault(each.id, name) != name:
                both = f"{names[each.id]!r} and {name!r}"
                raise UserError(f"{parts[split]}: category {each.id} is called {both}")
    if not names:
        raise UserError(f"{next(iter(parts.values()))}: no categories: boxes have no classes")
    twice = [name for name, count in Counter(names.values()).items() if count > 1]
    told = f"categories of the same name are one class: {listed(twice)}"
    return names, [told] * bool(twice)


def _tables(
    part: _Instances, file: str, names: dict[int, str], split: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Lay out images and boxes; and name the boxes whose image is not listed."""
    images = pd.DataFrame(
        {
            "path": [text(each.file_name) for each in part.images],
            "image_id": [str(each.id) for each in part.images],
            "stated_width": [each.width for each in part.images],
            "stated_height": [each.height for each in part.images],
            "split": split,
        }
    ).astype({"stated_width": "float64", "stated_height": "float64"})
    if (repeated := images["image_id"][images["image_id"].duplicated()]).size:
        raise UserError(f"{file}: two images have the id {repeated.iloc[0]}")
    path_of = dict(zip(images["image_id"], images["path"], strict=True))
    every = part.annotations
    number = [each.category_id for each in every]
    if wrong := [row for row, each in enumerate(number) if each not in names]:
        raise UserError(f"{file}: {_unknown(number, wrong, names)}")
    table = pd.DataFrame([each.bbox for each in every], columns=list(boxes.SIDES))
    table["id"] = [path_of.get(str(each.image_id)) for each in every]
    table["label"] = [names[each] for each in number]
    table["ignored"] = [bool(each.iscrowd or each.ignore) for each in every]
    table = boxes.checked(table, lambda row: f"{file}: annotations[{row}]: bbox")
    lost = table["id"].isna()
    if len(table) and lost.all():
        such = f"{every[0].image_id!r} of annotations[0] is none of {listed(path_of, 4)}"
        raise UserError(f"{file}: no box belongs to a listed image: image_id {such}")
    absent = [f"annotations[{row}]" for row in lost.to_numpy().nonzero()[0]]
    return images, table[~lost], absent


def _unknown(number: list[int], wrong: list[int], names: dict[int, str]) -> str:
    """Say which category does not exist, and whether all are counted from another number."""
    used, known = {*number}, {*names}
    what = f"annotations[{wrong[0]}]: category_id {number[wrong[0]]} is none of the categories"
    many = f" ({counted(len(wrong), 'box', 'boxes')} in all)" if len(wrong) > 1 else ""
    off = [by for by in (1, -1) if {each + by for each in used} <= known]
    shifted = f"; all would be with {off[0]:+d}: are they counted from another number?"
    return f"{what}, {listed(sorted(known), 6)}{many}{shifted if off else ''}"


def _by_folder(images: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Take splits from folders such as train2017 where every image lies in one."""
    first: Any = images["path"].str.partition("/")[0].where(images["path"].str.contains("/"))
    if first.isna().any():
        return images
    ours = split_names.translated(first)
    if not set(first) <= set(ours) or len(set(ours.values())) < 2:
        return images
    pairs = Counter(zip(first, first.map(ours), strict=True))
    if any(name != kind for name, kind in pairs):
        notes.append(split_names.note(pairs))
    return images.assign(split=first.map(ours))
