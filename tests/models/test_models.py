"""Networks by name: the ports are right, and preprocessing stands inside the network."""

import keras
import numpy as np
import pytest
from factories.parameters import first
from factories.repository import REPOSITORY

from helpers import models
from helpers.catalogue import entries
from helpers.core import files
from helpers.core.errors import UserError
from helpers.data.image import decoding
from helpers.data.image.resizing import resize
from helpers.models.image import efficientnet_lite, keras_applications
from helpers.models.kinds import ModelSpec

PICTURES = REPOSITORY / "tests" / "golden" / "images"  # public domain, from scikit-image's gallery
TOP_5 = {"chelsea": 285, "coffee": 967, "rocket": 657}  # Egyptian cat, espresso, missile


@pytest.fixture(scope="module")
def lite0():
    return efficientnet_lite.classifier(ModelSpec("efficientnet-lite0"))


@pytest.mark.parametrize("name", TOP_5)
def test_lite0_knows_these_pictures(lite0, name):
    picture = resize(decoding.decode(PICTURES / f"{name}.jpg"), 224)
    logits = lite0(picture[None].astype("float32")).numpy()[0]
    assert TOP_5[name] in np.argsort(-logits)[:5]
    if name == "coffee":
        scores = np.exp(logits - logits.max())
        assert scores[967] / scores.sum() > 0.85


@pytest.mark.parametrize("name", first([f"efficientnet-lite{number}" for number in range(3)]))
def test_layer_arithmetic_is_as_published(name):
    entry = entries.model(name)
    network = efficientnet_lite.build(entry.variant)
    learnt = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    assert learnt == entry.parameters
    assert network.input_shape[1] == entry.image_size


def test_weights_of_another_network_do_not_fit(lite0):
    tensors = [weight.numpy() for weight in lite0.weights]
    with pytest.raises(UserError, match="here: 5 tensors for a network of"):
        efficientnet_lite.fill(lite0, tensors[:5], "here")
    with pytest.raises(UserError, match="here: stem_convolution.* shape"):
        efficientnet_lite.fill(lite0, tensors[::-1], "here")


def test_the_pretrained_features_are_those_before_the_head(archives, lite0):
    backbone = models.load("efficientnet-lite0")
    picture = resize(decoding.decode(PICTURES / "coffee.jpg"), backbone.size)[None]
    features = backbone.network(picture.astype("float32")).numpy()
    weights, bias = lite0.get_layer("logits").get_weights()
    expected = lite0(picture.astype("float32")).numpy()
    assert np.allclose(features @ weights + bias, expected, atol=1e-4)
    assert (backbone.dimension, backbone.parameters) == (1280, 4652008 - 1281000)
    card = backbone.card
    assert "(x - 127) / 128" in card.preprocessing and card.licence == "Apache-2.0"


@pytest.mark.parametrize(
    "name", first(["ResNet50", "MobileNetV2", "DenseNet121", "EfficientNetV2B0"])
)
def test_each_keras_network_has_its_own_preprocessing_inside(repository, name):
    backbone = models.load(f"keras:{name}", weights="none", size=64, seed=3)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype("float32")
    [body] = [layer for layer in backbone.network.layers if isinstance(layer, keras.Model)]
    module = {
        "ResNet50": keras.applications.resnet,
        "MobileNetV2": keras.applications.mobilenet_v2,
        "DenseNet121": keras.applications.densenet,
        "EfficientNetV2B0": keras.applications.efficientnet_v2,
    }[name]
    expected = body(module.preprocess_input(pixels.copy())).numpy()
    assert np.allclose(backbone.network(pixels).numpy(), expected, rtol=1e-4, atol=1e-5)
    assert backbone.size == 64


def test_random_weights_are_the_seeds(repository):
    first, again, other = (
        models.load("scratch:efficientnet-lite0", size=32, seed=seed) for seed in (1, 1, 2)
    )
    weights = [each.network.get_weights()[0] for each in (first, again, other)]
    assert np.array_equal(weights[0], weights[1]) and not np.array_equal(weights[0], weights[2])
    assert first.card.digest == again.card.digest != other.card.digest


