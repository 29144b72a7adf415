"""What the page itself says, in Chinese and in English; documents and answers stay as they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Every phrase of the page in one language; ``{}`` is filled in when shown."""

    lang: str
    tagline: str
    greeting: str
    promise: str
    examples: str
    ask_here: str
    question: str
    send: str
    clear: str
    you: str
    sources: str
    source: str
    open_source: str
    understood: str
    refused: str
    nearest: str
    copy: str
    copied: str
    thinking: str
    failed: str
    back: str
    document: str
    undated: str
    because: str
    library: str
    library_hint: str
    more: str


ZH = Words(
    lang="zh-CN",
    tagline="有出处的政策问答",
    greeting="想查哪一项政策、哪一个数字？",
    promise="每个回答都附原文。共收录 {} 篇文档，找不到依据时会直说。",
    examples="试试这些问题",
    ask_here="输入问题，按回车发送",
    question="问题",
    send="发送",
    clear="清空对话",
    you="你的提问",
    sources="引文",
    source="引文 {}",
    open_source="查看原文",
    understood="理解为：{}",
    refused="没有找到依据",
    nearest="最接近的段落",
    copy="复制回答",
    copied="已复制",
    thinking="正在查找原文……",
    failed="出错了，这个问题没能回答。请再试一次。",
    back="返回",
    document="原文",
    undated="日期不详",
    because="日期依据",
    library="收录的文档",
    library_hint="点开回答下的引文，原文会在这里打开并标出所引的句子。",
    more="另有 {} 篇",
)

EN = Words(
    lang="en",
    tagline="Policy answers you can check",
    greeting="Which policy, which figure?",
    promise="Every answer comes with its source text. {} documents in Chinese; where they do not say, "
    "you are told so.",
    examples="Try one of these",
    ask_here="Ask in Chinese, press Enter to send",
    question="Question",
    send="Send",
    clear="Clear chat",
    you="Your question",
    sources="Citations",
    source="Citation {}",
    open_source="Open in document",
    understood="Understood as: {}",
    refused="No evidence found",
    nearest="Nearest passages",
    copy="Copy answer",
    copied="Copied",
    thinking="Looking through the documents…",
    failed="Something went wrong and this question was not answered. Please try again.",
    back="Back",
    document="Document",
    undated="Date unknown",
    because="Why this date",
    library="Documents",
    library_hint="Open a citation below an answer: the document appears here with the quoted words marked.",
    more="{} more",
)


def words_for(accept_language: str) -> Words:
    """Pick the language a browser prefers by its Accept-Language header; Chinese unless that is English.

    The header lists languages with weights, ``zh-CN,zh;q=0.9,en;q=0.8`` (RFC 9110, 12.5.4).
    """
    ranked = sorted(map(_weighted, accept_language.split(",")), key=lambda item: -item[1])
    known = [lang for lang, weight in ranked if lang in ("zh", "en") and weight > 0]
    return EN if known[:1] == ["en"] else ZH


def _weighted(item: str) -> tuple[str, float]:
    """``en-US;q=0.8`` -> ``("en", 0.8)``; a weight that is none counts as 0."""
    tag, _, weight = item.partition(";")
    try:
        value = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        value = 0.0
    return tag.strip().split("-")[0].lower(), value
