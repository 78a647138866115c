"""Published numbers next to ours: only where there are some, with the protocol of each."""

import re

from factories.records import data_record, metrics_record, rewrite
from factories.study import made_study

from helpers.comparison import published_results, study_records
from helpers.core.records.training import Training


def test_published_numbers_stand_next_to_ours_only_where_there_are_some(repository):
    made_study({"probe-a": 1.0})
    made_study({"probe-a": 1.0}, study="own", source={"folder": {"path": "x"}})
    trainings = [Training.read("made", "probe-a")]
    published = published_results.published_next_to_ours(study_records.read("made", trainings))
    assert len(published) and (published["protocol"].str.len() > 20).all()
    none = published_results.published_next_to_ours(study_records.read("own", trainings))
    assert len(none) == 0 and list(none.columns) == published_results.COLUMNS


def test_our_numbers_say_how_many_items_were_used_and_how_they_were_read(repository):
    made_study({"probe-a": 1.0})
    read = {"preprocessing": "pixels as they are", "vocabulary": "9, of all texts"}
    rewrite(Training, "made", "probe-a", backbone=read)
    splits = {"train": 300, "validation": 40, "test": 60}
    counts = {"used": 400, "original": 1000, "splits": splits}
    metrics_record("made", "probe-a", {"accuracy": {"value": 0.9}}).write("made", "probe-a")
    data_record(counts=counts).write("made")
    records = study_records.read("made", [Training.read("made", "probe-a")])
    table = published_results.published_next_to_ours(records).set_index("name")
    protocol = table.loc["probe-a", "protocol"]
    assert re.match(r"400 of 1,000 items: 300 train\w*, 40 valid\w+, 60 test\w*;", protocol)
    assert "; pixels as they are; " in protocol and "9, of all texts" in protocol
