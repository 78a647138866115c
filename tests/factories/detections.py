"""Made-up truth and found boxes, also as COCO's evaluators read them."""

import contextlib
import io

import numpy as np

from helpers.metrics.detection import DetectionTable

SUMMARY = (  # of COCO's evaluators, and their place in it
    ("mean-average-precision", 0),
    ("average-precision-50", 1),
    ("average-precision-75", 2),
    ("average-precision-small", 3),
    ("average-precision-medium", 4),
    ("average-precision-large", 5),
    ("average-recall", 8),
)


def table(images, classes, truth, found):
    """Lay out rows of (image, class, box, ignored) and (image, class, box, score)."""

    def columns(rows):
        parts = list(zip(*rows, strict=True)) or [(), (), np.zeros((0, 4)), ()]
        at, label = (np.array(part, np.int64) for part in parts[:2])
        return at, label, np.array(parts[2], float).reshape(-1, 4), parts[3]

    *true, ignored = columns(truth)
    *boxes, score = columns(found)
    ignored, score = np.array(ignored, bool), np.array(score, float)
    return DetectionTable(images, classes, *true, ignored, *boxes, score)


def random_table(random, images=25, classes=4, objects=6.0, ties=True, crowds=0.05):
    """Draw images, some of them empty, and a detector with errors of every kind.

    The last class is never found and the one before has no object.
    """
    many = random.poisson(objects, images) * (random.random(images) > 0.15)
    at, size = np.repeat(np.arange(images), many), many.sum()
    label = random.choice([*range(classes - 2), classes - 1], size) if classes > 2 else 0 * at
    side, corner = np.exp(random.normal(3.8, 0.9, (size, 2))), random.uniform(0, 500, (size, 2))
    truth = np.hstack([corner, side])
    hit = random.random(size) < 0.75
    near = corner + side * random.normal(0, 0.08, (size, 2))
    found = np.hstack([near, side * np.exp(random.normal(0, 0.12, (size, 2)))])[hit]
    false = int(2 * size) + 150 * (images > 3)
    image = np.append(at[hit], random.integers(0, images, false))
    image[len(image) - 130 :] = min(1, images - 1)  # more than a hundred on one image
    said = random.integers(0, max(classes - 1, 1), len(image))
    said[: hit.sum()] = np.where(random.random(hit.sum()) < 0.8, label[hit], said[: hit.sum()])
    said[len(image) - 130 :] = 0
    beside = np.hstack([random.uniform(0, 500, (false, 2)), random.uniform(4, 200, (false, 2))])
    beside[::3] = truth[random.integers(0, size, len(beside[::3]))] * 1.04 if size else 1.0
    score = np.append(random.beta(4, 2, hit.sum()), random.beta(1.5, 4, false))
    score = np.round(score, 2) if ties else score
    ignored, boxes = random.random(size) < crowds, np.vstack([found, beside])
    return DetectionTable(images, classes, at, label, truth, ignored, image, said, boxes, score)


def as_coco(made, images=None):
    """Write a table as COCO's two files, of some images in this order, also more than once."""
    truth = {
        "images": [],
        "annotations": [],
        "categories": [{"id": k + 1, "name": str(k)} for k in range(made.classes)],
    }
    found = []
    for number, image in enumerate(range(made.images) if images is None else images, 1):
        truth["images"].append({"id": number, "width": 1000, "height": 1000})
        for row in np.flatnonzero(made.truth_image == image):
            x, y, width, height = made.truth_box[row].tolist()
            truth["annotations"].append(
                {
                    "id": len(truth["annotations"]) + 1,
                    "image_id": number,
                    "category_id": int(made.truth_class[row]) + 1,
                    "bbox": [x, y, width, height],
                    "area": width * height,
                    "iscrowd": int(made.truth_ignored[row]),
                }
            )
        for row in np.flatnonzero(made.found_image == image):
            found.append(
                {
                    "image_id": number,
                    "category_id": int(made.found_class[row]) + 1,
                    "bbox": made.found_box[row].tolist(),
                    "score": float(made.score[row]),
                }
            )
    return truth, found


def pycocotools_summary(truth, found):
    """Return the twelve numbers of COCO's own evaluator."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    return _summary(COCO, COCOeval, truth, found)


def faster_summary(truth, found):
    """Return those of faster-coco-eval."""
    from faster_coco_eval import COCO, COCOeval_faster

    return _summary(COCO, COCOeval_faster, truth, found)


def hotcoco_summary(truth, found):
    """Return those of hotcoco."""
    from hotcoco import COCO, COCOeval

    return _summary(lambda: COCO(truth), COCOeval, truth, found)


def _summary(reader, evaluator, truth, found):
    with contextlib.redirect_stdout(io.StringIO()):
        true = reader()
        true.dataset = truth
        true.createIndex()
        made = evaluator(true, true.loadRes(found), "bbox")
        made.evaluate()
        made.accumulate()
        made.summarize()
    return list(made.stats)[:12]
