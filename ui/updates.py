"""Keeping the index up with the documents: one build at a time, in the background.

Changes during a build are picked up by the next one, which follows at once.
"""

from __future__ import annotations

import logging
import time
from threading import Lock, Thread
from typing import Final

from rag import IndexBusy, Library, Live, ZhengwenError

logger = logging.getLogger(__name__)

_SETTLE: Final = 0.5  # seconds in which further files may come, to go into the same build
_BUSY: Final = 3.0  # seconds until the next try when someone else is building


class Updates:
    """Builds the index of a library when something has changed, and has the assistant take it up."""

    def __init__(self, library: Library, live: Live) -> None:
        """Wait for `want`."""
        self.library = library
        self.live = live
        self.progress: tuple[str, int, int] | None = None
        self.error: ZhengwenError | None = None
        self._lock = Lock()
        self._running = False
        self._wanted = False

    @property
    def running(self) -> bool:
        """Whether a build is going on or about to."""
        return self._running

    def want(self) -> None:
        """Have the index built: now, or again when the build that is going on is done."""
        with self._lock:
            self._wanted = True
            if self._running:
                return
            self._running = True
        Thread(target=self._work, name="index update", daemon=True).start()

    def _work(self) -> None:
        try:
            while self._is_wanted():
                time.sleep(_SETTLE)
                self._wanted = False  # whatever came until now is in this build
                self._build()
        except BaseException:
            self._running = False
            raise

    def _is_wanted(self) -> bool:
        """Whether there is more to do; if not, that is the end, in one step with finding out."""
        with self._lock:
            self._running = self._wanted
            return self._wanted

    def _build(self) -> None:
        try:
            self.library.update(self._tell)
            self.error = None
        except IndexBusy:
            time.sleep(_BUSY)
            self._wanted = True
        except ZhengwenError as error:
            logger.warning("the index was not updated: %s", error)
            self.error = error
        finally:
            self.progress = None
        self.live.refresh()

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.progress = (stage, done, total)
