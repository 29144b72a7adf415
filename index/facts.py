"""What a document's own words tell of it: title, dates, number, issuer, region, kind.

Only set forms are read: the note under a law's title (题注), the signature (落款), a dateline, a
labelled line, a number on a line of its own. A day that is merely mentioned is none of these, and
what no form states stays unknown. How often each is right is in ``docs/documents.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final, Generic, NamedTuple, TypeVar

import cn2an

from index.normalize import HEADING_MARK, Layout, fold
from index.types import Published

VERSION: Final = 1
"""Raised when other facts are found in the same text; an index of another version is built anew."""

T = TypeVar("T")


class Found(NamedTuple, Generic[T]):
    """A fact, and in words where it was found."""

    value: T
    origin: str


def find_facts(layout: Layout, doc_id: str) -> dict[str, Found[Any]]:
    """Find everything that a document tells of itself, fact -> what it is and where it was found."""
    text = layout.text
    title = find_title(layout, doc_id)
    issuer = find_issuer(text)
    kind = find_kind(text, title.value)
    told = kind is not None and kind.value in ("报道", "讲话")  # of other documents, if of any
    found: dict[str, Found[Any] | None] = {
        "title": title,
        "published": find_published(text),
        "effective": None if told else find_effective(text),
        "doc_number": find_doc_number(text),
        "issuer": issuer,
        "region": (find_region(issuer.value) if issuer else None) or find_region(title.value),
        "kind": kind,
    }
    return {name: fact for name, fact in found.items() if fact}


# --- days

_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2}) ?(?:年|[-/.]) ?(\d{1,2}) ?(?:月|[-/.]) ?(\d{1,2})(?: ?[日号]|(?![\d.]))"
    r"|([一二][〇零○◯oo0一二三四五六七八九]{3}) ?年 ?([元正一二三四五六七八九十]{1,3}) ?月"
    r" ?([一二三四五六七八九十]{1,3}) ?日"
)
_HAN_DIGITS: Final = {
    character: str(n % 10) for n, character in enumerate("〇一二三四五六七八九")
} | dict.fromkeys("零○◯o0", "0")
_ACT: Final = re.compile(
    r"(?![\s(])[^,。;\n]{0,160}(?:通过|修订|修正|修改|批准|公布|发布|颁布)(?=[\s);,、。]|根据|$)"
)
_SPOKEN: Final = re.compile(r"[,]? ?[在于][^,。;]{4,60}(?:会议?|论坛|仪式|上)(?=[\s)]|$)")
_FORCE: Final = re.compile(r"起?(?:正式)?(?:施行|实施|生效|执行)")
_BODY: Final = re.compile(r"第一[条章编节]|目\s*录|总\s*则|(?<!\S)一、")
_LABEL: Final = re.compile(
    r"(?:(?:发布|发文|成文|印发|公布|公开|生成|刊发|发表|出版)(?:时间|日期)|(?<!\S)(?:日期|date))\s*[:\]】]\s*$"
)
_CLOCK: Final = re.compile(r"日? ?\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
_DATELINE: Final = re.compile(
    r"(?:((?:19|20)\d{2}) ?年)? ?(?<!\d)(\d{1,2}) ?月 ?(\d{1,2}) ?日 ?"
    r"(?:[\u3400-\u9fff]{0,4}[电讯](?![\u3400-\u9fff]{0,1}[话影视器信])|消息)"
)
_QUOTED: Final = re.compile(r"据[^,。]{0,20}\Z")  # 据某网5月16日消息: another's day
_NEAR: Final = range(-3, 2)
"""Days from a dateline that names no year to the full date in the text that tells it."""
_PAGE: Final = re.compile(r" ?,? ?第? ?\d{1,2} ?版")
_PRINTED: Final = re.compile(rf" ?印发|{_PAGE.pattern}")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年")

_HEAD: Final = 400  # characters in which what stands over a document is looked for
_NOTE: Final = 1500  # the note under a law's title names every amendment
_TAIL: Final = 120


def find_published(text: str) -> Found[Published] | None:
    """The day a document gives as its own, by the first of the set forms that it has.

    A law's is the day of its last amendment: so old is its text.
    """
    folded = fold(text)
    forms: tuple[Callable[[str, str], Found[date] | None], ...] = (
        _noted,
        _signed,
        _labelled,
        _dateline,
        _standing,
    )
    for form in forms:
        if found := form(text, folded):
            return Found(Published(found.value, found.value), found.origin)
    return None


def _days(folded: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, date]]:
    """Every full date in a folded text: where it stands, and the day."""
    for found in _DATE.finditer(folded, start, len(folded) if end is None else end):
        if day := _day(found):
            yield found.start(), found.end(), day


def _day(found: re.Match[str]) -> date | None:
    if found[1]:
        numbers = [int(found[group]) for group in (1, 2, 3)]
    else:
        month = "一" if found[5] in "元正" else found[5]
        try:
            numbers = [int("".join(_HAN_DIGITS[digit] for digit in found[4]))]
            numbers += [cn2an.cn2an(number, "smart") for number in (month, found[6])]
        except ValueError:
            return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _origin(words: str) -> str:
    return f"文中“{' '.join(words.split())}”"


def _notes(folded: str) -> list[tuple[int, int, date, str]]:
    """The dates in the note under a law's title, each with the words up to the next one."""
    body = _BODY.search(folded, 0, _NOTE)
    end = body.start() if body else min(_HEAD, len(folded))
    days = list(_days(folded, 0, end))
    if not days or days[0][0] > 200 or folded[days[0][0] - 1 : days[0][0]].strip() not in ("", "("):
        return []
    stops = [start for start, *_ in days[1:]] + [end]
    return [
        (start, end, day, folded[end:stop]) for (start, end, day), stop in zip(days, stops, strict=True)
    ]


