"""Networks of transformers and timm: the features are the library's own, and nothing is unpickled.

These run in `make test-all` where the extra `torch` is installed.
"""

import importlib.util
import json
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import models
from helpers.core.errors import UserError

HERE = all(importlib.util.find_spec(name) for name in ("torch", "transformers", "timm"))
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


if HERE:

    @pytest.mark.slow
    def test_a_transformer_gives_the_mean_of_its_last_layer(repository):
        expected = of_transformers(repository / "mine").mean(1)
        values, loaded = run("hf:mine")
        assert np.allclose(values, expected, atol=1e-4) and loaded.parameters > 1000

    @pytest.mark.slow
    def test_maps_are_averaged(repository):
        expected = of_transformers(repository / "mine", "resnet").mean((2, 3))
        assert np.allclose(run("hf:mine")[0], expected, atol=1e-4)

    @pytest.mark.slow
    def test_timm_reads_its_own_data_config(repository):
        expected = of_timm(repository / "mine")
        assert np.allclose(run("timm:mine")[0], expected, atol=1e-4)

    @pytest.mark.slow
    @pytest.mark.parametrize("prefix", ["hf", "timm"])
    def test_a_pickle_is_not_read(repository, prefix):
        import torch

        folder = repository / "mine"
        (of_transformers if prefix == "hf" else of_timm)(folder)
        (folder / "model.safetensors").unlink()
        torch.save({}, folder / "pytorch_model.bin")
        with pytest.raises(UserError, match=f"{prefix}:mine: no image network could be loaded"):
            models.load(f"{prefix}:mine")

    @pytest.mark.slow
    def test_the_code_of_a_model_is_not_run(repository):
        of_transformers(folder := repository / "mine")
        about = json.loads((folder / "config.json").read_text())
        about |= {"model_type": "own", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.C"}}
        (folder / "config.json").write_text(json.dumps(about))
        (folder / "own.py").write_text("open('was_run', 'w')")
        with pytest.raises(UserError, match="hf:mine"):
            models.load("hf:mine")
        assert not (repository / "was_run").exists()

    @pytest.mark.slow
    def test_a_network_that_hides_parts_at_random_is_refused(repository):
        from transformers import ViTImageProcessor, ViTMAEConfig, ViTMAEModel

        sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
        about = ViTMAEConfig(num_hidden_layers=1, image_size=32, patch_size=8, **sizes)
        ViTMAEModel(about).save_pretrained(repository / "mine")
        processor = ViTImageProcessor(size={"height": 32, "width": 32})
        processor.save_pretrained(repository / "mine")
        with pytest.raises(UserError, match="other features each time"):
            run("hf:mine")

    @pytest.mark.slow
    @pytest.mark.parametrize("prefix", ["hf", "timm"])
    def test_a_pointer_of_git_lfs_is_named(repository, prefix):
        (of_transformers if prefix == "hf" else of_timm)(folder := repository / "mine")
        (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1")
        with pytest.raises(UserError, match="model.safetensors is a pointer of Git LFS"):
            run(f"{prefix}:mine")

    @pytest.mark.slow
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


@pytest.mark.parametrize("name", ["hf:mine", "timm:resnet18.a1_in1k"])
def test_without_the_extra_one_line_names_it(repository, monkeypatch, name):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UserError, match=r"needs torch: pip install 'evalbook\[torch\]'"):
        models.describe(name)
