"""The numbers that Word sets before paragraphs by itself: 第一章, （二）, 1.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import cn2an
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

_NUMBERING: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
_CHINESE: Final = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "chineseLegalSimplified",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
    ]
)
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST: Final = 9999  # a number that no list reaches
_PLACE: Final = re.compile(r"%([1-9])")


class Numbers:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, levels: Mapping[str, Mapping[int, Any]], lists: Mapping[str, str]) -> None:
        """Count by ``levels``, of each list its levels, and ``lists``, a list's use -> the list."""
        self._levels = levels
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}

    @classmethod
    def of(cls, part: Any) -> Numbers:
        """The numbering of a document's main part."""
        root: Any = None
        for relation in part.rels.values():
            if relation.reltype == _NUMBERING and not relation.is_external:
                root = parse_xml(relation.target_part.blob)
        if root is None:
            return cls({}, {})
        levels = {
            each.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): level for level in each.findall(qn("w:lvl"))
            }
            for each in root.findall(qn("w:abstractNum"))
        }
        lists = {
            use.get(qn("w:numId")): _value(use, "w:abstractNumId") for use in root.findall(qn("w:num"))
        }
        return cls(levels, lists)

    def before(self, paragraph: Any, styles: list[Any]) -> str:
        """The number that stands before a paragraph, "" if there is none; and count it."""
        for element in (paragraph, *styles):
            properties = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                return self._next(
                    self._lists.get(_value(properties, "w:numId"), ""), _value(properties, "w:ilvl")
                )
        return ""

    def _next(self, name: str, depth: str) -> str:
        levels = self._levels.get(name, {})
        at = int(depth) if depth.isdigit() else 0
        if at not in levels:
            return ""
        counts = self._counts.setdefault(name, {})
        for deeper in [level for level in counts if level > at]:
            del counts[deeper]
        for level in range(at + 1):
            if level == at or level not in counts:
                counts[level] = counts[level] + 1 if level in counts else _start(levels.get(level))
        said = _PLACE.sub(
            lambda place: _shown(counts.get(int(place[1]) - 1, 1), levels.get(int(place[1]) - 1)),
            _value(levels[at], "w:lvlText"),
        )
        if not re.search(r"\w|[①-⓿]", said):  # a bullet
            return ""
        return f"{said} " if said[-1].isascii() and said[-1].isalnum() else said


def _value(element: Any, tag: str) -> str:
    found = element.find(qn(tag))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _start(level: Any) -> int:
    start = "" if level is None else _value(level, "w:start")
    return int(start) if start.isdigit() and int(start) <= _MOST else 1


def _shown(number: int, level: Any) -> str:
    """A number in the form of its level; "" where the form has no digits or isn't known."""
    form = "decimal" if level is None else _value(level, "w:numFmt") or "decimal"
    if form in _CHINESE:
        return re.sub("^一十", "十", str(cn2an.an2cn(number)))
    match form:
        case "decimal":
            return str(number)
        case "decimalZero":
            return f"{number:02}"
        case "upperLetter" | "lowerLetter" if number <= 26:
            return chr((65 if form[0] == "u" else 97) + number - 1)
        case "upperRoman" | "lowerRoman" if number < 40:
            roman = ""
            for size, sign in _ROMAN:
                roman += sign * (number // size)
                number %= size
            return roman.upper() if form[0] == "u" else roman
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if number <= 20:
            return chr(0x2460 + number - 1)
    return ""
