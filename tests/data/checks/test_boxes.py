"""Checks of boxes: each fires on what it is for, and none on ordinary boxes."""

import numpy as np
import pandas as pd
import pytest
from factories import detection
from factories.detection import SIDE, made_shapes
from PIL import Image

from helpers.core.errors import UserError
from helpers.data import checks, preparation, sources
from helpers.data.detection import boxes

TASK = "object-detection"
EVERY = made_shapes(30)
SOURCE = {"table": "shapes/boxes.csv"}


def prepared(repository, change=None, every=EVERY, source=SOURCE, **options):
    """Write a table of boxes with a change to its rows, and prepare it."""
    detection.write_table(repository / "shapes", every)
    file = repository / "shapes/boxes.csv"
    table = pd.read_csv(file)
    table = table if change is None else change(table)
    table.to_csv(file, index=False)
    return preparation.prepare(source, {"validation": 0.2, **options}, TASK)


def found(prepared):
    return {each.code: each for each in prepared.findings if each.count}


def boxed(table):
    return table["x"].notna()


def corners(table):
    return table.assign(width=table["x"] + table["width"], height=table["y"] + table["height"])


def centres(table):
    middle = {"x": table["x"] + table["width"] / 2, "y": table["y"] + table["height"] / 2}
    return table.assign(**middle)


def exchanged(table):
    names = {"x": "y", "y": "x", "width": "height", "height": "width"}
    return table.rename(columns=names)[table.columns]


def scaled(factor):
    return lambda table: table.assign(**(table[boxes.SIDES] * factor))


def first(**values):
    return lambda table: table.assign(
        **{name: table[name].where(table.index > 0, value) for name, value in values.items()}
    )


def doubled(table):
    return pd.concat([table, table.iloc[:2]], ignore_index=True)


def another_class(table):
    other = "square" if table["label"][0] != "square" else "circle"
    return pd.concat([table, table.iloc[:1].assign(label=other)], ignore_index=True)


