"""A file made into a document: which of several sources tells a fact, and that it says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index import Published, build_index
from index.metadata import Metadata
from index.reading import read_document
from index.store import PassageIndex

NOTICE = """某政函〔2023〕15号
某某市人民政府关于加快发展的通知
各区人民政府:
现将有关事项通知如下,请认真贯彻执行。
本通知自印发之日起施行。
某某市人民政府
2023年5月16日
"""
PAGE = """<!DOCTYPE html><html lang="zh"><head><title>网页题名</title>
<meta property="article:published_time" content="2023-06-01"></head>
<body><article><h1>某某市人民政府关于加快发展的通知</h1>
<p>各区人民政府:现将有关事项通知如下,请认真贯彻执行,确保各项工作落到实处,推动高质量发展。</p>
<p>一要提高认识,加强领导,明确分工,压实责任,按照时间节点推进各项任务,及时报送进展情况。</p>
<p>二要加大投入,优化服务,帮助企业解决困难,对成效明显的单位给予表彰,对落实不力的予以通报。</p>
<p>某某市人民政府</p><p>2023年5月16日</p></article></body></html>
"""


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def test_found_in_the_text(notice: Path) -> None:
    document = read_document(notice, "a.txt", Metadata())
    assert document.title == "某某市人民政府关于加快发展的通知"
    assert document.published == Published.parse("2023-05-16")
    assert document.effective == date(2023, 5, 16)
    assert (document.doc_number, document.issuer) == ("某政函〔2023〕15号", "某某市人民政府")
    assert (document.kind, document.region, document.byline) == ("文件", "某某市", None)
    assert document.origins == {
        "title": "文中标题",
        "published": "文中“某某市人民政府 2023年5月16日”",
        "effective": "文中“本通知自印发之日起施行”",
        "doc_number": "文中“某政函〔2023〕15号”",
        "issuer": "文中“某某市人民政府 2023年5月16日”",
        "region": "文中“某某市人民政府”",
        "kind": "文号,文中“某政函〔2023〕15号”",
    }


def test_what_is_stated_goes_first(notice: Path) -> None:
    known = Metadata(title="题名", published=Published.parse("2023-06"), kind="报道", byline="张三")
    document = read_document(notice, "a.txt", known)
    assert (document.title, document.kind, document.byline) == ("题名", "报道", "张三")
    assert document.published == Published.parse("2023-06")
    assert {document.origins[name] for name in ("title", "published", "kind", "byline")} == {"元数据文件"}
    assert document.issuer == "某某市人民政府"  # what isn't stated is found as before


def test_the_reason_given_for_a_date_is_where_it_comes_from(notice: Path) -> None:
    known = Metadata(published=Published.parse("2023-06"), because="“截至5月底”")
    assert read_document(notice, "a.txt", known).origins["published"] == "“截至5月底”"


def test_a_reason_without_a_date_is_none(notice: Path) -> None:
    document = read_document(notice, "a.txt", Metadata(because="“截至5月底”"))
    assert document.origins["published"] == "文中“某某市人民政府 2023年5月16日”"


def test_the_file_s_own_properties_go_before_its_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    document = read_document(path, "page.html", Metadata())
    assert (document.published, document.origins["published"]) == (
        Published.parse("2023-06-01"),
        "文件属性",
    )
    assert document.origins["issuer"].startswith("文中")
    stated = read_document(path, "page.html", Metadata(published=Published.parse("2023-05-16")))
    assert (stated.published, stated.origins["published"]) == (Published.parse("2023-05-16"), "元数据文件")


def test_nothing_is_known_of_a_plain_note(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("今天是个好日子," * 20 + "明天再说。", encoding="utf-8")
    document = read_document(path, "笔记/note.txt", Metadata())
    assert (document.title, document.origins) == ("note", {"title": "文件名"})
    unknown = ("published", "effective", "region", "byline", "issuer", "doc_number", "kind", "url")
    assert [getattr(document, name) for name in unknown] == [None] * len(unknown)


def test_a_correction_is_kept_and_only_that_document_is_read_again(notice: Path, tmp_path: Path) -> None:
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    notice.rename(folder / "a.txt")
    (folder / "b.txt").write_text("# 另一份\n\n正文一句。\n", encoding="utf-8")
    assert build_index(folder, index).read == 2
    assert PassageIndex.load(index).documents["a.txt"].published == Published.parse("2023-05-16")

    correction = '["a.txt"]\npublished = "2023-05-20"\nkind = "讲话"\n'
    (folder / "metadata.toml").write_text(correction, encoding="utf-8")
    report = build_index(folder, index)
    assert (report.read, report.encoded) == (1, 0)
    corrected = PassageIndex.load(index).documents["a.txt"]
    assert (corrected.published, corrected.kind) == (Published.parse("2023-05-20"), "讲话")

    (folder / "c.txt").write_text("# 第三份\n\n正文两句。\n", encoding="utf-8")
    assert build_index(folder, index).read == 1
    assert PassageIndex.load(index).documents["a.txt"] == corrected


def test_the_files_of_one_article_name_each_other_as_they_come_and_go(notice: Path, tmp_path: Path) -> None:
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text(NOTICE, encoding="utf-8")
    (folder / "b.txt").write_text(NOTICE.replace("2023", "2024"), encoding="utf-8")  # next year's
    build_index(folder, index)
    assert not any(document.also_in for document in PassageIndex.load(index).documents.values())

    (folder / "c.md").write_text(f"# 网页\n\n{NOTICE}\n责任编辑:某某\n", encoding="utf-8")
    assert build_index(folder, index).read == 1
    documents = PassageIndex.load(index).documents
    assert {doc_id: document.also_in for doc_id, document in documents.items()} == {
        "a.txt": ("c.md",),
        "b.txt": (),
        "c.md": ("a.txt",),
    }

    (folder / "c.md").unlink()
    assert build_index(folder, index).read == 0
    assert PassageIndex.load(index).documents["a.txt"].also_in == ()
