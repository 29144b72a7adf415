"""The folder of documents behind an index: files come in, are corrected and go, and nothing else does."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reportlab.pdfgen import canvas

from index import BuildFailed, Library, NoDocuments, PassageIndex, Refused, apart, build_index, library
from index.library import check_name

METADATA = """# 每份文档的题名

["一.txt"]  # 第一份
title = "旧题名"   # 待核
published = "2023-05"
because = "落款"

["二.txt"]
region = "杭州"
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    """Two documents, a metadata file, no index yet."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "一.txt").write_text("一季度增加值为12亿元。\n", encoding="utf-8")
    (folder / "二.txt").write_text("二季度增加值为15亿元。\n", encoding="utf-8")
    (folder / "metadata.toml").write_text(METADATA, encoding="utf-8")
    return Library(folder, tmp_path / "index")


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("通知.txt", "通知.txt"),
        ("../../x.txt", "x.txt"),
        ("/etc/x.txt", "x.txt"),
        ("C:\\x.txt", "x.txt"),
        ("C:x.txt", "C_x.txt"),
        ("..\\..\\x.md", "x.md"),
        ("a\0b.txt", "ab.txt"),
        ("a\nb\t.txt", "ab.txt"),
        ("年报\u202etxt.exe.txt", "年报txt.exe.txt"),  # shown from right to left it would end otherwise
        ("零\u200b宽\ufeff.txt", "零宽.txt"),
        ("half\ud800.txt", "half.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        (".hidden.txt", "hidden.txt"),
        ("~$通知.docx", "通知.docx"),
        ("  年  报 .txt ", "年 报.txt"),
        ("年报.TXT", "年报.TXT"),
        ('<a>"?|*:.txt', "_a______.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1.tar.txt", "_com1.tar.txt"),
        ("lpt¹.md", "_lpt¹.md"),
        ("CONTENT.txt", "CONTENT.txt"),
    ],
)
def test_of_a_name_only_what_is_harmless_is_kept(sent: str, name: str) -> None:
    assert check_name(sent) == name


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("", "name"),
        ("..", "name"),
        ("a/", "name"),
        ("\u202e", "name"),
        ("年报", "suffix"),
        (".txt", "suffix"),
        ("a.exe", "suffix"),
        ("metadata.toml", "suffix"),
        ("a.txt/b.sh", "suffix"),
        ("a.txt\\..\\b.py", "suffix"),
        ("旧.doc", "advice"),
        ("包.zip", "advice"),
    ],
)
def test_what_is_no_name_of_a_document_is_refused(sent: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check_name(sent)
    assert refused.value.reason == reason


@pytest.mark.parametrize("stem", ["长" * 300, "a" * 300, "𠮷" * 300])
def test_a_long_name_is_cut_between_characters(stem: str, shelf: Library) -> None:
    doc_id = shelf.add(f"{stem}.txt", b"x")
    assert (shelf.source / doc_id).read_bytes() == b"x"
    assert stem.startswith(Path(doc_id).stem)
    assert len(doc_id.encode()) < 200


@example("\xa0")
@example("~. $")
@given(st.text(alphabet=st.characters() | st.sampled_from("./\\~$\0:"), max_size=40))
def test_no_name_leads_out_of_the_folder(sent: str) -> None:
    name = check_name(f"{sent}.x.txt")
    assert name == Path(name).name
    assert not name.startswith((".", "~$"))
    assert not set(name) & set('/\\\0<>:"|?*')
    assert check_name(name) == name


def test_a_file_goes_to_the_uploads_and_a_second_of_its_name_gets_a_number(shelf: Library) -> None:
    before = below(shelf.source)
    assert [shelf.add("../年报.txt", text) for text in (b"1", b"2", b"3")] == [
        "uploads/年报.txt",
        "uploads/年报 (2).txt",
        "uploads/年报 (3).txt",
    ]
    assert below(shelf.source) - before == {
        "uploads/年报.txt",
        "uploads/年报 (2).txt",
        "uploads/年报 (3).txt",
    }
    assert (shelf.source / "uploads/年报 (2).txt").read_bytes() == b"2"


def test_a_draft_is_moved_and_what_is_left_of_it_removed(shelf: Library) -> None:
    with shelf.draft() as draft:
        draft.write_text("文", encoding="utf-8")
        assert shelf.add("一.txt", draft) == "uploads/一.txt"
    with shelf.draft() as draft:
        draft.write_text("half", encoding="utf-8")
    assert below(shelf.source / "uploads") == {"一.txt"}


def test_what_a_killed_server_left_of_a_draft_goes_after_a_day(shelf: Library) -> None:
    left = shelf.source / "uploads" / ".incoming" / "left"
    left.mkdir(parents=True)
    (left / "draft").write_bytes(b"half")
    os.utime(left, (0, 0))
    with shelf.draft() as draft:
        assert [path.name for path in left.parent.iterdir()] == [draft.parent.name]


def test_size_and_number_are_limited(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "LARGEST", 4)
    monkeypatch.setattr(library, "MOST", 2)
    with pytest.raises(Refused, match="larger than 4 bytes"):
        shelf.add("a.txt", b"12345")
    shelf.add("a.txt", b"1234")
    shelf.add("a.txt", b"")
    with pytest.raises(Refused) as refused:
        shelf.add("a.txt", b"")
    assert refused.value.reason == "full"
    monkeypatch.setattr(library, "MOST", 9)
    monkeypatch.setattr(library, "MOST_BYTES", 7)
    with pytest.raises(Refused, match="holds 2 files"):
        shelf.add("a.txt", b"")
    assert len(below(shelf.source / "uploads")) == 2


def test_an_uploads_folder_that_is_a_link_is_not_followed(shelf: Library, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (shelf.source / "uploads").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(Refused) as refused:
        shelf.add("a.txt", b"1")
    assert refused.value.reason == "link"
    assert not below(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "doc_id",
    [
        "",
        ".",
        "..",
        "uploads",
        "uploads/",
        "../secret.txt",
        "uploads/../../secret.txt",
        "uploads/../一.txt",
        "uploads//a.txt",
        "uploads/./a.txt",
        "uploads/a.txt/",
        "/uploads/a.txt",
        "uploads\\a.txt",
        "uploads/a.txt\0",
        "uploads/link.txt",
        "linked/secret.txt",
        "uploads/.incoming/a.txt",
        "uploads/missing.txt",
        "metadata.toml",
        "x" * 9000 + ".txt",
        "{secret}",
    ],
)
def test_no_doc_id_leads_out_of_the_folder(doc_id: str, shelf: Library, tmp_path: Path) -> None:
    shelf.add("a.txt", b"1")
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密", encoding="utf-8")
    (shelf.source / "uploads/link.txt").symlink_to(secret)
    (shelf.source / "linked").symlink_to(tmp_path, target_is_directory=True)
    (shelf.source / "uploads/.incoming").mkdir(exist_ok=True)
    (shelf.source / "uploads/.incoming/a.txt").write_bytes(b"1")
    before = below(tmp_path)
    doc_id = doc_id.format(secret=secret)
    for deed in (shelf.path, shelf.remove, shelf.is_pictured):
        with pytest.raises(Refused) as refused:
            deed(doc_id)
        assert refused.value.reason == "unknown"
    with pytest.raises(Refused):
        shelf.correct(doc_id, title="题")
    assert below(tmp_path) == before


def test_only_what_was_taken_in_is_removed_and_its_facts_with_it(shelf: Library) -> None:
    doc_id = shelf.add("年报.txt", b"1")
    shelf.correct(doc_id, title="年报")
    with pytest.raises(Refused) as refused:
        shelf.remove("一.txt")
    assert refused.value.reason == "own"
    shelf.remove(doc_id)
    assert below(shelf.source) == {"一.txt", "二.txt", "metadata.toml"}
    assert (shelf.source / "metadata.toml").read_text(encoding="utf-8") == METADATA


def test_a_correction_keeps_what_others_wrote(shelf: Library) -> None:
    shelf.correct("一.txt", title='新"题"\n名\\', issuer=" 市政府 ", published="", kind="文件")
    written = (shelf.source / "metadata.toml").read_text(encoding="utf-8")
    assert [line for line in written.splitlines() if "#" in line] == [
        "# 每份文档的题名",
        '["一.txt"]  # 第一份',
        'title = "新\\"题\\" 名\\\\"   # 待核',
    ]
    tables = tomllib.loads(written)
    assert tables == {
        "一.txt": {"title": '新"题" 名\\', "issuer": "市政府", "kind": "文件"},
        "二.txt": {"region": "杭州"},
    }
    assert list(tables) == ["一.txt", "二.txt"]


def test_a_document_s_first_correction_makes_its_table_and_the_last_takes_it_out(shelf: Library) -> None:
    doc_id = shelf.add('a.b "c".txt', b"1")
    shelf.correct(doc_id, published="2022-09/2022-11")
    assert tomllib.loads((shelf.source / "metadata.toml").read_text(encoding="utf-8"))[doc_id] == {
        "published": "2022-09/2022-11"
    }
    shelf.correct(doc_id, published=" ")
    assert (shelf.source / "metadata.toml").read_text(encoding="utf-8") == METADATA


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"published": "去年"}, "date"),
        ({"published": "2023-02-30"}, "date"),
        ({"published": "2023-05/2023-04"}, "date"),
        ({"title": "长" * 501}, "long"),
        ({"kind": "小说"}, "kind"),
        ({"doc_id": "x"}, "fact"),
        ({"because": "x"}, "fact"),
    ],
)
def test_what_can_t_be_so_is_not_written(facts: dict[str, str], reason: str, shelf: Library) -> None:
    with pytest.raises(Refused) as refused:
        shelf.correct("一.txt", **facts)
    assert refused.value.reason == reason
    assert (shelf.source / "metadata.toml").read_text(encoding="utf-8") == METADATA
    assert below(shelf.source) == {"一.txt", "二.txt", "metadata.toml"}


def test_states_tell_what_the_next_build_will_change(shelf: Library) -> None:
    doc_id = shelf.add("三.txt", "三季度增加值为18亿元。".encode())
    (shelf.source / "空.txt").write_bytes(b"")
    build_index(shelf.source, shelf.index)
    shelf.add("四.txt", b"4")
    settle(shelf.source / "二.txt", "二季度增加值为16亿元。\n")
    (shelf.source / doc_id).unlink()
    shelf.correct("一.txt", title="一季度")
    entries = {entry.doc_id: entry for entry in shelf.states()}
    assert {doc_id: entry.state for doc_id, entry in entries.items()} == {
        "一.txt": "waiting",
        "二.txt": "waiting",
        "空.txt": "left_out",
        "uploads/三.txt": "leaving",
        "uploads/四.txt": "waiting",
    }
    assert "empty" in entries["空.txt"].reason
    assert (entries["一.txt"].title, str(entries["一.txt"].published)) == ("旧题名", "2023年5月")
    assert [entry.doc_id for entry in entries.values() if entry.uploaded] == [
        "uploads/三.txt",
        "uploads/四.txt",
    ]
    (shelf.source / "空.txt").unlink()
    stages: list[str] = []
    report = shelf.update(lambda stage, done, total: stages.append(stage))
    assert report.documents == 3
    assert stages
    assert {entry.doc_id: (entry.state, entry.title) for entry in shelf.states()} == {
        "一.txt": ("indexed", "一季度"),
        "二.txt": ("indexed", "二季度增加值为16亿元。"),
        "uploads/四.txt": ("indexed", "四"),
    }
    assert shelf.states(PassageIndex.load(shelf.index)) == shelf.states()


def settle(path: Path, text: str) -> None:
    """Write a file a little later than the last build, however coarse the clock, and before the next one."""
    path.write_text(text, encoding="utf-8")
    later = path.stat().st_mtime_ns + 20_000_000  # two ticks of the coarsest clock; a build takes longer
    os.utime(path, ns=(later, later))


def test_facts_are_as_one_would_write_them(shelf: Library) -> None:
    build_index(shelf.source, shelf.index)
    documents = PassageIndex.load(shelf.index).documents
    shelf.correct("一.txt", published="2023-05-01/2023-06-02", url="https://example.org")
    facts = shelf.facts("一.txt", documents["一.txt"])
    assert (facts["title"], facts["published"], facts["url"]) == (
        "旧题名",
        "2023-05-01/2023-06-02",
        "https://example.org",
    )
    assert shelf.facts("二.txt", documents["二.txt"])["region"] == "杭州"
    assert set(shelf.facts("new.txt", None).values()) == {""}


def test_an_update_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoDocuments, match="no documents"):
        Library(tmp_path / "empty", tmp_path / "index").update()


def test_pages_are_drawn_as_they_look(shelf: Library) -> None:
    pdf = canvas.Canvas(str(shelf.source / "两页.pdf"), pagesize=(300, 400))
    pdf.drawString(20, 20, "1")
    pdf.showPage()
    pdf.setPageSize((14400, 144))
    pdf.drawString(20, 20, "2")
    pdf.save()
    (shelf.source / "坏.pdf").write_bytes(b"%PDF-1.7 no more")
    pages = [shelf.page_image("两页.pdf", number) for number in (1, 2)]
    assert all(page and page.startswith(b"\x89PNG") and len(page) < 500_000 for page in pages)
    assert [
        shelf.page_image(*asked)
        for asked in (("两页.pdf", 3), ("两页.pdf", 0), ("坏.pdf", 1), ("一.txt", 1))
    ] == [None] * 4
    assert (shelf.is_pictured("两页.pdf"), shelf.is_pictured("一.txt")) == (True, False)


def test_a_build_that_dies_says_so_and_leaves_the_index(
    shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(shelf.source, shelf.index)
    before = shelf.states()
    monkeypatch.setattr(apart, "_MAIN", "import os; os._exit(3)")
    with pytest.raises(BuildFailed, match="status 3"):
        shelf.update()
    assert shelf.states() == before