def _noted(text: str, folded: str) -> Found[date] | None:
    acts = [
        (day, text[start : end + act.end()])
        for start, end, day, clause in _notes(folded)
        if (act := _ACT.match(clause)) and not _FORCE.match(clause)
    ]
    if not acts:
        return None
    day, words = max(acts)
    return Found(day, _origin(words))


def _signed(text: str, folded: str) -> Found[date] | None:
    signature = _signature(text, folded)
    return signature and Found(signature[0], _origin(f"{signature[1][-1]} {signature[2]}"))


def _labelled(text: str, folded: str) -> Found[date] | None:
    for start, end, day in _days(folded):
        at_edge = start < _HEAD or end > len(text) - _HEAD
        label = _LABEL.search(folded, max(0, start - 12), start) if at_edge else None
        clock = _CLOCK.match(folded, end) if start < 200 and not folded[:start][-1:].strip() else None
        printed = _PRINTED.match(folded, end) if end > len(text) - _HEAD else _PAGE.match(folded, end)
        if label or clock or printed:
            last = clock.end() if clock else printed.end() if printed else end
            return Found(day, _origin(text[label.start() if label else start : last]))
    return None


def _dateline(text: str, folded: str) -> Found[date] | None:
    found = _DATELINE.search(folded, 0, _TAIL)
    if not found or (found[0].endswith("消息") and _QUOTED.search(folded[: found.start()])):
        return None
    year, month, number = found[1], int(found[2]), int(found[3])
    words = _origin(text[found.start() : found.end()])
    try:
        if year:
            return Found(date(int(year), month, number), words)
        latest = max((int(named) for named in _YEAR.findall(folded)), default=0)
        for start, end, other in _days(folded):
            written = date(other.year, month, number)
            if other.year >= latest and (other - written).days in _NEAR:
                return Found(written, f"{words}和{_origin(text[start:end])}")
    except ValueError:
        pass
    return None


def _standing(text: str, folded: str) -> Found[date] | None:
    """A day that stands alone at either end, or by which a speech was held."""
    for start, end, day in _days(folded):
        at_edge = start < 200 or end > len(text) - _TAIL
        before, after = folded[:start].rstrip("(-"), folded[end:].lstrip(" ")
        alone = (not before or before[-1].isspace()) and (not after or after[0] in "\n)")
        spoken = _SPOKEN.match(after) if start < 200 and (not before or before[-1].isspace()) else None
        if at_edge and (alone or spoken):
            return Found(day, _origin(text[start : end + (spoken.end() if spoken else 0)]))
    return None


