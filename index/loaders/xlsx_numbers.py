"""Numbers as Excel shows them by their formats (ECMA-376 part 1, 18.8.31)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[[^\]]*\]|[_*].|(?P<digit>[0#?])|(?P<sign>[.,%])|(?P<other>.)',
    re.DOTALL,
)
_SECTION: Final = re.compile(r'(?:"[^"]*"|[\\!_*].|[^;"\\!_*])+', re.DOTALL)
_CONDITION: Final = re.compile(r"\[(?P<how><=|>=|<>|<|>|=)(?P<than>-?\d+(?:\.\d+)?)\]")
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_AROUND: Final = " +()￥¥$€"  # signs that stand around a number and say nothing else
_EXACT: Final = 1e15  # below it a float has all the digits that are shown


@dataclass(slots=True)
class _Form:
    """A format: the places before and after the point, with the literals among them as ``'x``."""

    whole: list[str] = field(default_factory=list)
    decimals: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    thousands: int = 0
    grouped: bool = False
    percent: bool = False


def shown_number(value: float, number_format: str) -> str:
    """Show a number: scaled, rounded and grouped, with the words that stand in it or behind it."""
    form = _form(_section(value, number_format))
    if form is None or abs(value) >= _EXACT:
        return _general(value)
    scaled = Decimal(repr(value)).scaleb((2 if form.percent else 0) - 3 * form.thousands)
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-len(form.decimals)), ROUND_HALF_UP)
    number, _, fraction = f"{rounded:f}".partition(".")
    optional = len(form.decimals) - len("".join(form.decimals).rstrip("#"))
    while optional and fraction.endswith("0"):
        fraction, optional = fraction[:-1], optional - 1
    return (
        ("-" if scaled < 0 and rounded else "")
        + _filled_in(f"{int(number):,}" if form.grouped else number, form.whole)
        + (f".{fraction}" if fraction else "")
        + ("%" if form.percent else "")
        + "".join(form.behind).strip()
    )


def _section(value: float, number_format: str) -> str:
    """The part of a format that holds for a number: by conditions as [>=10000], else the first."""
    sections = _SECTION.findall(number_format)
    for section in sections:
        condition = _CONDITION.search(section)
        if condition is None or _COMPARED[condition["how"]](value, float(condition["than"])):
            return str(section)
    return str(sections[-1]) if sections else ""


def _form(text: str) -> _Form | None:
    """What a format says; None if it isn't one of plain numbers, as E+00, # ?/?, General and days."""
    form = _Form()
    point = False
    for token in _TOKEN.finditer(text):
        begun = bool(form.whole or form.decimals)
        literal = token["quoted"] or token["escaped"] or ("-" if token["other"] == "-" else None)
        match token["digit"], token["sign"]:
            case str(digit), _:
                if not point:
                    form.whole += [f"'{each}" for each in form.behind]
                form.grouped = form.grouped or form.thousands > 0
                form.behind, form.thousands = [], 0
                (form.decimals if point else form.whole).append(digit)
            case _, ".":
                point = True
            case _, ",":
                form.thousands += begun
            case _, "%":
                form.percent = True
            case _ if literal:
                form.behind += [literal] * begun
            case _ if token["other"] and token["other"] not in _AROUND:
                return None
    return form if form.whole or form.decimals else None


def _filled_in(number: str, whole: list[str]) -> str:
    """The digits in the places of a format, which may have literals between them."""
    digits = number.rjust(whole.count("0"), "0")
    written = ""
    for part in reversed(whole):
        if part.startswith("'"):
            written = part[1:] + written
        elif digits:
            written, digits = digits[-1] + written, digits[:-1]
    return digits + written


def _general(value: float) -> str:
    """As Excel shows a number without a format, with at most eleven digits."""
    if value == int(value) and abs(value) < _EXACT:
        return str(int(value))
    return f"{value:.11g}" if 1e-5 < abs(value) < 1e11 else f"{value:.2f}"
