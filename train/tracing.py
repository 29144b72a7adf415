"""A network of torch as ONNX in single precision, prepared to be brought to 8 bits."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from train.base import END

_OPSET: Final = 18


def trace(network: nn.Module, outputs: Mapping[str, Mapping[int, str]], path: Path) -> None:
    """Write a network that takes ``ids`` (texts, tokens).

    :param outputs: the names of what it gives, with those of the axes that change in length.
    """
    plain = path.with_suffix(".plain")
    with warnings.catch_warnings():
        # The exporter has a successor, which needs a further library, and it follows one example through
        # the network; what comes out is compared with the network on real texts.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (torch.full((2, 16), END),),
            str(plain),
            input_names=["ids"],
            output_names=list(outputs),
            dynamic_axes={"ids": {0: "texts", 1: "tokens"}, **outputs},
            opset_version=_OPSET,
            dynamo=False,
        )
        quant_pre_process(str(plain), str(path), skip_symbolic_shape=True)
