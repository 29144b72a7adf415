from __future__ import annotations

from pathlib import Path

import pytest

from index import Document, build_index
from rag import Assistant, Retriever
from rag.aliases import aliases


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("大力开展研究与试验发展(简称“R&D”)。", [("研究与试验发展", "r&d")]),
        ("杭州高新技术产业开发区（以下简称“高新区”）成立。", [("高新技术产业开发区", "高新区")]),
        (
            "根据《人力资源服务行业管理办法》（以下简称《人社新规》）。",
            [("人力资源服务行业管理办法", "人社新规")],
        ),
        ("国家高新技术企业(又称国高企)1004家。", [("国家高新技术企业", "国高企")]),
        ("台湾电视公司（简称：台视）开播。", [("台湾电视公司", "台视")]),
        ("做好肺炎疫情(以下简称疫情)防控。", []),  # the short one stands in the long one
        ("增长20.5%(同比)。", []),
    ],
)
def test_names_that_a_text_declares(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(aliases(Document("a.txt", "", text))) == pairs


def test_a_question_by_the_short_name_finds_the_long_one(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(
        "滨江与富阳共建滨江富阳特别合作区(以下简称“飞地园”)。会议在下午举行,各方作了发言。\n"
        "滨江富阳特别合作区已引进项目37个。飞地经济的经验值得推广,各地都有47个试点。\n",
        encoding="utf-8",
    )
    build_index(docs, tmp_path / "index")
    answer = Assistant(Retriever.load(tmp_path / "index")).ask("飞地园引进了多少个项目?")
    assert answer.short == "37个"
