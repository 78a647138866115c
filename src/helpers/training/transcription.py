"""One candidate hears the test side once: as recorded, with noise, and where nobody speaks."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import cost, files, paths, progress
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import counted
from helpers.core.records.parts import Cost
from helpers.core.records.training import ModelFacts, Training
from helpers.data.audio import decoding
from helpers.data.dataset import Dataset
from helpers.data.items import NO_SPEECH
from helpers.data.speech import normalisation
from helpers.models import speech
from helpers.models.speech import Heard, Recogniser
from helpers.training import external_predictions, noisy_transcription

BASELINES = ("empty-transcript", "frequent-transcript")


@dataclass(frozen=True)
class Transcribed:
    """What a candidate heard, and what it took.

    ``table`` has the columns id, split, reference and hypothesis, of the test side; ``conditions``
    id, condition, kind, strength, reference and hypothesis, of some of its utterances made worse;
    ``latency`` id, seconds (of sound) and took. ``recogniser`` says what it is and reads.
    """

    study: str
    candidate: str
    adaptation: str
    model: str
    table: pd.DataFrame
    conditions: pd.DataFrame
    latency: pd.DataFrame
    recogniser: dict[str, Any]
    cost: dict[str, Any]


def transcribe(
    dataset: Dataset,
    candidate: str,
    adaptation: str,
    model: str,
    options: dict[str, Any],
    worse: dict[str, list[float]] | None = None,
    utterances: int = 20,
    seed: int = 42,
    threads: int | None = None,
) -> Transcribed:
    """Let a recogniser, or a baseline that hears nothing, write down the test side.

    Transcripts made elsewhere are read from their file, and nothing is heard.

    Parameters
    ----------
    dataset : Dataset
        Of speech; its train side gives the most frequent transcript and the voices of babble.
    candidate, adaptation, model, options
        As in ``candidates.Candidate``.
    worse : dict, optional
        Kinds of noise (white, babble, band) and their strengths.
    utterances : int
        How many utterances are also heard at each of them, the same for all candidates.
    seed : int
        Chooses those utterances and makes the noise.
    threads : int, optional
        As many as there are cores by default.

    Raises
    ------
    UserError
        An unknown model or noise; no utterance on the test side.
    """
    test = np.flatnonzero(dataset.frame["split"].to_numpy() == "test")
    speech = test[(dataset.frame["label"] != NO_SPEECH).to_numpy()[test]]
    if not len(speech):
        raise UserError(f"{dataset.study}: the test side has no utterance: give it a larger share")
    if adaptation == "predictions":
        return _elsewhere(dataset, candidate, model)
    recogniser, about = _recogniser(dataset, adaptation, model, options, threads)
    recogniser.hear(np.zeros(decoding.RATE, np.float32), "en")  # what is set up once is not timed
    with cost.cores(recogniser.cores or threads):
        heard = _heard(recogniser, dataset, test)
    chosen = np.sort(np.random.default_rng(seed).permutation(speech)[:utterances])
    again = noisy_transcription.hear(recogniser, dataset, chosen, dict(worse or {}), seed)
    frame = dataset.frame.iloc[test].reset_index(drop=True)
    table = frame[["id", "split", "reference"]].assign(hypothesis=[each.text for each in heard])
    latency = frame[["id"]].assign(
        seconds=[each.seconds for each in heard], took=[each.took for each in heard]
    )
    spent = _cost(latency, recogniser, threads)
    return Transcribed(
        dataset.study, candidate, adaptation, model, table, again, latency, about, spent
    )


def _elsewhere(dataset: Dataset, candidate: str, model: str) -> Transcribed:
    """Read the transcripts that somebody else's recogniser wrote; what it took is not known."""
    file = model.partition(":")[2]
    given = external_predictions.transcripts(file, dataset)
    again = noisy_transcription.hear(None, dataset, np.array([], int), {}, 0)
    latency = pd.DataFrame({"id": [], "seconds": [], "took": []})
    about, spent = {"file": file, "digest": given.digest}, {"real_time_factor": None}
    names = (dataset.study, candidate, "predictions", model)
    return Transcribed(*names, given.table, again, latency, about, spent)


