"""The numbers that Word sets before paragraphs by itself: 第一章, （二）, 1.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class _Use:
    """A use of a list: which one it is, and the levels that are otherwise in it or begin anew."""

    name: str = ""
    levels: Mapping[int, Any] = field(default_factory=dict)
    starts: Mapping[int, int] = field(default_factory=dict)


class Numbers:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, levels: Mapping[str, Mapping[int, Any]], uses: Mapping[str, _Use]) -> None:
        """Count by ``levels``, of each list its levels, and the ``uses`` of the lists."""
        self._levels = levels
        self._uses = uses
        self._begun: set[str] = set()
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
            each.get(qn("w:abstractNumId")): _by_depth(each, "w:lvl")
            for each in root.findall(qn("w:abstractNum"))
        }
        return cls(levels, {use.get(qn("w:numId")): _use(use) for use in root.findall(qn("w:num"))})

    def before(self, paragraph: Any, styles: list[Any]) -> str:
        """The number that stands before a paragraph, "" if there is none; and count it."""
        number = depth = style = ""
        for element in (paragraph, *styles):
            properties = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                number = number or _value(properties, "w:numId")
                depth = depth or _value(properties, "w:ilvl")
                style = style or element.get(qn("w:styleId"), "")
        return self._next(number, depth, style)

    def _next(self, number: str, depth: str, style: str) -> str:
        use = self._uses.get(number, _Use())
        levels = {**self._levels.get(use.name, {}), **use.levels}
        of_style = (each for each, level in levels.items() if style and _value(level, "w:pStyle") == style)
        at = int(depth) if depth.isdigit() else next(of_style, 0)
        if at not in levels:
            return ""
        counts = self._counts.setdefault(use.name, {})
        if number not in self._begun:
            self._begun.add(number)
            for level in [level for level in counts if level in use.starts]:
                del counts[level]
        for deeper in [level for level in counts if level > at and _begins_anew(levels.get(level), at)]:
            del counts[deeper]
        for level in range(at + 1):
            if level not in counts:
                counts[level] = use.starts.get(level, _start(levels.get(level)))
            elif level == at:
                counts[level] += 1
        plain = levels[at].find(qn("w:isLgl")) is not None
        said = _PLACE.sub(
            lambda place: _shown(counts.get(int(place[1]) - 1, 1), levels.get(int(place[1]) - 1), plain),
            _value(levels[at], "w:lvlText"),
        )
        if not re.search(r"\w|[①-⓿]", said):  # a bullet
            return ""
        return f"{said} " if said[-1].isascii() and said[-1].isalnum() else said


def _by_depth(parent: Any, tag: str) -> dict[int, Any]:
    return {int(level.get(qn("w:ilvl"))): level for level in parent.findall(qn(tag))}


def _use(element: Any) -> _Use:
    otherwise = _by_depth(element, "w:lvlOverride")
    levels = {
        depth: level for depth, each in otherwise.items() if (level := each.find(qn("w:lvl"))) is not None
    }
    starts = {
        depth: int(start)
        for depth, each in otherwise.items()
        if (start := _value(each, "w:startOverride")).isdigit() and int(start) <= _MOST
    }
    return _Use(_value(element, "w:abstractNumId"), levels, starts)


def _begins_anew(level: Any, above: int) -> bool:
    """Whether a level begins anew under the next number of a level above it."""
    after = "" if level is None else _value(level, "w:lvlRestart")
    return not after.isdigit() or above < int(after)


def _value(element: Any, tag: str) -> str:
    found = element.find(qn(tag))
    return "" if found is None else str(found.get(qn("w:val"), ""))


def _start(level: Any) -> int:
    start = "" if level is None else _value(level, "w:start")
    return int(start) if start.isdigit() and int(start) <= _MOST else 1


def _shown(number: int, level: Any, plain: bool) -> str:
    """A number in the form of its level, or as ``plain`` digits; "" where the form has none or isn't known."""
    form = "decimal" if level is None or plain else _value(level, "w:numFmt") or "decimal"
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
