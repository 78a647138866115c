"""Text encoders of the Hugging Face hub, or a local folder, through transformers with PyTorch."""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import code_digest, files, folder_digest, paths
from helpers.core.errors import UserError, reason
from helpers.models.inference.texts import TextEngine
from helpers.models.text.encoder import TextCard, swapped

TOKENS = 256
NORMALISE = "sentence_transformers.models.Normalize"


@dataclass(frozen=True)
class TextCardOfTorch(TextCard):
    """A card whose network PyTorch runs."""

    common = ("helpers.models.text.encoder", "helpers.models.text.huggingface")

    def engine(self) -> dict[str, str]:
        """Name what will run the network, for the key of its features."""
        torch = f"torch {version('torch')} float32"
        return {"engine": torch, "code": code_digest.of_module("helpers.models.inference.texts")}

    def load(self) -> "TorchEncoder":
        """Load the network and its tokenizer."""
        return self.build()


@dataclass(frozen=True)
class TorchEncoder:
    """A PyTorch network from token numbers to features, which is run but not trained here."""

    name: str
    model: Any
    tokenise: Callable
    size: int
    normalise: bool
    digest: str
    preprocessing: str
    padding: int = 0
    licence: str = "of the model's authors, see its model card"
    network: None = None

    def compile(self, network: None = None, threads: int | None = None) -> TextEngine:
        """Make the network ready to run."""
        import torch

        cores = threads or len(os.sched_getaffinity(0))
        torch.set_num_threads(cores)
        name = f"torch {version('torch')} float32"
        return TextEngine(
            name, self.model.config.hidden_size, 1, self.tokenise, lambda: self._infer
        )

    def _infer(self, tokens: np.ndarray) -> np.ndarray:
        """Average the last layer over the tokens that are there: float32 [B, D]."""
        import torch

        ids = torch.from_numpy(swapped(tokens, self.padding).astype(np.int64))
        there = torch.from_numpy((tokens != 0).astype(np.int64))
        with torch.inference_mode():
            hidden = self.model(input_ids=ids, attention_mask=there).last_hidden_state
            mask = there.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
            mean = torch.nn.functional.normalize(mean, dim=1) if self.normalise else mean
        return mean.numpy()

    def about(self, network: None, running: TextEngine) -> dict[str, Any]:
        """Say what the model is and expects, as plain values."""
        known = {name: getattr(self, name) for name in ("digest", "preprocessing", "licence")}
        known |= {"max_tokens": self.size, "gflops": None, "engine": running.name}
        known["cut"] = f"{running.truncated:,} of {running.seen:,} texts were longer, and cut"
        known["parameters"] = sum(prod(each.shape) for each in self.model.parameters())
        return known

    def unfrozen(self, options: dict[str, Any]) -> None:
        """Refuse: only Keras networks are trained here."""
        raise UserError(f"{self.name}: hf: models are probed; to fine-tune, take a Keras model")


def card(name: str, pretrained: bool, max_tokens: int | None, seed: int) -> TextCard:
    """Describe a model: a folder with its files, or its name on the hub.

    Raises
    ------
    UserError
        transformers or PyTorch is missing; when loading, no such model or no connection.
    """
    torch, transformers = _library("torch", name), _library("transformers", name)
    if not pretrained:
        raise UserError(f"hf:{name}: random weights are for Keras models")
    folder, size = paths.root() / name, max_tokens or TOKENS
    content = folder_digest.of_folder(folder) if folder.is_dir() else name
    normalise = _normalises(folder)
    words = f"the model's own tokenizer, at most {size} tokens; the mean of the last layer"
    made_of = {"hf": content, "size": size, "normalise": normalise}
    made_of["versions"] = [torch.__version__, transformers.__version__]

    def build() -> TorchEncoder:
        named = str(folder) if folder.is_dir() else name
        try:
            options = {"trust_remote_code": False}
            tokenizer = transformers.AutoTokenizer.from_pretrained(named, use_fast=True, **options)
            model = transformers.AutoModel.from_pretrained(
                named, use_safetensors=True, dtype=torch.float32, **options
            )
        except Exception as error:  # the hub, its files and each model raise their own kinds
            raise UserError(
                f"hf:{name}: not loaded: a folder, or a name on the hub (which needs the network "
                f"once) is needed ({reason(error)})"
            ) from None
        padding = tokenizer.pad_token_id or 0
        tokenise = _tokeniser(tokenizer, size, padding)
        parts = (model.eval(), tokenise, size, normalise, made.digest, words, padding)
        return TorchEncoder(f"hf:{name}", *parts)

    made = TextCardOfTorch(
        name=f"hf:{name}",
        preprocessing=words,
        licence=TorchEncoder.licence,
        made_of=made_of,
        modules=(),
        build=build,
    )
    return made


def _library(name: str, model: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UserError(
            f"hf:{model}: needs {name}: pip install 'evalbook[torch]', or take a kerashub: model"
        ) from None


def _tokeniser(tokenizer: Any, size: int, padding: int) -> Callable:
    """Make token numbers of texts by the model's own tokenizer, none of them 0."""

    def tokenise(texts: list[str]) -> tuple[list[np.ndarray], int]:
        full = tokenizer(texts, add_special_tokens=True, truncation=False, verbose=False)
        kept = tokenizer(texts, add_special_tokens=True, truncation=True, max_length=size)
        cut = sum(len(each) > size for each in full["input_ids"])
        return [swapped(np.array(each, np.int32), padding) for each in kept["input_ids"]], cut

    return tokenise


def _normalises(folder: Path) -> bool:
    """Tell whether a folder's list of modules ends by scaling to unit length."""
    try:
        modules = files.read_json(folder / "modules.json")
        return any(each.get("type") == NORMALISE for each in modules)
    except (OSError, ValueError, AttributeError):
        return False
