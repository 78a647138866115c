"""Boxes of COCO, Pascal VOC, YOLO and tables: the same boxes, and what is refused in one line."""

import json

import numpy as np
import pandas as pd
import pytest
from factories import detection, quickly
from factories.detection import CLASSES, SIDE, SOURCE, made_shapes
from PIL import Image

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import dataset, items_to_predict, preparation, sources, summary
from helpers.data.detection import boxes
from helpers.data.sources import coco
from helpers.training import external_detections

TASK = "object-detection"
FORMATS = {
    "coco": (detection.write_coco, SOURCE),
    "voc": (detection.write_voc, {"voc": "shapes"}),
    "yolo": (detection.write_yolo, {"yolo": "shapes/data.yaml"}),
    "table": (detection.write_table, {"table": "shapes/boxes.csv"}),
}
EVERY = made_shapes(30)


def read(source):
    return sources.load(source, TASK)


def flat(table):
    """Give boxes by the name of their image, in one order."""
    names = table["id"].str.rpartition("/")[2]
    return table.assign(id=names).sort_values(["id", "x", "y"], ignore_index=True)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_boxes(repository, kind):
    write, source = FORMATS[kind]
    write(repository / "shapes", EVERY)
    rows = [
        dict(zip(("label", "x", "y", "width", "height"), shape, strict=True))
        | {"id": f"shapes{number:03d}.png", "ignored": False}
        for number, shapes in enumerate(EVERY)
        for shape in shapes
    ]
    prepared = preparation.prepare(source, {"validation": 0.2}, TASK)
    preparation.save("shapes", prepared, source)
    saved = pd.read_parquet(paths.build("shapes") / "boxes.parquet")
    pd.testing.assert_frame_equal(flat(saved), flat(boxes.frame(rows)), check_dtype=False)
    assert saved["ignored"].dtype == bool and prepared.classes == CLASSES
    assert (prepared.frame["label"] == boxes.NO_OBJECTS).sum() == 3  # images without are kept
    errors = [each for each in prepared.findings if each.severity in ("error", "warning")]
    assert {each.code for each in errors} <= {"D419"}  # nothing is wrong with these
    opened = dataset.open("shapes")
    pd.testing.assert_frame_equal(opened.boxes, saved)
    assert opened.classes == CLASSES


@pytest.mark.parametrize("kind", ["voc", "yolo", "table"])
def test_splits_of_the_source_are_kept(repository, kind):
    write, source = FORMATS[kind]
    write(repository / "shapes", EVERY)
    prepared = preparation.prepare(source, {"validation": 0.2}, TASK)
    tested = prepared.frame["path"][prepared.frame["split"] == "test"].str[-7:-4].astype(int)
    assert tested.tolist() == list(range(0, 30, 3))
    assert {*prepared.frame["split"]} == {"train", "validation", "test"}


def test_one_file_of_coco_for_each_split(repository):
    content = detection.write_coco(repository / "shapes", EVERY)
    for split, start in (("train2017", 0), ("val2017", 1)):
        part = content | {"images": content["images"][start::2]}
        ids = {each["id"] for each in part["images"]}
        part["annotations"] = [each for each in content["annotations"] if each["image_id"] in ids]
        (repository / f"{split}.json").write_text(json.dumps(part))
    files = {"train": "train2017.json", "val": "val2017.json"}
    items = read({"coco": {"annotations": files, "images": "shapes/images"}})
    assert items.frame["split"].value_counts().to_dict() == {"train": 15, "validation": 15}
    assert len(items.boxes) == sum(map(len, EVERY))
    prepared = preparation.prepare(
        {"coco": {"annotations": files, "images": "shapes/images"}}, {"validation": 0.2}, TASK
    )
    assert (prepared.frame["split"] == "test").sum() == 15  # its validation, as it has no other


