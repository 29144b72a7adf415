"""The documents as HTML: what is shown of them, in which order, and that all of it is escaped."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from index import loaders
from rag import Document, Entry, Published, UnreadableDocument
from ui import shelf
from ui.reasons import reason
from ui.shelf import SHOWN, View, Work
from ui.words import EN, ZH

HOSTILE = "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=1\"> & '单' ${a} {{b}} {} {0}"
FACTS = dict.fromkeys(shelf.FIELDS, "")
IDLE = Work()


def entry(doc_id: str, title: str = "题", **facts: object) -> Entry:
    known = {"published": None, "kind": None, "pages": 0, "passages": 1, "state": "indexed", "reason": ""}
    return Entry(doc_id, title, uploaded=doc_id.startswith("uploads/"), **known | facts)  # type: ignore[arg-type]


def ids(html: str) -> list[str]:
    return re.findall(r'href="#documents/([^"]+)"', html)


ENTRIES = [
    entry("a", "乙", published=Published.parse("2023"), pages=3),
    entry("b", "甲", published=Published.parse("2025"), kind="报道", passages=9),
    entry("c", "丙", state="left_out", reason="/srv/docs/c: the file is empty; remove it", passages=0),
    entry("d", "丁", state="waiting", passages=0),
    entry("e", "戊", state="leaving"),
]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (View(), "cdeba"),
        (View(sort="published"), "cdeab"),
        (View(sort="-published"), "bacde"),
        (View(sort="title"), "dcaeb"),
        (View(sort="-pages"), "acdeb"),
        (View(sort="passages"), "cdeab"),
        (View(sort="no such column"), "cdeba"),
        (View(state="indexed"), "ba"),
        (View(state="waiting"), "d"),
        (View(words="甲"), "b"),
        (View(words="甲 乙"), ""),
        (View(page=99), "cdeba"),
        (View(page=-3), "cdeba"),
    ],
)
def test_the_list_is_what_is_looked_for_in_the_order_asked_for(view: View, shown: str) -> None:
    assert "".join(ids(shelf.listing(ENTRIES, view, IDLE, ZH))) == shown


def test_a_page_of_the_list_is_all_that_is_shown() -> None:
    many = [entry(f"{number:05}") for number in range(5000)]
    pages = [shelf.listing(many, View(sort="title", page=page), IDLE, ZH) for page in (1, 2, 100)]
    assert [len(ids(page)) for page in pages] == [SHOWN] * 3
    assert ids(pages[2])[-1] == "04999"
    assert "第 2 / 100 页" in pages[1]
    assert max(map(len, pages)) < 50_000


def test_the_reason_is_readable_and_without_the_server_s_path() -> None:
    shown = shelf.listing(ENTRIES, View(), IDLE, ZH)
    assert "里面没有文字" in shown
    assert "/srv" not in shown + shelf.listing(ENTRIES, View(), IDLE, EN)


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (IDLE, "有 2 处改动还没有进入索引"),
        (Work(True), "正在更新索引"),
        (Work(True, "documents", 3, 12), "正在读取文档 3 / 12"),
        (Work(True, "passages", 5, 9), "正在收入段落 5 / 9"),
        (Work(True, "another", 5, 9), "正在更新索引"),
        (Work(error="/srv/docs: no documents in /srv/docs: put"), "文件夹里没有可读的文档"),
    ],
)
def test_what_a_build_is_doing(work: Work, said: str) -> None:
    assert said in shelf.listing(ENTRIES, View(), work, ZH)


def test_a_waiting_document_tells_how_far_it_is() -> None:
    waiting = entry("d", state="waiting")
    stages = [Work(True), Work(True, "documents"), Work(True, "passages")]
    assert [shelf.stands(waiting, work, ZH) for work in stages] == ["等待收入", "正在读取", "正在收入"]
    assert shelf.told(ENTRIES[2], IDLE, ZH) == "未能收入：里面没有文字"


def test_hostile_text_stays_text() -> None:
    hostile = entry(f"uploads/{HOSTILE}", HOSTILE, kind=HOSTILE, state="left_out", reason=HOSTILE)
    document = Document(
        HOSTILE, HOSTILE, HOSTILE, ((0, 5),), ((0, 1),), ((0, 9),), issuer=HOSTILE, kind=HOSTILE
    )
    fragments = [
        shelf.listing([hostile], View(), Work(error=HOSTILE), ZH),
        shelf.opened(hostile, document, dict.fromkeys(shelf.FIELDS, HOSTILE), True, IDLE, ZH),
        shelf.opened(hostile, None, FACTS, False, IDLE, EN),
        shelf.frame(ZH, [HOSTILE], 1),
    ]
    for fragment in fragments:
        assert "<script" not in fragment
        assert "<img src=x" not in fragment
        assert 'onerror="' not in fragment
        assert HOSTILE in unescape(fragment)


def test_only_what_was_uploaded_can_be_removed() -> None:
    ours = shelf.opened(entry("uploads/a.txt"), None, FACTS, False, IDLE, ZH)
    assert 'data-do="remove"' in ours
    assert 'data-do="remove"' not in shelf.opened(entry("a.txt"), None, FACTS, False, IDLE, ZH)


def test_a_page_stands_beside_the_text_where_it_can_be_drawn() -> None:
    pdf = entry("a b.pdf", pages=3)
    shown = shelf.opened(pdf, Document("a b.pdf", "题", "文"), FACTS, True, IDLE, ZH)
    assert 'src="/documents/page.png?doc=a%20b.pdf&amp;page=1"' in shown
    assert 'data-pages="3"' in shown
    assert "<figure" not in shelf.opened(pdf, None, FACTS, False, IDLE, ZH)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.txt", b" \n", "里面没有文字"),
        ("坏.txt", bytes(range(256)) * 9, "不是文本文件"),
        ("坏.pdf", b"%PDF-1.7 no more", "文件已损坏"),
        ("坏.docx", b"PK\3\4" + bytes(99), "文件已损坏"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "另存为 .docx"),
        ("包.zip", b"PK\5\6" + bytes(18), "压缩包"),
        ("假.pdf", b"<!doctype html><p>1", "扩展名不符"),
        ("没有.txt", None, "打不开"),
    ],
)
def test_what_the_loaders_say_is_said_in_chinese(
    name: str, content: bytes | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableDocument) as error:
        loaders.load(tmp_path / name)
    assert said in reason(str(error.value), ZH)
    assert str(tmp_path) not in reason(str(error.value), EN)


def test_what_nobody_foresaw_is_shown_as_it_is() -> None:
    assert reason("一二三", ZH) == "一二三"
