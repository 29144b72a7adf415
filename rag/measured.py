"""What a question for a number measures, and whether a sentence gives the number of that, not of something like it.

规上工业增加值 is not 数字经济核心产业增加值, nor is 制造业投资 what was asked by 出口.
"""

from __future__ import annotations

import re
from typing import Final

from index import segment
from rag.question import Kind, Question, is_name
from rag.reading import Reading
from rag.wording import occurrences, spellings

_INDICATOR: Final = re.compile(
    r"(?:(?<!价)值|率|投资|出口|进口|消费|税收|利润|收入|财政|人口|专利|产量|产能|面积|交易额|成交额|经费|占地|就业|能耗|用电量|吞吐量|[票单均房售]价|价格|[运学房水电]费|工资|薪资?|奖金)$"
)
_NOTHING: Final = re.compile(r"[年月日天]内?$|小时|分钟|百分点")  # how long, which one
_BEHIND: Final = re.compile(r"(?:多少|几)(?:多)?(?:万|亿)?[家个位名项所座条件款台辆只种]")
_LINK: Final = re.compile(r"[\w%&+-]+")
_CHAIN: Final = 4  # words before an indicator that may say of what it is


def measured(question: Question) -> str:
    """The word for what is measured or counted; "" if the question says it in another way."""
    if question.kind is not Kind.NUMBER or not question.head or _NOTHING.search(question.head):
        return ""
    if re.search(re.escape(question.head) + "[了过]", question.folded):  # 投资了多少: what was done
        return ""
    counted = _BEHIND.search(question.folded)
    if counted and question.folded.startswith(question.head, counted.end()):
        return question.head
    return question.head if _INDICATOR.search(question.head) else ""


def measures_other(question: Question, reading: Reading, sentence: int) -> str:
    """The thing like the one asked about that a sentence gives the number of; "" if it is the one itself.

    Both have a word before the indicator that says of what it is, and none in common.
    """
    word = measured(question) if question.unit in ("元", "%", "") else ""
    own = _qualifiers(question.folded, word) if word else []
    if not own:
        return ""
    low, high = reading.sentences[sentence]
    text = reading.folded[low:high]
    others = []
    for form in spellings(word):
        for found in re.finditer(re.escape(form), text):
            qualifiers = _qualifiers(text[: found.end()], form)
            told = "".join(qualifiers)
            if not qualifiers or any(occurrences(each, told) for each in own):
                return ""
            others.append(told + form)
    return others[0] if others else ""


def _qualifiers(text: str, word: str) -> list[str]:
    """The words that stand directly before a word: 规上, 工业 before 增加值; names of places say nothing here."""
    at = text.rfind(word)
    before = list(segment(text[:at]))
    found: list[str] = []
    for each, _, end in reversed(before):
        if end != at - sum(map(len, found)) or not _LINK.fullmatch(each) or len(found) == _CHAIN:
            break
        if len(each) < 2 or is_name(each) or re.search(r"\d|[年月日度]$", each):
            break
        found.insert(0, each)
    return found
