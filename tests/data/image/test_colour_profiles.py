"""Colour profiles: colours arrive in sRGB, whatever the mode of the file."""

import io

import numpy as np
import pytest
from factories.cases import wide_gamut
from PIL import Image, ImageCms

from helpers.data.image import decoding

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
WIDE = wide_gamut()


def read(image, form="PNG", profile=WIDE):
    stream = io.BytesIO()
    image.save(stream, form, icc_profile=profile)
    pixels, stored = decoding.read(stream.getvalue(), {})
    return pixels[0, 0].astype(int), stored


RED = Image.new("RGB", (8, 8), (200, 60, 60))
PLAIN, _ = read(RED)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "JPEG", "AVIF"])
def test_every_format_brings_its_profile(form):
    colour, stored = read(RED, form)
    assert np.abs(colour - PLAIN).max() <= 6 and stored.profile == "wide"
    assert PLAIN[0] > 215  # what the profile calls 200 is a stronger red


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_palettes_and_transparency_are_converted_too(mode):
    colour, stored = read(RED.convert(mode, palette=Image.Palette.ADAPTIVE))
    assert np.abs(colour - PLAIN).max() <= 2 and stored.profile == "wide"


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_a_grey_image_may_have_a_profile_of_colours(mode):
    grey = Image.new("L", (8, 8), 100)
    deep = Image.fromarray(np.tile(np.array([0, 65535, 25700, 25700], np.uint16), (8, 2)))
    colour, stored = read(deep.rotate(180) if mode == "I;16" else grey.convert(mode))
    assert stored.damage == "" and np.abs(colour - 100).max() <= 6 and len(set(colour)) == 1


def test_srgb_itself_changes_no_byte():
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "PNG", icc_profile=SRGB)
    pixels, stored = decoding.read(stream.getvalue(), {})
    assert (pixels == noise).all() and stored.profile == stored.damage == ""


@pytest.mark.parametrize("profile", [b"x", WIDE[:150], WIDE[:-40], SRGB[:200], bytes(4000)])
def test_a_damaged_profile_costs_no_image(profile):
    colour, stored = read(RED, profile=profile)
    assert colour.tolist() == [200, 60, 60] and "profile" in stored.damage


def test_a_profile_of_other_colours_is_not_used():
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    colour, stored = read(ink, "JPEG")
    assert "profile" in stored.damage and colour[0] > 240


def test_lab_is_converted_by_its_own_profile():
    stream = io.BytesIO()
    RED.convert("LAB").save(stream, "TIFF")
    pixels, stored = decoding.read(stream.getvalue(), {})
    assert np.abs(pixels[0, 0].astype(int) - (200, 60, 60)).max() <= 4 and stored.damage == ""
