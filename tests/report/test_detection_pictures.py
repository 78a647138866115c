"""Pictures of mistakes: one of each kind, around the boxes concerned, whatever their size."""

import numpy as np
import pandas as pd
import pytest
from factories.detection import detection_study
from factories.found_boxes import detected, evaluated

from helpers.report import detection_pictures
from helpers.report.figures.boxes import SIDE


@pytest.fixture
def study(repository):
    return detection_study(repository, images=60)


def one_of_each(study):
    """Find the objects of test images, the first five each with another mistake."""
    rows, test = [], study.frame[study.frame["split"] == "test"]
    counts = study.boxes["id"].value_counts()
    ids = [each for each in test["id"] if counts.get(each, 0) > 0][:5]
    for number, id_ in enumerate(ids):
        for place, box in enumerate(study.boxes[study.boxes["id"] == id_].to_dict("records")):
            box = {**box, "split": "test", "score": 0.9 - 0.01 * place}
            del box["ignored"]
            if place or number == 0:
                rows.append(box)
            if number == 0 and not place:
                rows.append({**box, "score": 0.8})  # twice
            if number == 1 and not place:
                others = [each for each in study.classes if each != box["label"]]
                rows.append({**box, "label": others[0]})  # confused
            if number == 2 and not place:
                rows.append({**box, "x": box["x"] + 0.5 * box["width"]})  # badly placed
            if number == 3 and not place:
                rows.append({**box, "x": 300.0, "y": 300.0})  # nothing is there, and one is missed
    return ids, pd.DataFrame(rows)


def test_each_kind_of_mistake_is_shown_from_where_it_is(study):
    ids, table = one_of_each(study)
    detected(study, table=table)
    result = evaluated(study)
    kinds = result.mistakes.groupby("kind")["id"].agg(list).to_dict()
    assert kinds["twice"] == [ids[0]] and kinds["confused"] == [ids[1]]
    assert kinds["badly placed"] == [ids[2]] and kinds["background"] == [ids[3]]
    assert 1 <= len(kinds["missed"]) <= 3 and ids[0] not in kinds["missed"]
    assert ids[1] not in kinds["missed"]  # what is called something else is no blind spot
    captions = result.mistakes.set_index("kind")["caption"].to_dict()
    assert "IoU 0.33" in captions["badly placed"] and ": is " in captions["confused"]
    assert "no " in captions["background"] and "there" in captions["background"]
    frame = study.frame["id"]
    assert [frame[row] for row in result.mistakes["row"]] == result.mistakes["id"].tolist()
    pictures = detection_pictures.of_mistakes(
        study, result.boxes, result.mistakes, result.from_score
    )
    assert len(pictures) == len(result.mistakes)
    assert all(max(each.shape) == SIDE for each in pictures)


def test_the_window_lies_inside_the_image_and_holds_the_boxes():
    random = np.random.default_rng(0)
    for _ in range(200):
        height, width = random.integers(1, 2000, 2)
        x, y = random.uniform(0, width), random.uniform(0, height)
        box = {"x": x, "y": y, "width": random.uniform(0, width - x)}
        box["height"] = random.uniform(0, height - y)
        left, top, right, bottom = detection_pictures._window(pd.DataFrame([box]), height, width)
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
        assert left <= x + 1 and right >= x + box["width"] - 1
        assert top <= y + 1 and bottom >= y + box["height"] - 1


def test_boxes_far_outside_are_drawn_nowhere_and_break_nothing():
    far = pd.DataFrame([{"x": 9e5, "y": -9e5, "width": 10.0, "height": 1e7}])
    left, top, right, bottom = detection_pictures._window(far, 50, 80)
    assert 0 <= left < right <= 80 and 0 <= top < bottom <= 50


def test_boxes_of_little_more_and_most_overlap_are_chosen(study):
    detected(study, shift=0.15)
    result = evaluated(study)
    values = [float(text.split()[1]) for text in result.overlaps["caption"]]
    assert values == sorted(values) and len(values) == 3 and values[0] < values[2]
    drawn = detection_pictures.of_mistakes(study, result.boxes, result.overlaps, 0, alone=True)
    assert len(drawn) == 3
