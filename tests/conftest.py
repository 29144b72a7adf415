"""What several tests share: the seeds, and an index of them built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import build_index


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
