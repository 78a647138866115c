"""Detectors compared on the same images: paired tests of their precision, ties."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparison import board as boards
from helpers.comparison import ranking, result
from helpers.comparison.ranking import Scored
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import names
from helpers.data import copies
from helpers.evaluation import detected_boxes, detection_cautions, plain_shares
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.evaluation.detection import AT_THRESHOLD, threshold
from helpers.metrics import detection as metrics
from helpers.metrics import registry
from helpers.metrics.detection import DetectionTable, Matches
from helpers.metrics.paired_tests import Difference, Pair, pair_from_samples
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling, group_codes
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.permutation import swap_test

USUAL = "mean-average-precision"


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
    margin: float | None = None,
) -> result.Comparison:
    """Compare candidates by the boxes that they find in the same images.

    Pairs take the bootstrap over images, or groups where there are enough, drawn alike for both.
    ``accuracy`` of the table is the share of objects found with boxes from the score on that
    validation chose. An unknown metric, and one at a score that some candidate could not choose,
    raise a UserError.
    """
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    primary = primary or USUAL
    check_known("metric", primary, registry.names("detection", may_choose=True))
    entries = [detected_boxes.read(study, name) for name in candidates]
    chosen = [threshold(study, name) for name in candidates]
    without = [name for name, score in zip(candidates, chosen, strict=True) if score is None]
    if without and primary in AT_THRESHOLD:
        raise UserError(f"{study}: {primary}: {names(without)} found no boxes in validation images")
    resampling = Resampling(resamples, seed, entries[0].groups)
    matched, rows = [metrics.match(entry.table) for entry in entries], []
    for entry, each, score in zip(entries, matched, chosen, strict=True):
        found = metrics.estimates(each, resampling, score)
        recall = found["detection-recall"].value if score is not None else np.nan
        row = boards.row(entry.training, found[primary], recall)
        rows.append(row | {"told": _told(found, score)})
    groups = entries[0].groups
    board = ranking.ranked(
        scored(rows, matched, primary, chosen, resampling),
        seed,
        margin,
        groups=None if groups is None else len(set(groups)),
        group="group" if entries[0].known >= ENOUGH_GROUPS else copies.DISTINCT,
        one="image",
    )
    cautions = detection_cautions.of_all(study, entries[0], matched[0])
    return result.assemble(study, [entry.training for entry in entries], board, cautions)


def scored(
    rows: list[dict[str, Any]],
    matched: list[Matches],
    primary: str,
    chosen: list[float | None],
    resampling: Resampling,
) -> Scored:
    """Compute a metric of all candidates, on resamples too, and how two of them compare."""
    images = matched[0].table.images
    unit, count = group_codes(resampling.groups, images)
    weights = resampling.weights(count)[unit].T
    every = list(zip(matched, chosen, strict=True))
    of = partial(metrics.values, names=[primary])
    values = np.array([float(of(each, threshold=score)[primary]) for each, score in every])
    drawn = [of(each, weights=weights, threshold=score)[primary] for each, score in every]
    samples, prints = np.column_stack(drawn), [_fingerprints(each.table) for each in matched]

    def units(run: int) -> NDArray[np.float64]:
        return metrics.pseudo_values(matched[run], primary, resampling.groups, chosen[run])

    def pair(a: int, b: int) -> Pair:
        differing = len(np.unique(unit[prints[a] != prints[b]]))
        gaps = values[a] - values[b], samples[:, a] - samples[:, b]
        difference = Difference(*gaps, count, images, differing)

        def swapped() -> float:
            one, other = (units(run)[:, None] for run in (a, b))
            return swap_test(one, other, lambda sums: sums[..., 0] / count)

        return pair_from_samples(a, b, difference, swapped)

    return Scored(primary, images, rows, values, samples, pair, units)


def _fingerprints(table: DetectionTable) -> NDArray[np.uint64]:
    """Digest the boxes found in each image, [N], in whatever order they are."""
    columns = np.column_stack([table.found_class, table.found_box, table.score])
    rows = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy(np.uint64)
    result = np.zeros(table.images, np.uint64)
    np.add.at(result, table.found_image, rows)
    return result


def _told(found: dict[str, Estimate], score: float | None) -> str:
    """Say what a detector finds, and with how many false alarms, so that anyone understands."""
    if score is None:
        return "finds boxes, but no score was chosen on validation from which they count"
    recall, false = (
        found[name].value for name in ("detection-recall", "false-positives-per-image")
    )
    alarms = f"with {plain_shares.alarms(false)}" if false else "without a false alarm"
    return f"finds {plain_shares.of_ten(recall, 'objects')} {alarms}"
