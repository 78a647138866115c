"""Networks in PyTorch where it is not installed: one line says what to install."""

import sys

import pytest

from helpers import models
from helpers.core.errors import UserError


@pytest.mark.parametrize(
    ("name", "modality"),
    [("hf:mine", "image"), ("timm:mine", "image"), ("hf:mine", "audio"), ("hf:mine", "text")],
)
def test_without_the_extra_one_line_names_it(repository, monkeypatch, name, modality):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UserError, match=r"needs torch: pip install 'evalbook\[torch\]'"):
        models.describe(name, modality=modality)
