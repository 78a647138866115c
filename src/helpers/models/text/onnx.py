"""Networks of texts in ONNX files, run by OpenVINO, with the tokenizer.json beside them."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import files
from helpers.core.errors import UserError, reason
from helpers.models import foreign_files, onnx_file, onnx_graph
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.inference import engines, openvino, texts
from helpers.models.kinds import ModelSpec
from helpers.models.onnx_file import OnnxFile
from helpers.models.text import huggingface, sentence_bert
from helpers.models.text.encoder import TextCard

IDS, MASK, SEGMENTS = "input_ids", "attention_mask", "token_type_ids"
TOKENS = 256


@dataclass(frozen=True, kw_only=True)
class OnnxTextCard(TextCard):
    """A network in a file; ``NAME@OUTPUT`` takes the features from a tensor by its name."""

    def at(self, layer: str) -> ModelCard:
        """Describe the same network up to a tensor."""
        name, made_of = f"{self.name}@{layer}", self.made_of | {"layer": layer}
        return replace(self, name=name, made_of=made_of)


@dataclass(frozen=True)
class OnnxTextEncoder(LoadedModel):
    """A graph from tokens int32 [B, T], 0 for none, to features [B, D]; it is not trained here."""

    tokenise: texts.Tokenise
    size: int
    words: str

    untrainable = "networks in ONNX files are probed; to fine-tune, take a Keras model"

    def compile(self, network: Any, threads: int | None = None) -> texts.TextEngine:
        """Make the network ready to run."""
        compiled = openvino.compile_graph(network, threads)
        dimension = network.output().partial_shape[-1].get_length()
        return texts.TextEngine(texts.planned("onnx"), compiled, dimension, self.tokenise)

    def about(self, network: Any, engine: texts.TextEngine) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        said = f"{self.card.preprocessing}; the features are {self.words}"
        facts = super().about(network, engine) | {"preprocessing": said, "max_tokens": self.size}
        return facts | (engine.facts() if engine.seen else {})


def card(spec: ModelSpec) -> OnnxTextCard:
    """Describe a network; raises UserError for what is no ONNX file, or without a tokenizer."""
    file = onnx_file.find(spec)
    own = file.beside("tokenizer.json")
    if own is None:
        cure = "put the model's tokenizer.json beside it"
        raise UserError(f"{spec.name}: how it parts texts into tokens is not known: {cure}")
    foreign_files.check(own, spec.name)
    tokenizer = _tokenizer(own, spec.name)
    cut, named = tokenizer.truncation, map(tokenizer.token_to_id, ("[PAD]", "<pad>"))
    size = spec.size or (cut or {}).get("max_length", TOKENS)
    filled = (tokenizer.padding or {}).get("pad_id")
    known = [number for number in (filled, *named) if number is not None]
    family = sentence_bert.SentenceFamily(lambda _: None, own.read_bytes, padding=[*known, 0][0])
    normalise = huggingface.normalises(own.parent)
    return OnnxTextCard(
        name=spec.name,
        preprocessing=f"the tokenizer.json beside it, at most {size} tokens",
        licence="of the file's author",
        made_of={
            "file": file.digest,
            "tokenizer": files.sha256(own),
            "size": size,
            "normalise": normalise,
        },
        modules=tuple(
            each.__name__
            for each in (onnx_file, onnx_graph, foreign_files, sentence_bert, huggingface)
        ),
        build=lambda card: _build(card, file, family, tokenizer.get_vocab_size()),
        engine=lambda: texts.planned("onnx"),
        engine_modules=(__name__, texts.__name__, *engines.MODULES),
        shorten=partial(sentence_bert.shortened, family, size),
    )


def _tokenizer(file: Path, where: str) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises plain Exception
        raise UserError(f"{where}: {file.name} is no tokenizer: {reason(error)}") from None


def _build(
    card: OnnxTextCard, file: OnnxFile, family: sentence_bert.SentenceFamily, vocabulary: int
) -> OnnxTextEncoder:
    from openvino import Model
    from openvino import opset13 as ops

    where, graph, wanted = file.name, file.graph(), card.made_of.get("layer", "")
    given = {each.any_name: each for each in graph.inputs}
    if not {IDS, MASK} <= given.keys() <= {IDS, MASK, SEGMENTS}:
        shown = ", ".join(f"{name} {each.partial_shape}" for name, each in given.items())
        allowed = f"{IDS} and {MASK} are needed, and {SEGMENTS} allowed"
        raise UserError(f"{where}: its inputs do not fit texts: {allowed}: it has {shown}")
    with onnx_file.readable(where, "its inputs take no texts of any length"):
        graph.reshape({name: [-1, -1] for name in given})
    rows = onnx_graph.rows_looked_up(graph, IDS)
    if rows and rows < vocabulary:
        many = f"its tokenizer.json has {vocabulary:,} tokens, the network knows {rows:,}"
        raise UserError(f"{where}: {many}: they are not of one model")
    port, words = onnx_graph.output(graph, wanted, list(given), where)
    tokens = ops.parameter([-1, -1], np.int32, name="tokens")
    present = ops.not_equal(tokens, ops.constant(0, np.int32))
    with onnx_file.readable(where, "cannot be cut there"):
        features = _pooled(port, present, card.made_of["normalise"], where)
        opened = ops.equal(tokens, ops.constant(family.padding, np.int32))
        ids = ops.select(opened, ops.constant(0, np.int32), tokens)  # as ``encoder.swapped``
        ids = ops.select(present, ids, ops.constant(family.padding, np.int32))
        nothing = ops.multiply(tokens, ops.constant(0, np.int32))
        for name, value in {IDS: ids, MASK: present, SEGMENTS: nothing}.items():
            if name in given:
                kind = given[name].get_element_type().get_type_name()
                given[name].replace(ops.convert(value, kind).output(0))
        network = Model([features], [tokens])
    tokenise = sentence_bert.tokeniser(family, card.made_of["size"])
    count = onnx_graph.parameters(network)
    return OnnxTextEncoder(card, network, count, tokenise, card.made_of["size"], words)


def _pooled(port: Any, present: Any, normalise: bool, where: str) -> Any:
    """Average tokens [B, T, D] over those that are present; vectors [B, D] stay."""
    from openvino import opset13 as ops

    shape = port.partial_shape
    if shape.rank.is_dynamic or len(shape) not in (2, 3) or shape[-1].is_dynamic:
        raise UserError(f"{where}: its output {shape} is not a vector of a text or of each token")
    values = ops.convert(port, "f32")
    if len(shape) == 3:
        mask = ops.convert(ops.unsqueeze(present, ops.constant([2])), "f32")
        count = ops.maximum(ops.reduce_sum(mask, ops.constant([1])), ops.constant(np.float32(1)))
        values = ops.divide(ops.reduce_sum(ops.multiply(values, mask), ops.constant([1])), count)
    if normalise:
        values = ops.normalize_l2(values, ops.constant([1]), 1e-24, "max")
    return values.output(0)
