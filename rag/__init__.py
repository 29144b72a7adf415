"""Question in, cited answer out.

from rag import Assistant, Retriever

retriever = Retriever.load(".index")
hits = retriever.search("钱塘2025年一季度规上工业增加值是多少?", k=5)
answer = Assistant(retriever).ask("钱塘2025年一季度规上工业增加值是多少?")
"""

from index import (
    BuildFailed,
    CitationError,
    CommandParser,
    Document,
    Entry,
    IndexBusy,
    IndexMismatch,
    IndexNotFound,
    InvalidGold,
    InvalidMetadata,
    Library,
    ModelNotFound,
    NoDocuments,
    Passage,
    Published,
    Refused,
    UnreadableDocument,
    ZhengwenError,
    fold,
)
from rag.assistant import Assistant
from rag.citations import without_dates
from rag.live import Live
from rag.reader import Reader
from rag.retriever import Retriever
from rag.types import Answer, Citation, Hit

__all__ = [
    "Answer",
    "Assistant",
    "BuildFailed",
    "Citation",
    "CitationError",
    "CommandParser",
    "Document",
    "Entry",
    "Hit",
    "IndexBusy",
    "IndexMismatch",
    "IndexNotFound",
    "InvalidGold",
    "InvalidMetadata",
    "Library",
    "Live",
    "ModelNotFound",
    "NoDocuments",
    "Passage",
    "Published",
    "Reader",
    "Refused",
    "Retriever",
    "UnreadableDocument",
    "ZhengwenError",
    "fold",
    "without_dates",
]
