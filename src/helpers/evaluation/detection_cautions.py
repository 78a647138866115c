"""What stands against the numbers of a detector, in sentences."""

from helpers.core.formatting import counted, names
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS

FEW = 10  # objects of a class, below which its precision says little


def resampled(data: DetectedBoxes) -> str:
    """Say what the intervals stand for: other groups of this kind, or other images of these."""
    if data.known >= ENOUGH_GROUPS:
        what = f"{data.known} groups with all their images"
        return f"The intervals resample {what}: they hold for other groups of this kind."
    images = "images" if data.groups is None else "images, copies of one together"
    if not data.known:
        return f"The intervals resample {images}: they hold for other images like these."
    only = "there is only 1 group" if data.known == 1 else f"there are only {data.known} groups"
    return (
        f"The intervals resample {images}, because {only}: they hold for other images of "
        f"{'it' if data.known == 1 else 'these'}; nothing is said of other groups, such as sites."
    )


def of_classes(data: DetectedBoxes) -> list[str]:
    """Say which classes have few objects or none, which concerns every candidate."""
    objects = data.truth.loc[~data.truth["ignored"], "label"].value_counts()
    objects = objects.reindex(data.classes, fill_value=0)
    few = [f"{name} ({count})" for name, count in objects.items() if 0 < count < FEW]
    none = objects.index[objects == 0].tolist()
    lines = []
    if few:
        lines.append(
            f"{counted(len(few), 'class has', 'classes have')} fewer than {FEW} objects in the "
            f"test images and count as much as the others in the mean: {names(few, 8)}."
        )
    if none:
        what = f"{counted(len(none), 'class has', 'classes have')} no object in the test images"
        lines.append(f"{what}, and no part in the mean: {names(none, 8)}.")
    return lines
