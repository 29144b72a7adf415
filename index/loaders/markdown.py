"""Markdown: headings, paragraphs, lists and tables without their marks; the front matter as properties."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from index.loaders.html import fragment_lines
from index.loaders.limits import DEEPEST, LARGEST_MARKDOWN, read_bytes
from index.loaders.lines import Line, document, joined
from index.loaders.raw import Properties, RawDocument
from index.loaders.table import Table, table_lines
from index.loaders.text import decode
from index.types import Published

_FRONT: Final = re.compile(r"---[ \t]*\n(?P<inside>(?:.*\n){0,100}?)(?:---|\.\.\.)[ \t]*(?:\n|$)")
_ENTRY: Final = re.compile(r"(?P<key>[\w-]+)\s*[:：]\s*(?P<value>.*?)\s*")
_DAY: Final = re.compile(r"\d{4}(?:-\d{1,2}){0,2}")
_KEYS: Final = {
    "title": ("title", "标题"),
    "published": ("date", "published", "日期", "发布日期"),
    "byline": ("author", "作者", "记者"),
    "issuer": ("issuer", "source", "来源", "发布机构", "发文机关"),
    "doc_number": ("doc_number", "文号", "发文字号"),
    "url": ("url", "link", "链接", "网址"),
}


def load_markdown(path: Path) -> RawDocument:
    """Read a Markdown file.

    :raises UnreadableDocument: if it is no text, or too large.
    """
    text, encoding = decode(path, read_bytes(path, LARGEST_MARKDOWN))
    text = text.replace("\r\n", "\n")
    front = _FRONT.match(text)
    properties = _properties(_entries(front["inside"])) if front else Properties()
    markdown = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    root = SyntaxTreeNode(markdown.parse(text[front.end() :] if front else text))
    title = properties.title or _only_heading(root)
    return document(_lines(path, root), replace(properties, title=title), encoding)


def _only_heading(root: SyntaxTreeNode) -> str | None:
    """The heading of the first level that a text begins with, unless there are more of them."""
    first = [node for node in root.children if node.type == "heading" and node.tag == "h1"]
    return joined(_inline(first[0])) if len(first) == 1 and root.children[0] is first[0] else None


def _entries(inside: str) -> Mapping[str, str]:
    """The lines ``key: value`` of a front matter, keys in lower case."""
    found = filter(None, map(_ENTRY.fullmatch, inside.splitlines()))
    return {entry["key"].lower(): entry["value"].strip("\"'") for entry in found if entry["value"]}


def _properties(entries: Mapping[str, str]) -> Properties:
    said = {
        name: next((entries[key] for key in keys if key in entries), None) for name, keys in _KEYS.items()
    }
    day = _DAY.match(said["published"] or "")
    try:
        published = Published.parse(day[0]) if day else None
    except ValueError:  # 2025-13-45 says nothing
        published = None
    return Properties(
        said["title"],
        published,
        byline=said["byline"],
        issuer=said["issuer"],
        doc_number=said["doc_number"],
        url=said["url"],
    )


def _lines(path: Path, node: SyntaxTreeNode, before: str = "") -> Iterator[Line]:
    """The lines of a block and those in it; ``before`` is the number of a list's item."""
    for child in node.children:
        match child.type:
            case "heading":
                yield Line(joined(_inline(child)), heading=True)
            case "paragraph":
                yield Line(before + joined(_inline(child)))
                before = ""
            case "table":
                rows = [
                    [_inline(cell) for cell in row.children]
                    for part in child.children
                    for row in part.children
                ]
                yield from table_lines(Table(rows, header=1))
            case "ordered_list":
                first = int(child.attrs.get("start", 1))
                for number, item in enumerate(child.children, first):
                    yield from _lines(path, item, f"{number}. ")
            case "fence" | "code_block":
                yield from map(Line, child.content.split("\n"))
            case "html_block":
                if re.search(r"\w", re.sub(r"<[^>]*>", "", child.content)):
                    yield from fragment_lines(path, child.content)
            case _:
                yield from _lines(path, child)


def _inline(node: SyntaxTreeNode) -> str:
    """The words of a paragraph: of a link its text, of a picture what stands for it."""
    said = []
    for child in node.walk():
        if child.type in ("text", "code_inline"):
            said.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or (
            child.type == "html_inline" and child.content.lower().startswith("<br")
        ):
            said.append("\n")
    return "".join(said)
