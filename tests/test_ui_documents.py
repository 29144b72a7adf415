"""The 文档 tab in Chromium: files go in, are asked about, corrected and removed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from index import Library
from tests.chats import serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
BUILT = 90_000  # ms; a build in a process of its own, on a busy machine
KITES = "琉璃岛风筝通报\n\n2019年琉璃岛的风筝产量为4321万只，比上年多一成。\n"
Visit = Callable[..., Page]


@dataclass(frozen=True)
class Site:
    """A running chat: its address, and the folder of its documents."""

    url: str
    documents: Path


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "seeds", folder / "documents", ignore=shutil.ignore_patterns("uploads"))
    two_pages(folder / "documents" / "两页.pdf")
    Library(folder / "documents", folder / "index").update()
    with serving(folder) as url:
        yield Site(url, folder / "documents")


def two_pages(path: Path) -> None:
    """Make a PDF with a sentence on each of its pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    pdf = canvas.Canvas(str(path))
    for text in ("2018年珊瑚镇的灯笼产量为7001万只。", "2019年珊瑚镇的灯笼产量为7002万只。"):
        pdf.setFont("STSong-Light", 14)
        pdf.drawString(72, 700, text)
        pdf.showPage()
    pdf.save()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Open the tab; at the end, look at what went wrong in the browser."""
    errors: list[str] = []
    contexts = []

    def opened(at: str = "#documents", **settings: Any) -> Page:
        context = browser.new_context(**({"locale": "zh-CN", "viewport": DESKTOP} | settings))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(site.url + at)
        expect(page.locator(".tabs")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    # A refusal is the server's answer, not the page's error, though the browser writes it down.
    assert [error for error in errors if "the server responded with a status of 4" not in error] == []


def drop(page: Page, files: dict[str, str]) -> None:
    """Drop files on the list, as from a file manager."""
    dragged = page.evaluate_handle(
        """(files) => {
          const dragged = new DataTransfer();
          for (const [name, text] of Object.entries(files)) dragged.items.add(new File([text], name));
          return dragged;
        }""",
        files,
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": dragged})
    expect(page.locator(".drop.over")).to_have_count(1)
    page.dispatch_event(".drop", "drop", {"dataTransfer": dragged})


def arrival(page: Page, name: str) -> Locator:
    return page.locator(".arrival").filter(has_text=name)


def row(page: Page, text: str) -> Locator:
    return page.locator(".volumes tbody tr").filter(has_text=text)


def ask(page: Page, question: str) -> Locator:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    turn = page.locator(".turn").filter(has_text=question).last
    expect(turn.locator(".answer, .refusal")).to_be_visible()
    return turn


def test_a_file_goes_in_is_cited_corrected_and_removed(visit: Visit, site: Site) -> None:
    page = visit()
    expect(page.locator(".volumes tbody tr")).to_have_count(6)
    drop(page, {"风筝.txt": KITES, "空.txt": " \n", "程序.exe": "MZ", "旧.doc": "旧"})
    expect(arrival(page, "程序.exe").locator(".how")).to_contain_text("不能读取这种文件（.exe）")
    expect(arrival(page, "旧.doc").locator(".how")).to_contain_text("另存为 .docx")
    expect(arrival(page, "风筝.txt").locator(".how")).to_have_text("已收入", timeout=BUILT)
    expect(arrival(page, "空.txt").locator(".how")).to_have_text("未能收入：里面没有文字", timeout=BUILT)
    expect(row(page, "uploads/风筝.txt").locator(".chip")).to_have_text("已收入")
    expect(row(page, "uploads/空.txt").locator(".reason")).to_have_text("里面没有文字")
    assert sorted(path.name for path in (site.documents / "uploads").glob("[!.]*")) == [
        "空.txt",
        "风筝.txt",
    ]

    page.get_by_role("link", name="问答").click()
    expect(page.locator(".welcome")).to_contain_text("共收录 7 篇文档")
    turn = ask(page, "2019年琉璃岛的风筝产量是多少？")
    expect(turn.locator(".answer")).to_contain_text("4321万只")
    expect(turn.locator(".card .title").first).to_have_text("琉璃岛风筝通报")

    page.get_by_role("link", name="文档", exact=True).click()
    row(page, "uploads/风筝.txt").get_by_role("link").click()
    page.get_by_role("button", name="更正信息").click()
    page.get_by_label("题名", exact=True).fill("琉璃岛风筝年报")
    page.get_by_label("日期", exact=True).fill("去年")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".published .error")).to_contain_text("不是日期")
    expect(page.get_by_label("日期", exact=True)).to_be_focused()
    page.get_by_label("日期", exact=True).fill("2020-01-15")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".facts")).to_be_hidden()
    expect(page.locator(".opened h2")).to_have_text("琉璃岛风筝年报", timeout=BUILT)
    expect(page.locator(".opened .details").first).to_contain_text("2020年1月15日")

    page.get_by_role("button", name="移除", exact=True).first.click()
    page.get_by_role("button", name="取消").last.click()
    page.get_by_role("button", name="移除", exact=True).first.click()
    page.locator(".confirm .danger").click()
    expect(page.locator(".volumes")).to_be_visible()
    expect(row(page, "uploads/风筝.txt")).to_have_count(0, timeout=BUILT)
    assert not (site.documents / "uploads" / "风筝.txt").exists()
    page.get_by_role("link", name="问答").click()
    turn.locator(".card").first.click()
    expect(page.locator("#pane")).to_contain_text("已不在索引里")
    expect(ask(page, "琉璃岛的风筝产量2019年是多少？")).not_to_contain_text("4321万只")


def test_a_page_stands_beside_its_text(visit: Visit) -> None:
    page = visit()
    row(page, "两页.pdf").get_by_role("link").click()
    image = page.locator(".leaf img")
    drawn = "image => image.complete && image.naturalWidth > 500"
    expect(page.locator(".opened .page")).to_contain_text("7001万只")
    page.wait_for_function(f"({drawn})(document.querySelector('.leaf img'))")
    expect(page.locator(".on.current")).to_contain_text("7001万只")
    page.get_by_role("button", name="下一页").click()
    expect(image).to_have_attribute("src", re.compile("page=2$"))
    expect(page.locator(".on.current")).to_contain_text("7002万只")
    page.wait_for_function(f"({drawn})(document.querySelector('.leaf img'))")
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    expect(page.get_by_role("button", name="移除")).to_have_count(0)  # the folder's own file
    page.keyboard.press("Escape")
    expect(page.locator(".volumes")).to_be_visible()


def test_a_citation_names_the_page(visit: Visit) -> None:
    page = visit("")
    card = ask(page, "2019年珊瑚镇的灯笼产量是多少？").locator(".card").first
    expect(card).to_contain_text("7002万只")
    expect(card.locator(".details")).to_contain_text("第2页")


def test_the_list_is_searched_sorted_and_reached_by_keyboard(visit: Visit) -> None:
    page = visit()
    page.get_by_placeholder("查找").fill("钱塘 勇攀")
    expect(page.locator(".volumes tbody tr")).to_have_count(1)
    page.get_by_placeholder("查找").fill("没有这样的")
    expect(page.locator(".entries")).to_contain_text("没有符合条件的文档")
    page.get_by_placeholder("查找").fill("")
    head = page.locator("th.passages")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(head.get_by_role("button")).to_be_focused()
    counts = [int(text) for text in page.locator("td.passages").all_inner_texts() if text.isdecimal()]
    assert counts == sorted(counts)
    row(page, "55830").get_by_role("link").press("Enter")
    expect(page.locator(".opened h2")).to_be_focused()
    page.go_back()
    expect(page.locator(".volumes")).to_be_visible()


def test_a_file_too_large_is_not_even_sent(visit: Visit, site: Site) -> None:
    page = visit()
    page.evaluate("document.querySelector('.shelf').dataset.megabytes = 0")
    drop(page, {"大.txt": KITES})
    expect(arrival(page, "大.txt").locator(".how")).to_contain_text("文件太大")
    page.get_by_role("button", name="不再显示").click()
    expect(page.locator(".arrival")).to_have_count(0)
    assert not (site.documents / "uploads" / "大.txt").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(visit: Visit, scheme: str) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    expect(page.locator(".volumes")).to_be_visible()
    assert page.evaluate(fits)
    row(page, "两页.pdf").get_by_role("link").tap()
    page.get_by_role("button", name="更正信息").tap()
    expect(page.get_by_label("文号", exact=True)).to_be_visible()
    assert page.evaluate(fits)


def test_english_where_the_browser_asks_for_it(visit: Visit) -> None:
    page = visit(locale="en-US")
    expect(page.locator(".drop")).to_contain_text("Drop files here")
    expect(page.locator(".volumes")).to_contain_text("In the index")


def test_thousands_of_documents_are_not_shown_at_once(browser: Browser, site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.documents.parent / "index", tmp_path / "index")
    many = tmp_path / "documents"
    many.mkdir()
    for number in range(5000):
        (many / f"{number:04}.txt").write_text("文", encoding="utf-8")
    with serving(tmp_path, "--documents", str(many)) as url:
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{url}#documents")
        expect(page.locator(".entries .count")).to_contain_text("50", timeout=30_000)
        assert page.locator(".volumes tbody tr").count() == 50
        assert page.locator("*").count() < 2000
        page.get_by_role("button", name="下一页").click()
        expect(page.locator(".pager")).to_contain_text("第 2 /")
        page.get_by_placeholder("查找").fill("4321.txt")
        expect(page.locator(".volumes tbody tr")).to_have_count(1)
        found = page.evaluate("fetch('/documents/list?page=7').then((reply) => reply.json())")
        assert len(json.dumps(found)) < 100_000
        page.close()
