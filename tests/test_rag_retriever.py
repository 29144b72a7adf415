"""Searching the seeds and small indexes: what is found, in which order, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from index import IndexMismatch, IndexNotFound, build_index
from rag import Hit, Retriever
from rag.retriever import fuse


@pytest.fixture(scope="module")
def retriever(seeds_index: Path) -> Retriever:
    return Retriever.load(seeds_index)


def found(hits: list[Hit]) -> list[tuple[str, float]]:
    return [(hit.passage.passage_id, hit.score) for hit in hits]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("2025年一季度钱塘规上工业增加值是多少?", "增加值达171.51亿元"),
        ("“55830”是什么意思?", "第一个“5”指形成五千亿级产业规模"),
        ("富芯半导体一期项目", "投资180亿元的富芯半导体一期项目"),
        ("杭州核酸药谷", "“杭州核酸药谷”揭牌启航"),
    ],
)
def test_the_passage_that_answers_is_among_the_first(query: str, words: str, retriever: Retriever) -> None:
    assert any(words in hit.passage.text for hit in retriever.search(query, k=3))


@pytest.mark.parametrize(
    ("other", "plain"),
    [
        ("富芯半導體一期項目投資了多少錢", "富芯半导体一期项目投资了多少钱"),
        ("２０２３年１－５月规上工业增加值", "2023年1-5月规上工业增加值"),
        ("ＡＩ 与 c919", "AI 与 C919"),
        ("“未来工厂”", '"未来工厂"'),
    ],
)
def test_traditional_characters_width_and_case_make_no_difference(
    other: str, plain: str, retriever: Retriever
) -> None:
    assert found(retriever.search(other)) == found(retriever.search(plain))


def test_hits_are_ranked_scored_and_stand_in_their_documents(retriever: Retriever) -> None:
    hits = retriever.search("钱塘的未来工厂", k=20)
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.passage_id for hit in hits}) == 20
    for hit in hits:
        passage = hit.passage
        assert retriever.documents[passage.doc_id].text[passage.start : passage.end] == passage.text


def test_k_is_clamped_to_what_there_is(retriever: Retriever) -> None:
    everything = retriever.search("钱塘", k=10**9)
    assert len(everything) == len(retriever.index.passages)
    assert found(retriever.search("钱塘", k=1)) == found(everything[:1])


@pytest.mark.parametrize("k", [0, -1])
def test_k_is_at_least_one(k: int, retriever: Retriever) -> None:
    with pytest.raises(ValueError, match=str(k)):
        retriever.search("钱塘", k)


def test_ties_go_by_passage_id(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    for name in ("c", "a", "d", "b"):
        (tmp_path / "documents" / f"{name}.txt").write_text(
            "新区共有17个项目纳入清单。\n", encoding="utf-8"
        )
    build_index(tmp_path / "documents", tmp_path / "index")
    hits = Retriever.load(tmp_path / "index").search("清单里有几个项目?", k=3)
    assert len({hit.score for hit in hits}) == 1
    assert [hit.passage.doc_id for hit in hits] == ["a.txt", "b.txt", "c.txt"]


def test_a_batch_is_the_searches_one_by_one(retriever: Retriever) -> None:
    queries = ["钱塘有多少所大学?", "", "富芯半导体", "钱塘有多少所大学?", "?"]
    assert retriever.search_batch(queries, k=4) == [retriever.search(query, k=4) for query in queries]
    assert retriever.search_batch([]) == []


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_query_is_too_odd(retriever: Retriever, query: str) -> None:
    hits = retriever.search(query, k=5)
    assert len(hits) == 5
    assert all(0 <= hit.score <= 1 + 1e-6 for hit in hits)


@pytest.mark.parametrize("query", ["\ud800", "\x00", "😀" * 500, "的" * 5000, "1" * 5000, " \n\t"])
def test_nor_are_these(query: str, retriever: Retriever) -> None:
    assert len(retriever.search(query, k=5)) == 5


def test_the_documents_are_those_of_the_folder(retriever: Retriever, seeds_dir: Path) -> None:
    assert sorted(retriever.documents) == sorted(path.name for path in seeds_dir.glob("*.txt"))
    assert all(doc_id == document.doc_id for doc_id, document in retriever.documents.items())


def test_another_model_than_the_one_of_the_index_is_refused(seeds_index: Path) -> None:
    with pytest.raises(IndexMismatch, match=r"built-in.*other/model"):
        Retriever.load(seeds_index, model="other/model")


def test_a_model_that_is_no_longer_the_same_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("新区共有17个项目纳入清单。", encoding="utf-8")
    build_index(tmp_path, tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    values = json.loads(manifest.read_text(encoding="utf-8"))
    values["config"]["fingerprint"] = [number + 0.1 for number in values["config"]["fingerprint"]]
    manifest.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="index build"):
        Retriever.load(tmp_path / "index")


def test_a_folder_without_an_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="index build"):
        Retriever.load(tmp_path / "nowhere")
    with pytest.raises(IndexNotFound):
        Retriever.load(str(tmp_path))


_SCORES = st.integers(1, 8).flatmap(
    lambda size: st.tuples(
        npst.arrays(np.float32, size, elements=st.floats(-1, 1, width=32)),
        npst.arrays(np.float32, size, elements=st.floats(0, 50, width=32)),
    )
)


@given(_SCORES)
def test_fused_scores_lie_between_nought_and_one_and_keep_an_order_both_agree_on(
    scores: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> None:
    cosines, lexical = scores
    fused = fuse(cosines, lexical)
    assert fused.shape == cosines.shape
    assert np.all((fused >= 0) & (fused <= 1 + 1e-6))
    better = (cosines[:, None] >= cosines) & (lexical[:, None] >= lexical)
    assert np.all((fused[:, None] >= fused - 1e-6) | ~better)


def test_of_no_candidates_nothing_is_fused() -> None:
    nothing = np.empty(0, np.float32)
    assert len(fuse(nothing, nothing)) == 0
