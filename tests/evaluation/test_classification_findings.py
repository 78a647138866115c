"""The sentences of a classifier's evaluation hold its numbers."""

from dataclasses import replace

import pytest
from factories.study import made_study

from helpers.evaluation import classification, classification_findings
from helpers.metrics.statistics.bootstrap import Resampling

FEW = Resampling(200, seed=42)


@pytest.fixture
def made(repository):
    return made_study({"probe-a": 1.5}, items=400)


def test_findings_are_sentences_with_the_numbers(made):
    result = classification.evaluate("made", "probe-a", slices=["cell_type"], resampling=FEW)
    sentences = classification_findings.of_evaluation(result)
    assert f"macro-F1 {result.metrics['macro-f1'].value:.3f}" in sentences[0]
    assert f"{result.confusion.trace()} of 100 test items" in sentences[0]
    worst = result.per_class.sort_values("f1").iloc[0]
    assert any(f"{worst['class']} (F1 {worst['f1']:.3f}" in each for each in sentences)
    assert any("cell type" in each for each in sentences)
    assert all(each.endswith(".") and "nan" not in each for each in sentences)


def test_answering_half_of_the_items_is_compared_with_answering_all(made):
    result = classification.evaluate("made", "probe-a", resampling=FEW)
    curve = result.confidence.selective
    half = int(abs(curve.coverage - 0.5).argmin())
    [sentence] = [
        each
        for each in classification_findings.of_evaluation(result)
        if f"{curve.coverage[half]:.0%} of items" in each
    ]
    assert f"from {1 - result.metrics['accuracy'].value:.1%} to {curve.risk[half]:.1%}" in sentence


def test_an_error_that_the_groups_explain_is_not_called_overconfidence(made):
    """Chance draws items apart; the interval knows that those of a group are wrong together."""
    confident = classification.evaluate("made", "probe-a", resampling=FEW).confidence

    def said(low):
        error = replace(confident.calibration.error, value=0.2, low=low, high=0.4)
        found = replace(confident.calibration, error=error, floor_high=0.1)
        return classification_findings._calibration(replace(confident, calibration=found))

    assert "beyond chance" in said(0.0) and "up to 0.400" in said(0.0)
    assert "confident" in said(0.05) and "rarely above 0.100" in said(0.05)
