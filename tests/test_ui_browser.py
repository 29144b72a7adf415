"""The chat in Chromium, over the real index of the seeds and one document that means harm.

Each test also shows that the page asked nobody but its own server for anything, and made no error.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from index import build_index
from tests.chats import serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
QUESTION = "2025年一季度钱塘规上工业增加值是多少？"
HARM = (
    "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'> **粗** $x^2$ $$y$$ "
    """${window.hacked=1} {{value}} __i18n__{"key":"\\u003cimg src=x onerror=window.hacked=1\\u003e"}"""
)
HARMFUL = f"# 琉璃岛年报{HARM}\n\n2019年琉璃岛的风筝产量为{HARM}4321万只，比上年多一成。\n"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the seeds and the harmful document."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "seeds", folder / "documents")
    name = "琉璃岛\"'><img src=x onerror=window.hacked=1>.txt"
    (folder / "documents" / name).write_text(HARMFUL, encoding="utf-8")
    build_index(folder / "documents", folder / "index")
    with serving(folder) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Open]:
    """Open the page as a visitor; at the end, look at what was requested and what went wrong."""
    requests: list[str] = []
    errors: list[str] = []
    contexts = []

    def opened(**settings: Any) -> Page:
        context = browser.new_context(**({"locale": "zh-CN", "viewport": DESKTOP} | settings))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(site)
        expect(page.locator(".welcome")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert requests
    assert {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))} == {
        "127.0.0.1"
    }
    assert not errors


def ask(page: Page, question: str) -> Locator:
    """Send a question and wait for its turn to be answered."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    turn = page.locator(".turn").filter(has_text=question).last
    expect(turn.locator(".answer, .refusal")).to_be_visible()
    return turn


def is_in_view(page: Page, inner: Locator, outer: Locator) -> bool:
    """Whether the first line of an element can be seen in another, and in the window."""
    part, whole, window = inner.bounding_box(), outer.bounding_box(), page.viewport_size
    assert part
    assert whole
    assert window
    bottom = min(whole["y"] + whole["height"], window["height"])
    return whole["y"] <= part["y"] <= part["y"] + 20 <= bottom and part["x"] >= max(whole["x"], 0)


def test_ask_read_the_answer_open_the_citation(visit: Open) -> None:
    page = visit()
    turn = ask(page, QUESTION)
    expect(turn.locator(".answer .text")).to_contain_text("171.51亿元")
    expect(page.locator("#question textarea")).to_have_value("")
    card = turn.locator(".card").first
    expect(card).to_contain_text("2025年")
    quote = card.locator("blockquote").inner_text()
    card.click()
    mark = page.locator("#pane mark").first
    expect(mark).to_contain_text("171.51亿元")
    assert mark.inner_text().strip() == quote
    assert is_in_view(page, mark, page.locator("#pane .page"))
    assert turn.locator(".card .title").first.inner_text() == page.locator("#pane h2").inner_text()


def test_the_mark_in_the_text_opens_the_quote_and_shows_it_again(visit: Open) -> None:
    page = visit()
    mark = ask(page, QUESTION).locator("button.mark").first
    mark.click()
    quoted, sheet = page.locator("#pane mark").first, page.locator("#pane .page")
    expect(quoted).to_be_visible()
    sheet.evaluate("sheet => sheet.scrollTo(0, sheet.scrollHeight)")
    assert not is_in_view(page, quoted, sheet)
    mark.click()
    page.wait_for_function("document.querySelector('#pane mark').getBoundingClientRect().top > 0")
    assert is_in_view(page, quoted, sheet)


def test_everything_works_from_the_keyboard(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name=QUESTION).press("Enter")
    title = page.locator(".card .title").first
    title.press("Enter")
    expect(page.locator("#pane mark").first).to_be_visible()
    expect(page.locator("#pane h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pane .library")).to_be_visible()
    expect(title).to_be_focused()


def test_a_refusal_says_so_and_offers_the_nearest_passages(visit: Open) -> None:
    page = visit()
    turn = ask(page, "2031年月球基地的常住人口是多少？")
    expect(turn.locator(".refusal")).to_contain_text("最接近的段落")
    expect(turn.locator(".answer")).to_have_count(0)
    passage = turn.locator(".card").first
    begins = passage.locator("blockquote").inner_text()[:12]
    passage.click()
    expect(page.locator("#pane mark").first).to_contain_text(begins)


