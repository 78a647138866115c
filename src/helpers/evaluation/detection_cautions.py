"""What stands against the numbers of a detector, in sentences."""

import pandas as pd

from helpers.core.formatting import counted, names
from helpers.core.records.data import DataRecord
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS

FEW = 10  # objects of a class, below which its precision says little
COMPOSED = "D521"  # the check that tells data composed for this purpose


def resampled(data: DetectedBoxes) -> str:
    """Say what the intervals stand for: other groups of this kind, or other images of these."""
    if data.known >= ENOUGH_GROUPS:
        return (
            f"The intervals resample {data.known} groups with all their images: they hold for "
            "other groups of this kind."
        )
    copies = ", copies of one together" if data.groups is not None else ""
    if data.known:
        these = "this group" if data.known == 1 else "these groups"
        few = f"there {'is' if data.known == 1 else 'are'} only {counted(data.known, 'group')}"
        return (
            f"The intervals resample images{copies}, because {few}: they hold for other images of "
            f"{these}; nothing is said of other groups, such as other sites."
        )
    return f"The intervals resample images{copies}: they hold for other images like these."


def of(study: str, data: DetectedBoxes, per_class: pd.DataFrame) -> list[str]:
    """Say which classes have few objects or none, and what the data themselves are."""
    record = DataRecord.read(study)
    lines = [each.consequence for each in record.checks if each.code == COMPOSED and each.count]
    few = per_class[per_class["objects"].between(1, FEW - 1)]
    none = per_class.loc[per_class["objects"] == 0, "class"].tolist()
    if len(few):
        shown = [f"{row['class']} ({row['objects']})" for row in few.to_dict("records")]
        lines.append(
            f"{counted(len(few), 'class has', 'classes have')} fewer than {FEW} objects in the "
            f"test images and count as much as the others in the mean: {names(shown, 8)}."
        )
    if none:
        what = counted(len(none), "class has", "classes have")
        lines.append(
            f"{what} no object in the test images, and no part in the mean: {names(none, 8)}."
        )
    return lines
