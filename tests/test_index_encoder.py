"""Texts to vectors: the built-in model, others by path and by name, their prompts, and none at all."""

from __future__ import annotations

import gc
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import ref

import huggingface_hub
import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from index import BUILT_IN, ModelNotFound, SentenceEncoder, encoder

CHARACTERS = "政府工业增加值多少为这个句子生成表示以用于检索相关文章问答：: querypassgINt"
QUESTION = "工业增加值多少"
PASSAGE = "政府工业增加值"


@pytest.fixture(scope="module")
def built_in() -> SentenceEncoder:
    return SentenceEncoder.load()


def tiny_model(folder: Path, prompts: dict[str, str] | None = None) -> SentenceTransformer:
    """Make a model of a few characters, each with a vector of its own, and save it."""
    tokenizer = Tokenizer(
        WordLevel({character: n for n, character in enumerate(CHARACTERS)}, unk_token="I")
    )
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    weights = np.random.default_rng(7).standard_normal((len(CHARACTERS), 16)).astype(np.float32)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], prompts=prompts, device="cpu"
    )
    model.save_pretrained(str(folder), create_model_card=False)
    return model


def plain(model: SentenceTransformer, text: str) -> Any:
    return model.encode([text], prompt="", normalize_embeddings=True)


# --- the built-in model


def test_the_built_in_model_gives_unit_vectors(built_in: SentenceEncoder) -> None:
    vectors = built_in.encode_passages([PASSAGE, QUESTION, "2025年"])
    assert (vectors.shape, str(vectors.dtype), built_in.name) == ((3, 256), "float32", BUILT_IN)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_what_belongs_together_is_nearer(built_in: SentenceEncoder) -> None:
    query = built_in.encode_queries(["一季度规上工业增加值是多少?"])[0]
    near, far = built_in.encode_passages(
        ["今年第一季度,规上工业增加值达171.51亿元。", "图书馆周一闭馆,周二起照常开放。"]
    )
    assert query @ near > query @ far


def test_a_vector_does_not_depend_on_the_texts_beside_it(
    built_in: SentenceEncoder, seeds_dir: Path
) -> None:
    lines = [line for path in seeds_dir.glob("*.txt") for line in path.read_text(encoding="utf-8").split()]
    together = built_in.encode_passages(lines)
    alone = np.vstack([built_in.encode_passages([line]) for line in lines])
    assert together.tobytes() == alone.tobytes()


def test_no_texts_give_no_vectors(built_in: SentenceEncoder) -> None:
    assert built_in.encode_queries([]).shape == built_in.encode_passages([]).shape == (0, 256)


def test_an_empty_text_gives_a_finite_vector(built_in: SentenceEncoder) -> None:
    assert np.isfinite(built_in.encode_queries(["", " ", "\u200b"])).all()


def test_nothing_tries_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: tried.append(address))
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: tried.append(address))
    tiny_model(tmp_path / "tiny")
    for name in (BUILT_IN, str(tmp_path / "tiny")):
        SentenceEncoder.load(name).encode_queries([QUESTION])
    assert tried == []


# --- another model, in a folder


def test_a_copy_of_the_built_in_model_is_told_by_its_fingerprint(
    built_in: SentenceEncoder, tmp_path: Path
) -> None:
    shutil.copytree(Path(encoder.__file__).parent / "model", tmp_path / "copy")
    copy = SentenceEncoder.load(str(tmp_path / "copy"))
    assert (copy.name, copy.dimension) == (str(tmp_path / "copy"), 256)
    assert copy.fingerprint == built_in.fingerprint
    assert copy.encode_passages([PASSAGE]).tobytes() == built_in.encode_passages([PASSAGE]).tobytes()


