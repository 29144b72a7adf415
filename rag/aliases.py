"""Other names that a document itself gives for something: 研究与试验发展(简称“R&D”)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from index import Document, fold

_DEFINED: Final = re.compile(
    r"(?P<full>[^\s,。;:、()\"《》]{2,30}|《[^》]{2,40}》)"
    r"\((?:以下|下)?(?:简称|统称|并称|又称|又名|俗称|称)(?:为|作)?[:\"「《]*(?P<short>[^\"」》(),。]{2,14})[\"」》]*\)"
)
_LEAD: Final = re.compile(
    r"的|了|在|对|将|由|把|是|为|与(?=.{6})|开展|实施|推进|加强|做好|支持|落实|发布|印发|出台|成立|建设"
)


@lru_cache(maxsize=4096)
def aliases(document: Document) -> tuple[tuple[str, str], ...]:
    """Return the pairs of names, folded, that the text declares to be of one thing: (full, short)."""
    pairs = []
    for found in _DEFINED.finditer(fold(document.text)):
        full, short = _trimmed(found["full"], found["short"]), found["short"]
        if full and full != short and short not in full:
            pairs.append((full, short))
    return tuple(dict.fromkeys(pairs))


def _trimmed(before: str, short: str) -> str:
    """The name in the words before the bracket: from the short one's first character on, else behind the verb."""
    if before.startswith("《"):
        return before.strip("《》")
    at = before.rfind(short[0])
    while at >= 0:
        if _in_order(short, before[at:]):
            return before[at:]
        at = before.rfind(short[0], 0, at)
    lead = max((found.end() for found in _LEAD.finditer(before)), default=0)
    return before[lead:] if len(before) - lead > 1 else ""


def _in_order(short: str, full: str) -> bool:
    rest = iter(full)
    return all(character in rest for character in short)
