"""What the data and the training say against a comparison."""

import pandas as pd
import pytest
from factories.records import data_record, training_record

from helpers.comparison import caveats, study_records


def test_consequences_are_told_of_what_was_found_and_duplicates_once(repository):
    assert caveats.of_data(study_records.read("made", [])) == []
    checks = [
        {"code": "D301", "count": 2},
        {"code": "D401", "count": 2, "consequence": "equal"},
        {"code": "D402", "count": 2, "consequence": "nearly equal"},
        {"code": "D403", "count": 0, "consequence": "grouped"},
    ]
    data_record(checks=checks).write("made")
    assert caveats.of_data(study_records.read("made", [])) == ["equal"]


def test_candidates_that_cut_texts_or_were_still_improving_are_named():
    history = [{"epoch": number} for number in range(3)]
    cut = {"cut": "3 of 4 texts were longer, and cut", "max_tokens": 8}
    said = caveats.of_training(
        [
            training_record("made", "a", backbone=cut, history=history, chosen={"epoch": 2}),
            training_record("made", "b", backbone=cut, history=history, chosen={"epoch": 1}),
            training_record("made", "c", chosen={"C": 1.0}),
            training_record("made", "d"),
        ]
    )
    cut, early = said
    assert cut.startswith("a and b read ") and "8 tokens" in cut and "3 of 4 texts" in cut
    assert early.startswith("a: ") and "epoch" in early


@pytest.mark.parametrize(
    "start", [{"phase": "probe", "loss": 1.0, "train": 0.9}, {"phase": "whole"}]
)
def test_a_fine_tuned_model_that_is_its_head_alone_is_named(start):
    """As it was before the first epoch: from a probe, or from a head trained in a phase before."""
    after = [{"epoch": number, "phase": "whole", "loss": 1.0, "train": 0.9} for number in (1, 2)]
    history = [{"epoch": 0} | start, *after]
    made = [
        training_record("made", name, adaptation=kind, history=history, chosen={"epoch": epoch})
        for name, kind, epoch in (("a", "finetune", 0), ("b", "finetune", 1), ("c", "scratch", 0))
    ]
    [said] = caveats.of_training(made)
    assert said.startswith("a: ") and "head" in said
    assert not caveats.of_training([made[0].model_copy(update={"history": made[0].history[:1]})])


def languages_said(told, **backbone):
    """Give what is said of a model, where texts are of these languages."""
    data_record(languages=told).write("made")
    training = training_record("made", "a", backbone=backbone)
    return caveats.of_languages(study_records.read("made", [training]))


def test_a_model_of_another_language_is_named(repository):
    """With the share of the texts, and not below a fifth of them."""
    [said] = languages_said({"English": 30, "German": 60, "French": 10}, language="English")
    assert said.startswith("a: ") and "70%" in said and "German" in said
    assert not languages_said({"English": 90, "Spanish": 5}, language="English")
    assert not languages_said({"Chinese": 90}, language="Chinese")
    assert not languages_said({"Chinese": 90})
    assert not languages_said({}, language="English")


def test_words_that_a_model_hardly_knows_are_named(repository):
    """In languages that cannot be told, too."""
    assert "24%" in languages_said({}, unread=0.24)[0]
    assert "2.4" in languages_said({}, pieces=2.4)[0]
    assert not languages_said({}, unread=0.02, pieces=1.24)


def test_what_is_said_of_several_files_is_said_once(repository):
    """And the doubts about the first stand in the answer, not in the details too."""
    warning = {"adaptation": "predictions", "warnings": ["no scores"]}
    made = [
        training_record("made", "a", **warning, doubts=["seen"]),
        training_record("made", "b", **warning),
        training_record("made", "c", warnings=["a probe's own"]),
    ]
    assert caveats.of_training(made, "a") == ["a and b: no scores"]
    assert set(caveats.of_training(made, "b")) == {"a and b: no scores", "a: seen"}
    records = study_records.StudyRecords("made", None, {each.candidate: each for each in made}, {})
    assert [said.endswith("a: seen") for said in caveats.of_winner(records, "a")] == [True]
    assert caveats.of_winner(records, "b") == caveats.of_winner(records, "c") == []


def test_costs_of_networks_that_ran_by_different_engines_are_not_compared():
    def said(**engines):
        made = [training_record("made", a, cost={"engine": b}) for a, b in engines.items()]
        return caveats.of_engines(made)

    [told] = said(a="keras 3.12.0 float32", b="openvino 2026.4 float32", c=None)
    assert "convert a," in told and "that of b." in told
    assert said(a="keras 3.12.0 float32", b="numpy float64", c=None) == []
    assert said(a="openvino 2026.4 float32", b="CTranslate2 int8, greedy search") == []


def test_times_of_several_devices_are_not_mixed_silently():
    def said(**on):
        made = [training_record("made", a, cost={"device": b}) for a, b in on.items()]
        return caveats.of_engines(made)

    [told] = said(a="CPU", b="NVIDIA H100", c="CPU", d=None)
    assert "a and c on CPU; b on NVIDIA H100" in told
    assert said(a="CPU", c="CPU", d=None) == said(a="NVIDIA H100") == []


CURVE = {"metric": "accuracy", "items": 1000, "gain": [0.015, 0.004, 0.026]}


def labels_said(curves, **data):
    """Give what is said of more and better labels; the best candidate comes first."""
    data_record(**data).write("made")
    made = [training_record("made", name, curve=curve) for name, curve in curves.items()]
    ranked = pd.DataFrame({"run": list(curves), "accuracy": 0.75})
    return caveats.of_labels(study_records.read("made", made), ranked)


def test_what_more_labels_and_better_ones_would_bring_is_told(repository):
    """Of the best candidate with a curve; and what is not known is said."""
    few = {"metric": "accuracy", "items": 90, "reason": "too few"}
    more, better = labels_said({"a": None, "b": few, "c": CURVE, "d": CURVE})
    assert "c about 1.5 points (0.4 to 2.6)" in more and "2,000 items" in more
    assert "not known" in better
    more, _ = labels_said({"a": None, "b": few})
    assert "bring b is not known: too few" in more
    assert labels_said({"a": None}) == []
    row = {"name": "one human rater", "protocol": "", "reference": ""}
    people = [
        row | {"metric": "correlation", "value": 0.8},
        row | {"metric": "accuracy", "value": 0.79},
    ]
    _, better = labels_said({"c": CURVE}, ceiling=people)
    assert "one human rater" in better and "79 of 100" in better and "75" in better


def test_candidates_that_took_fewer_folds_are_named(repository):
    tuned = training_record("made", "tuned", adaptation="finetune")
    records = [training_record("made", "probe", adaptation="probe"), tuned]
    data_record(folds="Cross-validation, 10 repeats of 10 folds.").write("made")
    [said] = caveats.of_data(study_records.read("made", records))
    assert "tuned" in said and "one repeat of 5" in said and "probe" not in said
    for once in ("30 items, split once: too few.", "Split once: detectors are trained once."):
        data_record(folds=once).write("made")
        assert "tuned" not in caveats.of_data(study_records.read("made", records))[0]
