"""Scans and pictures: what is read, in which order, and which characters are doubtful."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import docx
import pytest
from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path as OutlinePath
from matplotlib.textpath import TextPath
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from index import UnreadableDocument, fold
from index.loaders import image, load, ocr
from index.loaders.raw import RawDocument
from index.metadata import Metadata
from index.reading import read_document
from tests.pdfs import BODY, SCAN, SCANNED, SONG, pdf_of, put, streamed

DEJAVU = Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
TEXT = "这一页有字,不需要识别,规上工业增加值增长8.1%。"

pytest.importorskip("rapidocr", reason="the extra zhengwen[ocr] is not installed")


def lines(document: RawDocument) -> list[str]:
    return [fold(line).replace(" ", "") for line in document.text.strip().split("\n")]


def doubtful(document: RawDocument) -> str:
    return "".join(document.text[start:end] for start, end in document.doubtful)


def page_of(canvas: Canvas) -> None:
    canvas.drawImage(str(SCAN), 0, 0, 360, 200)


@pytest.fixture(scope="module")
def scanned() -> RawDocument:
    """The scan, read once."""
    return load(SCAN)


def test_a_scan_in_columns_is_read_in_order(scanned: RawDocument) -> None:
    assert lines(scanned) == [fold(text) for text in SCANNED]
    assert [fold(scanned.text[start:end]) for start, end in scanned.headings] == [SCANNED[0]]
    assert scanned.pages == ((0, 1),)


def test_what_is_clear_is_not_doubted(scanned: RawDocument) -> None:
    assert doubtful(scanned) == ""


def test_a_figure_that_is_not_clear_is_doubtful(tmp_path: Path) -> None:
    picture = Image.open(SCAN).convert("L")
    at = (40, 160, 320, 178)  # 今年一季度,… the line with the figure is somewhat below
    picture.paste(picture.crop(at).filter(ImageFilter.GaussianBlur(3)), at[:2])
    picture.save(tmp_path / "a.png")
    document = read_document(tmp_path / "a.png", "a.png", Metadata())
    assert document.doubtful
    assert all(start < end <= len(document.text) for start, end in document.doubtful)
    assert "117" not in "".join(document.text[start:end] for start, end in document.doubtful)


def test_only_the_pages_without_text_are_read_as_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    put(canvas, TEXT, 24, 100, BODY)
    canvas.showPage()
    page_of(canvas)
    canvas.showPage()
    canvas.showPage()  # a blank page
    page_of(canvas)
    put(canvas, TEXT, 24, 100, BODY)
    canvas.save()
    read: list[int] = []
    real = ocr.read_picture

    def counted(*arguments: object, **named: object) -> object:
        read.append(1)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("index.loaders.pdf.read_picture", counted)
    document = load(tmp_path / "a.pdf")
    assert lines(document) == [fold(TEXT), *(fold(text) for text in SCANNED), fold(TEXT)]
    assert [page for _, page in document.pages] == [1, 2, 4]
    assert len(read) == 1


def test_a_scan_stored_in_strips_is_read(tmp_path: Path) -> None:
    scan = Image.open(SCAN)
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    for number in range(20):
        strip = tmp_path / f"{number}.png"
        scan.crop((0, number * 20, 720, number * 20 + 20)).save(strip)
        canvas.drawImage(str(strip), 0, 190 - number * 10, 360, 10)
    canvas.save()
    assert lines(load(tmp_path / "a.pdf")) == [fold(text) for text in SCANNED]


def test_text_drawn_as_outlines_is_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    outlined(canvas, "QH-3200B 18600.50", 40, 100, 20)
    canvas.save()
    assert lines(load(tmp_path / "a.pdf")) == ["qh-3200b18600.50"]


def outlined(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """Draw Latin text without any font, as filled shapes."""
    path = canvas.beginPath()
    at = (x, y)
    for points, code in TextPath(
        (x, y), text, size=size, prop=FontProperties(fname=str(DEJAVU))
    ).iter_segments():
        ends = [(float(points[n]), float(points[n + 1])) for n in range(0, len(points), 2)]
        if code == OutlinePath.MOVETO:
            path.moveTo(*ends[0])
        elif code == OutlinePath.LINETO:
            path.lineTo(*ends[0])
        elif code == OutlinePath.CURVE3:  # PDF has no curves with one point between
            (u, v), (right, top) = ends
            path.curveTo(
                (at[0] + 2 * u) / 3, (at[1] + 2 * v) / 3, (right + 2 * u) / 3, (top + 2 * v) / 3, right, top
            )
        else:
            path.close()
        at = ends[-1]
    canvas.drawPath(path, stroke=0, fill=1)


@pytest.mark.parametrize("how", ["without ink", "transparent", "under the picture"])
def test_a_scanner_s_own_reading_is_not_relied_on(tmp_path: Path, how: str) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    canvas.setFont(SONG, BODY)
    misread = fold(SCANNED[0]).replace("全", "金")
    if how == "under the picture":
        canvas.drawString(24, 100, misread)
    page_of(canvas)
    if how == "transparent":
        canvas.setFillAlpha(0)
    if how != "under the picture":
        canvas.drawString(24, 100, misread, mode=3 if how == "without ink" else 0)
    canvas.save()
    assert lines(load(tmp_path / "a.pdf")) == [fold(text) for text in SCANNED]


def test_a_scanner_s_own_reading_is_doubtful_where_there_is_no_other(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    Image.linear_gradient("L").resize((720, 400)).save(grey)
    searchable(tmp_path / "a.pdf", TEXT, grey)
    document = load(tmp_path / "a.pdf")
    assert lines(document) == [fold(TEXT)]
    assert doubtful(document) == document.text.strip()


@pytest.mark.usefixtures("_without_rapidocr")
def test_without_the_extra_a_scanner_s_own_reading_is_doubtful(tmp_path: Path) -> None:
    searchable(tmp_path / "a.pdf", TEXT, SCAN)
    document = load(tmp_path / "a.pdf")
    assert lines(document) == [fold(TEXT)]
    assert doubtful(document) == document.text.strip()


def searchable(path: Path, text: str, picture: Path) -> None:
    """A picture with text that can't be seen on it."""
    canvas = Canvas(str(path), pagesize=(360, 200))
    canvas.drawImage(str(picture), 0, 0, 360, 200)
    canvas.setFont(SONG, BODY)
    canvas.drawString(24, 100, text, mode=3)
    canvas.save()


