"""A small study that pretrains, on real data through make: its backbones, curves and words."""

import json

import numpy as np
import pytest
from factories.make import made, make, replayed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pretraining")]
STUDY = """\
# A small study.  Half a minute.
task: image-classification
data: {source: mnist-5k, limit: 800}
pretrain:
  - {method: simclr, image_size: 28, epochs: 4, batch_size: 64}
  - {method: autoencoder, name: seen, image_size: 28, epochs: 1, transductive: true}
candidates:
  - baseline: pixels
  - probe: ["pretrained:simclr", "pretrained:seen"]
  - finetune: {model: "pretrained:simclr", epochs: 1}
evaluate: {primary: accuracy, resamples: 400, labels: [10, 100]}
expect: {probe-pretrained-simclr-accuracy: [0.7, 1.0]}
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return made(tmp_path_factory.mktemp("clone") / "evalbook", "small", STUDY)


def read(clone, *names):
    return json.loads(clone.joinpath("build", "small", *names).read_text())


def test_every_stage_is_green_and_the_numbers_are_as_expected(clone):
    stages = json.loads((clone / "build" / "status.json").read_text())["stages"]
    assert len(stages) == 11 and {stage["state"] for stage in stages} == {"ok"}
    assert (clone / "reports" / "small" / "0-pretrain.html").is_file()
    assert make(clone, "check", "STUDY=small").returncode == 0


def test_what_has_seen_the_test_items_says_so_in_table_and_answer(clone):
    board = read(clone, "leaderboard.json")
    names = [row["candidate"] for row in board["rows"]]
    assert "probe-pretrained-seen-transductive" in names
    told = [line for line in [*board["answer"], *board["details"]] if "(transductive)" in line]
    assert told and "probe-pretrained-seen-transductive" in told[0]
    backbones = {each["name"]: each for each in read(clone, "pretraining.json")["backbones"]}
    tested = read(clone, "data.json")["counts"]["splits"]["test"]
    assert backbones["seen"]["items"] - tested == backbones["simclr"]["items"]


def test_pretraining_beats_the_pixels_with_few_labels(clone):
    ten, hundred = (
        [read(clone, name, "training.json")["few_labels"]["values"][place]
         for name in ("pixels", "probe-pretrained-simclr")]
        for place in (0, 1)
    )  # fmt: skip
    assert hundred[1] > hundred[0] > ten[0]


@pytest.mark.parametrize("report", ["4-compare", "0-pretrain", "probe-pretrained-simclr/2-train"])
def test_a_replayed_report_gives_the_same_numbers(clone, report):
    """Pretrained again from the start, the weights are the same bytes."""
    file = clone / "build" / "small" / "backbones.npz"
    before = dict(np.load(file))
    done = replayed(clone, "small", report)
    assert done.returncode == 0, done.stdout[-4000:]
    after = dict(np.load(file))
    assert all(np.array_equal(before[name], after[name]) for name in before)
