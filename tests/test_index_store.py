"""The index and its folder: found again as it was written, or said to be damaged; never half."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index import Document, IndexBusy, IndexMismatch, IndexNotFound, Passage, PassageIndex, Published, store
from index.lexical import Words
from index.store import (
    IndexConfig,
    Manifest,
    building,
    load_signatures,
    load_words,
    read_manifest,
    write_manifest,
)

CONFIG = IndexConfig("built-in", 4, (0.1, 0.2))
SOURCES, SKIPPED = {"a b/甲.txt": "00ff"}, {"bad.txt": "bad.txt: not a text file"}
ODD_TEXT = "第一行\u2028又一行\x85再一行\x1c完。“引号”\\\\ 𠮷"


def unit(*rows: Sequence[float]) -> NDArray[np.float32]:
    vectors = np.array(rows, np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def made(vectors: NDArray[np.float32], doc_id: str = "a b/甲.txt", text: str = ODD_TEXT) -> PassageIndex:
    """An index of one document, a passage for each vector."""
    document = Document(
        doc_id,
        "题名\n两行",
        text,
        headings=((0, 3),),
        published=Published(date(2025, 5, 1), date(2025, 5, 31)),
        origins={"published": "落款"},
        url="https://example.org",
    )
    passages = [
        Passage(f"{doc_id}:{number:05d}", doc_id, number % 5, len(text), text[number % 5 :], "标题")
        for number in range(len(vectors))
    ]
    return PassageIndex.build([document], passages, words(len(vectors)), vectors)


def words(count: int) -> Words:
    """Words for so many passages: one that all have, and a number."""
    return Words.of(["词", str(number)] for number in range(count)).rows(np.arange(count))


def random_unit(count: int, dimension: int = 4) -> NDArray[np.float32]:
    return unit(*np.random.default_rng(1).standard_normal((count, dimension)))


def saved(index: PassageIndex, folder: Path, config: IndexConfig = CONFIG) -> Path:
    count = len(index.passages)
    data = index.save(folder, words(count), np.full((len(index.documents), 2), 7, np.uint32))
    write_manifest(
        folder, Manifest(config, "/documents", data, len(index.documents), count, SOURCES, SKIPPED)
    )
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


# --- search


def test_the_nearest_come_first() -> None:
    index = made(unit([0, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0]))
    rows, cosines = index.nearest(unit([1, 0, 0, 0])[0], 3)
    assert rows.tolist() == [2, 1, 0]
    assert cosines.tolist() == pytest.approx([1, 2**-0.5, 0])


@pytest.mark.parametrize(("k", "found"), [(-1, 0), (0, 0), (1, 1), (5, 5), (6, 5), (10**9, 5)])
def test_k_is_clamped(k: int, found: int) -> None:
    rows, cosines = made(random_unit(5)).nearest(random_unit(1)[0], k)
    assert len(rows) == len(cosines) == len(set(rows.tolist())) == found
    assert set(rows.tolist()) <= set(range(5))


@pytest.mark.parametrize("k", range(1, 41))
def test_ties_go_to_the_first_rows_whatever_k(k: int) -> None:
    same, other = unit([1, 2, 3, 4])[0], unit([4, 3, 2, 1])[0]
    vectors = np.array([other if row % 4 == 0 else same for row in range(40)])
    rows, _ = made(vectors).nearest(same, k)
    assert rows.tolist() == sorted(range(40), key=lambda row: (row % 4 == 0, row))[:k]


def test_a_query_of_no_words_is_near_to_nothing_and_still_answered() -> None:
    rows, cosines = made(random_unit(300)).nearest(np.zeros(4, np.float32), 7)
    assert rows.tolist() == list(range(7))
    assert cosines.tolist() == [0] * 7


def test_vectors_come_back_as_they_went_in() -> None:
    vectors = random_unit(20)
    index = made(vectors)
    assert index.vectors([3, 0, 3]).tobytes() == vectors[[3, 0, 3]].tobytes()
    assert index.vectors([]).shape == (0, 4)


# --- a graph instead of an exact search


@pytest.fixture
def small_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "HNSW_FROM", 1000)


@pytest.mark.usefixtures("small_graphs")
def test_from_its_size_on_a_graph_is_searched(tmp_path: Path) -> None:
    vectors = random_unit(1000, 16)
    exact, graph = made(vectors[:999]), made(vectors)
    assert [type(index.faiss_index).__name__ for index in (exact, graph)] == [
        "IndexFlatIP",
        "IndexHNSWFlat",
    ]
    loaded = PassageIndex.load(saved(graph, tmp_path))
    for query in random_unit(20, 16):
        truth = np.argsort(-(vectors @ query), kind="stable")[:10]
        rows, cosines = loaded.nearest(query, 10)
        assert len(set(rows) & set(truth)) >= 9
        assert cosines.tolist() == pytest.approx((vectors @ query)[rows].tolist(), abs=1e-6)
    assert loaded.vectors([999, 5]).tobytes() == vectors[[999, 5]].tobytes()
    assert loaded.faiss_index.hnsw.efSearch == graph.faiss_index.hnsw.efSearch > 100


@pytest.mark.usefixtures("small_graphs")
def test_a_graph_is_the_same_every_time(tmp_path: Path) -> None:
    vectors = random_unit(3000, 16)
    first, second = (contents(saved(made(vectors), tmp_path / name)) for name in "ab")
    assert first == second


@pytest.mark.usefixtures("small_graphs")
def test_a_graph_that_reaches_too_few_names_no_others() -> None:
    # Vectors all alike are neighbours only of each other: many are not reached from the entry.
    vectors = np.vstack([random_unit(500, 16), np.repeat(random_unit(1, 16), 700, axis=0)])
    rows, cosines = made(vectors).nearest(random_unit(3, 16)[2], 1200)
    assert len(rows) == len(set(rows.tolist())) == len(cosines)
    assert rows.min() >= 0


# --- the parts


def test_parts_of_different_length_are_refused() -> None:
    index = made(random_unit(3))
    parts: tuple[tuple[str, Any], ...] = (
        ("passages", index.passages[:2]),
        ("faiss_index", made(random_unit(4)).faiss_index),
        ("lexical", made(random_unit(4)).lexical),
    )
    for part, value in parts:
        with pytest.raises(IndexMismatch, match=r"'passages': \d, 'vectors': \d, 'word index': \d"):
            replace(index, **{part: value})


def test_documents_are_in_order_of_their_ids() -> None:
    documents = [Document(name, name, "文。") for name in ("b", "a", "c")]
    passages = [Passage(f"{name}:00001", name, 0, 2, "文。") for name in "abc"]
    index = PassageIndex.build(documents, passages, words(3), random_unit(3))
    assert list(index.documents) == ["a", "b", "c"]


# --- the folder


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    index = made(random_unit(12))
    loaded = PassageIndex.load(saved(index, tmp_path / "new" / "folder"))
    assert loaded.documents == index.documents
    assert list(loaded.passages) == list(index.passages)
    kept, given = load_words(tmp_path / "new" / "folder", loaded), words(12)
    assert (kept.vocabulary, kept.ids.tolist()) == (given.vocabulary, given.ids.tolist())
    assert kept.starts.tolist() == given.starts.tolist()
    assert load_signatures(tmp_path / "new" / "folder", loaded).tolist() == [[7, 7]]
    assert loaded.vectors(range(12)).tobytes() == index.vectors(range(12)).tobytes()
    assert loaded.lexical.scores(["词", "3"]).tobytes() == index.lexical.scores(["词", "3"]).tobytes()
    manifest = read_manifest(tmp_path / "new" / "folder")
    assert (manifest.config, manifest.documents, manifest.passages) == (CONFIG, 1, 12)
    assert (manifest.sources, manifest.skipped) == (SOURCES, SKIPPED)
    assert manifest.source == "/documents"


@pytest.mark.parametrize(
    "doc_id", ["a.txt", "目录/甲 乙.txt", 'quo"te\\.txt', "new\nline.txt", " .txt", "\u2028.txt"]
)
def test_any_name_of_a_document_survives(tmp_path: Path, doc_id: str) -> None:
    loaded = PassageIndex.load(saved(made(random_unit(3), doc_id), tmp_path))
    assert list(loaded.documents) == [doc_id]
    assert {passage.doc_id for passage in loaded.passages} == {doc_id}


def test_the_same_index_gives_the_same_bytes(tmp_path: Path) -> None:
    assert contents(saved(made(random_unit(5)), tmp_path / "a")) == contents(
        saved(made(random_unit(5)), tmp_path / "b")
    )


def test_a_new_index_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old = read_manifest(saved(made(random_unit(5)), tmp_path)).data
    new = read_manifest(saved(made(random_unit(6)), tmp_path)).data
    assert old != new
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", new}
    assert len(PassageIndex.load(tmp_path).passages) == 6


def test_what_killed_builds_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("new-123", "data-0123456789abcdef", "data-raw", "new-plans", "data-2025", "neu-1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text("文")
    (tmp_path / "new-7.json").write_text("{")
    (tmp_path / "notes.txt").write_text("文")
    data = read_manifest(saved(made(random_unit(5)), tmp_path)).data
    assert {path.name for path in tmp_path.iterdir()} == {
        *("manifest.json", data, "data-raw", "new-plans", "data-2025", "neu-1", "notes.txt")
    }


def test_the_manifest_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(made(random_unit(5)), tmp_path)
    before = contents(tmp_path)
    steps: list[str] = []
    for name in ("replace", "rename"):
        original: Callable[..., Any] = getattr(Path, name)

        def move(self: Path, target: Path, original: Callable[..., Any] = original) -> Any:
            assert before.items() <= contents(tmp_path).items(), "the old index was touched"
            steps.append(Path(target).name)
            if target.name == "manifest.json":
                data = json.loads(self.read_text(encoding="utf-8"))["data"]
                assert (tmp_path / data / "vectors.faiss").exists()
            return original(self, target)

        monkeypatch.setattr(Path, name, move)
    saved(made(random_unit(6)), tmp_path)
    assert steps == [read_manifest(tmp_path).data, "manifest.json"]


# --- no index, a damaged one, another version's


@pytest.mark.parametrize("name", ["", "none", "file"])
def test_no_index(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("文")
    for read in (read_manifest, PassageIndex.load):
        with pytest.raises(IndexNotFound, match="run: python -m index build DIR --out ") as caught:
            read(tmp_path / name)
        assert "\n" not in str(caught.value)


FILES = ["documents.jsonl", "passages.jsonl", "vectors.faiss"]
WORD_FILES = ["vocab.index.json", "params.index.json", "data.csc.index.npy", "indptr.csc.index.npy"]


@pytest.mark.parametrize("name", [*FILES, *(f"bm25/{name}" for name in WORD_FILES), "."])
@pytest.mark.parametrize("damage", ["gone", "empty", "torn", "other"])
def test_a_damaged_file(tmp_path: Path, name: str, damage: str) -> None:
    path = tmp_path / read_manifest(saved(made(random_unit(5)), tmp_path)).data / name
    if name == "." or damage == "gone":
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes({"empty": b"", "torn": data[: len(data) // 2], "other": b"\x93NUMPY[1]\n"}[damage])
    with pytest.raises(
        IndexNotFound, match=r"is damaged \(.*\); run: python -m index build DIR --out"
    ) as caught:
        PassageIndex.load(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["words/ids.npy", "words/starts.npy", "signatures.npy"])
@pytest.mark.parametrize("damage", ["gone", "empty", "torn", "other"])
def test_a_damaged_file_that_only_builds_read(tmp_path: Path, name: str, damage: str) -> None:
    index = PassageIndex.load(saved(made(random_unit(5)), tmp_path))
    path = tmp_path / read_manifest(tmp_path).data / name
    whole = path.read_bytes()
    other = np.lib.format.magic(1, 0) + b"nonsense"
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "torn": whole[:-4], "other": other}[damage])
    assert len(PassageIndex.load(tmp_path).passages) == 5
    with pytest.raises(IndexNotFound, match=r"is damaged \(.*\); run: python -m index build DIR --out"):
        load_signatures(tmp_path, index) if name == "signatures.npy" else load_words(tmp_path, index)


def test_a_damaged_index_is_mended_by_the_next_build(tmp_path: Path) -> None:
    before = contents(saved(made(random_unit(5)), tmp_path))
    (tmp_path / read_manifest(tmp_path).data / "vectors.faiss").write_bytes(b"damaged")
    assert contents(saved(made(random_unit(5)), tmp_path)) == before
    assert len(PassageIndex.load(tmp_path).passages) == 5


@pytest.mark.parametrize("text", ["", "{", '{"config"', "\x00", "[" * 5])
def test_a_damaged_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(IndexNotFound, match="can't be read"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "text", ["[]", "null", "5", "{}", '{"config": {}}', '{"config": null}', '{"config": {"model": "a"}}']
)
def test_another_programs_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(IndexMismatch, match="written by another version; run: python -m index build"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("part", ["format", "normalize", "chunker", "lexical"])
def test_an_index_of_another_version(tmp_path: Path, part: str) -> None:
    versions: dict[str, Any] = {part: 99}
    saved(made(random_unit(5)), tmp_path, replace(CONFIG, **versions))
    for read in (read_manifest, PassageIndex.load):
        with pytest.raises(
            IndexMismatch, match=r"is of version \(.*99.*\), this program needs .*; run: python -m"
        ):
            read(tmp_path)


# --- several at once


def test_a_reader_whom_a_build_overtakes_gets_the_new_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(made(random_unit(5)), tmp_path)
    original = store._read_lines
    overtaken: list[Path] = []

    def read_lines(path: Path) -> Iterator[bytes]:
        if not overtaken:
            overtaken.append(path)
            saved(made(random_unit(6)), tmp_path)  # removes the folder that is being read
        return original(path)

    monkeypatch.setattr(store, "_read_lines", read_lines)
    assert len(PassageIndex.load(tmp_path).passages) == 6
    assert not overtaken[0].exists()


def test_two_builds_do_not_meet(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "index"
    with building(folder):
        with (
            pytest.raises(IndexBusy, match=r"another build is at work on .*; wait until it is done"),
            building(folder),
        ):
            pytest.fail("both hold it")
        with building(tmp_path / "other"):
            pass
    with building(folder):
        pass


def test_a_build_that_fails_lets_go(tmp_path: Path) -> None:
    with pytest.raises(KeyError), building(tmp_path):
        raise KeyError
    with building(tmp_path):
        pass


def test_a_file_is_no_place_for_an_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("文")
    with pytest.raises(IndexNotFound, match="is a file; give a folder"), building(tmp_path / "file"):
        pytest.fail("it was taken for a folder")