_EFFECTIVE: Final = re.compile(
    r"(?:本(?:实施|暂行|试行|管理)?(?:法|条例|办法|规定|规则|细则|规程|决定|决议|通知|意见|方案|措施|解释|公告|通告|规划|政策)"
    r"|现予?以?[公发印]布|现印?发|[印公发][布发]给你们|负责解释|(?:遵照|贯彻)执行|(?<!\S))(?:[,、][^。;《》]{0,30})?"
    r"(?:自|于|从)(?P<day>[^,。;《》修]{4,24}?)起?(?:开始|正式)?(?:施行|实施|生效|执行)"
)
_PASSED: Final = re.compile(r"通过|修订|修正|修改|批准")  # on that day a law isn't published yet
_ON_PUBLICATION: Final = re.compile(r"(?:公布|发布|印发|颁布)之日$|即日$")


def find_effective(text: str) -> Found[date] | None:
    """The day from which a document says that it holds itself; that of its publication if it says so."""
    folded = fold(text)
    for start, end, day, clause in _notes(folded):
        if found := _FORCE.match(clause):
            return Found(day, _origin(text[start : end + found.end()]))
    for found in _EFFECTIVE.finditer(folded):
        words = _origin(text[found.start() : found.end()])
        if on := _DATE.fullmatch(found["day"].strip()):
            if stated := _day(on):
                return Found(stated, words)
        elif _ON_PUBLICATION.search(found["day"]):
            published = find_published(text)
            known = published and not _PASSED.search(published.origin)
            return Found(published.value.first, words) if published and known else None
    return None


# --- who

_ORGAN: Final = re.compile(
    r"(?![附据由经在自至截])(?!.*(?:召开|主持|举行|关于|印发|启动|发布))[\u3400-\u9fff()·、]{1,40}[府会局厅部院室所行处司社办委团组署队站馆心央校学矿厂](?:\([\u3400-\u9fff、]{0,30}代章\))?"
)
_CLOSING: Final = re.compile(
    r"^特此[\u3400-\u9fff]{0,2}?(?:通知|公告|通告|函复|批复|报告)|[(（][\u3400-\u9fff、]{0,30}代章[)）]$"
)
_SEALED_FOR: Final = re.compile(r"[(（][\u3400-\u9fff、]{2,30}代章[)）]")
_GOES_ON: Final = re.compile(r"[,、。;:起前后以至的]|[印发公批通]|[在向与和为对]|\d")
_MEETING: Final = re.compile(
    r"(?![在于])(?P<organ>[\u3400-\u9fff]{2,40}?)第[一二三四五六七八九十百零〇\d]+次\S{0,4}?会议"
)
_ORDER: Final = re.compile(
    r"(?P<organ>[\u3400-\u9fff]{2,24}?)(?:令|公告)\s*(?:\(?(?:19|20)\d{2}年?\)?)? ?第 ?[\d〇零一二三四五六七八九十百]+ ?号"
)
_ISSUED: Final = re.compile(r"(?P<organ>(?:[\u3400-\u9fff]{2,20} ?){1,3}?)(?:公布|发布|颁布)")
_APPROVED: Final = re.compile(r"\S{0,4}批准")  # by an organ above the one that issued it
_NOT_ORGAN: Final = re.compile(
    r"第?[一二三四五六七八九十百零\d]+届|(?:审判|检察)委员会$|^中华人民共和国(?=国务院|主席)"
)
_SOURCE: Final = re.compile(
    r"(?<![\u3400-\u9fff])(?:文章|信息|稿件)?来源\s*[:丨/|]+\s*(?!网络|综合)([^\s,。;:、()丨|【】图]{2,16}?)"
    r"(?=流程编辑|责任编辑|编辑|作者|记者|声明|版权|原标题|微信公众号|客户端|[\s,。;:、()丨|【】]|$)"
)
_AGENCY: Final = re.compile(
    r"(?:\A|(?<=[\s(】]))[【(]?(新华社|中新社|中新网|人民网|新华网|央视网|中国经济网|[\u3400-\u9fff]{2,6}(?:日|晚|时)报)"
)


