"""Lines of text on pages of PDFs: pages are drawn, and the truth is read from the PDF itself.

A line's box holds its ink, not the height of its font, and ends where a gap of its height begins.
"""

import contextlib
import hashlib
import math
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.catalogue.tar_packages import TarMembers
from helpers.core.errors import UserError, closest
from helpers.core.schema import Section
from helpers.data.detection import boxes
from helpers.data.items import Found, Items
from helpers.data.sources import Reader

LABEL = "text"  # as the detectors of PP-OCR call it
POINTS = 72  # an inch
INK = 60  # grey levels from the ground from which a pixel belongs to a letter
FEWEST, MOST = 10, 100  # lines of a page; title pages have fewer, and no more are scored
LEADERS = 0.05  # most dots in a row a character; tables of contents have more
FOREIGN = 0.3  # least share of characters beyond ASCII where ``foreign``
Lines = tuple[list[str], np.ndarray]
LOCK = threading.Lock()  # pdfium runs in one thread


class Document(Section):
    """A PDF in one language, and its split; pages without ``foreign`` letters are in English."""

    file: str
    split: Literal["train", "validation", "test"]
    foreign: bool = False


class DocumentFields(Section):
    """The document of each language, how many of its pages are taken, and dots an inch."""

    documents: dict[str, Document]
    pages: Annotated[int, Field(gt=0)] = 16
    resolution: Annotated[int, Field(ge=36, le=300)] = 100


def load(packages: Sequence[Package], fields: DocumentFields) -> Items:
    """Take pages of each document, evenly from its first to its last."""
    members = [TarMembers(apt.fetch(package)) for package in packages]
    contents = {name: _find(members, each) for name, each in fields.documents.items()}
    rows: list[dict[str, Any]] = []
    truth: list[dict[str, Any]] = []
    for name, given in fields.documents.items():
        with opened(contents[name]) as document:
            for number, read in chosen(document, fields.pages, given.foreign).items():
                page, id_ = document[number], f"{name}/{number + 1:03d}"
                lines_of_page = found(page, read, fields.resolution)
                truth += [{"id": id_, "label": LABEL} | box for box in lines_of_page]
                rows.append({"id": id_, "language": name, "split": given.split, "page": number})
    frame, lines = pd.DataFrame(rows), boxes.frame(truth)
    frame["label"] = boxes.image_labels(frame["id"], lines)
    frame["path"] = [fields.documents[row["language"]].file + f"#{row['page'] + 1}" for row in rows]
    frame["group"] = frame["language"]
    content = lines.to_csv() + " ".join(each.sha256 for each in packages)

    def picture(index: int) -> np.ndarray:
        with opened(contents[rows[index]["language"]]) as document:
            page = drawn(document[rows[index]["page"]], fields.resolution)
        return np.repeat(page[..., None], 3, axis=2)

    said = f"{len(contents)} documents, one a language"
    meaning = f"The pages are of {said}: nothing is said of other documents or layouts."
    return Items(
        "document lines",
        frame.drop(columns="page"),
        picture,
        hashlib.sha256(f"{fields} {content}".encode()).hexdigest(),
        root="Debian packages",
        boxes=lines,
        notes=(
            f"drawn at {fields.resolution} dots an inch; boxes are the ink of a line",
            "lines without a letter or digit are neither to be found nor false",
        ),
        noticed={"D521": Found(len(frame), said, consequence=meaning)},
    )


def _find(members: list[TarMembers], document: Document) -> bytes:
    for each in members:
        if document.file in each.names():
            return each.read(document.file)
    every = [name for each in members for name in each.names("*.pdf")]
    raise UserError(f"lines: no file {document.file!r}{closest(document.file, every)}")


@contextlib.contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """Open a PDF for a while; raises UserError without the library or for damage."""
    try:
        import pypdfium2
    except ImportError:
        raise UserError("pypdfium2 is not installed: pip install -e '.[detection]'") from None
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise UserError(f"not a readable PDF: {error}") from None
        with contextlib.closing(document):
            yield document


def chosen(document: Any, count: int, foreign: bool) -> dict[int, Lines]:
    """Choose pages evenly, each the next one that has no picture, and text in its language.

    Text in pictures would be no truth.
    """
    usable, taken = cache(lambda number: _usable(document[number], foreign)), dict[int, Lines]()
    for start in np.linspace(0, len(document), count, endpoint=False).astype(int):
        for number in range(start, len(document)):
            if number not in taken and (read := usable(number)):
                taken[number] = read
                break
    return dict(sorted(taken.items()))


def _usable(page: Any, foreign: bool) -> Lines | None:
    import pypdfium2.raw as pdfium

    if next(iter(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])), None):
        return None
    text = "".join(page.get_textpage().get_text_range().split())
    share = sum(not each.isascii() for each in text) / max(len(text), 1)
    contents = text.count("..") > LEADERS * len(text)  # they lead to the numbers of pages
    if contents or (foreign and share < FOREIGN):
        return None
    read = lines(page)
    return read if FEWEST <= len(read[0]) <= MOST else None


def lines(page: Any) -> Lines:
    """Read the lines of a page and their outlines in points: left, top, right, bottom [L, 4].

    A line ends before a letter that is not level with the one before, or leaves a gap.
    """
    import pypdfium2.raw as pdfium

    text, letters = page.get_textpage(), []
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        left, bottom, right, top = glyph = text.get_charbox(index)
        if letter.strip() and right > left and top > bottom:
            letters.append((letter, *glyph, *text.get_charbox(index, loose=True)))
    if not letters:
        return [], np.empty((0, 4))
    said = [letter[0] for letter in letters]
    places = np.array([letter[1:] for letter in letters])
    before, after = places[:-1, 4:].T, places[1:, 4:].T  # the room of a letter in its font
    low = np.minimum(before[3] - before[1], after[3] - after[1])
    level = np.minimum(before[3], after[3]) - np.maximum(before[1], after[1]) >= low / 2
    starts = np.append(0, 1 + np.flatnonzero(~level | (np.abs(after[0] - before[2]) >= low)))
    first, last = (
        reduced.reduceat(places[:, columns], starts)
        for reduced, columns in ((np.minimum, [0, 1]), (np.maximum, [2, 3]))
    )
    height = page.get_height()
    outlines = np.column_stack([first[:, 0], height - last[:, 1], last[:, 0], height - first[:, 1]])
    ends = np.append(starts[1:], len(said))
    return ["".join(said[a:b]) for a, b in zip(starts, ends, strict=True)], outlines


def drawn(page: Any, resolution: int) -> np.ndarray:
    """Draw a page in grey: uint8 [height, width]."""
    bitmap = page.render(scale=resolution / POINTS, grayscale=True)
    return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)


def found(page: Any, read: Lines, resolution: int) -> Iterator[dict[str, object]]:
    """Yield the boxes of a page's lines, drawn tight around their ink; hidden ones have none."""
    grey = drawn(page, resolution).astype(np.int16)
    scale = resolution / POINTS
    for text, outline in zip(*read, strict=True):
        left, top = (max(0, math.floor(value * scale)) for value in outline[:2])
        right, bottom = (math.ceil(value * scale) for value in outline[2:])
        part = grey[top:bottom, left:right]
        if not part.size:
            continue
        ink = np.abs(part - np.median(part)) > INK
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        if len(rows):
            box = {"x": left + columns[0], "y": top + rows[0]}
            box |= {"width": np.ptp(columns) + 1, "height": np.ptp(rows) + 1}
            yield box | {"ignored": not any(map(str.isalnum, text))}


LINES = Reader(DocumentFields, load)
