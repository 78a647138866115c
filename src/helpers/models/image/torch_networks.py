"""Image networks of the Hugging Face hub or a folder, by transformers or timm, with PyTorch.

Weights are read from safetensors alone, and no code of a model is run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from helpers.core import cost, files
from helpers.core.errors import UserError
from helpers.models import foreign_files, presets
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.inference import images
from helpers.models.inference.openvino import Compiled
from helpers.models.kinds import ModelSpec

Prepare = Callable[[Any], np.ndarray]  # a picture to what the network reads: float32 [1, ...]


@dataclass(frozen=True)
class TorchNetwork(LoadedModel):
    """A network from a picture to features [1, D], maps [1, D, h, w] or tokens [1, T, D]."""

    prepare: Prepare

    untrainable = "hf: and timm: models are probed; to fine-tune, take a Keras model"

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make the network ready to run; raises UserError for one of other outputs."""
        import torch

        torch.set_num_threads(threads or cost.usable_cores())

        def infer(inputs: np.ndarray) -> np.ndarray:
            with torch.inference_mode():
                values = network(torch.from_numpy(inputs)).float().numpy()
            return values.mean({2: (), 3: 1, 4: (2, 3)}[values.ndim])

        def prepare(image: np.ndarray) -> np.ndarray:
            return self.prepare(Image.fromarray(image))

        with presets.loading(self.card.name, "image network"):
            noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
            first, again = (infer(prepare(noise)) for _ in range(2))
        if not np.array_equal(first, again):
            raise UserError(f"{self.card.name}: it gives other features each time: it hides parts")
        return images.ImageEngine(Compiled(_engine(), 1, lambda: infer), prepare, first.shape[1:])


def card(spec: ModelSpec) -> ModelCard:
    """Describe a network; raises UserError without PyTorch and the library that reads it."""
    prefix = spec.name.partition(":")[0]
    try:
        import torch  # noqa: F401

        library = __import__({"hf": "transformers"}.get(prefix, prefix))
    except ImportError as error:
        hint = "pip install 'evalbook[torch]', or export it to ONNX (README, Your model)"
        raise UserError(f"{spec.name}: needs {error.name}: {hint}") from None
    if not spec.pretrained or spec.size:
        raise UserError(f"{spec.name}: it has its own weights and size: leave these options out")
    source, content = presets.located(spec.reference)

    def build(card: ModelCard) -> TorchNetwork:
        weights = sorted(Path(source).glob("*.safetensors"))
        for file in weights:
            foreign_files.check(file, spec.name)
        foreign_files.check_memory(weights, spec.name)
        with presets.loading(spec.name, "image network"):
            network, run, prepare = (_of_timm if prefix == "timm" else _of_hub)(source)
        count = sum(prod(each.shape) for each in network.parameters())
        return TorchNetwork(card, run, count, prepare)

    return ModelCard(
        name=spec.name,
        preprocessing="the model's own; the mean of the last layer over the image",
        licence=presets.LICENCE,
        made_of={prefix: content, "versions": [version("torch"), library.__version__]},
        modules=(__name__, foreign_files.__name__),
        build=build,
        engine=_engine,
        engine_modules=(images.__name__,),
    )


def _engine() -> str:
    return f"torch {version('torch')} float32"


def _of_hub(source: str) -> tuple[Any, Callable[[Any], Any], Prepare]:
    import torch
    from transformers import AutoImageProcessor, AutoModel

    processor = AutoImageProcessor.from_pretrained(source, trust_remote_code=False)
    options = {"use_safetensors": True, "trust_remote_code": False, "dtype": torch.float32}
    network = AutoModel.from_pretrained(source, **options).eval()
    network = getattr(network, "vision_model", network)

    def prepare(picture: Any) -> np.ndarray:
        return np.asarray(processor(images=picture, return_tensors="np")["pixel_values"])

    return network, lambda pixels: network(pixel_values=pixels).last_hidden_state, prepare


def _of_timm(source: str) -> tuple[Any, Callable[[Any], Any], Prepare]:
    import timm
    from huggingface_hub import snapshot_download
    from safetensors.torch import load_file

    folder, own = Path(source), ["config.json", "model.safetensors"]
    if not folder.is_dir():
        name = source if "/" in source else f"timm/{source}"
        folder = Path(snapshot_download(name, allow_patterns=own))
    config = files.read_json(folder / own[0])
    network = timm.create_model(
        config["architecture"], pretrained=False, num_classes=0, **config.get("model_args", {})
    )
    left = network.load_state_dict(load_file(folder / own[1]), strict=False)
    if left.missing_keys:
        raise ValueError(f"no weights for {left.missing_keys[0]}")
    data = timm.data.resolve_data_config(pretrained_cfg=config["pretrained_cfg"], verbose=False)
    transform = timm.data.create_transform(**data)
    return network.eval(), network, lambda picture: transform(picture)[None].numpy()