def test_a_page_of_which_nothing_can_be_read_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    grey = tmp_path / "grey.png"
    Image.linear_gradient("L").resize((720, 400)).save(grey)
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    canvas.drawImage(str(grey), 0, 0, 360, 200)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableDocument, match="pictures in which no text can be read"):
        load(tmp_path / "a.pdf")
    canvas = Canvas(str(tmp_path / "b.pdf"), pagesize=(360, 200))
    put(canvas, TEXT, 24, 100, BODY)
    canvas.showPage()
    canvas.drawImage(str(grey), 0, 0, 360, 200)
    canvas.save()
    assert lines(load(tmp_path / "b.pdf")) == [fold(TEXT)]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'b.pdf'}: nothing can be read on these pages: 2"
    ]


@pytest.mark.parametrize("turn", [0, 90])
def test_characters_that_the_file_does_not_tell_are_read_where_they_stand(
    tmp_path: Path, turn: int
) -> None:
    (tmp_path / "a.pdf").write_bytes(unmapped(("居民用水价格每吨", "2.35", "元，自", "7", "月起"), turn))
    document = load(tmp_path / "a.pdf")
    assert lines(document) == ["居民用水价格每吨2.35元,自7月起"]


@pytest.mark.usefixtures("_without_rapidocr")
def test_no_gap_is_closed_where_a_character_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.pdf").write_bytes(unmapped(("居民用水价格每吨", "2.35", "元，自", "7", "月起"), 0))
    document = load(tmp_path / "a.pdf")
    assert lines(document) == ["居民用水价格每吨\ufffd\ufffd\ufffd\ufffd元,自\ufffd月起"]
    assert doubtful(document) == "\ufffd" * 5
    assert "5 characters can't be told" in caplog.text
    assert "on pages 1" in caplog.text


def unmapped(parts: Sequence[str], turn: int) -> bytes:
    """A line of which every second part is in a font that doesn't tell its characters."""
    font = FT2Font(DEJAVU)
    shown, x = b"", 20
    for number, part in enumerate(parts):
        codes = (
            "".join(f"{font.get_char_index(ord(c)):04x}" for c in part)
            if number % 2
            else part.encode("gbk").hex()
        )
        shown += b"/%s 12 Tf 1 0 0 1 %d 100 Tm <%s> Tj " % (b"EF"[number % 2 :][:1], x, codes.encode())
        x += len(part) * (8 if number % 2 else 12)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d/Contents 4 0 R"
        b"/Resources<</Font<</E 5 0 R/F 6 0 R>>>>>>" % ((200, 360, 90) if turn else (360, 200, 0)),
        streamed((b"0 1 -1 0 200 0 cm " if turn else b"") + b"BT " + shown + b"ET"),
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H/DescendantFonts[7 0 R]>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+DejaVuSans/Encoding/Identity-H/DescendantFonts[8 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000/FontDescriptor 9 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+DejaVuSans/DW 636/FontDescriptor 10 0 R"
        b"/CIDToGIDMap/Identity/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -140 1000 860]/ItalicAngle 0"
        b"/Ascent 860/Descent -140/CapHeight 860/StemV 80>>",
        b"<</Type/FontDescriptor/FontName/ABCDEF+DejaVuSans/Flags 4/FontBBox[0 -240 1000 930]"
        b"/ItalicAngle 0/Ascent 930/Descent -240/CapHeight 730/StemV 80/FontFile2 11 0 R>>",
        streamed(DEJAVU.read_bytes()),
    )


