"""A trained reader as `rag.reader` loads it: ONNX in 8 bits, checked against the network it was made from.

Weights are whole numbers with a factor for every 32 of them (MatMulNBits), and so are, while it runs, the
values they meet. With one factor for all values of a text (`quantize_dynamic`) few outliers made the rest
coarse: of 60 answers 40 were the same as before, in this way 56, at the same size and speed.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from tqdm import tqdm

from index import ZhengwenError
from rag.reader import NETWORK, TOKENIZER, Reader
from train.reader.groups import Groups
from train.reader.network import ReaderNetwork
from train.reader.training import Progress
from train.tracing import trace

AGREEMENT: Final = 0.9
"""The share of pairs on which 8 bits must say the same."""
LARGEST: Final = 45e6  # bytes
_DOMAIN: Final = "com.microsoft"
_BLOCK: Final = 32  # weights with a factor of their own
_INTEGERS: Final = 4  # compute in whole numbers of 8 bits (accuracy_level)
_PAIRS: Final = 200  # questions with a passage that both read

_CARD: Final = """\
# The reader of 政问

Reads a question and a passage together: whether the passage answers, with which token the answer starts and ends, which tokens belong to it. Apache-2.0; ONNX in 8 bits, {size:.0f} MB; `rag/reader.py` runs it.

By `python -m train reader` ([docs/training.md](../../docs/training.md)) from multilingual-e5-small (MIT), its vocabulary cut to Chinese and English: {steps:,} steps in {minutes:.0f} minutes, {tokens:.1f} M tokens. Losses at the end: {losses}. In 8 bits {answers:.1%} of the passages are judged as before, and {spans:.1%} of the answers are the same.

| data | questions | licence as stated by its source |
|---|--:|---|
{data}
None of these texts is in the repository, and nothing of them stands in the dev sets. Of the questions that are ours, those on one document in twelve were set aside, for the weights of the confidence.
"""


class ExportFailed(ZhengwenError):
    """What was exported doesn't do what the network does, or is too large."""


@dataclass(frozen=True, slots=True)
class Report:
    """Bytes, and the shares of pairs on which 8 bits say the same: whether a passage answers, and with which words."""

    size: int
    answers: float
    spans: float


class TorchSession:
    """A network of torch in the place of an onnxruntime session."""

    def __init__(self, network: ReaderNetwork) -> None:
        """Wrap a network."""
        self._network = network

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        """Do as the exported network does."""
        with torch.inference_mode():
            return [output.numpy() for output in self._network(torch.from_numpy(input_feed["ids"]))]


def export(
    network: ReaderNetwork, base: Path, groups: Groups, out: Path, least: float = AGREEMENT
) -> Report:
    """Export a trained network and check it on questions.

    :raises ExportFailed: if 8 bits agree with it on less than the ``least`` share; nothing is written then.
    """
    with TemporaryDirectory() as folder:
        small = Path(folder)
        _write(network.eval(), small / NETWORK)
        copyfile(base / TOKENIZER, small / TOKENIZER)
        whole = Reader(TorchSession(network), Tokenizer.from_file(str(base / TOKENIZER)))
        report = _compare(whole, Reader.load(small), groups, (small / NETWORK).stat().st_size)
        if report.size > LARGEST:
            raise ExportFailed(f"the reader has {report.size / 1e6:.0f} MB, more than {LARGEST / 1e6:.0f}")
        if min(report.answers, report.spans) < least:
            raise ExportFailed(
                f"with 8 bits only {report.answers:.1%} of the passages are judged as before, and "
                f"{report.spans:.1%} of the answers the same; at least {least:.0%} have to be: train longer"
            )
        out.mkdir(parents=True, exist_ok=True)
        for name in (NETWORK, TOKENIZER):
            copyfile(small / name, out / name)
    return report


def _write(network: ReaderNetwork, path: Path) -> None:
    """Write a network in 8 bits."""
    prepared = path.with_suffix(".prepared")
    trace(network, {"answers": {0: "texts"}, "tokens": {0: "texts", 1: "tokens"}}, prepared)
    embedded = str(path.with_suffix(".embedded"))
    quantize_dynamic(str(prepared), embedded, weight_type=QuantType.QInt8, op_types_to_quantize=["Gather"])
    model = onnx.load(embedded)
    _pack_products(model)
    onnx.save(model, str(path))


def _pack_products(model: Any) -> None:
    """Bring the weights of all products of matrices to 8 bits, in blocks along the rows."""
    graph = model.graph
    weights = {each.name: each for each in graph.initializer}
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in weights:
            continue
        rows, columns = weights[node.input[1]].dims
        if rows % _BLOCK:
            continue
        weight = weights.pop(node.input[1])
        blocks = numpy_helper.to_array(weight).T.reshape(columns, -1, _BLOCK)
        factors = np.maximum(np.abs(blocks).max(axis=2), 1e-9).astype(np.float32) / 127
        numbers = (np.rint(blocks / factors[..., None]) + 128).astype(np.uint8)
        parts = {f"{weight.name}_numbers": numbers, f"{weight.name}_factors": factors.ravel()}
        graph.initializer.remove(weight)
        graph.initializer.extend(numpy_helper.from_array(part, name) for name, part in parts.items())
        sizes = {"K": rows, "N": columns, "bits": 8, "block_size": _BLOCK, "accuracy_level": _INTEGERS}
        inputs = [node.input[0], *parts]
        new = helper.make_node("MatMulNBits", inputs, node.output, node.name, domain=_DOMAIN, **sizes)
        node.CopyFrom(new)
    if _DOMAIN not in {each.domain for each in model.opset_import}:
        model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))


def _compare(whole: Reader, small: Reader, groups: Groups, size: int) -> Report:
    """Read questions, each with a passage that answers or the nearest that doesn't, with both readers."""
    judged: list[float] = []
    same: list[float] = []
    for group in tqdm(groups.groups[:_PAIRS], desc="comparison", unit="question", leave=False):
        rows = [*(row for row, _ in group.places), *group.near, *group.candidates][:1]
        for passage in [groups.passages[row] for row in rows]:
            before, after = (reader.read(group.question, [passage])[0] for reader in (whole, small))
            judged.append((before.answers > 0) == (after.answers > 0))
            if group.places:
                same.append(before.span()[:2] == after.span()[:2])
    return Report(size, statistics.fmean(judged or [1.0]), statistics.fmean(same or [1.0]))


def write_card(groups: Groups, progress: Progress, report: Report) -> str:
    """Word the reader's card."""
    rows = (f"| {origin} | {questions:,} | {licence} |\n" for origin, licence, questions in groups.data)
    return _CARD.format(
        size=report.size / 1e6,
        steps=progress.steps,
        minutes=progress.seconds / 60,
        tokens=progress.tokens / 1e6,
        losses=", ".join(f"{name} {value:.2f}" for name, value in progress.losses.items()),
        answers=report.answers,
        spans=report.spans,
        data="".join(rows),
    )
