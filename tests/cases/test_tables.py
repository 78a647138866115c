"""Tables as spreadsheets and people write them."""

import numpy as np
import pandas as pd
import pytest
from factories.cases import given, look, put, scene, sentence

LABELS = ["ab"[number % 2] for number in range(40)]


@pytest.fixture
def pictures(repository):
    """Give a folder with 40 pictures and no table."""
    for number, label in enumerate(LABELS):
        put(repository / f"{number}.png", scene(label, number))
    return repository


SEMICOLONS = "path;label\r\n" + "".join(f"{n}.png;{each}\r\n" for n, each in enumerate(LABELS))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(SEMICOLONS, "utf-8", id="semicolons"),
        pytest.param("sep=;\r\n" + SEMICOLONS, "utf-8", id="a line sep=;"),
        pytest.param("sep=,\r\n" + SEMICOLONS.replace(";", ","), "utf-8", id="a line sep=,"),
        pytest.param(SEMICOLONS.replace(";", "\t"), "utf-16", id="tabs in UTF-16"),
    ],
)
def test_tables_of_spreadsheets_are_read_or_the_separator_is_named(pictures, text, encoding):
    """A table separated by anything but commas is read, or the refusal says what is wrong."""
    (pictures / "t.csv").write_bytes(text.encode(encoding))
    options = {} if encoding == "utf-8" else {"encoding": encoding}
    prepared, said = look({"table": {"file": "t.csv", **options}})
    assert prepared is not None or "separator" in said or "parts the columns" in said


@pytest.fixture
def other():
    """Give other labels, right for one item in two."""
    random = np.random.default_rng(0)
    return [each if random.random() < 0.5 else "ab"[each == "a"] for each in LABELS]


def test_two_columns_of_one_name_are_refused(pictures, other):
    """Which of two columns label is meant cannot be known."""
    rows = [f"{n}.png,{one},{two}" for n, (one, two) in enumerate(zip(LABELS, other, strict=True))]
    (pictures / "t.csv").write_text("\n".join(["path,label,label", *rows]))
    prepared, said = look({"table": "t.csv"})
    assert prepared is None or "twice" in said


def test_a_key_that_is_twice_in_a_line_is_refused(pictures, other):
    """Which of two keys label is meant cannot be known."""
    rows = [
        f'{{"path": "{number}.png", "label": "{one}", "label": "{two}"}}'
        for number, (one, two) in enumerate(zip(LABELS, other, strict=True))
    ]
    (pictures / "t.jsonl").write_text("\n".join(rows))
    prepared, said = look({"table": "t.jsonl"})
    assert prepared is None or "twice" in said


def test_two_columns_of_one_name_are_refused_in_predictions(pictures):
    """Which of two columns prediction is meant cannot be known."""
    paths = [f"{number}.png" for number in range(40)]
    pd.DataFrame({"path": paths, "label": LABELS}).to_csv(pictures / "t.csv", index=False)
    prepared, _ = look({"table": "t.csv"})
    test = prepared.frame[prepared.frame["split"] == "test"]
    rows = [f"{i},{c},{'ab'[c == 'a']}" for i, c in zip(test["id"], test["label"], strict=True)]
    (pictures / "p.csv").write_text("\n".join(["id,prediction,prediction", *rows]))
    read, _ = given("p.csv", prepared.frame, prepared.classes)
    assert read is None


@pytest.mark.parametrize("apart", [1, 25])
def test_a_quote_at_the_start_of_a_cell_swallows_no_lines(repository, apart):
    """Each line of a TSV is an item, or a line speaks of quotes."""
    rows = [f"{sentence(number)}\t{'pos' if number % 2 else 'neg'}" for number in range(40)]
    rows[5], rows[5 + apart] = '"Great phone\tpos', 'not good"\tneg'
    (repository / "t.tsv").write_text("\n".join(["text\tlabel", *rows, ""]))
    prepared, said = look({"table": "t.tsv"}, "text-classification")
    if prepared is not None:
        found = len(prepared.frame) + len(prepared.dropped)
        assert found == len(rows) or "line" in said or "quote" in said


def test_a_column_named_width_is_what_slices_of_pictures_go_by(repository):
    """A column of the user's is sliced by as it stands, or refused by name."""
    random, rows = np.random.default_rng(0), []
    for number in range(60):
        label = "ab"[number % 2]
        put(repository / f"{number}.png", scene(label, number))
        rows.append((f"{number}.png", label, random.choice(["narrow", "wide"])))
    table = pd.DataFrame(rows, columns=["path", "label", "width"])
    table.to_csv(repository / "t.csv", index=False)
    prepared, said = look({"table": "t.csv"}, slices=["width"])
    assert "width" in said or set(prepared.frame["width"]) == {"narrow", "wide"}


def test_a_column_named_words_is_what_slices_of_texts_go_by(repository):
    """A column of the user's is sliced by as it stands, or refused by name."""
    random = np.random.default_rng(0)
    rows = [(sentence(n), "ab"[n % 2], random.choice(["few", "many"])) for n in range(60)]
    table = pd.DataFrame(rows, columns=["text", "label", "words"])
    table.to_csv(repository / "t.csv", index=False)
    prepared, said = look({"table": "t.csv"}, "text-classification", slices=["words"])
    assert "words" in said or set(prepared.frame["words"]) == {"few", "many"}
