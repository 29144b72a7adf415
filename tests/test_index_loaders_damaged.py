"""Damaged files: whatever was done to a file, it gives its text or a message, in ten seconds.

They are read in processes of their own, so that a crash of native code or a hang would be seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from zipfile import ZipFile

import pytest
from pebble import ProcessPool
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.offices import PAGE, notice, outcome, replaced, without_ocr, workbook

FILES = 500
SECONDS = 10


def good_files(folder: Path) -> list[Path]:
    """One sound file of each format."""
    folder.mkdir()
    text = "规上工业增加值171.51亿元，同比增长13.4%。\n" * 40
    notice(folder / "a.docx")
    workbook(folder / "a.xlsx")
    (folder / "a.txt").write_text(text, encoding="utf-8")
    (folder / "b.txt").write_text(text, encoding="gb18030")
    (folder / "a.md").write_text(
        f"---\ntitle: 通知\n---\n# 通知\n\n{text}\n|甲|乙|\n|-|-|\n|1|2|\n", encoding="utf-8"
    )
    (folder / "a.csv").write_text("地区,产值（亿元）\n" + "钱塘区,171.51\n" * 40, encoding="gb18030")
    (folder / "a.html").write_bytes(PAGE.encode("gb18030"))
    (folder / "a.mhtml").write_bytes(
        b'Content-Type: multipart/related; boundary="X"\n\n--X\nContent-Type: text/html\n\n'
        + PAGE.encode("gb18030")
        + b"\n--X--\n"
    )
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(folder / "a.pdf"))
    for _ in range(2):
        canvas.setFont("STSong-Light", 12)
        for line, each in enumerate(text.splitlines()):
            canvas.drawString(72, 800 - 18 * line, each)
        canvas.showPage()
    canvas.save()
    return sorted(folder.iterdir())


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed in one to three places."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 4, 64, max(1, len(changed) // 4)))
        piece = bytes(changed[at : at + length])
        match chance.choice(("flip", "cut", "end", "insert", "swap", "zero", "double")):
            case "flip" if piece:
                for _ in range(8):
                    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            case "cut":
                del changed[at : at + length]
            case "end":
                del changed[at:]
            case "insert":
                changed[at:at] = chance.randbytes(length)
            case "swap":
                del changed[at : at + length]
                to = chance.randrange(len(changed) + 1)
                changed[to:to] = piece
            case "zero":
                changed[at : at + length] = bytes(len(piece))
            case "double":
                changed[at:at] = piece
    return bytes(changed)


def damaged_files(folder: Path, good: list[Path]) -> Iterator[Path]:
    """Files that are damaged as a whole, or, of packages every other time, in one of their parts."""
    folder.mkdir()
    for number in range(FILES):
        chance = random.Random(number)
        source = good[number % len(good)]
        path = folder / f"{number}{source.suffix}"
        if source.suffix in (".docx", ".xlsx") and chance.random() < 0.6:
            with ZipFile(source) as package:
                name = chance.choice(package.namelist())
                part = damaged(package.read(name), chance)
            replaced(source, {name: [part]}, path)
        else:
            path.write_bytes(damaged(source.read_bytes(), chance))
        yield path


def test_damaged_files_give_text_or_a_message(tmp_path: Path) -> None:
    good = good_files(tmp_path / "good")
    files = list(damaged_files(tmp_path / "damaged", good))
    seen: dict[str, set[str]] = {source.suffix: set() for source in good}
    with ProcessPool(2, initializer=without_ocr, context=get_context("spawn")) as pool:
        assert list(pool.map(outcome, good, timeout=60).result()) == ["text"] * len(good)
        results = pool.map(outcome, files, timeout=SECONDS).result()
        for path in files:
            try:
                result = next(results)
            except (TimeoutError, OSError) as error:  # OSError: ProcessExpired's base
                pytest.fail(f"{path.name}: {type(error).__name__} {error}")
            assert result in ("text", "refused"), f"{path.name}: {result}"
            seen[path.suffix].add(result)
    assert all(outcomes == {"text", "refused"} for suffix, outcomes in seen.items() if suffix != ".html"), (
        seen
    )
