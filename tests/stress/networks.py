"""Hostile files of networks: Keras, ONNX and safetensors, damaged, or well made and meant ill."""

import io
import json
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from factories.onnx_file import network_file

from helpers import models
from helpers.core import quiet_imports
from stress.counts import Counts
from stress.inputs import Attack, mutated, read_all

SIZES = {"vocab_size": 8, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2}
SIZES |= {"intermediate_size": 4, "max_position_embeddings": 8}
LAYER = "encoder.layer.0."
DENSE = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
HARM = [  # what a layer may be replaced by
    {"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {}}}},
    {"module": "os", "class_name": "system", "config": {"command": "touch PWNED"}},
    {"module": "builtins", "class_name": "function", "config": "eval"},
    {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/etc"}},
    {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    {"class_name": "Dense", "config": {"units": 10**12, "name": "d"}},
    {"class_name": "Dense", "config": {"units": -1, "name": "d"}},
    {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "file:///etc/x"}},
    [],
    None,
    5,
    {"class_name": "Functional", "config": {}},
]
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"


def attack(folder: Path, seed: int, tries: int) -> Counts:
    """Read a file of a Keras network for each fifth try, and others in proportion."""
    shares = {keras: 0.2, onnx: 0.5, safetensors: 0.3}
    quiet_imports.tensorflow()  # once, for all forks; nothing is computed here
    made = {kind.__name__: (kind, max(1, round(tries * share))) for kind, share in shares.items()}
    return read_all(folder, seed, made)


def keras(root: Path, draw: random.Random) -> Iterator[Attack]:
    """Damage a file byte by byte, cut its weights, and put hostile layers into its description."""
    if not (fork := os.fork()):  # a process that has computed cannot be forked well
        from keras import Input, Sequential, layers

        first = [Input((8, 8, 3)), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D()]
        Sequential([*first, layers.Dense(3, activation="softmax")]).save(root / "whole.keras")
        os._exit(0)
    os.waitpid(fork, 0)
    whole = (root / "whole.keras").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        parts = {name: file.read(name) for name in file.namelist()}

    def zipped(**other: bytes | None) -> bytes:
        stream, held = io.BytesIO(), parts | {k.replace("_h5", ".h5"): v for k, v in other.items()}
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in held.items():
                if content is not None:
                    file.writestr(name, content)
        return stream.getvalue()

    while True:
        config = json.loads(parts["config.json"])
        layer, harm = draw.choice(config["config"]["layers"]), draw.choice(HARM)
        if draw.random() < 0.5:
            config = harm
        else:
            layer.clear()
            layer.update(harm if isinstance(harm, dict) else {"class_name": harm})
        described = json.dumps(config).encode()
        weights = mutated(parts["model.weights.h5"], draw)
        ways = {
            "bytes": mutated(whole, draw),
            "weights": zipped(**{"model.weights.h5": weights}),
            "no weights": zipped(**{"model.weights.h5": None}),
            "described": zipped(**{"config.json": described}),
            "described again": zipped(**{"config.json": described}),
            "description": zipped(**{"config.json": mutated(parts["config.json"], draw)}),
            "nested": zipped(**{"config.json": b"[" * 100_000}),
            "outside": zipped(**{"../../outside": b"x"}),
            "pointer": LFS,
        }
        way = draw.choice([*ways])
        (root / "m.keras").write_bytes(ways[way])
        yield f"{way} {described[:300]!r}", lambda: models.load("file:m.keras") and None


def onnx(root: Path, draw: random.Random) -> Iterator[Attack]:
    """Damage a file, let it name weights elsewhere, and ask for unknown operations."""
    (root / "weights.bin").write_bytes(bytes(5 * 3 * 3 * 3 * 4))
    (root / "m.yaml").write_text("{size: 16, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]}\n")
    elsewhere = [
        "weights.bin",
        "../weights.bin",
        "/etc/passwd",
        "/dev/zero",
        "missing.bin",
        ".",
        "",
    ]
    while True:
        ways = {
            "bytes": {},
            "head": {"head": 3, "softmax": True},
            "elsewhere": {"elsewhere": draw.choice(elsewhere)},
            "operation": {"kind": "Shell", "domain": "os.system"},
            "recent": {"opset": 10**6},
            "shape": {"shape": draw.choice([(1, 3), ("N", 3, -1, 2**40), (0, 0, 0, 0), ()])},
            "shape of maps": {"maps": True, "shape": ("N", "C", "h", "w")},
        }
        way = draw.choice([*ways])
        try:
            content = network_file(**ways[way])
        except (IndexError, ValueError):
            continue
        content = LFS if draw.random() < 0.05 else content
        content = mutated(content, draw) if way == "bytes" or draw.random() < 0.3 else content
        (root / "m.onnx").write_bytes(content)
        yield f"{way} {ways[way]} {content[:80]!r}", lambda: models.load("onnx:m.onnx") and None


def safetensors(root: Path, draw: random.Random) -> Iterator[Attack]:
    """Damage the weights, the description and the words of a small BERT, as a hub keeps it."""
    from safetensors.numpy import save

    ones = {f"embeddings.{k}_embeddings.weight": (8, 4) for k in ("word", "position")}
    ones["embeddings.token_type_embeddings.weight"] = (2, 4)
    for each in ("embeddings.", f"{LAYER}attention.output.", f"{LAYER}output."):
        ones |= {f"{each}LayerNorm.{part}": (4,) for part in ("weight", "bias")}
    for each in (*(LAYER + name for name in DENSE), "pooler.dense"):
        ones |= {f"{each}.weight": (4, 4), f"{each}.bias": (4,)}
    weights = save({name: np.ones(shape, np.float32) for name, shape in ones.items()})
    words = "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"]).encode()
    whole = {
        "model.safetensors": weights,
        "vocab.txt": words,
        "config.json": json.dumps({"model_type": "bert", **SIZES}).encode(),
        "tokenizer_config.json": b'{"do_lower_case": true}',
    }
    folder = root / "bert"
    folder.mkdir()
    index = '{"weight_map": {"embeddings.LayerNorm.weight": "../../../etc/passwd"}}'
    for number in range(10**6):
        for name, content in whole.items():
            (folder / name).write_bytes(content)
        name = "nothing" if not number else draw.choice([*whole, "model.safetensors", "index"])
        (folder / "model.safetensors.index.json").unlink(missing_ok=True)
        if name == "index":
            (folder / "model.safetensors.index.json").write_text(index)
        elif number:
            content = draw.choice([mutated(whole[name], draw), mutated(whole[name], draw), LFS])
            (folder / name).write_bytes(content)
        yield name, lambda: models.load("kerashub:bert", modality="text") and None
