"""Boxes found elsewhere: read in each form, refused in one line, doubted where they are odd."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from factories.detection import (
    CLASSES,
    SOURCE,
    SPLIT,
    detection_study,
    made_shapes,
    write_coco,
)
from PIL import ExifTags, Image

from helpers.core.errors import UserError
from helpers.data import dataset, preparation
from helpers.data.detection import geometry
from helpers.data.sources import coco
from helpers.training import detection
from helpers.training.detection_results import DetectionRequest

SIDES = ["x", "y", "width", "height"]
LAID = dict(enumerate((0, 3, 1, 5, 2, 6, 4), 2))  # by orientation: how a photo is put on its side
NUMBER = {name: 3 * place + 3 for place, name in enumerate(CLASSES)}


@pytest.fixture
def study(repository):
    return detection_study(repository, images=60)


def ordinary(study, seed=0):
    """Find most objects, a little beside them, and some that are none."""
    random = np.random.default_rng(seed)
    split = study.boxes["id"].map(study.frame.set_index("id")["split"])
    rows = study.boxes[split == "test"].sample(frac=0.8, random_state=seed)
    rows = pd.concat([rows, rows.sample(frac=0.3, random_state=1).assign(x=1.0, y=2.0)])
    rows[SIDES] = (rows[SIDES] + random.normal(0, 1.5, (len(rows), 4))).clip(lower=1)
    wrong = random.random(len(rows)) < 0.2
    rows.loc[wrong, "label"] = random.choice(CLASSES, wrong.sum())
    rows["score"] = random.random(len(rows))
    return rows[["id", "label", "score", *SIDES]].reset_index(drop=True)


def results(rows, number=NUMBER, image=lambda name: 100 + int(name[6:9])):
    """Write rows as COCO's results."""
    return [
        {"image_id": image(row["id"]), "category_id": number[row["label"]]}
        | {"bbox": [row[side] for side in SIDES], "score": row["score"]}
        for row in rows.to_dict("records")
    ]


def read(study, repository, content, name="theirs.csv"):
    """Write a file, a frame or JSON, and read it as a candidate."""
    file = repository / name
    if isinstance(content, pd.DataFrame) and name.endswith(".parquet"):
        content.to_parquet(file, index=False)
    elif isinstance(content, pd.DataFrame):
        content.to_csv(file, index=False)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return detection.detect(
        DetectionRequest(study, "theirs", "predictions", f"predictions:{name}", {})
    )


def test_every_form_of_a_file_gives_the_same_boxes_and_no_doubt(study, repository):
    rows = ordinary(study)
    found = [
        read(study, repository, rows),
        read(study, repository, rows, "theirs.parquet"),
        read(study, repository, rows.to_json(orient="records", lines=True), "theirs.jsonl"),
        read(study, repository, results(rows), "results.json"),
        read(study, repository, results(rows, image=str), "results.json"),
        read(study, repository, results(rows, image=lambda name: name[:-4]), "results.json"),
        read(study, repository, results(rows, {name: name for name in NUMBER}), "results.json"),
        read(study, repository, rows.assign(label=rows["label"].str.upper(), id="p/" + rows["id"])),
        read(study, repository, results(rows, {n: str(k) for n, k in NUMBER.items()}), "r.json"),
        read(study, repository, results(rows, {n: float(k) for n, k in NUMBER.items()}), "r.json"),
        read(study, repository, results(rows, image=lambda n: 100.0 + int(n[6:9])), "r.json"),
        read(study, repository, rows.assign(label=rows["label"].map(NUMBER))),
        read(study, repository, rows.sample(frac=1, random_state=0)),
    ]
    for each in found:
        pd.testing.assert_frame_equal(each.table, found[0].table, atol=1e-9, rtol=0)
        drawn = [doubt for doubt in each.doubts if "split was drawn here" not in doubt]
        assert not drawn and not each.warnings
    assert len(found[0].table) == len(rows) and set(found[0].table["split"]) == {"test"}
    assert "unknown" in detection.sentences(found[0])[0] and found[0].cost.parameters is None


def test_a_file_of_a_larger_set_gives_the_boxes_of_this_one(study, repository):
    """A study may be of a sample."""
    rows = ordinary(study)
    others = pd.concat([rows.assign(id=f"n{n}_" + rows["id"]) for n in range(3)])
    found = read(study, repository, pd.concat([others, rows]))
    assert len(found.table) == len(rows) and "unknown to the data" in found.facts["read with"]


def test_validation_is_read_where_it_is_there_and_train_is_not(study, repository):
    rows = ordinary(study)
    for split in ("validation", "train"):
        extra = study.boxes[
            study.boxes["id"].isin(study.frame["id"][study.frame["split"] == split])
        ]
        rows = pd.concat([rows, extra.assign(score=0.5)[rows.columns]])
    found = read(study, repository, rows.assign(id=rows["id"]))
    assert set(found.table["split"]) == {"test", "validation"}
    read_from = found.table.merge(study.frame[["id", "split"]], on="id")
    assert (read_from["split_x"] == read_from["split_y"]).all()


