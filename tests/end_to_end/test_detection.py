"""A few made-up pictures and a file of found boxes through make, and what its reports say."""

import json

import pandas as pd
from factories.detection import made_shapes, write_coco
from factories.make import made, make

STUDY = """\
# Coloured shapes, and boxes found elsewhere.  Under half a minute.  Expect nearly all to be found.
task: object-detection
data:
  source: {coco: {annotations: shapes/instances.json, images: shapes/images}}
  split: {test: 0.4, validation: 0.2}
candidates:
  - baseline: mean-boxes
  - predictions: results.json
evaluate: {resamples: 200}
expect: {winner-mean-average-precision: [0.9, 1.0], mean-boxes-mean-average-precision: [0.0, 0.3]}
"""


def results(content):
    """Find every object, a shade too large, the more so the less sure."""
    rows = []
    for number, each in enumerate(content["annotations"]):
        x, y, width, height = each["bbox"]
        box = [x, y, width + 0.02 * (number % 3), height + 0.02]
        found = {"image_id": each["image_id"], "category_id": each["category_id"], "bbox": box}
        rows.append(found | {"score": 0.9 - 0.2 * (number % 3)})
    return rows


def test_boxes_of_a_file_are_evaluated_and_compared(tmp_path):
    root = tmp_path / "evalbook"
    content = write_coco(root / "shapes", made_shapes(30))
    (root / "results.json").write_text(json.dumps(results(content)))
    made(root, "shapes", STUDY)
    board = json.loads((root / "build/shapes/leaderboard.json").read_text())
    assert board["winner"] == "results" and board["primary"] == "mean-average-precision"
    table = pd.read_parquet(root / "build/shapes/results/predictions.parquet")
    splits = pd.read_parquet(root / "build/shapes/splits.parquet").set_index("id")["split"]
    truth = pd.read_parquet(root / "build/shapes/boxes.parquet")
    counts = truth["id"].map(splits).value_counts()
    assert table["split"].value_counts().to_dict() == counts.drop("train").to_dict()
    page = (root / "reports/shapes/4-compare.html").read_text()
    assert "finds all of the objects without a false alarm" in page
    assert make(root, "check", "STUDY=shapes").returncode == 0
