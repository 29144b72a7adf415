"""Markdown: front matter, headings, tables and links."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.loaders import load

TEXT = """\
---
title: "关于工业的通知"
date: 2025-05-16
作者: 张三
来源：区府办
文号: 钱政发〔2025〕8号
url: https://www.example.gov.cn/a
---
# 关于工业的通知 #

按照[《规定》](http://www.example.gov.cn/b)要求，
现**通知**如下。![图](a.png)

二级标题
--------

3. 甲。
4. 乙：
   - 丙，<br>丁。

| 地区 | 增加值（亿元） |
|------|---------------:|
| 钱塘区 | 171.51 |

<table><tr><th>地区</th><th>税收（亿元）</th></tr><tr><td>滨江区</td><td>33</td></tr></table>

    代码
"""


def test_a_page_of_markdown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    document = load(tmp_path / "a.md")
    assert document.text.split("\n") == [
        "关于工业的通知",
        "按照《规定》要求，现通知如下。图",
        "二级标题",
        "3. 甲。",
        "4. 乙：",
        "丙，丁。",
        "钱塘区：增加值（亿元）171.51。",
        "滨江区：税收（亿元）33。",
        "代码",
    ]
    assert [document.text[start:end] for start, end in document.headings] == ["关于工业的通知", "二级标题"]
    said = document.properties
    assert (said.title, str(said.published), said.byline) == ("关于工业的通知", "2025年5月16日", "张三")
    assert (said.issuer, said.doc_number) == ("区府办", "钱政发〔2025〕8号")
    assert said.url == "https://www.example.gov.cn/a"


@pytest.mark.parametrize(
    ("front", "published"),
    [
        ("date: 2025-05", "2025年5月"),
        ("日期: 2025", "2025年"),
        ("date: 2025-05-16T10:00:00+08:00", "2025年5月16日"),
        ("date: 2025-13-45", "None"),
        ("date: 近日", "None"),
        ("other: [1, 2]\n- x", "None"),
    ],
)
def test_the_date_of_a_front_matter(tmp_path: Path, front: str, published: str) -> None:
    (tmp_path / "a.md").write_text(f"---\n{front}\n---\n正文。\n", encoding="utf-8")
    document = load(tmp_path / "a.md")
    assert (str(document.properties.published), document.text) == (published, "正文。")


@pytest.mark.parametrize("text", ["---\n", "正文。\n---\ntitle: 甲\n---\n", "---\n正文。\n"])
def test_rules_are_no_front_matter(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(f"{text}尾。", encoding="utf-8")
    document = load(tmp_path / "a.md")
    assert document.properties.title is None
    assert document.text.endswith("尾。")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 经济运行情况\n\n## 出口\n\n正文。", "经济运行情况"),
        ("---\ntitle: 别的\n---\n# 经济运行情况\n", "别的"),
        ("# 一、总则\n\n正文。\n\n# 二、附则\n\n正文。", None),
        ("正文。\n\n# 附\n\n正文。", None),
        ("正文。", None),
    ],
)
def test_the_one_heading_that_a_text_begins_with_is_its_title(
    tmp_path: Path, text: str, title: str | None
) -> None:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert load(tmp_path / "a.md").properties.title == title
