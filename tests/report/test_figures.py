"""Figures and tables: drawn for ordinary and for odd data, with words, the same bytes each time."""

from unittest import mock

import numpy as np
import pandas as pd
import pytest

from helpers.core import provenance
from helpers.report import figures, tables
from helpers.report import provenance as shown_provenance

LONG = "a very long name of a class that nobody would ever want to read in full $x_1$ <b>"
NAN = float("nan")
PAIRS = pd.DataFrame(
    {"a": ["a", "a", "b"], "b": ["b", LONG, LONG], "difference": [0.1, 0.2, NAN]}
    | {"low": [-0.1, 0.1, NAN], "high": [0.3, 0.3, NAN], "p_holm": [0.3, 0.001, NAN]}
)
CANDIDATES = pd.DataFrame(
    {
        "candidate": ["one", LONG, "three"],
        "value": [0.9, 0.8, NAN],
        "low": [0.85, 0.7, NAN],
        "high": [0.95, 0.85, NAN],
        "tied": [True, True, False],
        "cost": [10.0, 0.001, 3.0],
    }
)
APART = pd.DataFrame(
    {"circumstance": ["slice: 1 to 2", LONG] * 2, "candidate": ["a", "a", LONG, LONG], "n": 3}
    | {"kind": "cell_type"}
    | {"metric": "accuracy", "value": [0.5, NAN, 0.4, 1.0], "low": [0.1, NAN, NAN, 0.9]}
    | {"high": [0.9, NAN, NAN, 1.0], "first": [True, False, False, True]}
)
PICTURES = [np.full((12 + n, 20, 3), 40 * n, np.uint8) for n in range(5)]
DRAWN = {
    "bars": lambda: figures.bar_chart(
        pd.DataFrame({"name": ["a", LONG], "value": [3, 200]}), "a unit"
    ),
    "choice curve": lambda: figures.validation_curve(
        pd.DataFrame({"parameter": [0.1, 1.0], "validation": [0.5, 0.7]}), 1.0, "accuracy"
    ),
    "class balance": lambda: figures.class_balance(
        pd.DataFrame({"train": [3, 0], "validation": [1, 1], "test": [1, 9]}, index=["a", LONG])
    ),
    "circumstances": lambda: figures.metric_by_condition(APART, ["a", LONG]),
    "circumstances of many": lambda: figures.metric_by_condition(
        pd.concat([APART.assign(circumstance=str(n)) for n in range(9)]), ["a", LONG]
    ),
    "confusion": lambda: figures.confusion_matrix(np.array([[3, 1], [0, 0]]), ["a", LONG]),
    "confusion of many": lambda: figures.confusion_matrix(
        np.eye(30, dtype=int), [*map(str, range(30))]
    ),
    "cost and quality": lambda: figures.pareto_front(CANDIDATES.dropna(), "accuracy", "ms"),
    "differences": lambda: figures.paired_differences(
        pd.DataFrame(
            {"pair": ["over a"], "difference": [0.1], "low": [-0.1], "high": [0.2], "p_holm": [0.3]}
        )
    ),
    "every pair": lambda: figures.difference_matrix(PAIRS, ["a", "b", LONG]),
    "every pair of many": lambda: figures.difference_matrix(
        PAIRS, ["a", "b", LONG, *map(str, range(9))]
    ),
    "gallery": lambda: figures.gallery(PICTURES, [LONG] * 5),
    "history": lambda: figures.training_history(
        pd.DataFrame({"epoch": [0, 1], "train": [NAN, 0.8], "validation": [0.5, 0.6]}), "accuracy"
    ),
    "leaderboard": lambda: figures.leaderboard(CANDIDATES, "accuracy"),
    "per class": lambda: figures.f1_by_class(
        pd.DataFrame(
            {"class": ["a", LONG], "support": [5, 0], "f1": [0.5, NAN]}
            | {"low": [0.2, NAN], "high": [0.7, NAN]}
        )
    ),
    "reliability": lambda: figures.reliability_diagram(
        pd.DataFrame(
            {"confidence": [0.6, 0.9], "accuracy": [0.5, 1.0], "count": [5, 9]}
            | {"low": [0.2, 0.7], "high": [0.8, 1.0]}
        ),
        "error 0.1",
    ),
    "robustness": lambda: figures.robustness_curve(
        pd.DataFrame(
            {"noise": ["a", "a", LONG, LONG], "severity": [0.0, 0.2, 0.0, 0.2]}
            | {"value": [0.9, 0.8, NAN, NAN], "low": [0.8, 0.7, NAN, NAN]}
            | {"high": [0.95, 0.85, NAN, NAN]}
        ),
        "accuracy",
    ),
    "sizes": lambda: figures.sizes(np.array([300, 300]), np.array([200, 300])),
    "slices": lambda: figures.metric_by_slice(
        pd.DataFrame(
            {"slice": ["a", LONG], "n": [5, 90], "value": [0.5, NAN]}
            | {"low": [0.1, NAN], "high": [0.9, NAN]}
        ),
        "accuracy",
        0.7,
    ),
}


def displayed(show):
    """Return what one call displays: its data and metadata."""
    with mock.patch("IPython.display.display") as display:
        show()
    [(data,), options] = display.call_args
    return data, options.get("metadata")


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_drawn_with_words_and_always_the_same(name):
    data, metadata = displayed(lambda: figures.show(DRAWN[name](), "what it shows"))
    [kind] = [key for key in data if key.startswith("image/")]
    assert metadata[kind]["alt"] == data["text/plain"] == "what it shows"
    assert len(data[kind]) > 1000
    assert data == displayed(lambda: figures.show(DRAWN[name](), "what it shows"))[0]


