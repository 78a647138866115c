"""Whisper names the language: among those of the study, by a map that is shown."""

import numpy as np
import pandas as pd
import pytest
from factories.dataset import SIDES

from helpers.config import candidates
from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.data.items import Items
from helpers.models import features
from helpers.training import language_identification
from helpers.training.labelled_splits import positions
from helpers.training.results import AdaptationRequest

KNOWN = ("de", "en", "es", "fr")


def identified(monkeypatch, classes, declared=None):
    """Let Whisper hear French most, in every recording."""
    items = 2 * len(SIDES)
    labels = [classes[number % len(classes)] for number in range(items)]
    frame = pd.DataFrame({"id": [f"{number:02d}" for number in range(items)], "label": labels})
    held = Items("made", frame, lambda row: None, "", task="audio-classification")
    split = frame.assign(split=[SIDES[number % len(SIDES)] for number in range(items)])
    data, asked = Dataset("spoken", split, tuple(sorted(set(classes))), "", held), []

    def extract(dataset, model, *rest):
        asked.append(model)
        values = np.tile(np.float32([0.1, 0.2, 0.3, 0.4]), (len(dataset.frame), 1))
        facts = {"languages": " ".join(KNOWN), "parameters": 7, "engine": "none", "gflops": None}
        return features.Features(values, 3.0, False, facts)

    monkeypatch.setattr(features, "extract", extract)
    options = {"classes": declared or {}}
    request = AdaptationRequest(data, "whisper-base", options, "accuracy", 0)
    result = language_identification.identify(request)
    assert set(asked) == {"whisper-base@languages"}
    return result, result.scores(data, positions(data, "test")), data


def test_it_chooses_among_the_languages_of_the_study_alone(monkeypatch):
    result, scores, data = identified(monkeypatch, ["English", "es-MX"])
    assert scores == pytest.approx(np.tile([0.4, 0.6], (len(scores), 1)))  # French is no choice
    assert result.backbone["class_map"] == "en → English, es → es-MX"
    assert result.backbone["drops"].startswith("2 of 4 classes") and not result.doubts
    free = f"another one for {len(scores)} of {len(scores)} test recordings"
    assert free in result.backbone["chooses_among"] and "languages" not in result.backbone
    known = data.labels[positions(data, "validation")] == 1
    assert result.value == pytest.approx(known.mean()) and result.parameters == 7


def test_a_study_may_declare_which_language_a_class_is(monkeypatch):
    _, scores, _ = identified(monkeypatch, ["a", "b"], {"fr": "a", "de": "b"})
    assert scores[0] == pytest.approx([0.8, 0.2])


def test_a_class_that_is_no_language_counts_as_missed_and_is_said(monkeypatch):
    result, scores, _ = identified(monkeypatch, ["en", "fr", "music"])
    assert scores[0, 2] < 1e-30 and scores.sum(axis=1) == pytest.approx(1)
    assert "cannot name music" in result.doubts[0] and "test recordings" in result.doubts[0]


@pytest.mark.parametrize(
    ("classes", "declared", "said"),
    [
        (["en-US", "en-GB"], {}, "are both en"),
        (["cat", "dog"], {}, "it can name none of cat"),
        (["a", "fr"], {"xx": "a"}, "'xx'"),
        (["a", "fr"], {"en": "b"}, "'b'"),
    ],
)
def test_what_cannot_be_mapped_is_one_line(monkeypatch, classes, declared, said):
    with pytest.raises(UserError, match=said):
        identified(monkeypatch, classes, declared)


@pytest.mark.parametrize("model", ["whisper-tiny.en", "hf:any/model"])
def test_a_model_that_names_no_language_is_refused_before_anything_runs(model):
    with pytest.raises(UserError, match="names a class as it comes"):
        candidates.expand([{"zeroshot": model}], "here", "audio-classification")
    [ok] = candidates.expand([{"zeroshot": "whisper-base"}], "here", "audio-classification")
    assert ok.options == {"classes": {}}
