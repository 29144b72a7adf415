"""What a web page says of itself: in its metas, in the line under its title, in its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from index.loaders.lines import Line
from index.loaders.raw import Properties
from index.types import Published

_DAY: Final = r"(?P<day>(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2})"
_POSTED: Final = re.compile(
    r"(?:发布|发文|公开|发表|刊发|刊登|上传|录入|添加|信息)\s?(?:时间|日期)\s*[:：]?\s*" + _DAY
)
_CLOCK: Final = re.compile(_DAY + r"日?[\sT]*\d{1,2}[:：]\d{2}")
_SCRIPT: Final = re.compile(
    r"(?:datePublished|createTime|publish_?time)[\"']?\s*[:=]\s*[\"']" + _DAY, re.IGNORECASE
)
_SOURCE: Final = re.compile(
    r"(?:信息|文章|稿件|新闻)?来\s*源\s*[:：]\s*(?!网络|互联网|综合|本站|本网|原创|未知)(?P<source>[^\s|｜,，。;；:：]{2,24})"
)
_FIRST_SENTENCE: Final = 25  # characters, with a full stop: there the text itself has begun
_POSTED_IN: Final = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:published_time",
    "firstpublishedtime",
    "dc.date.issued",
    "datepublished",
)
"""The metas that tell the day of posting, the standard of government sites first."""


def page_metas(tree: Any) -> Mapping[str, str]:
    """What the page's `<meta name=… content=…>` say, names in lower case."""
    named = (
        (meta.get("name") or meta.get("property") or meta.get("itemprop") or "", meta.get("content") or "")
        for meta in tree.iter("meta")
    )
    return {name.strip().lower(): " ".join(content.split()) for name, content in named if content.strip()}


def facts_of(lines: Sequence[Line], metas: Mapping[str, str], scripts: str) -> Properties:
    """The day of posting, source and author of a page, from all the lines that it shows.

    A day in the text itself, on which something holds or took place, is none of posting.
    """
    over = list(_over_the_text(lines))
    told = [metas[name] for name in _POSTED_IN if name in metas]
    days = (
        *(re.search(_DAY, text) for text in told),
        *(_POSTED.search(line.text) for line in lines),
        *(_CLOCK.search(text) for text in over),
        _SCRIPT.search(scripts),
    )
    source = next((found["source"] for text in over if (found := _SOURCE.search(text))), None)
    return Properties(
        published=next(filter(None, (_published(found["day"]) for found in days if found)), None),
        byline=metas.get("author"),
        issuer=metas.get("contentsource") or source,
    )


def _over_the_text(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        if len(line.text) >= _FIRST_SENTENCE and "。" in line.text:
            return
        yield line.text


def _published(text: str) -> Published | None:
    try:
        return Published.parse(re.sub(r"[/.年月]", "-", re.sub(r"\s", "", text)))
    except ValueError:
        return None
