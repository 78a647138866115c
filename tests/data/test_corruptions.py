"""A corruption is one entry of its modality's table: studies may name it, test items suffer it."""

import numpy as np
import pytest
from factories.dataset import made_dataset

from helpers.config import study_file
from helpers.core import dotted_names
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.audio import corruptions as of_speech
from helpers.data.image import corruptions as of_images
from helpers.training import robustness

IMAGES = """\
# What it shows.
task: image-classification
data: {source: digits-8x8}
candidates: [{baseline: majority}]
robustness: {noises: [inverted], severities: [0.5], items: 20}
"""
SPEECH = """\
# What it shows.
task: speech-recognition
data: {source: prompts-english}
candidates: [{baseline: empty-transcript}]
evaluate: {noise: %s}
"""


def load(repository, text):
    (repository / "params" / "made.yaml").write_text(text)
    return study_file.load("made")


def inverted(image, severity, generator):
    return np.rint(image + severity * (255.0 - 2 * image)).astype(np.uint8)


def test_a_new_corruption_of_images_is_one_entry(repository, monkeypatch):
    with pytest.raises(UserError, match="robustness.noises: unknown .*'inverted'"):
        load(repository, IMAGES)
    monkeypatch.setitem(of_images.CORRUPTIONS, "inverted", inverted)
    plan = load(repository, IMAGES).robustness.model_dump()
    dataset = made_dataset()
    changed = robustness.corrupted(dataset, plan, 0)
    row = dataset.frame.index[dataset.frame["id"] == changed.frame["item"][0]][0]
    generator = np.random.default_rng(0)
    assert np.array_equal(changed.example(0), inverted(dataset.example(row), 0.5, generator))


def test_a_new_corruption_of_speech_is_one_entry(repository, monkeypatch):
    with pytest.raises(UserError, match="unknown .*'hum'"):
        load(repository, SPEECH % "{hum: [10]}")
    entry = of_speech.Corruption("hum at {:g} dB", lambda voices: of_speech.white, 0, 60)
    monkeypatch.setitem(of_speech.CORRUPTIONS, "hum", entry)
    assert load(repository, SPEECH % "{hum: [10]}").evaluate.noise == {"hum": (10,)}


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        ("{white: [101]}", "noise.white: 101 is not between -40 and 100"),
        ("{band: [500]}", "noise.band: 500 is not between 1000 and 16000"),
        ("{white: [5, 5]}", "noise.white: duplicate strength"),
        ("{whit: [5]}", "unknown .*'whit'; did you mean 'white'"),
        ("{white: [loud]}", "noise.white"),
        ("{white: [.nan]}", "noise.white.0: must be a finite number, not nan"),
    ],
)
def test_a_wrong_strength_is_refused(repository, noise, expected):
    with pytest.raises(UserError, match=expected):
        load(repository, SPEECH % noise)


@pytest.mark.parametrize("task", [name for name, row in tasks.TASKS.items() if row.corruptions])
def test_every_table_of_corruptions_is_where_its_task_says(task):
    assert dotted_names.load(tasks.get(task).corruptions)