def find_issuer(text: str) -> Found[str] | None:
    """Who issued a document: by the note of a law, the signature, the letterhead, the source named."""
    folded = fold(text)
    for start, end, _, clause in _notes(folded)[:1]:
        for form in (_ORDER, _MEETING, _ISSUED):
            if (found := form.match(clause)) and not _APPROVED.match(clause, found.end()):
                organ = re.sub(_NOT_ORGAN, "", found["organ"]).strip()
                return Found(organ.replace(" ", "、"), _origin(text[start : end + found.end()]))
    if signature := _signature(text, folded):
        return Found("、".join(signature[1]), _origin(f"{' '.join(signature[1])} {signature[2]}"))
    head = text[:_HEAD].split("\n")[:5]
    for line in head:
        joined = line.replace(" ", "")
        if joined.endswith("文件") and _ORGAN.fullmatch(fold(joined[:-2])):
            return Found(joined[:-2], _origin(line))
    for found in (
        *_SOURCE.finditer(folded, 0, _HEAD),
        *_SOURCE.finditer(folded, max(0, len(text) - _TAIL)),
    ):
        return Found(text[found.start(1) : found.end(1)], _origin(text[found.start() : found.end()]))
    if _DATELINE.search(folded, 0, _TAIL) and (agency := _AGENCY.search(folded, 0, _TAIL)):
        return Found(text[agency.start(1) : agency.end(1)], _origin(text[agency.start(1) : agency.end(1)]))
    return None


def _signature(text: str, folded: str) -> tuple[date, list[str], str] | None:
    """The first date under the names of organs: the day, the organs, the date's words.

    What is issued with a notice stands below the notice's signature and may have one of its own.
    """
    for start, end, day in _days(folded):
        after, before = folded[end : end + 20].lstrip(")"), folded[:start].rstrip("(")
        apart = not before or before[-1].isspace()
        ends = not after or after[0].isspace() or after.startswith(("(", "附", "抄送", "公报"))
        if "年" not in folded[start:end] or (apart and not ends) or (not apart and _GOES_ON.match(after)):
            continue
        if organs := _organs(text[: len(before)]):
            return day, organs, text[start:end]
    return None


def _organs(before: str) -> list[str]:
    """The organs on the lines, or between the spaces, right before a date."""
    organs: list[str] = []
    rest = before.rstrip()
    while rest:
        line = rest[rest.rfind("\n") + 1 :]
        spaced = line.replace(" ", "")
        word = line[max(line.rfind(" "), line.rfind("。")) + 1 :]
        if _ORGAN.fullmatch(fold(word)):
            taken = word
        elif len(line) == 2 * len(spaced) - 1 and _ORGAN.fullmatch(fold(spaced)):
            taken = line  # 某 市 人 民 政 府
        elif _SEALED_FOR.fullmatch(fold(word)):
            rest = rest[: len(rest) - len(word)].rstrip()
            continue
        else:
            break
        organs.insert(0, _CLOSING.sub("", taken.replace(" ", "")))
        rest = rest[: len(rest) - len(taken)].rstrip()
    return organs


# --- number

_NUMBER: Final = re.compile(
    r"(?:[\u3400-\u9fff]{1,16} ?[〔\[(【] ?(?:19|20)\d{2} ?[〕\])】] ?第? ?\d{1,5} ?号"
    r"|[\u3400-\u9fff]{2,30}(?:令|公告|通告)\s*(?:\(?(?:19|20)\d{2}年?\)?)? ?第 ?[\d〇零一二三四五六七八九十百]+ ?号"
    r"|[〔\[(]?(?:19|20)\d{2}[〕\])]?年?[\u3400-\u9fff]{0,4}第? ?\d{1,5} ?号)(?![^\s)])"
)
_ISSUED_AS: Final = re.compile(r"[\u3400-\u9fff]{2,24}令\s*第 ?[\d〇零一二三四五六七八九十百]+ ?号")


