"""The names that others rely on, and their forms; a change here is a change of the contract."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

import index
import rag
from index import Passage, ZhengwenError, build_index, load_encoder
from rag import Answer, Assistant, Citation, Hit, Live, Reader, Retriever

ROOT = Path(__file__).resolve().parents[1]

NAMES = {
    "index": """
        BUILT_IN STATIC BuildFailed BuildReport CitationError CommandParser Document Encoder Entry IndexBusy IndexMismatch IndexNotFound InvalidGold
        InvalidMetadata Library Manifest ModelNotFound NoDocuments Passage PassageIndex Published Refused SentenceEncoder
        UnreadableDocument ZhengwenError build_index commonness fingerprint fold is_common_noun_or_verb load_encoder read_manifest segment sentence_spans
        tokenize
    """,
    "rag": """
        Answer Assistant BuildFailed Citation CitationError CommandParser Document Entry Hit IndexBusy IndexMismatch
        IndexNotFound InvalidGold InvalidMetadata Library Live ModelNotFound NoDocuments Passage Published Reader Refused Retriever UnreadableDocument
        ZhengwenError fold without_dates
    """,
    "eval": """
        CitedQuote FoundPassage GoldItem QuestionScore Reply Scores Span answer_all load_gold load_replies
        save_run score
    """,
}


@pytest.mark.parametrize("package", NAMES)
def test_the_public_names(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__all__ == NAMES[package].split()
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("package", ["index", "rag", "eval", "ui"])
def test_the_packages_are_those_of_this_repository(package: str) -> None:
    # Their names are everyday names, which something installed may have as well.
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).resolve().parent == ROOT / package


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (Retriever.load, {"path": ..., "model": None}),
        (Retriever.search, {"query": ..., "k": 10}),
        (Retriever.search_batch, {"queries": ..., "k": 10}),
        (Assistant, {"retriever": ..., "reader": "built-in", "threshold": None}),
        (Reader.load, {}),
        (Live, {"path": ..., "reader": "built-in"}),
        (build_index, {"source": ..., "out": ..., "model": None, "progress": None}),
        (load_encoder, {"name": "built-in"}),
        (Assistant.ask, {"question": ..., "history": ()}),
    ],
)
def test_how_they_are_called(function: Callable[..., Any], parameters: dict[str, Any]) -> None:
    """Further parameters may follow, if they have defaults."""
    found = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    agreed = {p.name: ... if p.default is p.empty else p.default for p in found[: len(parameters)]}
    assert agreed == parameters
    assert all(p.default is not p.empty for p in found[len(parameters) :])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Hit, "rank score passage"),
        (Passage, "text doc_id start end heading"),
        (Answer, "question text citations hits refusal"),
        (Citation, "marker doc_id start end quote"),
    ],
)
def test_what_comes_out_has_the_agreed_fields_and_does_not_change(kind: type[Any], names: str) -> None:
    assert set(names.split()) <= {field.name for field in fields(kind)}
    value = kind(**{field.name: None for field in fields(kind)})
    with pytest.raises(FrozenInstanceError):
        setattr(value, names.split()[0], "changed")


def test_every_error_is_one_of_ours() -> None:
    errors = [
        value for value in vars(index).values() if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert ZhengwenError in errors
    assert all(issubclass(error, ZhengwenError) and error.__doc__ for error in errors)


def test_what_rag_hands_on_is_what_index_has() -> None:
    shared = set(rag.__all__) & set(index.__all__)
    assert {"Document", "Passage", "Published", "ZhengwenError", "fold"} <= shared
    assert all(getattr(rag, name) is getattr(index, name) for name in shared)
