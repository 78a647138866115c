"""Lines of text on pages: boxes of ink, to the pixel, from the PDF that the page is drawn of."""

import io
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest
from factories.deb_package import package, tarred
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from helpers.catalogue import apt
from helpers.catalogue.entries import Package
from helpers.core.errors import UserError
from helpers.core.schema import check
from helpers.data.sources import document_lines
from helpers.data.sources.document_lines import DocumentFields

LINES = ("Some words, with commas;", "gypsum", "'quoted' and a footnote$^3$", "A-b_c...")
RUSSIAN = ("Несколько слов", "и ещё строка", "третья", "четвёртая")


def pdf(*pages):
    """Write a PDF; each page is lines, (line, x, colour), or an array for a picture."""
    stream = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(stream) as file:
        for page in pages:
            figure = Figure(figsize=(6, 4))
            for row, line in enumerate(page):
                if isinstance(line, np.ndarray):
                    figure.figimage(line)
                    continue
                text, x, colour = line if isinstance(line, tuple) else (line, 0.1, "black")
                figure.text(x, 0.9 - 0.1 * row, text, color=colour, fontsize=12)
            file.savefig(figure)
    return stream.getvalue()


def boxes_of(content, resolution=100):
    with document_lines.opened(content) as document:
        page = document[0]
        grey = document_lines.drawn(page, resolution)
        return grey, list(document_lines.found(page, document_lines.lines(page), resolution))


def bands(grey):
    """Find the boxes of lines without the PDF: rows of ink, parted by rows without."""
    inked = 255 - grey.astype(int) > document_lines.INK
    rows = np.flatnonzero(inked.any(axis=1))
    for band in np.split(rows, 1 + np.flatnonzero(np.diff(rows) > 5)):
        columns = np.flatnonzero(inked[band[0] : band[-1] + 1].any(axis=0))
        yield (columns[0], band[0], np.ptp(columns) + 1, np.ptp(band) + 1)


def sides(found):
    return [tuple(int(box[side]) for side in ("x", "y", "width", "height")) for box in found]


@pytest.mark.parametrize("resolution", [60, 100, 200])
@pytest.mark.parametrize("lines", [LINES, RUSSIAN])
def test_boxes_are_the_ink_of_lines_to_the_pixel(lines, resolution):
    grey, found = boxes_of(pdf(lines), resolution)
    assert sides(found) == list(bands(grey)) and len(found) == 4
    assert not any(box["ignored"] for box in found)


def test_a_wide_gap_ends_a_line_and_a_space_does_not():
    _, found = boxes_of(pdf([("left side", 0.1, "black")]))
    _, both = boxes_of(pdf([("left side         right side", 0.1, "black")]))
    assert len(found) == 1 and len(both) == 2
    assert sides(both)[0] == sides(found)[0]


def test_hidden_text_has_no_box_and_rules_of_signs_are_ignored():
    grey, found = boxes_of(pdf([("hidden", 0.1, "white"), "####", "shown", ("blue", 0.1, "blue")]))
    assert [box["ignored"] for box in found] == [True, False, False]
    assert sides(found) == list(bands(grey))


def test_pages_are_taken_evenly_and_only_with_text_in_their_language(monkeypatch):
    monkeypatch.setattr(document_lines, "FEWEST", 3)
    contents = ["Contents" + "." * 30 + str(n) for n in range(4)]
    picture = np.zeros((20, 20), np.uint8)
    pages = [["title"], contents, LINES, [*LINES, picture], RUSSIAN, LINES, RUSSIAN, LINES]
    with document_lines.opened(pdf(*pages)) as document:
        assert list(document_lines.chosen(document, 9, foreign=False)) == [2, 4, 5, 6, 7]
        assert list(document_lines.chosen(document, 2, foreign=False)) == [2, 4]
        assert list(document_lines.chosen(document, 9, foreign=True)) == [4, 6]
        monkeypatch.setattr(document_lines, "MOST", 3)
        assert not document_lines.chosen(document, 9, foreign=False)


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.setattr(document_lines, "FEWEST", 3)
    documents = {"doc/en.pdf": pdf(LINES, LINES[::-1]), "doc/ru.pdf": pdf(RUSSIAN)}
    path = package(tmp_path, tarred(documents))
    monkeypatch.setattr(apt, "fetch", lambda _: path)
    pinned = Package(name="made", version="1", sha256="0" * 64, size_mb=1)

    def load(**documents):
        fields = {"documents": documents, "pages": 4}
        return document_lines.load([pinned], check(DocumentFields, fields, "made"))

    return load


EN = {"file": "doc/en.pdf", "split": "train"}
RU = {"file": "doc/ru.pdf", "split": "test", "foreign": True}


def test_documents_become_items_with_boxes(load):
    items = load(en=EN, ru=RU)
    assert items.frame["id"].tolist() == ["en/001", "en/002", "ru/001"]
    assert items.frame["group"].tolist() == items.frame["language"].tolist() == ["en", "en", "ru"]
    assert items.frame["split"].tolist() == ["train", "train", "test"]
    assert items.boxes["id"].value_counts().to_dict() == dict.fromkeys(items.frame["id"], 4)
    assert items.digest == load(en=EN, ru=RU).digest != load(en=EN).digest
    with ThreadPoolExecutor(4) as threads:  # pdfium itself bears no second thread
        pages = list(threads.map(items.read, [0, 1, 2] * 4))
    for row in range(3):
        assert pages[row].shape == (400, 600, 3)
        assert all(np.array_equal(pages[row], other) for other in pages[row::3])
        boxes = items.boxes[items.boxes["id"] == items.frame["id"][row]]
        found = [tuple(map(int, box)) for box in boxes[["x", "y", "width", "height"]].to_numpy()]
        assert found == list(bands(pages[row][..., 0]))


def test_a_missing_or_damaged_document_is_one_line(load):
    with pytest.raises(UserError, match=r"no file 'doc/fr\.pdf'; did you mean"):
        load(fr={**EN, "file": "doc/fr.pdf"})
    with (
        pytest.raises(UserError, match="not a readable PDF"),
        document_lines.opened(b"%PDF-1.7 and no more"),
    ):
        pass
