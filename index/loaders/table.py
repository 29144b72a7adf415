"""Tables as lines: a row a line, each value with the headings of its row and its column.

    杭州市2025年一季度主要经济指标
    钱塘区，2025年一季度：规上工业增加值（亿元）171.51；增速（%）13.4；企业数：258。

A line says by itself what each of its figures is, of when and in what unit, so that it can be found,
quoted and cut off from the others: the unit in brackets stands right before its number; a period that
only the table's title gives is repeated in each row; a long row is cut into sentences that each
begin with the row's heading. Where it can't be told which words are headings, the cells stand
side by side with bars between them, and nothing is claimed of what belongs to what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from index.loaders.lines import Line, joined
from index.loaders.outline import Outline, indent_of
from index.normalize import HEADING_MARK

_NUMBER: Final = re.compile(r"[-+−－]?\s?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s?[%％‰]?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_YEARS_COLUMN: Final = re.compile(r"年")
_PERIOD: Final = re.compile(
    r"(?:19|20)\d\d(?:[-—–~至](?:19|20)\d\d)?年(?:度|末|底|第?[一二三四1-4]季度|[上下]半年|前三季度|全年"
    r"|[01]?\d(?:[-—–~至][01]?\d)?月(?:份|末|底)?)?"
)
_UNIT: Final = (
    r"(?:(?:人民币\s?)?[十百千]?[万亿]{0,2}(?:元人民币|人民币|美元|港元|欧元|日元|元|人次|户次|车次|架次|班次|人|户|家|个|项|件|条|种|台套|台|套|座"
    r"|所|处|宗|款|辆|艘|架|列|对|次|批|栋|幢|间|张|份|篇|部|本|册|场|名|位|头|只|株|吨标准煤|吨|公斤|千克|克|平方米|平方公里"
    r"|公顷|亩|公里|千米|米|立方米|升|千瓦时|千瓦|兆瓦|度|标箱|岁|天|年|个?月|小时|分钟|分|倍|TEU|℃|㎡|k?m[²³])"
    r"(?:/[十百千]?[万亿]?[\u4e00-\u9fff]{1,3})?|[%％‰]|个?百分点|[万亿])"
)
_OWN_UNIT: Final = re.compile(rf"\s?[(（\[［]\s?(?P<unit>{_UNIT})\s?[)）\]］]")
_UNIT_LINE: Final = re.compile(
    rf"单位\s?[:：]\s?(?P<units>{_UNIT}(?:\s?[、,，/和]\s?{_UNIT})*)(?![\u4e00-\u9fff])"
)
_UNIT_COLUMN: Final = re.compile(r"(?:计量)?单位")
_RATIO: Final = re.compile(r"增长|增速|增幅|涨幅|降幅|同比|环比|比重|占比|比例|率$|幅度")
_MONEY: Final = re.compile(
    r"金额?|[资税基奖租押罚]金|额|款|[税规缴]费|费用?|价|收入|支出|产值|投资|成本|利润|补[贴助偿]|预算|债|产$|税"
)
_COUNTED: Final = re.compile(r"[户人家个次件宗台辆亩篇项套批]数|面积|数量")
_UNITLESS: Final = re.compile(r"年份|年度|序号|编号|排名|排位|位次|名次|代码|日期|时间|电话|指数")
_NUMERAL: Final = re.compile(r"\d{1,4}|[一二三四五六七八九十]{1,3}")
_NUMBERED: Final = re.compile(r"序号|编号|序|No\.?", re.IGNORECASE)
_NOTE: Final = re.compile(r"[（(]?(?:注|备注|说明|附注|数据来源|资料来源|来源)(?:\d|[:：、.])|\*|※")
_LABELS: Final = re.compile(
    r"姓名|名称|单位|电话|手机|地址|性别|时间|日期|负责人|联系人|代表人|职务|职称|邮箱|传真|网址|编号|代码|类型|类别|金额"
    r"|内容|意见|情况|签字|盖章|部门|学历|年龄|民族|专业|[:：]$"
)
_BLANKS: Final = frozenset(["", "-", "--", "—", "——", "－", "…", "……", "/", "\\"])

_DEEPEST_HEADER: Final = 4  # rows
_SENTENCE: Final = 120  # characters; a passage holds two or three such
_LABEL: Final = 10  # characters; what is longer in a form is filled in


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table as they stand, and what is written over it, the nearest last.

    ``merged`` are the cells joined to one, as (top, left, bottom, right), all included, counted from 0.
    ``header`` is the number of heading rows where the format tells it.
    """

    rows: Sequence[Sequence[str]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    above: Sequence[str] = ()
    header: int | None = None


class _Cell(NamedTuple):
    """A cell's text, which cell of the table it was, so that joined ones are known as one, and its indent."""

    text: str
    origin: tuple[int, int]
    indent: float = 0.0

    @property
    def is_blank(self) -> bool:
        return self.text in _BLANKS

    @property
    def is_number(self) -> bool:
        return _NUMBER.fullmatch(self.text) is not None

    @property
    def is_amount(self) -> bool:
        """Whether it is a number that is no year."""
        return self.is_number and not _YEAR.fullmatch(self.text)


_Row = list[_Cell]


def _at(row: _Row) -> int:
    """Which row of the table it is."""
    return max(cell.origin[0] for cell in row)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column's heading, without its unit; whether that stands in the heading itself or over the table."""

    name: str
    unit: str = ""
    numeric: bool = False
    own: bool = False


def table_lines(table: Table) -> list[Line]:
    """Write a table as lines."""
    lines: list[Line] = []
    for block in _blocks(_filled(table)):
        lines += _block_lines(block, table)
    return lines


def goes_on(upper: Table, lower: Table) -> bool:
    """Whether a table overleaf, with the same columns, is the rest of the upper one and no table of its own.

    It is if it begins with the same headings, or with what no heading is.
    """
    first = _filled(lower)[0]
    texts = [cell.text for cell in first]
    alone = _alone(first)
    if alone is not None:
        return HEADING_MARK.match(alone) is not None
    return (
        any(cell.is_amount for cell in first[1:])
        or texts in [[cell.text for cell in row] for row in _filled(upper)[: _DEEPEST_HEADER + 2]]
        or re.fullmatch(r"\d{1,4}", texts[0]) is not None
        or any(re.search("[，。；]", text) for text in texts)
    )


def _filled(table: Table) -> list[_Row]:
    """The table as a full grid, in which joined cells all have the text of the one that is shown."""
    width = max(map(len, table.rows), default=0)
    grid = [
        [
            _Cell(text.strip(), (r, c), indent_of(text))
            for c in range(width)
            for text in (row[c] if c < len(row) else "",)
        ]
        for r, row in enumerate(table.rows)
    ]
    left = len(grid) * width  # joined cells don't overlap; where a damaged file says they do, it ends here
    for top, first, bottom, last in table.merged:
        bottom, last = min(bottom, len(grid) - 1), min(last, width - 1)
        left -= max(0, bottom - top + 1) * max(0, last - first + 1)
        if left < 0:
            break
        for r in range(top, bottom + 1):
            for c in range(first, last + 1):
                grid[r][c] = grid[top][first]
    return grid


def _blocks(grid: list[_Row]) -> Iterator[list[_Row]]:
    """The tables of a grid: an empty row parts two where the lower one begins with a heading.

    An empty row between a table and what stands over it parts nothing.
    """
    block: list[_Row] = []
    apart = False
    for row in grid:
        if all(cell.text == "" for cell in row):
            apart = True
            continue
        begins = apart and not any(cell.is_amount for cell in row[1:]) and not _is_note(row)
        if begins and any(_alone(above) is None for above in block):
            yield block
            block = []
        block.append(row)
        apart = False
    if block:
        yield block


def _without_empty_columns(rows: list[_Row]) -> list[_Row]:
    kept = [c for c in range(len(rows[0])) if any(row[c].text for row in rows)]
    return [[row[c] for c in kept] for row in rows]


def _tables(rows: list[_Row]) -> Iterator[list[_Row]]:
    """The tables that stand side by side or one right under the other, each with headings of its own."""
    for beside in _side_by_side(rows):
        start = 0
        for r in range(2, len(beside) - 1):
            if _is_heading(beside, r) and any(map(_has_amounts, beside[start:r])):
                first = r - len(_notes(beside[start:r]))
                yield beside[start:first]
                start = first
        yield beside[start:]


def _is_heading(rows: list[_Row], r: int) -> bool:
    """Whether a row within a table is headings of other columns: words wherever there are numbers below.

    Figures that are kept back are words too: so it must name a unit, or begin as the headings above or
    under a title of its own.
    """
    texts = [cell.text for cell in rows[r]]
    title = _alone(rows[r - 1])
    return (
        all(texts)
        and len(set(texts)) == len(texts) > 1
        and not any(cell.is_blank or _NUMBER.search(cell.text) for cell in rows[r])
        and all(cell.is_amount for cell in rows[r + 1][1:])
        and (
            any(map(_ends_in_unit, texts[1:]))
            or texts[0] == rows[0][0].text
            or (title is not None and not HEADING_MARK.match(title))
        )
        and texts not in ([cell.text for cell in row] for row in rows[:r])
    )


def _has_amounts(row: _Row) -> bool:
    return any(cell.is_amount for cell in row[1:])


def _side_by_side(rows: list[_Row]) -> Iterator[list[_Row]]:
    """The halves of a table whose headings come twice, or that an empty column parts; else the table."""
    full = _without_empty_columns(rows)
    texts = [cell.text for cell in full[0]]
    half = len(texts) // 2
    if half > 1 and texts == texts[:half] * 2 and all(texts):
        halves = [row[:half] for row in full], [row[half:] for row in full]
    else:
        halves = next(_around_gaps(rows), (full, []))
    for each in halves:
        if filled := [row for row in each if any(cell.text for cell in row)]:
            yield filled


def _around_gaps(rows: list[_Row]) -> Iterator[tuple[list[_Row], list[_Row]]]:
    """The tables left and right of an empty column, where both name their rows and have numbers."""
    for c in range(2, len(rows[0]) - 2):
        if not rows[0][c - 1].text or any(row[c].text for row in rows):
            continue
        left, right = (
            [row for row in _without_empty_columns(part) if any(cell.text for cell in row)]
            for part in ([row[:c] for row in rows], [row[c + 1 :] for row in rows])
        )
        if all(
            len(part) > 1
            and len(part[0]) > 1
            and all(cell.text for cell in part[0])
            and not any(row[0].is_number for row in part)
            and _has_numbers(part[1:])
            for part in (left, right)
        ):
            yield left, right


def _block_lines(rows: list[_Row], table: Table) -> list[Line]:
    titles = _titles(_without_empty_columns(rows))
    body = rows[len({title.row for title in titles}) :]
    if not body or len(_without_empty_columns(rows)[0]) < 2:
        return [Line(text, row=_at(row)) for row in rows for text in _distinct(row)]
    lines = [*titles]
    over = [*table.above, *(title.text for title in titles)]
    for number, each in enumerate(_tables(body)):
        own = _titles(each) if number else []
        lines += own
        lines += _table_lines(
            each[len({title.row for title in own}) :],
            [*over, *(title.text for title in own)],
            None if number else table.header and max(0, table.header - len(rows) + len(body)),
        )
    return lines


def _table_lines(body: list[_Row], over: Sequence[str], header: int | None) -> list[Line]:
    notes = _notes(body)
    body = body[: len(body) - len(notes)]
    if not body:
        return notes
    depth = _header_depth(body) if header is None else min(header, len(body))
    if depth and header is None and not _has_numbers(body[depth:]) and _is_form(body):
        depth = 0
    if depth and depth < len(body):
        lines = _headed(body[:depth], body[depth:], over)
    else:
        lines = [Line(_unheaded(row), row=_at(row)) for row in body]
    return lines + notes


def _distinct(row: _Row) -> list[str]:
    """The texts of a row's cells, joined ones once, empty ones left out."""
    return [cell.text for cell in dict.fromkeys(row) if cell.text]


def _alone(row: _Row) -> str | None:
    """The text of a row that says only one thing."""
    texts = _distinct(row)
    return texts[0] if len(texts) == 1 else None


def _is_note(row: _Row) -> bool:
    text = _alone(row)
    return text is not None and _NOTE.match(text) is not None


def _titles(rows: list[_Row]) -> list[Line]:
    """What stands over the headings: rows of one text each, 单位：亿元 among them."""
    titles: list[Line] = []
    for row in rows:
        texts = _distinct(row)
        if len(texts) != 1 and not any(_UNIT_LINE.search(text) for text in texts):
            break
        for text in map(joined, texts):
            titles.append(Line(text, not _UNIT_LINE.search(text) and not _NOTE.match(text), _at(row)))
    return titles


def _notes(rows: list[_Row]) -> list[Line]:
    """What stands under the values: rows of one text each."""
    notes: list[Line] = []
    for row in reversed(rows):
        text = _alone(row)
        if text is None:
            break
        notes.append(Line(text, row=_at(row)))
    return notes[::-1]


def _has_numbers(rows: list[_Row]) -> bool:
    own = [row for row in rows if _alone(row) is None]
    return any(_is_numeric(own, c) for c in range(1, len(rows[0]))) if rows else False


def _is_numeric(rows: list[_Row], column: int) -> bool:
    filled = [row[column] for row in rows if not row[column].is_blank]
    return sum(cell.is_number for cell in filled) * 2 > len(filled)


def _header_depth(rows: list[_Row]) -> int:
    """How many of the rows are headings, by the cells joined in them and by where numbers begin."""
    if not rows or any(cell.is_amount for cell in rows[0]):
        return 0
    depth = 1
    while depth < min(len(rows), _DEEPEST_HEADER):
        upper, row = rows[depth - 1], rows[depth]
        if any(cell.is_amount for cell in row[1:]):
            break
        goes_on = any(cell.origin == above.origin for cell, above in zip(row, upper, strict=True))
        spread = any(a.origin == b.origin for a, b in pairwise(upper))
        gap = any(not above.text and cell.text for cell, above in zip(row, upper, strict=True))
        if not (goes_on or spread or gap):
            break
        depth += 1
    return depth


def _is_form(rows: list[_Row]) -> bool:
    """Whether a table without numbers has its headings beside rather than over what they are of.

    Two columns are a list of names and what they are; cells joined here and there are a form's; and
    so are columns of short labels by turns with what is longer or has digits.
    """
    if len(rows[0]) == 2:
        return True
    uneven = sum(len({cell.origin for cell in row}) < len(row) for row in rows[1:])
    if uneven * 4 > len(rows):
        return True
    labels = [cell.text for row in rows for cell in row[::2]]
    filled_in = [cell.text for cell in rows[0][1::2]]
    if len(rows[0]) % 2 or max(map(len, labels)) > _LABEL:
        return False
    under = labels[len(rows[0]) // 2 :]
    return any(len(text) > _LABEL or re.search(r"\d", text) for text in filled_in) or sum(
        map(bool, map(_LABELS.search, under))
    ) * 2 > len(under)


def _unheaded(row: _Row) -> str:
    """A row without headings over it: a label and its values, pairs of such, or just cells side by side."""
    texts = [_body(text) for text in _distinct(row)]
    if len(texts) == 2 or (len(texts) > 2 and all(_NUMBER.fullmatch(text) for text in texts[1:])):
        column = _column(texts[0], numeric=True)
        return _closed(_named(column, texts[1]) + "".join(f"；{text}" for text in texts[2:]))
    pairs = list(zip(texts[::2], texts[1::2], strict=False))
    if len(texts) == 2 * len(pairs) and all(_LABELS.search(label) for label, _ in pairs):
        return _closed("；".join(_named(_column(label, numeric=True), text) for label, text in pairs))
    return " | ".join(texts)


def _headed(head: list[_Row], rows: list[_Row], over: Sequence[str]) -> list[Line]:
    """The lines of the rows under headings."""
    table_units = _table_units(over)
    own = [row for row in rows if _alone(row) is None]
    columns = [
        _column(name, numeric=_is_numeric(own, c), table_units=table_units)
        for c, name in enumerate(_names(head))
    ]
    unit_column = next((c for c, column in enumerate(columns) if _UNIT_COLUMN.fullmatch(column.name)), None)
    if unit_column is not None and not any(re.fullmatch(_UNIT, row[unit_column].text) for row in rows):
        unit_column = None  # 单位 is an organisation here
    numbered = _NUMBERED.fullmatch(columns[0].name) is not None
    keys = _keys(columns, own, int(numbered), unit_column)
    rest = [c for c in range(int(numbered), len(columns)) if c not in keys and c != unit_column]
    period = _period(over)
    in_columns = [bool(_PERIOD.search(columns[c].name)) for c in range(len(columns))]
    heads = [[cell.text for cell in row] for row in head]
    words_only = not any(columns[c].numeric for c in rest)
    lines: list[Line] = []
    outline = Outline()
    for row in rows:
        alone = _alone(row)
        if alone is not None:
            # A row without values is of one thing; only what is set over several is of those below it.
            if not _NOTE.match(alone) and HEADING_MARK.match(alone):
                outline.over_some(joined(alone))
            elif not _NOTE.match(alone) and len(set(row)) == 1:
                outline.over_all(joined(alone))
            else:
                lines.append(Line(_closed(_body(alone)), row=_at(row)))
            continue
        if [cell.text for cell in row] in heads:
            continue  # the headings again, on the next page
        unit = _plain(row[unit_column].text) if unit_column is not None else ""
        number = _number(row, keys) if numbered else ""
        name, own_unit = _name(row, keys)
        whole = outline.enter(
            number + name, row[keys[0]].indent if keys else 0, valued=any(row[c].text for c in rest)
        )
        if whole or not number.rstrip("、").isdecimal():
            number, name = "", number + name
        subject = "，".join(filter(None, [*whole, name]))
        in_row = bool(_PERIOD.search(subject))
        cells = []
        for c in rest:
            if row[c].text:
                column = _with_unit(columns[c], unit or own_unit)
                text = _named(column, _body(row[c].text))
                if period and any(in_columns) and not in_columns[c] and not in_row and row[c].is_amount:
                    text = period + text
                cells.append(text)
        if period and not in_row and not any(in_columns) and any(row[c].is_amount for c in rest):
            subject = f"{subject}，{period}" if subject else period
        if words_only and subject and len(keys) == 1 and subject == _name(row, keys)[0]:
            subject, cells = "", [_named(columns[keys[0]], _body(row[keys[0]].text)), *cells]
        lines.append(Line(number + "".join(_sentences(subject, cells)), row=_at(row)))
    return lines


def _names(head: list[_Row]) -> list[str]:
    """Each column's heading, from the uppermost row to the lowest."""
    spread: list[list[str]] = []
    for r, row in enumerate(head):
        texts = [joined(cell.text) for cell in row]
        if r + 1 < len(head):  # a heading over several columns, of which only the first is filled
            for c in range(2, len(texts)):
                if not texts[c] and head[r + 1][c].text and row[c - 1].origin != (-1, -1):
                    texts[c] = texts[c - 1]
        spread.append(texts)
    names = []
    for column in zip(*spread, strict=True):
        parts = list(dict.fromkeys(filter(None, column)))
        names.append(_one_unit(parts))
    return names


def _one_unit(parts: list[str]) -> str:
    """Headings put together, with the lowest one's unit at the end."""
    units = [found for part in parts if (found := _OWN_UNIT.search(part)) and found.end() == len(part)]
    if len(parts) < 2 or not units:
        return "".join(_with_year(part) for part in parts)
    bare = [_OWN_UNIT.sub("", part) if _ends_in_unit(part) else part for part in parts]
    return "".join(map(_with_year, bare)) + units[-1][0].strip()


def _ends_in_unit(text: str) -> bool:
    return any(found.end() == len(text) for found in _OWN_UNIT.finditer(text))


def _with_year(text: str) -> str:
    return f"{text}年" if _YEAR.fullmatch(text) else text


def _column(name: str, *, numeric: bool, table_units: Sequence[str] = ()) -> _Column:
    """A heading and its unit: its own in brackets, else the table's where it is a number's."""
    name = _with_year(joined(name).rstrip("：:"))
    own = [found for found in _OWN_UNIT.finditer(name) if found.end() == len(name)]
    if own:
        return _Column(name[: own[-1].start()], _plain(own[-1]["unit"]), numeric, own=True)
    if not numeric or not table_units or _UNITLESS.search(name):
        return _Column(name, "", numeric)
    return _Column(name, _fitting(name, table_units), numeric)


def _fitting(name: str, units: Sequence[str]) -> str:
    """The one of a table's units that a column's figures are in; "" if that isn't clear."""
    of_ratio = bool(_RATIO.search(name))
    units = [unit for unit in units if (unit in "%％‰") == of_ratio]
    money = [unit for unit in units if unit.endswith("元")]
    counts = [unit for unit in units if unit not in money]
    named = [unit for unit in counts if unit.lstrip("十百千万亿") in name]
    for likely, fits in (
        (named, True),
        (money, bool(_MONEY.search(name)) and not _COUNTED.search(name)),
        (counts, bool(_COUNTED.search(name))),
        (units, not (_COUNTED.search(name) and money)),
    ):
        if len(likely) == 1 and fits:
            return likely[0]
    return ""


def _with_unit(column: _Column, unit: str) -> _Column:
    """The column with the unit of the row, where it has none itself: how much it grew is not in 亿元."""
    if not unit or not column.numeric or column.own or _RATIO.search(column.name):
        return column
    return _Column(column.name, unit, column.numeric)


def _table_units(over: Iterable[str]) -> list[str]:
    found = [units for text in over if (units := _UNIT_LINE.search(text))]
    return [_plain(unit) for unit in re.findall(_UNIT, found[-1]["units"])] if found else []


def _period(over: Sequence[str]) -> str:
    """The period that the title names; "" if it names none or several."""
    for text in reversed(over):
        found = dict.fromkeys(_PERIOD.findall(re.sub(r"\s", "", text)))
        if found:
            return next(iter(found)) if len(found) == 1 else ""
    return ""


def _keys(columns: list[_Column], rows: list[_Row], first: int, unit_column: int | None) -> list[int]:
    """The columns that say what a row is of: the first one, and as many more as tell the rows apart."""
    keys: list[int] = []
    for c in range(first, len(columns)):
        years = _YEARS_COLUMN.search(columns[c].name) and all(
            _YEAR.fullmatch(row[c].text) for row in rows if row[c].text
        )
        if c == unit_column or (columns[c].numeric and not years) or len(keys) == 3:
            break
        keys.append(c)
        said = [tuple(row[k].text for k in keys) for row in rows]
        if len(set(said)) == len(said):
            break
    return keys


def _name(row: _Row, keys: list[int]) -> tuple[str, str]:
    """What a row is of, and the unit that stands with it: 规上工业增加值（亿元）."""
    texts = list(dict.fromkeys(filter(None, (_with_year(_body(row[k].text)) for k in keys))))
    unit = ""
    if texts and (found := _OWN_UNIT.search(texts[-1])) and found.end() == len(texts[-1]):
        texts[-1], unit = texts[-1][: found.start()], _plain(found["unit"])
    return "，".join(text.rstrip("：:，。") for text in texts), unit


def _number(row: _Row, keys: list[int]) -> str:
    """What stands in the column of numbers, as it goes before the row's name: 1、, （一）, 合计."""
    number = _body(row[0].text)
    if not number or row[0].origin in {row[k].origin for k in keys}:
        return ""
    if _NUMERAL.fullmatch(number):
        return f"{number}、"
    named = any(row[k].text for k in keys)
    marked = HEADING_MARK.match(number) or re.fullmatch(r"[(（]?[\d.．]+[)）]?", number)
    return number + (" " if marked and number[-1].isdecimal() else "，" if named and not marked else "")


def _plain(unit: str) -> str:
    """The unit by its shortest name: 元 for 人民币元."""
    return re.sub(r"人民币\s?", "", unit) if "元" in unit else unit


def _body(text: str) -> str:
    return " ".join(text.split())


def _named(column: _Column, value: str) -> str:
    """A value with its column's heading; a unit only before a number that has none itself."""
    value = value.rstrip("；;。")
    heading = f"{column.name}（{column.unit}）" if column.unit else column.name
    if column.unit and _NUMBER.fullmatch(value) and value[-1] not in "%％‰":
        return heading + value
    if value.endswith(("%", "％")) and column.unit in ("%", "％"):
        heading = column.name
    return f"{heading}：{value}" if heading else value


def _sentences(subject: str, cells: list[str]) -> Iterator[str]:
    """The cells in sentences that each begin with what they are of."""
    lead = f"{subject}：" if subject else ""
    pending: list[str] = []
    for cell in cells:
        if pending and len(lead) + sum(map(len, pending)) + len(cell) > _SENTENCE:
            yield _closed(lead + "；".join(pending))
            pending = []
        pending.append(cell)
    if pending or subject:
        yield _closed(lead + "；".join(pending))


def _closed(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('：；')}。"
