"""Text made regular: folded for matching, laid out for reading, nothing lost and nothing moved."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import fold
from index.normalize import Layout, follow, lay_out

# What a text may hold without its being seen: it goes with the white space.
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

POLICY_TEXT = st.text(
    alphabet="政府工业增加值今年一季度达3.5亿元,,、。。;;:!?”“—…「」()#第章条A0\n\n\n 　\t\r\u200b\u2028图摄",
    max_size=400,
)


def printed(text: str) -> str:
    """The characters of a text that are neither white space nor unseen."""
    return "".join(character for character in text if not character.isspace() and character not in UNSEEN)


def headings(layout: Layout) -> list[str]:
    return [layout.text[start:end] for start, end in layout.headings]


# --- fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("2025年", "2025年"),
        ("２０２５年一季度", "2025年一季度"),
        ("ＡＢｃ", "abc"),
        ("R&D", "r&d"),
        ("１７１．５１％", "171.51%"),
        ("，：；？！（）", ",:;?!()"),
        ("。、《》【】「」", "。、《》【】「」"),
        ("“引”‘号’„‟", '"引"\'号\'""'),
        ("甲—乙–丙‐丁−戊", "甲-乙-丙-丁-戊"),
        ("1～4月", "1~4月"),
        ("约·翰・约•翰", "约·翰·约·翰"),
        ("規模以上工業增加值", "规模以上工业增加值"),
        ("發展與創新後來", "发展与创新后来"),
        ("a　b", "a b"),
        ("…㎡ﬁ", "…㎡ﬁ"),  # what would become longer stays
        ("甲\n乙", "甲\n乙"),
        ("", ""),
    ],
)
def test_folding_is_by_width_case_and_script(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_character_folds_to_one_character() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(fold(everything)) == len(everything)


@given(st.text(st.characters(exclude_categories=[])))
def test_folding_keeps_the_length_and_can_be_encoded(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert folded.encode("utf-8").decode("utf-8") == folded


@given(st.text(), st.text())
def test_folding_looks_at_one_character_at_a_time(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


# --- lay_out: what holds for every text


@given(POLICY_TEXT | st.text(max_size=200))
def test_nothing_printed_is_lost_or_moved(raw: str) -> None:
    assert printed(lay_out(raw).text) == printed(raw)


@given(POLICY_TEXT)
def test_lines_are_tidy_and_headings_are_whole_lines(raw: str) -> None:
    layout = lay_out(raw)
    lines = layout.text.split("\n")
    assert all(line == line.strip() and "  " not in line for line in lines)
    assert "" not in lines or layout.text == ""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    whole = {(start, start + len(line)) for start, line in zip(starts, lines, strict=False)}
    assert set(layout.headings) <= whole
    assert list(layout.headings) == sorted(layout.headings)


def test_nothing_printed_in_the_seeds_is_lost_or_moved(seeds_dir: Path) -> None:
    for path in seeds_dir.glob("*.txt"):
        raw = path.read_text(encoding="utf-8")
        assert printed(lay_out(raw).text) == printed(raw), path.name


# --- lay_out: the ways in which text comes


def test_a_sentence_broken_by_a_column_is_joined() -> None:
    raw = "统筹推进重大项目建设,全年谋划包含60亿元项目1\n\n个、10亿元以上项目5个。\n\n政企协同。\n"
    assert (
        lay_out(raw).text
        == "统筹推进重大项目建设,全年谋划包含60亿元项目1个、10亿元以上项目5个。\n政企协同。"
    )


def test_a_broken_word_of_latin_script_keeps_its_space() -> None:
    text = lay_out("本区积极引进国际人才,全力打造研究与试验发展(Research and\n\nDevelopment)的高地。").text
    assert text == "本区积极引进国际人才,全力打造研究与试验发展(Research and Development)的高地。"


def test_spaces_that_columns_left_within_words_go() -> None:
    text = lay_out("今年一季度,全区规上工业增加值同比增 长8.1%,居全市第一,R&D 投入 2.3 亿元。").text
    assert text == "今年一季度,全区规上工业增加值同比增长8.1%,居全市第一,R&D 投入 2.3 亿元。"


def test_a_caption_within_a_sentence_is_left_where_it_is() -> None:
    before = "今年一季度,全区规上工业增加值同比增长8.1%,制造业投"
    after = "资同比增长20.5%," + "各类企业加快转型升级步伐" * 5 + "。"
    layout = lay_out(f"{before}\n\n\n\n某项目效果图\n\n\n\n{after}\n")
    assert layout.text == f"{before}\n某项目效果图\n{after}"
    assert layout.headings == ()


def test_a_text_wrapped_at_a_fixed_width_becomes_paragraphs() -> None:
    paragraph = "今年一季度,某区规上工业增加值增长8.1%,制造业投资增长20.5%,均居全市第一。" * 3
    wrapped = "\n".join(paragraph[at : at + 20] for at in range(0, len(paragraph), 20))
    layout = lay_out(f"某区经济运行情况\n\n{wrapped}\n\n{wrapped}\n")
    assert layout.text == f"某区经济运行情况\n{paragraph}\n{paragraph}"
    assert headings(layout) == ["某区经济运行情况"]


def test_one_paragraph_a_line_stays_so() -> None:
    paragraph = "今年一季度,某区规上工业增加值增长8.1%,制造业投资增长20.5%,均居全市第一。"
    layout = lay_out(f"某区经济运行情况\r\n{paragraph}\r\n{paragraph}\r\n下一步打算\r\n{paragraph}\r\n")
    assert layout.text.split("\n") == ["某区经济运行情况", paragraph, paragraph, "下一步打算", paragraph]
    assert headings(layout) == ["某区经济运行情况", "下一步打算"]


def test_markdown_has_its_headings_and_nothing_else_is_one() -> None:
    layout = lay_out(
        "# 关于加快发展的通知\n\n各区人民政府:\n\n## 一、总体要求\n\n到2025年,增加值达到5000亿元。\n\n"
        "- 支持企业扩大投资\n- 支持企业技术改造\n\n| 指标 | 2025年 |\n| --- | --- |\n| 增加值 | 5000亿元 |\n\n"
        "### (一)主要任务\n\n1. 做强主导产业。\n2. 做优传统产业。\n\n某市人民政府\n2023年5月16日\n"
    )
    assert headings(layout) == ["# 关于加快发展的通知", "## 一、总体要求", "### (一)主要任务"]
    assert "\n- 支持企业扩大投资\n- 支持企业技术改造\n| 指标 | 2025年 |\n" in layout.text


def test_a_law_has_its_chapters() -> None:
    layout = lay_out(
        "中华人民共和国某某法\n\n(2021年6月10日全国人民代表大会常务委员会通过)\n\n第一章　总　则\n\n"
        "第一条　为了规范某某活动,保障公民的合法权益,制定本法。\n\n"
        "第二条　开展某某活动,适用本法。下列情形除外:\n(一)军事活动;\n(二)家庭活动。\n\n"
        "第二章　某某制度\n\n第三条　国家建立某某制度。\n"
    )
    assert headings(layout) == ["中华人民共和国某某法", "第一章 总 则", "第二章 某某制度"]
    assert "下列情形除外:\n(一)军事活动;\n(二)家庭活动。\n第二章 某某制度\n第三条" in layout.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "000_dfcb443e60e2733b.txt",
            "再造一个杭州工业|新型工业化热力全开|钱塘(新)区:杭州制造硬核担当加速创新|项目满弓劲发|制造业底座再夯实"
            "|集群“升维”壮大|制造业韧性再增强|科技创新加码|新型工业化再出发",
        ),
        (
            "004_32ae860af37132da.txt",
            "区经信科技局:加快推进制造业高质量发展 为推动“四个全域” 迈步“两个先行”赋能添力"
            "|A 制造业投资“领跑”全市 筑牢实体经济“压舱石”"
            "|B “产业大脑+未来工厂” 推动数字经济与制造业融合发展"
            "|C R&D经费投入强度再创新高 为全域创新注入更强动力",
        ),
    ],
)
def test_the_headings_of_the_seeds(seeds_dir: Path, name: str, expected: str) -> None:
    assert "|".join(headings(lay_out((seeds_dir / name).read_text(encoding="utf-8")))) == expected


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "000_dfcb443e60e2733b.txt",
            "今年第一季度,钱塘规上工业增加值达171.51亿元,制造业投资总量持续保持杭州第一",
        ),
        ("000_dfcb443e60e2733b.txt", "包含60亿元项目1个"),
        ("000_dfcb443e60e2733b.txt", "位于义蓬街道"),
        ("001_d53b6acf285d5f2c.txt", "开展统筹协调"),
        ("001_d53b6acf285d5f2c.txt", "政校企互动"),
    ],
)
def test_sentences_of_the_seeds_are_whole(seeds_dir: Path, name: str, sentence: str) -> None:
    raw = (seeds_dir / name).read_text(encoding="utf-8")
    assert sentence in lay_out(raw).text


@pytest.mark.parametrize("line", ["张慧卿 彭仲莉 刘 健", "记者 郝爽 雷秋红 文", "■郝爽", "责任编辑:秦正长"])
def test_who_wrote_it_is_no_heading(line: str) -> None:
    layout = lay_out(f"某区工业再出发\n\n{line}\n\n今年一季度,某区规上工业增加值增长8.1%,居全市第一。\n")
    assert headings(layout) == ["某区工业再出发"]
    assert layout.text.split("\n")[1] == line


@pytest.mark.parametrize(
    ("raw", "offset", "character"),
    [
        ("钱塘\n\n  新区", 2, "新"),
        ("钱塘\n\n  新区", 6, "新"),
        ("\n\n题目\n正文在此。", 0, "题"),
        ("第一页的句子没有完\n到第二页才完。", 10, "到"),
        ("零\u200b宽字符。", 2, "宽"),
    ],
)
def test_an_offset_is_followed_into_the_laid_out_text(raw: str, offset: int, character: str) -> None:
    text = lay_out(raw).text
    assert text[follow(raw, text)(offset)] == character


def test_the_end_is_followed_to_the_end() -> None:
    assert follow("文。\n\n", "文。")(4) == 2


def test_lines_that_are_joined_already_are_left_apart() -> None:
    raw = "本区积极引进国际人才,全力打造研究与试验发展的高地,投入\n强度再创新高,同比增 长8.1%。\n"
    assert lay_out(raw, joined=True).text.split("\n") == [
        "本区积极引进国际人才,全力打造研究与试验发展的高地,投入",
        "强度再创新高,同比增长8.1%。",
    ]
    assert "\n" not in lay_out(raw).text