def test_files_for_splits_that_lie_with_their_images_and_number_them_alike(repository):
    """As programs export it; whatever their order, later stages find the same data."""
    content = detection.write_coco(repository / "shapes", EVERY)
    for split, start in (("train", 0), ("valid", 1), ("test", 2)):
        (repository / "all" / split).mkdir(parents=True)
        images = content["images"][start::3]
        number = {each["id"]: place for place, each in enumerate(images)}
        part = [each for each in content["annotations"] if each["image_id"] in number]
        for image in images:
            name = f"{number[image['id']]}.png"  # which each split has
            source = repository / "shapes/images" / image["file_name"]
            (repository / "all" / split / name).write_bytes(source.read_bytes())
        part = {
            "images": [e | {"id": number[e["id"]], "file_name": f"{number[e['id']]}.png"}
                       for e in images],
            "annotations": [each | {"image_id": number[each["image_id"]]} for each in part],
            "categories": content["categories"],
        }  # fmt: skip
        (repository / "all" / split / "_annotations.coco.json").write_text(json.dumps(part))
    files = {split: f"all/{split}/_annotations.coco.json" for split in ("train", "valid", "test")}
    source = {"coco": {"annotations": files, "images": "all"}}
    prepared = preparation.prepare(source, {"given": True}, TASK)
    assert prepared.frame["split"].value_counts().to_dict() == {
        "train": 10, "validation": 10, "test": 10,
    }  # fmt: skip
    assert len(prepared.items.boxes) == sum(map(len, EVERY))
    preparation.save("all", prepared, source, {"given": True})
    opened = dataset.open("all")  # after its source went through JSON, which orders keys
    images, repeated = external_detections._images(opened)
    known = images["image_id"].replace("", None).dropna()
    assert len(known) == 10 == (images.loc[known.index, "split"] == "test").sum() and repeated


def test_coco_names_its_images_and_classes_for_results_made_elsewhere(repository):
    detection.write_coco(repository / "shapes", EVERY)
    items = read(SOURCE | {"labels": {"merge": {"square": "box"}}})
    assert items.class_numbers == {3: "circle", 6: "box", 9: "triangle"}
    assert items.frame["image_id"].tolist() == [str(100 + number) for number in range(30)]
    assert {*items.boxes["label"]} == {"circle", "box", "triangle"}
    assert "box" in set(items.frame["label"]) and "square" not in set(items.frame["label"])


def changed_coco(change):
    """Write the shapes, with a change to what COCO's file holds, and read them."""

    def write(folder):
        content = detection.write_coco(folder, EVERY)
        change(content)
        (folder / "instances.json").write_text(json.dumps(content))

    return write, SOURCE


def annotation(row, **values):
    return changed_coco(lambda content: content["annotations"][row].update(values))


def text_coco(old, new):
    def write(folder):
        content = json.dumps(detection.write_coco(folder, EVERY))
        (folder / "instances.json").write_text(content.replace(old, new, 1))

    return write, SOURCE


def shifted(content):
    for each in content["annotations"]:
        each["category_id"] -= 1
    for number, each in enumerate(content["categories"]):
        each["id"] = number + 2
    for each in content["annotations"]:
        each["category_id"] = (each["category_id"] + 1) // 3


def changed_table(*cells, column=None):
    """Write the table, with (row, column, value) changed."""

    def write(folder):
        detection.write_table(folder, EVERY)
        table = pd.read_csv(folder / "boxes.csv", dtype=str)
        for row, name, value in cells:
            table.loc[row, name] = value
        table.drop(columns=column or []).to_csv(folder / "boxes.csv", index=False)

    return write, {"table": "shapes/boxes.csv"}


def yolo_line(line, name="train/shapes001"):
    def write(folder):
        detection.write_yolo(folder, EVERY)
        (folder / f"labels/{name}.txt").write_text(line + "\n")

    return write, {"yolo": "shapes/data.yaml"}


def yolo_config(text):
    def write(folder):
        detection.write_yolo(folder, EVERY)
        (folder / "data.yaml").write_text(text)

    return write, {"yolo": "shapes/data.yaml"}


