"""Tables as programs and people write them: read as meant, or refused in one line."""

import bz2
import gzip
import io
import json
import lzma
import unicodedata

import numpy as np
import pandas as pd
import pyarrow
import pytest
from factories.cases import look, put, scene, sentence
from PIL import Image
from pyarrow import parquet

from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.sources.tabular_files import class_name

TASK = "text-classification"
ROWS = [(sentence(number), ["neg", "pos"][number % 2]) for number in range(40)]


def lines(separator=",", rows=ROWS, header=("text", "label")):
    """Part cells by a separator, without quotes."""
    return "".join(separator.join(cells) + "\n" for cells in [header, *rows])


def texts(repository, content, name="t.csv", **fields):
    """Prepare a table of texts: give what was prepared, and all that is said of it."""
    content = content.encode() if isinstance(content, str) else content
    (repository / name).write_bytes(content)
    return look({"table": {"file": name, **fields}}, TASK)


@pytest.mark.parametrize("name", ["t.jsonl", "t.parquet"])
def test_whole_numbers_beyond_floats_stay_themselves_where_a_cell_is_empty(repository, name):
    names = pd.array([2**53 + 1 + number // 2 for number in range(39)] + [None], dtype="Int64")
    frame = pd.DataFrame(ROWS, columns=["text", "label"]).assign(patient=names)
    if name == "t.jsonl":
        frame.to_json(repository / name, orient="records", lines=True)
    else:
        plain = pyarrow.Table.from_pandas(frame).replace_schema_metadata(None)
        parquet.write_table(plain, repository / name)  # as other libraries write it
    items = sources.load({"table": {"file": name, "group": "patient"}}, TASK)
    assert items.frame["group"].dropna().tolist() == [str(each) for each in names[:39]]


FOUND_OUT = {
    "commas": (lines(), "t.csv", ""),
    "tabs": (lines("\t"), "t.tsv", ""),
    "one line end": (lines().replace("\n", "\r"), "t.csv", ""),
    "tabs in .csv": (lines("\t"), "t.csv", "separated by tabs"),
    "semicolons in .tsv": (lines(";"), "t.tsv", "separated by semicolons"),
    "bars": (lines("|"), "t.txt", "separated by vertical bars"),
    "commas in the cells": (
        lines(";", [(text.replace(" ", ", ", 1), label) for text, label in ROWS]),
        "t.csv",
        "separated by semicolons",
    ),
    "a mark and sep=": ("\ufeffsep=;\r\n" + lines(";"), "t.csv", "separated by semicolons"),
    "UTF-16 that says so": (lines("\t").encode("utf-16"), "t.csv", "utf-16"),
    "empty columns and rows": (
        lines(",", [(*row, "", "") for row in [*ROWS, ("", "")]], ("text", "label", "", "")),
        "t.csv",
        "",
    ),
    "an index without a name": (
        lines(",", [(str(number), *row) for number, row in enumerate(ROWS)], ("", "text", "label")),
        "t.csv",
        "",
    ),
    "blanks in the header": (lines(",", ROWS, ("text", " label")), "t.csv", ""),
    "short rows": (
        lines(",", [(*row, *["x"] * (row[1] == "pos")) for row in ROWS], ("text", "label", "s")),
        "t.csv",
        "20 rows with fewer cells",
    ),
    "short rows of semicolons": (
        lines(";", [(*row, *["x"] * (row[1] == "pos")) for row in ROWS], ("text", "label", "s")),
        "t.csv",
        "20 rows with fewer cells",
    ),
    "JSON Lines in .json": (
        "\n".join(json.dumps(dict(text=text, label=label)) for text, label in ROWS),
        "t.json",
        "",
    ),
}


@pytest.mark.parametrize("case", FOUND_OUT)
def test_a_table_is_read_as_it_is_meant(repository, case):
    content, name, said = FOUND_OUT[case]
    prepared, notes = texts(repository, content, name)
    assert len(prepared.frame) == 40 and prepared.classes == ("neg", "pos")
    assert said in notes and (said or not prepared.items.notes)


REFUSED = {
    "several separators": (
        lines(";", [("x|" + text, label) for text, label in ROWS], ("a|text", "label")),
        "t.csv",
        "semicolons or vertical bars: declare its `separator`",
    ),
    "cp1252": (lines().replace("pos", "très").encode("cp1252"), "t.csv", "such as cp1252"),
    "UTF-16 without a mark": (lines().encode("utf-16-le"), "t.csv", "utf-16-le"),
    "a workbook": (b"PK\x03\x04 and so on", "t.xlsx", "save the sheet as csv"),
    "a workbook called CSV": (b"PK\x03\x04 and so on", "t.csv", "save the sheet as csv"),
    "compressed": (gzip.compress(lines().encode()), "t.csv.gz", "unpack it"),
    "compressed otherwise": (bz2.compress(lines().encode()), "t.csv", "unpack it"),
    "compressed in a third way": (lzma.compress(lines().encode()), "t.csv", "unpack it"),
    "parquet called CSV": (b"PAR1\x15\0", "t.csv", "call it .parquet"),
    "half of an emoji": ('{"text": "a", "label": "x"}\n{"text": "\\ud83d"}', "t.jsonl", "line 2"),
    "a page": ("\n<HTML><table>", "t.csv", "html"),
    "a JSON array": (json.dumps([{"text": "x"}], indent=1), "t.json", "one object a line"),
    "a comment first": ("# by X\n" + lines(), "t.csv", "'# by x'"),
    "a name twice but for blanks": (
        lines(",", [(*row, "neg") for row in ROWS], ("text", "label", "label ")),
        "t.csv",
        "there twice: 'label'",
    ),
    "a name twice but for case": (
        lines(",", [(*row, "neg") for row in ROWS], ("text", "label", "Label")),
        "t.csv",
        "'label' and 'label' look alike",
    ),
    "a key twice, deeper": (
        '{"text": "a", "x": {"y": 1, "y": 2}}',
        "t.jsonl",
        "key 'y' is there twice",
    ),
    "one object of rows": (
        json.dumps({"data": [{"text": text, "label": label} for text, label in ROWS]}, indent=1),
        "t.json",
        "one object a line",
    ),
    "one object of columns": (
        json.dumps({"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}),
        "t.json",
        "one object a line",
    ),
    "carets": (lines("^"), "t.csv", "declare its `separator`"),
    "two colons": (lines("::"), "t.csv", "declare its `separator`"),
    "runs of blanks": (lines("     "), "t.csv", "declare its `separator`"),
    "several labels": ('{"text": "a", "label": ["x"]}', "t.jsonl", "several labels for an item"),
    "amounts": (
        lines(",", [(text, f"{1.37 * k:.2f}") for k, (text, _) in enumerate(ROWS)]),
        "t.csv",
        "an amount, not classes",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_line(repository, case):
    content, name, expected = REFUSED[case]
    prepared, said = texts(repository, content, name)
    assert prepared is None and expected in said and "\n" not in said


def test_what_is_declared_is_not_found_out(repository):
    """A separator and an encoding that a study declares hold; a doubtful one is noted."""
    rows = [(text + "|x", label) for text, label in ROWS]
    content = lines(";", rows, ("text|x", "label"))
    prepared, _ = texts(repository, content, separator=";", text="text|x")
    assert prepared.classes == ("neg", "pos")
    content = lines().replace("pos", "très")
    prepared, said = texts(repository, content.encode("cp1252"), encoding="cp1252")
    assert prepared.classes == ("neg", "très") and not said
    _, said = texts(repository, content, encoding="cp1252")
    assert "valid utf-8" in said


SWALLOWED = ('"Great phone', 'not good"')


@pytest.mark.parametrize("apart", [1, 2, 20])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_quote_never_joins_rows_in_silence(repository, separator, order, apart):
    """Every line of tabs is a row; elsewhere the line of the quote is named."""
    rows = [list(row) for row in ROWS]
    rows[5][0], rows[5 + apart][0] = SWALLOWED
    content = lines(separator, [row[::order] for row in rows], ("text", "label")[::order])
    prepared, said = texts(repository, content, "t.tsv" if separator == "\t" else "t.csv")
    if separator == "\t":
        assert len(prepared.frame) == 40 and "quotes stand for themselves" in said
    else:
        assert prepared is None and "line 7: a quote" in said


@pytest.mark.parametrize("separator", [",", "\t"])
def test_texts_of_several_lines_are_read(repository, separator):
    """A quoted text may have lines, blank ones, and separators as far as it is quoted."""
    rows = [list(row) for row in ROWS]
    rows[3][0], rows[4][0] = '"one\n\ntwo, three\nfour"', '"a ""b"", c\nd"'
    rows[6][0] = f'"left{separator}right"'
    prepared, said = texts(
        repository, lines(separator, rows), "t.tsv" if separator == "\t" else "t.csv"
    )
    assert len(prepared.frame) == 40 and "quote" not in said
    read = [prepared.items.read(index) for index in (3, 4, 6)]
    assert read == ["one\n\ntwo, three\nfour", 'a "b", c\nd', f"left{separator}right"]


def test_files_are_found_whatever_their_case_form_and_escapes(repository):
    """The bytes of a file's name open it, and the table's spelling stays its id."""
    folder = unicodedata.normalize("NFD", "é")
    for number in range(24):
        put(repository / folder / f"Pic {number}.PNG", scene("ab"[number % 2], number))
    put(repository / folder / "other.png", scene("a", 99))
    put(repository / folder / "OTHER.png", scene("a", 98))
    for spelled in ("é/Pic {}.PNG", "É/pic {}.png", "%C3%A9/Pic%20{}.PNG", "é\\Pic {}.PNG"):
        rows = [(spelled.format(number), "ab"[number % 2]) for number in range(24)]
        rows.append(("é/Other.png", "a"))
        (repository / "t.csv").write_text(lines(",", rows, ("path", "label")))
        prepared, said = look({"table": "t.csv"})
        assert len(prepared.frame) == 24 and "24 files called otherwise" in said
        assert prepared.frame["id"][1] == spelled.format(1).replace("\\", "/")
        assert prepared.dropped["reason"].tolist() == ["no such file"]


def hub_table(file, column, contents, names=("cat", "dog"), paths=True):
    """Write parquet as the Hugging Face hub does: items as bytes and path, classes by number."""
    items = [
        {"bytes": content, "path": f"{number}.x" if paths else None}
        for number, content in enumerate(contents)
    ]
    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    labels = [number % 2 for number in range(len(items) - 1)] + [-1]
    table = pyarrow.table({column: pyarrow.array(items, kind), "label": labels})
    features = {column: {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
    kept = json.dumps({"info": {"features": features if names else {}}})
    parquet.write_table(table.replace_schema_metadata({"huggingface": kept}), file)


def png(pixels):
    """Encode a picture."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("column", ["image", "img"])
@pytest.mark.parametrize("paths", [True, False])
def test_parquet_of_the_hub_is_read(repository, column, paths):
    """Pictures lie in the table, and numbers have the names of their classes; -1 is no label."""
    contents = [png(scene("ab"[number % 2], number)) for number in range(21)]
    hub_table(repository / "t.parquet", column, contents, paths=paths)
    prepared, _ = look({"table": "t.parquet"})
    assert prepared.classes == ("cat", "dog") and prepared.dropped["reason"].tolist() == [
        "no label"
    ]
    assert prepared.frame["id"][1] == ("1.x" if paths else "000001")
    assert (prepared.items.read(1) == scene("b", 1)).all()


def test_sounds_of_the_hub_are_read(repository):
    """A table of recordings of the hub needs no declaration either."""
    import soundfile

    contents = []
    for number in range(4):
        stream = io.BytesIO()
        soundfile.write(stream, np.sin(np.arange(8000) / (9 + number)), 16000, format="WAV")
        contents.append(stream.getvalue())
    hub_table(repository / "t.parquet", "audio", contents, names=())
    frame = pd.read_parquet(repository / "t.parquet").assign(transcript=["a", "b", "c", "d"])
    frame.to_parquet(repository / "t.parquet")
    items = sources.load({"table": "t.parquet"}, "speech-recognition")
    assert items.frame["id"].tolist() == ["0.x", "1.x", "2.x", "3.x"] and len(items.read(3)) == 8000


@pytest.mark.parametrize("column", ["split", "path", "prediction"])
def test_columns_that_mean_another_thing_here_are_no_slices(repository, column):
    """A slice by such a column would be by ours, or would replace the split that was drawn."""
    rows = [(*row, "train") for row in ROWS]
    (repository / "t.csv").write_text(lines(",", rows, ("text", "label", column)))
    prepared, said = look({"table": "t.csv"}, TASK, slices=[column])
    assert prepared is None and "rename the column" in said


def test_columns_that_speech_fills_itself_are_not_replaced_in_silence(repository):
    """A reference beside a transcript: which is meant cannot be known."""
    for column in ("reference", "sound"):
        (repository / "t.csv").write_text(f"path,transcript,{column}\na.wav,a,b\nb.wav,b,c\n")
        with pytest.raises(UserError, match=f"'{column}': rename it"):
            sources.load({"table": "t.csv"}, "speech-recognition")
    items = sources.load({"table": {"file": "t.csv", "transcript": "sound"}}, "speech-recognition")
    assert items.frame["reference"].tolist() == ["b", "c"]


def test_numbers_as_ids_are_written_as_whole_ones(repository):
    """7.0 of a column of floats is the id 7 of everyone else."""
    frame = pd.DataFrame({"id": [7.0, 8.0], "text": ["a", "b"], "label": ["x", "y"]})
    frame.to_parquet(repository / "t.parquet")
    assert sources.load({"table": "t.parquet"}, TASK).frame["id"].tolist() == ["7", "8"]


def test_an_unknown_column_is_named_with_those_there(repository):
    """A table without a header shows its first row in place of the names."""
    (repository / "t.csv").write_text("some words,pos\nother words,neg\n")
    with pytest.raises(UserError, match=r"unknown column 'text' \(allowed: some words, pos\)"):
        sources.load({"table": "t.csv"}, TASK)


@pytest.mark.parametrize("separator", ["\t", "\\t", "tab", "TAB"])
def test_a_tab_may_be_written_as_people_write_it(repository, separator):
    assert texts(repository, lines("\t"), separator=separator)[0].classes == ("neg", "pos")


@pytest.mark.parametrize("separator", ["::", "", "comma", '"'])
def test_other_separators_of_several_characters_are_refused(repository, separator):
    _, said = texts(repository, lines(), separator=separator)
    assert "table: separator: one character, or tab, is needed" in said


def test_numbers_beyond_the_named_classes_are_refused(repository):
    """The hub has -1 for no label; any other number without a name is a mistake."""
    hub_table(repository / "t.parquet", "image", [png(scene("a", k)) for k in range(9)])
    table = parquet.read_table(repository / "t.parquet")
    place = table.column_names.index("label")
    labels = pyarrow.array([0, 1, 2] * 3)
    parquet.write_table(table.set_column(place, "label", labels), repository / "t.parquet")
    prepared, said = look({"table": "t.parquet"})
    assert prepared is None and "'label': class 2 has no name: 2 names" in said


def test_bytes_that_are_no_text_are_said_to_be_so(repository):
    frame = pd.DataFrame({"text": [png(scene("a", k)) for k in range(4)], "label": ["a", "b"] * 2})
    frame.to_parquet(repository / "t.parquet")
    prepared, said = look({"table": "t.parquet"}, TASK)
    assert prepared is None and "an image or a recording is kept as {bytes, path}" in said


@pytest.mark.parametrize(
    ("names", "beside"),
    [
        (["train-00000-of-00002.csv", "train-00001-of-00002.csv"], 1),
        (["train-00000-of-00003.csv"], 2),
        (["part-00000.csv", "part-00001.csv", "part-00002.csv"], 2),
        (["train-00000-of-00001.csv"], 0),
        (["part-1.csv", "part-1.txt", "words.csv"], 0),
        (["party5.csv", "party6.csv"], 0),
    ],
)
def test_one_part_of_several_is_told(repository, names, beside):
    for name in names[::-1]:
        prepared, _ = texts(repository, lines(), name)
    [found] = [each for each in prepared.findings if each.code == "D210"]
    assert found.count == beside and (not beside or "not read" in found.consequence)
    (repository / "test-00000-of-00001.csv").write_text(lines())
    _, said = texts(repository, lines(), names[0])
    assert ("test-00000-of-00001.csv" in said) == names[0].startswith("train")


@pytest.mark.parametrize("levels", [4095, [0], [0, 1, 2], "0-4095", [4095, 0], ["a", "b"]])
def test_mistaken_levels_are_told_what_is_allowed(repository, levels):
    prepared, said = look({"folder": {"path": "set", "levels": levels}})
    assert prepared is None and "levels: black, then a larger value for white" in said


@pytest.mark.parametrize("number", [2, -2, 0.5, "cat"])
def test_a_class_without_a_name_is_refused_and_only_minus_one_is_none(number):
    assert [class_name(each, ["x", "y"], "t") for each in (1.0, -1, None)] == ["y", None, None]
    with pytest.raises(UserError, match="t: class .* has no name: 2 names"):
        class_name(number, ["x", "y"], "t")
