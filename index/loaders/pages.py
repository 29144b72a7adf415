"""The pages of a file, PDF or scan, made into one text: in reading order, in paragraphs, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from index.loaders.columns import Fragment, reading_order
from index.loaders.furniture import Page, without_furniture
from index.loaders.jumps import put_together
from index.loaders.overleaf import written_out
from index.loaders.paragraphs import Body, Paragraph, join, pieces, stretches
from index.loaders.raw import Properties, RawDocument


def document_of(pages: Sequence[Page], properties: Properties) -> RawDocument:
    """Put the text of all pages together, headers, footers and page numbers left out."""
    kept, _ = without_furniture(pages)
    body = _running_type(fragment for page in kept for fragment in page.fragments)
    ordered = [reading_order(page.fragments, body.size, page.frames) for page in kept]
    columns = [
        stretch
        for page, written in zip(kept, written_out(ordered), strict=True)
        for stretch in stretches(written, page.number)
    ]
    return _written(put_together(join(columns, body), body.size), properties)


def _running_type(fragments: Iterable[Fragment]) -> Body:
    """The type in which most of the text is set; its size to half a point."""
    sizes: Counter[float] = Counter()
    styles: Counter[tuple[str, bool]] = Counter()
    for fragment in fragments:
        sizes[round(fragment.size * 2) / 2] += len(fragment.text)
        styles[fragment.style, fragment.bold] += len(fragment.text)
    size = max(sizes, key=lambda size: sizes[size], default=1.0)
    style, bold = max(styles, key=lambda style: styles[style], default=("", False))
    return Body(size or 1.0, style, bold)


def _written(paragraphs: Sequence[Paragraph], properties: Properties) -> RawDocument:
    """One paragraph a line, with the places where pages, headings and doubtful characters are."""
    text: list[str] = []
    pages: list[tuple[int, int]] = []
    headings: list[tuple[int, int]] = []
    doubtful: list[tuple[int, int]] = []
    at = 0
    for paragraph in paragraphs:
        start = at
        for piece, line in pieces(paragraph.lines):
            if not pages or pages[-1][1] != line.page:
                pages.append((at, line.page))
            doubtful += [
                (at + begin, at + min(end, len(piece))) for begin, end in line.doubts if begin < len(piece)
            ]
            text.append(piece)
            at += len(piece)
        if paragraph.heading:
            headings.append((start, at))
        text.append("\n")
        at += 1
    return RawDocument(
        text="".join(text),
        pages=tuple(pages),
        headings=tuple(headings),
        doubtful=tuple(doubtful),
        laid_out=True,
        properties=properties,
    )
