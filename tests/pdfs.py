"""PDF files for the tests, set like newspaper pages: justified columns, headlines, headers, page numbers.

``python -m tests.pdfs`` draws the scan anew that the tests of OCR read; the rest needs no file.

The type is Adobe's STSong-Light, which every PDF program knows: nothing is embedded and no font file
is needed to make or to read them (to draw them, a Chinese font must be installed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pypdfium2
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.normalize import lay_out

SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))

WIDTH, HEIGHT = 780.0, 1100.0  # points: a tabloid page
MARGIN = 42.0
HEAD = 40.0  # of the margin at the top, for the header
GUTTER = 18.0
BODY = 9.5
LEADING = 14.0

_UNIT = re.compile(r"[(《“「【]*(?:[A-Za-z0-9.%+&/-]+|.)[,,。、;;:：!?！？)）》”」】…—%]*", re.DOTALL)
_CLOSING = re.compile(r"[,,。、;;:：!?！？)）》”」】]+$")


@dataclass(frozen=True, slots=True)
class Item:
    """Something printed: running text, a bold heading over it, or a picture with its caption."""

    text: str
    kind: Literal["text", "heading", "caption"] = "text"


@dataclass(frozen=True, slots=True)
class Box:
    """Where text is set: the left edge, the top measured from the page's foot, and the size."""

    left: float
    top: float
    width: float
    height: float


def pdf_of(*objects: bytes) -> bytes:
    """A file of objects, numbered from 1, the first of which is its catalogue."""
    data = b"%PDF-1.7\n"
    for number, each in enumerate(objects, 1):
        data += b"%d 0 obj%s endobj\n" % (number, each)
    return data + b"trailer<</Size %d/Root 1 0 R>>\n%%%%EOF" % (len(objects) + 1)


def streamed(content: bytes) -> bytes:
    """The content as a stream."""
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)


def measure(text: str, size: float) -> float:
    """The width of a text in points."""
    return float(pdfmetrics.stringWidth(text, SONG, size))


def first_line(text: str, width: float, size: float, hyphenate: bool = False) -> tuple[str, str]:
    """What of a text goes on a line, and the rest.

    No line begins with a closing mark, which may hang over by half; words are kept whole or hyphenated.
    """
    line = ""
    for unit in _UNIT.findall(text):
        if line and measure(_CLOSING.sub("", line + unit), size) + size / 2 > width:
            rest = text[len(line) :]
            if hyphenate and (cut := _syllables(line, unit, width, size)):
                return line + unit[:cut] + "-", rest[cut:]
            return line, rest
        line += unit
    return line, ""


def _syllables(line: str, unit: str, room: float, size: float) -> int:
    """How many letters of a word, at least three and leaving three, go on the line with a hyphen."""
    letters = re.match(r"[a-z]*", unit)
    most = len(letters[0]) - 3 if letters else 0
    return next((cut for cut in range(most, 2, -1) if measure(f"{line}{unit[:cut]}-", size) <= room), 0)


def put(
    canvas: Canvas, text: str, x: float, y: float, size: float, fill: float = 0.0, bold: bool = False
) -> None:
    """Print a line; with ``fill``, its characters are spaced to that width."""
    spare = fill - measure(text, size) if fill else 0.0
    canvas.saveState()
    canvas.setFont(SONG, size)
    canvas.setLineWidth(size / 30)
    canvas.drawString(
        x, y, text, mode=2 if bold else 0, charSpace=spare / (len(text) - 1) if len(text) > 1 else 0.0
    )
    canvas.restoreState()


def centred(canvas: Canvas, text: str, box: Box, y: float, size: float, bold: bool = True) -> None:
    """Print a line in the middle between a box's sides."""
    put(canvas, text, box.left + (box.width - measure(text, size)) / 2, y, size, bold=bold)


def flow(
    canvas: Canvas, items: Iterable[Item], pages: Iterable[Sequence[Box]], hyphenate: bool = False
) -> None:
    """Set items into the boxes of one page after the other."""
    places = _places(pages)
    box, y = next(places)
    for item in items:
        rest, first = item.text, True
        if item.kind == "heading" and y < box.top - BODY:
            y -= LEADING / 2
        while rest:
            if y < box.top - box.height + LEADING * (item.kind == "heading"):
                box, y = next(places)
            indent = 2 * BODY if first and item.kind == "text" else 0.0
            line, rest = first_line(rest, box.width - indent, BODY, hyphenate)
            if item.kind == "text":
                put(canvas, line, box.left + indent, y, BODY, fill=box.width - indent if rest else 0.0)
            else:
                centred(canvas, line, box, y, BODY, bold=item.kind == "heading")
            first = False
            y -= LEADING


def _places(pages: Iterable[Sequence[Box]]) -> Iterator[tuple[Box, float]]:
    """The boxes, page after page, and the foot of the first line in each."""
    for boxes in pages:
        for box in boxes:
            yield box, box.top - BODY


