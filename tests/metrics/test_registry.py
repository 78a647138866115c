"""One entry makes a metric: estimates, checks, choices, names and the glossary follow."""

import shutil

import numpy as np
import pytest

from helpers.config import study_file
from helpers.core import code_digest, paths
from helpers.core.errors import UserError
from helpers.metrics import registry
from helpers.metrics.classification import estimates
from helpers.metrics.metric import CLASSIFICATION, DETECTION, TRANSCRIPTION, Metric
from helpers.metrics.names import amount, metric_name
from helpers.metrics.paired_tests import compare_all
from helpers.metrics.point_values import point_value
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.unit_contributions import Answers
from helpers.pipeline import plan
from helpers.report.column_names import column_name
from helpers.report.pages import index
from helpers.training import validation_score

STUDY = """# A study.
task: image-classification
data: {source: elpv}
candidates: [{baseline: majority}]
evaluate: {primary: error-share}
"""


@pytest.fixture
def error_share(monkeypatch):
    entry = Metric(
        "error-share",
        "share of errors",
        "The share of predictions that are wrong.",
        lambda c: 1 - c.hits.sum(axis=-1) / c.actual.sum(axis=-1),
        reads="counts",
        lower_is_better=True,
        may_choose=True,
    )
    monkeypatch.setitem(registry.METRICS, entry.name, entry)
    return entry


@pytest.fixture
def answers():
    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 3, 120), random.dirichlet([1, 1, 1], 120)
    return labels, scores.argmax(axis=1), scores


def test_one_entry_is_estimated_compared_and_chosen_by(error_share, answers):
    labels, predictions, scores = answers
    errors = float((labels != predictions).mean())
    found = estimates(labels, predictions, scores, Resampling(200))["error-share"]
    assert found.value == pytest.approx(errors) and found.low < errors < found.high
    answers = Answers(labels, np.array([predictions, labels]), 3)
    values, samples = resampled_metric("error-share", answers, 200)
    [pair] = compare_all("error-share", answers, values, samples)
    assert pair.difference == pytest.approx(errors) and pair.p < 0.05
    assert validation_score.score("error-share", labels, scores) == pytest.approx(-errors)


def test_one_entry_may_be_a_study_s_primary_metric(error_share, repository):
    file = paths.params() / "cells.yaml"
    file.write_text(STUDY)
    assert study_file.parse(file).evaluate.primary == "error-share"
    file.write_text(STUDY.replace("error-share", "word-error-rate"))
    with pytest.raises(UserError, match="error-share"):
        study_file.parse(file)


def test_one_entry_names_and_directs_the_metric_for_readers(error_share):
    assert metric_name("error-share") == column_name("error-share") == error_share.label
    assert registry.lower_is_better("error-share") and amount(0.25, "error-share") == "0.250"
    assert index.glossary()["terms"][error_share.label] == error_share.definition


def test_every_metric_stands_once_and_belongs_to_a_task_family():
    entries = list(registry.METRICS.items())
    assert all(name == entry.name for name, entry in entries)
    assert len({entry.label for _, entry in entries}) == len(entries)
    families = [registry.names(family) for family in (CLASSIFICATION, TRANSCRIPTION, DETECTION)]
    assert sorted(sum(families, [])) == sorted(registry.METRICS)
    assert registry.names(TRANSCRIPTION)[0] == "word-error-rate"


@pytest.mark.parametrize("name", registry.names(CLASSIFICATION, may_choose=True))
def test_scikit_learn_scores_validation_as_the_metric_itself_does(name, answers):
    labels, _, scores = answers
    metric = registry.METRICS[name]
    sign = -1 if metric.lower_is_better else 1
    value = validation_score.score(name, labels, scores)
    assert value == pytest.approx(sign * point_value(metric, labels, scores))
    assert (metric.validation == "scikit-learn") == (name in validation_score.SCORERS)


def test_a_stage_depends_on_the_code_of_the_metrics_that_it_computes(error_share, repository):
    shutil.copytree(
        code_digest.SOURCE.parents[1] / "notebooks", paths.notebooks(), dirs_exist_ok=True
    )
    file, made = paths.params() / "cells.yaml", {}
    for primary in ("macro-f1", "error-share"):
        file.write_text(STUDY.replace("error-share", primary))
        planned = plan.stages(study_file.parse(file))
        made[primary] = {stage.stage: stage for stage in planned}
    usual, own = made["macro-f1"], made["error-share"]
    counts, words = "helpers.metrics.confusion_matrix", "helpers.metrics.word_error_rate"
    assert counts not in usual["2-train"].components and counts in own["2-train"].components
    assert error_share.module in own["2-train"].loads
    assert error_share.module not in usual["2-train"].loads + own["1-data"].loads
    assert counts in usual["3-evaluate"].components
    assert words not in usual["3-evaluate"].components
    assert usual["2-train"].components["metric"] != own["2-train"].components["metric"]


def test_asking_for_a_name_depends_on_no_metric_s_code():
    reached = code_digest._reached(frozenset({"helpers.metrics.names"}))
    assert {"helpers.metrics.registry", "helpers.metrics.metric"} <= reached
    assert not any("statistics" in name or "confusion" in name for name in reached)
