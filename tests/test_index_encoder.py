"""Texts to vectors: the models built in, others by path and by name, their prompts, and none at all."""

from __future__ import annotations

import gc
import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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

from index import (
    BUILT_IN,
    STATIC,
    Encoder,
    ModelNotFound,
    SentenceEncoder,
    encoder,
    fingerprint,
    load_encoder,
)
from index.transformer import GRAPH, TransformerEncoder

CHARACTERS = "政府工业增加值多少为这个句子生成表示以用于检索相关文章问答：: querypassgINt"
QUESTION = "工业增加值多少"
PASSAGE = "政府工业增加值"


FOLDER = Path(encoder.__file__).parent / "model"
TEXTS = [
    "今年第一季度,规上工业增加值达171.51亿元。",
    "一",
    "QH-5000 交付,AI 与 C919。",
    "政府工业增加值" * 300,  # longer than the model takes in
    "企业在网上申报。\n\n区人力社保局五个工作日内审核。",
]


@pytest.fixture(scope="module")
def built_in() -> TransformerEncoder:
    """The model for ordinary collections."""
    loaded = load_encoder()
    assert isinstance(loaded, TransformerEncoder)
    return loaded


@pytest.fixture(scope="module")
def static() -> SentenceEncoder:
    """The model for large ones."""
    loaded = load_encoder(STATIC)
    assert isinstance(loaded, SentenceEncoder)
    return loaded


@pytest.fixture(params=[BUILT_IN, STATIC])
def either(request: pytest.FixtureRequest) -> Encoder:
    """The one, then the other."""
    return load_encoder(request.param)


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


# --- the models built in


def test_the_models_built_in_are_kept_and_have_names(
    built_in: TransformerEncoder, static: SentenceEncoder
) -> None:
    assert (built_in.name, static.name) == (BUILT_IN, STATIC)
    assert load_encoder() is load_encoder(BUILT_IN) is built_in
    assert load_encoder(STATIC)._model is static._model  # type: ignore[attr-defined]
    assert fingerprint(built_in) != fingerprint(static)


def test_vectors_are_of_length_one(either: Encoder) -> None:
    for vectors in (either.encode_passages(TEXTS), either.encode_queries(TEXTS)):
        assert (vectors.shape, str(vectors.dtype)) == ((len(TEXTS), either.dimension), "float32")
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_what_belongs_together_is_nearer(either: Encoder) -> None:
    query = either.encode_queries(["一季度规上工业增加值是多少?"])[0]
    near, far = either.encode_passages([TEXTS[0], "图书馆周一闭馆,周二起照常开放。"])
    assert query @ near > query @ far


def test_a_vector_does_not_depend_on_the_texts_beside_it(either: Encoder, seeds_dir: Path) -> None:
    lines = [line for path in seeds_dir.glob("*.txt") for line in path.read_text(encoding="utf-8").split()]
    together = either.encode_passages(lines[:30])
    alone = np.vstack([either.encode_passages([line]) for line in lines[:30]])
    assert together.tobytes() == alone.tobytes()


def test_texts_may_be_encoded_by_several_threads(built_in: TransformerEncoder) -> None:
    expected = built_in.encode_passages(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: built_in.encode_passages(TEXTS), range(4)))
    assert all(vectors.tobytes() == expected.tobytes() for vectors in found)


def test_no_texts_give_no_vectors(either: Encoder) -> None:
    empty = (0, either.dimension)
    assert either.encode_queries([]).shape == either.encode_passages([]).shape == empty


def test_an_empty_text_gives_a_finite_vector(either: Encoder) -> None:
    assert np.isfinite(either.encode_queries(["", " ", "\u200b"])).all()


def test_the_graph_says_what_sentence_transformers_says_of_the_same_folder(
    built_in: TransformerEncoder,
) -> None:
    model = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True).float()
    for ours, theirs in (
        (built_in.encode_queries(TEXTS), model.encode_query(TEXTS, normalize_embeddings=True)),
        (built_in.encode_passages(TEXTS), model.encode_document(TEXTS, normalize_embeddings=True)),
    ):
        assert (np.sum(ours * np.asarray(theirs, np.float32), axis=1) > 0.99).all()


