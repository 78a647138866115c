"""Encoders of recordings in PyTorch by transformers, each with its own preprocessing."""

from math import ceil
from typing import Any

import numpy as np

from helpers.data.audio import decoding, windows
from helpers.data.audio.decoding import RATE
from helpers.models import torch_networks
from helpers.models.card import ModelCard
from helpers.models.kinds import ModelSpec

SHORTEST = RATE // 10  # samples that a shorter recording is padded to


def card(spec: ModelSpec) -> ModelCard:
    """Describe an encoder; raises UserError without PyTorch and transformers."""
    silence, modules = np.zeros(RATE, np.float32), (__name__, windows.__name__, decoding.__name__)
    return torch_networks.card(spec, _of_hub, silence, "recording", *modules)


def _of_hub(source: str) -> torch_networks.Opened:
    import torch
    from transformers import AutoFeatureExtractor

    extractor = AutoFeatureExtractor.from_pretrained(source, trust_remote_code=False)
    if extractor.sampling_rate != RATE:
        raise ValueError(f"it reads {extractor.sampling_rate} samples a second, not {RATE}")
    network = torch_networks.of_hub(source)
    network = network.get_encoder() if network.config.is_encoder_decoder else network
    options = {"sampling_rate": RATE, "return_tensors": "pt", "return_attention_mask": True}

    def frames(samples: np.ndarray) -> Any:
        """Encode a window: [frames, dimension], without pure padding."""
        given = extractor(np.pad(samples, (0, max(0, SHORTEST - len(samples)))), **options)
        [encoded] = network(**given.to(torch_networks.place())).last_hidden_state
        mask = given.get("attention_mask", torch.ones(1))
        return encoded[: max(1, ceil(int(mask.sum()) * len(encoded) / mask.numel()))]

    def run(samples: Any) -> Any:
        return torch.cat([frames(each) for each in windows.cut(samples.numpy())])[None]

    return network, run, lambda samples: samples[None]
