"""The contenders of a study, measured by every cheap method on features alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries
from helpers.config.options import ProbeOptions
from helpers.core import progress
from helpers.core.errors import UserError
from helpers.core.records.training import Training
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.features import Features
from helpers.models.image.imagenet_head import source_head
from helpers.selection.transferability import methods
from helpers.selection.transferability.methods import Labelled, Score

CHANCE = 1 / 1000
"""The ImageNet accuracy of a network that was never trained."""
PASSES = 3
"""Forward passes that a step of training costs at least: one forward, two back."""


@dataclass(frozen=True)
class Contender:
    """A probe of the study, and what its features depend on."""

    candidate: str
    model: str
    seed: int = 0
    weights: str | None = None
    size: int | None = None

    @property
    def pretrained(self) -> bool:
        """Tell whether it has learnt anything before, or is a control."""
        return self.weights != "none" and not self.model.startswith("scratch:")

    def features(self, dataset: Dataset, threads: int | None = None) -> Features:
        """Return the features of every item, from the cache where they are kept."""
        settings = (self.weights, self.size, self.seed)
        return features.extract(dataset, self.model, *settings, threads)


@dataclass(frozen=True)
class Measured:
    """What every method says of every contender.

    ``scores`` has a row a contender and method: candidate, method, value, seconds, note. ``facts``
    has a row a contender: candidate, model, pretrained, parameters, gflops, item_seconds (of one
    item's features), features_seconds (of all that may be learnt from).
    """

    scores: pd.DataFrame
    facts: pd.DataFrame


def listed(entries: Sequence[dict[str, Any]]) -> list[Contender]:
    """Make contenders of plain values, as the notebook has them."""
    return [Contender(**entry) for entry in entries]


def known(dataset: Dataset, primary: str) -> Labelled:
    """Return what the methods may know of a data set: its train and validation sides.

    Raises
    ------
    UserError
        One of the two has no item.
    """
    sides = dataset.frame["split"].to_numpy()
    train, validation = (np.flatnonzero(sides == name) for name in ("train", "validation"))
    for name, side in (("train", train), ("validation", validation)):
        if not len(side):
            raise UserError(f"{dataset.study}: the {name} side has no item: give it a larger share")
    return Labelled(dataset.labels, train, validation, len(dataset.classes), primary)


def measure(
    dataset: Dataset, contenders: Sequence[Contender], primary: str, threads: int | None = None
) -> Measured:
    """Score contenders by every method; a probe that the study has trained is not trained again.

    Parameters
    ----------
    dataset : Dataset
        Nothing of its test side is used.
    contenders : sequence of Contender
    primary : str
        The metric that the probes and the neighbours are scored by.
    threads : int, optional
        Cores for features that are not kept yet.
    """
    sides, rows, rows_of_facts = known(dataset, primary), [], []
    for each in progress.track(contenders, "contenders", len(contenders)):
        found = each.features(dataset, threads)
        scores = [_probe(dataset.study, each, found, sides), *_scores(each, found, sides)]
        rows += [{"candidate": each.candidate, **score.row()} for score in scores]
        rows_of_facts.append(facts(each, found, len(sides.train) + len(sides.validation)))
    return Measured(pd.DataFrame(rows), pd.DataFrame(rows_of_facts))


def facts(contender: Contender, found: Features, items: int) -> dict[str, Any]:
    """Return a row of ``Measured.facts``; ``items`` may be learnt from."""
    each = found.seconds / len(found.values)
    return {
        "candidate": contender.candidate,
        "model": contender.model,
        "pretrained": contender.pretrained,
        "parameters": found.backbone["parameters"],
        "gflops": found.backbone.get("gflops"),
        "item_seconds": each,
        "features_seconds": each * items,
    }


def finetune_seconds(facts: pd.DataFrame, items: int, epochs: int) -> pd.Series:
    """Estimate what fine-tuning each contender takes at least, from its own forward passes."""
    return facts["item_seconds"] * PASSES * items * epochs


def published_accuracy(model: str) -> float:
    """Return the published ImageNet accuracy, NaN if unknown; a cut network has the whole one's."""
    whole, _ = entries.split_layer(model)
    accuracy = None if ":" in whole else entries.model(whole).imagenet_top1
    return np.nan if accuracy is None else accuracy


def _probe(study: str, contender: Contender, found: Features, sides: Labelled) -> Score:
    """Take the probe's value and seconds from its training where there is one, or fit it."""
    record = Training.find(study, contender.candidate)
    trained = record.validation if record and record.resolved_model == contender.model else None
    if record is None or trained is None or trained.metric != sides.primary:
        return methods.logistic_probe(found.values, sides, ProbeOptions().regularisation)
    learnt = len(sides.train) + len(sides.validation)
    seconds = record.cost.fit_seconds - found.seconds / len(found.values) * learnt
    return Score("logistic-probe", trained.value, max(seconds, 0.0))


def _scores(contender: Contender, found: Features, sides: Labelled) -> list[Score]:
    head = source_head(contender.model) if contender.pretrained else None
    accuracy = published_accuracy(contender.model) if contender.pretrained else CHANCE
    unknown = "none was published" if np.isnan(accuracy) else ""
    return [
        *methods.measure(found.values, sides, head),
        Score("imagenet-accuracy", accuracy, 0.0, unknown),
        Score("parameters", float(found.backbone["parameters"]), 0.0),
    ]
