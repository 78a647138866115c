"""Networks of images in PyTorch, each with its own preprocessing: transformers' or timm's."""

from typing import Any

import numpy as np
from PIL import Image

from helpers.models import torch_networks
from helpers.models.card import ModelCard
from helpers.models.kinds import ModelSpec

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)


def card(spec: ModelSpec) -> ModelCard:
    """Describe a network; raises UserError without PyTorch and the library that reads it."""
    return torch_networks.card(spec, _opened, NOISE, "image", __name__)


def _opened(source: str) -> torch_networks.Opened:
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(source, trust_remote_code=False)
    network = torch_networks.of_hub(source)
    network = getattr(network, "vision_model", network)
    output = "pooler_output" if "Timm" in type(network).__name__ else "last_hidden_state"

    def prepare(image: np.ndarray) -> np.ndarray:
        return processor(images=Image.fromarray(image), return_tensors="pt")["pixel_values"].numpy()

    made = prepare(NOISE)  # networks take -3 to 3, or pixels; without contrast nothing can be seen
    if not (np.abs(made).max() <= 256 and made.std() > abs(made.mean()) / 20):
        numbers = f"{made.mean():.3g} ± {made.std():.3g} for noise"
        raise ValueError(f"its processor's scale, mean and std do not fit together: {numbers}")

    def run(pixels: Any) -> Any:
        return getattr(network(pixel_values=pixels.to(torch_networks.place())), output)

    return network, run, prepare
