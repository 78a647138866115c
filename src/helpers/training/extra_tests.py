"""Beyond the test items: the same ones changed, and those of other sources; predicted once."""

from typing import Any

from helpers.core.formatting import counted
from helpers.data import other_sources
from helpers.data.dataset import Dataset
from helpers.training import domain_shift, robustness
from helpers.training.fit import Fitted


def predict(
    fitted: Fitted, dataset: Dataset, plan: dict[str, Any] | None, options: dict, seed: int
) -> list[str]:
    """Predict what a study asks for beside its test items, and keep each in a file of its own.

    Parameters
    ----------
    fitted : Fitted
    dataset : Dataset
    plan : dict or None
        As in ``robustness.changed``.
    options : dict
        Those of the adaptation, to fit it again on other sources.
    seed : int

    Returns
    -------
    list of str
        What was predicted, in words.
    """
    changed = crossed = None
    if plan and fitted.table is None:
        changed = robustness.predict(fitted.scores_of, dataset, plan, seed)
    if other_sources.others(dataset.study) and fitted.table is None:
        crossed = domain_shift.predict(fitted, dataset, options, seed)
    robustness.save(fitted.study, fitted.candidate, changed)
    domain_shift.save(fitted.study, fitted.candidate, crossed)
    said, many = [], dataset.items.modality.MANY
    if changed is not None:
        kinds = ", ".join(changed["noise"].unique())
        said.append(f"{len(changed):,} changed {many} were predicted once ({kinds}).")
    if crossed is not None:
        fits, sets = crossed["trained_on"].nunique(), crossed["tested_on"].nunique()
        by = counted(fits, "fit")
        said.append(f"The test {many} of {sets} sources were predicted once each, by {by}.")
    return said
