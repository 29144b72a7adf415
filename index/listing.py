"""What an index knows about each of its documents, to be read by people and by programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from index.types import Document, Published

_WORDS: Final = {
    "title": "题名",
    "published": "出版日期",
    "effective": "施行日期",
    "issuer": "发文机关",
    "doc_number": "文号",
    "kind": "种类",
    "region": "地域",
    "byline": "署名",
    "url": "网址",
}
_PRECISION: Final = {"day": "精确到日", "month": "精确到月", "year": "精确到年", "range": "一段时间"}


def described(document: Document, passages: int) -> dict[str, Any]:
    """A document's facts, each with where it comes from, for JSON; what isn't known is null.

    :param passages: how many passages the index has of it.
    """
    facts = {name: getattr(document, name) for name in _WORDS}
    if published := document.published:
        facts["published"] = {
            "first": published.first.isoformat(),
            "last": published.last.isoformat(),
            "precision": published.precision,
        }
    if document.effective:
        facts["effective"] = document.effective.isoformat()
    return {
        "doc_id": document.doc_id,
        **facts,
        "pages": _pages(document),
        "passages": passages,
        "also_in": list(document.also_in),
        "origins": dict(document.origins),
    }


def listed(document: Document, passages: int) -> Table:
    """A document's facts as lines: what, the fact, where it comes from."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=2)
    for name, fact, origin in _lines(document, passages):
        # As Text: what stands in a document is never markup.
        table.add_row(Text(f"  {name}"), Text(fact), Text(origin))
    return table


def _lines(document: Document, passages: int) -> Iterator[tuple[str, str, str]]:
    for name, word in _WORDS.items():
        value = getattr(document, name)
        if name == "published" and document.published:
            value = f"{document.published}({_PRECISION[document.published.precision]})"
        elif name == "effective" and document.effective:
            value = Published(document.effective, document.effective)
        elif value is None and name in ("byline", "url"):
            continue
        origin = document.origins.get(name, "")
        yield word, "不明" if value is None else str(value), f"据{origin}" if origin else ""
    pages = _pages(document)
    yield "篇幅", f"{f'{pages} 页,' if pages else ''}{passages} 个段落", ""
    if document.also_in:
        yield "又见", "\n".join(document.also_in), "内容相同"


def _pages(document: Document) -> int:
    return len({page for _, page in document.pages})
