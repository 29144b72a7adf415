"""A reader for a CPU: ``python -m train export READER --out FOLDER`` writes what `rag.reader` loads.

ONNX with weights of 8 bits, checked against the network it was made from.
"""

from __future__ import annotations

import json
import statistics
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.jit import TracerWarning  # type: ignore[attr-defined]

from index import ZhengwenError
from rag.reader import FORMAT, LONGEST, NETWORK, SETTINGS, TOKENIZER, Extract, Reader
from train.reader.card import Run, load_runs, write_card
from train.reader.groups import load_groups
from train.reader.model import ReaderNetwork
from train.reader.tokens import SEP

try:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process
except ImportError:  # onnxruntime or onnx, extras: `export` says so
    quantize_dynamic = None

_OPSET: Final = 18
_PAIRS: Final = 200  # questions with a passage that both networks read
_SAME: Final = 1e-3
"""By how much ONNX in single precision may differ, in probability and score."""
_AGREEMENT: Final = 0.9
"""The share of pairs on which 8 bits must come to the same answer."""
_PASSAGES: Final = 10
_CHARACTERS: Final = 350
_CORES: Final = 2
_TIMED: Final = 5  # questions


class ExportFailed(ZhengwenError):
    """What was exported doesn't do what the network does."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came out: bytes, the differences found, and seconds for a question with ten passages on two cores."""

    size: int
    difference: float
    agreement: float
    seconds: float


class TorchNetwork:
    """A network of torch in the place of an onnxruntime session."""

    def __init__(self, network: ReaderNetwork) -> None:
        """Wrap a trained network."""
        self._network = network

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        """Do as the exported network does."""
        with torch.inference_mode():
            outputs = self._network(*(torch.from_numpy(input_feed[name]) for name in ("ids", "types")))
        return [output.numpy() for output in outputs]


def export(reader: Path, out: Path, agreement: float = _AGREEMENT) -> ExportReport:
    """Export a trained reader and check it on questions it was trained on.

    :raises ExportFailed: if it differs from the network; nothing is left in ``out`` then.
    """
    if quantize_dynamic is None:
        raise ExportFailed("the export needs onnxruntime and onnx: pip install onnxruntime onnx")
    network = ReaderNetwork.load(reader)
    tokenizer = Tokenizer.from_file(str(reader / TOKENIZER))
    pairs = _pairs(reader)
    with TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain", Path(folder) / "small"
        _write_plain(network, tokenizer, plain)
        wanted = _read(Reader(TorchNetwork(network), tokenizer, network.length), pairs)
        difference = _difference(wanted, _read(Reader.load(plain), pairs))
        if difference > _SAME:
            raise ExportFailed(f"the exported network differs by {difference:.4f}, more than {_SAME}")
        _quantise(plain, small)
        found = _read(Reader.load(small), pairs)
        agreed = statistics.mean(_agree(a, b) for a, b in zip(wanted, found, strict=True))
        if agreed < agreement:
            raise ExportFailed(
                f"with 8 bits only {agreed:.1%} of the answers are the same, less than {agreement:.0%}; "
                f"train longer, or accept it with --agreement"
            )
        out.mkdir(parents=True, exist_ok=True)
        for name in (NETWORK, TOKENIZER, SETTINGS):
            copyfile(small / name, out / name)
    size = sum((out / name).stat().st_size for name in (NETWORK, TOKENIZER, SETTINGS))
    report = ExportReport(size, difference, agreed, _seconds(out, pairs))
    _write_export_card(reader, out, network, report)
    return report


def _pairs(reader: Path) -> list[tuple[str, str]]:
    """Questions, each with the passage that answers it or, where none does, one that doesn't."""
    groups = load_groups(reader)
    return [
        (g.question, groups.passages[g.negatives[0] if g.positive is None else g.positive])
        for g in groups.groups[:_PAIRS]
    ]


def _write_plain(network: ReaderNetwork, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the network in single precision."""
    folder.mkdir()
    example = torch.full((2, 16), SEP), torch.zeros((2, 16), dtype=torch.long)
    by_text, by_token = {0: "texts"}, {0: "texts", 1: "tokens"}
    with _quiet():
        torch.onnx.export(
            network,
            example,
            str(folder / NETWORK),
            input_names=["ids", "types"],
            output_names=["answers", "starts", "ends"],
            dynamic_axes={"answers": by_text} | dict.fromkeys(("ids", "types", "starts", "ends"), by_token),
            opset_version=_OPSET,
            dynamo=False,
        )
    tokenizer.save(str(folder / TOKENIZER))
    settings = {"format": FORMAT, "length": network.length, "longest": LONGEST}
    (folder / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's warnings: that it has a successor, which needs a further library, and that it
    follows one example through the network. What comes out is compared with the network on real texts.
    """
    with warnings.catch_warnings():
        for category in (DeprecationWarning, TracerWarning, UserWarning):
            warnings.simplefilter("ignore", category)
        yield


def _quantise(plain: Path, small: Path) -> None:
    """Bring the weights to 8 bits, of which 7 are used: processors without VNNI overflow with the eighth."""
    small.mkdir()
    prepared = str(small / "prepared.onnx")
    quant_pre_process(str(plain / NETWORK), prepared, skip_symbolic_shape=True)
    quantize_dynamic(
        prepared, str(small / NETWORK), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    for name in (TOKENIZER, SETTINGS):
        copyfile(plain / name, small / name)


def _read(reader: Reader, pairs: Sequence[tuple[str, str]]) -> list[Extract]:
    return [reader.read(question, [passage])[0] for question, passage in pairs]


def _difference(wanted: Sequence[Extract], found: Sequence[Extract]) -> float:
    return max(
        max(abs(a.probability - b.probability), abs(a.score - b.score))
        for a, b in zip(wanted, found, strict=True)
    )


def _agree(wanted: Extract, found: Extract) -> bool:
    """Whether both say that the passage answers, with the same words, or both that it doesn't."""
    says = wanted.probability >= 0.5
    return says == (found.probability >= 0.5) and (
        not says or (wanted.start, wanted.end) == (found.start, found.end)
    )


def _seconds(folder: Path, pairs: Sequence[tuple[str, str]]) -> float:
    """The median time for a question with ten full passages on two cores."""
    reader = Reader.load(folder, threads=_CORES)
    text = "".join(passage for _, passage in pairs)
    text *= -(-_PASSAGES * _CHARACTERS // len(text))
    passages = [text[n * _CHARACTERS : (n + 1) * _CHARACTERS] for n in range(_PASSAGES)]
    taken = []
    for question, _ in pairs[:_TIMED]:
        started = time.perf_counter()
        reader.read(question, passages)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _write_export_card(reader: Path, out: Path, network: ReaderNetwork, report: ExportReport) -> None:
    facts = {
        "megabytes": round(report.size / 1e6, 1),
        "largest difference of single precision": f"{report.difference:.1e}",
        "same answers with 8 bits": f"{report.agreement:.1%}",
        f"seconds for {_PASSAGES} passages of {_CHARACTERS} characters on {_CORES} cores": round(
            report.seconds, 3
        ),
    }
    options = {"opset": _OPSET, "weights": "8 bits, per channel", "torch": torch.__version__}
    parameters = sum(parameter.numel() for parameter in network.parameters())
    write_card(out, Run("export", options, parameters, facts=facts, before=load_runs(reader)))
