"""Pictures of other depths, profiles, frames and containers, and copies that look new."""

import io

import numpy as np
import pytest
from factories.cases import fill, look, put, scene, wide_gamut
from PIL import Image, ImageCms

from helpers.data.image import decoding


@pytest.mark.parametrize("form", ["png", "tif"])
@pytest.mark.parametrize(
    "times",
    [
        pytest.param(16, id="12 bits"),
        pytest.param(4, id="10 bits"),
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