def test_each_part_of_a_model_changes_its_digest(repository):
    cards = [
        models.describe("efficientnet-lite0"),
        models.describe("efficientnet-lite1"),
        models.describe("efficientnet-lite0", size=96),
        models.describe("efficientnet-lite0", weights="none"),
        models.describe("keras:ResNet50"),
        models.describe("keras:ResNet50", weights="none"),
        models.describe("keras:ResNet101"),
    ]
    assert len({card.digest for card in cards}) == len(cards)


def test_every_keras_network_is_known():
    names = [name for name in dir(keras.applications) if name[0].isupper()]
    assert list(entries.keras_applications()) == sorted(names)
    assert set(keras_applications.SIZES) < set(names)


def tiny(side=8, head="softmax"):
    inputs = keras.Input((side, side, 3))
    x = keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(inputs))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2, activation=head)(x) if head else x)


def test_a_saved_classifier_gives_what_its_head_reads(repository):
    network = tiny()
    network.layers[2].trainable = False
    network.save(repository / "mine.keras")
    backbone = models.load("file:mine.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype("float32")
    expected = keras.Model(network.input, network.layers[-1].input)(pixels).numpy()
    assert np.allclose(backbone.network(pixels).numpy(), expected, atol=1e-6)
    assert (backbone.size, backbone.dimension, backbone.parameters) == (8, 4, 3 * 3 * 3 * 4 + 4)
    untrained = models.load("scratch:file:mine.keras", seed=5)
    assert not np.allclose(untrained.network(pixels).numpy(), expected)


def nested(network):
    inputs = keras.Input(network.input_shape[1:])
    return keras.Model(inputs, network(inputs))


def then(*layers):
    network = tiny(head="linear")
    x = network.output
    for layer in layers:
        x = layer(x)
    return keras.Model(network.input, x)


def softened(network):
    return keras.Model(network.input, keras.layers.Softmax()(network.output))


HEADS = {
    "a softmax of its own": lambda: then(keras.layers.Softmax()),
    "an activation of its own": lambda: then(keras.layers.Activation("softmax")),
    "in another network": lambda: nested(tiny()),
    "in another network, then a softmax": lambda: softened(nested(then())),
    "in two": lambda: nested(nested(then(keras.layers.Dropout(0.5), keras.layers.Softmax()))),
}


@pytest.mark.parametrize("made", HEADS.values(), ids=HEADS)
def test_a_head_in_parts_or_in_another_network_is_left_out(repository, made):
    made().save(repository / "mine.keras")
    backbone = models.load("file:mine.keras")
    assert backbone.dimension == 4 and backbone.network.output_shape == (None, 4)


@pytest.mark.parametrize(("head", "words"), [("sigmoid", "what the head"), ("relu", "its output")])
def test_the_report_says_what_the_features_of_a_file_are(repository, head, words):
    network = tiny(head=head)
    network.save(repository / "mine.keras")
    backbone = models.load("file:mine.keras")
    said = backbone.about(backbone.network, backbone.compile(backbone.network, 1))["preprocessing"]
    assert f"the features are {words} {network.layers[-1].name}" in said


def test_a_network_of_several_outputs_is_one_line(repository):
    network = tiny()
    both = keras.Model(network.input, [network.output, network.layers[-2].output])
    both.save(repository / "mine.keras")
    with pytest.raises(UserError, match="several outputs: .* save a model with one of them"):
        models.load("file:mine.keras")


def test_a_saved_network_of_any_size_needs_one(repository):
    tiny(None, head=None).save(repository / "any.keras")
    with pytest.raises(UserError, match="give an image_size"):
        models.load("file:any.keras")
    assert models.load("file:any.keras", size=12).size == 12


@pytest.mark.parametrize("begins", [True, False], ids=["with an Input", "that was called"])
def test_a_plain_sequential_model_is_read(repository, begins):
    layers = [keras.layers.Conv2D(4, 3), keras.layers.GlobalAveragePooling2D()]
    head = keras.layers.Dense(3, activation="softmax")
    first = [keras.Input((12, 12, 3))] if begins else []
    network = keras.Sequential([*first, *layers, head])
    pixels = np.random.default_rng(0).integers(0, 256, (2, 12, 12, 3)).astype("float32")
    network(pixels)
    network.save(repository / "plain.keras")
    expected = layers[1](layers[0](pixels)).numpy()
    network = models.load("file:plain.keras").network
    assert network.input_shape == (None, 12, 12, 3)  # whatever it was called on
    assert np.allclose(network(pixels[:1]).numpy(), expected[:1])


def test_a_model_without_an_input_is_one_line(repository):
    keras.Sequential([keras.layers.Dense(3)]).save(repository / "never.keras")
    with pytest.raises(UserError, match="begins with keras.Input"):
        models.load("file:never.keras")


def test_a_saved_network_that_would_run_code_is_refused(repository):
    inputs = keras.Input((8, 8, 3))
    network = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    network.save(repository / "hostile.keras")
    with pytest.raises(UserError, match="file:hostile.keras: not a .keras file that can be read"):
        models.load("file:hostile.keras")


def test_a_hub_preset_in_a_folder_keeps_its_own_preprocessing(repository):
    import keras_hub

    body = keras_hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[3],
        stackwise_num_filters=[64, 16],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
        image_shape=(None, None, 3),
    )
    converter = keras_hub.layers.ImageConverter(
        image_size=(32, 32), scale=[0.1, 0.2, 0.3], offset=[-1.0, 0.0, 1.0]
    )
    body.save_to_preset(repository / "preset")
    converter.save_to_preset(repository / "preset")
    backbone = models.load("kerashub:preset")
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("float32")
    expected = np.mean(body(converter(pixels)), axis=(1, 2))
    assert np.allclose(backbone.network(pixels).numpy(), expected, rtol=1e-3, atol=1e-4)
    assert backbone.size == 32 and backbone.dimension == 16


