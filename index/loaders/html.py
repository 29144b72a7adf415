"""Saved web pages: the main text with its title, date and source; menus, lists of links and footers left out.

Chinese government sites say of a page in `<meta>` what it is: ArticleTitle, PubDate, ContentSource
(国办发〔2017〕47号《政府网站发展指引》, annex 网页标签规范); that goes before what trafilatura finds.
Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import lxml.html
from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document, use_config

from index.errors import UnreadableDocument
from index.loaders.html_facts import facts_of, page_metas
from index.loaders.limits import DEEPEST, MOST_COLUMNS, MOST_ELEMENTS, check_cells, read_bytes
from index.loaders.lines import Line, document, lowered, raised
from index.loaders.raw import RawDocument
from index.loaders.table import Table, table_lines
from index.loaders.text import TRADITIONAL, decode

_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD: Final = 4096  # bytes in which a page says its encoding
_GB: Final = re.compile(r"gb[-_]?(?:2312|k|18030)|hz|euc-cn", re.IGNORECASE)
_TORN: Final = 1000  # of so many characters one may be none: pages are put together from several sources
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_CELL_LENGTH: Final = 600  # characters; a table with longer cells lays out a page
_ABOVE: Final = 60
_END: Final = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_NOT_SHOWN: Final = (
    "rt",
    "rp",
    "script",
    "style",
    "noscript",
    "template",
    "select",
    "button",
    "textarea",
    "iframe",
)
_OFF_LINE: Final = {"sup": raised, "sub": lowered}
_SENTENCE: Final = re.compile("[，。；！？,;!?]")
_SAID: Final = 12  # characters: a line without a link that has fewer, or no mark in it, is none of a text
_MOSTLY: Final = 0.8
_LONGEST_MENU: Final = 40  # characters
_LITTLE: Final = 4  # times as much in links as a page says itself
_RUN: Final = 3  # lines that are links alone: so many are a list of other pages
_FILE: Final = re.compile(
    r"\.(?:docx?|wps|pdf|xlsx?|et|pptx?|zip|rar|7z|ofd|jpe?g|png|txt)(?:[?#].*)?$", re.IGNORECASE
)
_OTHERS: Final = re.compile(
    r".{0,6}(?:相关|推荐|更多|延伸|链接|热点|热门|最新|上一[篇条]|下一[篇条]|猜你|精彩|往期|阅读|新闻).{0,8}$"
)
_FOOT: Final = re.compile(r"版权所有|ICP备|网站标识码|公网安备|网站地图")
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_FEW: Final = "80"  # characters of an article; of Latin ones 250 would say as much

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
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "main",
        "body",
        "blockquote",
        "header",
        "footer",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "center",
        "tbody",
        "thead",
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
    metas = page_metas(tree)
    scripts = "\n".join(script.text or "" for script in tree.iter("script"))
    _take_out(tree)
    _write_out_tables(path, tree)
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise UnreadableDocument(
            f"{path}: the page has more than the {MOST_ELEMENTS:,} tags that are read; save its text as .txt"
        )
    links = {
        piece
        for link in tree.iter("a")
        if not _FILE.search(link.get("href", ""))
        for piece in _pieces(link.text_content())
    }
    accounts = [account.text_content().strip() for account in tree.xpath("//*[@id='js_name']")]  # WeChat's
    shown = list(_lines(tree))
    found, lines = _article(tree, links)
    if not _said(lines, links) and _is_hub(lines, shown, links):
        raise UnreadableDocument(
            f"{path}: the page has no text besides its links; save the page of the article itself"
        )
    saved_from = _SAVED_FROM.search(text[:_HEAD])
    title = metas.get("articletitle") or (found.title if found else None)
    about = facts_of(shown, metas, scripts)
    properties = replace(
        about,
        title=title,
        issuer=about.issuer or next(filter(None, accounts), None),
        site=metas.get("sitename") or (found.sitename if found and not accounts else None),
        url=url
        or metas.get("url")
        or (found.url if found else None)
        or (saved_from[1] if saved_from else None),
    )
    if title and _bare(title) not in _bare("".join(line.text for line in lines[:3])):
        lines.insert(0, Line(title, heading=True))
    return document(lines, properties, encoding)


def _article(tree: Any, links: Set[str]) -> tuple[Document | None, list[Line]]:
    """What trafilatura finds; where that lacks sentences, the part of the page that has most of them.

    It is all one line where trafilatura has found nothing and gives the whole page instead. Lists of
    links to other pages are left out of either.
    """
    core = _without_lists(list(_lines(_core(tree, links))), links)
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _FEW)
    found = bare_extraction(tree, include_comments=False, with_metadata=True, config=config)
    if not isinstance(found, Document) or found.body is None:
        return None, core
    lines = _without_lists(list(_lines(found.body)), links)
    whole = len(lines) > 1 and _said(lines, links) >= _MOSTLY * _said(core, links)
    return found, lines if whole else core


def _core(tree: Any, links: Set[str]) -> Any:
    """The innermost element that has most of the page's sentences."""
    core = tree
    least = _MOSTLY * _said(list(_lines(tree)), links)
    while True:
        inner = next(
            (
                child
                for child in core
                if isinstance(child.tag, str) and _said(list(_lines(child)), links) >= least > 0
            ),
            None,
        )
        if inner is None or inner.tag not in _BLOCKS | {"html", "span"}:
            return core
        core = inner


