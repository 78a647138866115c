"""Speech recognition: one candidate transcribes the test split once, as recorded and with noise."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import columns, cost, files, paths, progress, shards
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import counted, names
from helpers.core.records.parts import Cost
from helpers.core.records.training import ModelFacts, Training
from helpers.data.audio import decoding
from helpers.data.dataset import Dataset
from helpers.data.items import NO_SPEECH
from helpers.data.speech import normalisation
from helpers.models import speech
from helpers.models.speech import Recogniser, RecogniserCard
from helpers.training import external_predictions, noisy_transcription
from helpers.training.hearing import Hearing, Utterance, language
from helpers.training.labelled_splits import positions
from helpers.training.noisy_transcription import NoisePlan

BASELINES = ("empty-transcript", "frequent-transcript")


@dataclass(frozen=True)
class TranscriptionRequest:
    """Which candidate transcribes which data: the fields are those of a study's candidate."""

    dataset: Dataset
    candidate: str
    adaptation: str
    model: str
    options: dict[str, Any]
    threads: int | None = None  # none takes all cores


@dataclass(frozen=True)
class Transcription:
    """The transcripts of a candidate, and what they took.

    ``table`` has the columns id, split, reference and hypothesis, of the test split; ``conditions``
    those of conditions.parquet; ``latency`` id, seconds (of sound) and took.
    """

    request: TranscriptionRequest
    table: pd.DataFrame
    conditions: pd.DataFrame
    latency: pd.DataFrame
    recogniser: dict[str, Any]  # what it is and reads
    cost: Cost
    doubts: list[str] = field(default_factory=list)
    work: Sequence[shards.Work] = ()  # what is kept of it until it is saved


def transcribe(request: TranscriptionRequest, noise: NoisePlan | None = None) -> Transcription:
    """Transcribe the test split with a recogniser, or with a baseline that ignores the sound.

    Transcripts made elsewhere are read from their file. A UserError names an unknown model or
    noise, or a test split without utterances.
    """
    dataset = request.dataset
    test = positions(dataset, "test")
    utterances = test[(dataset.frame["label"] != NO_SPEECH).to_numpy()[test]]
    if not len(utterances):
        raise UserError(f"{dataset.study}: the test split has no utterance: give it a larger share")
    if request.adaptation == "predictions":
        return _from_file(request)
    recogniser, facts, card = _recogniser(request)
    spoken = [language(dataset, row) for row in test]
    recogniser.hear(np.zeros(decoding.RATE, np.float32), "en")  # set-up is not timed
    plain = Hearing(dataset, [Utterance(int(row)) for row in test], "utterances transcribed")
    noisy = noisy_transcription.hearing(dataset, utterances, noise or NoisePlan())
    work = [each.work(card, request.threads) for each in (plain, noisy)]
    with cost.cores(recogniser.cores or request.threads):
        transcripts = plain.run(recogniser, work[0])
    frame = dataset.frame.iloc[test].reset_index(drop=True)
    table = frame[["id", "split", "reference"]].assign(hypothesis=[t.text for t in transcripts])
    seconds, took = [t.seconds for t in transcripts], [t.took for t in transcripts]
    latency = frame[["id"]].assign(seconds=seconds, took=took)
    spent = _cost(latency, recogniser, request.threads)
    conditions = noisy_transcription.table(noisy, noisy.run(recogniser, work[1]))
    doubts = _guessed(recogniser, spoken)
    return Transcription(request, table, conditions, latency, facts, spent, doubts, work)


def _guessed(recogniser: Recogniser, spoken: Sequence[str]) -> list[str]:
    """Say for which utterances a recogniser had to guess a language that was given."""
    if not (odd := [language for language in spoken if not recogniser.knows(language)]):
        return []
    which, count = names(sorted({*odd})), counted(len(odd), "test utterance")
    return [f"It does not know {which}: for {count} it guessed which language is spoken."]


def _from_file(request: TranscriptionRequest) -> Transcription:
    """Read transcripts from a file; what they took is unknown."""
    file = request.model.partition(":")[2]
    predictions = external_predictions.transcripts(file, request.dataset)
    noisy = pd.DataFrame([], columns=list(columns.CONDITIONS))
    latency = pd.DataFrame({"id": [], "seconds": [], "took": []})
    facts, spent = predictions.facts(file), Cost(real_time_factor=None)
    doubts = predictions.doubts
    return Transcription(request, predictions.table, noisy, latency, facts, spent, doubts)


