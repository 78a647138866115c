"""All candidates where they were looked at apart: gathered, put in order, said in words."""

import pandas as pd
import pytest
from factories.records import data_record, metrics_record, training_record

from helpers.comparison import caveats, conditions
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
        return conditions.of("made", list(candidates))

    return write


def test_who_errs_least_in_each_slice_is_first_there_and_equals_are_together(written):
    table = written("word-error-rate", one={"slices": SLICES}, none={"slices": ALIKE})
    [(kind, part)] = conditions.kinds(table)
    assert kind == "language" and part["value"].dtype == float
    assert part.loc[part["first"], ["circumstance", "candidate"]].to_numpy().tolist() == [
        ["en", "one"],
        ["fr", "one"],
        ["fr", "none"],
        ["ru", "none"],
    ]
    [said] = conditions.sentences(table, "one")
    assert said.startswith("By language, one is first on 2 of 3 (en and fr); none on ru.")


def test_noises_are_taken_at_their_strongest_and_sources_from_home(written):
    weaker = [row | {"value": row["value"] - 0.1} for row in NOISY]
    found = {"robustness": NOISY, "shift": CROSSED}
    table = written(one=found, two={"robustness": weaker, "shift": CROSSED})
    parts = dict(conditions.kinds(table))
    own = parts["noise"][parts["noise"]["candidate"] == "one"]
    assert own[["circumstance", "value"]].to_numpy().tolist() == [
        ["unchanged", 0.9],
        ["blur 0.3", 0.5],
        ["grain 0.3", 0.7],
    ]
    assert parts["source"]["circumstance"].unique().tolist() == ["made", "far"]
    assert conditions.sentences(table, "one") == [
        "By noise and source, no candidate does better than one on any part."
    ]


def test_of_what_nobody_was_asked_or_nothing_is_defined_nothing_is_said(written):
    undefined = [row | {"value": None} for row in SLICES[2:]]
    table = written(
        one={"slices": SLICES[:2] + undefined}, two={"slices": ALIKE[:2] + undefined}, other={}
    )
    [(_, part)] = conditions.kinds(table)
    assert part["circumstance"].unique().tolist() == ["en", "fr"]
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
    assert table["circumstance"].unique().tolist() == ["as recorded", "white noise at 5 dB"]
    assert set(table["metric"]) == {"word-error-rate"}


def test_what_cannot_be_told_apart_is_not_shown(written):
    assert conditions.kinds(written(one={"slices": SLICES})) == []
    assert conditions.kinds(written(one={"slices": SLICES[:1]}, two={"slices": ALIKE[:1]})) == []
    assert conditions.sentences(pd.DataFrame(columns=conditions.COLUMNS), "one") == []


def test_who_reads_less_than_all_and_who_was_still_getting_better_is_named():
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
    assert said == [
        "a and b read 8 tokens of a text at most: 3 of 4 texts were longer, and cut.",
        "a: best in the last epoch trained, so more might do better.",
    ]


def test_copies_across_sides_are_carried_to_the_comparison_once(repository):
    checks = [{"code": code, "count": 2} for code in ("D401", "D402", "D301")]
    data_record(checks=checks).write("made")
    assert caveats.of("made") == [caveats.SAID["D401"]]
