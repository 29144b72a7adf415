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
    # chat
    page: str
    comma: str
    colon: str
    doubtful: str
    also_in: str
    others: str
    changed: str
    gone: str
    # tabs
    tabs: str
    ask_tab: str
    documents_tab: str
    # shelf
    drop: str
    choose: str
    limits: str
    find: str
    all_states: str
    count: str
    count_found: str
    nothing: str
    title: str
    published: str
    kind: str
    pages: str
    passages: str
    state: str
    indexed: str
    waiting: str
    leaving: str
    left_out: str
    reading: str
    encoding: str
    uploading: str
    queued: str
    upload_failed: str
    dismiss: str
    updating: str
    updating_documents: str
    updating_passages: str
    update_failed: str
    update_now: str
    pending: str
    previous: str
    next: str
    page_of: str
    # one document
    all_documents: str
    facts_of: str
    passages_of: str
    leaf: str
    no_leaf: str
    no_text: str
    correct: str
    remove: str
    removing: str
    removing_hint: str
    cancel: str
    save: str
    saving_hint: str
    issuer: str
    doc_number: str
    region: str
    url: str
    date_hint: str
    unknown_kind: str
    origin: str
    # refusals
    no_date: str
    no_long: str
    no_advice: str
    no_fact: str
    no_kind: str
    no_name: str
    no_suffix: str
    no_size: str
    no_empty: str
    no_full: str
    no_own: str
    no_unknown: str
    no_link: str
    no_disk: str
    no_metadata: str


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
    # chat
    page="第{}页",
    comma="，",
    colon="：",
    doubtful="此处由图像识别，可能有误",
    also_in="另见 {}",
    others="等",
    changed="这篇文档在回答之后更新过，引文的位置可能变了。",
    gone="这篇文档已不在索引里。",
    # tabs
    tabs="页面",
    ask_tab="问答",
    documents_tab="文档",
    # shelf
    drop="把文件拖到这里，或",
    choose="选择文件",
    limits="PDF、Word、Excel、网页、文本、图片，每个不超过 {} MB",
    find="查找题名、文件名",
    all_states="全部状态",
    count="{} 篇文档",
    count_found="{} / {} 篇",
    nothing="没有符合条件的文档",
    title="题名",
    published="日期",
    kind="类型",
    pages="页",
    passages="段落",
    state="状态",
    indexed="已收入",
    waiting="等待收入",
    leaving="等待移除",
    left_out="未能收入",
    reading="正在读取",
    encoding="正在收入",
    uploading="正在上传 {}%",
    queued="还有 {} 个文件等待上传",
    upload_failed="没有上传成功，请检查网络后重试",
    dismiss="不再显示",
    updating="正在更新索引",
    updating_documents="正在读取文档 {} / {}",
    updating_passages="正在收入段落 {} / {}",
    update_failed="索引没有更新成功，回答仍以原来的索引为准：{}",
    update_now="更新索引",
    pending="有 {} 处改动还没有进入索引",
    previous="上一页",
    next="下一页",
    page_of="第 {} / {} 页",
    # one document
    all_documents="全部文档",
    facts_of="{} 页",
    passages_of="{} 段",
    leaf="原页",
    no_leaf="这一页画不出来",
    no_text="这个文件还没有收入，暂时没有可显示的文字。",
    correct="更正信息",
    remove="移除",
    removing="移除《{}》？",
    removing_hint="文件会被删除，之后的回答不再引用它。",
    cancel="取消",
    save="保存",
    saving_hint="写入 metadata.toml，索引更新后生效。清空一项，就改回文档里找到的。",
    issuer="发布机关",
    doc_number="文号",
    region="地域",
    url="网址",
    date_hint="如 2025、2025-05、2025-05-16、2025-05/2025-06",
    unknown_kind="不明",
    origin="依据：{}",
    # refusals
    no_date="不是日期。写成 2025、2025-05、2025-05-16 或 2025-05/2025-06",
    no_long="太长了，最多 {} 个字",
    no_fact="这一项不能更正",
    no_advice="{}",
    no_kind="没有这种类型，有的是：{}",
    no_name="文件没有名字，先给它起个名字",
    no_suffix="不能读取这种文件（{}）。支持 {}",
    no_size="文件太大，最多 {} MB",
    no_empty="文件是空的",
    no_full="上传的文件已满（最多 {} 个），先移除一些",
    no_own="这个文件属于文档文件夹，请在文件夹里移除",
    no_unknown="没有这篇文档",
    no_link="上传文件夹是一个链接，不能使用",
    no_disk="磁盘写不进去，请告诉管理员",
    no_metadata="metadata.toml 有错，请先改正它",
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
    # chat
    page="page {}",
    comma=", ",
    colon=": ",
    doubtful="Read from a picture here; may be wrong",
    also_in="Also in {}",
    others=" and others",
    changed="This document was updated after the answer; the quoted words may stand elsewhere.",
    gone="This document is no longer in the index.",
    # tabs
    tabs="Views",
    ask_tab="Ask",
    documents_tab="Documents",
    # shelf
    drop="Drop files here, or",
    choose="choose files",
    limits="PDF, Word, Excel, web pages, text, pictures; up to {} MB each",
    find="Find by title or file name",
    all_states="Any state",
    count="{} documents",
    count_found="{} of {}",
    nothing="No such documents",
    title="Title",
    published="Date",
    kind="Kind",
    pages="Pages",
    passages="Passages",
    state="State",
    indexed="In the index",
    waiting="Waiting",
    leaving="Leaving",
    left_out="Left out",
    reading="Being read",
    encoding="Being indexed",
    uploading="Uploading {}%",
    queued="{} more files to upload",
    upload_failed="Not uploaded; check the connection and try again",
    dismiss="Dismiss",
    updating="Updating the index",
    updating_documents="Reading documents {} / {}",
    updating_passages="Indexing passages {} / {}",
    update_failed="The index was not updated and answers still come from the one before: {}",
    update_now="Update the index",
    pending="{} changes are not in the index yet",
    previous="Previous",
    next="Next",
    page_of="Page {} of {}",
    # one document
    all_documents="All documents",
    facts_of="{} pages",
    passages_of="{} passages",
    leaf="Original page",
    no_leaf="This page can't be shown",
    no_text="This file is not in the index yet, so there is no text to show.",
    correct="Correct details",
    remove="Remove",
    removing="Remove “{}”?",
    removing_hint="The file is deleted and later answers no longer cite it.",
    cancel="Cancel",
    save="Save",
    saving_hint="Written to metadata.toml, in effect once the index is updated. Clear a field to return to what the document says.",
    issuer="Issuer",
    doc_number="Document number",
    region="Region",
    url="Address",
    date_hint="e.g. 2025, 2025-05, 2025-05-16, 2025-05/2025-06",
    unknown_kind="Unknown",
    origin="From: {}",
    # refusals
    no_date="Not a date. Write 2025, 2025-05, 2025-05-16 or 2025-05/2025-06",
    no_long="Too long; at most {} characters",
    no_fact="This can't be corrected",
    no_advice="{}",
    no_kind="No such kind; there are {}",
    no_name="The file has no name; give it one",
    no_suffix="Files of this kind ({}) can't be read. Supported: {}",
    no_size="The file is too large; at most {} MB",
    no_empty="The file is empty",
    no_full="The uploads are full ({} files at most); remove some first",
    no_own="This file belongs to the folder of documents; remove it there",
    no_unknown="There is no such document",
    no_link="The uploads folder is a link and can't be used",
    no_disk="The disk can't be written to; tell whoever runs this",
    no_metadata="metadata.toml is malformed; correct it first",
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
