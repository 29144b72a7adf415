"""Publication dates: what is read, how exact it is, how it is written."""

from __future__ import annotations

from datetime import date

import pytest

from index import Document, Published


@pytest.mark.parametrize(
    ("written", "first", "last", "precision", "shown"),
    [
        ("2025-05-16", "2025-05-16", "2025-05-16", "day", "2025年5月16日"),
        ("2025-5-6", "2025-05-06", "2025-05-06", "day", "2025年5月6日"),
        ("2025-05", "2025-05-01", "2025-05-31", "month", "2025年5月"),
        ("2024-02", "2024-02-01", "2024-02-29", "month", "2024年2月"),
        ("2025-12", "2025-12-01", "2025-12-31", "month", "2025年12月"),
        ("2025", "2025-01-01", "2025-12-31", "year", "2025年"),
        (" 2025 ", "2025-01-01", "2025-12-31", "year", "2025年"),
        ("2025-05-16/2025-06-10", "2025-05-16", "2025-06-10", "range", "2025年5月至6月"),
        ("2023-06-21/2023-06-30", "2023-06-21", "2023-06-30", "range", "2023年6月21日至30日"),
        ("2022-09/2022-11", "2022-09-01", "2022-11-30", "range", "2022年9月至11月"),
        ("2022-12/2023-01", "2022-12-01", "2023-01-31", "range", "2022年12月至2023年1月"),
        ("2022/2023", "2022-01-01", "2023-12-31", "range", "2022年1月至2023年12月"),
        ("2025-05-16/2025-05-16", "2025-05-16", "2025-05-16", "day", "2025年5月16日"),
        ("2025-01-01/2025-12-31", "2025-01-01", "2025-12-31", "year", "2025年"),
        ("2025-05-01 / 2025-05", "2025-05-01", "2025-05-31", "month", "2025年5月"),
    ],
)
def test_a_date_is_read_and_written(
    written: str, first: str, last: str, precision: str, shown: str
) -> None:
    published = Published.parse(written)
    assert published == Published(date.fromisoformat(first), date.fromisoformat(last))
    assert (published.precision, str(published)) == (precision, shown)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "/",
        "2025/",
        "/2025",
        "25",
        "20250516",
        "2025-13",
        "2025-00",
        "2025-02-30",
        "2025-05-16-01",
        "-2025",
        "2025年5月",
        "2_025",
        "２０２５",
        "2025.05",
        "May 2025",
        "2025-05/",
        "2025/2026/2027",
        "9999-12x",
    ],
)
def test_what_is_no_date_is_named(written: str) -> None:
    with pytest.raises(ValueError, match="not a date: ") as caught:
        Published.parse(written)
    assert repr(written) in str(caught.value)


def test_a_date_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="2025-06-01 to 2025-05-31"):
        Published.parse("2025-06/2025-05")


def test_documents_do_not_change() -> None:
    document = Document("a.txt", "题", "文")
    with pytest.raises(AttributeError):
        document.text = "别的"  # type: ignore[misc]


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (9, 1), (10, 3), (19, 3), (20, 1), (99, 1)])
def test_a_document_knows_its_pages(offset: int, page: int) -> None:
    assert Document("a.pdf", "题", "文", pages=((0, 1), (10, 3), (20, 1))).page(offset) == page


def test_a_text_before_the_first_page_or_without_pages_has_none() -> None:
    assert Document("a.pdf", "题", "文", pages=((5, 1),)).page(4) is None
    assert Document("a.txt", "题", "文").page(0) is None