def find_doc_number(text: str) -> Found[str] | None:
    """The number a document bears itself (文号); one that it cites stands in a sentence or behind a title."""
    folded = fold(text)
    orders = [
        text[end : end + found.end()]
        for _, end, _, clause in _notes(folded)
        if (found := _ISSUED_AS.match(clause))
    ]
    if orders:  # of several it isn't said which one the text goes by
        return Found("".join(orders[0].split()), _origin(orders[0])) if len(orders) == 1 else None
    sentence = folded.find("。")
    head = min(_HEAD, len(folded) if sentence < 0 else sentence)
    for found in _NUMBER.finditer(folded, 0, head):
        line = folded[folded.rfind("\n", 0, found.start()) + 1 : found.start()]
        if not _BEFORE_NUMBER.fullmatch(line):
            continue
        words = text[found.start() : found.end()]
        return Found("".join(words.split()), _origin(words))
    return None


# --- title

_MARK: Final = re.compile(r"^#{1,6} ")
_TITLE: Final = 60
_OVER: Final = re.compile(
    r"(?:\S{0,6}(?:索引号|字号|文号|分类|来源|时间|日期|作者|编辑|浏览|字体|机构|主题词|关键词|责编)\s*[::].*"
    r"|.{2,40}文件|附件.*|-{1,3}.*|[\u3400-\u9fff]{2,16}(?:长|总理|书记|主席|主任) ?[\u3400-\u9fff ]{2,5}|[(（].*[)）]|[\d\s./:年月日-]+|第?\s*\d+\s*[页版]|(?:机密|秘密|绝密|特急|加急|急件)\S{0,4})"
)
_ENDING: Final = (
    r"(?:通知|意见|决定|决议|公告|通告|批复|复函|函|报告|办法|条例|规定|细则|方案|措施|规划|计划|纲要|要点|办法|规则"
    r"|规程|解释|宪法|法|目录|指南|清单|标准)(?:\((?:试行|暂行|修订|草案|征求意见稿|\d{4}年?[^()]{0,12})\))?"
)
_BEFORE_NUMBER: Final = re.compile(rf"(?:[^,。;]*\s|\S{{0,6}}(?:文号|字号|编号)\s*:\s*|\S*{_ENDING})?\(?")
_OFFICIAL: Final = re.compile(rf"\S{{2,}}{_ENDING}")
_CARRIED: Final = re.compile(
    r"现(?:将|就)[^。;《]{0,30}《(?P<now>[^。;《》]{4,80}?)》[^。《]{0,30}?(?:印发|发布|公布|下发)"
    r"|《(?P<then>[^。;《》]{4,80})》[,。;](?:已?经[^《》。]{2,40},)?现(?:正式|予以?)?(?:印发|发布|公布|下发)"
)


def find_title(layout: Layout, doc_id: str) -> Found[str]:
    """A document's title: its first lines if they have a title's form, else the file's name.

    A title broken over lines is put together; a notice that only says what it carries
    (现将《…》印发给你们) has the title of that.
    """
    text = layout.text
    if found := _official(text) or _headed(layout, _signature(text, fold(text))):
        return Found(found, "文中标题")
    if carried := _CARRIED.search(fold(text), 0, 2 * _HEAD):
        start, end = carried.span("now" if carried["now"] else "then")
        return Found(text[start:end], _origin(text[carried.start() : carried.end()]))
    first_line = text.split("\n", 1)[0]
    numbered = HEADING_MARK.match(first_line) and first_line[0] != "#"
    over = _is_over(first_line) or first_line.endswith((":", "："))
    if len(first_line) <= _TITLE and not numbered and not over:
        return Found(first_line, "文中标题")
    return Found(PurePosixPath(doc_id).stem, "文件名")


def _is_over(line: str) -> bool:
    """Whether a line is one of those that stand over or under a title: letterhead, number, date."""
    folded = fold(line)
    return bool(
        _OVER.fullmatch(folded) or _NUMBER.fullmatch(folded) or _SPEECH.fullmatch(folded) or _held(folded)
    )


