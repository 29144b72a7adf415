"""PDF: the order in which pages are read, paragraphs over columns and pages, headers set apart, damage."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from eval.gold import load_gold
from eval.matching import judge
from index import UnreadableDocument, build_index, fold
from index.loaders import load, pdf
from index.loaders.pdf import load_pdf
from index.loaders.raw import RawDocument
from index.metadata import Metadata
from index.reading import read_document
from rag import Assistant, Retriever
from tests.pdfs import (
    BODY,
    HEIGHT,
    MARGIN,
    SONG,
    WIDTH,
    Box,
    Item,
    article,
    flow,
    front_page,
    measure,
    newspaper,
    pdf_of,
    put,
    streamed,
    table,
)

GOLD = Path(__file__).parents[1] / "eval" / "gold" / "qiantang.jsonl"
POINTS = 0.02
LINE_OF_NOTICE = "公告本區河岸路拓寬工程用地徵收補償標準，每平方公尺新臺幣一萬二千五百元。"
LINE = "今年一季度,全区规模以上工业增加值增长8.1%,居全市第一。"


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def lines(document: RawDocument) -> list[str]:
    return document.text.strip().split("\n")


def headings(document: RawDocument) -> list[str]:
    return [document.text[start:end] for start, end in document.headings]


def printed(path: Path, *pages: Callable[[Canvas], None], **options: object) -> Path:
    """A file of pages that are printed by hand."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), **options)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def text_at(*placed: tuple[str, float, float]) -> Callable[[Canvas], None]:
    """A page with some lines: text, x, and y from the foot of the page."""

    def page(canvas: Canvas) -> None:
        for text, x, y in placed:
            put(canvas, text, x, y, BODY)

    return page


# --- reading order


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_seeds_in_columns_read_as_the_seeds(seeds_dir: Path, tmp_path: Path, count: int) -> None:
    for seed in sorted(seeds_dir.glob("*.txt")):
        title, items = article(seed)
        document = load(newspaper(tmp_path / "a.pdf", items, title, count, height=480))
        assert squeeze(document.text) == squeeze(seed.read_text(encoding="utf-8")), (seed.name, count)
        assert [squeeze(line) for line in lines(document)] == [
            squeeze(text) for text in (*title, *(item.text for item in items))
        ]


def test_headlines_and_bold_lines_are_headings(seeds_dir: Path, tmp_path: Path) -> None:
    title, items = article(next(seeds_dir.glob("000*")))
    document = load(newspaper(tmp_path / "a.pdf", items, title))
    assert headings(document) == [*title, *(item.text for item in items if item.kind == "heading")]
    assert headings(document)[3:5] == ["项目满弓劲发", "制造业底座再夯实"]


def test_a_front_page(tmp_path: Path) -> None:
    expected = front_page(tmp_path / "a.pdf")
    document = load(tmp_path / "a.pdf")
    assert [fold(line) for line in lines(document)] == [fold(text) for text in expected]
    assert headings(document) == [
        "全区经济运行稳中向好",
        "一季度主要指标居全市前列",
        "制造业底座再夯实",
        "人才入企当副总",
        "研究与开发投入再创新高",
        "服务企业再提速",
    ]


def test_a_sentence_over_a_page_break_is_one_line_and_knows_its_pages(tmp_path: Path) -> None:
    items = [Item(LINE * 3 + f"第{number}批。") for number in range(40)]
    path = newspaper(tmp_path / "a.pdf", items, count=2, height=310)
    document = read_document(path, "a.pdf", Metadata())
    assert document.text.split("\n") == [item.text for item in items]
    assert [page for _, page in document.pages] == [1, 2, 3]
    turn = document.pages[1][0]
    assert (document.page(turn - 1), document.page(turn)) == (1, 2)
    assert document.text[turn - 1] != "\n"
    assert document.text[turn] != "\n"


