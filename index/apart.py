"""A build in a process of its own, so that it takes nothing from the one that answers questions.

That process writes a JSON object a line: ``{"progress": […]}`` while it works, at the end
``{"report": {…}}`` or ``{"error": …, "message": …}``. It stops when nobody reads it any more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from index import errors
from index.build import BuildReport, Progress, build_index
from index.errors import BuildFailed, ZhengwenError

_NICENESS: Final = 10  # questions go first
_MAIN: Final = "import sys; from index.apart import main; sys.exit(main(sys.argv[1:]))"


def build_apart(source: Path, out: Path, progress: Progress | None = None) -> BuildReport:
    """Do what `build_index` does in another process.

    :raises BuildFailed: if that process dies.
    """
    command = [sys.executable, "-c", _MAIN, str(source.resolve()), str(out.resolve())]
    home = Path(__file__).parents[1]
    last: dict[str, Any] = {}
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = json.loads(line)
            if progress and "progress" in last:
                progress(*last["progress"])
    if "report" in last:
        return BuildReport(**last["report"])
    if "error" in last:
        kind = getattr(errors, last["error"], ZhengwenError)
        raise kind(last["message"])
    raise BuildFailed(
        f"the build of {out} ended with status {process.returncode}; run: python -m index build {source} --out {out}"
    )


def main(arguments: Sequence[str]) -> int:
    """Build, telling how it goes; return the exit status."""
    source, out = map(Path, arguments)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        report = build_index(source, out, progress=lambda *progress: _tell({"progress": progress}))
    except ZhengwenError as error:
        _tell({"error": type(error).__name__, "message": str(error)})
        return 1
    except OSError as error:
        _tell(
            {
                "error": "BuildFailed",
                "message": f"{error.filename} can't be read or written ({error.strerror})",
            }
        )
        return 1
    _tell({"report": asdict(report)})
    return 0


def _tell(what: dict[str, object]) -> None:
    try:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the chat has ended; the next one builds again
        os._exit(1)
