"""Decoding: every format and mode comes out as RGB bytes, everything else as a reason."""

import base64
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
    assert decoding.decode(dark)[:, :, 1].tolist() == expected


def test_orientation_of_the_camera_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    turned = decoding.decode(encoded(Image.fromarray(RED), "JPEG", exif=exif))
    assert turned.shape == (6, 4, 3)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width, height):
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
        (np.full((2, 2), 200, np.int64), 200),
        (np.full((2, 2, 1), 0.5), 128),
        (np.full((2, 2, 3), 212.4, np.float32), 212),
        (np.full((2, 2), True), 255),
        (np.full((2, 2), 1.0, np.float16), 255),
        (np.full((2, 2, 4), (0.2, 0.2, 0.2, 0.0)), 255),  # transparent
        (np.full((2, 2, 4), (0, 0, 0, 65535), np.uint16), 0),
    ],
)
def test_an_array_alone_is_read_in_its_own_range(array, level):
    assert (decoding.decode(array) == level).all()


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.array([[np.nan, 1]]), "NaN"),
        (np.array([[np.inf, 1]]), "infinite"),
        (np.zeros((2, 2), complex), "complex"),
        (np.zeros((2, 2, 2)), "channels"),
        (np.zeros(4), "shape"),
        (np.zeros((0, 2)), "empty"),
    ],
)
def test_arrays_out_of_the_rule_are_unreadable(array, reason):
    with pytest.raises(decoding.Unreadable, match=reason):
        decoding.decode(array)


HEIC = (  # 24 x 16 pixels of one red
    "c-muNV30{GsVvAy%}izhg51nBLl8SRGck>Ufw3kxwIq=N0u(b+a*CjAhJwuG5(YG&l$nzcHpIn&fe{FSfN=qY"
    "1_C1>R?f`KO9S&jqM|@fDif5KQI>27V)7MamgK^f{K+gRDge@VG7FOPfpjTQnKL6ZNN56Bk=zG{KYxGxU|`^9"
    "P5|nVaA4$N{Qn=MfElEM8HD6^F*zgxB{iKG8PQ}GC^WK8d$n%Xvj>U`4m2<@@HBvgTatjP*<2V879Z>c+98~r"
    "pHq~VoKpc5<z-+4Dq#@GEG|feddvZeHIj1@K@O9Ex?KQ7|NsC029Ra~(icE9NW37kA`_&MnS+A^q&~AC7Z%3A"
    "U}J4$VrFdtvaNDc5<y|Cr@^>hSTQNt;j6mR|9?-J>R+r#|0{emF}-Nl!RSxF4tz_Qec<z|iSruTGnX5PRsaC;"
    "XlE?"
)


def stored(content):
    return decoding.read(content, {})[1]


def test_the_stored_mode_is_named_from_the_header():
    assert stored(encoded(Image.new("RGBA", (2, 2)))).mode == "RGBA"
    assert stored(encoded(Image.new("L", (2, 2)))).mode == "L"
    assert stored(np.zeros((2, 2, 3))).mode == "array 3"


FRAMES = {"save_all": True, "append_images": [Image.new("RGB", (6, 4)), Image.fromarray(RED)]}


@pytest.mark.parametrize("form", ["PNG", "GIF", "TIFF", "WEBP", "MPO", "AVIF"])
def test_frames_and_pages_are_counted(form):
    assert stored(encoded(Image.fromarray(RED), form, **FRAMES)).frames == 3
    assert stored(encoded(Image.fromarray(RED), form)).frames == 1


def test_the_sizes_of_an_icon_are_no_frames():
    icon = encoded(Image.effect_noise((64, 64), 50), "ICO", sizes=[(16, 16), (32, 32), (64, 64)])
    assert stored(icon).frames == 1 and decoding.decode(icon).shape == (64, 64, 3)


def test_photos_of_telephones_are_read():
    content = zlib.decompress(base64.b85decode(HEIC))
    pixels, about = decoding.read(content, {})
    assert pixels.shape == (16, 24, 3) and about.format == "HEIF" and about.frames == 1
    assert np.abs(pixels[0, 0].astype(int) - (200, 60, 60)).max() <= 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_damaged_exif_costs_no_image(form):
    """A directory that points outside, and one that is cut off."""
    for exif in (
        b"Exif\0\0II*\0\xff\xff\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12\0\x03",
        b"x",
    ):
        content = encoded(Image.fromarray(RED), form, **({} if form == "TIFF" else {"exif": exif}))
        assert decoding.decode(content).shape == (4, 6, 3)


def test_what_was_damaged_is_said():
    broken = stored(encoded(Image.fromarray(RED), "JPEG", icc_profile=b"no profile"))
    assert "profile" in broken.damage
    no_exif = encoded(Image.fromarray(RED), "PNG", exif=b"Exif\0\0no exif")
    assert "orientation" in stored(no_exif).damage
    for content in (b"II*\0\xff\xff\0\0", b"MM\0*\0\0\0\x08\0\x09\x01\x12\0\x03"):
        cut = encoded(Image.fromarray(RED), "JPEG", exif=b"Exif\0\0" + content)
        assert "EXIF" in stored(cut).damage
    sound = Image.Exif()
    sound[0x112] = 6
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        assert stored(encoded(Image.fromarray(RED), form, exif=sound)).damage == ""
    assert stored(encoded(Image.fromarray(RED), "JPEG")).damage == ""


@pytest.mark.parametrize("form", ["I;16", "I;16B", "I", "F"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_wide_greys_are_turned_upright_too(form, orientation):
    values = np.arange(24).reshape(4, 6) * 170
    kinds = {"I;16": "<u2", "I;16B": ">u2", "I": np.int32, "F": np.float32}
    image = Image.fromarray(values.astype(kinds[form]))
    content = encoded(image, "TIFF", tiffinfo={0x0112: orientation})
    expected = np.rint(values * (255 / 4095))
    turned = expected if orientation == 1 else np.rot90(expected, -1)
    assert (decoding.decode(content)[:, :, 0] == turned).all()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"])
def test_eight_bits_are_decoded_once(form, monkeypatch):
    opened = []
    usual = Image.open
    monkeypatch.setattr(Image, "open", lambda stream: opened.append(1) or usual(stream))
    decoding.decode(encoded(Image.fromarray(RED), form))
    assert len(opened) == 1
