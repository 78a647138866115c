"""Tables: escaped, at one precision, with readable names."""

import numpy as np
import pandas as pd
import pytest
from factories.notebook_output import displayed, displayed_html

from helpers.report import tables

NAN = float("nan")


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
        | {"column": ["cell_type", "words"], "cost": [1e-5, 722.4], "items_high": [3.0, np.inf]}
    )
    html = displayed_html(lambda: tables.show(frame, "", {"p_holm": "{:.2g}"}))
    for cell in ("macro-F1", "AURC", "cell type", "&lt;0.001", "0.200", "37,200,000", "722"):
        assert f">{cell}</td>" in html
    assert "p_holm" not in html and ">unbounded</td>" in html and "e-" not in html
    html = displayed_html(lambda: tables.parameters({"primary": "macro-f1", "slices": ["a_b"]}))
    assert "<td>macro-F1</td>" in html and "a b" in html


def test_two_columns_of_one_name_are_both_shown():
    frame = pd.DataFrame({"a_b": [1], "a b": [2]})
    data, _ = displayed(lambda: tables.show(frame, ""))
    assert data["text/html"].count("</td>") == 2 and data["text/plain"].split()[-2:] == ["1", "2"]


def test_a_column_of_notes_is_shown_only_if_there_is_a_note():
    frame = pd.DataFrame({"class": ["a", "b"], "note": ["", ""]})
    assert "note" not in displayed_html(lambda: tables.show(frame, ""))
    frame.loc[1, "note"] = "few items"
    assert "few items" in displayed_html(lambda: tables.show(frame, ""))


def test_a_citation_is_whole_and_other_long_values_are_cut():
    long = "word " * 80 + "end"
    html = displayed_html(lambda: tables.parameters({"citation": long, "name": long}))
    assert html.count("end</td>") == 1 and html.count("…</td>") == 1


def test_an_empty_table_says_so():
    assert "none" in displayed_html(lambda: tables.show(pd.DataFrame({"a": []}), "Nothing"))


def test_parameters_are_rows_and_nested_ones_are_flat():
    values = {"split": {"test": 0.25, "seed": 42}, "slices": [], "limit": None, "flip": True}
    html = displayed_html(lambda: tables.parameters(values))
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