def _recogniser(
    request: TranscriptionRequest,
) -> tuple[Recogniser, dict[str, Any], RecogniserCard | None]:
    """Load a recogniser, or make one that returns a constant transcript and has no card."""
    model = request.model
    if request.adaptation == "baseline":
        if model not in BASELINES:
            raise unknown("baseline", model, BASELINES)
        constant = "" if model == "empty-transcript" else _most_frequent(request.dataset)
        baseline = Recogniser(model, lambda samples, language: constant, "none", 0, cores=1)
        return baseline, {"reads": "nothing", "always says": constant or "(nothing)"}, None
    card = speech.describe(model, request.options.get("beam", 1))
    progress.say(f"loading {card.name}")
    with cost.Stopwatch() as watch:
        recogniser = card.load(request.threads)
    facts = {
        **({"language": card.language} if card.language else {}),
        "digest": card.digest,
        "reads": card.reads,
        "licence": card.licence,
        "engine": recogniser.engine,
        "parameters": recogniser.parameters,
        "load_seconds": round(watch.seconds, 1),
    }
    return recogniser, facts, card


def _most_frequent(dataset: Dataset) -> str:
    """Return the most frequent transcript of the train split; ties go by the alphabet."""
    references = dataset.frame["reference"].iloc[positions(dataset, "train")]
    references = references[references != ""].map(normalisation.plain)
    if not len(references):
        raise UserError(
            f"{dataset.study}: frequent-transcript needs a train split with transcripts: "
            "set data.split.test below 1"
        )
    counts = references.value_counts()
    return str(min(counts.index[counts == counts.max()]))


def _cost(latency: pd.DataFrame, recogniser: Recogniser, threads: int | None) -> Cost:
    """Sum up what the test split took; a real-time factor below 1 keeps up with speech."""
    took, seconds = latency["took"], latency["seconds"]
    return Cost(
        fit_seconds=None,
        predict_seconds=float(took.sum()),
        items_per_second=len(took) / float(took.sum()) if took.sum() else None,
        latency_p50_ms=1000 * float(took.quantile(0.5)),
        latency_p95_ms=1000 * float(took.quantile(0.95)),
        real_time_factor=float(took.sum() / seconds.sum()) if seconds.sum() else None,
        audio_seconds=float(seconds.sum()),
        parameters=recogniser.parameters,
        peak_memory_mb=cost.peak_memory_mb(),
        threads=recogniser.cores or threads or os.cpu_count() or 1,
        engine=recogniser.engine,
    )


def save(transcription: Transcription) -> None:
    """Write predictions.parquet, conditions.parquet, latency.parquet and training.json."""
    request = transcription.request
    study, candidate = request.dataset.study, request.candidate
    folder = paths.build(study, candidate)
    files.write_parquet(folder / "predictions.parquet", transcription.table)
    files.write_parquet(folder / "conditions.parquet", transcription.conditions)
    files.write_parquet(folder / "latency.parquet", transcription.latency)
    Training(
        study=study,
        candidate=candidate,
        model=request.model,
        adaptation=request.adaptation,
        resolved_model=request.model,
        backbone=ModelFacts(**transcription.recogniser),
        cost=transcription.cost,
        doubts=transcription.doubts,
    ).write(study, candidate)
    for work in transcription.work:
        shards.discard(work)


def sentences(transcription: Transcription) -> list[str]:
    """Say in words what was transcribed and what it took."""
    request, spent = transcription.request, transcription.cost
    recordings = counted(len(transcription.table), "recording")
    written = f"{int((transcription.table['hypothesis'] != '').sum()):,} transcripts are not empty"
    if request.adaptation == "predictions":
        source = f"the transcripts of {recordings} come from a file; how they were made is unknown"
        return [f"{request.candidate}: {source}; {written}.", *transcription.doubts]
    minutes = transcription.latency["seconds"].sum() / 60
    work = f"{recordings} ({minutes:.1f} minutes) transcribed once"
    lines = [f"{request.candidate}: {work}; {written}."]
    if len(transcription.conditions):
        kinds = ", ".join(transcription.conditions["condition"].unique())
        utterances = counted(transcription.conditions["id"].nunique(), "utterance")
        lines.append(f"{utterances} transcribed again with noise: {kinds}.")
    if spent.real_time_factor and request.adaptation != "baseline":
        lines.append(
            f"One second of sound took {spent.real_time_factor:.2f} s; the median latency is "
            f"{spent.latency_p50_ms:,.0f} ms, the 95th percentile {spent.latency_p95_ms:,.0f} ms."
        )
    return lines
