"""Texts: how they are read and shown; every way to be wrong gets one clear line."""

import json
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from factories.texts import TASK, written

from helpers.core.errors import UserError
from helpers.data import preparation, sources
from helpers.data.encoded import Encoded, Unreadable
from helpers.data.sources import rated_texts
from helpers.data.text import decoding
from helpers.report import tables


@pytest.mark.parametrize(
    "raw, expected",
    [
        ("e\u0301té\r\nfin\r", "été\nfin\n"),
        ("\ufeffhello".encode(), "hello"),
        ("né".encode("utf-16"), "né"),
        (b"\xfe\xff" + "né".encode("utf-16-be"), "né"),
        (Encoded("naïve".encode("latin-1"), "latin-1"), "naïve"),
        (Encoded("東京".encode("shift_jis"), "shift_jis"), "東京"),
        (Encoded("né".encode("utf-16"), "utf-16"), "né"),
    ],
)
def test_texts_are_decoded_alike(raw, expected):
    assert decoding.decode(raw) == expected


@pytest.mark.parametrize(
    "raw, reason",
    [
        (b"caf\xe9", "not utf-8 at byte 3"),
        (b"a\0b", "a NUL character at 1"),
        (Encoded(b"a", "undefined"), "not undefined"),
        (Encoded(b"a-b", "punycode"), "not punycode"),
        ("  \n\t", "no words"),
        ("x" * (decoding.MAX_CHARACTERS + 1), "1,000,001 characters"),
    ],
)
def test_what_is_no_text_says_why(raw, reason):
    with pytest.raises(Unreadable, match=reason):
        decoding.decode(raw)


ROWS = {"text": ["a goal", "a tariff", "the match"], "label": ["s", "t", "s"]}


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_tables_of_any_kind_give_the_same_items(repository, ending):
    rows, file = pd.DataFrame(ROWS | {"site": ["x", "y", "x"]}), repository / f"t.{ending}"
    write = {
        "csv": lambda: rows.to_csv(file, index=False),
        "tsv": lambda: rows.to_csv(file, index=False, sep="\t"),
        "jsonl": lambda: rows.to_json(file, orient="records", lines=True),
        "parquet": lambda: rows.to_parquet(file),
    }
    write[ending]()
    items = sources.load({"table": {"file": file.name}}, TASK)
    assert [items.read(row) for row in range(3)] == ROWS["text"]
    assert items.frame["label"].tolist() == ["s", "t", "s"]
    assert items.frame["path"][1] == f"t.{ending}#1" and items.frame["site"][2] == "x"


def test_a_declared_encoding_is_used(repository):
    source = written(repository, {"text": ["café", "thé"], "label": ["a", "b"]}, encoding="cp1252")
    source["table"]["encoding"] = "cp1252"
    assert sources.load(source, TASK).read(0) == "café"


def test_a_folder_of_texts_is_read_by_class(repository):
    for name in ("spam/1.txt", "ham/1.txt", "ham/2.txt", "ham/photo.jpg"):
        file = repository / "mail" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this is {name}", encoding="latin-1")
    items = sources.load({"folder": {"path": "mail", "encoding": "latin-1"}}, TASK)
    assert items.frame["label"].tolist() == ["ham", "ham", "spam"]
    assert items.read(0) == "this is ham/1.txt" and items.unmatched == ("ham/photo.jpg",)


def parquet(text=("x", "y"), label=("a", "b"), **more):
    return pd.DataFrame({"text": text, "label": label, **more}).to_parquet()


