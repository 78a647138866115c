"""Networks of transformers and timm: the features are their own, and nothing is unpickled."""

import json

import numpy as np
import pytest
from PIL import Image

from helpers import models
from helpers.catalogue import entries
from helpers.core.errors import UserError
from helpers.models import features
from helpers.models.kinds import ModelSpec

pytestmark = pytest.mark.torch
IMAGES = [np.random.default_rng(n).integers(0, 256, (40, 60, 3)).astype(np.uint8) for n in range(3)]


def run(name):
    loaded = models.load(name)
    return loaded.compile(loaded.network, 1).run(IMAGES.__getitem__, range(3)), loaded


def of_transformers(folder, kind="vit"):
    import torch
    from transformers import ResNetConfig, ResNetModel, ViTConfig, ViTImageProcessor, ViTModel

    torch.manual_seed(0)
    if kind == "vit":
        sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
        network = ViTModel(ViTConfig(num_hidden_layers=2, image_size=32, patch_size=8, **sizes))
    else:
        network = ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1]))
    processor = ViTImageProcessor(size={"height": 32, "width": 32})
    network.eval().save_pretrained(folder)
    processor.save_pretrained(folder)
    pixels = processor(images=[Image.fromarray(i) for i in IMAGES], return_tensors="pt")
    with torch.inference_mode():
        return network(**pixels).last_hidden_state.numpy()


def of_timm(folder, name="resnet10t"):
    import timm
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    network = timm.create_model(name, pretrained=False, num_classes=7).eval()
    folder.mkdir()
    save_file(network.state_dict(), folder / "model.safetensors")
    said = {"input_size": [3, 64, 64], "mean": [0.4] * 3, "std": [0.3] * 3, "crop_pct": 0.9}
    said["interpolation"] = "bicubic"
    about = {"architecture": name, "num_classes": 7, "pretrained_cfg": said}
    (folder / "config.json").write_text(json.dumps(about))
    transform = timm.data.create_transform(**timm.data.resolve_data_config(said))
    pixels = torch.stack([transform(Image.fromarray(image)) for image in IMAGES])
    with torch.inference_mode():
        return network.forward_head(network.forward_features(pixels), pre_logits=True).numpy()


def test_a_transformer_gives_the_mean_of_its_last_layer(repository):
    expected = of_transformers(repository / "mine").mean(1)
    values, loaded = run("hf:mine")
    assert np.allclose(values, expected, atol=1e-4) and loaded.parameters > 1000


def test_maps_are_averaged(repository):
    expected = of_transformers(repository / "mine", "resnet").mean((2, 3))
    assert np.allclose(run("hf:mine")[0], expected, atol=1e-4)


def test_timm_reads_its_own_data_config(repository):
    expected = of_timm(repository / "mine")
    assert np.allclose(run("timm:mine")[0], expected, atol=1e-4)


@pytest.mark.parametrize("prefix", ["hf", "timm"])
def test_a_pickle_is_not_read(repository, prefix):
    import torch

    folder = repository / "mine"
    (of_transformers if prefix == "hf" else of_timm)(folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UserError, match=f"{prefix}:mine: no image network could be loaded"):
        models.load(f"{prefix}:mine")


def test_the_code_of_a_model_is_not_run(repository):
    of_transformers(folder := repository / "mine")
    about = json.loads((folder / "config.json").read_text())
    about |= {"model_type": "own", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.C"}}
    (folder / "config.json").write_text(json.dumps(about))
    (folder / "own.py").write_text("open('was_run', 'w')")
    with pytest.raises(UserError, match="hf:mine"):
        models.load("hf:mine")
    assert not (repository / "was_run").exists()


def test_a_network_that_hides_parts_at_random_is_refused(repository):
    from transformers import ViTImageProcessor, ViTMAEConfig, ViTMAEModel

    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    about = ViTMAEConfig(num_hidden_layers=1, image_size=32, patch_size=8, **sizes)
    ViTMAEModel(about).save_pretrained(repository / "mine")
    processor = ViTImageProcessor(size={"height": 32, "width": 32})
    processor.save_pretrained(repository / "mine")
    with pytest.raises(UserError, match="other features each time"):
        run("hf:mine")


@pytest.mark.parametrize("prefix", ["hf", "timm"])
def test_a_pointer_of_git_lfs_is_named(repository, prefix):
    (of_transformers if prefix == "hf" else of_timm)(folder := repository / "mine")
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(UserError, match="model.safetensors is a pointer of Git LFS"):
        run(f"{prefix}:mine")


def test_an_exported_network_gives_the_same_features(repository):
    import timm
    import torch

    of_timm(repository / "mine")
    network = timm.create_model("resnet10t", pretrained=False, num_classes=0)
    torch.manual_seed(0)
    example = torch.zeros(1, 3, 64, 64)
    file, names = repository / "mine.onnx", {"input_names": ["images"], "output_names": ["y"]}
    torch.onnx.export(network.eval(), (example,), file, **names)
    file.with_suffix(".yaml").write_text("{size: 64, mean: 0.5, std: 0.5}")
    values, loaded = run("onnx:mine.onnx")
    pixels = np.concatenate([loaded.reading.prepared(image) for image in IMAGES])
    with torch.inference_mode():
        expected = [network(torch.from_numpy(each[None]))[0].numpy() for each in pixels]
    assert np.allclose(values, expected, atol=1e-4)


def rewritten(file, **values):
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"image_mean": [127.5] * 3}, "do not fit together"),  # of pixels, but they are scaled
        ({"do_rescale": False}, "do not fit together"),
        ({"rescale_factor": 1 / 255**2}, "do not fit together"),
        ({"image_std": [0.0] * 3}, "hf:mine: no image network could be loaded"),
        ({"size": {"height": 48, "width": 48}}, "hf:mine: no network could be loaded"),
        ({"image_processor_type": "Nothing"}, "hf:mine: no image network could be loaded"),
    ],
)
def test_a_processor_that_disagrees_with_its_network_is_refused(repository, values, said):
    of_transformers(repository / "mine")
    rewritten(repository / "mine" / "preprocessor_config.json", **values)
    with pytest.raises(UserError, match=said):
        run("hf:mine")