def _recogniser(
    dataset: Dataset, adaptation: str, model: str, options: dict[str, Any], threads: int | None
) -> tuple[Recogniser, dict[str, Any]]:
    """Load a recogniser, or make one that always says the same."""
    if adaptation == "baseline":
        if model not in BASELINES:
            raise unknown("baseline", model, BASELINES)
        said = "" if model == "empty-transcript" else _most_frequent(dataset)
        always = Recogniser(model, lambda samples, language: said, "none", 0, cores=1)
        return always, {"reads": "nothing", "always says": said or "(nothing)"}
    card = speech.describe(model, options.get("beam", 1))
    progress.say(f"loading {card.name}")
    with cost.Stopwatch() as watch:
        recogniser = card.load(threads)
    about = {"digest": card.digest, "reads": card.reads, "licence": card.licence}
    about |= {"engine": recogniser.engine, "parameters": recogniser.parameters}
    return recogniser, about | {"load_seconds": round(watch.seconds, 1)}


def _most_frequent(dataset: Dataset) -> str:
    """Return the transcript that the train side has most often; of equals the first by letters."""
    train = dataset.frame[dataset.frame["split"] == "train"]
    known = train.loc[train["reference"] != "", "reference"].map(normalisation.plain)
    if not len(known):
        raise UserError(f"{dataset.study}: no transcript on the train side to be the most frequent")
    counts = known.value_counts()
    return min(counts.index[counts == counts.max()])


def _heard(recogniser: Recogniser, dataset: Dataset, rows: np.ndarray) -> list[Heard]:
    """Hear whole recordings, block by block, however long they are."""
    return [
        speech.transcribe(
            recogniser,
            decoding.stream(dataset.items.raw(int(row))),
            noisy_transcription.language(dataset, row),
            dataset.frame["id"].iloc[row],
        )
        for row in progress.track(rows, "utterances heard", len(rows))
    ]


def _cost(latency: pd.DataFrame, recogniser: Recogniser, threads: int | None) -> dict[str, Any]:
    """Sum up what the test side took; a real-time factor under 1 keeps up with speech."""
    took, seconds = latency["took"], latency["seconds"]
    return {
        "fit_seconds": None,
        "predict_seconds": float(took.sum()),
        "items_per_second": len(took) / float(took.sum()) if took.sum() else None,
        "latency_p50_ms": 1000 * float(took.quantile(0.5)),
        "latency_p95_ms": 1000 * float(took.quantile(0.95)),
        "real_time_factor": float(took.sum() / seconds.sum()) if seconds.sum() else None,
        "audio_seconds": float(seconds.sum()),
        "parameters": recogniser.parameters,
        "peak_memory_mb": cost.peak_memory_mb(),
        "threads": recogniser.cores or threads or os.cpu_count() or 1,
        "engine": recogniser.engine,
    }


def save(heard: Transcribed) -> None:
    """Write predictions.parquet, conditions.parquet, latency.parquet and training.json."""
    folder = paths.build(heard.study, heard.candidate)
    folder.mkdir(parents=True, exist_ok=True)
    files.write_parquet(folder / "predictions.parquet", heard.table)
    files.write_parquet(folder / "conditions.parquet", heard.conditions)
    files.write_parquet(folder / "latency.parquet", heard.latency)
    Training(
        study=heard.study,
        candidate=heard.candidate,
        model=heard.model,
        adaptation=heard.adaptation,
        resolved_model=heard.model,
        backbone=ModelFacts(**heard.recogniser),
        cost=Cost(**heard.cost),
    ).write(heard.study, heard.candidate)


def sentences(heard: Transcribed) -> list[str]:
    """Say in words what was heard and what it took."""
    said = heard.table["hypothesis"] != ""
    minutes, spent = heard.latency["seconds"].sum() / 60, heard.cost
    many = counted(len(heard.table), "recording")
    if heard.adaptation == "predictions":
        return [
            f"{heard.candidate}: {many}, heard elsewhere: how, we cannot know; something was "
            f"written for {int(said.sum()):,} of them."
        ]
    found = [
        f"{heard.candidate}: {many} of {minutes:.1f} minutes in all, "
        f"heard once; something was written for {int(said.sum()):,} of them."
    ]
    if len(heard.conditions):
        kinds = ", ".join(heard.conditions["condition"].unique())
        again = counted(heard.conditions["id"].nunique(), "utterance")
        found.append(f"Heard again with {kinds}: {again}.")
    if spent["real_time_factor"] and heard.adaptation != "baseline":
        found.append(
            f"A second of sound took {spent['real_time_factor']:.2f} s; half of the recordings "
            f"took {spent['latency_p50_ms']:,.0f} ms or less, "
            f"19 in 20 {spent['latency_p95_ms']:,.0f}."
        )
    return found
