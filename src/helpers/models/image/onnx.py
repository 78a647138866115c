"""Networks of images in ONNX files, run by OpenVINO: preprocessing from a card."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from helpers.core.errors import UserError
from helpers.models import foreign_files, onnx_file, onnx_graph
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.image import reading
from helpers.models.image.reading import Reading
from helpers.models.inference import engines, images, openvino
from helpers.models.kinds import ModelSpec
from helpers.models.onnx_file import OnnxFile

NUMBERS = ("f16", "f32", "f64", "u8", "u16", "u32", "u64", "i16", "i32", "i64")  # hold 0 to 255


@dataclass(frozen=True, kw_only=True)
class OnnxCard(ModelCard):
    """A network in a file; ``NAME@OUTPUT`` takes the features from a tensor by its name."""

    def at(self, layer: str) -> "OnnxCard":
        """Describe the same network up to a tensor."""
        name, made_of = f"{self.name}@{layer}", self.made_of | {"layer": layer}
        return replace(self, name=name, made_of=made_of)


@dataclass(frozen=True)
class OnnxNetwork(LoadedModel):
    """A graph from an image to features, which is run but not trained here."""

    reading: Any  # a Reading of images, or what prepares other items
    words: str

    untrainable = "networks in ONNX files are probed; to fine-tune, take a Keras model"

    def compile(self, network: Any, threads: int | None = None) -> images.ImageEngine:
        """Make the network ready to run."""
        compiled, shape = openvino.compile_graph(network, threads), tuple(network.output().shape)
        return images.ImageEngine(compiled, self.reading.prepared, shape[1:])

    def about(self, network: Any, engine: Any) -> dict[str, Any]:
        """Describe the model and what it expects, as plain values."""
        said = f"{self.reading.words}; the features are {self.words}"
        return super().about(network, engine) | {"preprocessing": said}


def card(spec: ModelSpec) -> OnnxCard:
    """Describe a network; raises UserError for what is no ONNX file."""
    file = onnx_file.find(spec)
    theirs = file.beside("preprocessor_config.json")
    wanted = reading.of(file.path.with_suffix(".yaml"), theirs, spec.name)
    return OnnxCard(
        name=spec.name,
        preprocessing=wanted.words,
        licence="of the file's author",
        made_of={"file": file.digest, "size": spec.size, "read": wanted.model_dump()},
        modules=tuple(each.__name__ for each in (onnx_file, onnx_graph, reading, foreign_files)),
        build=lambda card: _build(card, file, wanted, spec),
        engine=lambda: engines.planned("onnx"),
        engine_modules=(__name__, images.__name__, openvino.__name__),
    )


def _build(card: OnnxCard, file: OnnxFile, wanted: Reading, spec: ModelSpec) -> OnnxNetwork:
    from openvino import Model

    where, graph = spec.name, file.graph()
    ranks = [(each.any_name, each.partial_shape.rank) for each in graph.inputs]
    ours = [name for name, rank in ranks if rank.is_static and rank.get_length() == 4]
    if len(ours) != 1:
        shown = ", ".join(f"{each.any_name} {each.partial_shape}" for each in graph.inputs)
        raise UserError(f"{where}: one input of images is needed, [N, C, H, W]: it has {shown}")
    graph, fitted = _shaped(graph, ours[0], wanted, spec)
    layer = card.made_of.get("layer", wanted.output)
    port, words = onnx_graph.output(graph, layer, ours, where)
    with onnx_file.readable(where, "cannot be cut there"):
        port = onnx_graph.pooled(port, fitted.layout == "nhwc", where)
        own = [each for each in graph.get_parameters() if ours[0] in each.output(0).names]
        network = Model([port], own)
    return OnnxNetwork(card, network, onnx_graph.parameters(network), fitted, words)


def _shaped(graph: Any, name: str, wanted: Reading, spec: ModelSpec) -> tuple[Any, Reading]:
    """Find the layout that a graph takes, and give it one image of a fixed size."""
    port, found, refused = graph.input(name), [], []
    shape = [side.get_length() if side.is_static else None for side in port.partial_shape]
    for layout, channels in product(("nchw", "nhwc"), (3, 1)):
        at = 1 if layout == "nchw" else 3
        if wanted.layout not in (None, layout) or shape[at] not in (None, channels):
            continue
        try:
            sides = (*(shape[2:] if at == 1 else shape[1:3]), channels)
            if (number := port.element_type.get_type_name()) not in NUMBERS:
                raise UserError(f"{spec.name}: its input is of {number}, which no pixel is")
            dtype = str(port.element_type.to_dtype())
            fitted = wanted.fitted(sides, spec.size, dtype, spec.name)
            fitted, one = fitted.model_copy(update={"layout": layout}), graph.clone()
            whole = [1, *fitted.sides]
            whole.insert(at, channels)
            one.reshape({name: whole})
            found.append((one, fitted))
        except (UserError, RuntimeError) as error:
            refused.append(error)
    if len(found) > 1:
        raise UserError(f"{spec.name}: its input {shape} is ambiguous: put `layout` in a card")
    with onnx_file.readable(spec.name, f"its input {shape} takes no single image"):
        if not found:
            raise (refused or [RuntimeError("1 or 3 channels are needed")])[0]
    return found[0]
