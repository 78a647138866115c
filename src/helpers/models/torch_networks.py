"""Networks in PyTorch by transformers: from safetensors alone, and no code of a model is run."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np

from helpers.core import cost
from helpers.core.errors import UserError
from helpers.models import presets
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.inference import batches, devices, images
from helpers.models.inference.openvino import Compiled
from helpers.models.kinds import ModelSpec

UNREAD = re.compile(r"pooler|masked_spec_embed|position_ids")  # weights that no feature reads
Prepare = Callable[[np.ndarray], np.ndarray]  # an item to what is run on it, [1, ...]
Opened = tuple[Any, Callable[[Any], Any], Prepare]  # a network, and what runs it


@dataclass(frozen=True)
class TorchNetwork(LoadedModel):
    """A network from an item to features [1, D], maps [1, D, h, w] or tokens [1, T, D]."""

    prepare: Prepare
    example: np.ndarray
    together: bool = False  # whether items may share a batch: all of one size

    untrainable = "hf: and timm: models are probed; to fine-tune, take a Keras model"

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make the network ready to run; raises UserError for one of other outputs."""
        import torch

        torch.set_num_threads(threads or cost.usable_cores())

        def infer(inputs: np.ndarray) -> np.ndarray:
            with inference():
                values = network(torch.from_numpy(inputs)).float().cpu().numpy()
            return values.mean({2: (), 3: 1, 4: (2, 3)}[values.ndim])

        with presets.loading(self.card.name, "network"):
            first, again = (infer(self.prepare(self.example)) for _ in range(2))
        if not np.array_equal(first, again, equal_nan=True):
            raise UserError(f"{self.card.name}: it gives other features each time: it hides parts")
        most = batches.MOST if self.together and devices.on("torch").is_gpu else 1
        halving = batches.Halving(infer, most, engine())
        compiled = Compiled(engine(), 1, lambda: halving, most)
        return images.ImageEngine(compiled, self.prepare, first.shape[1:])


def card(
    spec: ModelSpec, opened: Callable[[str], Opened], example: np.ndarray, what: str, *code: str
) -> ModelCard:
    """Describe a network of images or recordings that the modules ``code`` read."""
    source, made_of = located(spec)
    if spec.size:
        raise UserError(f"{spec.name}: it has a size of its own: leave image_size out")

    def build(card: ModelCard) -> TorchNetwork:
        with presets.loading(spec.name, f"{what} network", source):
            network, run, prepare = opened(source)
        count = sum(each.numel() for each in network.parameters())
        return TorchNetwork(card, run, count, prepare, example, what == "image")

    return ModelCard(
        name=spec.name,
        preprocessing=f"the model's own; the mean of the last layer over the {what}",
        licence=presets.LICENCE,
        made_of=made_of,
        modules=(__name__, *code),
        build=build,
        engine=engine,
        engine_modules=(images.__name__, batches.__name__, devices.__name__),
    )


def located(spec: ModelSpec) -> tuple[str, dict[str, Any]]:
    """Return where a model lies and what makes its numbers; raises UserError without PyTorch."""
    prefix = spec.name.partition(":")[0]
    used = ("torch", "transformers", *(["timm"] if prefix == "timm" else []))
    sys.modules.setdefault("triton", cast(Any, None))  # its LLVM aborts beside TensorFlow's
    try:
        versions = [import_module(name).__version__ for name in used]
    except ImportError as error:
        hint = "pip install 'evalbook[torch]', or for images ONNX (README, Your model)"
        raise UserError(f"{spec.name}: needs {error.name}: {hint}") from None
    if not spec.pretrained:
        raise UserError(f"{spec.name}: random weights are only for Keras models")
    source, content = presets.located(spec.reference)
    source = f"timm/{source}" if prefix == "timm" and "/" not in source else source
    return source, {prefix: content, "versions": versions}


def of_hub(source: str) -> Any:
    """Load a network; raises ValueError for one that would keep random weights."""
    import torch
    from transformers import AutoModel

    options = {"use_safetensors": True, "trust_remote_code": False, "dtype": torch.float32}
    network, info = AutoModel.from_pretrained(source, output_loading_info=True, **options)
    if missing := sorted(each for each in info["missing_keys"] if not UNREAD.search(each)):
        raise ValueError(f"no weights for {missing[0]}")
    return network.eval().to(place())


def place() -> str:
    """Name the device as PyTorch does."""
    return "cuda" if devices.on("torch").is_gpu else "cpu"


@contextmanager
def inference() -> Iterator[None]:
    """Run networks without gradients, in the study's precision."""
    import torch

    lower = devices.precision() == devices.LOWER
    with torch.inference_mode(), torch.autocast(place(), torch.bfloat16, enabled=lower):
        yield


def engine() -> str:
    """Name the engine; the name is part of the cache's key."""
    return devices.named(devices.engine("torch"))
