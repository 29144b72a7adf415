"""An assistant that goes on answering while its index is built anew.

live = Live(".index")
answer = live.assistant().ask("…")      # from the newest index that has been loaded whole
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock, Thread
from typing import Literal

from index import Manifest, PassageIndex, ZhengwenError, read_manifest
from index.store import MANIFEST
from rag.assistant import Assistant
from rag.reader import Reader
from rag.retriever import Retriever

logger = logging.getLogger(__name__)


class Live:
    """The assistant over an index folder, another one after each build.

    Whoever asked for the assistant keeps the one that was given, with its index, as long as needed;
    a new index is loaded in the background and given to whoever asks next.
    """

    def __init__(self, path: str | Path, reader: Reader | Literal["built-in"] | None = "built-in") -> None:
        """Load the index in a folder, as `Retriever.load` does, and the `Assistant`'s reader.

        :raises ZhengwenError: if that isn't possible.
        """
        self._folder = Path(path)
        self._seen = self._stamp()
        self._loaded = read_manifest(self._folder)
        self._assistant = Assistant(Retriever.load(self._folder), reader=reader)
        self._loading = Lock()
        self.version = 0
        """How many times the index has been another since the beginning."""

    def assistant(self) -> Assistant:
        """The assistant over the newest index loaded; a newer one there is loaded in the background."""
        if self._stamp() != self._seen and not self._loading.locked():
            Thread(target=self.refresh, name="new index", daemon=True).start()
        return self._assistant

    @property
    def source(self) -> Path | None:
        """The folder of documents that the index was made of; None if it doesn't say."""
        return Path(self._loaded.source) if self._loaded.source else None

    def refresh(self) -> None:
        """Load the index if there is another one now; one that can't be loaded changes nothing and is logged."""
        with self._loading:
            stamp = self._stamp()
            if stamp == self._seen:
                return
            self._seen = stamp  # one that can't be loaded isn't tried again until it changes
            try:
                manifest = read_manifest(self._folder)
                if manifest.data != self._loaded.data:
                    self._assistant = Assistant(self._retriever(manifest), reader=self._assistant.reader)
                    self.version += 1
                self._loaded = manifest
            except ZhengwenError as error:
                logger.warning("still answering from the index loaded before: %s", error)

    def _retriever(self, manifest: Manifest) -> Retriever:
        """The new index, with the model that is loaded already if it was built with that."""
        if _model(manifest) != _model(self._loaded):
            return Retriever.load(self._folder)
        return Retriever(PassageIndex.load(self._folder), self._assistant.retriever.encoder)

    def _stamp(self) -> tuple[int, int, int] | None:
        """What tells one manifest from another without reading it; None if there is none."""
        try:
            found = (self._folder / MANIFEST).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _model(manifest: Manifest) -> tuple[object, ...]:
    config = manifest.config
    return config.model, config.dimension, config.fingerprint
