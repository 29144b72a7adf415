"""An index kept current while files come and go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from watchfiles import Change, watch

from index.build import BuildReport, Progress, build_index
from index.errors import IndexBusy, IndexNotFound, ModelNotFound, NoDocuments, ZhengwenError

SETTLED: Final = 1.0
"""Seconds without a change after which the changes before are taken in."""

_LONGEST: Final = 60.0  # seconds; where files change without a pause they are taken in all the same
_LOOK: Final = 0.5  # seconds after which to look whether the folder is still there
_WAIT: Final = 5.0  # seconds for another build


def keep_current(
    source: Path,
    out: Path,
    model: str | None = None,
    progress: Progress | None = None,
    on_build: Callable[[BuildReport], None] = lambda report: None,
    on_trouble: Callable[[ZhengwenError | OSError], None] = lambda error: None,
) -> None:
    """Build an index now and whenever the folder's documents change, until interrupted.

    ``on_build`` is told of every build. ``on_trouble`` is told what made one impossible; the index stays
    as it was, and the next change is waited for.

    :raises NoDocuments: if ``source`` is no folder at the beginning.
    :raises IndexNotFound: if ``out`` holds it: every build would call for the next.
    :raises ModelNotFound: if the model can't be loaded.
    """
    if not source.is_dir():
        raise NoDocuments(f"{source} is no folder; give the folder that holds the documents")
    if source.resolve().is_relative_to(out.resolve()):
        raise IndexNotFound(f"{out} holds the documents; give another folder for the index with --out")
    for _ in _occasions(source, out):
        while True:
            try:
                on_build(build_index(source, out, model, progress))
            except ModelNotFound:
                raise
            except IndexBusy as error:
                on_trouble(error)
                time.sleep(_WAIT)
                continue
            except (ZhengwenError, OSError) as error:
                on_trouble(error)
            break


def _occasions(source: Path, out: Path) -> Iterator[None]:
    """Now, and each time that something changed and has settled; also while another build goes on."""
    index = out.resolve()

    def matters(_: Change, path: str) -> bool:
        changed = Path(path)
        below = changed.relative_to(root).parts if changed.is_relative_to(root) else ()
        return not changed.is_relative_to(index) and not any(part.startswith(".") for part in below)

    while True:
        root = source.resolve()
        changes = watch(
            root,
            watch_filter=matters,
            debounce=int(1000 * _LONGEST),
            step=int(1000 * SETTLED),
            rust_timeout=int(1000 * _LOOK),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        next(changes)  # from here on it watches; what changes during the build would be missed else
        yield
        for changed in changes:
            gone = (Change.deleted, str(root)) in changed or not source.is_dir()
            if changed or gone:  # that it is gone may be seen before it is told
                yield
            if gone:
                break  # what is watched is gone, even if there is another folder of that name
        while not source.is_dir():  # moved away or not mounted: nothing tells when it comes back
            time.sleep(_LOOK)
