"""Networks of recordings in ONNX files, run by OpenVINO: preprocessing from a card."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.data.audio import decoding, windows
from helpers.models import foreign_files, onnx_file, onnx_graph
from helpers.models.audio import hearing
from helpers.models.audio.hearing import SoundInput
from helpers.models.card import Positions, Read
from helpers.models.image.onnx import OnnxCard, OnnxNetwork
from helpers.models.inference import engines, openvino
from helpers.models.kinds import ModelSpec
from helpers.models.onnx_file import OnnxFile


@dataclass(frozen=True)
class OnnxAudioEncoder(OnnxNetwork):
    """A graph from a recording to features, averaged over it."""

    def compile(self, network: Any, threads: int | None = None) -> Any:
        """Make the network ready to run."""
        return RunningGraph(openvino.compile_graph(network, threads), self.reading)


@dataclass(frozen=True)
class RunningGraph:
    """A graph that runs, a recording on each core."""

    compiled: openvino.Compiled
    hearing: SoundInput

    @property
    def name(self) -> str:
        """Return what runs the network."""
        return self.compiled.name

    def run(self, read: Read, positions: Positions, what: str = "recordings") -> np.ndarray:
        """Run recordings one by one: float32 [N, dimension]."""

        def mean(infer: openvino.Infer, position: int) -> np.ndarray:
            cut = list(windows.cut([read(int(position))], self.hearing.seconds))
            means = [self._window(infer, window) for window in cut]
            return np.average(means, axis=0, weights=[len(each) for each in cut])

        done = self.compiled.side_by_side(mean, positions, self.compiled.cores)
        return np.stack([*progress.track(done, what, len(positions))]).astype(np.float32)

    def _window(self, infer: openvino.Infer, window: np.ndarray) -> np.ndarray:
        """Average the output of a window over time, without pure padding: [dimension]."""
        values = infer(self.hearing.prepared(window))[0]
        share = len(window) / max(len(window), self.hearing.samples or hearing.SHORTEST)
        if values.ndim == 2:  # [frames, dimension]
            values = values[: max(1, ceil(share * len(values)))].mean(axis=0)
        return values.mean(axis=(1, 2)) if values.ndim == 3 else np.array(values)


def card(spec: ModelSpec) -> OnnxCard:
    """Describe a network; raises UserError for what is no ONNX file, or has no card."""
    file = onnx_file.find(spec)
    theirs = file.beside("preprocessor_config.json")
    wanted = hearing.of(file.path.with_suffix(".yaml"), theirs, spec.name)
    code = [each.__name__ for each in (onnx_file, onnx_graph, hearing, foreign_files)]
    running = [each.__name__ for each in (windows, decoding, openvino)]
    return OnnxCard(
        name=spec.name,
        preprocessing=wanted.words,
        licence="of the file's author",
        made_of={"file": file.digest, "read": wanted.model_dump()},
        modules=tuple(code),
        build=lambda card: _build(card, file, wanted, spec.name),
        engine=lambda: engines.planned("onnx"),
        engine_modules=(__name__, *running),
    )


def _build(card: OnnxCard, file: OnnxFile, wanted: SoundInput, where: str) -> OnnxAudioEncoder:
    from openvino import Model

    graph = file.graph()
    ranks = [(each.any_name, each.partial_shape.rank) for each in graph.inputs]
    rank = 3 if wanted.input == "log-mel" else 2
    fitting = [name for name, each in ranks if each.is_static and each.get_length() == rank]
    names = fitting if graph.inputs[1:] else [name for name, _ in ranks]
    if len(names) != 1:
        shown = ", ".join(f"{each.any_name} {each.partial_shape}" for each in graph.inputs)
        raise UserError(f"{where}: one input of recordings is needed: it has {shown}")
    port = graph.input(names[0])
    sides = port.partial_shape if port.partial_shape.rank.is_static else []
    shape = [side.get_length() if side.is_static else None for side in sides]
    fitted = wanted.fitted(shape, str(port.element_type.to_dtype()), where)
    with onnx_file.readable(where, f"its input {port.partial_shape} takes no single recording"):
        given = list(fitted.prepared(np.zeros(fitted.samples or decoding.RATE, np.float32)).shape)
        if not fitted.samples:
            given[1] = -1
        graph.reshape({names[0]: given})
    port, words = onnx_graph.output(graph, card.made_of.get("layer", wanted.output), names, where)
    made = port.partial_shape
    if made.rank.is_dynamic or len(made) not in (2, 3, 4) or (made[0].is_static and made[0] != 1):
        raise UserError(f"{where}: its output {made} is no vector, map or tokens of one recording")
    with onnx_file.readable(where, "cannot be cut there"):
        own = [each for each in graph.get_parameters() if names[0] in each.output(0).names]
        network = Model([port], own)
    return OnnxAudioEncoder(card, network, onnx_graph.parameters(network), fitted, words)
