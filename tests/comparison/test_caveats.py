"""What the data and the training say against a comparison."""

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
