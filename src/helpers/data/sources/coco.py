"""Boxes of COCO's instances.json, and of programs that write the same."""

import mmap
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import listed
from helpers.data.detection import boxes
from helpers.data.items import Found, Items, label_text
from helpers.data.sources import CocoSource
from helpers.data.sources.annotated_images import Listing, items_of, splits_by_folder, with_splits

GROUND = "background"
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
MOST = 500_000_000  # bytes; what is kept of it takes up to seven times as much memory


class _Image(msgspec.Struct, gc=False):
    id: int | float | str
    file_name: str
    width: float | None = None
    height: float | None = None


class _Annotation(msgspec.Struct, gc=False):
    image_id: int | float | str
    category_id: int | float | str
    bbox: tuple[float, float, float, float]
    iscrowd: int | bool | None = None
    ignore: int | bool | None = None


class _Category(msgspec.Struct, gc=False):
    id: int | float | str
    name: str | int


class _Instances(msgspec.Struct, gc=False):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def load(fields: CocoSource, task: str) -> Items:
    """Read boxes from one file, or from one for each split; segmentations are not looked at.

    Categories of one name are one class. Raises UserError for numbers that are none, an unknown
    category, and a file beyond ``MOST``.
    """
    given, root, notes = fields.annotations, paths.root() / fields.images, list[str]()
    if not root.is_dir():
        raise UserError(f"{fields.images}: no such folder")
    parts = {"": given} if isinstance(given, str) else dict(sorted(given.items()))
    read = {split: decoded(file, _Instances) for split, file in parts.items()}
    names = dict[int | str, str]()
    for split, part in read.items():
        for each in part.categories:
            [name], key = label_text([each.name]), number(each.id)
            if name is None or names.setdefault(key, name) != name:
                what = f"category {key} is called {each.name!r}, and {names.get(key)!r}"
                raise UserError(f"{parts[split]}: {what}: one name is needed")
    tables = [_tables(part, parts[split], names, split, root) for split, part in read.items()]
    images, found = (pd.concat(each, ignore_index=True) for each in zip(*tables, strict=True))
    lost = found["id"].isna()
    absent = [f"annotations[{row}]" for row in lost.to_numpy().nonzero()[0]]
    if len(found) and lost.all():
        raise UserError(f"{listed(parts.values())}: no image_id of a box is the id of an image")
    where = next(iter(parts.values()))
    if isinstance(given, dict):
        images = with_splits(images, images["split"], "annotations", notes)
    else:
        images = splits_by_folder(images.drop(columns="split"), where, notes)
    files = [paths.root() / file for file in parts.values()]
    more: dict[str, Any] = {"numbers": names, "absent": absent, "notes": notes}
    if ground := sorted(each for each in {*found["label"]} if each.strip("_").lower() == GROUND):
        words = f"there are boxes of {ground[0]!r}: are they counted from another number?"
        said = f"Classes may be shifted: {words}"
        more["noticed"] = {"D514": Found(1, words, consequence=said)}
    return items_of(Listing(where, root, images, found[~lost], files, **more), task, fields.links)


def decoded(file: str, kind: Any, what: str = "COCO annotations") -> Any:
    """Decode a file straight from its pages on disk, so that nothing but boxes is kept of it.

    ``kind`` is the type of its content, ``what`` that in words. Raises UserError as ``load`` does.
    """
    path = paths.root() / file
    if not path.is_file():
        raise UserError(f"{file}: no such file")
    if not 0 < (size := path.stat().st_size) <= MOST:
        cure = "keep the best 100 boxes of each image"
        if kind is _Instances:
            cure = "leave out `segmentation`, or write one file a split: {train: ..., test: ...}"
        said = f"{size / 1e6:,.0f} MB, more than {MOST / 1e6:,.0f}: {cure}"
        raise UserError(f"{file}: {said if size else 'an empty file'}")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        try:
            with memoryview(held) as pages:
                return msgspec.json.decode(pages, type=kind)
        except msgspec.ValidationError as error:
            problem = f"no {what}: {reason(error).replace('`', '')}"
            if "length" in problem:
                problem += " (x, y, width and height)"
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            problem, byte = f"not JSON: {reason(error)}", reason(error).rpartition("(byte ")[2][:-1]
            if byte.isdecimal():  # NaN and Infinity are Python's, not JSON's
                around = held[max(0, int(byte) - 40) : int(byte) + 9].decode(errors="replace")
                problem += f", in {' '.join(around.split())!r}: NaN and Infinity are no numbers"
        raise UserError(f"{file}: {problem}") from None


def number(given: float | str) -> int | str:
    """Read 3, 3.0 and "3" as one number; other ids stay as they are."""
    text = str(given).strip().removesuffix(".0")
    return int(text) if _WHOLE.fullmatch(text) else text


def check_numbers(used: Iterable[int | str], known: Mapping[int | str, str], where: str) -> None:
    """Raise a UserError for numbers of no category; it says whether one more or less gives all."""
    counts = Counter(used)
    if not (wrong := counts.keys() - known.keys()):
        return
    moved = {by: {n + by for n in counts if isinstance(n, int)} for by in (1, -1)}
    off = [by for by, each in moved.items() if each and each <= known.keys()]
    shift = f"; all would be with {off[0]:+d}: are they counted from another number?" if off else ""
    shown, have = (sorted(each, key=lambda n: (isinstance(n, str), n)) for each in (wrong, known))
    many = f"category_id {listed(shown, 6)} of {sum(counts[n] for n in wrong):,} boxes"
    raise UserError(f"{where}: {many}: categories are {listed(have, 6)}{shift}")


def _folder(root: Path, file: Path, first: str) -> str:
    """Return the folder below ``root`` that annotations lie in, if their images lie beside them."""
    inside = file.parent.is_relative_to(root) and file.parent != root and first
    here = inside and not (root / first).is_file() and (file.parent / first).is_file()
    return f"{file.parent.relative_to(root).as_posix()}/" if here else ""


def _tables(
    part: _Instances, file: str, names: dict[int | str, str], split: str, root: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out images and boxes; the id of a box whose image is not listed is missing."""
    keys = [str(number(each.id)) for each in part.images]
    called = [each.file_name.replace("\\", "/") for each in part.images]
    for what, values in (("id", keys), ("file name", called)):
        value, times = next(iter(Counter(values).most_common(1)), ("", 0))
        if times != 1:
            problem = f"images: the {what} {value!r} is there twice" if times else "no images"
            raise UserError(f"{file}: {problem}")
    named = dict(zip(keys, called, strict=True))
    folder = _folder(root, paths.root() / file, next(iter(named.values()), ""))
    path_of = {key: folder + name for key, name in named.items()}
    sizes = [(each.width, each.height) for each in part.images]
    images = pd.DataFrame(sizes, columns=["stated_width", "stated_height"], dtype=float)
    images = images.assign(path=path_of.values(), image_id=path_of.keys(), split=split)
    every = part.annotations
    numbers = [number(each.category_id) for each in every]
    check_numbers(numbers, names, file)
    table = pd.DataFrame([each.bbox for each in every], columns=boxes.SIDES)
    table["id"] = [path_of.get(str(number(each.image_id))) for each in every]
    table["label"] = [names[each] for each in numbers]
    table["ignored"] = [bool(each.iscrowd or each.ignore) for each in every]
    return images, boxes.checked(table, lambda row: f"{file}: annotations[{row}]: bbox")
