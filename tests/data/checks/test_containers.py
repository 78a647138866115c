"""A rule on one attribute: it is reported where it knows the class, and not where it memorises."""

import itertools

import numpy as np
import pandas as pd
import pytest
import soundfile
from factories.cases import RATE, fill, look, put, tone

from helpers.data.checks.containers import learnt


def rule(labels, values, family=None):
    family = np.arange(len(labels)) if family is None else family
    return learnt("size", pd.DataFrame({"label": labels, "value": values, "family": family}))


def test_a_value_for_each_class_is_right_on_all():
    found = rule(list("ab") * 20, ["1x1", "2x2"] * 20)
    assert (found.right, found.gain, found.items) == (40, 20, 40)


@pytest.mark.parametrize("seed", range(20))
def test_chance_says_nothing(seed):
    random = np.random.default_rng(seed)
    labels = random.choice(["a", "b", "c"], 60)
    for count in (2, 8, 40, 10_000):
        assert rule(labels, random.integers(0, count, 60).astype(str)) is None


def test_values_that_no_other_item_has_are_not_memorised():
    assert rule(list("ab") * 50, [f"{n}x{n}" for n in range(100)]) is None


def test_copies_of_a_family_do_not_tell_of_each_other():
    """Each patient has a size of its own, twelve times: no size tells of another patient."""
    patient = np.repeat(np.arange(20), 12)
    labels, sizes = np.array(["a", "b"])[patient % 2], patient.astype(str)
    assert rule(labels, sizes, patient) is None and rule(labels, sizes) is not None


def test_one_class_of_ten_that_is_stored_otherwise_is_enough():
    labels = np.repeat(list("abcdefghij"), 30)
    found = rule(labels, np.where(labels == "d", "JPEG", "PNG"))
    assert (found.right, found.gain, found.what) == (300, 30, "the class d")
    assert "JPEG is d (30)" in found.detail


def test_a_rare_class_that_is_stored_otherwise_is_enough():
    labels = np.array(["a"] * 300 + ["b"] * 12)
    assert rule(labels, np.where(labels == "b", "L", "RGB")).right == 312


def test_a_weak_tendency_is_none():
    """Portraits are a little more often upright than landscapes are."""
    random = np.random.default_rng(0)
    labels = np.repeat(["a", "b"], 200)
    upright = random.random(400) < np.where(labels == "a", 0.55, 0.45)
    assert rule(labels, upright.astype(str)) is None


def test_one_value_or_one_class_is_none():
    assert rule(list("ab") * 20, ["1x1"] * 40) is None
    assert rule(["a"] * 40, ["1", "2"] * 20) is None


def test_several_attributes_are_one_finding_that_the_answer_repeats(repository):
    random = np.random.default_rng(0)
    for number in range(30):
        put(repository / f"set/a/{number}.png", random.integers(0, 256, (32, 32), "uint8"))
        put(repository / f"set/b/{number}.jpg", random.integers(0, 256, (32, 40, 3), "uint8"))
    prepared, _ = look({"folder": "set"})
    [found] = [each for each in prepared.findings if each.code == "D206"]
    assert "60 of 60" in found.detail and found.count == 30
    assert all(name in found.detail for name in ("size", "colour mode", "file format"))
    assert "60 of 60" in found.consequence


def test_an_annotation_beside_each_image_is_no_lost_format(repository):
    fill(repository / "set", "ab")
    for name in "ab":
        for number in range(20):
            (repository / "set" / name / f"{number}.json").write_text("{}")
    (repository / "set/a/README.txt").write_text("photos")
    prepared, _ = look({"folder": "set"})
    [found] = [each for each in prepared.findings if each.code == "D202"]
    assert found.count == 41 and "not read" not in found.detail and not found.consequence


def test_damaged_files_of_one_class_name_it(repository):
    fill(repository / "set", "ab")
    for number in range(8):
        (repository / f"set/b/{number}.png").write_bytes(b"nothing")
    _, said = look({"folder": "set"})
    assert "8 of 20 of b" in said and "of a" not in said


def test_a_format_that_is_not_read_is_named_with_its_class_and_a_way(repository):
    fill(repository / "set", "ab")
    for number in range(8):
        (repository / f"set/b/{number}.png").rename(repository / f"set/b/{number}.CR2")
    prepared, _ = look({"folder": "set"})
    [found] = [each for each in prepared.findings if each.code == "D202"]
    assert "8 of 20 of b (.cr2 (8))" in found.consequence and ".png" in found.consequence


@pytest.mark.parametrize(
    ("rate", "channels", "form"), [(8000, 1, "wav"), (RATE, 2, "wav"), (RATE, 1, "flac")]
)
def test_how_a_recording_is_stored_is_looked_at_too(repository, rate, channels, form):
    """All of class b come from another device: by rate, channels or encoding."""
    for name, number in itertools.product("ab", range(15)):
        sound = tone(300 + 7 * number + (name == "b"), 0.5, number)
        file = repository / "set" / name / f"{number}.{'wav' if name == 'a' else form}"
        file.parent.mkdir(parents=True, exist_ok=True)
        other = np.stack([sound[:: RATE // rate]] * channels, axis=1)
        soundfile.write(file, *((sound, RATE) if name == "a" else (other, rate)))
    _, said = look({"folder": "set"}, "audio-classification")
    assert "d206 labels that the container gives away: a rule learnt on" in said


def test_recordings_stored_alike_pass(repository):
    for name, number in itertools.product("ab", range(15)):
        file = repository / "set" / name / f"{number}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, tone(300 + 7 * number + (name == "b"), 0.5, number), RATE)
    assert "d206" not in look({"folder": "set"}, "audio-classification")[1]


@pytest.mark.parametrize("kind", ["larger", "upright", "chance"])
def test_sizes_that_are_rarely_the_same_twice(repository, kind):
    random = np.random.default_rng(0)
    for name, number in itertools.product("ab", range(30)):
        width, height = random.integers(30, 50, 2) * (3 if kind == "larger" and name == "b" else 1)
        if kind == "upright":
            width, height = sorted((width, height + 20), reverse=name == "a")
        image = random.integers(0, 256, (height, width, 3), "uint8")
        put(repository / f"set/{name}/{number}.png", image)
    said = look({"folder": "set"})[1]
    assert ("d206" in said) == (kind != "chance")


def test_recordings_of_one_class_that_are_longer(repository):
    for name, number in itertools.product("ab", range(15)):
        file = repository / "set" / name / f"{number}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        seconds = 0.3 + number / 100 + (name == "b")
        soundfile.write(file, tone(300 + 7 * number + (name == "b"), seconds, number), RATE)
    assert "approximate duration" in look({"folder": "set"}, "audio-classification")[1]


def test_only_what_is_missing_is_counted(repository):
    fill(repository / "set", "ab")
    (repository / "set/a/README.txt").write_text("photos")
    [found] = [each for each in look({"folder": "set"})[0].findings if each.code == "D202"]
    assert found.detail == "1 file without a label"