def _said(lines: Sequence[Line], links: Set[str]) -> int:
    """How many characters of a text are its own sentences rather than links, labels and dates."""
    return sum(
        len(line.text)
        for line in lines
        if len(line.text) >= _SAID and _SENTENCE.search(line.text) and not _is_linked(line, links)
    )


def _is_hub(lines: Sequence[Line], shown: Sequence[Line], links: Set[str]) -> bool:
    """Whether what a page without sentences says is nothing beside the links on it."""
    own = sum(len(line.text) for line in lines if not _is_linked(line, links))
    return own * _LITTLE < sum(len(line.text) for line in shown if _is_linked(line, links)) or not own


def _is_linked(line: Line, links: Set[str]) -> bool:
    """Whether a line says nothing besides the texts of links and their dates."""
    return all(_is_made_of(piece, links) for piece in _pieces(line.text))


def _is_made_of(piece: str, links: Set[str]) -> bool:
    """Whether a piece is the text of a link, or of several one after the other."""
    if piece in links or len(piece) > _LONGEST_MENU:
        return piece in links
    ends = {0}
    for end in range(1, len(piece) + 1):
        if any(piece[start:end] in links for start in ends):
            ends.add(end)
    return len(piece) in ends


def _without_lists(lines: Sequence[Line], links: Set[str]) -> list[Line]:
    """The lines without menus, lists of links with what stands over them, and what is at every page's foot."""
    kept: list[Line] = []
    rest = (line for line in lines if "。" in line.text or not _FOOT.search(line.text))
    for linked, run in groupby(rest, key=lambda line: _is_linked(line, links)):
        together = list(run)
        if linked and (len(together) >= _RUN or not kept):
            while kept and not _SENTENCE.search(kept[-1].text) and _OTHERS.match(kept[-1].text):
                kept.pop()
        else:
            kept += together
    return kept


def _take_out(tree: Any) -> None:
    """Take out what a page doesn't show, and make paragraphs of the boxes that hold text alone."""
    for element in list(tree.iter(*_NOT_SHOWN)):
        element.drop_tree()
    for element in list(tree.iter()):
        if isinstance(element.tag, str) and _HIDDEN.search(element.get("style", "")):
            if element.getparent() is not None:
                element.drop_tree()
        elif element.tag in _OFF_LINE and len(element) == 0:
            element.text = _OFF_LINE[element.tag]((element.text or "").strip())
        elif element.tag in ("div", "section") and not any(
            isinstance(inner.tag, str) and inner.tag in _BLOCKS for inner in element.iterdescendants()
        ):
            element.tag = "p"


def fragment_lines(path: Path, markup: str) -> Iterator[Line]:
    """The lines of a piece of HTML within another text."""
    piece = lxml.html.fragment_fromstring(markup, create_parent=True)
    _take_out(piece)
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


def _tree(path: Path, text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True)
    try:
        # Pages are put together of pieces, each with ends of its own; browsers pass over them.
        tree = lxml.html.document_fromstring(_END.sub("", text).encode("utf-8", "replace"), parser=parser)
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
