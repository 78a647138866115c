"""Which language is spoken, told by Whisper itself: nothing is trained.

It knows about a hundred languages; here it chooses among those of the study.
"""

from collections.abc import Sequence

import numpy as np

from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.audio.whisper_encoder import LANGUAGES
from helpers.models.speech import whisper
from helpers.training import validation_score
from helpers.training.class_map import ClassMap, mapped
from helpers.training.labelled_splits import positions
from helpers.training.results import AdaptationRequest, TrainingResult


def identify(request: AdaptationRequest) -> TrainingResult:
    """Score each class by the probability of its language, among those of the study."""
    told, splits = _told(request, request.dataset), request.splits
    classes = _classes(request, str(told.backbone[LANGUAGES]).split())
    test = positions(request.dataset, "test")
    elsewhere = int((classes.positions[told.values[test].argmax(axis=1)] < 0).sum())

    def scores(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        ours = told if dataset is request.dataset else _told(request, dataset)
        return _among(classes, ours.values[rows])

    validation = scores(request.dataset, splits.validation)
    facts = {key: value for key, value in told.backbone.items() if key != LANGUAGES}
    facts |= classes.facts() | {
        "chooses_among": f"the {len(classes.ours)} languages of the study; free to name any, it "
        f"would name another one for {elsewhere} of {len(test)} test recordings"
    }
    return TrainingResult(
        value=validation_score.score(request.primary, splits.labels[splits.validation], validation),
        validation=validation,
        scores=scores,
        backbone=facts,
        item_seconds=told.seconds / len(told.values),
        parameters=facts["parameters"] or 0,
        engine=facts["engine"],
        doubts=classes.doubt(request.dataset.frame["label"].iloc[test], "test recordings"),
    )


def _told(request: AdaptationRequest, dataset: Dataset) -> features.Features:
    """Return the probability of each language that Whisper knows, of each recording."""
    name = f"{request.model}@{LANGUAGES}"
    return features.extract(dataset, name, None, None, request.seed, request.threads)


def _classes(request: AdaptationRequest, known: Sequence[str]) -> ClassMap:
    """Find the language of each class by its name or code, after those that the study declares."""
    ours, declared = request.dataset.classes, dict(request.options.get("classes", {}))
    meant = {each: whisper.called(each, known) for each in ours if each not in declared.values()}
    for label, code in meant.items():
        if code and declared.setdefault(code, label) != label:
            both = f"{declared[code]!r} and {label!r} are both {code}"
            raise UserError(f"{request.model}: {both}: it tells languages apart, not their kinds")
    return mapped(known, ours, declared, request.model)


def _among(classes: ClassMap, told: np.ndarray) -> np.ndarray:
    """Scale the probabilities [N, L] of the study's languages to a sum of 1: [N, K]."""
    given = np.full((len(told), len(classes.ours)), np.finfo(np.float32).tiny)
    for theirs, ours in enumerate(classes.positions):
        if ours >= 0:
            given[:, ours] += told[:, theirs]
    return given / given.sum(axis=1, keepdims=True)
