"""`python -m ui` as a process: its mistakes in one line, and not one try to reach the network."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from index import IndexNotFound, build_index
from ui.__main__ import main

ROOT = Path(__file__).parents[1]

# Runs a module as `python -m` does; an address other than this machine's is written down and refused.
GUARD = """
import ipaddress, os, runpy, sys

log, module = sys.argv[1:3]

def is_local(host):
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if not is_local(host):
        with open(log, "a") as out:
            print(event, host, file=out)
        raise PermissionError(f"{event} to {host}: the network is out of bounds")

sys.addaudithook(watch)
sys.argv = [module, *sys.argv[3:]]
sys.path.insert(0, os.getcwd())
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("main") / "index"
    build_index(ROOT / "seeds", folder)
    return folder


@contextmanager
def guarded(log: Path, module: str, *arguments: str, cwd: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    # An address in the environment must not tempt it either: a proxy is what office machines have.
    environment = os.environ | {
        "HTTP_PROXY": "http://192.0.2.1:8080",
        "HTTPS_PROXY": "http://192.0.2.1:8080",
    }
    command = [sys.executable, "-c", GUARD, str(log), module, *arguments]
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def test_a_missing_index_ends_with_the_command_that_builds_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", "0", "--index", str(tmp_path / "nowhere")]) == 1
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert "python -m index build" in err
    assert "nowhere" in err
    assert not out


def test_the_reader_can_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readers: list[object] = []

    def live(path: str, reader: object) -> None:
        readers.append(reader)
        raise IndexNotFound(f"no index in {path}")

    monkeypatch.setattr("ui.__main__.Live", live)
    arguments = ["--port", "0", "--index", str(tmp_path)]
    assert main(arguments) == main([*arguments, "--no-reader"]) == 1
    assert readers == ["built-in", None]
    assert capsys.readouterr().err == 2 * f"no index in {tmp_path}\n"


def test_a_port_in_use_ends_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--port", port]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert port in err
    assert "--port" in err


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_named(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    assert ended.value.code == 2
    assert repr(port) in capsys.readouterr().err.splitlines()[-1]


def test_the_guard_sees_an_attempt(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(
        "import socket\nsocket.create_connection(('192.0.2.1', 9), timeout=5)", encoding="utf-8"
    )
    with guarded(tmp_path / "log", "caller", cwd=tmp_path) as process:
        assert process.wait() != 0
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_neither_the_server_nor_the_page_tries_the_network(index: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with guarded(log, "ui", "--port", "0", "--index", str(index)) as process:
        assert process.stdout is not None
        ready = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert ready
        policy, page = open_local(ready[0])
        answer = ask(ready[0], "2025年一季度钱塘规上工业增加值是多少？")
    assert "171.51亿元" in answer
    assert process.returncode == 0
    assert not log.exists(), log.read_text()
    assert "default-src 'self'" in policy
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]+)"', page)
    assert loaded
    assert not [url for url in loaded if url.startswith(("http:", "https:", "//"))]


def open_local(url: str, body: dict[str, Any] | None = None) -> tuple[str, str]:
    """The response's content policy and its text; asked for past any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with opener.open(request, timeout=60) as response:
        return response.headers["Content-Security-Policy"], response.read().decode()


def ask(url: str, question: str) -> str:
    """Ask as the page does: join the queue, then read the events until the last; its output as text."""
    config = json.loads(open_local(f"{url}config")[1])
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "question")
    event = next(one for one in config["dependencies"] if [box, "submit"] in one["targets"])
    session = {"session_hash": "test", "fn_index": event["id"]}
    open_local(f"{url}gradio_api/queue/join", session | {"data": [question, None]})
    events = open_local(f"{url}gradio_api/queue/data?session_hash=test")[1]
    return next(line for line in events.splitlines() if '"process_completed"' in line)
