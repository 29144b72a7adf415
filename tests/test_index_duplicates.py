"""The same article in two files is one; last year's notice in this year's words is not."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from index.duplicates import ALIKE, PERMUTATIONS, mark, repeated, sign
from index.types import Document

_rng = random.Random(7)
WORDS = [
    "".join(chr(_rng.randrange(0x4E00, 0x9FA0)) for _ in range(_rng.randrange(2, 5))) for _ in range(2000)
]


def text(seed: int, words: int = 300) -> str:
    """A text of made-up words, always the same for a seed."""
    rng = random.Random(seed)
    sentences = [
        "".join(rng.choices(WORDS, k=8)) + f"增长{rng.randrange(1, 99)}.{rng.randrange(10)}%。"
        for _ in range(words // 8)
    ]
    return "\n".join(sentences)


ARTICLE = text(1)
NOTICE = f"某政函〔2023〕15号\n关于2023年工作的通知\n{text(2)}\n某某市人民政府\n2023年5月16日"


def same(one: str, other: str, **facts: object) -> bool:
    """Whether two texts are found to be the same document."""
    documents = [Document("a", "", one), Document("b", "", other)]
    return bool(repeated(documents, sign([one, other])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARTICLE, ARTICLE),
        (ARTICLE, ARTICLE.replace("\n", "")),
        (ARTICLE, ARTICLE.replace("。", ".").replace("%", "％")),
        (ARTICLE, ARTICLE.translate({ord(str(n)): 0xFF10 + n for n in range(10)})),
        (ARTICLE, f"某某日报 第3版 2023年5月16日 星期二\n{ARTICLE}\n责任编辑:某某 阅读 1234 分享到微信"),
        (f"题名\n来源:某某日报 浏览次数:38\n{ARTICLE}", f"{ARTICLE}\n第 1 页 共 2 页"),
        (ARTICLE, ARTICLE[: len(ARTICLE) * 9 // 10]),
        (NOTICE, NOTICE.replace("2023年5月16日", "2023年5月17日 印发")),
        ("今年工作。", "今年工作"),
    ],
    ids=[
        "equal", "one line", "punctuation", "width", "page", "both with more",
        "cut", "printed a day later", "short",
    ],
)  # fmt: skip
def test_the_same_article(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARTICLE, text(3)),
        (ARTICLE, ARTICLE.replace("增长", "下降")),
        (NOTICE, NOTICE.replace("2023年", "2024年").replace("2023", "2024")),
        (NOTICE, NOTICE.replace("15号", "16号")),
        (NOTICE, NOTICE.replace("2023年5月16日", "2023年8月16日")),
        (ARTICLE, ARTICLE.replace("增长", "增长1", 1)),  # one figure of all
        (f"第十三届大会\n{ARTICLE}", f"第十四届大会\n{ARTICLE}"),
        ("今年工作。", "明年安排。"),
    ],
    ids=[
        "another", "other words", "next year's", "other number", "other date",
        "one figure", "figure in words", "short",
    ],
)  # fmt: skip
def test_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_the_law_before_and_after_an_amendment() -> None:
    note = "某法\n1990年1月2日某会第一次会议通过"
    amended = f"{note}\n2018年3月11日某会第二次会议修正"
    assert not same(f"{note}\n第一章 总则\n{ARTICLE}", f"{amended}\n第一章 总则\n{ARTICLE}")


def test_the_first_is_the_one_of_which_more_is_known_then_the_longer() -> None:
    short, long = Document("a", "", ARTICLE), Document("b", "", f"{ARTICLE}\n责任编辑:某某")
    known = replace(short, doc_id="c", origins={"published": "元数据文件"})
    documents = [short, long, known]
    signatures = sign([document.text for document in documents])
    assert repeated(documents, signatures) == {"a": "c", "b": "c"}
    assert repeated(documents[:2], signatures[:2]) == {"a": "b"}
    assert repeated([short, replace(short, doc_id="0")], signatures[[0, 0]]) == {"a": "0"}


def test_the_files_of_one_text_name_each_other() -> None:
    documents = [
        Document("3.pdf", "", ARTICLE),
        Document("1.txt", "", NOTICE, also_in=("gone.txt",)),
        Document("2.html", "", f"{ARTICLE}\n责任编辑:某某"),
        Document("0.txt", "", f"{ARTICLE}\n分享到微信"),
    ]
    marked = mark(documents, sign([document.text for document in documents]))
    assert [(document.doc_id, document.also_in) for document in marked] == [
        ("3.pdf", ("0.txt", "2.html")),
        ("1.txt", ()),
        ("2.html", ("0.txt", "3.pdf")),
        ("0.txt", ("2.html", "3.pdf")),
    ]


def test_the_order_of_the_documents_does_not_matter() -> None:
    texts = [ARTICLE, NOTICE, text(4), f"题名\n{ARTICLE}", f"{text(4)}\n编辑:某某", text(5), NOTICE]
    documents = [Document(str(number), "", text) for number, text in enumerate(texts)]
    signatures = sign(texts)
    expected = repeated(documents, signatures)
    assert expected == {"0": "3", "2": "4", "6": "1"}
    for seed in range(5):
        order = random.Random(seed).sample(range(len(texts)), len(texts))
        assert repeated([documents[at] for at in order], signatures[order]) == expected


def test_what_was_known_before_changes_nothing() -> None:
    texts = [
        ARTICLE,
        NOTICE,
        text(4),
        f"题名\n{ARTICLE}",
        f"{text(4)}\n编辑:某某",
        f"{ARTICLE}\n分享",
        NOTICE,
    ]
    documents = [Document(str(number), "", text) for number, text in enumerate(texts)]
    signatures = sign(texts)
    expected = {document.doc_id: document for document in mark(documents, signatures)}
    assert expected["0"].also_in == ("3", "5")
    for seed in range(20):
        before = sorted(random.Random(seed).sample(range(len(texts)), 4))
        known = mark([documents[at] for at in before], signatures[before])
        kept = known[:3]  # one of them has changed since; there may be others now in its place
        rest = [at for at in range(len(texts)) if str(at) not in {document.doc_id for document in kept}]
        now = [*kept, *(documents[at] for at in rest)]
        rows = signatures[[int(document.doc_id) for document in now]]
        marked = mark(now, rows, {document.doc_id for document in kept})
        assert {document.doc_id: document for document in marked} == expected
        left = mark(kept[1:], rows[1:3], {document.doc_id for document in kept[1:]})
        assert left == mark([documents[int(document.doc_id)] for document in kept[1:]], rows[1:3])


def test_a_signature_is_the_text_s_own_whatever_it_is_signed_with() -> None:
    texts = [ARTICLE, NOTICE, "一", "一二三四"]
    together = sign(texts)
    assert together.shape == (4, PERMUTATIONS)
    assert together.dtype == np.uint32
    assert all(np.array_equal(sign([text])[0], row) for text, row in zip(texts, together, strict=True))
    assert np.mean(together[0] == together[1]) < 0.2 < ALIKE


def test_nothing_to_compare() -> None:
    assert sign([]).shape == (0, PERMUTATIONS)
    assert repeated([], sign([])) == {}
    assert mark([], sign([])) == []


def test_every_document_needs_a_signature() -> None:
    with pytest.raises(ValueError, match="1 documents and 0 signatures"):
        repeated([Document("a", "", ARTICLE)], sign([]))
