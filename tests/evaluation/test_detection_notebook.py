"""The notebook of a detector's evaluation, run cell by cell on made boxes."""

from types import SimpleNamespace

import pandas as pd
import pytest
from factories import stages
from factories.detection import detection_study
from factories.found_boxes import detected, found_boxes
from factories.repository import REPOSITORY

from helpers.core.records.detection_metrics import DetectionMetrics

NOTEBOOK = REPOSITORY / "notebooks" / "3-evaluate-detection.ipynb"


def run(capsys, candidate):
    parameters = {"study": "shapes", "candidate": candidate, "slices": [], "resamples": 200}
    stages.run_here(SimpleNamespace(source=NOTEBOOK, parameters=parameters))
    return capsys.readouterr().out


@pytest.fixture
def study(repository):
    return detection_study(repository, images=60)


def test_all_is_shown_of_a_detector_with_validation_and_corrupted_images(study, capsys):
    table = found_boxes(study)
    test = table[table["split"] == "test"]
    blurred = test.iloc[::2].assign(noise="blur", severity=1.0)
    again = pd.concat([test.assign(noise="", severity=0.0), blurred])
    detected(study, table=table, conditions=again)
    shown, record = run(capsys, "made"), DetectionMetrics.read("shapes", "made")
    for what in ("Precision against recall", "Confusion from", "truth solid", "most harmful"):
        assert what in shown
    assert f"{record.metrics['mean-average-precision'].value:.3f}" in shown
    assert record.robustness and "Traceback" not in shown


def test_a_detector_that_finds_nothing_and_has_no_validation_is_shown_too(study, capsys):
    detected(study, "blind", found_boxes(study).iloc[:0])
    shown = run(capsys, "blind")
    assert "No threshold is chosen" in shown and "missed" in shown
    assert DetectionMetrics.read("shapes", "blind").threshold is None