def voc_file(text, name="shapes001"):
    def write(folder):
        detection.write_voc(folder, EVERY)
        (folder / f"Annotations/{name}.xml").write_text(text)

    return write, {"voc": "shapes"}


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><annotation>&c;</annotation>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>'
OBJECT = "<annotation><object><name>cat</name>{}</object></annotation>"
REFUSED = {  # what is given, and what the line must name
    "coco: text for a number": (annotation(3, bbox=["1", 2, 3, 4]), r"annotations\[3\].*bbox\[0\]"),
    "coco: three numbers": (annotation(3, bbox=[1, 2, 3]), r"annotations\[3\]\.bbox"),
    "coco: NaN": (annotation(3, bbox=[1, float("nan"), 3, 4]), r"NaN"),
    "coco: negative": (annotation(3, bbox=[1, 2, -3, 4]), r"annotations\[3\]: bbox.*-3"),
    "coco: infinite": (text_coco('"bbox": [', '"bbox": [1e999, 2, 3, 4], "x": ['), r"instances"),
    "coco: no box": (
        changed_coco(lambda c: c["annotations"][2].pop("bbox")),
        r"bbox.*annotations\[2\]",
    ),
    "coco: an unknown class": (annotation(0, category_id=77), r"category_id 77.*3, 6, 9"),
    "coco: classes counted from 0": (changed_coco(shifted), r"counted from another number"),
    "coco: other images": (
        changed_coco(lambda c: [each.update(image_id=7) for each in c["annotations"]]),
        "no image_id",
    ),
    "coco: two images of one id": (
        changed_coco(lambda c: c["images"][1].update(id=100)),
        "the id '100' is there twice",
    ),
    "coco: two images of one name": (
        changed_coco(lambda c: c["images"][1].update(file_name=c["images"][0]["file_name"])),
        r"the file name 'shapes000\.png' is there twice",
    ),
    "coco: no image": (
        changed_coco(lambda c: c.update(images=[], annotations=[])),
        "no images",
    ),
    "yolo: a name longer than files have": (
        yolo_config(f"train: {'a' * 300}\nnames: [a, b, c]\n"),
        "train: no 'aaa",
    ),
    "coco: no categories": (changed_coco(lambda c: c.pop("categories")), "categories"),
    "coco: results, not annotations": (
        changed_coco(lambda c: c.clear()),
        "images",
    ),
    "coco: a path out of the folder": (
        changed_coco(lambda c: c["images"][0].update(file_name="../../x.png")),
        r"\.\./\.\./x\.png",
    ),
    "coco: cut off": (text_coco('"categories"', '"categories'), "not JSON"),
    "coco: nested without end": (text_coco('"images": ', '"deep": ' + "[" * 9999), "not JSON"),
    "table: text": (changed_table((4, "x", "left")), r"row 5: x 'left'"),
    "table: nan": (changed_table((4, "width", "nan")), r"row 5: width 'nan'"),
    "table: infinite": (changed_table((4, "width", "inf")), r"row 5: width 'inf'"),
    "table: negative": (changed_table((4, "height", "-2")), r"row 5: width and height.*-2"),
    "table: half a box": (changed_table((4, "height", "")), r"row 5: height"),
    "table: a label without a box": (
        changed_table(*((4, side, "") for side in boxes.SIDES)),
        "row 5",
    ),
    "table: no column": (changed_table(column="height"), r"height.*are needed"),
    "table: an image in two splits": (
        changed_table((1, "split", "test")),
        "several values of split",
    ),
    "yolo: pixels": (yolo_line("0 40 40 10 10"), r"shapes001.txt, line 1: 40.*fraction"),
    "yolo: nan": (yolo_line("0 nan 0.5 0.1 0.1"), r"line 1: nan"),
    "yolo: text": (yolo_line("0 a 0.5 0.1 0.1"), r"line 1.*numbers are needed"),
    "yolo: negative": (yolo_line("0 0.5 0.5 -0.1 0.1"), r"line 1: -0.1"),
    "yolo: a score": (yolo_line("0 0.5 0.5 0.1 0.1 0.9"), "prediction"),
    "yolo: a class without a name": (yolo_line("3 0.5 0.5 0.1 0.1"), r"class '3'.*0 to 2"),
    "yolo: a class that is no number": (yolo_line("cat 0.5 0.5 0.1 0.1"), "class 'cat'"),
    "yolo: one image in two splits": (
        yolo_config("train: images/train\nval: images/train\nnames: [a, b, c]\n"),
        "is in train and in val",
    ),
    "yolo: no names": (yolo_config("train: images/train\n"), "names"),
    "yolo: two names alike": (yolo_config("train: images\nnames: [a, a, b]\n"), "names"),
    "yolo: another number of classes": (
        yolo_config("train: images\nnames: [a, b, c]\nnc: 4\n"),
        "nc",
    ),
    "yolo: no such folder": (yolo_config("train: pictures\nnames: [a, b, c]\n"), "pictures"),
    "yolo: out of the folder": (yolo_config("train: /etc\nnames: [a, b, c]\n"), "/etc"),
    "yolo: code in YAML": (yolo_config("names: !!python/object/apply:os.getcwd []\n"), "data.yaml"),
    "voc: a billion laughs": (voc_file(LAUGHS), "entities"),
    "voc: a file of the system": (voc_file(OUTSIDE), "entities"),
    "voc: broken": (voc_file("<annotation><object>"), "shapes001.xml: not readable XML"),
    "voc: no corners": (voc_file(OBJECT.format("")), r"shapes001.xml, object 1"),
    "voc: text": (
        voc_file(
            OBJECT.format(
                "<bndbox><xmin>a</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
            )
        ),
        r"object 1: xmin 'a'",
    ),
    "voc: corners the other way round": (
        voc_file(
            OBJECT.format(
                "<bndbox><xmin>50</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
            )
        ),
        "negative",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_box_is_refused_in_a_line_that_says_where(repository, case):
    (write, source), words = REFUSED[case]
    write(repository / "shapes")
    with pytest.raises(UserError, match=words) as error:
        read(source)
    assert "\n" not in str(error.value) and "shapes/" in str(error.value)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(repository, monkeypatch):
    detection.write_coco(repository / "shapes", EVERY)
    with (repository / "shapes/instances.json").open("r+") as stream:
        stream.truncate(coco.MOST + 1)  # a hole: nothing is written
    with pytest.raises(UserError, match="500 MB"):
        read(SOURCE)


def test_segmentations_cost_no_memory(repository):
    import tracemalloc

    content = detection.write_coco(repository / "shapes", EVERY)
    for each in content["annotations"]:
        each["segmentation"] = [[0.5] * 20_000]
    (repository / "shapes/instances.json").write_text(json.dumps(content))
    tracemalloc.start()
    read(SOURCE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6 < (repository / "shapes/instances.json").stat().st_size


def test_crowds_and_difficult_boxes_are_ignored(repository):
    write, source = annotation(0, iscrowd=1, segmentation={"counts": [1, 2], "size": [96, 96]})
    write(repository / "shapes")
    assert read(source).boxes["ignored"].tolist()[:2] == [True, False]
    write, source = voc_file(
        OBJECT.format(
            "<difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin>"
            "<xmax>9.5</xmax><ymax>9</ymax></bndbox>"
        )
    )
    write(repository / "voc")
    assert read({"voc": "voc"}).boxes["ignored"].sum() == 1


def every_line(change):
    """Write the shapes for YOLO, with each line of labels changed."""

    def write(folder):
        detection.write_yolo(folder, EVERY)
        for file in (folder / "labels").rglob("*.txt"):
            lines = [change(line) for line in file.read_text().splitlines()]
            file.write_text("\n".join(lines), encoding="utf-8-sig")

    return write, {"yolo": "shapes/data.yaml"}


def pose():
    """Write the shapes for YOLO with two key points after each box."""
    write, source = every_line(lambda line: f"{line} 0.5 0.5 0 0")

    def with_points(folder):
        write(folder)
        with (folder / "data.yaml").open("a") as config:
            config.write("\nkpt_shape: [2, 2]\n")

    return with_points, source


def voc_lists(**lists):
    """Write VOC with lists beside, or in place of, those of train and test, by a function."""

    def write(folder):
        detection.write_voc(folder, EVERY)
        place = folder / "ImageSets/Main"
        train, test = ((place / f"{name}.txt").read_text().split() for name in ("train", "test"))
        for name, change in lists.items():
            lines = map(change, test if "test" in name else train)
            (place / f"{name}.txt").write_text("\n".join(lines))

    return write, {"voc": "shapes"}


def sized(width):
    """Write a table of corners with the size of the image, as somebody noted it down."""

    def write(folder):
        detection.write_table(folder, EVERY)
        table = pd.read_csv(folder / "boxes.csv")
        table["xmax"], table["ymax"] = table["x"] + table["width"], table["y"] + table["height"]
        table.assign(width=width).drop(columns="height").to_csv(folder / "boxes.csv", index=False)

    return write, {"table": "shapes/boxes.csv"}


def of_every(kind, key, change):
    return changed_coco(lambda c: [each.update({key: change(each[key])}) for each in c[kind]])


ODD_BUT_VALID = {  # what programs write, and means the same
    "ids of categories as text": of_every("annotations", "category_id", str),
    "ids of categories with a point": of_every("annotations", "category_id", float),
    "ids of images as text": of_every("annotations", "image_id", str),
    "ids of images with a point": of_every("images", "id", float),
    "paths of another machine": of_every("images", "file_name", "/data/pictures/{}".format),
    "numbers of classes with a point, after a mark of the encoding": every_line(
        lambda line: f"{line[0]}.0{line[1:]}"
    ),
    "boxes with key points": pose(),
    "lists of each class": voc_lists(
        square_train="{}  1".format, square_test="{} -1".format, disc_train="{} -1".format
    ),
    "lists of a class alone": voc_lists(
        train=lambda _: "", test=lambda _: "", square_train="{} 1".format, square_test="{} 0".format
    ),
    "lists of files": voc_lists(train="{}.png".format, test="{}.png".format),
    "a size in words": sized("96px"),
}


@pytest.mark.parametrize("case", ODD_BUT_VALID)
def test_what_programs_write_otherwise_gives_the_same_boxes(repository, case):
    write, source = ODD_BUT_VALID[case]
    detection.write_coco(repository / "plain", EVERY)
    plain = read({"coco": {"annotations": "plain/instances.json", "images": "plain/images"}})
    write(repository / "shapes")
    found = read(source)
    names = [name.rpartition("/")[2] for name in found.boxes["id"]]
    order = ["id", *boxes.SIDES]
    mine, theirs = (
        each.sort_values(order, ignore_index=True)
        for each in (found.boxes.assign(id=names), plain.boxes)
    )
    pd.testing.assert_frame_equal(mine, theirs, atol=1e-9, check_dtype=False)


def test_boxes_of_the_background_are_told(repository):
    def change(content):
        content["categories"].insert(0, {"id": 0, "name": "__background__"})
        for each in content["annotations"]:
            each["category_id"] -= 3

    write, source = changed_coco(change)
    write(repository / "shapes")
    assert "__background__" in read(source).noticed["D514"].consequence
    write, source = changed_coco(
        lambda c: c["categories"].insert(0, {"id": 0, "name": "background"})
    )
    write(repository / "shapes")
    assert "D514" not in read(source).noticed


def test_a_mark_that_says_nothing_ignores_nothing(repository):
    detection.write_voc(repository / "shapes", EVERY)
    for file in (repository / "shapes/Annotations").iterdir():
        file.write_text(file.read_text().replace("<difficult>0", "<difficult>Unspecified"))
    assert not read({"voc": "shapes"}).boxes["ignored"].any()


def test_columns_are_named_or_found(repository):
    write, _ = changed_table()
    write(repository / "shapes")
    table = pd.read_csv(repository / "shapes/boxes.csv")
    one = read({"table": "shapes/boxes.csv"})
    corners = table.rename(columns={"x": "xmin", "y": "ymin"})
    corners["xmax"], corners["ymax"] = table["x"] + table["width"], table["y"] + table["height"]
    corners["width"] = corners["height"] = SIDE  # those of the image, as TensorFlow writes it
    corners.to_csv(repository / "shapes/corners.csv", index=False)
    other = read({"table": "shapes/corners.csv"})
    pd.testing.assert_frame_equal(one.boxes, other.boxes)
    assert (other.frame["stated_width"] == SIDE).all()
    named = table.rename(columns={"x": "a", "y": "b", "width": "c", "height": "d", "label": "e"})
    named.to_csv(repository / "shapes/named.csv", index=False)
    names = {"x": "a", "y": "b", "width": "c", "height": "d", "label": "e"}
    found = read({"table": {"file": "shapes/named.csv", **names}})
    pd.testing.assert_frame_equal(one.boxes, found.boxes)
    assert {*one.frame["site"]} == {"north", "south"}  # which can be sliced by


def test_sizes_where_corners_are_declared_get_a_hint(repository):
    write, _ = changed_table()
    write(repository / "shapes")
    names = {"file": "shapes/boxes.csv", "x_max": "width", "y_max": "height"}
    with pytest.raises(UserError, match="if width and height are a size, name them"):
        read({"table": names})


def test_polygons_and_lists_of_yolo(repository):
    folder = repository / "shapes"
    detection.write_yolo(folder, EVERY)
    (folder / "labels/train/shapes001.txt").write_text("2 0.25 0.25 0.5 0.25 0.5 0.75\n")
    (folder / "train.txt").write_text("./images/train/shapes001.png\nimages/train/shapes002.png\n")
    (folder / "data.yaml").write_text(
        "path: ../elsewhere\ntrain: train.txt\nval: ../images/test\nnames: [a, b, c]\n"
    )
    items = read({"yolo": "shapes/data.yaml"})
    first = items.boxes[items.boxes["id"] == "images/train/shapes001.png"]
    assert first[boxes.SIDES].to_numpy().tolist() == [[24, 24, 24, 48]] and any(
        "polygon" in note for note in items.notes
    )
    assert items.frame["split"].value_counts().to_dict() == {"validation": 10, "train": 2}


def test_images_elsewhere_and_images_nobody_listed(repository):
    write, source = changed_coco(lambda c: c["images"][0].update(file_name="train\\shapes000.png"))
    write(repository / "shapes")
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(repository / "shapes/images/extra.png")
    items = read(source)
    assert items.frame["path"][0] == "shapes000.png" and "extra.png" in items.unmatched
    assert set(items.boxes["id"]) <= set(items.frame["id"])


def test_the_digest_covers_the_boxes(repository):
    write, source = changed_coco(lambda content: None)
    write(repository / "shapes")
    one = preparation.prepare(source, {"test": 0.4}, TASK)
    annotation(3, bbox=[1, 2, 30, 40])[0](repository / "shapes")
    other = preparation.prepare(source, {"test": 0.4}, TASK)
    assert one.digest != other.digest and one.items.digest != other.items.digest
    preparation.save("shapes", one, source, {"test": 0.4})
    with pytest.raises(UserError, match="changed since"):
        dataset.open("shapes")


def test_a_study_without_any_box_is_refused(repository):
    changed_coco(lambda content: content["annotations"].clear())[0](repository / "shapes")
    with pytest.raises(UserError, match="nothing to be found"):
        preparation.prepare(SOURCE, {"test": 0.4}, TASK)


def test_what_is_shown_and_said(repository):
    prepared = detection.prepared_shapes(repository)
    shown, captions = summary.examples(prepared)
    assert len(shown) == 8 and captions[-1] == boxes.NO_OBJECTS  # two of each class, two without
    image, of_image = shown[0]
    assert image.shape == (SIDE, SIDE, 3) and len(of_image)
    assert summary.balance(prepared).to_numpy().sum() == len(prepared.items.boxes)
    first = summary.sentences(prepared)[0]
    assert "30 images" in first and f"{len(prepared.items.boxes)} boxes" in first
    assert "Split once" in prepared.folds_note


def test_items_for_models_elsewhere_hide_the_boxes_of_the_test(repository):
    data = detection.detection_study(repository)
    items_to_predict.write(data)
    known = pd.read_csv(paths.build("shapes") / "boxes.csv")
    tested = set(data.frame["id"][data.frame["split"] == "test"])
    assert len(known) and not tested & set(known["id"])
    assert len(pd.read_csv(paths.build("shapes") / "items.csv")) == len(data.frame)


@pytest.mark.slow
def test_time_is_linear_in_the_boxes(repository):
    """20,000 images of 20 boxes take 4 s; a fifth of them is enough to see it."""
    random = np.random.default_rng(0)
    images = [{"id": n, "file_name": f"{n}.png", "width": 96, "height": 96} for n in range(4_000)]
    sides = random.integers(1, 40, (80_000, 4)).tolist()
    content = {"images": images, "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}
    content["annotations"] = [
        {"image_id": n // 20, "category_id": 1 + n % 2, "bbox": side}
        for n, side in enumerate(sides)
    ]
    (repository / "many").mkdir()
    (repository / "many.json").write_text(json.dumps(content))
    with quickly.within(4):
        items = read({"coco": {"annotations": "many.json", "images": "many"}})
        digests = boxes.described(items.frame["id"], items.boxes)
    assert len(items.boxes) == 80_000 and len(digests) == 4_000
