"""One name in several spellings: of a class, of a group."""

import unicodedata

import pandas as pd
import pytest
from factories.cases import fill, look, put, scene, sentence

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "caf\u00e9") for form in ("NFC", "NFD"))


def test_a_folder_in_two_unicode_forms_is_one_class(repository):
    """The same word is the same class, or a finding says that two names look alike."""
    fill(repository / "set", (COMPOSED, "tea"))
    fill(repository / "set", (DECOMPOSED,), seed=5000)
    prepared, said = look({"folder": "set"})
    assert prepared is None or len(prepared.classes) == 2 or "alike" in said


def test_a_label_in_two_unicode_forms_is_one_class(repository):
    """The same word is the same class, or a finding says that two names look alike."""
    labels = [COMPOSED, DECOMPOSED, "tea"]
    rows = [(sentence(number), labels[number % 3]) for number in range(90)]
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(repository / "t.csv", index=False)
    prepared, said = look({"table": "t.csv"}, "text-classification")
    assert prepared is None or len(prepared.classes) == 2 or "alike" in said


def test_labels_that_look_alike_are_a_finding(repository):
    """Case, width, invisible characters and zeros make no class in silence."""
    labels = ["cat", "cat\u200b", "Cat", "\uff43\uff41\uff54", "cat\u00a0", "1", "1.0", "01"]
    rows = [(sentence(100 * k + n), label) for k, label in enumerate(labels) for n in range(20)]
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(repository / "t.csv", index=False)
    prepared, said = look({"table": "t.csv"}, "text-classification")
    assert prepared is None or len(prepared.classes) <= 2 or "alike" in said


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(("p{}", "P{}"), id="case"),
        pytest.param(("{}", "{}.0"), id="7 and 7.0"),
        pytest.param(("e\u0301{}", "\u00e9{}"), id="NFD and NFC"),
        pytest.param(("P{:03d}", "P{}"), id="zeros"),
        pytest.param(("\uff30{}", "P{}"), id="width"),
    ],
)
def test_a_group_in_two_spellings_stays_on_one_side(repository, spellings):
    """No patient is on two sides, or a finding speaks of groups that look alike."""
    rows = []
    for patient in range(20):
        for number in range(6):
            file = f"{patient}_{number}.png"
            put(repository / file, scene("ab"[patient % 2], 10 * patient + number))
            rows.append((file, "ab"[patient % 2], spellings[number % 2].format(patient)))
    table = pd.DataFrame(rows, columns=["path", "label", "group"])
    table.to_csv(repository / "t.csv", index=False)
    prepared, said = look({"table": "t.csv"})
    if prepared is not None:
        patients = prepared.frame["path"].str.split("_").str[0]
        apart = (prepared.frame.groupby(patients)["split"].nunique() > 1).sum()
        assert apart == 0 or "group" in said or "alike" in said
