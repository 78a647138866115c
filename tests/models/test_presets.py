"""Presets of hubs and folders."""

import pytest

from helpers.models import presets


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("bert_tiny_en_uncased", "English"),
        ("hf://someone/bert_base_zh", "Chinese"),
        ("bert_base_multi", ""),
        ("sentence-camembert", ""),
        ("xlm-roberta-base", ""),
        ("generic-encoder", ""),
    ],
)
def test_the_language_of_a_preset_is_in_its_name(name, language):
    assert presets.language(name) == language


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("language: en", "English"),
        ("language: [de]", "German"),
        ("language:\n- en\n- fr", ""),
        ("license: mit", ""),
        ("language: [", ""),
        ("- 1", ""),
    ],
)
def test_or_in_its_model_card(tmp_path, said, language):
    (tmp_path / "README.md").write_text(f"---\n{said}\n---\nA model.\n")
    assert presets.language(str(tmp_path)) == language
    assert presets.language(str(tmp_path / "none")) == ""
