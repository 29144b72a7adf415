"""Documents in, a searchable index out.

``python -m index build DIR --out INDEX`` and ``python -m index info INDEX``.
"""

from index.build import BuildReport, build_index
from index.cli import CommandParser
from index.encoder import BUILT_IN, STATIC, Encoder, SentenceEncoder, fingerprint, load_encoder
from index.errors import (
    BuildFailed,
    CitationError,
    IndexBusy,
    IndexMismatch,
    IndexNotFound,
    InvalidGold,
    InvalidMetadata,
    ModelNotFound,
    NoDocuments,
    Refused,
    UnreadableDocument,
    ZhengwenError,
)
from index.lexical import commonness, is_common_noun_or_verb, segment, tokenize
from index.library import Entry, Library
from index.normalize import fold
from index.sentences import sentence_spans
from index.store import Manifest, PassageIndex, read_manifest
from index.types import Document, Passage, Published

__all__ = [
    "BUILT_IN",
    "STATIC",
    "BuildFailed",
    "BuildReport",
    "CitationError",
    "CommandParser",
    "Document",
    "Encoder",
    "Entry",
    "IndexBusy",
    "IndexMismatch",
    "IndexNotFound",
    "InvalidGold",
    "InvalidMetadata",
    "Library",
    "Manifest",
    "ModelNotFound",
    "NoDocuments",
    "Passage",
    "PassageIndex",
    "Published",
    "Refused",
    "SentenceEncoder",
    "UnreadableDocument",
    "ZhengwenError",
    "build_index",
    "commonness",
    "fingerprint",
    "fold",
    "is_common_noun_or_verb",
    "load_encoder",
    "read_manifest",
    "segment",
    "sentence_spans",
    "tokenize",
]