def test_an_entry_of_the_catalogue_is_enough_for_a_model(repository):
    file = repository / "params" / "catalogue" / "models.yaml"
    files.write_text(
        file,
        file.read_text()
        + "\nours: {title: ours, licence: MIT, model: 'keras:MobileNetV2', image_size: 48}\n"
        + "lite3: {title: x, licence: MIT, family: efficientnet-lite, variant: lite3}\n"
        + "odd: {title: x, licence: MIT, family: resnext}\n"
        + "loop: {title: x, licence: MIT, model: loop}\n",
    )
    backbone = models.load("ours", weights="none")
    assert (backbone.card.name, backbone.size, backbone.card.licence) == ("ours", 48, "MIT")
    assert models.load("scratch:lite3", size=32).dimension == 1280
    for name, line in {
        "odd": "unknown family 'resnext'",
        "loop": "a name with a prefix",
        "lite3": "archive and member are needed",
    }.items():
        with pytest.raises(UserError, match=line):
            models.load(name)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("efficientnet-lite9", "did you mean 'efficientnet-lite"),
        ("keras:ResNet5", "did you mean 'ResNet50"),
        ("kears:ResNet50", "did you mean 'keras'"),
        ("file:missing.keras", "no such file"),
        ("scratch:keras:VGG", "did you mean 'VGG1"),
    ],
)
def test_a_wrong_name_is_one_line_with_the_closest(repository, name, line):
    with pytest.raises(UserError, match=line):
        models.load(name)


def test_too_small_a_picture_and_no_connection_are_one_line(repository, monkeypatch):
    with pytest.raises(UserError, match="keras:ResNet50: .*32"):
        models.load("keras:ResNet50", weights="none", size=16)

    def unreachable(*_, **__):
        raise Exception("URL fetch failure on somewhere: None -- no route")

    monkeypatch.setattr("keras.src.applications.resnet.file_utils.get_file", unreachable)
    with pytest.raises(UserError, match="need the network once .*weights: none"):
        models.load("keras:ResNet50")