LONG = b"text,label\n" + b"x" * (decoding.MAX_LINE + 1) + b",a\n"
BAD = {
    "wrong column": (b"texts,label\nx,a\n", {"text": "text"}, "did you mean 'texts'"),
    "wrong label": (b"text,labels\nx,a\n", {}, "unknown column 'label'; did you mean 'labels'"),
    "wrong encoding": (b"text,label\ncaf\xe9,a\n", {}, "not UTF-8 at byte 14; declare its"),
    "declared wrongly": (
        b"text,label\n\x81\x8d,a\n",
        {"encoding": "cp1252"},
        "not cp1252 at byte 11",
    ),
    "no such encoding": (b"text,label\nx,a\n", {"encoding": "utf-9"}, "did you mean 'utf-8'"),
    "no text encoding": (b"text,label\nx,a\n", {"encoding": "base64"}, "not a text encoding"),
    "an odd encoding": (b"text,label\nx,a\n", {"encoding": "undefined"}, "t.csv: not undefined"),
    "a NUL": (b"text,label\na\0b,a\n", {}, "a NUL character at 12: not a table of text"),
    "a long line": (LONG, {}, "line 2 has over 16,000,000 bytes"),
    "a list of labels": (
        parquet(label=[["a"], ["b"]]),
        {"file": "t.parquet"},
        "column 'label': several labels for an item: not supported",
    ),
    "bytes of another encoding": (
        parquet(text=[b"x", b"caf\xe9"]),
        {"file": "t.parquet"},
        "column 'text': row 2: bytes that are not text in the declared `encoding`",
    ),
    "a mapping for a text": (
        b'{"text": {"a": 1}, "label": "a"}',
        {"file": "t.jsonl"},
        "column 'text': row 1: a text or a number is needed, not a list or a mapping",
    ),
    "no object": (b'{"text": "x", "label": "a"}\n["x"]', {"file": "t.jsonl"}, "line 2: an object"),
    "a comma in a text": (b"text,label\nx,a\ny, z,b\n", {}, "line 3: 3 cells, but 2 in the header"),
    "a cell too many": (b"text,label\nx,a,1\ny,b,1\n", {}, "line 2: 3 cells, but 2 in the header"),
    "a quote": (
        b'text,label\nu,a\n"x,a\ny,b\n"z,a\nw,b\n',
        {},
        "line 3: a quote that is not closed",
    ),
    "a quote to the end": (b'text,label\n"x,a\ny,b\n', {}, "line 2: a quote that is not closed"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_wrong_table_gets_one_clear_line(repository, wrong):
    content, fields, expected = BAD[wrong]
    fields = {"file": "t.csv", **fields}
    (repository / fields["file"]).write_bytes(content)
    with pytest.raises(UserError) as caught:
        sources.load({"table": fields}, TASK)
    assert expected in str(caught.value) and "\n" not in str(caught.value)


def test_columns_that_nobody_asks_for_may_hold_anything(repository):
    rows = {"embedding": [[1.0, 2.0], [3.0]], "about": [{"a": 1}] * 2, "image": [b"\x89PNG"] * 2}
    (repository / "t.parquet").write_bytes(parquet(**rows, site=["p", "q"]))
    (repository / "t.jsonl").write_text('{"text": "x", "label": "a", "tags": ["b"], "site": "p"}\n')
    for name in ("t.parquet", "t.jsonl"):
        frame = sources.load({"table": name}, TASK).frame
        assert list(frame.columns) == ["id", "label", "path", "site"]


def test_texts_that_parquet_holds_as_bytes_are_decoded(repository):
    stored, labels = ["café".encode("cp1252"), b"x"], [b"caf\xe9", b"b"]
    (repository / "t.parquet").write_bytes(parquet(text=stored, label=labels))
    items = sources.load({"table": {"file": "t.parquet", "encoding": "cp1252"}}, TASK)
    assert items.read(0) == "café" and items.frame["label"].tolist() == ["café", "b"]


def test_a_separator_after_each_row_is_no_cell(repository):
    for text in ("text,label\nx,a,\ny,b,\n", 'text,label\nx,a\n\n"y",b,,\n'):
        (repository / "t.csv").write_text(text)
        items = sources.load({"table": "t.csv"}, TASK)
        assert [items.read(0), items.read(1)] == ["x", "y"]
        assert items.frame["label"].tolist() == ["a", "b"]


def test_a_line_ends_at_a_line_feed_alone(repository):
    rows = [{"text": "one\u2028two\u0085three", "label": "a"}, {"text": "x\ny", "label": "b"}]
    lines = [json.dumps(each, ensure_ascii=False) for each in rows]
    (repository / "t.jsonl").write_text("\r\n".join(lines), newline="")
    items = sources.load({"table": "t.jsonl"}, TASK)
    assert [items.read(0), items.read(1)] == [each["text"] for each in rows]
    told = rated_texts._lines("1\t0.5\tone\u0085two\r\n\n2\t1\tx\ty\n".encode(), "t", 3)
    assert told == [["1", "0.5", "one\x85two"], ["2", "1", "x\ty"]]


def test_a_folder_of_an_odd_encoding_says_what_was_left_out_and_why(repository):
    for name in ("a/1.txt", "a/2.txt", "b/1.txt", "b/2.txt"):
        (repository / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / "set" / name).write_text(f"this is {name}")
    with pytest.raises(UserError, match=r"found none; left out: not undefined \(4\)$"):
        preparation.prepare({"folder": {"path": "set", "encoding": "undefined"}}, task=TASK)


def test_a_label_of_many_values_is_not_taken_for_classes(repository):
    rows = {"text": [f"the text {n} of it" for n in range(5000)], "label": range(5000)}
    with pytest.raises(UserError, match="5,000 different labels for 5,000 texts, more than 2,000"):
        preparation.prepare(written(repository, rows), task=TASK)


def test_a_formula_stays_a_text_and_markup_comes_out_escaped(repository, capsys):
    formula, script = '=HYPERLINK("http://x.y","z")', "<script>alert(1)</script> of it"
    rows = {"text": [formula, script, script, formula], "label": ["<b>", "<b>", "a", "a"]}
    items = sources.load(written(repository, rows), TASK)
    assert items.read(0) == formula and items.read(1) == script
    with mock.patch("IPython.display.display") as display:
        tables.show(pd.DataFrame({"label": ["<b>"], "text": [script]}), "<i>")
    shown = display.call_args.args[0]["text/html"]
    assert "<script" not in shown and "<b>" not in shown and "&lt;script&gt;" in shown


def test_polarity_has_a_neutral_band_and_people_a_ceiling():
    names = ["negative", "neutral", "positive"]
    assert rated_texts.polarity([-0.5, -0.49, 0, 0.5], 0.5, names) == [
        names[i] for i in (0, 1, 1, 2)
    ]
    random = np.random.default_rng(0)
    truth = random.normal(0, 2, 4000)
    said = truth[:, None] + random.normal(0, 1, (4000, 20))
    correlation, accuracy = rated_texts.ceiling(said, 0.5)
    expected = 4 / np.sqrt((4 + 1) * (4 + 1 / 19))  # of one rater with the mean of 19 others
    assert correlation["value"] == pytest.approx(expected, abs=0.01)
    assert 0.7 < accuracy["value"] < 1
    for row in (correlation, accuracy):
        assert row["value"] - 0.02 < row["low"] < row["value"] < row["high"] < row["value"] + 0.02
    assert rated_texts.ceiling([[1.0]], 0.5) == []
    for few in ([[1, 1]] * 3, [[0, 0], [3, 3], [-2, -2, 1]]):
        share = rated_texts.ceiling(few, 0.5)[1]
        assert 0 <= share["low"] < share["value"] <= share["high"] <= 1
    assert all(np.isnan(row["low"]) for row in rated_texts.ceiling([[1, 1]], 0.5)[:1])


def test_the_ceiling_has_an_interval_over_items_that_holds_the_truth():
    random, held = np.random.default_rng(1), []
    noise = 4 / np.sqrt((4 + 1) * (4 + 1 / 4))  # of one rater with the mean of 4 others
    for _ in range(200):
        said = random.normal(0, 2, (60, 1)) + random.normal(0, 1, (60, 5))
        row = rated_texts.ceiling(list(said), 0.5)[0]
        held.append(row["low"] <= noise <= row["high"])
    assert 0.9 <= np.mean(held) <= 0.99
    assert rated_texts.differing([0.33, 1.0, 5.0], [[0, 0, 1], [1, 2], []]) == 1
