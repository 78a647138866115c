"""Sources: every kind gives the same items; every way to be wrong gets one clear line."""

import sys
import types
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.config import data_source
from helpers.core import dotted_names
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data import checks, sources, tasks
from helpers.data.image import decoding
from helpers.data.items import Items, natural
from helpers.data.sources import Reader, Source, archive_readers
from helpers.pipeline import external_inputs


def image(path, level=100, size=(5, 4)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, level).save(path)


def arrays(root, data, labels, **more):
    for name, array in {"data": data, "labels": labels, **more}.items():
        np.save(root / f"{name}.npy", array, allow_pickle=True)
    return {"npy": {name: f"{name}.npy" for name in ("data", "labels", *more)}}


GREY = np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1, 2, 0, 1, 2]),
        np.array(["0", "1", "2", "0", "1", "2"]),
        np.array([0.0, 1, 2, 0, 1, 2]),
        np.array([[0], [1], [2], [0], [1], [2]]),
        np.eye(3)[[0, 1, 2, 0, 1, 2]],
    ],
    ids=["ints", "texts", "floats", "a column", "one-hot"],
)
def test_npy_accepts_labels_in_the_usual_shapes(repository, labels):
    items = sources.load(arrays(repository, GREY, labels))
    assert items.frame["label"].tolist() == ["0", "1", "2", "0", "1", "2"]
    assert items.frame["path"][3] == "data.npy#3" and items.root == "."
    assert (items.read(3)[:, :, 1] == GREY[3]).all()
    assert bool(items.notes) == (labels.ndim == 2 and labels.shape[1] == 3)


def test_npy_scales_floats_once_for_the_whole_array(repository):
    data = np.zeros((3, 2, 2), np.float32)
    data[0], data[1] = 1.0, 200.0  # 1.0 means nearly black here, not white
    items = sources.load(arrays(repository, data, np.arange(3)))
    items = replace(items, decoding=checks.survey(items).decoding)
    assert items.read(0).max() == 1 and items.read(1).max() == 200
    items = sources.load(arrays(repository, data[[0, 2, 2]], np.arange(3)))
    items = replace(items, decoding=checks.survey(items).decoding)
    assert items.read(0).min() == 255


def test_npy_keeps_missing_labels_and_groups(repository):
    groups = np.array(["a", "a", "b", "b", "c", "c"])
    labels = np.array([0, np.nan, 1, 1, 0, 0])
    items = sources.load(arrays(repository, GREY, labels, groups=groups))
    assert items.frame["label"].isna().tolist() == [False, True, False, False, False, False]
    assert items.frame["group"].tolist() == groups.tolist()


