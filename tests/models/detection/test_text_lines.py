"""Lines of text: in a map by hand, and on a page made in the test."""

import numpy as np
import pytest
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from helpers.core.errors import Unreachable
from helpers.models import detection
from helpers.models.detection import text_lines

LINES = ("Detectors of text find lines", "wherever there is ink", "and nothing on white paper")


def test_a_core_grows_by_its_area_over_its_perimeter():
    likely = np.zeros((64, 96), np.float32)
    likely[20:30, 10:70], likely[40:44, 50:60] = 0.8, 0.2
    corners, scores = text_lines.lines(likely, 1.0)
    by = 60 * 10 / (2 * (60 + 10))
    assert corners == pytest.approx(np.array([[10 - by, 20 - by, 70 + by, 30 + by]]))
    assert scores == pytest.approx([0.8])
    assert len(text_lines.lines(np.zeros((32, 32), np.float32), 1.0)[1]) == 0


@pytest.mark.parametrize("name", ["ppocr-v4-text", "ppocr-v5-text"])
def test_each_line_of_a_page_is_found_to_its_ink(archives, name):
    page = Image.new("RGB", (600, 400), "white")
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 28)
    for number, text in enumerate(LINES):
        ImageDraw.Draw(page).text((40, 40 + 100 * number), text, "black", font)
    pixels = np.asarray(page)
    try:
        detector = detection.describe(name).load(1)
    except Unreachable as reason:
        pytest.skip(str(reason))
    found = detector.detect(pixels)
    boxes = found.boxes[np.argsort(found.boxes[:, 1])]
    assert len(boxes) == 3 and found.scores.min() > 0.5 and detector.classes == ("text",)
    for number, (x, y, width, height) in enumerate(boxes):
        band = pixels[20 + 100 * number : 100 + 100 * number, :, 0] < 128
        rows, columns = np.nonzero(band)
        ink = columns.min(), rows.min() + 20 + 100 * number, np.ptp(columns), np.ptp(rows)
        assert np.abs(np.subtract((x, y, width, height), ink)).max() < 12
    for shape in ((1, 1, 3), (1, 5000, 3)):
        assert (detector.detect(np.resize(pixels, shape)).boxes >= 0).all()
