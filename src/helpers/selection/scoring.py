"""The probes of a study, scored by every cheap method on frozen features alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries
from helpers.config.options import ProbeOptions
from helpers.core import progress
from helpers.core.records.training import Training
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.features import Features
from helpers.models.image.imagenet_head import source_head
from helpers.selection.transferability import methods
from helpers.selection.transferability.methods import Score
from helpers.training.labelled_splits import LabelledSplits, labelled_splits

CHANCE = 1 / 1000  # the ImageNet accuracy of a network that was never trained


@dataclass(frozen=True)
class ProbeCandidate:
    """A probe of the study, and what its features depend on."""

    candidate: str
    model: str
    seed: int = 0
    weights: str | None = None
    size: int | None = None

    @property
    def pretrained(self) -> bool:
        """Tell a pretrained network from a control with random weights."""
        return self.weights != "none" and not self.model.startswith("scratch:")

    def features(self, dataset: Dataset, threads: int | None = None) -> Features:
        """Return the features of every item, from the cache if they are there."""
        return features.extract(dataset, self.model, self.weights, self.size, self.seed, threads)


def score_candidates(
    dataset: Dataset, candidates: Sequence[ProbeCandidate], primary: str, threads: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score candidates by every method; nothing of the test split is used.

    Returns a row per candidate and method: candidate, method, value, seconds, note; and a row of
    ``candidate_facts`` per candidate. A probe that the study has trained is not trained again;
    features that are not cached take ``threads`` cores.
    """
    splits = labelled_splits(dataset, primary)
    rows, facts = list[dict[str, Any]](), []
    for candidate in progress.track(candidates, "candidates", len(candidates)):
        frozen = candidate.features(dataset, threads)
        probe = _probe(dataset.study, candidate, frozen, splits)
        scores = [probe, *_scores(candidate, frozen, splits)]
        rows += [{"candidate": candidate.candidate, **asdict(score)} for score in scores]
        facts.append(candidate_facts(candidate, frozen, len(splits.both)))
    return pd.DataFrame(rows), pd.DataFrame(facts)


def candidate_facts(candidate: ProbeCandidate, frozen: Features, items: int) -> dict[str, Any]:
    """Say what a candidate is, and the seconds of one item's features and of all ``items``."""
    item_seconds = frozen.seconds / len(frozen.values)
    return {
        "candidate": candidate.candidate,
        "model": candidate.model,
        "pretrained": candidate.pretrained,
        "parameters": frozen.backbone["parameters"],
        "gflops": frozen.backbone.get("gflops"),
        "item_seconds": item_seconds,
        "features_seconds": item_seconds * items,
    }


def published_accuracy(model: str) -> float:
    """Return the published ImageNet accuracy, NaN if unknown; a cut network has the whole one's."""
    whole, _ = entries.split_layer(model)
    accuracy = None if ":" in whole else entries.model(whole).imagenet_top1
    return np.nan if accuracy is None else accuracy


def _probe(
    study: str, candidate: ProbeCandidate, frozen: Features, splits: LabelledSplits
) -> Score:
    """Take the probe's value and seconds from its training if there is one, or fit it."""
    record = Training.find(study, candidate.candidate)
    trained = record.validation if record and record.resolved_model == candidate.model else None
    if record is None or trained is None or trained.metric != splits.primary:
        return methods.logistic_probe(frozen.values, splits, ProbeOptions().regularisation)
    value = np.nan if trained.value is None else trained.value
    of_features = frozen.seconds / len(frozen.values) * len(splits.both)
    return Score("logistic-probe", value, max((record.cost.fit_seconds or 0.0) - of_features, 0.0))


def _scores(candidate: ProbeCandidate, frozen: Features, splits: LabelledSplits) -> list[Score]:
    head = source_head(candidate.model) if candidate.pretrained else None
    accuracy = published_accuracy(candidate.model) if candidate.pretrained else CHANCE
    note = "none was published" if np.isnan(accuracy) else ""
    return [
        *methods.measure(frozen.values, splits, head),
        Score("imagenet-accuracy", accuracy, 0.0, note),
        Score("parameters", float(frozen.backbone["parameters"]), 0.0),
    ]
