"""Who may do what, asked by direct HTTP: passwords, other sites, other computers, files that mean harm."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from index import build_index, library
from rag import Library, Live
from tests import chats
from ui.__main__ import main
from ui.documents import documents_router
from ui.guard import Guard, is_this_computer
from ui.updates import Updates

PASSWORD = "西湖-龙井-2026"
HOME = "http://127.0.0.1:7860"
ROUTES = [
    ("GET", "/documents/list"),
    ("GET", "/documents/one?doc=一.txt"),
    ("GET", "/documents/page.png?doc=一.txt"),
    ("POST", "/documents?name=二.txt"),
    ("PUT", "/documents/facts?doc=一.txt"),
    ("DELETE", "/documents?doc=uploads/二.txt"),
    ("POST", "/documents/update"),
]


class Still(Updates):
    """Counts the wishes for a build and builds nothing."""

    wishes = 0

    def want(self) -> None:
        """Count."""
        self.wishes += 1


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    folder = tmp_path_factory.mktemp("guard")
    (folder / "documents").mkdir()
    (folder / "documents" / "一.txt").write_text("一季度增加值为12亿元。\n", encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    return Live(folder / "index")


@pytest.fixture
def shelf(live: Live, tmp_path: Path) -> Library:
    """The documents, each test's own."""
    assert live.source
    (tmp_path / "一.txt").write_bytes((live.source / "一.txt").read_bytes())
    return Library(tmp_path, live.source.parent / "index")


@pytest.fixture
def updates(live: Live, shelf: Library) -> Still:
    return Still(shelf, live)


def web(live: Live, shelf: Library, updates: Updates, password: str | None = None) -> FastAPI:
    """What is served, but for the page; that is asked for below, from servers as they run."""
    web = FastAPI()
    web.add_middleware(Guard, password=password)
    web.include_router(documents_router(shelf, live, updates))
    return web


@contextmanager
def serving(live: Live, *arguments: str) -> Iterator[httpx.Client]:
    """Run the chat as a process; asked at the loopback address, whatever it listens on."""
    assert live.source
    with chats.serving(live.source.parent, *arguments) as url:
        ready = re.fullmatch(r"http://.+:(\d+)/", url)
        assert ready, url
        with httpx.Client(base_url=f"http://127.0.0.1:{ready[1]}", trust_env=False, timeout=60) as client:
            yield client


@pytest.fixture
def client(live: Live, shelf: Library, updates: Still) -> Iterator[TestClient]:
    with TestClient(web(live, shelf, updates), base_url=HOME) as client:
        yield client


def below(shelf: Library) -> set[str]:
    return {path.relative_to(shelf.source).as_posix() for path in shelf.source.rglob("*") if path.is_file()}


def basic(password: str, user: str = "") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_file_comes_in_and_goes(client: TestClient, shelf: Library, updates: Still) -> None:
    taken = client.post("/documents?name=年报.txt", content="内容".encode())
    assert (taken.status_code, taken.json()) == (201, {"doc": "uploads/年报.txt"})
    assert (shelf.source / "uploads/年报.txt").read_text(encoding="utf-8") == "内容"
    listed = client.get("/documents/list?of=uploads/年报.txt").json()
    assert listed["arrived"] == {"uploads/年报.txt": ["waiting", "等待收入"]}
    corrected = client.put("/documents/facts?doc=uploads/年报.txt", json={"title": "年报", "region": ""})
    assert corrected.json() == {"changed": ["title"]}
    assert client.put("/documents/facts?doc=uploads/年报.txt", json={"title": "年报"}).json() == {
        "changed": []
    }
    assert client.delete("/documents?doc=uploads/年报.txt").status_code == 200
    assert below(shelf) == {"一.txt", "metadata.toml"}
    assert updates.wishes == 3


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.txt", "x.txt"),
        ("C:\\Users\\张三\\x.txt", "x.txt"),
        ("a\0b.txt", "ab.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("CON.txt", "_CON.txt"),
        ("一.txt", "一.txt"),
    ],
)
def test_of_the_client_s_path_nothing_is_kept(
    name: str, kept: str, client: TestClient, shelf: Library
) -> None:
    assert client.post(f"/documents?name={quote(name)}", content=b"1").json() == {"doc": f"uploads/{kept}"}
    assert below(shelf) == {"一.txt", f"uploads/{kept}"}


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("x.exe", 422, "不能读取这种文件（.exe）"),
        ("x.doc", 422, "另存为 .docx"),
        ("..", 422, "没有名字"),
        ("%2e%2e%2f", 422, "没有名字"),
        ("a" * 5000, 422, ""),
    ],
)
def test_a_refusal_is_readable_and_leaves_nothing(
    name: str, status: int, said: str, client: TestClient, shelf: Library, updates: Still
) -> None:
    refused = client.post(f"/documents?name={name}", content=b"1")
    assert refused.status_code == status
    assert said in refused.text
    assert str(shelf.source) not in refused.text
    assert below(shelf) == {"一.txt"}
    assert updates.wishes == 0


