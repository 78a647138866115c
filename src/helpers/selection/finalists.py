"""Which candidates are fine-tuned: chosen on validation, before any test item is seen."""

from collections.abc import Collection

import pandas as pd
from scipy.stats import rankdata

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.records.selection import Selection
from helpers.core.records.training import Training
from helpers.models import kinds

RULE = (
    "The mean of two ranks: that of the logistic probe on validation, and that of the published "
    "ImageNet accuracy (of the number of parameters if none is published). Ties go to the network "
    "with fewer operations, then by name. Word vectors are ranked, but never fine-tuned."
)


def order(scores: pd.DataFrame, facts: pd.DataFrame, dropped: list[str]) -> pd.DataFrame:
    """Put candidates in the order in which they deserve a fine-tune, best first.

    ``scores`` has a row per candidate and method: candidate, method, value (higher is better, NaN
    unknown); ``facts`` a row per candidate: candidate, model, gflops. ``dropped`` lost a race, in
    that order, and come last. Returns candidate, model, probe_rank, static_rank, mean_rank and
    gflops.
    """
    values = scores.pivot(index="candidate", columns="method", values="value")
    table = facts[["candidate", "model", "gflops"]].set_index("candidate")
    raced = table.index.difference(dropped)
    probe = pd.Series(rankdata(-values.loc[raced, "logistic-probe"]), raced)
    static = _static_rank(values.loc[raced], probe)
    table = table.assign(probe_rank=probe, static_rank=static, mean_rank=(probe + static) / 2)
    late = {name: position for position, name in enumerate(reversed(dropped), 1)}
    table["late"] = [late.get(name, 0) for name in table.index]
    keys = ["late", "mean_rank", "gflops", "candidate"]
    table = table.reset_index().sort_values(keys, kind="stable", na_position="last")
    columns = ["candidate", "model", "probe_rank", "static_rank", "mean_rank", "gflops"]
    return table[columns].reset_index(drop=True)


def choose(ordered: pd.DataFrame, count: int) -> list[str]:
    """Return the first models of an order, each once."""
    return ordered["model"].drop_duplicates().head(count).tolist()


def read(study: str, rank: int) -> str:
    """Return the model of a study's finalist at a rank from 1; a UserError if there is none."""
    record = Selection.find(study)
    if record is None:
        raise UserError(f"best:{rank}: {study} has no selection: run the notebook 2-select first")
    if rank > (count := len(record.finalists)):
        raise UserError(f"best:{rank}: {study} has {count} finalist(s): run 2-select again")
    return record.finalists[rank - 1]


def resolve(study: str, model: str, selects: bool, probes: Collection[str]) -> str:
    """Return the model behind ``best:K``; any other model is returned as it is.

    A study that ``selects`` has its finalists in selection.json; otherwise its ``probes`` are
    ranked by validation score, ties by name. A UserError says that fewer than K are trained or
    chosen.
    """
    if not model.startswith("best:"):
        return model
    rank = int(model.removeprefix("best:"))
    if selects:
        return read(study, rank)
    trained = []
    for name in probes:
        file = paths.build(study, name) / Training.FILE
        record = None if Training.outdated(file) else Training.load(file)
        value = record.validation.value if record and record.validation else None
        if record and value is not None and kinds.trainable(record.resolved_model):
            trained.append((-value, name, record.resolved_model))
    if len(trained) < rank:
        raise UserError(f"{model}: {len(trained)} probe(s) of {study} are trained: run them first")
    return sorted(trained)[rank - 1][2]


def _static_rank(values: pd.DataFrame, probe_rank: pd.Series) -> pd.Series:
    """Rank by published accuracy; a candidate without one keeps its probe's rank."""
    accuracy = values["imagenet-accuracy"]
    known = (accuracy if accuracy.notna().any() else values["parameters"]).dropna()
    stretch = (len(values) + 1) / (len(known) + 1)  # so that few known ranks span all ranks
    rank = probe_rank.copy()
    rank[known.index] = rankdata(-known) * stretch
    return rank