def _held(folded: str) -> bool:
    """Whether a line begins with the day of something: 2021年3月5日在…会议上."""
    day = _DATE.match(folded)
    return bool(day and any(form.match(folded, day.end()) for form in (_SPOKEN, _ACT, _FORCE)))


def _addressed(text: str) -> int:
    """Where a text addresses somebody, before which its title must have come; its end if it doesn't."""
    folded = fold(text[:_HEAD])
    found = (form.search(folded) for form in (_ADDRESSED, _SPEECH))
    return min((place.start() for place in found if place), default=len(text))


def _official(text: str) -> str | None:
    """The title of a law or an official document, which ends in its kind."""
    lines = [_MARK.sub("", line) for line in text[: min(_HEAD, _addressed(text))].split("\n")[:12]]
    while lines and _is_over(lines[0]):
        del lines[0]
    if not lines or HEADING_MARK.match(lines[0]):
        return None
    joined = ""
    for line in lines[:5]:
        joined += line
        folded = fold(joined)
        if HEADING_MARK.match(line) or len(joined) > 2 * _TITLE or re.search("[,。;]", folded):
            break
        if _OFFICIAL.fullmatch(folded) and (joined == line or re.search("关于|印发", folded)):
            return joined
    first = lines[0].split(" ")[0]
    return first if len(first) <= _TITLE and _OFFICIAL.fullmatch(fold(first)) else None


def _headed(layout: Layout, signature: tuple[date, list[str], str] | None) -> str | None:
    """The headings a document begins with."""
    text = layout.text
    organs = signature[1] if signature else []
    headings = [
        (start, end)
        for start, end in layout.headings
        if not _is_over(text[start:end]) and text[start:end].replace(" ", "") not in organs
    ]
    if headings and headings[0][0] >= _addressed(text):
        return None
    if not headings or headings[0][0] > _TAIL:
        return None
    if text[headings[0][0]] != "#" and HEADING_MARK.match(text, headings[0][0]):
        return None  # the first section's, or the first item's
    start, end = headings[0]
    for following, stop in headings[1:]:
        apart = following != end + 1 or HEADING_MARK.match(text, following)
        if apart or text[start] == "#" or stop - start > _TITLE:
            break
        end = stop
    return " ".join(_MARK.sub("", line) for line in text[start:end].split("\n"))


# --- where

_PROVINCE: Final = (
    r"(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)"
)
_CITY: Final = r"[\u3400-\u9fff]{2,8}?(?:自治州|地区)|[\u3400-\u9fff]{2,4}?市(?![场民值容级面直])"
_DISTRICT: Final = (
    r"[\u3400-\u9fff]{1,6}?(?:新区|开发区|自治县|区|县|旗)|[\u3400-\u9fff]{2,3}市(?![场民值容级面直])"
)
_PLACE: Final = re.compile(
    rf"(?:中共|中国共产党|国家税务总局|中国人民银行)?(?P<province>{_PROVINCE})?(?P<city>{_CITY})?(?P<district>{_DISTRICT})?"
)
_CARRYING: Final = re.compile(r".{0,40}?关于(?:印发|发布|公布|修改|废止|批准|转发)(?:[〈《])?")
_NO_PLACE: Final = re.compile(
    r".*(?:城市|都市|超市|上市|股市|门市|楼市|县市|[本全各省市]市"
    r"|[社地山灾园校小景库牧林城郊市辖片街特战疆学军时矿各全本]区|保护区|示范区|试验区|功能区|合作区|[各全本]县)"
)
_CITY_OF_WALLS: Final = re.compile(r"[\u3400-\u9fff]城市")  # 盐城市, 晋城市, …: a place after all
_GENERIC: Final = ("本", "全", "各", "该", "大", "县", "乡", "省", "中")


