"""Builds: the same from what was there as from nothing, and whole whatever happens in between."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from index import (
    BUILT_IN,
    STATIC,
    Document,
    IndexBusy,
    IndexNotFound,
    InvalidMetadata,
    ModelNotFound,
    NoDocuments,
    Passage,
    PassageIndex,
    assembly,
    build,
    build_index,
    load_encoder,
    sources,
    store,
    workers,
)
from index.chunker import chunk
from index.store import building, read_manifest
from index.transformer import TransformerEncoder
from index.workers import embedded_text

ROOT = Path(__file__).parents[1]
SENTENCE = "今年一季度,全区规上工业增加值增长8.1%,{}居全市第一。"


def page(*words: str) -> str:
    """A document of a section of about 200 characters for each word."""
    return (
        "# 某区经济运行情况\n\n"
        + "\n\n".join(f"## {word}\n\n" + SENTENCE.format(word) * 7 for word in words)
        + "\n"
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an index, but for the lock and the notes on the files seen."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".lock", "seen.json")
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "通知 一").mkdir(parents=True)
    (folder / "a.txt").write_text(page("投资", "消费"), encoding="utf-8")
    (folder / "b.md").write_text(page("出口"), encoding="utf-8")
    (folder / "通知 一" / "甲.txt").write_text(page("就业", "收入"), encoding="gb18030")
    (folder / "metadata.toml").write_text(
        '["a.txt"]\ntitle = "投资与消费"\npublished = "2025-05"\n', encoding="utf-8"
    )
    return folder


def from_nothing(source: Path, tmp_path: Path, model: str | None = None) -> dict[str, bytes]:
    folder = tmp_path / "from nothing"
    shutil.rmtree(folder, ignore_errors=True)
    build_index(source, folder, model)
    return contents(folder)


# --- what is built


def test_a_folder_becomes_an_index(source: Path, tmp_path: Path) -> None:
    report = build_index(source, tmp_path / "index")
    assert (report.documents, report.passages, report.read, report.encoded, report.skipped) == (
        3,
        5,
        3,
        5,
        {},
    )
    index = PassageIndex.load(tmp_path / "index")
    assert list(index.documents) == ["a.txt", "b.md", "通知 一/甲.txt"]
    assert index.documents["a.txt"].title == "投资与消费"
    assert index.documents["通知 一/甲.txt"].title == "某区经济运行情况"
    assert [str(document.published) for document in index.documents.values()] == [
        "2025年5月",
        "None",
        "None",
    ]
    assert [passage.passage_id for passage in index.passages] == sorted(
        p.passage_id for p in index.passages
    )
    for passage in index.passages:
        assert passage.text == index.documents[passage.doc_id].text[passage.start : passage.end]
    encoder = load_encoder()
    texts = [embedded_text(passage) for passage in index.passages]
    assert index.vectors(range(5)).tobytes() == encoder.encode_passages(texts).tobytes()


def test_the_seeds_are_whole_and_dated(seeds_dir: Path, seeds_index: Path) -> None:
    index = PassageIndex.load(seeds_index)
    assert list(index.documents) == sorted(path.name for path in seeds_dir.glob("*.txt"))
    assert all(document.published and document.region for document in index.documents.values())
    assert any("规上工业增加值达171.51亿元" in passage.text for passage in index.passages)


def test_progress_runs_to_its_end(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "BATCH", 2)
    calls: list[tuple[str, int, int]] = []
    build_index(source, tmp_path / "index", progress=lambda *call: calls.append(call))
    assert calls == [("documents", 3, 3)] + [("passages", n, 5) for n in (2, 4, 5)]
    calls.clear()
    (source / "a.txt").write_text(page("民生", "投资", "环保", "法治"), encoding="utf-8")
    build_index(source, tmp_path / "index", progress=lambda *call: calls.append(call))
    assert calls == [("documents", 1, 1), ("passages", 2, 4), ("passages", 4, 4)]


def test_hidden_files_other_files_and_indexes_are_no_documents(source: Path, tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/a.txt", "通知 一/.cache/b.md", "图.svg", "c.txt~"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("不是文档。", encoding="utf-8")
    (source / "folder.txt").mkdir()
    assert build_index(source, tmp_path / "index").documents == 3


def test_a_folder_with_a_manifest_of_its_own_is_read(source: Path, tmp_path: Path) -> None:
    (source / "manifest.json").write_text("{}")  # as web pages have one
    assert build_index(source, tmp_path / "index").documents == 3


@pytest.mark.parametrize("out", ["documents/index", "documents/.index", "documents"])
def test_an_index_may_lie_among_the_documents(source: Path, tmp_path: Path, out: str) -> None:
    folder = tmp_path / out
    first = build_index(source, folder)
    (folder / "new-1").mkdir()
    (folder / "new-1" / "passages.jsonl").write_text("[]")  # a killed build
    second = build_index(source, folder)
    assert (second.documents, second.passages) == (first.documents, first.passages)
    assert (second.read, second.encoded, second.skipped) == (0, 0, {})
    assert len(PassageIndex.load(folder).documents) == 3


def test_links_to_files_are_read_and_broken_ones_reported(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text(page("环保"), encoding="utf-8")
    (source / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (source / "broken.txt").symlink_to(tmp_path / "none.txt")
    (source / "round.txt").symlink_to(source / "round.txt")
    (source / "loop").symlink_to(source)
    report = build_index(source, tmp_path / "index")
    assert report.documents == 4
    assert report.skipped.keys() == {"broken.txt", "round.txt"}
    assert "cannot be opened" in report.skipped["broken.txt"]


def test_any_file_name_will_do(source: Path, tmp_path: Path) -> None:
    names = ["new\nline.txt", "《通知》 (一).md", "quo\"te'.txt", "é.txt", "#a b&c.txt", "a.txt0.txt"]
    for name in names:
        (source / name).write_text(page("环保"), encoding="utf-8")
    no_utf8 = os.fsdecode(b"\xd5\xfe.txt")
    bad = os.fsdecode(b"\xb8\xae.txt")
    (source / no_utf8).write_text(page("政务"), encoding="utf-8")
    (source / bad).write_bytes(b"\0")
    report = build_index(source, tmp_path / "index")
    assert report.documents == 10
    (name,) = report.skipped
    assert name == "\\udcb8\\udcae.txt"
    assert set(names) | {"\\udcd5\\udcfe.txt"} <= PassageIndex.load(tmp_path / "index").documents.keys()
    assert build_index(source, tmp_path / "index").read == 0


def test_passages_of_a_very_long_document_are_in_order_of_their_place(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def numbered_late(document: Document) -> list[Passage]:  # as if 99,997 passages had come before
        return [
            replace(passage, passage_id=f"{passage.doc_id}:{number:05d}")
            for number, passage in enumerate(chunk(document), 99_998)
        ]

    monkeypatch.setattr(workers, "chunk", numbered_late)
    (source / "a.txt").write_text(page(*"甲乙丙丁戊"), encoding="utf-8")
    for _ in range(2):  # from nothing, and from what was there
        build_index(source, tmp_path / "index")
        passages = PassageIndex.load(tmp_path / "index").passages
        assert [p.passage_id for p in passages[:5]] == [
            f"a.txt:{n}" for n in (99998, 99999, 100000, 100001, 100002)
        ]
        places = [(passage.doc_id, passage.start) for passage in passages]
        assert places == sorted(places)


# --- built again


CHANGES: dict[str, tuple[Callable[[Path], object], int, int]] = {
    # what is changed, how many documents are read again, how many passages encoded again
    "nothing": (lambda folder: None, 0, 0),
    "add": (lambda folder: (folder / "c.txt").write_text(page("环保"), encoding="utf-8"), 1, 1),
    "change one passage": (
        lambda folder: (folder / "a.txt").write_text(page("投资", "外贸"), encoding="utf-8"),
        1,
        1,
    ),
    "insert before": (
        lambda folder: (folder / "a.txt").write_text(page("民生", "投资", "消费"), encoding="utf-8"),
        1,
        2,  # the first takes over the title's heading
    ),
    "touch": (lambda folder: os.utime(folder / "a.txt", (0, 0)), 0, 0),
    "remove": (lambda folder: (folder / "b.md").unlink(), 0, 0),
    "rename": (lambda folder: (folder / "b.md").rename(folder / "z.md"), 1, 0),
    "move": (lambda folder: (folder / "b.md").rename(folder / "通知 一" / "b.md"), 1, 0),
    "encoding": (lambda folder: (folder / "b.md").write_text(page("出口"), encoding="utf-16"), 1, 0),
    "swap": (
        lambda folder: (
            (folder / "a.txt").rename(folder / "c.txt"),
            (folder / "通知 一" / "甲.txt").rename(folder / "a.txt"),
            (folder / "c.txt").rename(folder / "通知 一" / "甲.txt"),
        ),
        2,
        0,
    ),
    "copy": (lambda folder: shutil.copy(folder / "a.txt", folder / "copy.txt"), 1, 0),
    "metadata": (
        lambda folder: (folder / "metadata.toml").write_text(
            '["a.txt"]\ntitle = "别的"\n["b.md"]\nregion = "钱塘"\n'
        ),
        2,
        0,
    ),
    "no metadata": (lambda folder: (folder / "metadata.toml").unlink(), 1, 0),
    "goes bad": (lambda folder: (folder / "b.md").write_bytes(b"\0\1\2"), 0, 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_built_again_is_the_same_as_built_from_nothing(source: Path, tmp_path: Path, change: str) -> None:
    build_index(source, tmp_path / "index")
    alter, read, encoded = CHANGES[change]
    alter(source)
    report = build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)
    assert (report.read, report.encoded) == (read, encoded)


def test_a_long_history_is_the_same_as_built_from_nothing(source: Path, tmp_path: Path) -> None:
    for change in ("add", "swap", "insert before", "copy", "goes bad", "metadata", "remove"):
        CHANGES[change][0](source)
        build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


def test_a_graph_built_again_is_the_same_too(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HNSW_FROM", 3)
    build_index(source, tmp_path / "index")
    CHANGES["insert before"][0](source)
    build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


def test_only_what_changed_is_encoded(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    original = TransformerEncoder.encode_passages

    def encode_passages(self: TransformerEncoder, passages: list[str]) -> object:
        encoded.extend(passages)
        return original(self, passages)

    build_index(source, tmp_path / "index")
    monkeypatch.setattr(TransformerEncoder, "encode_passages", encode_passages)
    CHANGES["change one passage"][0](source)
    build_index(source, tmp_path / "index")
    changed = [text for text in encoded if "全区" in text]  # the rest is the model's fingerprint
    assert len(changed) == 1
    assert "外贸" in changed[0]


@pytest.mark.parametrize("part", ["vectors.faiss", "documents.jsonl", "words/ids.npy", "manifest"])
def test_a_damaged_index_is_built_from_nothing(
    source: Path, tmp_path: Path, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    build_index(source, tmp_path / "index")
    before = contents(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    damaged = (
        manifest if part == "manifest" else manifest.parent / read_manifest(manifest.parent).data / part
    )
    damaged.write_bytes(b"damaged")
    with caplog.at_level(logging.WARNING, logger="index"):
        report = build_index(source, tmp_path / "index")
    assert "building from nothing" in caplog.text
    assert (report.read, report.encoded) == (3, 5)
    assert contents(tmp_path / "index") == before


def test_another_versions_index_is_built_from_nothing(source: Path, tmp_path: Path) -> None:
    build_index(source, tmp_path / "index")
    before = contents(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"chunker": 1', '"chunker": 0'), encoding="utf-8"
    )
    assert build_index(source, tmp_path / "index").encoded == 5
    assert contents(tmp_path / "index") == before


@pytest.mark.parametrize("library", ["faiss-cpu", "jieba"])
def test_another_version_of_a_library_makes_all_new(source: Path, tmp_path: Path, library: str) -> None:
    build_index(source, tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f'"{library}": "', f'"{library}": "0.'), encoding="utf-8")
    assert build_index(source, tmp_path / "index").encoded == 5
    assert manifest.read_text(encoding="utf-8") == text


def test_the_hash_seed_does_not_matter(source: Path, tmp_path: Path) -> None:
    script = "from pathlib import Path; from index import build_index; import sys; build_index(*map(Path, sys.argv[1:]))"
    subprocess.run(
        [sys.executable, "-c", script, str(source), str(tmp_path / "index")],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "1"},
        check=True,
    )
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


# --- which files are read again


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content was looked at."""
    names: list[str] = []
    original = sources._digest

    def digest(path: Path) -> str:
        names.append(path.name)
        return original(path)

    monkeypatch.setattr(sources, "_digest", digest)
    return names


