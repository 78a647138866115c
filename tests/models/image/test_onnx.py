"""Networks in ONNX files: the features are those of ONNX Runtime, and bad files get one line."""

import json

import numpy as np
import onnxruntime
import psutil
import pytest
from factories.dataset import made_dataset
from factories.onnx_file import detector_file, network_file
from PIL import Image

from helpers import models
from helpers.catalogue import entries, wheels
from helpers.config.model_names import check_model
from helpers.core import cost
from helpers.core.errors import UserError
from helpers.models import features
from helpers.pipeline import external_inputs

CARD = "{size: 16, mean: [0.5, 0.4, 0.3], std: 0.25}"
IMAGES = [np.random.default_rng(n).integers(0, 256, (20, 30, 3)).astype(np.uint8) for n in range(3)]


def written(repository, content, card=CARD, name="mine.onnx"):
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if card:
        file.with_suffix(".yaml").write_text(card)
    return file


def run(name="mine.onnx", size=None):
    loaded = models.load(f"onnx:{name}", size=size)
    engine = loaded.compile(loaded.network, 1)
    values = engine.run(IMAGES.__getitem__, range(len(IMAGES)))
    return values, loaded.about(loaded.network, engine)


def reference(file, output=None, size=16, last=False, mean=(0.5, 0.4, 0.3), std=0.25):
    """Run the file by ONNX Runtime, on images that are prepared here in plain words."""
    session, rows = onnxruntime.InferenceSession(str(file)), []
    for image in IMAGES:
        small = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
        values = ((small / 255 - np.array(mean)) / std).astype(np.float32)
        values = values if last else values.transpose(2, 0, 1)
        rows.append(session.run(output and [output], {"images": values[None]})[0][0])
    return np.stack(rows)


@pytest.mark.parametrize(
    ("made", "tensor"),
    [
        ({}, ""),
        ({"shape": (1, 3, 16, 16)}, ""),
        ({"shape": ("N", 3, "H", "W")}, ""),
        ({"shape": ("N", "C", "H", "W")}, ""),
        ({"shape": ("N", 16, 16, 3), "last": True}, ""),
        ({"head": 1280, "output": "output"}, ""),
        ({"opset": 22}, ""),
        ({"output": "a", "second": "b"}, "b"),
        ({"output": "last_hidden_state", "second": "pooler_output"}, ""),
        ({"elsewhere": "w.bin"}, ""),
    ],
)
def test_the_features_are_those_of_onnx_runtime(repository, made, tensor):
    file = written(repository, network_file(**made), name="mödel/网 1.onnx")
    weights = np.random.default_rng(0).normal(size=(5, 3, 3, 3)).astype(np.float32)
    (file.parent / "w.bin").write_bytes(weights.tobytes())
    values, about = run(f"mödel/网 1.onnx{'@' + tensor if tensor else ''}")
    expected = reference(file, tensor or None, last=made.get("last", False))
    assert np.allclose(values, expected, atol=1e-4) and values.shape == expected.shape
    assert about["parameters"] >= 135 and "16x16" in about["preprocessing"]


def test_maps_are_averaged(repository):
    file = written(repository, network_file(maps=True))
    assert np.allclose(run()[0], reference(file).mean((2, 3)), atol=1e-4)


@pytest.mark.parametrize("options", [{"head": 1000}, {"head": 7, "softmax": True}])
def test_what_a_head_reads_are_the_features_unless_it_is_named(repository, options):
    file = written(repository, network_file(output="out", second="below", **options))
    (repository / "mine.yaml").write_text(CARD[:-1] + ", output: below}")
    below = run()[0]
    file = written(repository, network_file(output="out", **options))
    values, about = run()
    assert np.allclose(values, below, atol=1e-5) and "the head out" in about["preprocessing"]
    assert np.allclose(run("mine.onnx@out")[0], reference(file), atol=1e-4)


def test_the_models_own_preprocessor_is_read(repository):
    written(repository, network_file(), "", "mine/onnx/model.onnx")
    config = {"size": {"shortest_edge": 20}, "do_center_crop": True, "resample": 3}
    config |= {"crop_size": {"height": 16, "width": 16}, "image_mean": [0.5] * 3}
    said = json.dumps(
        config | {"image_std": [0.5] * 3, "image_processor_type": "BitImageProcessor"}
    )
    (repository / "mine" / "preprocessor_config.json").write_text(said)
    loaded = models.load("onnx:mine/onnx/model.onnx")
    values = loaded.reading.prepared(IMAGES[0])
    picture = Image.fromarray(IMAGES[0]).resize((30, 20), Image.Resampling.BICUBIC)
    middle = np.asarray(picture)[2:18, 7:23] / 255
    assert np.allclose(values[0], ((middle - 0.5) / 0.5).transpose(2, 0, 1), atol=1e-6)