def test_articles_that_are_continued_on_another_page_are_put_together(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        flow(canvas, [Item(LINE * 2), Item("产值达到")], [[Box(MARGIN, 1000, 300, 600)]])
        put(canvas, "(下转A2版)", 250, 900, BODY)

    def second(canvas: Canvas) -> None:
        put(canvas, "短讯一则", MARGIN, 1000, 20)
        flow(canvas, [Item("短讯的内容。")], [[Box(MARGIN, 980, 300, 100)]])
        put(canvas, "紧接第一版", MARGIN, 800, BODY)
        put(canvas, "3700亿元。", MARGIN, 786, BODY)

    document = read_document(printed(tmp_path / "a.pdf", first, second), "a.pdf", Metadata())
    assert document.text.split("\n") == [LINE * 2, "产值达到3700亿元。", "短讯一则", "短讯的内容。"]
    assert [document.page(document.text.index(word)) for word in ("产值", "3700", "短讯")] == [1, 2, 2]


def test_half_of_a_continued_article_stays_where_it_is(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", text_at((LINE, 100, 900), ("(下转第5版)", 300, 880)))
    assert lines(load(path)) == [LINE, "(下转第5版)"]


def test_characters_in_any_order_are_read_as_they_stand(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont(SONG, BODY)
        places = [(MARGIN + at * BODY, 900 - 20 * row, c) for row in range(3) for at, c in enumerate(LINE)]
        for x, y, character in sorted(places, key=lambda place: (place[0] * 7919) % 101):
            canvas.drawString(x, y, character)

    assert squeeze(load(printed(tmp_path / "a.pdf", page)).text) == LINE * 3


@pytest.mark.parametrize("encoding", ["Identity-H", "GBK-EUC-H"])
def test_text_is_read_whatever_fonts_are_installed(tmp_path: Path, encoding: str) -> None:
    """Each character an object of its own, in a font that is not in the file."""
    (tmp_path / "a.pdf").write_bytes(set_singly(LINE, encoding))
    document = load(tmp_path / "a.pdf")
    assert lines(document) == [LINE]
    assert headings(document) == []


def set_singly(text: str, encoding: str) -> bytes:
    """A page in a font that isn't in the file; with Identity-H only ToUnicode tells the characters."""
    codes = {c: b"%04x" % n if encoding == "Identity-H" else c.encode("gbk").hex().encode() for n, c in enumerate(text, 3)}  # fmt: skip
    shown = b" ".join(b"1 0 0 1 %d 700 Tm <%s> Tj" % (60 + at * 12, codes[c]) for at, c in enumerate(text))
    maps = b"\n".join(b"<%s> <%04x>" % (code, ord(c)) for c, code in codes.items())
    unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        b"%d beginbfchar\n%s\nendbfchar endcmap end end" % (len(codes), maps)
    )
    named, ordering = encoding.encode(), b"Identity" if encoding == "Identity-H" else b"GB1"
    to_unicode = b"/ToUnicode 7 0 R" if encoding == "Identity-H" else b""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        streamed(b"BT /F 12 Tf " + shown + b" ET"),
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/%s/DescendantFonts[6 0 R]%s>>"
        % (named, to_unicode),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000/FontDescriptor 8 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 0>>>>" % ordering,
        streamed(unicode),
        b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -140 1000 860]/ItalicAngle 0"
        b"/Ascent 860/Descent -140/CapHeight 860/StemV 80>>",
    )


def test_text_printed_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    page = text_at((LINE, 100, 900), (LINE, 100.4, 900))
    assert lines(load(printed(tmp_path / "a.pdf", page))) == [LINE]


def test_raised_figures_are_no_part_of_the_number_before(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, "用地48215", 100, 900, 10)
        put(canvas, "2", 100 + measure("用地48215", 10), 904, 6)
        put(canvas, "处,排放CO", 104 + measure("用地48215", 10), 900, 10)
        put(canvas, "2", 104 + measure("用地48215处,排放CO", 10), 898, 6)

    assert squeeze(load(printed(tmp_path / "a.pdf", page)).text) == "用地48215²处,排放CO₂"


