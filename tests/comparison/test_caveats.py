"""What the data and the training say against a comparison."""

import pandas as pd
from factories.records import data_record, training_record

from helpers.comparison import caveats, study_records
from helpers.core import files, paths


def test_duplicates_across_splits_are_told_once(repository):
    checks = [{"code": code, "count": 2} for code in ("D401", "D402", "D301")]
    data_record(checks=checks).write("made")
    records = study_records.read("made", [])
    assert caveats.of_data(records) == [caveats.BY_CHECK["D401"]]


def test_classes_with_speakers_of_their_own_are_told_with_what_a_speaker_gives_away(repository):
    assert caveats.of_data(study_records.read("made", [])) == []
    found = [
        {"code": "D407", "count": 2},
        {"code": "D406", "count": 0},
        {"code": "D123", "count": 1},
    ]
    data_record(checks=found).write("made")
    splits = {
        "split": ["train"] * 5 + ["test"] * 4,
        "speaker": [*"xxxyy", *"xxyz"],
        "label": [*"aabcc", *"abcc"],
    }
    files.write_parquet(paths.build("made") / "splits.parquet", pd.DataFrame(splits))
    shown, alone = caveats.of_data(study_records.read("made", []))
    assert shown == caveats.BY_CHECK["D407"] and "2 of 4 test items" in alone


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
