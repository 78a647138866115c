"""Names of splits: what is one, of which kind, and what only looks like one."""

import pytest

from helpers.core.errors import UserError
from helpers.data import split_names

SPLITS = {
    ("training_set", "test_set"): ["train", "test"],
    ("seg_train", "seg_test"): ["train", "test"],
    ("Train Data", "ValData", "TESTING"): ["train", "validation", "test"],
    ("imgs_train", "imgs_val"): ["train", "validation"],
    ("01_train", "02_dev", "03_test"): ["train", "validation", "test"],
    ("TRAIN-2024", "hold-out"): ["train", "test"],
    ("trainset", "testimages", "evaluation"): ["train", "test", "validation"],
    ("train_val", "test"): ["train", "test"],
    ("train-clean-100", "dev-clean", "test-other"): ["train", "validation", "test"],
    ("ILSVRC2012_img_train", "ILSVRC2012_img_val"): ["train", "validation"],
    ("训练集", "验证集", "测试集"): ["train", "validation", "test"],
    ("train", "validate", "test"): ["train", "validation", "test"],
    ("Trainingsdaten", "Validierungsbilder", "Testdaten"): ["train", "validation", "test"],
    ("entraînement", "test"): ["train", "test"],
    ("entrainement", "validação", "teste"): ["train", "validation", "test"],
    ("entrenamiento", "validacion", "prueba"): ["train", "validation", "test"],
    ("학습용", "검증용", "시험용"): ["train", "validation", "test"],
    ("обучение", "тест"): ["train", "test"],
    ("学習用", "テスト用"): ["train", "test"],
    ("ｔｒａｉｎ", "test\u00a01"): ["train", "test"],
}


@pytest.mark.parametrize("names", SPLITS, ids="+".join)
def test_a_split_is_known_by_any_of_its_usual_names(names):
    found = split_names.translate(split_names.kinds(names))
    assert [found.get(name) for name in names] == SPLITS[names]


@pytest.mark.parametrize(
    "names",
    [
        ("train_station", "test_tube", "bus"),
        ("trainers", "contest", "valley", "device", "detest"),
        ("tr", "te", "va"),  # languages
        ("train_test", "learn", "fold1"),
    ],
    ids="+".join,
)
def test_other_words_are_no_splits(names):
    assert split_names.kinds(names) == {}


def test_a_column_may_be_short_and_every_value_must_be_a_split():
    values = ["tr", " TE", "Eval", "tr"]
    assert split_names.of_column(values, "t.csv") == ["train", "test", "validation", "train"]
    for wrong in ("fold1", None, float("nan"), 0, ""):
        with pytest.raises(UserError, match=r"t\.csv: split .* in 1 of 2 rows: train, validation"):
            split_names.of_column(["train", wrong], "t.csv")


def test_the_splits_beside_a_source_are_named_and_nothing_else(tmp_path):
    for name in ("train.csv", "test.csv", "test.txt", "words.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "validation").mkdir()
    found = split_names.beside(tmp_path / "train.csv")
    assert found.count == 1 and "test.csv" in found.detail
    assert split_names.beside(tmp_path / "words.csv") is None
    assert split_names.beside(tmp_path / "validation") is None
