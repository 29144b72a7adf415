"""An English question put into the Chinese words that documents have: enough to find and judge passages by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pypinyin import lazy_pinyin

from index import fold

_ASKS: Final = (
    (re.compile(r"\bhow (?:many|much)\b|\bwhat (?:percentage|proportion|share)\b"), "多少"),
    (re.compile(r"\bwhen\b|\b(?:in )?(?:what|which) (?:year|month|day)\b"), "什么时候"),
    (re.compile(r"\bwho\b|\bwhose name\b"), "谁"),
    (re.compile(r"\bwhere\b"), "哪里"),
    (re.compile(r"\bwhy\b"), "为什么"),
    (re.compile(r"\bwhich\b"), "哪个"),
    (re.compile(r"\bwhat\b"), "什么"),
)
_QUESTION: Final = re.compile(r"\b(?:how|what|when|who|where|why|which)\b")
_WORD: Final = re.compile(r"[a-z][a-z&'’.-]*[a-z]|[a-z]")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?![\d年])")
_QUARTER: Final = re.compile(r"\b(first|second|third|fourth) quarter(?: of)?\b|\bq([1-4])\b")
_QUARTERS: Final = {"first": "一", "second": "二", "third": "三", "fourth": "四"} | dict(
    zip("1234", "一二三四", strict=True)
)
_KEPT: Final = re.compile(r"[\u3400-\u9fff\d][\u3400-\u9fff\d.%+]*")
_AMOUNT: Final = re.compile(r"(?:值|率|速|收入|投资|投入|面积|产能|利润|占比|份额|人口)$")
_IDEOGRAPHS: Final = re.compile(r"[\u3400-\u9fff]+")


def in_chinese(question: str, names: Mapping[str, str]) -> str | None:
    """Put an English question into Chinese words; None if it is no English one.

    Words that neither the glossary (rag/glossary.txt) nor ``names`` has are left out, all but what
    is in Chinese already.

    :param names: the pinyin of names, without tones and spaces -> the names (`pinyin_of`).
    """
    folded = fold(question)
    if not _QUESTION.search(folded):
        return None
    asks = next((chinese for pattern, chinese in _ASKS if pattern.search(folded)), "什么")
    folded = _YEAR.sub(r" \1年 ", folded)
    folded = _QUARTER.sub(lambda found: f" {_QUARTERS[found[1] or found[2]]}季度 ", folded)
    folded = _phrases().sub(lambda found: f" {_glossary()[_singular(found[0])]} ", folded)
    folded = _WORD.sub(lambda found: f" {names.get(found[0], '')} ", folded)
    words = dict.fromkeys(_KEPT.findall(folded))
    if asks == "哪个":  # of which kind of thing: 哪个大学
        return f"哪个{' '.join(words)}?"
    if asks == "什么" and any(map(_AMOUNT.search, words)):
        asks = "多少"
    return f"{' '.join(words)} {asks}?"


def pinyin_of(texts: Iterable[str], longest: int = 4) -> dict[str, str]:
    """Return the pinyin of all pieces of two to ``longest`` characters: qiantang -> 钱塘; the first counts."""
    found: dict[str, str] = {}
    for text in texts:
        for run in _IDEOGRAPHS.findall(fold(text)):
            syllables = lazy_pinyin(run)
            for size in range(2, longest + 1):
                for at in range(len(run) - size + 1):
                    found.setdefault("".join(syllables[at : at + size]), run[at : at + size])
    return found


@cache
def _glossary() -> dict[str, str]:
    """Each English phrase -> its Chinese word."""
    lines = Path(__file__).with_name("glossary.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.partition(" = ") for line in lines if " = " in line and not line.startswith("#")]
    return {english.strip(): chinese for chinese, _, several in entries for english in several.split(";")}


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_glossary(), key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, longest_first))})s?(?![a-z-])")


def _singular(phrase: str) -> str:
    return phrase if phrase in _glossary() else phrase[:-1]