def test_a_follow_up_is_understood_from_what_came_before(visit: Open) -> None:
    page = visit()
    expect(ask(page, QUESTION).locator(".understood")).to_have_count(0)
    turn = ask(page, "那制造业投资呢？")
    expect(turn.locator(".understood")).to_contain_text("理解为")
    expect(turn.locator(".understood")).to_contain_text("钱塘")


def test_a_cleared_conversation_begins_anew(visit: Open) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="清空对话").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "“六链融合”是哪六条链？")
    expect(page.locator(".turn")).to_have_count(1)


def test_an_empty_question_and_shift_enter_ask_nothing(visit: Open) -> None:
    page = visit()
    box = page.locator("#question textarea")
    box.fill("六链")
    box.press("Shift+Enter")
    expect(box).to_have_value("六链\n")
    box.fill("  ")
    with page.expect_response("**/queue/join*"):
        box.press("Enter")
    page.get_by_role("button", name=QUESTION).click()  # waits in the same queue, behind the empty one
    expect(page.locator(".turn .answer")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_the_answer_is_copied_with_its_source(visit: Open) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="复制回答").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "171.51亿元" in copied
    assert turn.locator(".title").first.inner_text() in copied


def test_two_visitors_do_not_see_each_other(visit: Open) -> None:
    first, second = visit(), visit()
    ask(first, QUESTION)
    ask(second, "“55830”是什么意思？")
    ask(first, "“六链融合”是哪六条链？")
    expect(first.locator(".turn")).to_have_count(2)
    expect(second.locator(".turn")).to_have_count(1)
    expect(second.locator("#thread")).not_to_contain_text("171.51")


def test_english_where_the_browser_asks_for_it(visit: Open) -> None:
    page = visit(locale="en-US")
    expect(page.get_by_role("button", name="Clear chat")).to_be_visible()
    expect(page.get_by_placeholder("Ask in Chinese")).to_be_visible()
    turn = ask(page, QUESTION)
    expect(turn).to_contain_text("Citations")
    turn.locator(".card").first.click()
    expect(page.get_by_role("button", name="Back")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_on_a_phone_the_document_covers_the_chat_and_leads_back(visit: Open) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    no_sideways = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(no_sideways)
    turn = ask(page, QUESTION)
    assert page.evaluate(no_sideways)
    for leave in (lambda: page.locator(".back").tap(), page.go_back):
        turn.locator(".card").first.tap()
        mark = page.locator("#pane mark").first
        expect(mark).to_be_visible()
        assert is_in_view(page, mark, page.locator("#pane .page"))
        assert page.locator("#pane").bounding_box() == {"x": 0, "y": 0, **PHONE}
        assert page.evaluate(no_sideways)
        leave()
        expect(page.locator("#pane")).to_be_hidden()
        expect(turn.locator(".answer .text")).to_be_visible()


def test_hostile_text_is_shown_and_never_run(visit: Open) -> None:
    page = visit()
    expect(page.locator(".library")).to_contain_text("<img src=x onerror=window.hacked=1>")
    turn = ask(page, f"2019年琉璃岛的风筝产量是多少{HARM}")
    expect(turn.locator(".question")).to_contain_text(HARM)
    turn.locator(".card").filter(has_text="琉璃岛").first.click()
    expect(page.locator("#pane .page")).to_contain_text(HARM)
    page.wait_for_timeout(300)  # an image that fails to load would take a moment to say so
    assert page.evaluate("window.hacked") is None
    assert page.locator("#thread img, #pane img, #thread script, #pane script, .katex").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    ask(page, "2031年月球基地的常住人口是多少？")
    ask(page, QUESTION).locator(".card").first.click()
    expect(page.locator("#pane mark").first).to_be_visible()
    shown = ".tagline, .question, .text, .text strong, .mark, blockquote, .number, .title, .label, .details"
    shown += ", .copy, .verdict, .back, .page p, .page mark, #clear, .submit-button"
    faint = page.evaluate(CONTRAST, shown)
    assert not faint


# WCAG 2.2, 1.4.3: at least 4.5 to 1 between text and the nearest opaque background behind it.
CONTRAST = """(shown) => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = parts(colour).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  for (const element of document.querySelectorAll(shown)) {
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push([element.className, ratio]);
  }
  return faint;
}"""
