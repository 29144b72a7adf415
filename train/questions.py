"""Questions made by rule: a figure, date, name or title in a sentence is taken out and asked for.

"一季度,全区工业增加值达12.5亿元" becomes "一季度全区工业增加值是多少亿元?". Words are left out at random,
and the clause before comes in where the question is short: people remember a text, they don't copy it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from index import segment
from rag.figures import find_figures

_DATE: Final = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日|(?:今年|去年)?(?:上半年|前三季度|第?[一二三四]季度)"
)
_TITLE: Final = re.compile(r'《[^《》]{2,24}》|"[^"]{2,14}"')
_CLAUSE: Final = re.compile(r"[^,。;!?:\n]+")
_EDGES: Final = ' 、()"'
_ROLE: Final = re.compile(
    r"(?:主任|董事长|总经理|经理|院长|校长|书记|[市区县局处部]长|主席|会长|教授|院士|博士|专家|记者|导演|总统|首相|总理|创始人)$"
)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PLACE: Final = re.compile(r"[\u3400-\u9fff]+[省市区县镇乡村州岛湾]")
_BODY: Final = re.compile(
    r"[\u3400-\u9fff]+(?:公司|集团|企业|大学|学院|研究[所院]|医院|委员会|协会|中心|银行|[局委厅部院社])"
)
_VERB_BEFORE: Final = re.compile(r"(?:达到?|为|是|完成|实现|超过?|突破|共?有|拥有|约|近|已)$")

_WORDS: Final = {
    "date": ("什么时候", "何时", "哪一年", "什么时间"),
    "title": ("什么", "哪个", "什么文件"),
    "person": ("谁", "哪位", "什么人"),
    "place": ("哪里", "哪个地方", "哪个城市", "什么地方"),
    "body": ("哪家机构", "哪个部门", "谁", "哪个单位", "哪家公司"),
}
_SHORT: Final = 12  # characters; a shorter question takes in the clause before
_LENGTHS: Final = range(6, 61)


@dataclass(frozen=True, slots=True)
class Made:
    """A question and the words of the passage that answer it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Thing:
    kind: str
    start: int
    end: int
    unit: str = ""


def make_questions(passage: str, rng: Random, most: int = 2) -> list[Made]:
    """Make questions from a folded passage, at most so many."""
    things = list(_things(passage))
    rng.shuffle(things)
    clauses = [found.span() for found in _CLAUSE.finditer(passage)]
    made = (_ask(passage, clauses, thing, rng) for thing in things[: 4 * most])
    return [question for question in made if question][:most]


def _things(text: str) -> Iterator[_Thing]:
    """What can be asked for, none within another."""
    taken: set[int] = set()
    for thing in (*_marked(text), *_names(text)):
        if (
            taken.isdisjoint(range(thing.start, thing.end))
            and text.count(text[thing.start : thing.end]) <= 3
        ):
            taken.update(range(thing.start, thing.end))
            yield thing


def _marked(text: str) -> Iterator[_Thing]:
    yield from (_Thing("date", *found.span()) for found in _DATE.finditer(text))
    yield from (_Thing("title", *found.span()) for found in _TITLE.finditer(text))
    yield from (_Thing("figure", f.start, f.end, f.unit) for f in find_figures(text) if not f.ordinal)


def _names(text: str) -> Iterator[_Thing]:
    before = ""
    for word, start, end in segment(text):
        if 2 <= len(word) <= 3 and word[0] in _SURNAMES and _ROLE.search(before):
            yield _Thing("person", start, end)
        elif len(word) >= 3 and _BODY.fullmatch(word):
            yield _Thing("body", start, end)
        elif len(word) >= 2 and _PLACE.fullmatch(word):
            yield _Thing("place", start, end)
        before = word


def _ask(text: str, clauses: list[tuple[int, int]], thing: _Thing, rng: Random) -> Made | None:
    number = next((n for n, (a, b) in enumerate(clauses) if a <= thing.start and thing.end <= b), None)
    if number is None:
        return None
    start, end = clauses[number]
    question = _worded(text[start : thing.start], text[thing.end : end], thing, rng)
    while number and (len(question) < _SHORT or rng.random() < 0.3):
        number -= 1
        question = text[slice(*clauses[number])] + rng.choice(("", ",")) + question
    question = _thinned(question, rng).strip(_EDGES)
    answer = text[thing.start : thing.end]
    if len(question) not in _LENGTHS or answer in question:
        return None
    return Made(question + rng.choice(("?", "?", "")), answer)


def _worded(before: str, after: str, thing: _Thing, rng: Random) -> str:
    """The clause with question words in the thing's place."""
    if thing.kind != "figure":
        return before + rng.choice(_WORDS[thing.kind]) + after
    many = rng.choice((f"多少{thing.unit}", "多少"))
    if len(after) < 2 and rng.random() < 0.5:
        return _VERB_BEFORE.sub("", before) + rng.choice(("是", "有", "为", "达到", "")) + many
    return before + many + after


def _thinned(question: str, rng: Random) -> str:
    """The question without some of its words."""
    share = rng.choice((0, 0, 0.1, 0.2, 0.3))
    return "".join(word for word, _, _ in segment(question) if rng.random() >= share or _asks(word))


def _asks(word: str) -> bool:
    return any(mark in word for mark in ("多少", "什么", "哪", "谁", "何时", "几"))
