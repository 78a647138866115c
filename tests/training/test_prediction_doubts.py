"""What speaks against predictions made elsewhere, and what does not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.cases import given, predicted

from helpers.training.prediction_doubts import of_order, of_rows, of_split, renaming

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


@pytest.mark.parametrize(("step", "where"), [(1, "before"), (-1, "after")])
def test_predictions_of_the_next_or_last_item_are_told_and_weak_ones_are_not(step, where):
    for seed in range(40):
        said, truth = model(2 + seed % 4, 120, [0.0, 0.5, 0.9][seed % 3], seed)
        truth = np.sort(truth) if seed % 2 else truth
        items = pd.DataFrame({"id": range(120), "label": truth, "split": ["train", "test"] * 60})
        assert not of_order(pd.Series(said), items)
        tested = pd.Series(said, items["id"])[items["split"] == "test"]
        assert not of_order(tested, items)
    said, truth = model(3, 120, 0.9)
    items = pd.DataFrame({"id": range(120), "label": truth, "split": ["train", "test"] * 60})
    [line] = of_order(pd.Series(np.roll(said, step)), items)
    assert f"the item {where} its own" in line and not of_order(pd.Series(said), items)


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


@pytest.mark.parametrize("empty", [None, np.nan, "", " "])
def test_an_empty_cell_of_a_split_says_nothing(empty):
    ids = [f"i{number}" for number in range(4)]
    ours = pd.DataFrame({"id": ids, "split": ["train", "train", "test", "test"]})
    dataset = SimpleNamespace(frame=ours, items=SimpleNamespace(frame=ours[["id"]]))
    for named in ([empty] * 4, ["train", "train", "test", empty]):
        [doubt] = of_split(pd.DataFrame({"id": ids, "split": named}), dataset)
        assert "drawn here" in doubt
    [doubt] = of_split(pd.DataFrame({"id": ids, "split": [empty, empty, "train", empty]}), dataset)
    assert "1 of 2 test items" in doubt


@pytest.mark.parametrize(("rare", "right"), [(6, 0.9), (10, 0.95), (20, 0.8)])
def test_two_classes_are_found_swapped_however_rare_one_is(rare, right):
    truth = (np.arange(200) < rare).astype(int)
    said = np.where(np.random.default_rng(0).random(200) < right, truth, 1 - truth)
    words, share = renaming(1 - said, truth, ("ok", "bad"))
    assert words == "ok → bad and bad → ok" and share == (said == truth).mean()
    low = np.where(np.arange(200) < 160, 1, truth)  # a low threshold: nearly all are called rare
    for honest in (said, low, np.zeros(200, int), np.ones(200, int)):
        assert renaming(honest, truth, ("ok", "bad")) is None


def test_scores_stored_coarsely_are_divided_by_their_sum_and_it_is_said(repository, answers):
    truth, said = answers
    scores = np.full((60, 6), 0.019)
    scores[np.arange(60), [LETTERS.index(label) for label in said]] = 0.9
    read, words = predicted("p.csv", truth, said, LETTERS, scores)
    assert "sum to between 0.995 and 0.995" in words and "divided" in words
    found = read.table.filter(like="score:")
    assert np.allclose(found.sum(axis=1), 1) and len(found.columns) == 6


@pytest.mark.parametrize("name", ["true label", "TrueLabel", "Gold", "true", "class", "expected"])
def test_own_labels_are_found_in_any_spelling_of_their_name(repository, answers, name):
    truth, said = answers
    other = [LETTERS[1] if number < 4 else label for number, label in enumerate(truth)]
    assert (
        f"column '{name.lower()}' contradicts" in told(repository, truth, said, **{name: other})[1]
    )
    read, words = told(repository, truth, said, **{name: [*truth[1:], truth[0]]})
    assert read is None and "other items" in words
    for known in (truth, [label.upper() for label in truth]):
        assert "contradicts" not in told(repository, truth, said, **{name: known})[1]


@pytest.mark.parametrize("other", ["its answer", "its score", "something else"])
def test_other_columns_of_such_a_name_are_no_labels(repository, answers, other):
    truth, said = answers
    values = {"its answer": said, "its score": 0.5, "something else": [True, False] * 30}[other]
    read, words = told(repository, truth, said, **{"class": values})
    assert read is not None and "contradicts" not in words


def test_numbers_in_place_of_classes_are_told_however_they_are_written(repository, answers):
    truth, said = answers
    for form in ("{}", "{}.0"):
        codes = [form.format(LETTERS.index(label)) for label in said]
        read, words = told(repository, truth, codes)
        assert read is None and "numbers, but the names" in words


TEXTS = [
    f"the {a} goes {b} now" for a in ("cat", "old dog", "king") for b in ["up", "down", "in", "out"]
]


def test_hypotheses_of_other_rows_are_found_and_poor_ones_are_not():
    items = pd.DataFrame(index=[f"u{number}" for number in range(len(TEXTS))])
    poor = [text.replace("goes", "nose").replace("king", "ring") for text in TEXTS]
    texts = [f"{text} {word} {word}s" for text, word in zip(TEXTS, "abcdefghijkl", strict=True)]
    digits = ["one", "two", "three", "four"] * 3
    for heard, said in (
        (TEXTS, TEXTS),
        (poor, TEXTS),
        ([""] * 12, texts),
        (digits[1:4] * 4, digits),
    ):
        assert of_rows(items, heard, said) == []
    [doubt] = of_rows(items, texts[1:] + texts[:1], texts)
    assert "12 of 12" in doubt
    worse = [text.replace("the", "a") for text in texts]
    assert of_rows(items, worse[:4] + worse[5:] + worse[4:5], texts)
    assert of_rows(items, [*worse[1:3], worse[0], *worse[3:]], texts) == []
