"""Harder tests: corrupted test items and the test items of other sources, each predicted once."""

from typing import Any

from helpers.core import files, paths
from helpers.core.formatting import counted
from helpers.data import other_sources
from helpers.training import domain_shift, robustness
from helpers.training.fit import TrainedCandidate
from helpers.training.results import TrainingResult


def predict(trained: TrainedCandidate, plan: dict[str, Any] | None) -> list[str]:
    """Predict what a study asks for beside its test items, write it, and say what was predicted.

    ``plan`` has the corruptions: see ``robustness.corrupted``. Predictions from a file cannot be
    extended: nothing is predicted then.
    """
    result, dataset = trained.result, trained.request.dataset
    corrupted = crossed = None
    if isinstance(result, TrainingResult):
        if plan:
            corrupted = robustness.predict(result.scores, dataset, plan, trained.request.seed)
        if other_sources.others(dataset.study):
            crossed = domain_shift.predict(trained)
    folder = paths.build(trained.study, trained.name)
    files.write_parquet_or_remove(folder / "robustness.parquet", corrupted)
    files.write_parquet_or_remove(folder / "shift.parquet", crossed)
    lines, many = [], dataset.items.modality.MANY
    if corrupted is not None:
        kinds = ", ".join(corrupted["noise"].unique())
        lines.append(f"{len(corrupted):,} corrupted {many} were predicted once ({kinds}).")
    if crossed is not None:
        fits = counted(crossed["trained_on"].nunique(), "fit")
        sources = crossed["tested_on"].nunique()
        lines.append(f"The test {many} of {sources} sources were predicted once by each of {fits}.")
    return lines
