"""Detectors compared on the same images: paired tests of their precision, ties."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparison import board as boards
from helpers.comparison import ranking, result
from helpers.comparison.ranking import Scored
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import names
from helpers.core.records.detection_metrics import DetectionMetrics
from helpers.data import copies
from helpers.evaluation import detected_boxes, plain_shares
from helpers.metrics import detection as metrics
from helpers.metrics import registry
from helpers.metrics.detection import DetectionTable
from helpers.metrics.paired_tests import Difference, Pair, pair_from_samples
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling, group_codes
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.permutation import swap_test

USUAL = "mean-average-precision"
RECALL, FALSE = "detection-recall", "false-positives-per-image"


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
    margin: float | None = None,
) -> result.Comparison:
    """Compare candidates by the boxes that they find in the same images.

    Pairs take the bootstrap over images, or groups where there are enough, drawn alike for both;
    where few of them differ, the exact test that swaps what the two bring there. ``accuracy`` of
    the table is the share of objects found by boxes from the score on that validation chose. An
    unknown metric, and one at a score that a candidate could not choose, raise a UserError.
    """
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    primary = primary or USUAL
    check_known("metric", primary, registry.names("detection", may_choose=True))
    entries = [detected_boxes.read(study, name) for name in candidates]
    records = [DetectionMetrics.read(study, name) for name in candidates]
    without = [record.candidate for record in records if record.threshold is None]
    if without and primary in registry.functions("boxes"):
        raise UserError(f"{study}: {primary}: {names(without)} found no boxes in validation images")
    first, resampling = entries[0], Resampling(resamples, seed, entries[0].groups)

    def row(run: int, value: Estimate) -> dict[str, Any]:
        recall = records[run].metrics[RECALL].value if RECALL in records[run].metrics else None
        found = boards.row(entries[run].training, value, np.nan if recall is None else recall)
        return found | {"told": _told(records[run])}

    tables, chosen = [entry.table for entry in entries], [record.threshold for record in records]
    board = ranking.ranked(
        scored(tables, chosen, primary, resampling, row),
        seed,
        margin,
        groups=None if first.groups is None else len(set(first.groups)),
        group="group" if first.known >= ENOUGH_GROUPS else copies.DISTINCT,
        one="image",
    )
    cautions = [first.resampled] if 0 < first.known < ENOUGH_GROUPS else []
    return result.assemble(study, [entry.training for entry in entries], board, cautions)


def scored(
    tables: Sequence[DetectionTable],
    chosen: Sequence[float | None],
    primary: str,
    resampling: Resampling,
    row: Callable[[int, Estimate], dict[str, Any]],
) -> Scored:
    """Compute a metric of all candidates, on resamples too, and how two of them compare.

    ``chosen`` are the scores from which their boxes count, and ``row`` makes that of the board.
    """
    matched = [metrics.match(table) for table in tables]
    unit, count = group_codes(resampling.groups, tables[0].images)
    every = zip(matched, chosen, strict=True)
    resampled = [metrics.resampled(each, primary, resampling, score) for each, score in every]
    rows = [row(run, value) for run, (value, _) in enumerate(resampled)]
    values = np.array([value.value for value, _ in resampled])
    samples = np.column_stack([drawn for _, drawn in resampled])
    found = [_fingerprints(table) for table in tables]

    def units(run: int) -> NDArray[np.float64]:
        return metrics.pseudo_values(matched[run], primary, resampling.groups, chosen[run])

    def pair(a: int, b: int) -> Pair:
        differing = len(np.unique(unit[found[a] != found[b]]))
        gaps = values[a] - values[b], samples[:, a] - samples[:, b]
        difference = Difference(*gaps, count, len(unit), differing)

        def swapped() -> float:
            one, other = (units(run)[:, None] for run in (a, b))
            return swap_test(one, other, lambda sums: sums[..., 0] / count)

        return pair_from_samples(a, b, difference, swapped)

    return Scored(primary, len(unit), rows, values, samples, pair, units)


def _fingerprints(table: DetectionTable) -> NDArray[np.uint64]:
    """Digest the boxes found in each image, [N], in whatever order they are."""
    boxes = pd.DataFrame(np.column_stack([table.found_class, table.found_box, table.score]))
    digests = pd.util.hash_pandas_object(boxes, index=False).to_numpy(np.uint64)
    result = np.zeros(table.images, np.uint64)
    np.add.at(result, table.found_image, digests)
    return result


def _told(record: DetectionMetrics) -> str:
    """Say what a detector finds, and with how many false alarms, so that anyone understands."""
    if record.threshold is None:
        return "finds boxes, but no score was chosen on validation from which they count"
    recall, false = (record.metrics[name].value for name in (RECALL, FALSE))
    if recall is None or false is None:
        return "has no object to find"
    alarms = f"with {plain_shares.alarms(false)}" if false else "without a false alarm"
    return f"finds {plain_shares.of_ten(recall, 'objects')} {alarms}"
