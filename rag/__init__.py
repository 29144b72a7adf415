"""Question in, cited answer out.

from rag import Assistant, Retriever

retriever = Retriever.load(".index")
hits = retriever.search("钱塘2025年一季度规上工业增加值是多少?", k=5)
answer = Assistant(retriever).ask("钱塘2025年一季度规上工业增加值是多少?")
"""

from index import (
    CitationError,
    CommandParser,
    Document,
    IndexMismatch,
    IndexNotFound,
    InvalidGold,
    InvalidMetadata,
    ModelNotFound,
    NoDocuments,
    Passage,
    Published,
    UnreadableDocument,
    ZhengwenError,
    fold,
)
from rag.assistant import Assistant
from rag.citations import without_dates
from rag.retriever import Retriever
from rag.types import Answer, Citation, Hit

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CitationError",
    "CommandParser",
    "Document",
    "Hit",
    "IndexMismatch",
    "IndexNotFound",
    "InvalidGold",
    "InvalidMetadata",
    "ModelNotFound",
    "NoDocuments",
    "Passage",
    "Published",
    "Retriever",
    "UnreadableDocument",
    "ZhengwenError",
    "fold",
    "without_dates",
]
