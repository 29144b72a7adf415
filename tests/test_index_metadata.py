"""What is known about a document: from the metadata file, else from its own words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import InvalidMetadata, Published
from index.metadata import Metadata, find_published, find_title, read_metadata
from index.normalize import lay_out


def metadata_of(folder: Path, text: str) -> dict[str, Metadata]:
    (folder / "metadata.toml").write_text(text, encoding="utf-8")
    return read_metadata(folder)


# --- the file


def test_every_key(tmp_path: Path) -> None:
    (found,) = metadata_of(
        tmp_path,
        """
        ["通知/2023 15.txt"]
        title = "关于……的通知"
        published = "2023-05/2023-06"
        because = "落款日期"
        region = "杭州钱塘"
        byline = "张三 李四"
        issuer = "杭州市人民政府"
        url = "https://example.org/a?b=1"
        """,
    ).items()
    assert found == (
        "通知/2023 15.txt",
        Metadata(
            title="关于……的通知",
            published=Published(date(2023, 5, 1), date(2023, 6, 30)),
            because="落款日期",
            region="杭州钱塘",
            byline="张三 李四",
            issuer="杭州市人民政府",
            url="https://example.org/a?b=1",
        ),
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"2025-05-16"', "2025年5月16日"),
        ("2025-05-16", "2025年5月16日"),
        ("2025-05-16T08:30:00", "2025年5月16日"),
        ("2025", "2025年"),
        ('"2025-05"', "2025年5月"),
    ],
)
def test_a_date_may_be_written_as_toml_has_it(tmp_path: Path, value: str, shown: str) -> None:
    assert str(metadata_of(tmp_path, f'["a.txt"]\npublished = {value}\n')["a.txt"].published) == shown


def test_nothing_is_known_without_a_file(tmp_path: Path) -> None:
    assert read_metadata(tmp_path) == {}


def test_blank_values_are_not_stated(tmp_path: Path) -> None:
    assert metadata_of(tmp_path, '["a.txt"]\ntitle = " "\n') == {"a.txt": Metadata()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a.txt", "not a TOML file in UTF-8"),
        ('["a.txt"]\ntitle = "一"\ntitle = "二"\n', "not a TOML file in UTF-8"),
        ('["a.txt"]\nauthor = "张三"\n', "unknown key 'author' for 'a.txt'; known are title, published"),
        ('["a.txt"]\ntitle = 5\n', "title of 'a.txt' must be a text in quotes, not 5"),
        ('["a.txt"]\npublished = "去年"\n', "published of 'a.txt': not a date: '去年'"),
        ('["a.txt"]\npublished = true\n', "published of 'a.txt': not a date: 'True'"),
        ('["a.txt"]\npublished = "2025-06/2025-05"\n', "published of 'a.txt': .* ends before it begins"),
        ('"a.txt" = "题名"\n', "'a.txt' is no table; write"),
    ],
)
def test_a_mistake_is_named_by_file_document_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidMetadata, match=message) as caught:
        metadata_of(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "metadata.toml"))
    assert "\n" not in str(caught.value)


def test_a_metadata_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metadata.toml").write_bytes('["a.txt"]\ntitle = "题名"\n'.encode("gb18030"))
    with pytest.raises(InvalidMetadata, match="not a TOML file in UTF-8"):
        read_metadata(tmp_path)


def test_the_metadata_of_the_seeds(seeds_dir: Path) -> None:
    found = read_metadata(seeds_dir)
    assert found.keys() == {path.name for path in seeds_dir.glob("*.txt")}
    assert all(metadata.title and metadata.published and metadata.because for metadata in found.values())


# --- the title


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("# 关于加快发展的通知\n\n正文一句。\n", "关于加快发展的通知"),
        ("# 总标题\n## 一、要求\n\n正文一句。\n", "总标题"),
        ("再造一个杭州工业\n\n新型工业化热力全开\n\n正文一句。\n", "再造一个杭州工业 新型工业化热力全开"),
        ("某某法\n\n第一章 总则\n\n第一条 为了规范活动。\n", "某某法"),
        ("短短一行", "短短一行"),
        ("正文就是一句话。", "正文就是一句话。"),
        ("今年一季度" * 20 + "。", "2023-15"),  # no line could be a title: the file's name
        ("#\n\n正文一句。\n", "#"),
    ],
)
def test_a_title_is_found(raw: str, title: str) -> None:
    assert find_title(lay_out(raw), "通知/2023-15.txt") == title


@given(st.text(alphabet="#章第一 \n。;A标题文", min_size=1, max_size=300))
def test_any_text_has_a_title_of_one_line(raw: str) -> None:
    layout = lay_out(raw)
    title = find_title(layout, "a.txt")
    assert "\n" not in title
    assert len(title) <= 120
    assert title or not layout.text


# --- the date


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("本报讯 2025年5月16日,全区大会召开。", (2025, 5, 16), "2025年5月16日"),
        ("来源:日报 2025-05-16 10:30", (2025, 5, 16), "2025-05-16"),
        ("2025/5/6", (2025, 5, 6), "2025/5/6"),
        ("2025.05.06", (2025, 5, 6), "2025.05.06"),
        ("２０２５年５月１６日", (2025, 5, 16), "２０２５年５月１６日"),
        ("2025 年 5 月 16 日", (2025, 5, 16), "2025 年 5 月 16 日"),
        ("长" * 500 + "某市人民政府\n2023年5月16日", (2023, 5, 16), "2023年5月16日"),
        ("2025年13月1日印发,2025年5月16日改。", (2025, 5, 16), "2025年5月16日"),
        ("自2024年1月1日起施行。\n2023年5月16日", (2023, 5, 16), "2023年5月16日"),
        ("截至2025年5月15日,已完成。2025年5月16日", (2025, 5, 16), "2025年5月16日"),
    ],
)
def test_the_day_a_document_gives_itself(text: str, day: tuple[int, int, int], words: str) -> None:
    assert find_published(text) == (Published(date(*day), date(*day)), f"文中日期“{words}”")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今年5月16日",
        "2025年5月",
        "12025年5月16日",
        "2025-05-160",
        "版本2025.5.16.3",
        "2025年2月30日",
        "本办法自2024年1月1日起施行。",
        "2024年1月1日至2024年12月31日",
        "2024-01-01 前",
        "长" * 200 + "2023年5月16日" + "长" * 200,  # in the middle: a day it tells of
        "長" * 115 + "2025年5月160日" + "長" * 200,
    ],
)
def test_what_is_not_its_day_stays_unknown(text: str) -> None:
    assert find_published(text) is None


@pytest.mark.parametrize("at", range(100, 130))
def test_a_day_at_the_edge_is_read_whole_or_not_at_all(at: int) -> None:
    found = find_published("长" * at + "2025年5月16日" + "长" * 300)
    assert found is None or found[0] == Published(date(2025, 5, 16), date(2025, 5, 16))


@given(st.text(alphabet="0123456789年月日-/. 自至长", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found = find_published(text)
    assert found is None or (found[0].precision == "day" and found[1][5:-1] in text)
