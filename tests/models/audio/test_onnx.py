"""Recordings in ONNX files: the features are those of ONNX Runtime, and bad files get one line."""

import json

import numpy as np
import onnxruntime
import pytest
from factories.onnx_file import UINT8, encoder_file, network_file

from helpers import models
from helpers.config.model_names import check_model
from helpers.core.errors import UserError
from helpers.pipeline import external_inputs

RATE = 16_000
SOUNDS = [
    np.random.default_rng(n).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)
    for n, seconds in enumerate((0.5, 1.7, 0.11))
]
WAVES, MELS = "{input: waveform}", "{input: log-mel, mels: 80}"
WAV2VEC2 = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "sampling_rate": RATE}
WHISPER = {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80}


def written(repository, content, card=WAVES, config=None):
    (repository / "mine.onnx").write_bytes(content)
    if card:
        (repository / "mine.yaml").write_text(card)
    if config:
        (repository / "preprocessor_config.json").write_text(json.dumps(config))
    return repository / "mine.onnx"


def run(name="mine.onnx", sounds=SOUNDS):
    loaded = models.load(f"onnx:{name}", modality="audio")
    engine = loaded.compile(loaded.network, 1)
    values = engine.run(sounds.__getitem__, range(len(sounds)))
    return values, loaded.about(loaded.network, engine)


def outputs(file, given, name=None):
    session = onnxruntime.InferenceSession(str(file))
    return session.run(name and [name], {"sound": given[None]})[0][0]


def test_samples_of_any_length_give_the_mean_of_onnx_runtimes_tokens(repository):
    file = written(repository, encoder_file())
    values, about = run()
    expected = np.stack([outputs(file, sound).mean(axis=0) for sound in SOUNDS])
    assert values.shape == (3, 5) and np.allclose(values, expected, atol=1e-4)
    assert about["parameters"] >= 2_000 and "16,000 a second" in about["preprocessing"]
    assert "last_hidden_state" in about["preprocessing"]


def test_the_models_own_extractor_is_read_and_normalises(repository):
    file = written(repository, encoder_file(), "", WAV2VEC2)
    scaled = [(each - each.mean()) / np.sqrt(each.var() + 1e-7) for each in SOUNDS]
    expected = np.stack([outputs(file, each).mean(axis=0) for each in scaled])
    assert np.allclose(run()[0], expected, atol=1e-4)
    written(repository, encoder_file(), "", WAV2VEC2 | {"do_normalize": False})
    plain = np.stack([outputs(file, each).mean(axis=0) for each in SOUNDS])
    assert np.allclose(run()[0], plain, atol=1e-4) and not np.allclose(plain, expected, atol=0.1)


def test_a_fixed_length_is_filled_with_silence_that_is_not_averaged_and_longer_ones_are_cut(
    repository,
):
    file = written(repository, encoder_file((1, RATE)))
    short, long = SOUNDS[0], np.tile(SOUNDS[1], 3)
    values, about = run(sounds=[short, long])
    frames = outputs(file, np.pad(short, (0, RATE - len(short))))
    half = frames[: int(np.ceil(len(frames) / 2))].mean(axis=0)
    assert np.allclose(values[0], half, atol=1e-4)
    assert (
        np.isfinite(values[1]).all() and "filled up with silence to 1 s" in about["preprocessing"]
    )


@pytest.mark.parametrize("shape", [("N", 80, 3000), (1, 3000, 80), ("N", 80, "frames")])
def test_a_spectrogram_is_whispers_own(repository, shape):
    from faster_whisper.feature_extractor import FeatureExtractor

    file = written(repository, encoder_file(shape), "", WHISPER)
    values, _ = run()
    for sound, found in zip(SOUNDS, values, strict=True):
        mel = FeatureExtractor()(np.pad(sound, (0, 30 * RATE - len(sound))), padding=0)
        assert mel.shape == (80, 3000)
        tokens = outputs(file, mel.T if shape[2] == 80 else mel)
        expected = tokens[: int(np.ceil(len(sound) / (30 * RATE) * len(tokens)))].mean(axis=0)
        assert np.allclose(found, expected, atol=1e-4)


def test_what_a_head_reads_are_the_features_unless_it_is_named(repository):
    file = written(repository, encoder_file(head=7, output="logits"))
    values, about = run()
    assert values.shape == (3, 5) and "the head logits" in about["preprocessing"]
    scores = np.stack([outputs(file, sound) for sound in SOUNDS])
    assert np.allclose(run("mine.onnx@logits")[0], scores, atol=1e-4)
    names = ("onnx:mine.onnx", "onnx:mine.onnx@logits")
    assert len({models.describe(name, modality="audio").digest for name in names}) == 2


@pytest.mark.parametrize(
    ("made", "card", "config", "said"),
    [
        ({}, "", None, "put its preprocessor_config.json beside it"),
        ({}, "{input: wave}", None, "waveform"),
        ({}, "{input: waveform, rat: 16000}", None, "did you mean 'rate'"),
        ({}, "{input: waveform, rate: 8000}", None, "reads 8,000 samples a second"),
        ({}, MELS, None, r"is not \[N, bands, frames\], as log-mel in mine.yaml"),
        ({"shape": ("N", 80, 3000)}, WAVES, None, r"is not \[N, samples\]"),
        ({"shape": ("N", 80, 3000)}, "", WHISPER | {"feature_size": 128}, "not of 128 bands"),
        ({}, "{input: log-mel, normalise: true}", None, "normalise is for a waveform"),
        ({}, "", WHISPER | {"hop_length": 100}, "is not what is read here"),
        ({}, "", {"feature_extractor_type": "ASTFeatureExtractor"}, "is not what is read here"),
        ({}, "", WAV2VEC2 | {"sampling_rate": 8000}, "reads 8,000 samples"),
        ({"kind": UINT8}, WAVES, None, "takes uint8"),
        ({"mask": True}, WAVES, None, "one input of recordings is needed: it has sound"),
        ({"shape": (4, "T")}, WAVES, None, r"its input \[4, None\] is not"),
    ],
)
def test_what_does_not_fit_is_one_line(repository, made, card, config, said):
    written(repository, encoder_file(**made), card, config)
    with pytest.raises(UserError, match=said) as error:
        models.load("onnx:mine.onnx", modality="audio")
    assert "\n" not in str(error.value) and "onnx:mine.onnx" in str(error.value)


def test_a_network_of_images_is_refused(repository):
    written(repository, network_file())
    with pytest.raises(UserError, match=r"is not \[N, samples\]"):
        models.load("onnx:mine.onnx", modality="audio")


def test_a_card_is_an_input_of_a_stage_and_enters_the_digest(repository):
    written(repository, encoder_file())
    check_model("onnx:mine.onnx", "here", "audio")
    before = external_inputs.of_model("onnx:mine.onnx")
    digest = models.describe("onnx:mine.onnx", modality="audio").digest
    (repository / "mine.yaml").write_text("{input: waveform, normalise: true}")
    assert external_inputs.of_model("onnx:mine.onnx") != before
    assert models.describe("onnx:mine.onnx", modality="audio").digest != digest
