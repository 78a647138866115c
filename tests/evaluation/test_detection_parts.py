"""Slices of images against chance: silent where there is nothing, loud where there is something."""

import numpy as np
import pandas as pd
import pytest

from helpers.evaluation import detection_parts
from helpers.metrics import detection as metrics
from helpers.metrics.statistics.bootstrap import Resampling


def world(seed, images=60, classes=3, worse=0.0):
    """Make boxes of which a fifth is missed, in every second image ``worse`` more."""
    random = np.random.default_rng(seed)
    many = random.integers(1, 4, images)
    image = np.repeat(np.arange(images), many)
    label = np.repeat(np.arange(images) % classes, many)
    box = np.column_stack([random.uniform(0, 300, (len(image), 2)), np.full((len(image), 2), 40.0)])
    kept = random.random(len(image)) > 0.2 + worse * (image // classes % 2)
    false = random.integers(0, images, images // 2)
    table = metrics.DetectionTable(
        images,
        classes,
        image,
        label,
        box,
        np.zeros(len(image), bool),
        np.concatenate([image[kept], false]),
        np.concatenate([label[kept], false % classes]),
        np.concatenate([box[kept] + random.normal(0, 2, (kept.sum(), 4)), box[: len(false)] + 500]),
        np.concatenate([random.beta(6, 3, kept.sum()), random.beta(3, 6, len(false))]),
    )
    frame = pd.DataFrame({"label": [f"c{n % classes}" for n in range(images)]})
    return table, frame, np.where(np.arange(images) // classes % 2, "b", "a")


def slices(table, frame, names, metric="mean-average-precision", groups=None):
    matches = metrics.match(table)
    resampling = Resampling(200, 1, groups)
    return detection_parts.slicing(matches, metric, 0.4, frame, resampling)(names)


def test_slices_that_do_not_differ_are_rarely_told_apart():
    found = [slices(*world(seed)).p for seed in range(16)]
    assert np.mean(np.array(found) < 0.05) <= 3 / 16 and 0.25 < np.mean(found) < 0.75


@pytest.mark.parametrize("metric", ["mean-average-precision", "detection-f1"])
def test_a_slice_that_is_worse_is_told(metric):
    found = slices(*world(3, 120, worse=0.5), metric)
    assert found.p < 0.01 and found.lowest == "b" and found.gap > 2 * found.usual_gap
    assert found.names == ["a", "b"] and found.estimates[1].high < found.estimates[0].value


def test_slices_of_other_classes_are_not_compared():
    table, frame, _ = world(1)
    found = slices(table, frame, frame["label"].to_numpy(str))
    assert np.isnan(found.p) and len(found.estimates) == 3


def test_images_of_a_group_change_their_slice_together():
    """With two groups on each side, chance has few divisions to offer."""
    table, frame, names = world(3, 60, classes=1, worse=0.5)
    groups = np.array([f"{name}{n // 2 % 2}" for n, name in enumerate(names)])
    alone, tied = slices(table, frame, names), slices(table, frame, names, groups=groups)
    assert alone.p < 0.05 and np.isnan(tied.p)


def test_slices_of_one_group_each_are_not_compared():
    table, frame, names = world(3, 60, classes=1, worse=0.5)
    found = slices(table, frame, names, groups=names)
    assert np.isnan(found.p) and found.lowest == "b" and found.gap > 0


def test_an_image_without_an_object_is_in_a_slice_without_value():
    table, frame, names = world(2)
    empty = table.part(np.arange(table.images))
    kept = names[empty.truth_image] == "a"
    without = metrics.DetectionTable(
        table.images,
        table.classes,
        *(part[kept] for part in (table.truth_image, table.truth_class, table.truth_box)),
        table.truth_ignored[kept],
        *(table.found_image, table.found_class, table.found_box, table.score),
    )
    found = slices(without, frame, names)
    assert np.isnan(found.estimates[1].value) and "no object" in found.estimates[1].note
    assert np.isfinite(found.estimates[0].value) and np.isnan(found.p)
