"""All candidates on slices, corrupted items and other sources: gathered, ordered, in words."""

import pandas as pd
import pytest
from factories.records import metrics_record, training_record

from helpers.comparison import conditions, study_records
from helpers.core.formatting import markdown
from helpers.report.pages.render import prose

SLICES = [
    {"column": "language", "slice": name, "n": 5, "metric": "word-error-rate", "value": value}
    | {"low": None, "high": None}
    for name, value in (("en", 0.1), ("fr", 1.0), ("ru", 1.4))
]
ALIKE = [row | {"value": 1.0} for row in SLICES]
NOISY = [
    {"noise": noise, "severity": level, "n": 9, "changed": 1, "metric": "accuracy", "value": value}
    | {"low": value - 0.1, "high": value + 0.1}
    for noise, losses in (("blur", (0.9, 0.8, 0.5)), ("grain", (0.9, 0.9, 0.7)))
    for level, value in zip((0.0, 0.1, 0.3), losses, strict=True)
]
CROSSED = [
    {"trained_on": trained, "tested_on": tested, "n": 9, "metric": "accuracy", "value": value}
    | {"low": None, "high": None}
    for trained, tested, value in (("made", "made", 0.9), ("made", "far", 0.4), ("far", "far", 0.8))
]


@pytest.fixture
def written(repository):
    def write(primary="accuracy", **candidates):
        for name, found in candidates.items():
            metrics_record("made", name, primary=primary, **found).write("made", name)
        trainings = [training_record("made", name) for name in candidates]
        return conditions.gather(study_records.read("made", trainings))

    return write


def test_the_best_of_each_slice_is_first_and_equal_candidates_share_it(written):
    table = written("word-error-rate", one={"slices": SLICES}, none={"slices": ALIKE})
    [(kind, part)] = conditions.kinds(table)
    assert kind == "language" and part["value"].dtype == float
    assert part.loc[part["first"], ["condition", "candidate"]].to_numpy().tolist() == [
        ["en", "one"],
        ["fr", "one"],
        ["fr", "none"],
        ["ru", "none"],
    ]
    [said] = conditions.sentences(table, "one")
    assert "one is first on 2 of 3 (en and fr); none on ru" in said


def test_noises_are_taken_at_their_strongest_and_sources_from_home(written):
    weaker = [row | {"value": row["value"] - 0.1} for row in NOISY]
    found = {"robustness": NOISY, "shift": CROSSED}
    table = written(one=found, two={"robustness": weaker, "shift": CROSSED})
    parts = dict(conditions.kinds(table))
    own = parts["noise"][parts["noise"]["candidate"] == "one"]
    assert own[["condition", "value"]].to_numpy().tolist() == [
        ["unchanged", 0.9],
        ["blur 0.3", 0.5],
        ["grain 0.3", 0.7],
    ]
    assert parts["source"]["condition"].unique().tolist() == ["made", "far"]
    [said] = conditions.sentences(table, "one")
    assert said.startswith("By noise and source, no candidate beats one")


def test_undefined_results_and_candidates_without_any_give_no_sentence(written):
    undefined = [row | {"value": None} for row in SLICES[2:]]
    table = written(
        one={"slices": SLICES[:2] + undefined}, two={"slices": ALIKE[:2] + undefined}, other={}
    )
    [(_, part)] = conditions.kinds(table)
    assert part["condition"].unique().tolist() == ["en", "fr"]
    assert conditions.sentences(table, "other") == []


def test_a_column_may_have_the_name_of_a_kind(written):
    named = [row | {"column": "noise", "metric": "accuracy"} for row in SLICES]
    found = {"slices": named, "robustness": NOISY}
    kinds = [kind for kind, _ in conditions.kinds(written(one=found, two=found))]
    assert sorted(kinds) == ["column noise", "noise"]


def test_values_of_the_data_mark_nothing_up_and_fit_a_line(written):
    evil = "[click](https://evil.example)\n# **b** " + "x" * 99
    sliced = [row | {"slice": row["slice"].replace("fr", evil)} for row in SLICES]
    better = [row | {"value": 9.0 if row["slice"] == "en" else -9.0} for row in sliced]
    [said] = conditions.sentences(
        written("word-error-rate", one={"slices": sliced}, two={"slices": better}), "one"
    )
    assert "\n" not in said and len(said) < 250
    html = prose(markdown(said))
    assert "<a" not in html and "<strong" not in html and "[click](https://evil.example)" in html


def test_a_recognisers_conditions_are_all_there(written):
    heard = [
        {"condition": name, "kind": "white", "n": 4, "value": value, "low": None, "high": None}
        for name, value in (("as recorded", 0.1), ("white noise at 5 dB", 0.6))
    ]
    table = written("word-error-rate", one={"robustness": heard}, two={"robustness": heard})
    assert table["condition"].unique().tolist() == ["as recorded", "white noise at 5 dB"]
    assert set(table["metric"]) == {"word-error-rate"}


def test_one_candidate_or_one_condition_is_not_shown(written):
    assert conditions.kinds(written(one={"slices": SLICES})) == []
    assert conditions.kinds(written(one={"slices": SLICES[:1]}, two={"slices": ALIKE[:1]})) == []
    assert conditions.sentences(pd.DataFrame(columns=conditions.COLUMNS), "one") == []
