"""What speaks against predictions made elsewhere, and what does not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.cases import given, predicted

from helpers.training.prediction_doubts import of_split, renaming

LETTERS = [f"c{number}" for number in range(6)]


def model(classes, items, right, seed=0):
    """Give labels, and answers that are right in this share and else any class."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, items)
    lucky = random.random(items) < right
    return np.where(lucky, truth, random.integers(0, classes, items)), truth


@pytest.mark.parametrize(
    ("classes", "items", "right"), [(2, 60, 0.8), (3, 60, 0.7), (10, 200, 0.6), (30, 1000, 0.7)]
)
def test_shifted_and_swapped_classes_are_found_with_the_accuracy_that_they_hide(
    classes, items, right
):
    said, truth = model(classes, items, right)
    called = tuple(f"<{number}>" for number in range(classes))
    assert renaming(said, truth, called) is None
    words, share = renaming((said + 1) % classes, truth, called)
    assert "<1> → <0>" in words and share >= (said == truth).mean()
    swapped = np.where(said < 2, 1 - said, said)
    words, share = renaming(swapped, truth, called)
    assert words == "<0> → <1> and <1> → <0>" and share == (said == truth).mean()


def test_a_weak_model_is_no_renamed_one():
    """Guesses, constants, sinks and rare classes of many sizes: nothing to rename."""
    random, alarms = np.random.default_rng(1), 0
    for seed in range(400):
        classes, items = int(random.choice([2, 3, 10, 40])), int(random.choice([20, 100, 500]))
        prior = random.dirichlet(np.full(classes, random.choice([0.5, 2, 20])))
        sink = random.dirichlet(np.full(classes, random.choice([0.05, 0.3, 1])))
        truth = random.choice(classes, items, p=prior)
        guess = random.choice(classes, items, p=sink)
        said = np.where(random.random(items) < random.choice([0, 0.3, 0.7]), truth, guess)
        called = tuple(map(str, range(classes)))
        alarms += renaming(said, truth, called) is not None
        assert renaming(np.full(items, seed % classes), truth, called) is None
    assert alarms <= 2


def told(tmp_path, truth, said, **more):
    table = pd.DataFrame({"id": [f"t{number}" for number in range(len(said))], "prediction": said})
    table.assign(**more).to_csv(tmp_path / "p.csv", index=False)
    sides = ["train", "validation"] * len(LETTERS)
    rows = [(f"{side}{number}", LETTERS[number // 2], side) for number, side in enumerate(sides)]
    rows += [(f"t{number}", label, "test") for number, label in enumerate(truth)]
    frame = pd.DataFrame(rows, columns=["id", "label", "split"])
    return given(tmp_path / "p.csv", frame, LETTERS, ["split"])


@pytest.fixture
def answers():
    said, truth = model(len(LETTERS), 60, 0.8)
    return [LETTERS[code] for code in truth], [LETTERS[code] for code in said]


def test_a_label_column_that_contradicts_ours_is_counted_or_refused(repository, answers):
    truth, said = answers
    assert "contradicts" not in told(repository, truth, said, label=truth)[1]
    assert "contradicts" not in told(repository, truth, said, label="")[1]
    other = [LETTERS[1] if number < 4 else label for number, label in enumerate(truth)]
    count = sum(a != b for a, b in zip(other, truth, strict=True))
    read, words = told(repository, truth, said, y_true=other)
    assert read is not None and f"{count} of 60 rows" in words and "t0" in words
    read, words = told(repository, truth, said, label=[*truth[1:], truth[0]])
    assert read is None and "other items" in words
    read, words = told(repository, truth, said, target=range(100, 160))
    assert read is None and "other names" in words


def test_a_split_column_of_its_own_settles_what_was_trained_on(repository, answers):
    truth, said = answers
    sides = ["train"] * 3 + ["test"] * 57
    assert "3 of 60" in told(repository, truth, said, split=sides)[1]
    quiet = told(repository, truth, said)[1]
    assert told(repository, truth, said, split="Test")[1] == quiet and "split" not in quiet


def test_answers_equal_to_all_labels_are_doubted(repository, answers):
    truth, said = answers
    assert "hold labels" in told(repository, truth, truth)[1]
    assert "hold labels" not in told(repository, truth, said)[1]
    scores = np.random.default_rng(0).dirichlet(np.ones(6), 60)
    scores[np.arange(60), [LETTERS.index(label) for label in truth]] += 2
    assert predicted("p.csv", truth, truth, LETTERS, scores / 3)[1] == ""


def test_scores_of_other_columns_are_refused_and_a_threshold_is_said(repository, answers):
    truth, said = answers
    codes = [LETTERS.index(label) for label in said]
    scores = np.full((60, 6), 0.1)
    scores[np.arange(60), codes] = 0.5
    assert predicted("p.csv", truth, said, LETTERS, scores)[1] == ""
    read, words = predicted("p.csv", truth, said, LETTERS, scores[:, [1, 0, 3, 2, 5, 4]])
    assert read is None and "order of the score columns" in words
    chosen = [LETTERS[0] if number < 9 else label for number, label in enumerate(said)]
    read, words = predicted("p.csv", truth, chosen, LETTERS, scores)
    assert read is not None and "not the class with the highest score" in words


def test_classes_in_another_spelling_are_taken_and_said(repository, answers):
    truth, said = answers
    read, _ = told(repository, truth, [label.upper() for label in said])
    assert read.table["prediction"].isin(LETTERS).all() and "spelling" in read.notes[0]
    codes = [LETTERS.index(label) for label in said]
    for wrong, words in ((codes, "numbers"), (["", *said[1:]], "empty"), (["no"] * 60, "class")):
        read, found = told(repository, truth, wrong)
        assert read is None and words in found


def test_scores_that_round_the_right_class_to_nothing_are_said(repository, answers):
    truth, said = answers
    scores = np.zeros((60, 6))
    scores[np.arange(60), [LETTERS.index(label) for label in said]] = 0.9
    scores[:, 0] += 0.1
    read, words = predicted("p.csv", truth, said, LETTERS, scores)
    assert read is not None and "rounded to 1 decimals" in words and "log loss" in words


@pytest.mark.parametrize(("named", "doubted"), [("val", False), ("train", True)])
def test_the_validation_of_a_source_without_a_test_is_known_to_others(named, doubted):
    ids = [f"i{number}" for number in range(8)]
    source = pd.DataFrame({"id": ids, "split": ["train"] * 4 + ["validation"] * 4})
    ours = source.assign(split=["train"] * 3 + ["validation"] + ["test"] * 4, label="a")
    dataset = SimpleNamespace(frame=ours, items=SimpleNamespace(frame=source))
    rows = pd.DataFrame({"id": ids[4:], "split": named})
    assert bool(of_split(rows, dataset)) == doubted
    assert of_split(rows[["id"]], dataset) == []