def test_too_large_too_many_and_empty(
    client: TestClient, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "LARGEST", 4)
    monkeypatch.setattr(library, "MOST", 1)
    for content in (b"12345", iter([b"123", b"45"])):
        refused = client.post("/documents?name=x.txt", content=content)
        assert (refused.status_code, refused.json()) == (413, {"message": "文件太大，最多 0 MB"})
    assert client.post("/documents?name=x.txt", content=b"").json() == {"message": "文件是空的"}
    assert client.post("/documents?name=x.txt", content=b"1234").status_code == 201
    refused = client.post("/documents?name=x.txt", content=b"1")
    assert (refused.status_code, refused.json()) == (
        422,
        {"message": "上传的文件已满（最多 1 个），先移除一些"},
    )
    assert below(shelf) == {"一.txt", "uploads/x.txt"}


@pytest.mark.parametrize(
    "doc", ["../secret.txt", "uploads/../一.txt", "/etc/passwd", "no.txt", "metadata.toml"]
)
def test_no_document_outside_is_shown_corrected_or_removed(
    doc: str, client: TestClient, shelf: Library
) -> None:
    (shelf.source.parent / "secret.txt").write_text("秘密", encoding="utf-8")
    asked = [
        client.get("/documents/one", params={"doc": doc}),
        client.get("/documents/page.png", params={"doc": doc}),
        client.put("/documents/facts", params={"doc": doc}, json={"title": "题"}),
        client.delete("/documents", params={"doc": doc}),
    ]
    assert [reply.status_code for reply in asked] == [404] * 4
    assert {reply.text for reply in asked} == {'{"message":"没有这篇文档"}'}


def test_a_file_of_the_folder_is_not_removed_here(client: TestClient, shelf: Library) -> None:
    refused = client.delete("/documents?doc=一.txt")
    assert (refused.status_code, refused.json()["message"][:11]) == (403, "这个文件属于文档文件夹"[:11])
    assert below(shelf) == {"一.txt"}


def test_wrong_facts_are_told_by_field(client: TestClient, shelf: Library) -> None:
    refused = client.put("/documents/facts?doc=一.txt", json={"published": "去年", "title": "长" * 501})
    assert refused.status_code == 422
    assert {key: said[:4] for key, said in refused.json()["fields"].items()} == {
        "published": "不是日期",
        "title": "太长了，",
    }
    assert below(shelf) == {"一.txt"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(
    headers: dict[str, str], client: TestClient, shelf: Library, updates: Still
) -> None:
    for method, url in ROUTES[3:]:
        assert client.request(method, url, headers=headers).status_code == 403
    assert below(shelf) == {"一.txt"}
    assert updates.wishes == 0


def test_the_page_itself_may(client: TestClient) -> None:
    headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/documents?name=x.txt", content=b"1", headers=headers).status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example:7860", "192.168.1.5:7860", "10.0.0.1", "", "127.evil.example", "[::"]
)
def test_without_a_password_other_names_for_this_computer_are_refused(
    host: str, client: TestClient, shelf: Library
) -> None:
    for method, url in ROUTES:
        assert client.request(method, url, headers={"Host": host}).status_code in (400, 403)
    assert below(shelf) == {"一.txt"}


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("127.evil.example", False),
        ("localhost.evil.example", False),
    ],
)
def test_this_computer(host: str, local: bool) -> None:
    assert is_this_computer(host) is local


