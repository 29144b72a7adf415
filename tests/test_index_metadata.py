"""What people state about their documents, in the folder's metadata file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index import InvalidMetadata, Published
from index.metadata import KINDS, Metadata, read_metadata


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
        effective = "2023-07-01"
        doc_number = "杭政函〔2023〕15号"
        kind = "文件"
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
            effective=date(2023, 7, 1),
            doc_number="杭政函〔2023〕15号",
            kind="文件",
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


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds(tmp_path: Path, kind: str) -> None:
    assert metadata_of(tmp_path, f'["a.txt"]\nkind = "{kind}"\n')["a.txt"].kind == kind


@pytest.mark.parametrize("value", ['"2023-06-01"', "2023-06-01"])
def test_the_day_from_which_it_holds(tmp_path: Path, value: str) -> None:
    assert metadata_of(tmp_path, f'["a.txt"]\neffective = {value}\n')["a.txt"].effective == date(2023, 6, 1)


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
        (
            '["a.txt"]\neffective = "2025-06"\n',
            r"effective of 'a.txt' must be a day \(2023-06-01\), not '2025-06'",
        ),
        (
            '["a.txt"]\nkind = "小说"\n',
            "kind of 'a.txt' must be one of 法律, 文件, 讲话, 报道, 企业宣传, not '小说'",
        ),
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