def test_a_model_that_is_dropped_takes_no_memory(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny")
    loaded = SentenceEncoder.load(str(tmp_path / "tiny"))
    model = ref(loaded._model)
    SentenceEncoder.load()  # to load another one keeps nothing of the first
    del loaded
    gc.collect()
    assert model() is None


def test_a_model_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_model(tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    for name in ("tiny", "./tiny", "tiny/"):
        assert SentenceEncoder.load(name).dimension == 16


def test_a_models_own_prompts_are_used(tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "e5-base", {"query": "问：", "document": "答："})
    loaded = SentenceEncoder.load(str(tmp_path / "e5-base"))  # even where the family has others
    assert np.allclose(loaded.encode_queries([QUESTION]), plain(model, f"问：{QUESTION}"), atol=1e-6)
    assert np.allclose(loaded.encode_passages([PASSAGE]), plain(model, f"答：{PASSAGE}"), atol=1e-6)
    assert not np.allclose(loaded.encode_passages([PASSAGE]), plain(model, PASSAGE), atol=1e-3)


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BGE-Large-ZH", "为这个句子生成表示以用于检索相关文章：", ""),
        ("bge-base-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("multilingual-e5-small", "query: ", "passage: "),
        ("e5-base-v2", "query: ", "passage: "),
        (
            "multilingual-e5-large-instruct",
            "Instruct: Given a question, retrieve passages that answer the question\nQuery: ",
            "",
        ),
        ("bge-m3", "", ""),
        ("text2vec-base-chinese", "", ""),
    ],
)
def test_families_that_want_prompts_get_them(tmp_path: Path, name: str, query: str, passage: str) -> None:
    model = tiny_model(tmp_path / name)
    loaded = SentenceEncoder.load(f"{tmp_path / name}/")
    assert np.allclose(loaded.encode_queries([QUESTION]), plain(model, query + QUESTION), atol=1e-6)
    assert np.allclose(loaded.encode_passages([PASSAGE]), plain(model, passage + PASSAGE), atol=1e-6)


def test_other_prompts_make_another_fingerprint(tmp_path: Path) -> None:
    prints = set()
    for name, prompts in (("a", None), ("b", {"query": "问："}), ("c", {"document": "答："})):
        tiny_model(tmp_path / name, prompts)
        prints.add(tuple(SentenceEncoder.load(str(tmp_path / name)).fingerprint))
    assert len(prints) == 3


# --- no model


def refused(name: str) -> str:
    with pytest.raises(ModelNotFound) as caught:
        SentenceEncoder.load(name)
    assert "\n" not in str(caught.value)
    assert "--model" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["/no/such/model", "./no-such-model", "../no-such-model", "~/no-such-model"]
)
def test_a_folder_that_is_not_there(name: str) -> None:
    assert refused(name).startswith("no embedding model in the folder ")


@pytest.mark.parametrize("name", ["a b c/d e", "x/y/z", "-a/b", "坏/名", "a/b\0"])
def test_a_name_that_can_be_none(name: str) -> None:
    assert repr(name) in refused(name)


@pytest.mark.parametrize(
    "damage", ["empty", "no weights", "torn weights", "no tokenizer", "modules", "unknown module"]
)
def test_a_damaged_model(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "damaged"
    tiny_model(folder)
    weights = folder / "model.safetensors"
    match damage:
        case "empty":
            shutil.rmtree(folder)
            folder.mkdir()
        case "no weights":
            weights.unlink()
        case "torn weights":
            weights.write_bytes(weights.read_bytes()[:50])
        case "no tokenizer":
            (folder / "tokenizer.json").unlink()
        case "modules":
            (folder / "modules.json").write_text("{")
        case "unknown module":
            modules = folder / "modules.json"
            modules.write_text(modules.read_text().replace("StaticEmbedding", "NoSuchEmbedding"))
    assert repr(str(folder)) in refused(str(folder))


def test_the_built_in_model_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(encoder, "_BUILT_IN_PATH", tmp_path / "model")
    assert str(tmp_path / "model") in refused(BUILT_IN)


# --- a model by its name on the hub


@contextmanager
def hub(monkeypatch: pytest.MonkeyPatch, status: int | None) -> Iterator[list[str]]:
    """A server in the hub's place, which answers every request with the status, or hangs up on it."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            if status is not None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        # What is asked is tested, not how fast: a busy machine may stand still for long.
        monkeypatch.setattr(encoder, "_PATIENCE", 120)
        yield requests
        server.shutdown()
        thread.join()


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("status", [404, None], ids=["404", "no reply"])
@pytest.mark.parametrize(
    ("name", "asked"), [("owner/none", "owner/none"), ("none", "sentence-transformers/none")]
)
def test_an_unknown_name_is_asked_for_once(
    monkeypatch: pytest.MonkeyPatch, status: int | None, name: str, asked: str
) -> None:
    with hub(monkeypatch, status) as requests:
        reason = refused(name)
    assert repr(name) in reason
    assert [path for path in requests if "none" in path] == [f"/api/models/{asked}"], reason


@pytest.mark.usefixtures("empty_cache")
def test_a_hub_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_PATIENCE", 0.2)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(
            huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}"
        )
        assert "'owner/none'" in refused("owner/none")


@pytest.mark.usefixtures("empty_cache")
def test_without_a_network_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "'owner/none'" in refused("owner/none")


def test_a_model_fetched_before_needs_no_network(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, commit = empty_cache / "models--owner--tiny", "0123456789" * 4
    tiny_model(model / "snapshots" / commit)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(commit)
    with hub(monkeypatch, None) as requests:
        assert SentenceEncoder.load("owner/tiny").dimension == 16
    assert requests == []