def test_open_to_the_network_without_a_password_the_tab_is_off(live: Live) -> None:
    assert live.source
    with serving(live, "--host", "0.0.0.0") as client:
        for method, url in ROUTES:
            assert client.request(method, url).status_code in (404, 405), url
        assert client.post("/gradio_api/upload", files={"files": ("x.txt", b"1")}).status_code == 404
        config = client.get("/config").json()
    parts = {part["props"].get("elem_id"): part["props"] for part in config["components"]}
    assert parts["shelf"]["visible"] is False
    assert [path.name for path in live.source.iterdir()] == ["一.txt"]


def test_with_a_password_it_is_on_and_everything_asks_for_it(live: Live, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    pages = [("GET", "/"), ("GET", "/config"), ("POST", "/gradio_api/queue/join"), ("GET", "/favicon.ico")]
    with serving(live, "--host", "0.0.0.0", "--password-file", str(tmp_path / "password")) as client:
        for method, url in [*ROUTES, *pages]:
            refused = client.request(method, url)
            assert refused.status_code == 401, url
            assert "default-src 'self'" in refused.headers["Content-Security-Policy"]
        client.headers.update(basic(PASSWORD))
        assert "政问" in client.get("/").text
        assert client.get("/documents/list", headers={"Host": "chat.example"}).status_code == 200
        for path in ("/gradio_api/upload", "/gradio_api/upload/", "/upload", "//gradio_api/upload"):
            assert client.post(path, files={"files": ("x.txt", b"1")}).status_code in (404, 405), path


def test_with_a_password_nothing_is_served_without_it(
    live: Live, shelf: Library, updates: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.guard._WAIT", 0.0)
    with TestClient(web(live, shelf, updates, PASSWORD), base_url="http://chat.example") as client:
        for method, url in ROUTES:
            refused = client.request(method, url)
            assert refused.status_code == 401, url
            assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        wrong = [basic("x"), basic(PASSWORD + "x"), basic(PASSWORD[:-1]), basic("", PASSWORD)]
        wrong += [
            {"Authorization": text} for text in ("Basic", "Basic !", "Bearer x", f"Basic {PASSWORD!a}")
        ]
        for headers in wrong:
            assert client.get("/documents/list", headers=headers).status_code == 401
        right = basic(PASSWORD, "任何人")
        assert client.get("/documents/list", headers=right).status_code == 200
        assert client.post("/documents?name=x.txt", content=b"1", headers=right).status_code == 201
        foreign = right | {"Origin": "https://evil.example"}
        assert client.post("/documents?name=y.txt", content=b"1", headers=foreign).status_code == 403
    assert below(shelf) == {"一.txt", "uploads/x.txt"}


@pytest.mark.parametrize("content", [None, b"", b"short\n", b"\xff\xfe\xfd12345678", b"\n12345678\n"])
def test_a_password_file_that_won_t_do_ends_with_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    assert main(["--port", "0", "--password-file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert str(file) in err
    assert not out


def test_one_build_at_a_time_and_what_comes_meanwhile_is_in_the_next(
    live: Live, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.updates._SETTLE", 0.0)
    seen: list[set[str]] = []
    updates = Updates(shelf, live)

    def build(progress: object) -> None:
        assert updates.running
        seen.append(below(shelf))
        if len(seen) == 1:  # two others come while this one is built
            for name in ("b.txt", "c.txt"):
                shelf.add(name, b"1")
                updates.want()

    monkeypatch.setattr(shelf, "update", build)
    shelf.add("a.txt", b"1")
    updates.want()
    end = time.monotonic() + 60
    while updates.running and time.monotonic() < end:
        time.sleep(0.01)
    assert seen == [
        {"一.txt", "uploads/a.txt"},
        {"一.txt", "uploads/a.txt", "uploads/b.txt", "uploads/c.txt"},
    ]