def preprocessor(repository, **values):
    config = {"size": {"height": 16, "width": 16}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (repository / "preprocessor_config.json").write_text(json.dumps(config | values))


@pytest.mark.parametrize("card", ["output: features", "layout: nchw", "size: 16", ""])
def test_a_card_that_gives_no_numbers_leaves_those_of_the_preprocessor(repository, card):
    written(repository, network_file(), card)
    preprocessor(repository)
    values = models.load("onnx:mine.onnx").reading.prepared(IMAGES[0])
    assert values.min() < -0.5


def test_a_card_that_says_nothing_of_numbers_is_not_enough(repository):
    written(repository, network_file(), "layout: nchw")
    with pytest.raises(UserError, match="how its images are scaled is not known"):
        models.load("onnx:mine.onnx")


@pytest.mark.parametrize(
    "values",
    [
        {"rescale_offset": True},
        {"include_top": True},
        {"keep_aspect_ratio": True},
        {"do_resize": False},
        {"image_processor_type": "EfficientNetImageProcessor"},
        {"image_processor_type": "LevitImageProcessorFast", "size": {"shortest_edge": 16}}
        | {"crop_size": 16, "do_center_crop": True},
        {"image_processor_type": "DeiTImageProcessor", "size": 20, "crop_size": 16}
        | {"do_center_crop": True},
        {"do_rescale": False},
        {"feature_extractor_type": "DeiTFeatureExtractor"},
    ],
    ids=lambda values: " ".join(values),
)
def test_a_preprocessor_that_does_what_is_not_done_here_is_refused(repository, values):
    written(repository, network_file(), "")
    preprocessor(repository, **values)
    with pytest.raises(UserError, match="preprocessor_config.json"):
        models.load("onnx:mine.onnx")


def test_a_size_that_is_a_number_is_of_the_shortest_side_for_clip(repository):
    written(repository, network_file(), "")
    named = {"feature_extractor_type": "CLIPFeatureExtractor", "do_center_crop": True}
    preprocessor(repository, size=20, crop_size=16, resample=3, **named)
    assert models.load("onnx:mine.onnx").reading.shortest == 20


@pytest.mark.parametrize(("number", "name"), [(3, "i8"), (9, "boolean"), (16, "bf16")])
def test_an_input_that_holds_no_pixel_is_one_line(repository, number, name):
    written(repository, detector_file({"features": np.ones((1, 5))}, kind=number), CARD)
    with pytest.raises(UserError, match=f"its input is of {name}"):
        models.load("onnx:mine.onnx")


def test_a_second_graph_is_not_merged_into_the_first(repository):
    graph = network_file(elsewhere="../secret")
    written(repository, network_file() + graph, CARD)
    with pytest.raises(UserError, match="not an ONNX file"):
        models.load("onnx:mine.onnx")


def test_grey_and_reversed_colours(repository):
    written(repository, network_file(shape=("N", 1, 16, 16)), "{size: 16, scale: 1}")
    values = models.load("onnx:mine.onnx").reading.prepared(IMAGES[0])
    assert values.shape == (1, 1, 16, 16) and values.max() > 100
    written(repository, network_file(), "{scale: 1, colours: bgr}")
    values = models.load("onnx:mine.onnx").reading.prepared(IMAGES[0][:16, :16])
    assert np.array_equal(values[0, 0], IMAGES[0][:16, :16, 2])


@pytest.mark.parametrize(
    ("made", "card", "said"),
    [
        ({}, "", "preprocessor_config.json"),
        ({}, "{size: 32}", "16x16, not 32x32 as in mine.yaml"),
        ({}, "{mean: [123.7, 116.3, 103.5]}", "does not fit pixels of 0..1"),
        ({}, "{mean: [0.5, 0.5]}", "3 channel"),
        ({}, "{size: 0}", "size"),
        ({}, "[224]", "mine.yaml"),
        ({}, "{men: 0.5}", "did you mean 'mean'"),
        ({"shape": ("N", 3, "H", "W")}, "{mean: 0.5}", "give an image_size"),
        ({"output": "a", "second": "b"}, CARD, r"a .*, b .*: choose one"),
        ({"opset": 99}, CARD, "opset 99 is later"),
        ({"kind": "Odd", "domain": "my.own"}, CARD, "does not know its operations my.own.Odd"),
        ({"elsewhere": "w.bin"}, CARD, "missing: put w.bin"),
        ({"elsewhere": "../w.bin"}, CARD, "outside its folder"),
        ({"elsewhere": "/etc/hostname"}, CARD, "outside its folder"),
        ({"elsewhere": "link.bin"}, CARD, "outside its folder"),
        ({"elsewhere": "short.bin"}, CARD, "cut short, or a pointer of Git LFS"),
    ],
)
def test_what_does_not_fit_is_one_line(repository, tmp_path, made, card, said):
    written(repository, network_file(**made), card)
    (tmp_path / "w.bin").write_bytes(bytes(540))
    (repository / "link.bin").symlink_to(tmp_path / "w.bin")
    (repository / "short.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(UserError, match=said) as error:
        models.load("onnx:mine.onnx")
    assert "\n" not in str(error.value) and "onnx:mine.onnx" in str(error.value)


FOREIGN = {
    "pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "pickle": b"\x80\x02}q\x00.",
    "PyTorch": b"PK\x03\x04" + bytes(60),
    "empty": b"",
    "web page": b"<!DOCTYPE html>",
    "not an ONNX file": bytes(range(1, 200)),
    "cut short": network_file()[:-9],
}


@pytest.mark.parametrize("said", FOREIGN)
@pytest.mark.parametrize("name", ["onnx:mine.onnx", "file:mine.pt"])
def test_a_file_that_is_something_else_is_named(repository, said, name):
    (repository / name.partition(":")[2]).write_bytes(FOREIGN[said])
    if name.startswith("file") and said in ("not an ONNX file", "cut short"):
        said = "not a .keras file"
    with pytest.raises(UserError, match=said):
        models.load(name)


def test_any_cut_of_a_file_is_one_line(repository):
    content = network_file(head=3)
    for end in range(1, len(content), 37):
        written(repository, content[:end])
        with pytest.raises(UserError):
            models.load("onnx:mine.onnx")


def test_weights_beyond_the_memory_are_refused_before_they_are_read(repository, monkeypatch):
    file = written(repository, network_file())
    free = psutil.virtual_memory()._replace(available=file.stat().st_size - 1)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with pytest.raises(UserError, match="GB of weights"):
        models.load("onnx:mine.onnx")


def test_features_that_are_no_numbers_are_refused(repository, monkeypatch):
    written(repository, network_file(kind="Sqrt"))
    with pytest.raises(UserError, match="NaN or infinite features of"):
        features.extract(made_dataset(6), "onnx:mine.onnx")


def test_a_card_and_weights_are_inputs_of_a_stage(repository):
    written(repository, network_file(elsewhere="w.bin"))
    (repository / "w.bin").write_bytes(bytes(540))
    before = external_inputs.of_model("onnx:mine.onnx@flat")
    assert {"w.bin", "mine.yaml"} < set(before)
    digest = models.describe("onnx:mine.onnx").digest
    (repository / "w.bin").write_bytes(bytes(539) + b"1")
    assert external_inputs.of_model("onnx:mine.onnx@flat") != before
    assert models.describe("onnx:mine.onnx").digest != digest
    names = ("onnx:mine.onnx", "onnx:mine.onnx@flat")
    assert len({models.describe(name).digest for name in names}) == 2
    check_model("onnx:mine.onnx@/a/b", "here")


@pytest.mark.slow
def test_a_real_network_of_a_package(archives):
    archive = entries.model("ppocr-v4-text").archive
    content = wheels.member(wheels.fetch(archive), "rapidocr_onnxruntime/models/*cls_infer.onnx")
    file = written(archives, content, "{size: [48, 192], mean: 0.5, std: 0.5, colours: bgr}")
    values, about = run()
    loaded = models.load("onnx:mine.onnx")
    session = onnxruntime.InferenceSession(str(file))
    given = {session.get_inputs()[0].name: loaded.reading.prepared(IMAGES[0])}
    assert "the head" in about["preprocessing"] and values.shape[1] > 2
    end = session.get_outputs()[0].name
    likely = run(f"mine.onnx@{end}")[0][0]
    assert np.allclose(likely, session.run(None, given)[0][0], atol=1e-4)


def test_the_memory_that_counts_is_that_of_the_container(repository, tmp_path, monkeypatch):
    file = written(repository, network_file())
    for name, value in (("max", file.stat().st_size + 90), ("current", 200)):
        (tmp_path / f"memory.{name}").write_text(f"{value}\n")
    (tmp_path / "memory.stat").write_text("anon 50\ninactive_file 100\n")
    monkeypatch.setattr(cost, "CONTAINER", tmp_path)
    with pytest.raises(UserError, match="GB of weights"):
        models.load("onnx:mine.onnx")
    (tmp_path / "memory.max").write_text("max\n")
    models.load("onnx:mine.onnx")
