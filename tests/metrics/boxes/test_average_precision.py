"""Average precision and recall against three evaluators of COCO's, alone and on resamples."""

import numpy as np
import pytest
from factories import detections
from factories.detections import SUMMARY, as_coco, random_table

from helpers.metrics.boxes import class_curves
from helpers.metrics.boxes import table as tables
from helpers.metrics.detection import match, values

EVALUATORS = ("pycocotools_summary", "faster_summary", "hotcoco_summary")


def differences(found, theirs):
    pairs = [(found[name], -1 if theirs[k] is None else theirs[k]) for name, k in SUMMARY]
    return [abs((ours if np.isfinite(ours) else -1) - other) for ours, other in pairs]


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("seed", range(8))
def test_all_images_have_the_values_of_cocos_evaluators(evaluator, seed):
    random = np.random.default_rng(seed)
    made = random_table(random, int(random.choice([1, 2, 5, 30])), int(random.choice([1, 2, 4, 9])))
    theirs = getattr(detections, evaluator)(*as_coco(made))
    assert max(differences(values(match(made)), theirs)) < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_a_resample_has_the_values_of_its_images_written_out(seed):
    random = np.random.default_rng(seed)
    made = random_table(random, 20, 4, ties=False)  # boxes of equal score have no order
    drawn = random.integers(0, 20, (4, 20))
    weights = np.array([np.bincount(row, minlength=20) for row in drawn])
    found = values(match(made), weights=weights)
    for place, row in enumerate(drawn):
        theirs = detections.pycocotools_summary(*as_coco(made, np.sort(row)))
        assert max(differences({k: v[place] for k, v in found.items()}, theirs)) < 1e-6


def test_many_resamples_at_once_have_the_values_of_each_alone(monkeypatch):
    monkeypatch.setattr(class_curves, "_CELLS", 1)
    monkeypatch.setattr(class_curves, "_LEAST", 60)
    random = np.random.default_rng(0)
    found = match(random_table(random, 40, 5))
    weights = random.multinomial(40, np.full(40, 1 / 40), 130)
    together = values(found, weights=weights, threshold=0.4)
    alone = [values(found, weights=row[None], threshold=0.4) for row in weights]
    for name, each in together.items():
        np.testing.assert_allclose(each, [one[name][0] for one in alone], atol=1e-6)


def test_matching_in_blocks_changes_nothing(monkeypatch):
    made = random_table(np.random.default_rng(1), 40, 5)
    whole = match(made)
    monkeypatch.setattr(tables, "_PAIRS", 50)
    parts = match(made)
    for name in ("row", "kind", "truth", "overlap", "counted"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_the_lrp_error_is_that_of_the_best_threshold():
    random = np.random.default_rng(2)
    made = random_table(random, 15, 1, ties=False)
    found, objects, errors = match(made), int((~made.truth_ignored).sum()), [1.0]
    for threshold in made.score:
        kept = found.score >= threshold
        true = kept & (found.kind[0, 0] == tables.TRUE)
        false = (kept & (found.kind[0, 0] == tables.FALSE)).sum()
        lost = ((1 - found.overlap[true]) / 0.5).sum()
        errors.append((lost + false + objects - true.sum()) / (objects + false))
    assert values(found)["lrp-error"] == pytest.approx(min(errors))


def test_perfect_boxes_are_perfect_and_none_are_worth_nothing():
    truth = [(0, 0, (0, 0, 10, 10), False), (1, 1, (5, 5, 50, 50), False)]
    right = [(*row[:3], 0.9) for row in truth]
    best, none = (values(match(detections.table(3, 2, truth, each))) for each in (right, []))
    assert best["mean-average-precision"] == best["average-recall"] == 1
    assert best["lrp-error"] == 0 and np.isnan(best["average-precision-large"])
    assert none["mean-average-precision"] == none["average-recall"] == 0 and none["lrp-error"] == 1
    nothing = values(match(detections.table(3, 2, [], right)), threshold=0.5)
    assert np.isnan([nothing["mean-average-precision"], nothing["detection-recall"]]).all()
    assert nothing["false-positives-per-image"] == pytest.approx(2 / 3)
