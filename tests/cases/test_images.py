"""Pictures of other depths, profiles, frames and containers, and copies that look new."""

import io
import struct

import numpy as np
import pytest
from factories.cases import fill, look, put, scene, to_do
from PIL import Image, ImageCms

from helpers.data.image import decoding

SUNK = "sixteen bits are read as if all were in use"


@pytest.mark.parametrize("form", ["png", "tif"])
@pytest.mark.parametrize(
    "times",
    [
        pytest.param(16, id="12 bits", marks=to_do(SUNK)),
        pytest.param(4, id="10 bits", marks=to_do(SUNK)),
        pytest.param(1, id="8 bits"),
    ],
)
def test_fewer_bits_in_a_file_of_sixteen_do_not_become_black_in_silence(repository, times, form):
    """The brightest level stays bright, or a line says that the pictures are dark."""
    for position, name in enumerate("ab"):
        for number in range(20):
            pixels = scene(name, 100 * position + number)[..., 0].astype("uint16") * times
            put(repository / "deep" / name / f"{number}.{form}", pixels)
    prepared, said = look({"folder": "deep"})
    if prepared is not None:
        brightest = max(prepared.items.read(item).max() for item in range(len(prepared.frame)))
        assert brightest >= 200 or "bright" in said or "dark" in said


@to_do("the range of values is guessed for each picture alone")
@pytest.mark.parametrize("kind", ["npy", "folder"])
def test_the_brighter_class_stays_the_brighter_one(repository, kind):
    """One range of values holds for all pictures of a source."""
    random = np.random.default_rng(0)
    dark, bright = (random.integers(0, top, (30, 32, 32)) for top in (251, 4001))
    pixels, labels = np.concatenate([dark, bright]), np.repeat(["dark", "bright"], 30)
    np.save(repository / "pixels.npy", pixels.astype("uint16"))
    np.save(repository / "labels.npy", labels)
    for number, label in enumerate(labels):
        put(repository / "set" / label / f"{number}.tif", pixels[number].astype("int32"))
    npy = {"npy": {"data": "pixels.npy", "labels": "labels.npy"}}
    prepared, _ = look(npy if kind == "npy" else {"folder": "set"})
    if prepared is not None:
        levels = np.array([prepared.items.read(item).mean() for item in range(60)])
        found = prepared.frame["label"].to_numpy()
        assert levels[found == "bright"].mean() > levels[found == "dark"].mean()


@to_do("a colour profile is ignored")
def test_another_colour_profile_is_converted_or_counted(repository):
    """Colours arrive in sRGB, or a line says how many pictures have another profile."""
    profile, file = wide_gamut(), repository / "red.png"
    put(file, np.full((64, 64, 3), (200, 60, 60), "uint8"), icc_profile=profile)
    own, usual = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    right = np.array(ImageCms.profileToProfile(Image.open(file), own, usual))[0, 0].astype(int)
    for name, options in (("a", {}), ("b", {"icc_profile": profile})):
        for number in range(20):
            pixels = scene("a", 100 * (name == "b") + number)
            put(repository / "set" / name / f"{number}.png", pixels, **options)
    _, said = look({"folder": "set"})
    converted = np.abs(right - decoding.decode(file)[0, 0]).max() <= 2
    assert converted or "profile" in said or "colour space" in said


def wide_gamut():
    """Write the smallest profile of a colour space wider than sRGB."""

    def fixed(*values):
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    white = (0.9642, 1, 0.8249)
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + b"\0" * 78,
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(*white),
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.60974, 0.31111, 0.01947),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.20528, 0.62567, 0.06087),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.14919, 0.06322, 0.74457),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    start, index, body = 132 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        padded = value + b"\0" * (-len(value) % 4)
        index += name + struct.pack(">II", start + len(body), len(padded))
        body += padded
    about = (b"", 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"", b"acsp", b"")
    head = struct.pack(">I4sI4s4s4s12s4s28s", start + len(body), *about) + fixed(*white)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body


@to_do("all frames but the first are left out in silence")
def test_that_only_the_first_of_several_frames_is_used_is_said(repository):
    """A line speaks of frames or pages: here the second of three alone tells the class."""
    for position, name in enumerate("ab"):
        for number in range(20):
            first = scene("a", 100 * position + number)
            second = Image.fromarray(np.full((32, 32, 3), 255 * position, "uint8"))
            more = [second, Image.fromarray(first)]
            put(
                repository / "set" / name / f"{number}.tif",
                first,
                save_all=True,
                append_images=more,
            )
    prepared, said = look({"folder": "set"})
    assert prepared is None or "frame" in said or "page" in said


@to_do("mixed sizes and modes are counted, and not held against the classes")
@pytest.mark.parametrize(
    ("shape_of_a", "form_of_b"),
    [
        pytest.param((64, 66, 3), "png", id="size"),
        pytest.param((64, 64), "png", id="mode"),
        pytest.param((64, 64, 3), "jpg", id="format"),
    ],
)
def test_a_container_that_tells_the_class_is_a_finding(repository, shape_of_a, form_of_b):
    """Where size, mode or format alone parts the classes, a line says so."""
    random = np.random.default_rng(0)
    for number in range(40):
        for name, shape, form in (("a", shape_of_a, "png"), ("b", (64, 64, 3), form_of_b)):
            pixels = random.integers(0, 256, shape, dtype="uint8")
            put(repository / "set" / name / f"{number}.{form}", pixels)
    prepared, said = look({"folder": "set"})
    assert prepared is None or "class" in said or "label" in said


@to_do("files of an unknown format are counted over all classes")
def test_the_class_that_loses_its_files_to_a_format_is_named(repository):
    """A format that is not read, or the class that has it, is named where files are left out."""
    folder = repository / "set"
    fill(folder, "ab", 30)
    for number in range(4, 30):
        (folder / "b" / f"{number}.png").rename(folder / "b" / f"{number}.heic")
    for number in range(5):
        (folder / "b" / f"IMG{number}").write_bytes((folder / "b/0.png").read_bytes())
    prepared, said = look({"folder": "set"})
    consequences = ("d205", "d404", "d405")  # what few items of b lead to, whatever the reason
    named = [each for each in said.split("; ") if not each.startswith(consequences)]
    assert prepared is None or any(
        word in each for each in named for word in (".heic", "of b", "in b")
    )