def of(change):
    return lambda rows: rows.assign(**change(rows))


def first(**values):
    """Change the first row alone."""
    return lambda rows: rows.assign(
        **{name: [value, *rows[name].iloc[1:]] for name, value in values.items()}
    )


WRONG = {
    "another image set": (of(lambda r: {"id": "street_" + r["id"].str[6:9]}), "another image set"),
    "no score": (lambda r: r.rename(columns={"score": "scor"}), "unknown column 'score'.*scor"),
    "not a number": (first(score="85%"), "1 of .* boxes: score '85%' in row 1"),
    "nan": (first(x=np.nan), "1 of .* x 'nan'|NaN or infinite|1 of .* boxes: x"),
    "infinite": (first(width=np.inf), "NaN or infinite"),
    "negative": (first(width=-3.0), "above 0"),
    "percent": (of(lambda r: {"score": 100 * r["score"]}), "percent"),
    "logits": (of(lambda r: {"score": 8 * r["score"] - 4}), "between 0 and 1"),
    "fractions": (of(lambda r: {side: r[side] / 96 for side in SIDES}), "fractions"),
    "corners": (
        of(lambda r: {"width": r["x"] + r["width"], "height": r["y"] + r["height"]}),
        "if they are the corners x1, y1, x2, y2",
    ),
    "centres": (
        of(lambda r: {"x": r["x"] + r["width"] / 2, "y": r["y"] + r["height"] / 2}),
        "if they are the centre",
    ),
    "percent of the image": (
        of(lambda r: {side: r[side] / 0.96 * 4 for side in SIDES}),
        "of a picture",
    ),
    "of a network's input": (
        of(lambda r: {side: r[side] / 96 * 512 for side in SIDES}),
        "of a picture of 512 x 512",
    ),
    "thousandths from y": (
        of(
            lambda r: (
                {
                    "x": r["y"],
                    "y": r["x"],
                    "width": r["y"] + r["height"],
                    "height": r["x"] + r["width"],
                }
                | {}
            )
        ),
        "if they are the corners y1, x1, y2, x2",
    ),
    "half as large": (of(lambda r: {side: r[side] / 2 for side in SIDES}), "half as large"),
    "unknown class": (first(label="circel"), "1 of .*'circel'; did you mean 'circle'"),
    "empty": (lambda r: r.iloc[:0], "it has no box"),
    "one score above 1": (first(score=1.5), r"between 0 and 1 \("),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_in_one_line(study, repository, case):
    change, message = WRONG[case]
    with pytest.raises(UserError, match=message) as error:
        read(study, repository, change(ordinary(study)))
    assert "\n" not in str(error.value) and "theirs.csv" in str(error.value)


def shifted(rows, by):
    return [each | {"category_id": each["category_id"] + by} for each in results(rows)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda rows: shifted(rows, -1), r"category_id 2, 5, 8.*all would be with \+1"),
        (lambda rows: shifted(rows, 3), r"category_id 12 of .* boxes: categories are 3, 6, 9$"),
        (lambda rows: results(rows, image=lambda n: 101 + int(n[6:9])), "the one before it"),
        (lambda rows: results(rows, image=lambda n: 99 + int(n[6:9])), "the one after it"),
        (lambda rows: [], "results.json: it has no box"),
        (lambda rows: {"annotations": results(rows)}, "one object that holds all rows"),
        (lambda rows: [each | {"bbox": each["bbox"][:3]} for each in results(rows)], "width and h"),
        (lambda rows: json.dumps(results(rows)).replace('"score": 0', '"score": NaN, "s": 0', 1),
         "NaN and Infinity"),
        (lambda rows: json.dumps(results(rows)).replace("score", "sc"), "required field score"),
        (lambda rows: json.dumps(results(rows))[:-30], "not JSON"),
    ],
)  # fmt: skip
def test_results_of_coco_are_refused_by_what_is_wrong(study, repository, content, message):
    with pytest.raises(UserError, match=message):
        read(study, repository, content(ordinary(study)), "results.json")


def test_a_file_of_more_than_fits_is_refused_by_its_size(study, repository, monkeypatch):
    monkeypatch.setattr(coco, "MOST", 1000)
    with pytest.raises(UserError, match="more than 0: keep the best 100"):
        read(study, repository, results(ordinary(study)), "results.json")


def test_numbers_of_classes_need_a_source_that_has_them(study, repository):
    study.items.__dict__["class_numbers"] = {}
    with pytest.raises(UserError, match="write the names of classes"):
        read(study, repository, results(ordinary(study)), "results.json")


FURTHER = dict(zip(CLASSES, (*CLASSES[1:], CLASSES[0]), strict=True))