def find_region(name: str) -> Found[str] | None:
    """The place that an issuer's name or a title begins with; none for the whole country's."""
    folded = fold(name)
    for start in (0, *(carried.end() for carried in [_CARRYING.match(folded)] if carried)):
        place = _PLACE.match(folded, start)
        if place is None:
            continue
        parts: list[str] = []
        for part in ("province", "city", "district"):
            words = place[part] or ""
            if part != "province" and words and not _is_place(words, first=not any(parts)):
                break
            parts.append(words)
        if region := "".join(parts):
            at = folded.index(region, start)
            return Found(name[at : at + len(region)], _origin(name))
    return None


def _is_place(words: str, first: bool) -> bool:
    if words.startswith(_GENERIC):
        return False
    if len(words) == 3 and _CITY_OF_WALLS.fullmatch(words):
        return first
    return not _NO_PLACE.fullmatch(words)


# --- kind

_LAW_TITLE: Final = re.compile(
    r".*(?:法|条例|规定|办法|规则|细则|解释|决定|宪法)(?:\(\S{0,12}\))?(?:实施\S{2,4})?"
)
_NORM: Final = re.compile(
    r"(?<!办)法$|条例$|^最高人民(?:法院|检察院).*(?:解释|规定)|实施《[^》]+法》(?:办法|规定)$"
)
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百]{1,5}[条章]")
_PAPER_TITLE: Final = re.compile(rf".*{_ENDING}")
_ADDRESSED: Final = re.compile(r"^[^。;!?\n]{2,200}:$", re.MULTILINE)
_FORMULA: Final = re.compile(r"特此[通公函批报]|印发给你们|现予?以?(?:公布|发布|印发)")
_SPEECH_TITLE: Final = re.compile(
    r"\S{0,40}(?:讲话|致辞|演讲|发言)(?:稿|摘要|\(\S+\))?|\S{0,20}工作报告|.*在\S{4,60}上的?(?:讲话|报告|致辞|演讲)"
)
_SPEECH: Final = re.compile(
    r"(?:\A|(?<=\s))(?:尊敬的)?(?:(?:各位)?(?:代表|委员|常委|来宾|嘉宾|领导|同事|同仁|院士)|同志们|女士们|朋友们)"
    r"[\u3400-\u9fff、,]{0,20}[:!]"
)
_NEWS: Final = re.compile(
    r"本报讯|本报(?:记者|通讯员)|(?:新华社|中新社|中新网|人民网|央视网)\S{0,12}(?:电|讯|消息)"
    r"|(?:记者|通讯员)[\u3400-\u9fff ]{2,12}(?:[)) ,]|报道|摄|通讯员|$)|\d ?月 ?\d{1,2} ?日(?:电|讯|消息)"
)


def find_kind(text: str, title: str) -> Found[str] | None:
    """Law, official document, speech or report, where its form leaves no doubt.

    法律 are all legal norms by articles, regulations of a city as well.
    """
    folded, titled = fold(text), fold(title)
    head, tail = folded[:_HEAD], folded[max(_HEAD, len(folded) - _TAIL) :]
    if _LAW_TITLE.fullmatch(titled) and _ARTICLE.search(folded):
        if note := _noted(text, folded):
            return Found("法律", f"题注,{note.origin}")
        if _NORM.search(titled):
            return Found("法律", f"题名“{title}”,有条文")
    if number := find_doc_number(text):
        return Found("文件", f"文号,{number.origin}")
    if address := _SPEECH.search(head):
        return Found("讲话", _origin(text[address.start() : address.end()]))
    if _SPEECH_TITLE.fullmatch(titled):
        return Found("讲话", f"题名“{title}”")
    signature, addressed = _signature(text, folded), _ADDRESSED.search(head)
    if signature and (addressed or _FORMULA.search(folded) or _PAPER_TITLE.fullmatch(titled)):
        return Found("文件", _origin(f"{signature[1][-1]} {signature[2]}"))
    if addressed and _PAPER_TITLE.fullmatch(titled) and not _ARTICLE.search(folded):
        return Found("文件", _origin(text[slice(*addressed.span())]))
    for part, at in ((head, 0), (tail, len(folded) - len(tail))):
        if news := _NEWS.search(part):
            return Found("报道", _origin(text[at + news.start() : at + news.end()]))
    return None