@pytest.mark.parametrize(
    "values",
    [
        {"do_normalize": False},  # 0 to 1
        {"do_normalize": False, "do_rescale": False},  # 0 to 255
        {"do_rescale": False, "image_mean": [103.9, 116.8, 123.7], "image_std": [1.0] * 3},
    ],
)
def test_a_processor_of_another_habit_is_taken(repository, values):
    of_transformers(repository / "mine")
    rewritten(repository / "mine" / "preprocessor_config.json", **values)
    assert np.isfinite(run("hf:mine")[0]).all()


@pytest.mark.parametrize("prefix", ["hf", "timm"])
def test_a_network_some_of_whose_weights_are_missing_is_refused(repository, prefix):
    from safetensors.torch import load_file, save_file

    (of_transformers if prefix == "hf" else of_timm)(folder := repository / "mine")
    weights = load_file(file := folder / "model.safetensors")
    [lost, *_] = [name for name in weights if name.endswith(("dense.bias", "conv1.weight"))]
    save_file({name: each for name, each in weights.items() if name != lost}, file)
    with pytest.raises(UserError, match="no weights for .*" + lost.split(".")[-1]):
        models.load(f"{prefix}:mine")


def test_features_that_are_not_numbers_are_refused(repository):
    from factories.dataset import made_dataset
    from safetensors.torch import load_file, save_file

    of_transformers(folder := repository / "mine")
    weights = load_file(file := folder / "model.safetensors")
    weights["layernorm.bias"] = weights["layernorm.bias"] * np.nan
    save_file(weights, file)
    with pytest.raises(UserError, match="hf:mine: NaN or infinite features of 5 of 5"):
        features.extract(made_dataset(items=5), "hf:mine")


def test_a_real_network_of_the_catalogue_gives_the_features_of_timm(repository):
    import timm
    import torch
    from safetensors.torch import save_file

    from helpers.models.image import efficientnet_lite

    spec = ModelSpec("efficientnet-lite0", entry=entries.model("efficientnet-lite0"))
    _, tensors = efficientnet_lite.checkpoint(spec)
    network = timm.create_model("efficientnet_lite0", pretrained=False).eval()
    weights = {name: own for name, own in network.state_dict().items() if own.ndim}
    filled = dict(zip(weights, (torch.from_numpy(t) for t in tensors if t.ndim), strict=True))
    assert all(filled[name].shape == own.shape for name, own in weights.items())
    network.load_state_dict(filled, strict=False)
    folder = repository / "mine"
    folder.mkdir()
    save_file(network.state_dict(), folder / "model.safetensors")
    said = {"input_size": [3, 224, 224], "mean": [127 / 255] * 3, "std": [128 / 255] * 3}
    said |= {"interpolation": "bicubic", "crop_pct": 0.875}
    about = {"architecture": "efficientnet_lite0", "num_classes": 1000, "pretrained_cfg": said}
    (folder / "config.json").write_text(json.dumps(about))
    transform = timm.data.create_transform(**timm.data.resolve_data_config(said))
    pixels = torch.stack([transform(Image.fromarray(image)) for image in IMAGES])
    with torch.inference_mode():
        own = network.forward_head(network.forward_features(pixels), pre_logits=True).numpy()
    values, _ = run("timm:mine")
    assert np.allclose(values, own, atol=1e-4) and values.std() > 0.01
