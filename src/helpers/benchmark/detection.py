"""Speed of the intervals of detectors: all of one, and the pairs of six, beside a loop."""

import contextlib
import io
from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.metrics.boxes.intervals import resampled
from helpers.metrics.detection import DetectionTable, estimates, match, pseudo_values
from helpers.metrics.statistics.bootstrap import Resampling

IMAGES, CLASSES, OBJECTS, RESAMPLES = 5_000, 80, 36_000, 1_000
DETECTORS, PRIMARY = 6, "mean-average-precision"
FEW = 200  # images for which the loop is timed, once; scaled up to all and to all resamples
ALL, PAIRS = "all intervals of one detector", f"pairs of {DETECTORS} detectors"
LOOP = f"loop of pycocotools, scaled up from {FEW} images"


def simulated(seed: int = 0, images: int = IMAGES) -> DetectionTable:
    """Simulate a detector that finds three objects in four, and as many false boxes thrice."""
    random, size = np.random.default_rng(seed), OBJECTS * images // IMAGES
    image, label = random.integers(0, images, size), random.integers(0, CLASSES, size)
    side = np.exp(random.normal(3.8, 0.9, (size, 2)))
    truth = np.hstack([random.uniform(0, 500, (size, 2)), side])
    hit = random.random(size) < 0.75
    near = (truth + 0.08 * np.hstack([side, side]) * random.normal(size=(size, 4)))[hit]
    beside = np.hstack([random.uniform(0, 500, (3 * size, 2)), np.tile(side, (3, 1))])
    score = random.beta(4, 2, hit.sum()), random.beta(1.2, 5, 3 * size)
    return DetectionTable(
        images,
        CLASSES,
        image,
        label,
        truth,
        np.zeros(size, bool),
        np.append(image[hit], random.integers(0, images, 3 * size)),
        np.append(label[hit], random.integers(0, CLASSES, 3 * size)),
        np.vstack([near, beside]),
        np.concatenate(score),
    )


def ways() -> dict[str, Callable[[], object]]:
    """Return the ways to estimate all metrics of a detector, and what a comparison needs."""
    resampling, one = Resampling(RESAMPLES), simulated()

    def pairs() -> None:
        for _ in range(DETECTORS):
            found = match(one)
            resampled(found, PRIMARY, resampling)
            pseudo_values(found, PRIMARY)

    return {ALL: lambda: estimates(match(one), resampling, 0.3), PAIRS: pairs, LOOP: _loop}


def _loop() -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    made = simulated(images=FEW)
    truth = COCO()
    found = [made.found_image, made.found_box, made.score, made.found_class]
    rows = enumerate(zip(made.truth_image, made.truth_class, made.truth_box, strict=True), 1)
    truth.dataset = {
        "images": [{"id": number} for number in range(FEW)],
        "categories": [{"id": number} for number in range(CLASSES)],
        "annotations": [
            {"id": n, "image_id": at, "category_id": k, "bbox": box, "area": box[2] * box[3]}
            | {"iscrowd": 0}
            for n, (at, k, box) in rows
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        evaluator = COCOeval(truth, truth.loadRes(np.column_stack(found)), "bbox")
        evaluator.evaluate()
        evaluator.accumulate()


def scaled(times: pd.DataFrame) -> pd.DataFrame:
    """Scale the loop's time to as many images and resamples as ours."""
    more = RESAMPLES * IMAGES / FEW
    seconds = times["seconds"].where(times["way"] != LOOP, times["seconds"] * more)
    return times.assign(seconds=seconds)


def sentences(frame: pd.DataFrame) -> list[str]:
    """Give the best times, and the speed-up over the loop."""
    best = frame.set_index("way")["low"]
    return [
        f"All intervals of one detector on {IMAGES:,} images of {CLASSES} classes: "
        f"{best[ALL]:.1f} s, {best[LOOP] / best[ALL]:,.0f} times as fast as {RESAMPLES:,} rounds "
        f"of pycocotools; {DETECTORS} detectors compared: {best[PAIRS]:.1f} s."
    ]
