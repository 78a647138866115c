"""Frozen features, computed once and cached by the content of everything that decides them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers import models
from helpers.core import cache, code_digest, cost, paths, shards
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.models.card import Engine, ModelCard
from helpers.models.inference import devices

LARGE = 4096  # more items than that are computed in shards
SHARD = 2048  # items of a shard
SAMPLE = 64  # items on which a lower precision is compared with single


@dataclass(frozen=True)
class Features:
    """Features of every item of a data set."""

    values: np.ndarray  # float32 [N, D]
    seconds: float  # to compute them, even if cached
    cached: bool
    backbone: dict[str, Any]  # its digest, size, preprocessing, licence, parameters, gflops, engine
    exact: np.ndarray | None = None  # those of ``sample`` in single precision, if in a lower one


def extract(
    dataset: Dataset,
    model: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Features:
    """Return every item's features, computed unless cached; parameters as ``models.describe``."""
    card = models.describe(model, weights, size, seed, tasks.get(dataset.task).modality)
    if cached := _cached(_file(card, dataset), len(dataset.frame)):
        return cached
    loaded = card.load()
    engine = loaded.compile(loaded.network, threads)
    total = len(dataset.frame)
    blocks = shards.blocks(total, SHARD if total > LARGE else total)
    keys = [key(card, dataset, rows) for rows in blocks]
    start = partial(_start, card, dataset, blocks, threads, (devices.chosen(), keys[0]))
    work = shards.Work(f"features of {card.name}", keys, start, threads)
    compute = partial(_compute, work.name, dataset, blocks, engine)
    values, seconds = _joined(
        shards.run(work, compute) if blocks[1:] else [(0, compute(0))], blocks, engine
    )
    if wrong := np.flatnonzero(~np.isfinite(values).all(axis=1)).tolist():
        first, count = dataset.frame["id"].iloc[wrong[0]], f"{len(wrong):,} of {len(values):,}"
        raise UserError(f"{card.name}: NaN or infinite features of {count} items, first of {first}")
    about, exact = loaded.about(loaded.network, engine), None
    if devices.precision() != devices.EXACT:
        with devices.exactly():
            exact = loaded.compile(loaded.network, threads).run(dataset.example, sample(values))
        about["precision"] = precision_words(values[sample(values)], exact)
    features = Features(values, seconds, False, about, exact)
    _write(_file(card, dataset), features)
    shards.discard(work)
    return features


def sample(rows: Sequence[Any] | np.ndarray) -> np.ndarray:
    """Choose, evenly, the items on which a lower precision is compared with single."""
    return np.unique(np.linspace(0, len(rows) - 1, SAMPLE).astype(int))


def precision_words(values: np.ndarray, exact: np.ndarray) -> str:
    """Say how far features [S, D] are from those in single precision."""
    lengths = np.linalg.norm(values, axis=1) * np.linalg.norm(exact, axis=1)
    cosine = (values * exact).sum(axis=1) / np.maximum(lengths, 1e-30)
    return (
        f"{devices.precision()}: on {len(values)} items the cosine to {devices.EXACT} is "
        f"{cosine.min():.5f} or more, the largest difference {np.abs(values - exact).max():.2g}"
    )


def _start(
    card: ModelCard,
    dataset: Dataset,
    blocks: Sequence[range],
    threads: int | None,
    there: tuple[dict[str, str], str],
) -> shards.Compute:
    """Load what computes shards on another node; raises UserError if it would compute others."""
    choice, first = there
    devices.use(**choice)
    if key(card, dataset, blocks[0]) != first:
        raise UserError(f"{card.name}: this node has another engine or other versions")
    loaded = card.load()
    engine = loaded.compile(loaded.network, threads)
    return partial(_compute, f"features of {card.name}", dataset, blocks, engine)


def _compute(
    name: str, dataset: Dataset, blocks: Sequence[range], engine: Engine, number: int
) -> shards.Entry:
    """Compute the features of a block of items, and what the engine counts in it alone."""
    before, rows = _counts(engine), blocks[number]
    what = f"{name}, shard {number + 1} of {len(blocks)}" if blocks[1:] else name
    with cost.Stopwatch() as watch:
        values = engine.run(dataset.example, rows, what)
    counted = {each: count - before[each] for each, count in _counts(engine).items()}
    vars(engine).update(before)
    return {"values": values}, {"seconds": watch.seconds, "counted": counted}


def _joined(
    computed: Iterable[tuple[int, shards.Entry]], blocks: Sequence[range], engine: Engine
) -> tuple[np.ndarray, float]:
    """Put shards in order, float32 [N, D], and let the engine have counted them all."""
    values, seconds = np.empty((0, 0), np.float32), 0.0
    for number, (arrays, about) in computed:
        part, rows = arrays["values"], blocks[number]
        if not values.size:
            values = np.empty((blocks[-1].stop, *part.shape[1:]), np.float32)
        values[rows.start : rows.stop] = part
        seconds += about["seconds"]
        counts = _counts(engine)
        vars(engine).update({each: counts[each] + more for each, more in about["counted"].items()})
    return values, seconds


def _counts(engine: Engine) -> dict[str, int]:
    """Return what an engine counts, such as truncated texts; what stays as it is does no harm."""
    return {name: each for name, each in vars(engine).items() if type(each) is int}


def keep(
    whole: Features, dataset: Dataset, model: str, weights: str | None, size: int | None, seed: int
) -> None:
    """Cache features that were put together from parts: see ``extract`` for the parameters."""
    card = models.describe(model, weights, size, seed, tasks.get(dataset.task).modality)
    _write(_file(card, dataset), whole)


def key(card: ModelCard, dataset: Dataset, rows: range | None = None) -> str:
    """Digest what features depend on: weights, preprocessing, some items, layer, type, engine."""
    ids = dataset.frame["id"] if rows is None else dataset.frame["id"].iloc[rows.start : rows.stop]
    parts = {
        "model": card.digest,
        "preprocessing": card.preprocessing,
        "data": dataset.digest,
        "ids": ids.tolist(),
        "layer": card.made_of.get("layer", "pooled"),
        "dtype": "float32",
        "engine": card.engine(),
        "code": [code_digest.of_module(name) for name in card.engine_modules],
    }
    return code_digest.of_value(parts)


def _file(card: ModelCard, dataset: Dataset) -> Path:
    return paths.cache("features", f"{key(card, dataset)}.entry")


def _write(file: Path, features: Features) -> None:
    about = {"seconds": features.seconds, "backbone": features.backbone}
    arrays = {"values": features.values, "exact": features.exact}
    cache.write(file, {name: each for name, each in arrays.items() if each is not None}, about)


def _cached(file: Path, items: int) -> Features | None:
    if (entry := cache.read(file)) is None:
        return None
    values = entry[0]["values"]
    if values.dtype == np.float32 and len(values) == items:
        return Features(values, cached=True, exact=entry[0].get("exact"), **entry[1])
    cache.discard(file, f"{values.dtype} {values.shape} of {items:,} items")
    return None
