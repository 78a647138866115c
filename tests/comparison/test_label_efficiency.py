"""What pretraining saves: the labels that the best candidate without it needs."""

import pytest
from factories.records import training_record

from helpers.comparison import label_efficiency
from helpers.report import figures

SIZES = [10.0, 100.0, 1000.0]


def write(name, values, adaptation):
    curve = {"metric": "accuracy", "items": 2000, "sizes": SIZES, "values": values}
    curve |= {"low": [v - 0.02 for v in values], "high": [v + 0.02 for v in values]}
    training_record("made", name, adaptation=adaptation, few_labels=curve).write("made", name)


def test_the_reference_is_the_best_that_was_not_pretrained(repository):
    write("pixels", [0.4, 0.6, 0.8], "baseline")
    write("scratch", [0.2, 0.5, 0.7], "scratch")
    write("probe-a", [0.5, 0.7, 0.9], "probe")
    training_record("made", "file", adaptation="predictions").write("made", "file")
    table, reference, _ = label_efficiency.measure("made", ["probe-a", "pixels", "scratch", "file"])
    assert reference == "pixels" and set(table["candidate"]) == {"probe-a", "pixels", "scratch"}
    needs = table.set_index(["candidate", "labels"])["needs"]
    assert needs["pixels", 100] == "–"
    assert needs["probe-a", 10].startswith("32 [")  # halfway, on a logarithmic scale
    assert needs["probe-a", 1000].startswith("over 1,000")
    assert needs["scratch", 10].startswith("up to 10")
    assert needs["probe-a", 100].startswith("316 [")
    figure = figures.curves_by_count(table, "labels", "accuracy")
    assert [each.get_text() for each in figure.axes[0].get_xticklabels()][-1] == "1,000"


@pytest.mark.parametrize("names", [[], ["alone"]])
def test_without_fits_there_is_nothing_to_say(repository, names):
    for name in names:
        training_record("made", name).write("made", name)
    table, reference, left_out = label_efficiency.measure("made", names)
    assert not len(table) and not reference and not left_out


def test_numbers_of_labels_that_are_not_there_are_named(repository):
    few = {"metric": "accuracy", "items": 300, "reason": "only 300 items have labels"}
    training_record("made", "none", adaptation="baseline", few_labels=few).write("made", "none")
    write("pixels", [0.4, 0.6, 0.8], "baseline")
    table, _, left_out = label_efficiency.measure("made", ["none", "pixels"])
    assert {*table["candidate"]} == {"pixels"} and "300" in left_out


def test_networks_alone_are_compared_with_the_best_of_them(repository):
    write("probe-a", [0.5, 0.7, 0.9], "probe")
    write("probe-b", [0.4, 0.6, 0.8], "probe")
    assert label_efficiency.measure("made", ["probe-a", "probe-b"])[1] == "probe-a"
