"""Two candidates by their files alone: their predictions, and labels of the same items."""

import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
from pydantic import Field

from helpers.comparison import leaderboard, seeds
from helpers.comparison.board import WORSE
from helpers.comparison.result import Comparison
from helpers.core import schema
from helpers.core.errors import UserError, check_known
from helpers.data import checks, copies, preparation, sources, splits
from helpers.data.dataset import Dataset
from helpers.data.items import NO_SPEECH, natural
from helpers.data.sources import speech_table, tabular_files
from helpers.evaluation import speech_recognition
from helpers.metrics.names import metric_name
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS
from helpers.training import external_predictions, fit, transcription
from helpers.training.results import AdaptationRequest

STUDY, CLASSES, SPEECH = "files", "text-classification", "speech-recognition"
OF_LABELS, OF_TEXTS = (
    ("D21", "D301", "D405", "D412", "D415", "D417", "D418"),
    ("D113", "D116", "D303"),
)


class HowCompared(schema.Section):
    """The metric, by default the task's; a margin that does not matter; resamples and seed."""

    metric: str | None = None
    margin: Annotated[float, Field(gt=0, lt=0.5)] | None = None
    resamples: Annotated[int, Field(ge=200, le=100_000)] = 2000
    seed: Annotated[int, Field(ge=0)] = 42


def compare_files(
    labels: str, a: str, b: str, group: str | None = None, then: Any = None, **options: Any
) -> Comparison:
    """Compare two files of predictions; ``options`` are metric, margin, resamples and seed.

    ``labels`` is a table with id and label, or transcript, and maybe text and split; items that
    share a value of its column ``group`` are resampled together. ``names_of`` names the candidates.
    ``then`` is called with the result while ``paths.build()`` holds it as a study. A UserError says
    what does not fit. ``os.environ`` is changed meanwhile: not for several threads.
    """
    how, candidates = schema.check(HowCompared, options, "compare"), names_of(a, b)
    if all(map(os.path.exists, (a, b))) and os.path.samefile(a, b):
        raise UserError(f"{a} and {b} are one file: two candidates are needed")
    with tempfile.TemporaryDirectory(prefix="evalbook-") as build, patch.dict(os.environ):
        os.environ |= {"EVALBOOK_ROOT": str(Path.cwd()), "EVALBOOK_BUILD": build}
        data = _dataset(str(labels), group)
        for candidate, file in zip(candidates, (a, b), strict=True):
            _read(data, candidate, f"predictions:{file}", how.metric)
        chosen = how.metric, how.resamples, how.seed, how.margin
        found = leaderboard.compare(STUDY, [*candidates], *chosen)
        if then:
            then(found)
        return found


def names_of(a: str, b: str) -> tuple[str, str]:
    """Name two files by their stems, where these tell them apart."""
    one, other = (re.sub(r"[^a-z0-9]+", "-", Path(x).stem.lower()).strip("-") for x in (a, b))
    clash = one == other or not (one and other) or seeds.families_of([one, other])
    return ("first", "second") if clash else (one, other)


def verdict(comparison: Comparison, first: str) -> tuple[bool, str]:
    """Tell whether the other one is surely worse than the first, by more than the margin, and why.

    That is what the table says of the two. A UserError names candidates without a value.
    """
    c, table = comparison, comparison.table
    if lacking := table["candidate"][table["value"].isna()].tolist():
        raise UserError(f"{metric_name(c.primary)} is undefined for {' and '.join(lacking)}")
    check_known("candidate", first, table["candidate"].tolist())
    behind, second = table.iloc[1], next(name for name in table["candidate"] if name != first)
    low, high = behind[["lead_low", "lead_high"]].astype(float)
    if worse := behind["candidate"] == first:  # then above 0 is better
        low, high = -high, -low
    sure = bool(not worse and behind["verdict"] == WORSE and low > (c.margin or -1))
    by = f"by {low:.3f} to {high:.3f} {metric_name(c.primary)}"
    by = by if np.isfinite(low) else "by how much is not known"
    return sure, (
        f"{second} is {'' if sure else 'not '}surely worse than {first}: {by}"
        f" (95 % interval of the paired difference; below 0 is better), "
        f"p = {behind['p']:.2g}{f', margin {c.margin:g}' if c.margin else ''}"
    )


def _dataset(file: str, group: str | None) -> Dataset:
    """Read the labels, look at them as a study does, and save what its later stages read."""
    rows = tabular_files.read_table(file)
    tabular_files.plain(rows, "id", file)
    speech = "transcript" in rows and "label" not in rows
    texts, answer = "text" in rows and not speech, "transcript" if speech else "label"
    columns = {"group": group, "text": "text" if texts else "id", "label": answer}
    given = sources.load(source := {"table": {"file": file, **columns}}, CLASSES)
    frame = given.frame.assign(split=given.frame.get("split", "test"))
    told = frame["label"]
    if speech:
        frame = speech_table.utterances(frame, file, answer)
        told = frame["reference"].where(frame["reference"].ne("") | frame["label"].eq(NO_SPEECH))
    if (lost := told.isna()).any():
        rows_of = f"{lost.sum():,} of {len(lost):,} rows, such as {frame['id'][lost].iloc[0]!r}"
        raise UserError(f"{file}: no {answer} in {rows_of}")
    if not speech and told.nunique() < 2:
        raise UserError(f"{file}: all labels are {told.iloc[0]!r}: two classes are needed")
    if "test" not in set((tested := splits.published(frame, ["test"]))["split"]):
        raise UserError(f"{file}: column split: no row is of the test")
    if speech and group and frame["group"].nunique() < ENOUGH_GROUPS:
        raise UserError(f"{file}: {group}: {ENOUGH_GROUPS} groups of speech or more are needed")
    given = replace(given, frame=frame, task=SPEECH if speech else CLASSES)
    survey = checks.survey(given) if texts else checks.Survey(*[np.full(len(frame), "")] * 2)
    if (family := copies.named(tested, survey.near)) is not None:
        tested = tested.assign(**{copies.COLUMN: family})
    found = checks.run(given, tested, survey, (*OF_LABELS, *OF_TEXTS * texts))
    classes = tuple(sorted(set(tested["label"]), key=natural))
    facts = (classes, found, tested[:0].assign(reason=""), survey, given.digest)
    preparation.save(STUDY, preparation.Prepared(given, tested, *facts), source)
    return Dataset(STUDY, tested, classes, given.digest, given)


def _read(data: Dataset, candidate: str, model: str, metric: str | None) -> None:
    """Check the predictions of a file, and save what a comparison reads of them."""
    if data.task == SPEECH:
        spoken = transcription.TranscriptionRequest(data, candidate, "predictions", model, {})
        transcription.save(transcription.transcribe(spoken))
        speech_recognition.save(speech_recognition.evaluate(STUDY, candidate, metric))
        return
    wanted = AdaptationRequest(data, model, {}, "macro-f1", seed=0)
    result = external_predictions.read_predictions(wanted)
    trained = fit.TrainedCandidate(candidate, "predictions", model, wanted, result, threads=1)
    fit.save(trained, fit.predict(trained))
