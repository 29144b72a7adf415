"""Questions of ours set aside, by document, for ``python -m train confidence``: the reader never sees them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import tomlkit

from index import fold
from train.data import Asked

_OF: Final = 12  # documents one is set aside
_KINDS: Final = {
    "figure": "fact_number",
    "entity": "fact_entity",
    "list": "definition_list",
    "period": "temporal",
}
"""Styles of questions as gold sets name them; the others are paraphrases."""


def is_aside(text: str) -> bool:
    """Whether a document is set aside; its text alone decides."""
    return int.from_bytes(hashlib.sha256(fold(text).encode()).digest()[:4]) % _OF == 0


def write_set(asked: Sequence[Asked], folder: Path) -> None:
    """Write questions and their documents as a gold set: ``docs/`` and ``gold.jsonl``."""
    docs = folder / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    for old in docs.iterdir():
        old.unlink()
    first = {each.context: each for each in reversed(asked)}
    names = {text: f"{number:04d}.txt" for number, text in enumerate(sorted(first), 1)}
    metadata = tomlkit.document()
    for text, name in names.items():
        (docs / name).write_text(text, encoding="utf-8")
        known = {"title": first[text].title, "published": first[text].published}
        metadata[name] = {key: value for key, value in known.items() if value}
    (docs / "metadata.toml").write_text(tomlkit.dumps(metadata), encoding="utf-8")
    lines = (_gold(number, each, names[each.context]) for number, each in enumerate(asked, 1))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "gold.jsonl").write_text(text, encoding="utf-8")


def _gold(number: int, asked: Asked, name: str) -> dict[str, Any]:
    """A question in the form of a gold set."""
    answers = [asked.context[start:end].strip() for start, end in asked.answers]
    quotes = [asked.context[start:end] for start, end in asked.evidence or asked.answers]
    kind = _KINDS.get(asked.style, "paraphrase") if answers else "unanswerable"
    return {
        "id": f"q{number}",
        "question": asked.question,
        "type": kind,
        "answerable": bool(answers),
        "answers": answers,
        "all_required": len(answers) > 1,
        "evidence": [{"file": name, "quote": quote} for quote in quotes if answers],
    }
