"""Files in, raw text out: the encodings that Chinese text files come in, and files that are none."""

from __future__ import annotations

import logging
import os
import random
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from zipfile import ZipFile

import pytest

from index import UnreadableDocument
from index.loaders import SUFFIXES, is_document, load

TEXT = "钱塘(新)区:杭州制造硬核担当\n\n今年第一季度,规上工业增加值达171.51亿元,位居第一。\n"
SHORT = "关于召开全区工业经济大会的通知"
TRADITIONAL = "臺北市政府公告:自2025年起調整規費標準,詳見附件說明及各區公所網站。\n"


def written(folder: Path, data: bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("text", [TEXT, TEXT * 500, SHORT], ids=["page", "long", "short"])
@pytest.mark.parametrize(
    ("codec", "mark", "read_as"),
    [
        ("utf-8", b"", "utf_8"),
        ("utf-8", BOM_UTF8, "utf_8"),
        ("utf-16-le", BOM_UTF16_LE, "utf_16"),
        ("utf-16-be", BOM_UTF16_BE, "utf_16"),
        ("utf-16-le", b"", "utf_16_le"),
        ("utf-16-be", b"", "utf_16_be"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
    ],
)
def test_every_encoding_is_read_as_what_it_is(
    tmp_path: Path, text: str, codec: str, mark: bytes, read_as: str
) -> None:
    if text is SHORT and mark == b"" and "16" in codec:
        text += "\n"  # without a mark and a single ASCII character nothing tells UTF-16
    document = load(written(tmp_path, mark + text.encode(codec)))
    assert (document.text, document.encoding) == (text, read_as)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp950", "恒春鎮公所公告：恒春鎮圖書館閱覽室裏的座位調整為二百個，自本月一日起實施。"),
        ("big5hkscs", "香港政府一站通：如果你嘅申請被拒絕，可以喺三十日內提出上訴，唔使繳交費用。"),
    ],
)
def test_big5_as_it_is_used(tmp_path: Path, codec: str, text: str) -> None:
    with pytest.raises(UnicodeError):
        text.encode("big5")
    assert load(written(tmp_path, text.encode(codec))).text == text
    page = tmp_path / "a.html"
    page.write_bytes(f"<html><meta charset=big5><body><p>{text * 3}</p></body></html>".encode(codec))
    assert load(page).text == text * 3


def test_traditional_text_in_big5(tmp_path: Path) -> None:
    assert load(written(tmp_path, TRADITIONAL.encode("big5"))).text == TRADITIONAL


@pytest.mark.parametrize("before", ["", "a"])
def test_a_long_file_is_read_whatever_byte_a_character_begins_at(tmp_path: Path, before: str) -> None:
    text = before + "规上工业增加值" * 10_000
    assert load(written(tmp_path, text.encode("gb18030"))).text == text


def test_gb18030_within_english(tmp_path: Path) -> None:
    text = "Research and Experimental Development,简称R&D"
    assert load(written(tmp_path, text.encode("gb18030"))).text == text


def test_gb18030_holds_every_character(tmp_path: Path) -> None:
    text = TEXT + "𠮷𡈽㐀é€😀"
    assert load(written(tmp_path, text.encode("gb18030"))).text == text


def test_an_encoding_that_was_detected_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="index"):
        load(written(tmp_path, TEXT.encode("utf-8"), "plain.txt"))
        load(written(tmp_path, TEXT.encode("gb18030"), "other.txt"))
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'other.txt'}: read as gb18030"
    ]


def test_the_characters_of_the_file_are_kept(tmp_path: Path) -> None:
    text = "Ａ　㎡\r\n臺灣\t\u200b\u2028“”\n"
    assert load(written(tmp_path, text.encode("utf-8"))).text == text


