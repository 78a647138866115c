"""Encoders of recordings by transformers: the features are the library's own."""

import json

import numpy as np
import pytest

from helpers import models
from helpers.core.errors import UserError

pytestmark = pytest.mark.torch
RATE = 16_000
SOUNDS = [
    np.random.default_rng(n).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)
    for n, seconds in enumerate((0.5, 1.7, 0.11))
]


def run(sounds=SOUNDS):
    loaded = models.load("hf:mine", modality="audio")
    return loaded.compile(loaded.network, 1).run(sounds.__getitem__, range(len(sounds)))


def wav2vec2(folder):
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    convolutions = {"conv_dim": (8, 8), "conv_stride": (10, 8), "conv_kernel": (20, 8)}
    positions = {"num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2}
    about = Wav2Vec2Config(num_hidden_layers=2, **sizes, **convolutions, **positions)
    network, extractor = Wav2Vec2Model(about).eval(), Wav2Vec2FeatureExtractor()
    network.save_pretrained(folder)
    extractor.save_pretrained(folder)
    return network, extractor


def whisper(folder):
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

    torch.manual_seed(0)
    sizes = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 60}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 32}
    tokens = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    network = WhisperModel(WhisperConfig(**sizes, **heads, **tokens)).eval()
    network.save_pretrained(folder)
    (extractor := WhisperFeatureExtractor()).save_pretrained(folder)
    return network.get_encoder(), extractor


def expected(network, extractor, sound):
    """Give the last layer of one recording, as the library's documentation shows it."""
    import torch

    with torch.inference_mode():
        given = extractor(sound, sampling_rate=RATE, return_tensors="pt")
        return network(**given).last_hidden_state[0].numpy()


def test_the_features_are_the_mean_of_the_last_layer(repository):
    own = wav2vec2(repository / "mine")
    means = [expected(*own, sound).mean(0) for sound in SOUNDS]
    assert np.allclose(run(), means, atol=1e-4)


def test_of_whisper_the_encoder_runs_and_silence_that_fills_up_is_left_out(repository):
    own = whisper(repository / "mine")
    frames = [int(np.ceil(len(sound) / RATE * 50)) for sound in SOUNDS]
    means = [
        expected(*own, sound)[:count].mean(0) for sound, count in zip(SOUNDS, frames, strict=True)
    ]
    assert np.allclose(run(), means, atol=1e-4)


def test_a_long_recording_runs_in_windows_and_a_short_one_is_filled_up(repository):
    wav2vec2(repository / "mine")
    long = np.tile(SOUNDS[0], 130)  # 65 seconds
    values = run([long, SOUNDS[0][:50], np.zeros(1, np.float32)])
    assert values.shape == (3, 16) and np.isfinite(values).all()


def test_another_rate_is_refused(repository):
    wav2vec2(folder := repository / "mine")
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"sampling_rate": 8_000}))
    with pytest.raises(UserError, match="hf:mine: .*reads 8000 samples a second, not 16000"):
        models.load("hf:mine", modality="audio")


def test_a_pickle_or_an_extractor_of_other_bands_is_refused(repository):
    import torch

    whisper(folder := repository / "mine")
    file = folder / "preprocessor_config.json"
    whole = file.read_text()
    file.write_text(json.dumps(json.loads(whole) | {"feature_size": 128}))
    with pytest.raises(UserError, match="hf:mine: no network could be loaded"):
        run()
    file.write_text(whole)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="hf:mine: no recording network could be loaded"):
        run()


def test_a_model_of_images_is_refused(repository):
    from transformers import ViTConfig, ViTImageProcessor, ViTModel

    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    ViTModel(ViTConfig(num_hidden_layers=1, **sizes)).save_pretrained(repository / "mine")
    ViTImageProcessor().save_pretrained(repository / "mine")
    with pytest.raises(UserError, match="hf:mine: no recording network could be loaded"):
        run()