def test_queries_and_passages_have_prompts_of_their_own(built_in: TransformerEncoder) -> None:
    prompts = json.loads((FOLDER / "config_sentence_transformers.json").read_text(encoding="utf-8"))[
        "prompts"
    ]
    assert prompts["query"] != prompts["document"]
    query, passage = built_in.encode_queries([QUESTION]), built_in.encode_passages([QUESTION])
    assert not np.allclose(query, passage, atol=1e-3)
    assert query.tobytes() == built_in._encode(prompts["query"] + QUESTION).tobytes()
    assert passage.tobytes() == built_in._encode(prompts["document"] + QUESTION).tobytes()


def test_nothing_tries_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: tried.append(address))
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: tried.append(address))
    tiny_model(tmp_path / "tiny")
    for name in (BUILT_IN, STATIC, str(tmp_path / "tiny")):
        load_encoder(name).encode_queries([QUESTION])
    assert tried == []


# --- another model, in a folder


def test_a_copy_of_a_model_built_in_is_told_by_its_fingerprint(either: Encoder, tmp_path: Path) -> None:
    name = str(tmp_path / "copy")
    shutil.copytree(encoder._FOLDERS[either.name], name)
    copy = load_encoder(name)
    assert (copy.name, copy.dimension) == (name, either.dimension)
    assert fingerprint(copy) == fingerprint(either)
    assert copy.encode_passages([PASSAGE]).tobytes() == either.encode_passages([PASSAGE]).tobytes()


def test_a_model_that_is_dropped_takes_no_memory(tmp_path: Path) -> None:
    tiny_model(tmp_path / "tiny")
    loaded = load_encoder(str(tmp_path / "tiny"))
    model = ref(loaded._model)  # type: ignore[attr-defined]
    load_encoder(STATIC)  # to load another one keeps nothing of the first
    del loaded
    gc.collect()
    assert model() is None


def test_a_model_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_model(tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    for name in ("tiny", "./tiny", "tiny/"):
        assert load_encoder(name).dimension == 16


def test_a_models_own_prompts_are_used(tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "e5-base", {"query": "问：", "document": "答："})
    loaded = load_encoder(str(tmp_path / "e5-base"))  # even where the family has others
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
    loaded = load_encoder(f"{tmp_path / name}/")
    assert np.allclose(loaded.encode_queries([QUESTION]), plain(model, query + QUESTION), atol=1e-6)
    assert np.allclose(loaded.encode_passages([PASSAGE]), plain(model, passage + PASSAGE), atol=1e-6)


def test_other_prompts_make_another_fingerprint(tmp_path: Path) -> None:
    prints = set()
    for name, prompts in (("a", None), ("b", {"query": "问："}), ("c", {"document": "答："})):
        tiny_model(tmp_path / name, prompts)
        prints.add(tuple(fingerprint(load_encoder(str(tmp_path / name)))))
    assert len(prints) == 3


# --- no model


def refused(name: str) -> str:
    with pytest.raises(ModelNotFound) as caught:
        load_encoder(name)
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


@pytest.mark.parametrize(
    "damage", ["model.safetensors", "tokenizer.json", "config_sentence_transformers.json", GRAPH]
)
@pytest.mark.parametrize("torn", [True, False], ids=["torn", "gone"])
def test_a_damaged_graph(tmp_path: Path, damage: str, torn: bool) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    for name in (GRAPH, "model.safetensors", "tokenizer.json", "config_sentence_transformers.json"):
        if name != damage:
            shutil.copy(FOLDER / name, folder / name)
        elif torn:
            (folder / name).write_bytes((FOLDER / name).read_bytes()[:50])
    assert repr(str(folder)) in refused(str(folder))


@pytest.mark.parametrize("name", [BUILT_IN, STATIC])
def test_a_model_built_in_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setitem(encoder._FOLDERS, name, tmp_path / "model")
    assert str(tmp_path / "model") in refused(name)


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
        try:
            yield requests
        finally:
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
        assert load_encoder("owner/tiny").dimension == 16
    assert requests == []
