"""A running chat, for the tests that open it in the browser."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """Run the chat over the index in a folder; its address."""
    command = [sys.executable, "-m", "ui", "--port", "0", "--index", str(folder / "index"), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = re.search(r"http://\S+", process.stdout.readline())
        assert ready, "the server did not start"
        yield ready[0]
        process.send_signal(signal.SIGINT)