def utf8_with(at: int, byte: int | None) -> bytes:
    data = bytearray(TEXT.encode("utf-8"))
    data[at : at + 1] = b"" if byte is None else bytes([byte])
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        random.Random(0).randbytes(4000),
        b"PK\x03\x04" + bytes(range(256)) * 8,
        b"\0" * 100,
        b"plain text\0with a zero byte in it, as no text has",
        "政府".encode("gb18030"),  # too little to tell what it is
        b"\xff\xfe\0\0" + "政府".encode("utf-32-le"),
        TEXT.encode("utf-16") + b"\0",
        utf8_with(1, None),
        utf8_with(60, 0xFF),
        utf8_with(100, 0x41),
    ],
    ids=[
        "random",
        "zip",
        "zeros",
        "zero",
        "short",
        "utf-32",
        "odd",
        "torn",
        "foreign byte",
        "cut character",
    ],
)
def test_what_is_no_text_is_refused_and_never_guessed(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, data)
    with pytest.raises(UnreadableDocument, match="not a text file in UTF-8, UTF-16 or GB18030") as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", BOM_UTF8, b" \r\n\t\n", "　\n".encode(), "\u200b\ufeff\n".encode(), b"---\n* * *\n"]
)
def test_a_file_without_a_word_is_empty(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="empty; remove it or put its text in"):
        load(written(tmp_path, data))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableDocument, match=r"none\.txt: cannot be opened \(No such file or directory\)"
    ):
        load(tmp_path / "none.txt")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(UnreadableDocument, match=r"a\.txt: cannot be opened"):
        load(tmp_path / "a.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode())
    path.chmod(0)
    with pytest.raises(UnreadableDocument, match="cannot be opened"):
        load(path)


@pytest.mark.parametrize("name", ["a", ".txt", "a.txt.bak", "a.py"])
def test_other_endings_are_named_with_those_that_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"can't be read; use .*\.docx, .*\.md, .*\.txt"):
        load(written(tmp_path, TEXT.encode(), name))
    assert not is_document(Path(name))


@pytest.mark.parametrize(
    ("name", "to_do"),
    [
        ("a.doc", "save it as .docx"),
        ("a.WPS", "save it as .docx"),
        ("a.rtf", "save it as .docx"),
        ("a.xls", "save it as .xlsx"),
        ("a.et", "save it as .xlsx"),
        ("a.pptx", "export it as PDF"),
        ("a.ofd", "export it as PDF"),
        ("a.zip", "unpack it and put the files in the folder"),
        ("a.tar.gz", "unpack it and put the files in the folder"),
    ],
)
def test_kinds_that_cannot_be_read_say_what_to_do(tmp_path: Path, name: str, to_do: str) -> None:
    with pytest.raises(UnreadableDocument, match=f"can't be read; .*{to_do}"):
        load(written(tmp_path, b"...", name))
    assert is_document(Path(name))


@pytest.mark.parametrize("name", ["~$通知.docx", ".~lock.a.docx#", ".~a.docx", "a.DS_Store", "a.json"])
def test_what_lies_beside_documents_is_none(name: str) -> None:
    assert not is_document(Path(name))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", b"%PDF-1.7\n", r"a \.pdf file"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", r"a \.png file"),
        ("a.docx", OLE, r"an Office 97–2003 file; .*save it as \.docx"),
        ("a.xlsx", OLE, r"an Office 97–2003 file; .*save it as \.xlsx"),
        ("a.doc", OLE, r"can't be read; .*save it as \.docx"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        ("a.xls", b"<!-- x --> <HTML><body>", r"a web page; give it the ending \.html"),
        ("a.docx", b"{\\rtf1 }", r"a \.rtf file; .*save it as \.docx"),
        ("a.pdf", b"Rar!\x1a\x07\0", r"a \.rar file; unpack it"),
        ("a.csv", b"7z\xbc\xaf\x27\x1c", r"a \.7z file; unpack it"),
    ],
)
def test_a_file_of_another_kind_than_its_ending_says_so(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    path = written(tmp_path, data, name)
    with pytest.raises(UnreadableDocument, match=told) as caught:
        load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("member", "name", "told"),
    [
        ("word/document.xml", "a.xlsx", r"a \.docx file; give it the ending \.docx"),
        ("xl/workbook.xml", "a.zip", r"a \.xlsx file; give it the ending \.xlsx"),
        ("ppt/presentation.xml", "a.docx", r"a \.pptx file; open it and export it as PDF"),
        ("OFD.xml", "a.pdf", r"a \.ofd file; open it and export it as PDF"),
        ("a.docx", "a.docx", r"a \.zip file; unpack it"),
    ],
)
def test_packages_are_told_by_what_is_in_them(tmp_path: Path, member: str, name: str, told: str) -> None:
    with ZipFile(tmp_path / name, "w") as package:
        package.writestr(member, "x")
    with pytest.raises(UnreadableDocument, match=told):
        load(tmp_path / name)


def test_endings_count_in_capitals_too(tmp_path: Path) -> None:
    assert load(written(tmp_path, TEXT.encode(), "A.TXT")).text == TEXT
    assert {".txt", ".md"} <= SUFFIXES
