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
