"""The encoder's graph for onnxruntime, whose weights stay in ``model.safetensors``.

ONNX lets a tensor lie in another file, by offset and length; the weights there are in half precision. For
the products of matrices they are made 8-bit integers by nodes of the graph that depend on nothing else,
which onnxruntime works out once while loading. So one file of weights serves sentence-transformers and us.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from torch import Tensor, nn
from transformers import AutoModel

from index.transformer import GRAPH
from train.tracing import trace

_WEIGHTS: Final = "model.safetensors"
_LARGE: Final = 100_000  # numbers: smaller tensors stay in the graph
_QUANTISED: Final = "_quantized"  # how onnxruntime names a weight in 8 bits


class _Mean(nn.Module):
    """An encoder's mean over the tokens, of length one."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
        )

    def forward(self, ids: Tensor) -> Tensor:
        states = self.encoder(input_ids=ids).last_hidden_state
        return nn.functional.normalize(states.mean(1), dim=-1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor lies in the file of weights, and whether it lies there turned."""

    name: str
    shape: tuple[int, ...]
    offset: int
    length: int
    turned: bool


def write_graph(folder: Path) -> None:
    """Write the graph into a folder that sentence-transformers loads."""
    with TemporaryDirectory() as name:
        prepared, small = Path(name) / "prepared.onnx", Path(name) / "small.onnx"
        trace(_Mean(folder), {"vectors": {0: "texts"}}, prepared)
        # Seven bits of the eight: processors without VNNI overflow with the last.
        quantize_dynamic(
            prepared, small, ["MatMul"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
        model = onnx.load(small)
        _take_out(model.graph, onnx.load(prepared).graph, folder / _WEIGHTS)
    (folder / GRAPH).write_bytes(model.SerializeToString())


def _take_out(graph: Any, before: Any, weights: Path) -> None:
    """Let the large tensors of a graph lie in the file of weights."""
    full = {each.name: numpy_helper.to_array(each) for each in before.initializer}
    places = dict(_places(weights))
    kept: list[Any] = []
    first: list[Any] = []
    after: dict[str, _Place] = {}
    for tensor in graph.initializer:
        name = tensor.name.removesuffix(_QUANTISED)
        place = places.get(_key(full[name])) if name in full and full[name].size > _LARGE else None
        if place is None:
            kept.append(tensor)
        elif tensor.name != name:
            kept.append(_outside(place.name, place, weights.name))
            first += _quantising(name, place)
        else:  # embeddings: what is looked up is made full
            kept.append(_outside(name, place, weights.name))
            after[name] = place
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(first)
    for node in nodes:
        graph.node.append(node)
        if node.op_type == "Gather" and node.input[0] in after:
            (out,) = node.output
            graph.node[-1].output[0] = f"{out}_half"
            graph.node.append(helper.make_node("Cast", [f"{out}_half"], [out], to=TensorProto.FLOAT))


def _quantising(name: str, place: _Place) -> Iterator[Any]:
    """The nodes that make a weight in half precision one of 8 bits, by the factors that the graph has."""
    yield helper.make_node("Cast", [place.name], [f"{name}_full"], to=TensorProto.FLOAT)
    source = f"{name}_full"
    if place.turned:
        yield helper.make_node("Transpose", [source], [f"{name}_turned"], perm=[1, 0])
        source = f"{name}_turned"
    factors = [f"{name}_scale", f"{name}_zero_point"]
    yield helper.make_node("QuantizeLinear", [source, *factors], [f"{name}{_QUANTISED}"], axis=1)


def _outside(name: str, place: _Place, file: str) -> Any:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT16, dims=place.shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", file), ("offset", place.offset), ("length", place.length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _places(weights: Path) -> Iterator[tuple[tuple[tuple[int, ...], bytes], _Place]]:
    """Every tensor of a file of weights, as it lies there and turned, by its shape and first numbers."""
    with weights.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        head: Mapping[str, Any] = json.loads(file.read(size))
    for name, tensor in load_file(weights).items():
        start, end = head[name]["data_offsets"]
        single = tensor.astype(np.float32)
        place = _Place(name, tensor.shape, 8 + size + start, end - start, turned=False)
        if single.ndim == 2:
            yield _key(single.T), _Place(name, tensor.shape, place.offset, place.length, turned=True)
        yield _key(single), place


def _key(tensor: NDArray[np.float32]) -> tuple[tuple[int, ...], bytes]:
    rows = np.ascontiguousarray(tensor[:4] if tensor.ndim > 1 else tensor)
    return tensor.shape, rows.tobytes()
