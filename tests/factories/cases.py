"""Small inputs that go wrong: pictures, sentences and tones, and what is said about them."""

import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.config import data_source
from helpers.core.errors import UserError
from helpers.data import preparation
from helpers.training import external_predictions

RATE = 16_000
WORDS = ["alpha", "beta", "gamma", "delta", "river", "stone", "cloud"]
WORDS += ["green", "seven", "paper", "light", "window", "garden"]


def to_do(reason):
    """Mark what does not hold yet: it must fail, and by nothing but an assertion."""
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


def scene(kind, seed, size=32):
    """Give a picture of noisy stripes: level for the kind "a", upright for any other."""
    random = np.random.default_rng(seed)
    wave = 110 + 60 * np.sin(np.arange(size) / random.uniform(1.5, 5) + random.uniform(0, 6))
    flat = np.repeat(wave[:, None], size, 1) if kind == "a" else np.repeat(wave[None], size, 0)
    noise = random.normal(0, 14, (size, size, 3))
    return np.clip(flat[..., None] + noise, 0, 255).astype(np.uint8)


def put(path, pixels, **options):
    """Write a picture, in the format that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


def fill(folder, classes, count=20, seed=0):
    """Write a folder of pictures for each class."""
    for position, name in enumerate(classes):
        for number in range(count):
            pixels = scene("ab"[position % 2], seed + 1000 * position + number)
            put(Path(folder) / name / f"{number}.png", pixels)


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


def sentence(seed):
    """Give eight common words and one of its own."""
    return " ".join(np.random.default_rng(seed).choice(WORDS, 8)) + f" w{seed}"


def tone(pitch, seconds, seed):
    """Give a tone that swells and fades, in a little noise."""
    random, time = np.random.default_rng(seed), np.arange(int(RATE * seconds)) / RATE
    swell = (1 + np.sin(9 * time + seed)) / 2
    noise = 0.02 * random.standard_normal(len(time))
    return (0.3 * np.sin(2 * np.pi * pitch * time) * swell + noise).astype("float32")


def look(source, task="image-classification", slices=()):
    """Prepare data: give what was prepared, None if refused, and all that is said of it."""
    try:
        prepared = preparation.prepare(
            data_source.canonical(source, task, "case"), None, task, slices=slices
        )
    except UserError as error:
        return None, str(error).lower()
    found = [f"{each.code} {each.title}: {each.detail}" for each in prepared.findings if each.count]
    return prepared, "; ".join([*found, *prepared.items.notes]).lower()


def given(file, frame, classes, published=()):
    """Read predictions made elsewhere: give them, None if refused, and all that is said of them.

    The source has the columns id and those that are ``published``, such as split.
    """
    items = SimpleNamespace(frame=frame[["id", *published]], merged={})
    data = SimpleNamespace(frame=frame, classes=tuple(classes), items=items)
    try:
        read = external_predictions.read(str(file), data)
    except UserError as error:
        return None, str(error).lower()
    return read, " ".join([*read.doubts, *read.warnings]).lower()


def predicted(file, truth, said, classes, scores):
    """Write predictions of a test side that is given, and read them as :func:`given` does."""
    sides = ["train"] * 4 + ["validation"] * 2
    rows = [(f"{side}{c}{k}", c, side) for c in classes for k, side in enumerate(sides)]
    rows += [(f"test{number}", label, "test") for number, label in enumerate(truth)]
    table = pd.DataFrame({"id": [f"test{number}" for number in range(len(said))]})
    table["prediction"] = said
    for column, name in enumerate(classes):
        table[f"score:{name}"] = scores[:, column]
    table.to_csv(file, index=False)
    return given(file, pd.DataFrame(rows, columns=["id", "label", "split"]), classes, ["split"])