def test_names_keep_apart_and_those_that_moved_have_a_line():
    table = pd.DataFrame({"candidate": [f"candidate-{n}" for n in range(6)], "cost": 3.0})
    table = table.assign(value=0.9 + 0.001 * np.arange(6), low=0.85, high=0.95)
    table.loc[5, ["cost", "value"]] = [1e-5, 0.5]
    figure = figures.pareto_front(table, "word-error-rate", "ms")
    figure.draw_without_rendering()
    [axes] = figure.axes
    names = [each for each in axes.texts if each.get_text()]
    boxes = [each.get_window_extent() for each in names]
    assert len(names) == 6 and not any(
        box.count_overlaps(boxes[place + 1 :]) for place, box in enumerate(boxes)
    )
    assert sum(each.arrow_patch is not None for each in axes.texts) >= 3
    assert axes.get_xlim()[0] == 0.01
    assert "lower" in axes.get_ylabel() and "word error rate" in axes.get_ylabel()


def test_a_long_label_keeps_its_count_on_a_second_line():
    table = pd.DataFrame({"slice": [LONG], "n": [90], "value": [0.5], "low": [0.1], "high": [0.9]})
    [axes] = figures.metric_by_slice(table, "macro-f1", 0.7).axes
    [label] = [each.get_text() for each in axes.get_yticklabels()]
    assert label.count("\n") == 1 and label.endswith("(90)")
    assert axes.get_xlabel().startswith("macro-F1")


def test_a_chart_is_svg_and_pictures_are_png():
    assert "image/svg+xml" in displayed(lambda: figures.show(DRAWN["bars"](), ""))[0]
    assert "image/png" in displayed(lambda: figures.show(DRAWN["gallery"](), ""))[0]


def test_tables_escape_and_write_numbers_at_one_precision():
    frame = pd.DataFrame({"class": ["<script>", None], "f1": [0.123456, NAN], "n": [1234, 5]})
    data, _ = displayed(lambda: tables.show(frame, "A <b>caption</b>"))
    html = data["text/html"]
    assert "<script>" not in html and "&lt;script&gt;" in html and "A &lt;b&gt;caption" in html
    assert '<td class="number">0.123</td>' in html and "1,234" in html and "–" in html
    assert "<script>" in data["text/plain"]  # plain text is escaped where it is rendered


def test_columns_and_metrics_have_names_and_p_values_no_exponent():
    frame = pd.DataFrame(
        {"metric": ["macro-f1", "aurc"], "p_holm": [0.0, 0.2], "parameters": [3.72e7, NAN]}
        | {"column": ["cell_type", "words"], "cost": [1e-5, 722.4], "items_needed": [3.0, np.inf]}
    )
    html = displayed(lambda: tables.show(frame, "", {"p_holm": "{:.2g}"}))[0]["text/html"]
    for cell in ("macro-F1", "AURC", "cell type", "&lt;0.001", "0.200", "37,200,000", "722"):
        assert f">{cell}</td>" in html
    assert ">p, corrected</th>" in html and ">unbounded</td>" in html and "e-" not in html
    html = displayed(lambda: tables.parameters({"primary": "macro-f1", "slices": ["cell_type"]}))
    assert "<td>macro-F1</td>" in html[0]["text/html"] and "cell type" in html[0]["text/html"]


def test_an_empty_table_says_so():
    assert (
        "none" in displayed(lambda: tables.show(pd.DataFrame({"a": []}), "Nothing"))[0]["text/html"]
    )


def test_parameters_are_rows_and_nested_ones_are_flat():
    values = {"split": {"test": 0.25, "seed": 42}, "slices": [], "limit": None, "flip": True}
    html = displayed(lambda: tables.parameters(values))[0]["text/html"]
    assert '<th scope="row">split: test</th><td>0.250</td>' in html
    assert html.count("<td>–</td>") == 2 and "<td>yes</td>" in html


@pytest.mark.parametrize(
    "value, text",
    [
        (0.00001234, "<0.001"),
        (-0.000314, ">-0.001"),
        (37184256.0, "37,184,256"),
        (123.456, "123.5"),
        (float("inf"), "unbounded"),
        (np.int64(1500), "1,500"),
        (np.bool_(False), "no"),
        ([1e-4, 1.0], "0.0001, 1"),
        ("two\nlines", "two lines"),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_values_are_written_for_people(value, text):
    assert tables.text(value) == text


def test_provenance_names_what_decides_a_number(repository):
    known = provenance.collect()
    assert known["packages"]["numpy"] == np.__version__
    assert known["cores"] >= 1 and known["processor"] and known["python"].startswith("3.")
    html = displayed(lambda: shown_provenance.show("no study"))[0]["text/html"]
    assert "peak memory" in html and "seconds" in html and "data digest" not in html


def test_the_recordings_as_they_are_are_drawn_beside_a_band_alone():
    rows = [("as recorded", "", np.inf, 0.1, 0.05, 0.2), ("band", "band", 8000, 0.3, 0.2, 0.4)]
    columns = ["condition", "kind", "strength", "value", "low", "high"]
    figure = figures.noise_curve(pd.DataFrame(rows, columns=columns), "word-error-rate")
    drawn = [tuple(float(each[0]) for each in line.get_data()) for line in figure.axes[0].lines]
    assert drawn == [(0, 0.1), (1, 0.3)]