BAD_ARRAYS = {
    "shorter labels": (GREY, np.arange(5), "labels.npy: 5 values for 6 images in data.npy"),
    "pickled": (np.array([{}] * 6, object), np.arange(6), "data.npy: holds Python objects"),
    "complex": (GREY.astype(complex), np.arange(6), "data.npy: values of type complex128"),
    "flat": (GREY.reshape(6, 16), np.arange(6), r"data.npy: shape \(6, 16\)"),
    "two channels": (np.zeros((6, 4, 4, 2)), np.arange(6), "channels"),
    "not one-hot": (GREY, np.ones((6, 3)), "one-hot rows"),
    "complex labels": (GREY, np.arange(6) * 1j, "labels.npy: shape"),
    "no items": (GREY[:0], np.arange(0), "no images"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_wrong_arrays_get_one_clear_line(repository, case):
    data, labels, expected = BAD_ARRAYS[case]
    with pytest.raises(UserError, match=expected) as caught:
        sources.load(arrays(repository, data, labels))
    assert "\n" not in str(caught.value)


def test_an_npz_of_one_array_is_read_and_of_several_refused(repository):
    np.savez(repository / "data.npz", GREY)
    np.savez(repository / "labels.npz", np.arange(6) % 2)
    source = {"npy": {"data": "data.npz", "labels": "labels.npz"}}
    assert sources.load(source).frame["label"].tolist() == ["0", "1"] * 3
    np.savez(repository / "data.npz", x_train=GREY, y_train=np.arange(6))
    with pytest.raises(UserError, match="data.npz: holds x_train, y_train: write each array"):
        sources.load(source)


def test_a_broken_or_missing_npy_gets_one_clear_line(repository):
    (repository / "data.npy").write_text("not an array")
    with pytest.raises(UserError, match="data.npy: holds Python objects, or is no numpy file"):
        sources.load({"npy": {"data": "data.npy", "labels": "data.npy"}})
    with pytest.raises(UserError, match="absent.npy: no such file"):
        sources.load({"npy": {"data": "absent.npy", "labels": "data.npy"}})


def test_folder_takes_a_class_a_folder(repository):
    image(repository / "pets" / "cat" / "1.png")
    image(repository / "pets" / "cat" / "deep" / "2.JPG", 50)
    image(repository / "pets" / "dog" / "1.png", 200)
    (repository / "pets" / "cow").mkdir()
    (repository / "pets" / "readme.txt").write_text("hello")
    (repository / "pets" / ".cache").mkdir()
    image(repository / "pets" / ".cache" / "x.png")
    items = sources.load({"folder": {"path": "pets"}})
    assert items.frame["id"].tolist() == ["cat/1.png", "cat/deep/2.JPG", "dog/1.png"]
    assert items.frame["label"].tolist() == ["cat", "cat", "dog"]
    assert items.unmatched == ("readme.txt",) and items.declared == ("cat", "cow", "dog")
    assert (items.read(2) == 200).all() and items.root == "pets"
    before = items.digest
    image(repository / "pets" / "dog" / "1.png", 201)
    assert sources.load({"folder": "pets"}).digest != before


@pytest.mark.parametrize("link", ["cat/2.png", "cow"])
def test_a_link_out_of_a_folder_gets_one_clear_line(repository, link):
    image(repository / "elsewhere" / "1.png")
    image(repository / "pets" / "cat" / "1.png")
    (repository / "pets" / "dog").mkdir()
    (repository / "pets" / "dog" / "same.png").symlink_to(repository / "pets" / "cat" / "1.png")
    assert len(sources.load({"folder": "pets"}).frame) == 2  # a link within is followed
    target = repository / "elsewhere" / ("" if link == "cow" else "1.png")
    (repository / "pets" / link).symlink_to(target)
    with pytest.raises(UserError, match=f"pets: path '{link}' leaves its folder by a link"):
        sources.load({"folder": "pets"})


def test_folder_takes_splits_above_classes(repository):
    for split, label in [("train", "cat"), ("train", "dog"), ("val", "cat"), ("test", "dog")]:
        image(repository / "pets" / split / label / "1.png")
    frame = sources.load({"folder": {"path": "pets"}}).frame.set_index("id")
    assert frame.loc["val/cat/1.png", "split"] == "validation"
    assert frame.loc["test/dog/1.png", "label"] == "dog"


def test_folder_without_images_gets_one_clear_line(repository):
    (repository / "pets").mkdir()
    with pytest.raises(UserError, match="pets: no images"):
        sources.load({"folder": {"path": "pets"}})
    with pytest.raises(UserError, match="absent: no such folder"):
        sources.load({"folder": {"path": "absent"}})


def table(root, text, name="t.csv", **fields):
    folder = root / "set"
    for index in range(3):
        image(folder / "pics" / f"{index}.png", 10 * index)
    (folder / name).write_text(text)
    return {"table": {"file": f"set/{name}", **fields}}


ROWS = """path,label,fold,site,formula
pics/0.png,<script>alert(1)</script>,train,x,=1+1
pics/1.png,NA,dev,y,"=HYPERLINK(""http://x"")"
pics/2.png,,test,y,@SUM(A1)
"""


def test_table_keeps_cells_as_text(repository):
    source = table(repository, ROWS, split="fold", group="site")
    frame = sources.load(source).frame
    assert frame["label"].tolist()[:2] == ["<script>alert(1)</script>", "NA"]
    assert pd.isna(frame["label"][2])
    assert frame["split"].tolist() == ["train", "validation", "test"]
    assert frame["group"].tolist() == ["x", "y", "y"]
    assert frame["formula"].tolist()[0] == "=1+1"
    assert (sources.load(source).read(1) == 10).all()


def test_columns_named_split_and_group_need_no_declaration(repository):
    rows = ROWS.replace("fold,site", "split,group")
    frame = sources.load(table(repository, rows)).frame
    assert frame["split"].tolist() == ["train", "validation", "test"]
    assert frame["group"].tolist() == ["x", "y", "y"]
    for task, fields in (
        ("text-classification", {"text": "formula"}),
        ("speech-recognition", {"transcript": "formula"}),
    ):
        source = {"table": {"file": "set/t.csv", **fields}}
        assert (
            sources.load(source, task).frame[["split", "group"]].equals(frame[["split", "group"]])
        )
    other = sources.load(table(repository, ROWS.replace("fold", "split"), label="split")).frame
    assert other["label"].tolist() == ["train", "dev", "test"] and "split" not in other.columns


def test_table_reads_parquet_and_tabs(repository):
    source = table(repository, ROWS.replace(",", "\t"), name="t.tsv")
    rows = sources.load(source).frame
    pd.DataFrame({"file": rows["path"], "y": [0, 1, 1]}).to_parquet(
        repository / "set" / "t.parquet"
    )
    items = sources.load({"table": {"file": "set/t.parquet", "path": "file", "label": "y"}})
    assert items.frame["label"].tolist() == ["0", "1", "1"] and items.root == "set"


def test_a_row_without_its_image_is_unreadable_not_fatal(repository):
    items = sources.load(table(repository, "path,label\npics/0.png,a\npics/9.png,b\n"))
    with pytest.raises(decoding.Unreadable, match="no such file"):
        items.read(1)


BAD_TABLES = {
    "path escapes": ("path,label\n../secret.png,a\n", "'../secret.png' leaves the table's folder"),
    "path escapes windows": ("path,label\npics\\..\\..\\x,a\n", "leaves the table's folder"),
    "absolute": ("path,label\n/etc/passwd,a\n", "leaves the table's folder"),
    "link": ("path,label\nout.png,a\n", "'out.png' leaves its folder by a link"),
    "linked folder": ("path,label\netc/passwd,a\n", "'etc/passwd' leaves its folder by a link"),
    "unknown column": ("path,labels\npics/0.png,a\n", "'label'; did you mean 'labels'"),
    "no splits": (
        "path,label,split\npics/0.png,a,fold1\n",
        "t.csv: column 'split': split 'fold1' in 1 of 1 rows: train, validation or test needed",
    ),
    "no path": ("path,label\n,a\n", "a row without a path"),
    "duplicate ids": ("id,path,label\n7,pics/0.png,a\n7,pics/1.png,b\n", "duplicate ids .1.: '7'"),
    "paths twice": ("path,label\npics/0.png,a\npics/0.png,b\n", "duplicate ids"),
    "no rows": ("path,label\n", "no images"),
    "empty": ("", "not a readable table"),
    "ragged": ("path,label\na,b\na,b,c,d\n", "not a readable table"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_wrong_tables_get_one_clear_line(repository, case):
    text, expected = BAD_TABLES[case]
    source = table(repository, text)
    (repository / "set" / "out.png").symlink_to("/etc/passwd")
    (repository / "set" / "etc").symlink_to("/etc")
    with pytest.raises(UserError, match=expected) as caught:
        sources.load(source)
    assert "\n" not in str(caught.value)


def test_a_table_that_is_not_text_or_names_other_splits_is_refused(repository):
    source = table(repository, ROWS.replace("dev", "elsewhere"), split="fold")
    with pytest.raises(UserError, match="split 'elsewhere' in 1 of 3 rows: train, valid"):
        sources.load(source)
    (repository / "set" / "t.csv").write_bytes(b"\xff\xfe\x00bad\x9d")
    with pytest.raises(UserError, match="not utf-16 at byte 6"):
        sources.load(source)
    (repository / "set" / "t.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(UserError, match="not a readable table"):
        sources.load({"table": "set/t.parquet"})


def test_unknown_sources_and_fields_are_named(repository):
    with pytest.raises(UserError, match="did you mean 'elpv'"):
        sources.load("elpw")
    with pytest.raises(UserError, match="unknown data source 'fold'.*did you mean 'folder'"):
        sources.load({"fold": "x"})
    with pytest.raises(UserError, match="folder: .*'pth'"):
        sources.load({"folder": {"pth": "x"}})


def test_a_plain_string_stands_for_one_field_of_each_kind(repository):
    for name, kind in sources.KINDS.items():
        task = next(task for task in tasks.TASKS if tasks.get(task).modality in kind.loaders)
        needed = [key for key, field in kind.fields.model_fields.items() if field.is_required()]
        assert set(kind.own_files) <= set(kind.fields.model_fields)
        if needed == [kind.shorthand]:
            found, fields = sources.checked({name: "x"}, task)
            assert (found, getattr(fields, kind.shorthand)) == (name, "x")


def test_every_loader_and_reader_is_there_and_named_for_the_digest():
    for kind in sources.KINDS:
        for modality, loader in sources.KINDS[kind].loaders.items():
            task = next(task for task in tasks.TASKS if tasks.get(task).modality == modality)
            assert callable(dotted_names.load(loader))
            assert dotted_names.load(loader).__module__ in sources.modules({kind: {}}, task)
    for name in sources.READERS.values():
        assert isinstance(dotted_names.load(name), Reader)
    assert "helpers.data.sources.archive_readers" in sources.modules("digits-8x8", "")


def broken(*_):
    raise TypeError("a bug: missing 1 required positional argument: 'x'")


def test_an_error_in_a_loader_is_not_taken_for_the_users(repository, monkeypatch):
    monkeypatch.setattr("helpers.data.sources.folder.load", broken)
    with pytest.raises(TypeError, match="a bug"):
        sources.load({"folder": "pets"})
    reader = Reader(archive_readers.SklearnFields, broken, fetched=False)
    monkeypatch.setattr(archive_readers, "SKLEARN", reader)
    with pytest.raises(TypeError, match="a bug"):
        sources.load("digits-8x8")


def test_a_new_kind_of_source_is_one_entry(repository, monkeypatch):
    class ListSource(Section):
        items: str

    module = types.ModuleType("made_loader")
    module.load = lambda fields, task: toy_items(fields.items.split())
    monkeypatch.setitem(sys.modules, "made_loader", module)
    kind = Source(ListSource, "items", {"image": "made_loader.load"}, own_files=("items",))
    monkeypatch.setitem(sources.KINDS, "list", kind)
    assert sources.load({"list": "a b a"}).frame["label"].tolist() == ["a", "b", "a"]
    with pytest.raises(UserError, match="list: unknown key 'itms'; did you mean 'items'"):
        sources.load({"list": {"itms": "a b"}})
    with pytest.raises(UserError, match="unknown data source 'list'"):
        sources.load({"list": "a b"}, "text-classification")
    with pytest.raises(UserError, match="data.source.list.items: no such file: absent"):
        data_source.canonical({"list": "absent"}, "image-classification", "study.yaml: data.source")
    assert external_inputs.own_data({"list": {"items": "x"}}) == [repository / "x"]


def test_the_catalogue_reads_digits_from_scikit_learn(repository):
    items = sources.load("digits-8x8")
    assert len(items.frame) == 1797 and items.read(0).shape == (8, 8, 3)
    assert "BSD" in items.licence and "1998" in items.citation
    with pytest.raises(UserError, match="for image-classification, not for speech"):
        sources.load("digits-8x8", task="speech")


ENTRY = """\
toy:
  title: A toy
  task: image-classification
  licence: CC0
  citation: none
  archive: {name: toy, version: "1.0", sha256: "%s", size_mb: 0.1}
  read: %s
"""


@pytest.fixture
def entry(repository, monkeypatch):
    """Write a catalogue entry on an archive made on the fly."""
    import io
    import zipfile

    from helpers.catalogue import wheels

    path = repository / "toy.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("toy/t.csv", "pics/0.png  0.2  m\npics/1.png  0.5  p\npics/2.png  x  p\n")
        file.writestr("toy/p.csv", "7,0,1,2,3\n8,9,9,9,9\n")
        for index in range(3):
            stream = io.BytesIO()
            Image.new("L", (3, 3), index).save(stream, "PNG")
            file.writestr(f"toy/pics/{index}.png", stream.getvalue())
            file.writestr(f"toy/classes/{'ab'[index % 2]}/{index}.png", stream.getvalue())
    monkeypatch.setattr(wheels, "fetch", lambda pinned: path)

    def write(read):
        text = ENTRY % ("0" * 64, read)
        (repository / "params" / "catalogue" / "data.yaml").write_text(text)

    return write


def test_an_entry_of_yaml_is_enough_for_a_data_set(entry):
    entry(
        "{table: {member: toy/t.csv, delimiter: whitespace, columns: [path, p, kind],"
        " label: {column: p, at_least: 0.5, names: [good, bad]}}}"
    )
    items = sources.load("toy")
    assert items.frame["label"].tolist()[:2] == ["good", "bad"] and pd.isna(items.frame["label"][2])
    assert items.frame["kind"].tolist() == ["m", "p", "p"] and items.read(1).max() == 1
    entry("{pixels: {member: toy/p.csv, shape: [2, 2], label: first}}")
    items = sources.load("toy")
    assert items.frame["label"].tolist() == ["7", "8"]
    assert items.read(0)[:, :, 0].tolist() == [[0, 1], [2, 3]]
    entry("{folder: {path: toy/classes}}")
    assert sources.load("toy").frame["label"].tolist() == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("{tabel: {}}", "unknown reader 'tabel'; did you mean 'table'"),
        ("{table: {membr: x}}", "toy: table: .*'membr'.*'member'"),
        ("{table: {member: toy/x.csv}}", "no file 'toy/x.csv'; did you mean"),
        ("{pixels: {member: toy/p.csv, shape: [3, 3]}}", "not rows of"),
        ("{folder: {path: nowhere}}", "no items"),
    ],
)
def test_a_wrong_entry_gets_one_clear_line(entry, read, expected):
    entry(read)
    with pytest.raises(UserError, match=expected):
        sources.load("toy")


@pytest.mark.parametrize(("kind", "module"), [("tfds", "tensorflow_datasets"), ("hf", "datasets")])
def test_a_hub_without_its_library_gets_one_clear_line(repository, monkeypatch, kind, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserError, match=f"{kind}: needs the package .*pip install"):
        sources.load({kind: "mnist"})


def test_a_hub_out_of_reach_gets_one_clear_line(repository, monkeypatch):
    def refuse(*_):
        raise ConnectionError("no route\nto host")

    fake = types.SimpleNamespace(load_dataset=refuse, builder=refuse)
    monkeypatch.setitem(sys.modules, "datasets", fake)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", fake)
    for kind in ("hf", "tfds"):
        with pytest.raises(
            UserError, match=f"{kind}: mnist: not loaded: ConnectionError: no route to host$"
        ):
            sources.load({kind: {"name": "mnist"}})


def toy_items(labels):
    frame = pd.DataFrame({"id": [f"i{n:03d}" for n in range(len(labels))], "label": labels})
    return Items("toy", frame.assign(path=frame["id"]), GREY.__getitem__, "0")


def test_a_limit_keeps_the_classes_in_proportion_and_every_class(repository):
    items = toy_items(["a"] * 60 + ["b"] * 38 + ["c"] * 2)
    part = items.subsample(20, seed=1)
    assert part.original == 100 and len(part.frame) == 20
    counts = part.frame["label"].value_counts()
    assert abs(counts["a"] - 12) <= 1 and abs(counts["b"] - 7.6) <= 1 and counts["c"] >= 1
    assert part.frame["id"].is_monotonic_increasing
    shuffled = items.take(np.random.default_rng(0).permutation(100))
    assert set(shuffled.subsample(20, seed=1).frame["id"]) == set(part.frame["id"])
    assert items.subsample(1000, seed=1) is items


def test_classes_sort_as_people_count():
    assert sorted(["10", "b", "9", "2.5", "a", "nan"], key=natural) == [
        "2.5",
        "9",
        "10",
        "a",
        "b",
        "nan",
    ]


class SplitRows(list):
    """Stand in for one split of a hub's data set."""

    features = {"image": None, "label": types.SimpleNamespace(names=["cat", "dog", "cow"])}
    info = types.SimpleNamespace(license="CC0", citation="Someone,\n 2020", full_name="toy/1.0.0")
    _fingerprint = "abc"

    def cast_column(self, *_):
        return self

    def __getitem__(self, key):
        return [row["label"] for row in self] if key == "label" else super().__getitem__(key)


def encoded(level):
    import io

    stream = io.BytesIO()
    Image.new("L", (3, 2), level).save(stream, "PNG")
    return stream.getvalue()


def test_hugging_face_sets_keep_their_names_and_splits(repository, monkeypatch):
    def rows(*labels):
        stored = [{"bytes": encoded(40 + label), "path": None} for label in labels]
        return SplitRows(
            {"image": each, "label": y} for each, y in zip(stored, labels, strict=True)
        )

    splits = {"train": rows(0, 1, -1), "dev": rows(1), "unlabelled": rows(-1)}
    fake = types.SimpleNamespace(load_dataset=lambda *_: splits, Image=lambda decode: None)
    monkeypatch.setitem(sys.modules, "datasets", fake)
    items = sources.load({"hf": "someone/toy"})
    assert items.frame["label"].tolist()[:2] == ["cat", "dog"] and pd.isna(items.frame["label"][2])
    assert items.frame["split"].tolist() == ["train"] * 3 + ["validation"]
    assert "dev (1) is validation" in items.notes[0] and "unlabelled" in items.notes[1]
    assert (items.read(3) == 41).all() and items.declared == ("cat", "dog", "cow")
    assert (items.licence, items.citation) == ("CC0", "Someone, 2020")
    with pytest.raises(UserError, match="unknown feature 'lable'; did you mean 'label'"):
        sources.load({"hf": {"name": "someone/toy", "label": "lable"}})


def test_tensorflow_sets_keep_their_names_and_splits(repository, monkeypatch):
    info = types.SimpleNamespace(
        features=SplitRows.features,
        splits={"train": 2, "test": 1},
        citation="",
        full_name="toy/1.0.0",
    )
    rows = {
        "train": [{"image": encoded(7), "label": 2}, {"image": encoded(8), "label": 0}],
        "test": [{"image": encoded(9), "label": -1}],
    }
    builder = types.SimpleNamespace(
        info=info, download_and_prepare=lambda: None, as_dataset=lambda split, **_: rows[split]
    )
    fake = types.SimpleNamespace(
        builder=lambda name: builder,
        as_numpy=lambda dataset: dataset,
        decode=types.SimpleNamespace(SkipDecoding=lambda: None),
    )
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", fake)
    items = sources.load({"tfds": {"name": "toy"}})
    assert items.frame["label"].tolist()[:2] == ["cow", "cat"] and pd.isna(items.frame["label"][2])
    assert items.frame["split"].tolist() == ["train", "train", "test"]
    assert (items.read(1) == 8).all()