def settle(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the files had not been touched for a while."""
    monkeypatch.setattr(sources, "_SETTLED", -(10**9))


def test_files_left_alone_are_not_looked_at_again(
    source: Path, tmp_path: Path, digested: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(source, monkeypatch)
    build_index(source, tmp_path / "index")
    assert sorted(digested) == ["a.txt", "b.md", "甲.txt"]
    digested.clear()
    build_index(source, tmp_path / "index")
    assert digested == []
    (source / "b.md").write_text(page("外贸"), encoding="utf-8")
    build_index(source, tmp_path / "index")
    assert digested == ["b.md"]
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


def test_files_changed_a_moment_ago_are_looked_at_again(
    source: Path, tmp_path: Path, digested: list[str]
) -> None:
    for _ in range(2):
        build_index(source, tmp_path / "index")
    assert sorted(digested) == sorted(2 * ["a.txt", "b.md", "甲.txt"])


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX tells when a file's entry changed")
def test_the_same_size_and_time_do_not_hide_a_change(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(source, monkeypatch)
    build_index(source, tmp_path / "index")
    path = source / "b.md"
    before = path.stat()
    path.write_text(page("进口"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert build_index(source, tmp_path / "index").read == 1
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


@pytest.mark.parametrize(
    "notes", ["", "{", "[]", '{"folder": 5}', '{"files": {"a.txt": 5}}', None, "another folder's"]
)
def test_without_its_notes_a_build_does_the_same(
    source: Path, tmp_path: Path, notes: str | None, digested: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(source, monkeypatch)
    build_index(source, tmp_path / "index")
    before = contents(tmp_path / "index")
    digested.clear()
    kept = tmp_path / "index" / "seen.json"
    if notes is None:
        kept.unlink()
    elif notes == "another folder's":
        kept.write_text(
            kept.read_text(encoding="utf-8").replace(str(source), "/elsewhere"), encoding="utf-8"
        )
    else:
        kept.write_text(notes)
    report = build_index(source, tmp_path / "index")
    assert (report.read, report.encoded, len(digested)) == (0, 0, 3)
    assert contents(tmp_path / "index") == before


def test_an_index_that_stays_the_same_is_not_written_again(source: Path, tmp_path: Path) -> None:
    build_index(source, tmp_path / "index")
    vectors = tmp_path / "index" / read_manifest(tmp_path / "index").data / "vectors.faiss"
    before, manifest = vectors.stat(), (tmp_path / "index" / "manifest.json").stat()
    os.utime(source / "a.txt")
    build_index(source, tmp_path / "index")
    after = vectors.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    # The manifest's time tells when the folder was last looked through.
    assert (tmp_path / "index" / "manifest.json").stat().st_mtime_ns > manifest.st_mtime_ns


def test_an_index_remembers_its_folder(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build_index(Path("documents"), Path("index"))
    assert read_manifest(Path("index")).source == str(source)


# --- with processes of their own


def test_read_by_processes_it_is_the_same_index(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "bad.txt").write_bytes(b"\0\1")
    expected = from_nothing(source, tmp_path)
    monkeypatch.setattr(workers, "HERE", -1)
    monkeypatch.setattr(workers, "_TOGETHER", 1)
    report = build_index(source, tmp_path / "index")
    assert (report.documents, report.read, list(report.skipped)) == (3, 3, ["bad.txt"])
    assert contents(tmp_path / "index") == expected


# --- which model


@pytest.mark.parametrize(("files", "model"), [(4, BUILT_IN), (3, STATIC), (2, STATIC)])
def test_a_new_index_of_many_files_takes_the_quick_model(
    source: Path,
    tmp_path: Path,
    files: int,
    model: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(build, "LARGE", files)
    with caplog.at_level(logging.WARNING, logger="index"):
        report = build_index(source, tmp_path / "index")
    assert report.model == read_manifest(tmp_path / "index").config.model == model
    assert (f"--model {BUILT_IN}" in caplog.text) == (model == STATIC)


def test_a_model_once_taken_stays_however_many_files_there_are(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(source, tmp_path / "index")
    monkeypatch.setattr(build, "LARGE", 2)
    report = build_index(source, tmp_path / "index")
    assert (report.model, report.encoded) == (BUILT_IN, 0)
    assert build_index(source, tmp_path / "index", STATIC).model == STATIC
    monkeypatch.setattr(build, "LARGE", 1000)
    report = build_index(source, tmp_path / "index")
    assert (report.model, report.encoded) == (STATIC, 0)
    assert build_index(source, tmp_path / "other", BUILT_IN).model == BUILT_IN


@pytest.fixture
def other_model(tmp_path: Path) -> str:
    tokenizer = Tokenizer(WordLevel({"I": 0, "投资": 1}, unk_token="I"))
    weights = np.eye(2, 8, dtype=np.float32)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu"
    )
    model.save_pretrained(str(tmp_path / "other-model"), create_model_card=False)
    return str(tmp_path / "other-model")


def test_another_model_encodes_everything_and_is_remembered(
    source: Path, tmp_path: Path, other_model: str
) -> None:
    build_index(source, tmp_path / "index")
    report = build_index(source, tmp_path / "index", other_model)
    assert (report.read, report.encoded) == (3, 5)
    config = read_manifest(tmp_path / "index").config
    assert (config.model, config.dimension) == (other_model, 8)
    report = build_index(source, tmp_path / "index")
    assert (report.read, report.encoded) == (0, 0)
    assert read_manifest(tmp_path / "index").config.model == other_model
    assert build_index(source, tmp_path / "index", "built-in").encoded == 5
    assert contents(tmp_path / "index") == from_nothing(source, tmp_path)


def test_a_model_that_changed_under_its_name_is_noticed(
    source: Path, tmp_path: Path, other_model: str
) -> None:
    build_index(source, tmp_path / "index", other_model)
    shutil.rmtree(other_model)
    shutil.copytree(ROOT / "index" / "static", other_model)
    assert build_index(source, tmp_path / "index").encoded == 5
    assert read_manifest(tmp_path / "index").config.dimension == load_encoder(STATIC).dimension


def test_a_model_that_is_gone_leaves_the_index(source: Path, tmp_path: Path, other_model: str) -> None:
    build_index(source, tmp_path / "index", other_model)
    before = contents(tmp_path / "index")
    shutil.rmtree(other_model)
    with pytest.raises(ModelNotFound, match="give a model's folder or name with --model"):
        build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == before


# --- mistakes


def test_one_bad_file_among_good_ones_is_reported(source: Path, tmp_path: Path) -> None:
    (source / "bad.txt").write_bytes(bytes(range(256)) * 20)
    (source / "empty.md").write_bytes(b"")
    report = build_index(source, tmp_path / "index")
    assert report.documents == 3
    assert list(report.skipped) == ["bad.txt", "empty.md"]
    assert f"{source / 'bad.txt'}: not a text file" in report.skipped["bad.txt"]
    assert read_manifest(tmp_path / "index").skipped == report.skipped
    again = build_index(source, tmp_path / "index")
    assert (again.read, again.encoded, again.skipped) == (0, 0, report.skipped)
    (source / "bad.txt").write_text(page("环保"), encoding="utf-8")
    assert list(build_index(source, tmp_path / "index").skipped) == ["empty.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_folder_that_cannot_be_opened_is_reported(source: Path, tmp_path: Path) -> None:
    (source / "通知 一").chmod(0)
    report = build_index(source, tmp_path / "index")
    (source / "通知 一").chmod(0o755)
    assert report.skipped.keys() == {"通知 一"}


@pytest.mark.parametrize("name", ["none", "a.txt", "empty"])
def test_nothing_to_index(source: Path, tmp_path: Path, name: str) -> None:
    (source / "empty").mkdir()
    (source / "empty" / "图.svg").write_bytes(b"<svg/>")
    with pytest.raises(
        NoDocuments,
        match=r"give the folder that holds the documents|put files ending in \.bmp, .*\.txt.* there",
    ):
        build_index(source / name, tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_nothing_that_can_be_read_leaves_the_old_index(source: Path, tmp_path: Path) -> None:
    build_index(source, tmp_path / "index")
    before = contents(tmp_path / "index")
    for path in [*source.rglob("*.txt"), *source.rglob("*.md")]:
        path.write_bytes(b"\0")
    with pytest.raises(NoDocuments, match=r"none of the 3 files can be read: .*a\.txt: not a text file"):
        build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == before


def test_malformed_metadata_stops_the_build(source: Path, tmp_path: Path) -> None:
    (source / "metadata.toml").write_text("[")
    with pytest.raises(InvalidMetadata):
        build_index(source, tmp_path / "index")


def test_metadata_of_a_file_that_is_not_there_is_mentioned(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (source / "metadata.toml").write_text('["none.txt"]\ntitle = "题名"\n', encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="index"):
        build_index(source, tmp_path / "index")
    assert "metadata.toml names none.txt, which is not in the folder" in caplog.text


def test_a_file_in_the_place_of_the_index(source: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="is a file; give a folder"):
        build_index(source, source / "a.txt")


def test_another_build_at_work_is_not_disturbed(source: Path, tmp_path: Path) -> None:
    build_index(source, tmp_path / "index")
    before = contents(tmp_path / "index")
    CHANGES["add"][0](source)
    with building(tmp_path / "index"), pytest.raises(IndexBusy):
        build_index(source, tmp_path / "index")
    assert contents(tmp_path / "index") == before


# --- killed


# Builds into each of the folders named, each time in a process of its own that is killed (kill -9)
# at the n-th time that it opens, makes, moves or removes something in the folder. Prints how many
# such moments a build has if it is left alone.
KILLED = """
import os, signal, sys
from pathlib import Path
from index import build_index, load_encoder, tokenize

def build(source, out, moment):
    seen = 0
    def watch(event, arguments):
        nonlocal seen
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"):
            if any(str(argument).startswith(str(out)) for argument in arguments[:2]):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    build_index(Path(source), Path(out), "static")
    return seen

tokenize("once for all")  # reads the dictionary
load_encoder("static")  # too
source, *moments = sys.argv[1:]
for moment in moments:
    out, n = moment.rsplit("@", 1)
    child = os.fork()
    if child == 0:
        seen = build(source, out, int(n))
        os.write(1, f"{seen}\\n".encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.write(2, f"{os.waitstatus_to_exitcode(status)}\\n".encode())
"""


def killed(source: Path, *moments: str) -> tuple[list[int], list[int]]:
    """Run KILLED: the counts of builds that were left alone, and the exit codes of all."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(source), *moments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    return [int(line) for line in done.stdout.split()], [int(line) for line in done.stderr.split()]


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An index of some documents, and documents that have changed since."""
    folder = tmp_path_factory.mktemp("killed")
    source = folder / "documents"
    source.mkdir()
    for name in "abc":
        (source / f"{name}.txt").write_text(page("投资", name), encoding="utf-8")
    build_index(source, folder / "old", STATIC)
    (source / "c.txt").write_text(page("环保", "就业"), encoding="utf-8")
    return source, folder / "old"


def test_killed_at_any_moment_the_old_index_stays_and_the_next_build_ends(
    change: tuple[Path, Path], tmp_path: Path
) -> None:
    source, old = change
    shutil.copytree(old, tmp_path / "whole")
    (count,), _ = killed(source, f"{tmp_path / 'whole'}@0")
    assert count > 20
    moments = list(range(1, count + 1))
    for moment in moments:
        shutil.copytree(old, tmp_path / str(moment))
    _, codes = killed(source, *(f"{tmp_path / str(moment)}@{moment}" for moment in moments))
    assert codes == [-signal.SIGKILL] * count

    before, after = contents(old), contents(tmp_path / "whole")
    seen = set()
    for moment in moments:
        folder = tmp_path / str(moment)
        found = [passage.text for passage in PassageIndex.load(folder).passages]
        manifest = (folder / "manifest.json").read_bytes()
        assert manifest in (before["manifest.json"], after["manifest.json"])
        index = old if manifest == before["manifest.json"] else tmp_path / "whole"
        assert found == [passage.text for passage in PassageIndex.load(index).passages]
        seen.add(index)
        build_index(source, folder)
        assert contents(folder) == after, f"killed at moment {moment}"
    assert seen == {old, tmp_path / "whole"}


def test_killed_the_first_time_there_is_no_index(change: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = change
    moments = (1, 5, 12)
    killed(source, *(f"{tmp_path / str(moment)}@{moment}" for moment in moments))
    for moment in moments:
        with pytest.raises(IndexNotFound, match="no index in"):
            PassageIndex.load(tmp_path / str(moment))
        build_index(source, tmp_path / str(moment), STATIC)
        assert contents(tmp_path / str(moment)) == from_nothing(source, tmp_path, STATIC)
