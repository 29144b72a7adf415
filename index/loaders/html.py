"""Saved web pages: the main text with its title, date and source; menus, lists of links and footers left out.

Chinese government sites say of a page in `<meta>` what it is: ArticleTitle, PubDate, ContentSource
(国办发〔2017〕47号《政府网站发展指引》, annex 网页标签规范); that goes before what trafilatura finds.
Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Final

import lxml.html
from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document

from index.errors import UnreadableDocument
from index.loaders.limits import DEEPEST, MOST_COLUMNS, MOST_ELEMENTS, check_cells, read_bytes
from index.loaders.lines import Line, document
from index.loaders.raw import Properties, RawDocument
from index.loaders.table import Table, table_lines
from index.loaders.text import TRADITIONAL, decode
from index.types import Published

_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD: Final = 4096  # bytes in which a page says its encoding
_GB: Final = re.compile(r"gb[-_]?(?:2312|k|18030)|hz|euc-cn", re.IGNORECASE)
_TORN: Final = 1000  # of so many characters one may be none: pages are put together from several sources
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_DAY: Final = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_CELL_LENGTH: Final = 600  # characters; a table with longer cells lays out a page
_ABOVE: Final = 60
_MOSTLY: Final = 0.6
_HEADINGS: Final = frozenset(["head", "h1", "h2", "h3", "h4", "h5", "h6"])  # trafilatura's and HTML's own
_BREAKS: Final = frozenset(["lb", "br"])
_BLOCKS: Final = _HEADINGS | frozenset(
    [
        "p",
        "item",
        "quote",
        "code",
        "ab",
        "cell",
        "row",
        "list",
        "table",
        "div",
        "li",
        "tr",
        "td",
        "th",
        "pre",
    ]
)


def load_html(path: Path) -> RawDocument:
    """Read a saved web page.

    :raises UnreadableDocument: if it is too large, too deep, or has no text besides its links.
    """
    return read_html(path, read_bytes(path))


def read_html(path: Path, data: bytes, url: str | None = None) -> RawDocument:
    """Read a web page's bytes, of a file of that name."""
    text, encoding = _decoded(path, data)
    tree = _tree(path, text)
    metas = _metas(tree)
    _write_out_tables(path, tree)
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise UnreadableDocument(
            f"{path}: the page has more than the {MOST_ELEMENTS:,} tags that are read; save its text as .txt"
        )
    links = {piece for link in tree.iter("a") for piece in _pieces(link.text_content())}
    found = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Document) or found.body is None or _is_hub(found.body, links):
        raise UnreadableDocument(
            f"{path}: the page has no text besides its links; save the page of the article itself"
        )
    saved_from = _SAVED_FROM.search(text[:_HEAD])
    title = metas.get("articletitle") or found.title
    properties = Properties(
        title=title,
        published=_published(metas.get("pubdate") or found.date),
        byline=metas.get("author"),
        issuer=metas.get("contentsource") or metas.get("sitename") or found.sitename,
        url=url or metas.get("url") or found.url or (saved_from[1] if saved_from else None),
    )
    lines = list(_lines(found.body))
    if title and _bare(title) not in _bare("".join(line.text for line in lines[:3])):
        lines.insert(0, Line(title, heading=True))
    return document(lines, properties, encoding)


def fragment_lines(path: Path, markup: str) -> Iterator[Line]:
    """The lines of a piece of HTML within another text."""
    piece = lxml.html.fragment_fromstring(markup, create_parent=True)
    _write_out_tables(path, piece)
    yield from _lines(piece)


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    """The text of a page: what it is strictly read as, else what it says itself, a torn character or two apart."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared:
        name = declared[1].decode().lower()
        stated = ("gb18030",) if _GB.fullmatch(name) else TRADITIONAL if name.startswith("big5") else ()
        for each in ("utf_8", *stated):
            text = data.decode(each, "replace")
            if text.count("\ufffd") * _TORN <= len(text):
                return text.removeprefix("\ufeff").replace("\0", ""), each
    return decode(path, data)


def _is_hub(body: Any, links: Set[str]) -> bool:
    """Whether what was found says little besides the texts of links and their dates."""
    pieces = _pieces("\n".join(body.itertext()))
    linked = sum(len(piece) for piece in pieces if piece in links)
    return linked >= _MOSTLY * sum(map(len, pieces))


def _tree(path: Path, text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise UnreadableDocument(f"{path}: the page is empty; save it again") from error
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise UnreadableDocument(
                f"{path}: its tags nest deeper than the {DEEPEST} levels that are read; save its text as .txt"
            )
    return tree


def _metas(tree: Any) -> Mapping[str, str]:
    """What the page's `<meta name=… content=…>` say, names in lower case."""
    named = ((meta.get("name", ""), meta.get("content", "")) for meta in tree.iter("meta"))
    return {name.strip().lower(): " ".join(content.split()) for name, content in named if content.strip()}