CASES = {  # what is changed, the check that says so, and how many boxes it concerns
    "no width": (first(width=0), "D501", 1),
    "beside the image": (first(x=SIDE + 1), "D501", 1),
    "half beside the image": (first(x=SIDE - 5, width=20), "D502", 1),
    "above the image": (first(y=-10, height=30), "D502", 1),
    "corners as sizes": (corners, "D503", None),
    "centres as corners": (centres, "D503", None),
    "fractions": (scaled(1 / SIDE), "D504", sum(map(len, EVERY))),
    "of a picture half as large": (scaled(0.4), "D504", sum(map(len, EVERY))),
    "no label": (first(label=None), "D505", 1),
    "the same box twice": (doubled, "D509", 4),
    "two classes at one place": (another_class, "D509", 2),
    "two pixels wide": (first(width=2), "D510", 1),
    "a whole image": (first(x=0, y=0, width=SIDE, height=SIDE), "D511", 1),
    "ignored": (lambda table: table.assign(ignored=(table.index < 3).astype(int)), "D513", 3),
    "spellings": (first(label="Circle"), "D211", None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_check_fires(repository, case):
    change, code, count = CASES[case]
    finding = found(prepared(repository, change))[code]
    assert count in (None, finding.count)
    assert finding.consequence.endswith((".", "?"))


def test_ordinary_boxes_are_passed(repository):
    assert {*found(prepared(repository))} <= {"D508", "D419"}


@pytest.mark.parametrize("seed", range(4))
def test_ordinary_boxes_of_any_kind_are_not_called_misread(repository, seed):
    """Large and small ones, at the edges or in the middle, wide or high, and a pixel outside."""
    random = np.random.default_rng(seed)
    detection.write_table(repository / "shapes", EVERY)
    rows = []
    for number in range(30):
        for _ in range(5):
            wide, high = random.uniform(4, 80, 2) ** random.choice([1, 0.8])
            x, y = random.uniform(0, SIDE - wide), random.uniform(0, SIDE - high)
            x, y = (x, y) if seed % 2 else (max(x - 20, -1), max(y - 20, -1))
            name = f"images/shapes{number:03d}.png"
            rows.append((name, "abc"[number % 3], x, y, wide, high))
    table = pd.DataFrame(rows, columns=["path", "label", *boxes.SIDES])
    table.to_csv(repository / "shapes/boxes.csv", index=False)
    says = found(preparation.prepare(SOURCE, {"test": 0.4}, TASK))
    assert not {"D501", "D502", "D503", "D504", "D506", "D512"} & {*says}


@pytest.mark.parametrize("words", ["taken for the centre", "taken for centre and size"])
def test_corners_in_files_of_yolo_are_told(repository, words):
    detection.write_yolo(repository / "shapes", EVERY)
    for file in (repository / "shapes/labels").rglob("*.txt"):
        rows = [np.array(line.split(), float) for line in file.read_text().splitlines()]
        for row in rows:
            row[1:3] -= row[3:] / 2
            row[3:] += row[1:3] * ("size" in words)
        text = [f"{row[0]:.0f} {' '.join(map(str, row[1:]))}" for row in rows]
        file.write_text("\n".join(text))
    says = found(preparation.prepare({"yolo": "shapes/data.yaml"}, {"validation": 0.2}, TASK))
    assert words in says["D503"].detail


def test_boxes_are_cut_and_left_out(repository):
    def change(table):
        table = first(x=SIDE - 5, width=20)(table)
        table.loc[1, "height"] = 0
        table.loc[2, "label"] = None
        return table

    result = prepared(repository, change)
    kept, total = result.items.boxes, sum(map(len, EVERY))
    assert len(kept) == total - 2
    cut = kept[kept["id"] == result.frame["id"][0]].iloc[0]
    assert (cut["x"], cut["width"]) == (SIDE - 5, 5)
    assert (kept[["width", "height"]] > 0).all(axis=None)
    assert (kept["x"] + kept["width"] <= SIDE).all() and kept["x"].ge(0).all()


def test_classes_with_fewer_than_ten_boxes_in_the_test_are_counted(repository):
    def change(table):
        test = table["split"].eq("test") & table["x"].notna()
        label = table["label"].mask(test, "circle")
        return table.assign(label=label.mask(test & (test.cumsum() <= 3), "square"))

    says = found(prepared(repository, change))["D419"]
    assert says.detail == "fewer than 10 boxes of square (3), triangle (0)" and says.count == 2
    assert "circle" not in says.consequence


def test_classes_without_boxes_and_shifted_numbers(repository):
    detection.write_yolo(repository / "shapes", EVERY)
    for file in (repository / "shapes/labels").rglob("*.txt"):
        lines = [line for line in file.read_text().splitlines() if line[0] != "0"]
        file.write_text("\n".join(lines))
    says = found(preparation.prepare({"yolo": "shapes/data.yaml"}, {"validation": 0.2}, TASK))
    assert "circle" in says["D507"].detail and "circle" in says["D514"].detail
    assert says["D515"].count == 3 and says["D508"].count > 3


def test_a_crowded_image_and_rare_classes(repository):
    def change(table):
        many = pd.concat([table.iloc[:1]] * 101, ignore_index=True)
        many["x"] = np.linspace(0, 60, 101)
        return pd.concat([table, many.assign(width=4, height=4)], ignore_index=True)

    says = found(prepared(repository, change))
    assert says["D516"].count == 1 and says["D419"].count >= 1


def photo(folder, orientation, shapes, seed=0, size=(96, 64)):
    """Save an upright picture as a camera does that was turned: its file lies on its side."""
    upright = Image.fromarray(detection.picture(shapes, 96, seed)).crop((0, 0, *size))
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright if back is None else upright.transpose(back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    folder.mkdir(parents=True, exist_ok=True)
    stored.save(folder / f"photo{seed:02d}.png", exif=exif)
    return stored.size


def unturned(box, orientation, size):
    """Give a box of the upright picture in the file that lies on its side, by painting it."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    x, y, width, height = box
    mask[y : y + height, x : x + width] = 255
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    rows, columns = np.nonzero(np.asarray(Image.fromarray(mask).transpose(turns[orientation])))
    return [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]


def photos(repository, turns, drawn_on_file, stated=True):
    """Write photos turned by EXIF, with boxes of the file or of the upright picture."""
    rows, truth = [], []
    for number, orientation in enumerate(turns):
        box = [10 + number, 5, 50, 20 + number]
        stored = photo(repository / "photos", orientation, [("square", *box)], number)
        given = box
        if drawn_on_file and orientation > 1:
            given = unturned(box, orientation, (96, 64))
        size = stored if drawn_on_file else (96, 64)
        x, y, width, height = map(int, given)
        row = {"path": f"photo{number:02d}.png", "label": "square", "xmin": x, "ymin": y}
        row |= {"xmax": x + width, "ymax": y + height}
        rows.append(row | ({"width": size[0], "height": size[1]} if stated else {}))
        truth.append([float(each) for each in box])
    pd.DataFrame(rows).to_csv(repository / "photos/boxes.csv", index=False)
    result = preparation.prepare({"table": "photos/boxes.csv"}, {"test": 0.4}, TASK)
    return result.items.boxes[boxes.SIDES].to_numpy().tolist(), truth, found(result)


ALL = (1, 2, 3, 4, 5, 6, 7, 8, 6)


def test_boxes_of_the_file_are_turned_with_the_photo(repository):
    ours, truth, says = photos(repository, ALL, drawn_on_file=True)
    assert ours == truth
    assert says["D512"].severity == "note" and says["D512"].count == 8 and "D506" not in says


def test_boxes_of_the_upright_photo_stay(repository):
    ours, truth, says = photos(repository, ALL, drawn_on_file=False)
    assert ours == truth and says["D512"].severity == "note"


def test_boxes_that_fit_the_file_alone_are_an_error_if_nobody_states_the_size(repository):
    _, _, says = photos(repository, (6, 8, 6, 8, 6, 8), drawn_on_file=True, stated=False)
    assert says["D512"].severity == "error" and "unturned" in says["D512"].consequence
    _, _, says = photos(repository, (6, 8, 6, 8, 6, 8), drawn_on_file=False, stated=False)
    assert says["D512"].severity == "note"


def test_another_size_than_stated(repository):
    def change(content):
        for each in content["images"]:
            each.update(width=2 * SIDE, height=2 * SIDE)

    import json

    content = detection.write_coco(repository / "shapes", EVERY)
    change(content)
    (repository / "shapes/instances.json").write_text(json.dumps(content))
    says = found(preparation.prepare(detection.SOURCE, {"test": 0.4}, TASK))
    assert says["D506"].count == 30 and "192x192" in says["D506"].detail


def test_copies_that_disagree_on_boxes_and_near_copies_in_one_split(repository):
    def change(table):
        return first(label="square" if table["label"][0] != "square" else "circle")(table)

    detection.write_table(repository / "shapes", EVERY)
    images = repository / "shapes/images"
    (images / "shapes000.png").write_bytes((images / "shapes001.png").read_bytes())
    lighter = Image.open(images / "shapes002.png").point(lambda level: min(255, level + 8))
    lighter.save(images / "shapes003.png")
    table = pd.read_csv(repository / "shapes/boxes.csv").drop(columns="split")
    table.to_csv(repository / "shapes/boxes.csv", index=False)
    result = preparation.prepare(SOURCE, {"test": 0.4}, TASK)
    assert found(result)["D303"].count == 2
    split = result.frame["split"]
    assert split[0] == split[1] and split[2] == split[3]
    assert not {"D401", "D402"} & {*found(result)}


def test_groups_are_never_divided(repository):
    def change(table):
        number = table["path"].str[-7:-4].astype(int) // 5
        return table.drop(columns="split").assign(group="site" + number.astype(str))

    result = prepared(repository, change, test=0.4)
    assert result.frame.groupby("group")["split"].nunique().eq(1).all()
    assert result.frame["group"].nunique() == 6


def test_checks_of_classes_do_not_run_on_boxes():
    codes = {*checks.codes(TASK)}
    assert not {"D203", "D204", "D205", "D206", "D404", "D405", "D411"} & codes
    assert {"D101", "D301", "D303", "D401", "D413", "D501", "D516", "D419"} <= codes
    assert not {code for code in checks.codes("image-classification") if code.startswith("D5")}


def test_labels_of_boxes_are_merged(repository):
    detection.write_table(repository / "shapes", EVERY)
    table = pd.read_csv(repository / "shapes/boxes.csv")
    first(label="Circle")(table).to_csv(repository / "shapes/boxes.csv", index=False)
    alike = sources.load({**SOURCE, "labels": {"merge": "alike"}}, TASK)
    assert {*alike.boxes["label"]} == {"circle", "square", "triangle"}
    named = sources.load({**SOURCE, "labels": {"merge": {"Circle": "square"}}}, TASK)
    assert named.boxes["label"].iloc[0] == "square" and named.merged == {"Circle": "square"}
    with pytest.raises(UserError, match="dog"):
        sources.load({**SOURCE, "labels": {"merge": {"dog": "cat"}}}, TASK)
