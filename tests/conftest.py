"""What several tests share: the seeds, an index of them built once, and the browser."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from index import build_index
from rag import Assistant, Reader, Retriever

# A run in the background ignores Ctrl-C, and so would every command that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def seeds_dir() -> Path:
    """The folder with the five documents and their metadata."""
    return Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="session")
def seeds_index(seeds_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the seeds by the built-in model; not to be written to."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    build_index(seeds_dir, folder)
    return folder


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The built-in reader, which keeps what it has judged: shared, it judges the same passage once."""
    return Reader.load()


@pytest.fixture(scope="session")
def seeds_assistant(seeds_index: Path, reader: Reader) -> Assistant:
    """An assistant over the seeds."""
    return Assistant(Retriever.load(seeds_index), reader=reader)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is; without one, the tests that need it are skipped."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if path := next(filter(None, map(shutil.which, names)), None):
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"no browser: none of {', '.join(names)} is installed")
    pytest.skip(f"no browser: install one of {', '.join(names)}")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, started once a module: while it runs, no other event loop can in this thread."""
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    expect.set_options(timeout=15_000)  # ms; a busy machine is no failure
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()