@pytest.mark.parametrize("suffix", [".jpg", ".tiff", ".bmp", ".webp"])
def test_other_pictures_are_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.open(SCAN).convert("RGB").save(path)
    assert [picture.shape for picture in image._pictures(path, path)] == [(400, 720, 3)]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_scan_is_read_as_upright(tmp_path: Path, scanned: RawDocument, turn: int) -> None:
    Image.open(SCAN).rotate(turn, expand=True).save(tmp_path / "a.png")
    assert lines(load(tmp_path / "a.png")) == lines(scanned)


def test_each_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    frames = [Image.open(SCAN).convert("L").crop((0, 0, 720, 130)) for _ in range(2)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:])
    document = load(tmp_path / "a.tif")
    assert [page for _, page in document.pages] == [1, 2]
    assert document.text.count(SCANNED[0]) == 2


def test_nothing_is_fetched_printed_or_logged(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refused)
    root = list(logging.getLogger().handlers), logging.getLogger().level
    ocr._load.cache_clear()
    picture = next(image._pictures(SCAN, SCAN))[280:]
    ocr.read_picture(picture, SCAN)
    assert (list(logging.getLogger().handlers), logging.getLogger().level) == root
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.fixture
def _without_rapidocr(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ocr._load.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    yield
    ocr._load.cache_clear()


@pytest.mark.usefixtures("_without_rapidocr")
def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"scan\.png: .*pip install 'zhengwen\[ocr\]'"):
        load(SCAN)


@pytest.mark.usefixtures("_without_rapidocr")
def test_text_needs_no_extra(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(360, 200))
    put(canvas, TEXT, 24, 100, BODY)
    canvas.save()
    assert lines(load(tmp_path / "a.pdf")) == [fold(TEXT)]


def word(path: Path, *texts: str) -> Path:
    """A document with some paragraphs, then the scan, and an ornament."""
    Image.new("L", (200, 100), 90).save(path.with_name("ornament.png"))
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    document.add_picture(str(SCAN))
    document.add_picture(str(path.with_name("ornament.png")))
    document.save(str(path))
    return path


def test_a_scan_in_a_word_document_is_read(tmp_path: Path) -> None:
    assert lines(load(word(tmp_path / "a.docx"))) == [fold(text) for text in SCANNED]
    document = load(word(tmp_path / "b.docx", "附件：经济运行情况"))
    assert lines(document) == ["附件:经济运行情况", *(fold(text) for text in SCANNED)]


def test_what_is_doubtful_in_a_picture_of_a_document_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = RawDocument("第一行的字都清楚。\n增加值为117亿元。\n", doubtful=((14, 17),))
    monkeypatch.setattr("index.loaders.docx.read_image", lambda *_: read)
    document = load(word(tmp_path / "a.docx", "附件："))
    assert document.text.split("\n") == ["附件：", "第一行的字都清楚。", "增加值为117亿元。"]
    assert doubtful(document) == "117"


@pytest.mark.usefixtures("_without_rapidocr")
def test_pictures_that_are_left_out_of_a_document_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UnreadableDocument, match=r"only pictures in it.*pip install"):
        load(word(tmp_path / "a.docx"))
    assert lines(load(word(tmp_path / "b.docx", TEXT))) == [fold(TEXT)]
    assert "1 pictures can't be read and were left out" in caplog.text


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_damaged_picture_is_named(tmp_path: Path, name: str) -> None:
    Image.open(SCAN).convert("L").save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 3])
    with pytest.raises(UnreadableDocument, match="damaged") as caught:
        load(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_a_picture_of_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "MOST_PIXELS", 1000)
    with pytest.raises(UnreadableDocument, match="more than the 1,000 pixels"):
        load(SCAN)


def test_a_picture_made_to_burst(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableDocument, match="pixels that are read; make it smaller"):
        load(tmp_path / "a.png")


def test_a_picture_without_text_is_empty(tmp_path: Path) -> None:
    Image.new("L", (300, 200), 255).save(tmp_path / "a.png")
    with pytest.raises(UnreadableDocument, match="empty"):
        load(tmp_path / "a.png")
