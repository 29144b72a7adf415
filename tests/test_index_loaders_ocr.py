"""Scans and pictures: what is read, in which order, and which characters are doubtful."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from index import UnreadableDocument, fold
from index.loaders import image, load, ocr
from index.loaders.raw import RawDocument
from index.metadata import Metadata
from index.reading import read_document
from tests.pdfs import BODY, SCAN, SCANNED, put

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


@pytest.mark.parametrize("suffix", [".jpg", ".tiff", ".bmp", ".webp"])
def test_other_pictures_are_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.open(SCAN).convert("RGB").save(path)
    assert [picture.shape for picture in image._pictures(path)] == [(400, 720, 3)]


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
    picture = next(image._pictures(SCAN))[280:]
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
