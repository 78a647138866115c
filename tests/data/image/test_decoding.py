"""Decoding: every format and mode comes out as RGB bytes, everything else as a reason."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from helpers.data.image import decoding

RED = np.zeros((4, 6, 3), np.uint8) + np.array([200, 0, 0], np.uint8)


def encoded(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_common_formats_come_out_alike(form):
    options = {"lossless": True} if form == "WEBP" else {}
    pixels = decoding.decode(encoded(Image.fromarray(RED), form, **options))
    assert pixels.shape == (4, 6, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - RED).max() <= 3  # JPEG may move a level or two


def test_grey_palette_cmyk_and_one_bit_become_rgb():
    red = Image.fromarray(RED)
    assert (decoding.decode(encoded(red.convert("P", palette=Image.Palette.ADAPTIVE))) == RED).all()
    assert decoding.decode(encoded(red.convert("CMYK"), "TIFF"))[0, 0].tolist() == [200, 0, 0]
    grey = decoding.decode(encoded(Image.new("L", (2, 2), 77)))
    assert (grey == 77).all() and grey.shape == (2, 2, 3)
    assert (decoding.decode(encoded(Image.new("1", (2, 2), 1))) == 255).all()


def test_transparency_is_composited_on_white():
    half = Image.new("RGBA", (2, 2), (0, 0, 0, 128))
    assert decoding.decode(encoded(half))[0, 0].tolist() == [127, 127, 127]
    palette = Image.new("P", (2, 2), 0)
    palette.putpalette([9, 9, 9] * 256)
    assert (decoding.decode(encoded(palette, transparency=0)) == 255).all()


def test_sixteen_bits_are_scaled_to_eight():
    dark = np.array([[0, 256], [32768, 65535]], np.uint16)
    expected = [[0, 1], [128, 255]]
    assert decoding.decode(encoded(Image.fromarray(dark)))[:, :, 0].tolist() == expected
    assert decoding.decode(encoded(Image.fromarray(dark), "TIFF"))[:, :, 2].tolist() == expected
    assert decoding.from_array(dark)[:, :, 1].tolist() == expected


def test_orientation_of_the_camera_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    turned = decoding.decode(encoded(Image.fromarray(RED), "JPEG", exif=exif))
    assert turned.shape == (6, 4, 3)


def bomb(width, height):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


BAD = {
    "text": (b"hello, I am no image", "not an image"),
    "empty": (b"", "not an image"),
    "truncated": (encoded(Image.effect_noise((64, 64), 50))[:2000], "truncated"),
    "bomb": (bomb(20_000, 20_000), "more than 100,000,000 pixels"),
    "smaller bomb": (bomb(11_000, 11_000), "more than 100,000,000 pixels"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_decoded_has_a_reason(case):
    content, reason = BAD[case]
    with pytest.raises(decoding.Unreadable, match=reason) as caught:
        decoding.decode(content)
    assert str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path):
    with pytest.raises(decoding.Unreadable, match="no such file"):
        decoding.decode(tmp_path / "absent.png")
    with pytest.raises(decoding.Unreadable, match="directory"):
        decoding.decode(tmp_path)


@pytest.mark.parametrize(
    ("array", "level"),
    [
        (np.full((2, 2), 7, np.int64), 7),
        (np.full((2, 2, 1), 0.5), 128),
        (np.full((2, 2, 3), 12.4, np.float32), 12),
        (np.full((2, 2), True), 255),
        (np.full((2, 2), 1.0, np.float16), 255),
    ],
)
def test_arrays_follow_the_stated_rule(array, level):
    assert (decoding.from_array(array) == level).all()


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.array([[np.nan, 1]]), "NaN"),
        (np.array([[np.inf, 1]]), "infinite"),
        (np.array([[-1, 1]]), "values from -1 to 1"),
        (np.array([[300.0, 1]]), "to 300"),
        (np.zeros((2, 2), complex), "complex"),
        (np.zeros((2, 2, 2)), "channels"),
        (np.zeros(4), "shape"),
        (np.zeros((0, 2)), "empty"),
    ],
)
def test_arrays_out_of_the_rule_are_unreadable(array, reason):
    with pytest.raises(decoding.Unreadable, match=reason):
        decoding.from_array(array)


def test_the_stored_mode_is_named_from_the_header():
    assert decoding.mode_of(encoded(Image.new("RGBA", (2, 2)))) == "RGBA"
    assert decoding.mode_of(encoded(Image.new("L", (2, 2)))) == "L"
    assert decoding.mode_of(np.zeros((2, 2, 3))) == "array 3"
