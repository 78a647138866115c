"""Text encoders of the Hugging Face hub, or a local folder, through transformers with PyTorch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import cost, files
from helpers.models import presets, torch_networks
from helpers.models.card import LoadedModel
from helpers.models.inference import batches, devices, texts
from helpers.models.inference.openvino import Compiled
from helpers.models.kinds import ModelSpec
from helpers.models.text.encoder import TextCard, TextEncoder, swapped

TOKENS = 256
NORMALISE = "sentence_transformers.models.Normalize"


@dataclass(frozen=True)
class TorchEncoder(TextEncoder):
    """A PyTorch network from token numbers to features, which is run but not trained here."""

    padding: int = 0
    normalise: bool = False

    untrainable = torch_networks.TorchNetwork.untrainable
    unfrozen = LoadedModel.unfrozen
    gflops = LoadedModel.gflops

    def compile(self, network: Any, threads: int | None = None) -> texts.TextEngine:
        """Make the network ready to run."""
        import torch

        torch.set_num_threads(threads or cost.usable_cores())
        engine = torch_networks.engine()
        most = batches.MOST if devices.on("torch").is_gpu else 1
        halving = batches.Halving(self._infer, max(most, texts.ROWS), engine)
        compiled = Compiled(engine, 1, lambda: halving, most)
        dimension = network.config.hidden_size
        return texts.TextEngine(compiled.name, compiled, dimension, self.tokenise)

    def _infer(self, tokens: np.ndarray) -> np.ndarray:
        """Average the last layer over the tokens: float32 [B, D]."""
        import torch

        where = torch_networks.place()
        ids = torch.from_numpy(swapped(tokens, self.padding).astype(np.int64)).to(where)
        present = torch.from_numpy((tokens != 0).astype(np.int64)).to(where)
        with torch_networks.inference():
            hidden = self.network(input_ids=ids, attention_mask=present).last_hidden_state
            mask = present.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
            mean = torch.nn.functional.normalize(mean, dim=1) if self.normalise else mean
        return mean.float().cpu().numpy()


def card(spec: ModelSpec) -> TextCard:
    """Describe a model of a folder or the hub; raises UserError without transformers or PyTorch."""
    source, made_of = torch_networks.located(spec)
    size, normalise = spec.size or TOKENS, normalises(Path(source))

    def build(card: TextCard) -> TorchEncoder:
        from transformers import AutoTokenizer

        with presets.loading(spec.name, "text encoder", source):
            tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
            model = torch_networks.of_hub(source)
        padding = tokenizer.pad_token_id or 0
        own = (model.num_parameters(), size, _tokeniser(tokenizer, size, padding))
        return TorchEncoder(card, model, *own, padding=padding, normalise=normalise)

    return TextCard(
        name=spec.name,
        preprocessing=f"the model's tokenizer, at most {size} tokens; the mean of the last layer",
        licence=presets.LICENCE,
        language=presets.language(source),
        made_of=made_of | {"size": size, "normalise": normalise},
        modules=(__name__, torch_networks.__name__),
        build=build,
        engine=torch_networks.engine,
        engine_modules=(texts.__name__, batches.__name__, devices.__name__),
    )


def _tokeniser(tokenizer: Any, size: int, padding: int) -> texts.Tokenise:

    def tokenise(several: list[str]) -> tuple[list[np.ndarray], int]:
        full = tokenizer(several, add_special_tokens=True, truncation=False, verbose=False)
        truncated = tokenizer(several, add_special_tokens=True, truncation=True, max_length=size)
        longer = sum(len(ids) > size for ids in full["input_ids"])
        tokens = [swapped(np.array(ids, np.int32), padding) for ids in truncated["input_ids"]]
        return tokens, longer

    return tokenise


def normalises(folder: Path) -> bool:
    """Tell whether a model's modules.json says that its vectors have unit length."""
    try:
        modules = files.read_json(folder / "modules.json")
        return any(module.get("type") == NORMALISE for module in modules)
    except (OSError, ValueError, AttributeError):
        return False