def columns(count: int, left: float, top: float, width: float, height: float) -> list[Box]:
    """A box divided into columns."""
    each = (width - (count - 1) * GUTTER) / count
    return [Box(left + number * (each + GUTTER), top, each, height) for number in range(count)]


def headlines(canvas: Canvas, lines: Sequence[str], box: Box) -> float:
    """Print headlines over a box's whole width, the first the largest; return the height they take."""
    used = 0.0
    for number, line in enumerate(lines):
        size = min(30.0 if number == 0 else 18.0, box.width / max(len(line), 1) * 0.95)
        used += size * 1.5
        centred(canvas, line, box, box.top - used + size / 2, size)
    return used + (10 if lines else 0)


def furniture(canvas: Canvas, number: int, name: str) -> None:
    """Print a page's header and its number at the foot."""
    put(canvas, name, MARGIN, HEIGHT - 30, 9)
    put(canvas, f"第{number}版", WIDTH - MARGIN - 30, HEIGHT - 30, 9)
    canvas.line(MARGIN, HEIGHT - 34, WIDTH - MARGIN, HEIGHT - 34)
    put(canvas, f"— {number} —", WIDTH / 2 - 12, 22, 9)


def newspaper(
    path: Path,
    items: Sequence[Item],
    title: Sequence[str] = (),
    count: int = 4,
    name: str = "钱塘日报 2025年5月16日 星期五",
    height: float = HEIGHT - 2 * MARGIN - HEAD,
) -> Path:
    """Write an article over as many pages as it needs, in columns, under headlines over all of them."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))

    def pages() -> Iterator[list[Box]]:
        number = 0
        while True:
            if number:
                canvas.showPage()
            number += 1
            furniture(canvas, number, name)
            whole = Box(MARGIN, HEIGHT - MARGIN - HEAD / 2, WIDTH - 2 * MARGIN, height)
            used = headlines(canvas, title, whole) if number == 1 else 0.0
            yield columns(count, MARGIN, whole.top - used, whole.width, height - used)

    flow(canvas, items, pages())
    canvas.save()
    return path


def article(path: Path) -> tuple[list[str], list[Item]]:
    """A text file as it would be printed: the headlines it begins with, and the rest."""
    layout = lay_out(path.read_text(encoding="utf-8"))
    headings = set(layout.headings)
    title: list[str] = []
    items: list[Item] = []
    at = 0
    for line in layout.text.split("\n"):
        heading = (at, at + len(line)) in headings
        if heading and not items:
            title.append(line)
        else:
            items.append(Item(line, "heading" if heading else "text"))
        at += len(line) + 1
    return title, items


def table(canvas: Canvas, rows: Sequence[Sequence[str]], box: Box) -> None:
    """Draw a table with all its lines, one line of text a cell."""
    width, height = box.width / len(rows[0]), box.height / len(rows)
    for number in range(len(rows) + 1):
        y = box.top - number * height
        canvas.line(box.left, y, box.left + box.width, y)
    for number in range(len(rows[0]) + 1):
        x = box.left + number * width
        canvas.line(x, box.top, x, box.top - box.height)
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            y = box.top - (number + 1) * height + (height - BODY) / 2 + 1
            centred(canvas, text, Box(box.left + place * width, 0, width, 0), y, BODY, bold=False)


def picture(canvas: Canvas, box: Box, caption: str) -> None:
    """Draw what stands for a picture, and its caption below it."""
    canvas.saveState()
    canvas.setFillGray(0.85)
    canvas.rect(box.left, box.top - box.height + 14, box.width, box.height - 18, fill=1, stroke=0)
    canvas.restoreState()
    centred(canvas, caption, box, box.top - box.height + 3, 8, bold=False)


def around(box: Box, obstacle: Box) -> list[Box]:
    """What is left of a column above and below something that stands in it."""
    foot = obstacle.top - obstacle.height
    return [
        Box(box.left, box.top, box.width, box.top - obstacle.top - 4),
        Box(box.left, foot - 4, box.width, foot - 4 - (box.top - box.height)),
    ]


FACTS = "今年一季度,全区规模以上工业增加值增长8.1%,制造业投资增长20.5%,均居全市第一。"
ENGLISH = (
    "Research and Experimental Development expenditure reached another historical maximum, "
    "according to international comparisons."
)
TABLE = (
    ("指标", "数值(亿元)", "增速"),
    ("规上工业增加值", "171.51", "8.1%"),
    ("制造业投资", "34.01", "20.5%"),
    ("财政收入", "88.2", "5.5%"),
)


def paragraphs(name: str, count: int, more: str = "") -> list[Item]:
    """An article of so many paragraphs, no two alike."""
    return [
        Item(
            f"{name}文第{n}段:{FACTS}各类企业加快转型升级步伐,第{n}批项目开工建设,"
            f"总投资{n * 7}亿元,涉及{name}类企业{n * 3}家。{more}"
        )
        for n in range(1, count + 1)
    ]


def front_page(path: Path) -> list[str]:
    """Write two pages as newspapers have them, and return their paragraphs in the order they are read.

    A headline over four columns, a table across two of them; below, two articles side by side: one
    with a picture across its columns, one in columns of unequal width with hyphenated English, which
    goes on overleaf beside an article with a headline over two columns of three.
    """
    first = paragraphs("甲", 11)
    first.insert(5, Item("制造业底座再夯实", "heading"))
    second, third = paragraphs("乙", 7), paragraphs("丙", 4, ENGLISH)
    cut, rest = "丙文的这一句在这里断开,规上工业总产值达到", "3700亿元,比上年增长百分之六。"
    fourth, fifth = paragraphs("丁", 6), paragraphs("戊", 3)
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    width, top = WIDTH - 2 * MARGIN, HEIGHT - MARGIN - HEAD / 2

    furniture(canvas, 1, "钱塘日报 2025年5月16日 星期五")
    title = ["全区经济运行稳中向好", "一季度主要指标居全市前列"]
    used = headlines(canvas, title, Box(MARGIN, top, width, 0))
    four = columns(4, MARGIN, top - used, width, 400)
    grid = Box(four[1].left, top - used - 150, four[1].width * 2 + GUTTER, 90)
    table(canvas, TABLE, grid)
    flow(canvas, first, [[four[0], *around(four[1], grid), *around(four[2], grid), four[3]]])

    y = top - used - 414
    left = Box(MARGIN, y, grid.width, 0)
    right = Box(four[2].left, y, grid.width, 0)
    used = headlines(canvas, ["人才入企当副总"], left)
    headlines(canvas, ["研究与开发投入再创新高"], right)
    two = columns(2, left.left, y - used, left.width, y - used - 60)
    image = Box(left.left, y - used - 120, left.width, 110)
    picture(canvas, image, "杭州医药港小镇 周柳 摄")
    flow(canvas, second, [[*around(two[0], image), *around(two[1], image)]])
    narrow = Box(right.left, y - used, 130, y - used - 60)
    wide = Box(right.left + 130 + GUTTER, y - used, right.width - 130 - GUTTER, y - used - 60)
    flow(canvas, [*third, Item(cut)], [[narrow, wide]], hyphenate=True)
    put(canvas, "(下转第2版)", wide.left + wide.width - 60, 62, BODY)
    canvas.showPage()

    furniture(canvas, 2, "钱塘日报 2025年5月16日 星期五")
    three = columns(3, MARGIN, top, width, 380)
    used = headlines(canvas, ["服务企业再提速"], Box(three[1].left, top, three[1].width * 2 + GUTTER, 0))
    flow(canvas, fourth, [[Box(c.left, c.top - used, c.width, c.height - used) for c in three[1:]]])
    put(canvas, "(上接第1版)", three[0].left + 2 * BODY, top - BODY, BODY)
    put(canvas, rest, three[0].left, top - BODY - LEADING, BODY)
    below = Box(three[0].left, top - 2 * LEADING, three[0].width, 380)
    flow(canvas, fifth, [[below]])
    canvas.save()

    def texts(items: Iterable[Item]) -> list[str]:
        return [item.text for item in items]

    return [
        *title,
        *texts(first),
        "规上工业增加值:数值(亿元)171.51;增速:8.1%。",
        "制造业投资:数值(亿元)34.01;增速:20.5%。",
        "财政收入:数值(亿元)88.2;增速:5.5%。",
        "人才入企当副总",
        *texts(second),
        "杭州医药港小镇 周柳 摄",
        "研究与开发投入再创新高",
        *texts(third),
        cut + rest,
        *texts(fifth),
        "服务企业再提速",
        *texts(fourth),
    ]


SCAN = Path(__file__).parent / "data" / "scan.png"
SCANNED = (
    "全区召开工业经济大会",
    "今年一季度,全区规模以上工业增加值达171.51亿元,同比增长8.1%,增速居全市第一。",
    "制造业投资34.01亿元,增长20.5%,新开工项目29个,计划总投资117亿元。",
    "会议强调,要坚持创新驱动,加快新型工业化步伐,力争全年规上工业总产值突破4000亿元。",
)
"""What stands on the scan: a headline over two columns."""


def scanned_page(path: Path) -> None:
    """Write the page that is the scan, before it was one."""
    canvas = Canvas(str(path), pagesize=(360, 200))
    centred(canvas, SCANNED[0], Box(24, 0, 312, 0), 160, 20)
    flow(canvas, [Item(text) for text in SCANNED[1:]], [columns(2, 24, 140, 312, 112)])
    centred(canvas, "— 3 —", Box(24, 0, 312, 0), 8, 8, bold=False)
    canvas.save()


def draw_scan() -> None:
    """Draw the page as a grey picture of 144 dots to the inch; a Chinese font must be installed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scan.pdf"
        scanned_page(path)
        with closing(pypdfium2.PdfDocument(path)) as file:
            picture = file[0].render(scale=2, grayscale=True).to_pil()
    SCAN.parent.mkdir(exist_ok=True)
    picture.quantize(8).save(SCAN, optimize=True)


if __name__ == "__main__":
    draw_scan()
