"""Text encoders of the Hugging Face hub, or a local folder, through transformers with PyTorch."""

import importlib
import os
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import code_digest, files
from helpers.core.errors import UserError
from helpers.models import presets
from helpers.models.card import LoadedModel
from helpers.models.inference import texts
from helpers.models.inference.openvino import Compiled
from helpers.models.kinds import ModelSpec
from helpers.models.text.encoder import TextCard, swapped

TOKENS = 256
NORMALISE = "sentence_transformers.models.Normalize"


@dataclass(frozen=True)
class TorchTextCard(TextCard):
    """A card whose network PyTorch runs."""

    common = ("helpers.models.text.encoder", __name__)

    def engine(self) -> dict[str, Any]:
        """Name what will run the network and its code, for the key of its features."""
        return {"engine": _engine(), "code": code_digest.of_module(texts.__name__)}

    def load(self) -> LoadedModel:
        """Load the network and its tokenizer."""
        return self.build()


@dataclass(frozen=True)
class TorchEncoder:
    """A PyTorch network from token numbers to features, which is run but not trained here."""

    name: str
    model: Any
    tokenise: texts.Tokenise
    size: int
    normalise: bool
    digest: str
    preprocessing: str
    padding: int = 0
    licence: str = presets.LICENCE
    network: None = None

    def compile(self, network: None = None, threads: int | None = None) -> texts.TextEngine:
        """Make the network ready to run."""
        import torch

        torch.set_num_threads(threads or len(os.sched_getaffinity(0)))
        compiled = Compiled(_engine(), 1, lambda: self._infer)
        dimension = self.model.config.hidden_size
        return texts.TextEngine(compiled.name, compiled, dimension, self.tokenise)

    def _infer(self, tokens: np.ndarray) -> np.ndarray:
        """Average the last layer over the tokens: float32 [B, D]."""
        import torch

        ids = torch.from_numpy(swapped(tokens, self.padding).astype(np.int64))
        present = torch.from_numpy((tokens != 0).astype(np.int64))
        with torch.inference_mode():
            hidden = self.model(input_ids=ids, attention_mask=present).last_hidden_state
            mask = present.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
            mean = torch.nn.functional.normalize(mean, dim=1) if self.normalise else mean
        return mean.numpy()

    def about(self, network: None, running: texts.TextEngine) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        facts = {name: getattr(self, name) for name in ("digest", "preprocessing", "licence")}
        facts |= {"max_tokens": self.size, "gflops": None, "engine": running.name}
        parameters = sum(prod(weight.shape) for weight in self.model.parameters())
        return facts | {"cut": running.truncation(), "parameters": parameters}

    def unfrozen(self, options: dict[str, Any]) -> None:
        """Refuse: only Keras networks are trained here."""
        raise UserError(f"{self.name}: hf: models are probed; to fine-tune, take a Keras model")


def card(spec: ModelSpec) -> TextCard:
    """Describe a model: a folder with its files, or its name on the hub.

    Raises
    ------
    UserError
        transformers or PyTorch is missing; when loading, no such model or no connection.
    """
    torch, transformers = _library("torch", spec.name), _library("transformers", spec.name)
    if not spec.pretrained:
        raise UserError(f"{spec.name}: random weights are only for Keras models")
    preset, size = presets.located(spec.reference), spec.size or TOKENS
    normalise = _normalises(Path(preset.source))
    preprocessing = f"the model's own tokenizer, at most {size} tokens; the mean of the last layer"
    made_of = {"hf": preset.content, "size": size, "normalise": normalise}
    made_of["versions"] = [torch.__version__, transformers.__version__]

    def build() -> TorchEncoder:
        options = {"trust_remote_code": False}
        with presets.loading(spec.name, "text encoder"):
            tokenizer = transformers.AutoTokenizer.from_pretrained(
                preset.source, use_fast=True, **options
            )
            model = transformers.AutoModel.from_pretrained(
                preset.source, use_safetensors=True, dtype=torch.float32, **options
            )
        padding = tokenizer.pad_token_id or 0
        tokenise = _tokeniser(tokenizer, size, padding)
        parts = (model.eval(), tokenise, size, normalise, made.digest, preprocessing, padding)
        return TorchEncoder(spec.name, *parts)

    made = TorchTextCard(
        name=spec.name,
        preprocessing=preprocessing,
        licence=presets.LICENCE,
        made_of=made_of,
        modules=(),
        build=build,
    )
    return made


def _engine() -> str:
    return f"torch {version('torch')} float32"


def _library(name: str, model: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UserError(
            f"{model}: needs {name}: pip install 'evalbook[torch]', or take a kerashub: model"
        ) from None


def _tokeniser(tokenizer: Any, size: int, padding: int) -> texts.Tokenise:
    """Make a function from texts to token numbers, none of them 0, by the model's tokenizer."""

    def tokenise(several: list[str]) -> tuple[list[np.ndarray], int]:
        full = tokenizer(several, add_special_tokens=True, truncation=False, verbose=False)
        truncated = tokenizer(several, add_special_tokens=True, truncation=True, max_length=size)
        longer = sum(len(ids) > size for ids in full["input_ids"])
        tokens = [swapped(np.array(ids, np.int32), padding) for ids in truncated["input_ids"]]
        return tokens, longer

    return tokenise


def _normalises(folder: Path) -> bool:
    """Tell whether a folder's list of modules scales features to unit length."""
    try:
        modules = files.read_json(folder / "modules.json")
        return any(module.get("type") == NORMALISE for module in modules)
    except (OSError, ValueError, AttributeError):
        return False
