"""A small study on real weights and real data, through make, as a person would run it."""

import json

import pandas as pd
import pytest
from factories.make import made, make, replayed

STUDY = """\
# A small study.  About one minute.  Expect the probe to beat the majority.
task: image-classification
data: {source: elpv, limit: 240, split: {test: 0.25, validation: 0.15, seed: 1}}
candidates:
  - baseline: [majority, pixels]
  - probe: efficientnet-lite0
select: {finalists: 1, epochs: 1, image_size: 96, above: block4}
evaluate: {primary: macro-f1, slices: [cell_type], resamples: 400}
expect: {winner-macro-f1: [0.5, 1.0]}
"""
CANDIDATES = ["majority", "pixels", "probe-efficientnet-lite0", "finetune-best-1"]
REPORTS = ["1-data", "2-select", "4-compare"] + [
    f"{name}/{stage}" for name in CANDIDATES for stage in ("2-train", "3-evaluate")
]
SLOWLY = ["1-data", "2-select", "pixels/2-train", "finetune-best-1/2-train"]
SLOWLY += ["probe-efficientnet-lite0/2-train"]
REPLAYED = ["4-compare", "probe-efficientnet-lite0/3-evaluate"]
REPLAYED += [pytest.param(each, marks=pytest.mark.slow) for each in SLOWLY]
"""Every notebook, and training in each of its ways."""

pytestmark = pytest.mark.xdist_group("images")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return made(tmp_path_factory.mktemp("clone") / "evalbook", "small", STUDY)


def test_every_stage_is_green_and_every_report_is_there(clone):
    stages = json.loads((clone / "build" / "status.json").read_text())["stages"]
    assert len(stages) == len(REPORTS) and {stage["state"] for stage in stages} == {"ok"}
    for report in REPORTS:
        assert (clone / "reports" / "small" / f"{report}.html").is_file()
        assert (clone / "reports" / "small" / f"{report}.ipynb").is_file()
    assert (clone / "reports" / "index.html").is_file()


def test_the_numbers_follow_from_the_predictions(clone):
    build = clone / "build" / "small"
    splits = pd.read_parquet(build / "splits.parquet").set_index("id")
    for name in CANDIDATES:
        predictions = pd.read_parquet(build / name / "predictions.parquet")
        test = predictions[predictions["split"] == "test"]
        assert sorted(test["id"]) == sorted(splits.index[splits["split"] == "test"])
        assert (splits.loc[test["id"], "label"].to_numpy() == test["label"].to_numpy()).all()
        accuracy = json.loads((build / name / "metrics.json").read_text())["metrics"]["accuracy"]
        assert accuracy["value"] == pytest.approx((test["label"] == test["prediction"]).mean())
        assert accuracy["low"] <= accuracy["value"] <= accuracy["high"] and accuracy["method"]


def test_the_leaderboard_puts_the_networks_above_the_majority(clone):
    board = json.loads((clone / "build" / "small" / "leaderboard.json").read_text())
    order = [row["candidate"] for row in board["rows"]]
    assert order[-1] == "majority" and sorted(order) == sorted(CANDIDATES)
    assert board["winner"] == order[0] and board["recommendation"]


def test_a_second_make_runs_nothing(clone):
    assert (clone / "build" / "up-to-date.json").is_file()  # known since the first one ended
    before = {path: path.stat().st_mtime_ns for path in (clone / "build").rglob("*.parquet")}
    done = make(clone, "small")
    assert done.returncode == 0 and " unchanged " not in done.stdout  # not even one was asked
    assert {
        path: path.stat().st_mtime_ns for path in (clone / "build").rglob("*.parquet")
    } == before


def test_make_check_holds_the_numbers_against_expect(clone):
    assert make(clone, "check", "STUDY=small").returncode == 0
    file = clone / "params" / "small.yaml"
    file.write_text(STUDY.replace("[0.5, 1.0]", "[0.999, 1.0]"))
    try:
        failed = make(clone, "check", "STUDY=small")
        assert failed.returncode != 0 and "winner-macro-f1" in failed.stdout + failed.stderr
    finally:
        file.write_text(STUDY)


@pytest.mark.parametrize("report", REPLAYED)
def test_a_replayed_report_gives_the_same_numbers(clone, report):
    done = replayed(clone, "small", report)
    assert done.returncode == 0, done.stdout[-4000:]
