"""Splits of items that belong together, and what is said where there can be none."""

import numpy as np
from factories.cases import look, put, scene


def test_families_in_file_names_are_noted(repository):
    """No patient of p07_s03.png is on two sides, or a line says that files fall into families."""
    random = np.random.default_rng(0)
    for patient in range(16):
        cast, label = random.integers(30, 200, 3), "ill" if patient % 2 else "well"
        for number in range(12):
            pixels = scene("ab"[number % 2], 100 * patient + number, 64) * 0.3 + cast
            pixels = np.clip(pixels + random.normal(0, 40, (64, 64, 3)), 0, 255).astype("uint8")
            put(repository / "set" / label / f"p{patient:02d}_s{number:02d}.png", pixels)
    prepared, said = look({"folder": "set"})
    patients = prepared.frame["id"].str.extract(r"(p[0-9]+)_")[0]
    apart = (prepared.frame.groupby(patients)["split"].nunique() > 1).sum()
    assert apart == 0 or "group" in said or "famil" in said


def test_pictures_of_a_fixed_camera_are_split_or_named_as_near_copies(repository):
    """Where all pictures are nearly equal, a refusal says so and what to set."""
    random, base = np.random.default_rng(0), scene("a", 1, 64).astype(float)
    for number in range(60):
        day = number < 30
        pixels = (base + random.normal(0, 6, base.shape)) * (1 if day else 0.5)
        file = repository / "set" / ("day" if day else "night") / f"{number}.png"
        put(file, np.clip(pixels, 0, 255).astype("uint8"))
    prepared, said = look({"folder": "set"})
    assert prepared is not None or ("near" in said and ("60" in said or "set" in said))


def test_a_split_that_cannot_be_names_the_copies_behind_it(repository):
    """White drawings on transparent ground turn out equal: the refusal says so."""
    for name in "ab":
        for number in range(20):
            pixels = np.full((32, 32, 4), 255, "uint8")
            pixels[..., 3] = scene(name, 100 * (name == "b") + number)[..., 0]
            put(repository / "set" / name / f"{number}.png", pixels)
    prepared, said = look({"folder": "set"})
    assert prepared is not None or any(word in said for word in ("equal", "same colour", "40"))