def _published(text: str | None) -> Published | None:
    found = _DAY.search(text or "")
    if not found:
        return None
    try:
        return Published.parse(re.sub(r"[/.年月]", "-", found[0]))
    except ValueError:
        return None


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\W\d]+", text)


def _write_out_tables(path: Path, tree: Any) -> None:
    """Put lines in the place of tables that hold data rather than lay out the page."""
    cells = 0
    for table in list(tree.iter("table")):
        rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
        cells += sum(map(len, rows))
        check_cells(path, [cells])
        if _holds_data(table, rows):
            block = lxml.html.Element("div")
            for line in table_lines(_grid(path, table, rows)):
                written = lxml.html.Element("h4" if line.heading else "p")
                written.text = line.text
                block.append(written)
            block.tail = table.tail
            table.getparent().replace(table, block)


def _holds_data(table: Any, rows: list[list[Any]]) -> bool:
    if (
        table.getparent() is None
        or next(table.iterdescendants("table", "input", "select", "iframe"), None) is not None
    ):
        return False
    texts = [cell.text_content() for row in rows for cell in row]
    linked = sum(len(link.text_content()) for link in table.iter("a"))
    return (
        sum(bool(row) for row in rows) > 1
        and max(map(len, rows), default=0) > 1
        and max(map(len, texts), default=0) <= _CELL_LENGTH
        and linked * 2 < sum(map(len, texts))
    )


def _grid(path: Path, table: Any, rows: list[list[Any]]) -> Table:
    """The table with its joined cells, at their places."""
    grid: list[list[str]] = [[] for _ in rows]
    merged: list[tuple[int, int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    area = 0
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            across = _span(cell, "colspan", MOST_COLUMNS)
            down = _span(cell, "rowspan", len(rows) - r)
            area += across * down
            check_cells(path, [area])
            if across * down > 1:
                merged.append((r, column, r + down - 1, column + across - 1))
                taken |= {(y, x) for y in range(r, r + down) for x in range(column, column + across)}
            grid[r] += [""] * (column - len(grid[r]))
            grid[r].append("\n".join(part.strip() for part in cell.itertext() if part.strip()))
            column += across
    caption = table.find("caption")
    above = [] if caption is None else [" ".join(caption.text_content().split())]
    for before in table.itersiblings(preceding=True):
        text = " ".join(before.text_content().split()) if isinstance(before.tag, str) else ""
        if len(text) > _ABOVE or len(above) > 1:
            break
        above = [text, *above] if text else above
    return Table([[above[-1]], *grid] if caption is not None else grid, _below(merged, caption), above)


def _below(merged: list[tuple[int, int, int, int]], caption: Any) -> list[tuple[int, int, int, int]]:
    """The joined cells, one row lower under a caption that is written as the first row."""
    by = int(caption is not None)
    return [(top + by, left, bottom + by, right) for top, left, bottom, right in merged]


def _span(cell: Any, name: str, most: int) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 6 else 1


def _lines(body: Any) -> Iterator[Line]:
    """The blocks of a tree, HTML's or trafilatura's, each line of them one."""
    text: list[str] = []
    heading = False
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _BLOCKS:
            yield from (Line(line, heading) for line in "".join(text).split("\n") if line.strip())
            text = []
            heading = event == "start" and element.tag in _HEADINGS
        if event == "start":
            text.append(("\n" if element.tag in _BREAKS else "") + (element.text or "").replace("\n", " "))
        elif element is not body:
            text.append((element.tail or "").replace("\n", " "))
    yield from (Line(line) for line in "".join(text).split("\n") if line.strip())
