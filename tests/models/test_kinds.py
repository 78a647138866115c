"""The kinds of models: each is one entry, found by a name and loaded by it."""

import pytest

from helpers.core import dotted_names
from helpers.core.errors import UserError
from helpers.models import kinds
from helpers.models.kinds import ModelSpec


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_names_a_function_that_exists(kind):
    assert callable(dotted_names.load(kind.card))
    assert kind.prefix or kind.family


@pytest.mark.parametrize(
    ("name", "modality", "module"),
    [
        ("efficientnet-lite0", "image", "image.efficientnet_lite"),
        ("scratch:efficientnet-lite0@block5", "image", "image.efficientnet_lite"),
        ("squeezenet-1.1@block4", "image", "image.small_networks"),
        ("keras:ResNet50", "image", "image.keras_applications"),
        ("timm:resnet18.a1_in1k", "image", "image.torch_networks"),
        ("hf:facebook/wav2vec2-base", "audio", "audio.torch_networks"),
        ("kerashub:bert_tiny_en_uncased", "text", "text.kerashub"),
        ("all-minilm-l6-v2@3", "text", "text.sentence_bert"),
        ("whisper-tiny.en", "audio", "audio.whisper_encoder"),
        ("whisper-tiny.en", "speech", "speech.whisper"),
        ("kerashub:moonshine_tiny_en", "speech", "speech.moonshine"),
        ("pocketsphinx", "speech", "speech.pocketsphinx"),
        ("centernet-mobilenetv3", "detection", "detection.single_shot"),
        ("ppocr-v5-text", "detection", "detection.text_lines"),
        ("onnx:made.onnx", "detection", "detection.onnx"),
        ("kerashub:retinanet_resnet50_fpn_coco", "detection", "detection.kerashub"),
    ],
)
def test_a_name_says_which_module_it_loads(repository, name, modality, module):
    assert kinds.modules(name, modality) == [f"helpers.models.{module}"]


def test_the_best_candidate_may_be_of_any_kind_of_its_modality(repository):
    modules = kinds.modules("best:1", "text")
    assert len(modules) == 7 and all("models.text" in module for module in modules)


@pytest.mark.parametrize("name", ["majority", "predictions:a.csv", "tfidf-svm"])
def test_what_is_no_model_loads_nothing(repository, name):
    assert kinds.modules(name, "image") == []


def test_word_vectors_alone_cannot_be_trained(repository):
    assert not kinds.trainable("glove-6b-50d")
    assert kinds.trainable("all-minilm-l6-v2") and kinds.trainable("scratch:keras:ResNet50")


def test_a_name_decides_before_the_modality(repository):
    kind, spec = kinds.resolve(ModelSpec("all-minilm-l6-v2"), "image")
    assert kind.reads == "text" and spec.entry.family == kind.family
    _, spec = kinds.resolve(ModelSpec("keras:ResNet50"), "image")
    assert spec.reference == "ResNet50" and spec.entry is None


@pytest.mark.parametrize("name", ["kears:ResNet50", "efficientnet-lte0"])
def test_an_unknown_name_is_one_line_with_the_closest(repository, name):
    with pytest.raises(UserError, match="did you mean") as caught:
        kinds.resolve(ModelSpec(name), "image")
    assert "\n" not in str(caught.value)