def others(ids):
    return dict(zip(ids, np.roll(ids, 1), strict=True))


ODD = {
    "classes one further": (
        of(lambda r: {"label": r["label"].map(FURTHER)}),
        "with the classes renamed",
    ),
    "boxes of other images": (
        of(lambda r: {"id": r["id"].map(others(r["id"].unique()))}),
        "objects of other images",
    ),
    "twice": (lambda r: pd.concat([r, r.iloc[:5]]), "5 boxes are in the file twice"),
    "some outside": (first(x=500.0), "1 of .* boxes lie outside of their image"),
    "some fractions": (
        lambda r: pd.concat([r, r.iloc[:9].assign(**{side: r[side] / 96 for side in SIDES})]),
        "end within 1.5 pixels",
    ),
    "equal scores": (of(lambda r: {"score": 0.5}), "scores are equal"),
    "few images": (lambda r: r[r["id"].isin(r["id"].unique()[:3])], "have no box in the file"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_stands_beside_the_numbers(study, repository, case):
    change, message = ODD[case]
    found = read(study, repository, change(ordinary(study)))
    assert re.search(message, " ".join([*found.doubts, *found.warnings]))


def test_the_truth_itself_is_doubted_and_a_crowd_of_boxes_is_cut(study, repository):
    test = study.boxes["id"].isin(study.frame["id"][study.frame["split"] == "test"])
    truth = study.boxes[test].assign(score=np.linspace(0.5, 1, test.sum()))
    found = read(study, repository, truth.drop(columns="ignored"))
    assert "may hold the truth" in " ".join(found.doubts)
    many = truth.iloc[:1].drop(columns="ignored").loc[lambda r: r.index.repeat(10_000)]
    many = many.assign(score=np.linspace(0, 1, 10_000), x=np.linspace(0, 50, 10_000))
    found = read(study, repository, pd.concat([ordinary(study), many]))
    assert found.table.groupby("id").size().max() == 300
    assert "10,0" in found.facts["read with"] and "best 300" in found.facts["read with"]


def test_scores_of_another_scale_in_validation_are_told(study, repository):
    split = study.boxes["id"].map(study.frame.set_index("id")["split"])
    rows = study.boxes[split.isin(["test", "validation"])]
    random = np.random.default_rng(0)
    rows = rows.assign(score=random.beta(4, 2, len(rows)), x=rows["x"] + random.random(len(rows)))
    rows = rows[["id", "label", "score", *SIDES]]
    told = "a threshold chosen there misfits"
    assert told not in " ".join(read(study, repository, rows).warnings)
    scale = rows["id"].map(study.frame.set_index("id")["split"]).map({"test": 1, "validation": 0.1})
    found = read(study, repository, rows.assign(score=rows["score"] * scale))
    assert told in " ".join(found.warnings) and "validation" in set(found.table["split"])


@pytest.mark.parametrize("turn", LAID)
def test_boxes_of_photos_that_were_not_turned_are_refused_or_told(repository, turn):
    write_coco(repository / "shapes", made_shapes(120, seed=4))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    for photo in sorted((repository / "shapes/images").iterdir())[::3]:
        with Image.open(photo) as upright:
            upright.transpose(LAID[turn]).save(photo, exif=exif)
    preparation.save(
        "shapes", preparation.prepare(SOURCE, SPLIT, "object-detection"), SOURCE, SPLIT
    )
    study = dataset.open("shapes")
    rows = ordinary(study).assign(wide=96, high=96, turn={6: 8, 8: 6}.get(turn, turn))
    assert "EXIF" not in str(read(study, repository, rows).warnings)
    lying = rows["id"].str[6:9].astype(int) % 3 == 0
    theirs = pd.concat([geometry.turned(rows[lying]), rows[~lying]])
    with pytest.raises(UserError, match="turned with their photo, by its EXIF"):
        read(study, repository, theirs)
    one = theirs["id"] == theirs["id"].iloc[0]
    found = read(study, repository, pd.concat([theirs[one], rows[~lying]]))
    assert "are turned with their photo" in " ".join(found.warnings)
    half = theirs["id"].isin(theirs["id"][lying].unique()[::2])
    mixed = pd.concat([theirs[half], rows[~rows["id"].isin(theirs["id"][half])]])
    assert "are turned with their photo" in " ".join(read(study, repository, mixed).warnings)


@pytest.mark.parametrize("seed", range(12))
def test_ordinary_files_of_any_quality_raise_no_doubt(study, repository, seed):
    rows = ordinary(study, seed)
    rows[SIDES] += np.random.default_rng(seed).normal(0, seed / 4, (len(rows), 4))
    rows[["width", "height"]] = rows[["width", "height"]].clip(lower=2)
    found = read(study, repository, rows)
    doubts = [each for each in found.doubts if "split was drawn here" not in each]
    assert not doubts and not found.warnings