def test_a_page_on_its_side_is_read_and_a_watermark_is_not(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.rotate(45)
        put(canvas, "内部资料", 600, 100, 40)
        canvas.restoreState()
        canvas.rotate(90)
        flow(canvas, [Item(LINE * 4)], [[Box(100, -100, 400, 300)]])

    assert lines(load(printed(tmp_path / "a.pdf", page))) == [LINE * 4]


@pytest.mark.parametrize("singly", [True, False], ids=["characters placed", "a font for vertical writing"])
def test_vertical_writing_is_read_from_top_to_bottom_and_right_to_left(
    tmp_path: Path, singly: bool
) -> None:
    texts = ["徵收公告", LINE_OF_NOTICE * 2, "逾期未申請者，視為放棄。"]
    shown: list[tuple[str, int, int]] = []
    x = 500
    for number, text in enumerate(texts):
        rest, indent = text, 0 if number == 0 else 2
        while rest:
            line, rest = rest[: 20 - indent], rest[20 - indent :]
            top = 700 - 12 * indent
            shown += [(c, x, top - 12 * at) for at, c in enumerate(line)] if singly else [(line, x, top)]
            x, indent = x - 20, 0
    content = b"".join(
        b"1 0 0 1 %d %d Tm <%s> Tj " % (x, y, text.encode("utf-16-be").hex().encode())
        for text, x, y in shown
    )
    encoding = b"UniGB-UCS2-H" if singly else b"UniGB-UCS2-V"
    (tmp_path / "a.pdf").write_bytes(
        pdf_of(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            streamed(b"BT /F 12 Tf " + content + b"ET"),
            b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/%s/DescendantFonts[6 0 R]>>"
            % encoding,
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
            b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
            b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
        )
    )
    assert lines(load(tmp_path / "a.pdf")) == texts


def test_columns_of_single_characters_are_no_vertical_writing(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for column, cells in enumerate(("甲乙丙丁", "1234", "5678")):
            for row, cell in enumerate(cells):
                put(canvas, cell, 100 + 100 * column, 900 - 16 * row, BODY)
        put(canvas, LINE, 100, 800, BODY)

    assert squeeze(load(printed(tmp_path / "a.pdf", page)).text) == "甲15乙26丙37丁48" + LINE


def test_what_can_not_be_seen_on_the_page_is_left_out(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LINE, 100, 900, BODY)
        put(canvas, "页外的字", WIDTH + 100, 900, BODY)
        put(canvas, "大", 0, 0, 1e8)

    assert lines(load(printed(tmp_path / "a.pdf", page))) == [LINE]


def test_hyphenated_words_are_whole_and_words_keep_their_spaces(tmp_path: Path) -> None:
    text = "全力打造研究与试验发展(Research and Experimental Development)的高地,international comparisons。"
    path = printed(
        tmp_path / "a.pdf", lambda canvas: flow(canvas, [Item(text)], [[Box(100, 900, 90, 400)]], True)
    )
    assert lines(load(path)) == [text]


def test_a_table_in_a_notice_is_read_row_by_row_where_it_stands(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        flow(canvas, [Item(LINE)], [[Box(MARGIN, 1000, 600, 60)]])
        rows = [
            ("指标", "单位", "2024年"),
            ("规上工业增加值", "亿元", "756"),
            ("财政收入", "亿元", "171.51"),
        ]
        table(canvas, rows, Box(MARGIN, 940, 600, 60))
        flow(canvas, [Item("以上数据由区统计局提供。")], [[Box(MARGIN, 860, 600, 60)]])

    text = lines(load(printed(tmp_path / "a.pdf", page)))
    assert (text[0], text[-1]) == (LINE, "以上数据由区统计局提供。")
    assert [("规上工业增加值" in line, "756" in line) for line in text[1:-1]] == [
        (True, True),
        (False, False),
    ]
    assert "171.51" in text[2]


# --- tables with rules

FIRMS = (
    ("企业", "产值（万元）", "主要产品", "税收（万元）"),
    ("下沙仪器厂", "81494850", "水质检测仪", "330700"),
    ("江东电子公司", "27955752", "电路板及配件", "120150"),
    ("临江药业", "10739518", "盐酸地尔硫卓片", "98800"),
)
SAID = [
    "下沙仪器厂：产值（万元）81494850；主要产品：水质检测仪；税收（万元）330700。",
    "江东电子公司：产值（万元）27955752；主要产品：电路板及配件；税收（万元）120150。",
    "临江药业：产值（万元）10739518；主要产品：盐酸地尔硫卓片；税收（万元）98800。",
]
PLACE = Box(43, 940, 360, 100)


@pytest.mark.parametrize("beside", [-0.7, -0.1, 0.1, 2.0])
@pytest.mark.parametrize("column", [0, 2, 3, 4])
def test_a_rule_drawn_twice_parts_the_same_cells(tmp_path: Path, beside: float, column: int) -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, FIRMS, PLACE)
        x = PLACE.left + column * PLACE.width / 4 + beside
        for row in (1, 3):  # beside two of the cells
            canvas.line(x, PLACE.top - row * 25, x, PLACE.top - row * 25 - 25)

    assert lines(load(printed(tmp_path / "a.pdf", page))) == SAID


def test_cells_are_parted_by_rules_however_near_their_texts_are(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [[""] * 4] * 4, PLACE)
        for number, row in enumerate(FIRMS):
            for place, text in enumerate(row):
                left, right = PLACE.left + place * 90 + 1, PLACE.left + place * 90 + 89
                x = left if place % 2 == 0 else right - measure(text, BODY)
                put(canvas, text, x, PLACE.top - number * 25 - 16, BODY)

    assert lines(load(printed(tmp_path / "a.pdf", page))) == SAID


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_table_on_a_turned_page_is_read_as_upright(tmp_path: Path, turn: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        canvas.translate(*{90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[turn])
        canvas.rotate(turn)
        table(canvas, FIRMS, Box(200, 500, 360, 100))

    assert lines(load(printed(tmp_path / "a.pdf", page))) == SAID


@pytest.mark.parametrize("again", [[], [FIRMS[0]]], ids=["without headings", "with headings"])
def test_a_table_goes_on_overleaf_under_its_headings(tmp_path: Path, again: list[tuple[str, ...]]) -> None:
    def first(canvas: Canvas) -> None:
        put(canvas, "2024年重点企业情况", MARGIN, 950, BODY)
        table(canvas, [*FIRMS[:2], ("二、电子", "", "", "")], PLACE)

    def second(canvas: Canvas) -> None:
        table(canvas, [*again, *FIRMS[2:]], Box(PLACE.left + 20, 1000, PLACE.width, 80))

    document = read_document(printed(tmp_path / "a.pdf", first, second), "a.pdf", Metadata())
    assert document.text.split("\n") == [
        "2024年重点企业情况",
        SAID[0].replace("：", "，2024年：", 1),
        *(f"二、电子，{said.replace('：', '，2024年：', 1)}" for said in SAID[1:]),
    ]
    assert [document.page(document.text.index(name)) for name in ("下沙", "江东", "临江")] == [1, 2, 2]


def test_a_table_with_headings_of_its_own_is_another_one(tmp_path: Path) -> None:
    people = ("企业", "职工（人）", "负责人", "电话")
    pages = (
        lambda canvas: table(canvas, FIRMS[:2], PLACE),
        lambda canvas: table(canvas, [people, ("江东电子公司", "512", "张三", "88888888")], PLACE),
    )
    assert lines(load(printed(tmp_path / "a.pdf", *pages))) == [
        SAID[0],
        "江东电子公司：职工（人）512；负责人：张三；电话：88888888。",
    ]


def test_a_form_is_read_as_it_is_filled_in(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, "设备型号:", 100, 900, BODY)
        canvas.acroForm.textfield(value="QH-3200B", x=160, y=895, width=120, height=16, fontSize=10)
        put(canvas, LINE, 100, 860, BODY)

    assert lines(load(printed(tmp_path / "a.pdf", page))) == ["设备型号: QH-3200B", LINE]


# --- headers, footers, page numbers


@pytest.mark.parametrize(
    "number", ["第{}页", "— {} —", "{}", "- {} -", "第 {} 页 共 3 页", "{}/3", "Page {} of 3", "A{}版"]
)
def test_page_numbers_are_left_out(tmp_path: Path, number: str) -> None:
    pages = [
        text_at(
            ("钱塘区人民政府公报", 300, 1070), (f"第{n}条:{LINE}", 100, 900), (number.format(n), 380, 30)
        )
        for n in (1, 2, 3)
    ]
    assert lines(load(printed(tmp_path / "a.pdf", *pages))) == [f"第{n}条:{LINE}" for n in (1, 2, 3)]


def test_what_stands_in_the_text_is_no_page_number(tmp_path: Path) -> None:
    page = text_at((LINE, 100, 500), ("3", 100, 486))
    assert "3" in lines(load(printed(tmp_path / "a.pdf", page, page)))[-1]


def test_a_header_on_one_page_only_is_text(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", text_at(("关于召开大会的通知", 300, 1070), (LINE, 100, 900)))
    assert lines(load(path)) == ["关于召开大会的通知", LINE]


# --- what a file says of itself


@pytest.mark.parametrize(
    ("title", "author", "read"),
    [
        ("关于印发行动计划的通知", "钱塘区人民政府", ("关于印发行动计划的通知", "钱塘区人民政府")),
        ("untitled", "anonymous", (None, None)),
        ("Microsoft Word - 通知.doc", "Administrator", (None, None)),
        ("通知(定稿).docx", "微软用户", (None, None)),
        ("文档1", "user", (None, None)),
        ("幻灯片 1", "lenovo", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_properties_count_where_they_tell_something(
    tmp_path: Path, title: str, author: str, read: tuple[str | None, str | None]
) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setTitle(title)
        canvas.setAuthor(author)
        put(canvas, LINE, 100, 900, BODY)

    known = load(printed(tmp_path / "a.pdf", page)).properties
    assert (known.title, known.byline) == read
    assert known.published is None


# --- files that can't be read


def empty_pages(count: int) -> bytes:
    """A file that claims so many pages, all of them the same."""
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF" % (count, b"3 0 R " * count)
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7\nnothing", "the PDF is damaged"),
        (b"", "damaged"),
        (empty_pages(0), "damaged or has no page"),
        (empty_pages(6_000), "6,000 pages, more than the 5,000"),
        (empty_pages(1_000_000), "1,000,000 pages, more than the 5,000"),
    ],
    ids=["damaged", "empty", "no page", "many pages", "a million pages"],
)
def test_what_is_no_document_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=told) as caught:
        load_pdf(path)
    assert str(path) in str(caught.value)


def test_blank_pages_are_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        load(printed(tmp_path / "a.pdf", lambda canvas: None))


def test_a_locked_file(tmp_path: Path) -> None:
    locked = StandardEncryption("secret", canPrint=0)
    path = printed(tmp_path / "a.pdf", text_at((LINE, 100, 900)), encrypt=locked)
    with pytest.raises(UnreadableDocument, match="locked with a password; save a copy without one"):
        load(path)


def test_a_file_that_may_be_read_without_a_password(tmp_path: Path) -> None:
    locked = StandardEncryption("", ownerPassword="secret", canCopy=0)
    path = printed(tmp_path / "a.pdf", text_at((LINE, 100, 900)), encrypt=locked)
    assert lines(load(path)) == [LINE]


def test_a_page_with_too_much_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = printed(tmp_path / "a.pdf", text_at((LINE, 100, 900)))
    monkeypatch.setattr(pdf, "MOST_ON_PAGE", 10)
    with pytest.raises(UnreadableDocument, match="page 1 has more than the 10 characters"):
        load(path)


def test_a_file_with_too_much_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = printed(tmp_path / "a.pdf", text_at((LINE, 100, 900)))
    monkeypatch.setattr(pdf, "MOST_CHARACTERS", 10)
    with pytest.raises(UnreadableDocument, match="more than the 10 characters"):
        load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be opened"):
        load_pdf(tmp_path / "a.pdf")


# --- the same answers


def answers(index: Path, suffix: str) -> list[bool]:
    """Which questions of the gold set are answered rightly from an index."""
    assistant = Assistant(Retriever.load(index))
    right = []
    for item in load_gold(GOLD):
        history: list[tuple[str, str]] = []
        for earlier in item.history:
            history.append((earlier, assistant.ask(earlier, history=tuple(history)).text))
        answer = assistant.ask(item.question, history=tuple(history))
        assert all(citation.doc_id.endswith(suffix) for citation in answer.citations)
        right.append(judge(item, answer.text).right if item.answerable else answer.refusal is not None)
    return right


def test_the_seeds_in_four_columns_give_the_same_answers(
    seeds_dir: Path, seeds_index: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pdf"
    folder.mkdir()
    for seed in seeds_dir.glob("*.txt"):
        title, items = article(seed)
        newspaper(folder / f"{seed.stem}.pdf", items, title, 4, height=480)
    known = (seeds_dir / "metadata.toml").read_text(encoding="utf-8")
    (folder / "metadata.toml").write_text(known.replace('.txt"]', '.pdf"]'), encoding="utf-8")
    build_index(folder, tmp_path / "index")
    from_text, from_pdf = answers(seeds_index, ".txt"), answers(tmp_path / "index", ".pdf")
    assert sum(from_text) > len(from_text) / 2
    assert sum(from_text) - sum(from_pdf) <= POINTS * len(from_text)
