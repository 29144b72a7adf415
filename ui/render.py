"""Answers and documents as HTML: pure functions, and the only place where text becomes markup.

Whatever comes from a document or from a user passes through `escape`, quotes included, so that it can
stand in an attribute as well. Buttons say what they do in ``data-`` attributes; ``page.js`` reads them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import PurePosixPath
from zlib import crc32

from rag import Answer, Citation, Document, Hit, fold
from ui.words import Words

NEAREST = 3  # passages shown under a refusal
LISTED = 40  # documents listed in the pane before one is opened
NAMED = 3  # other files with the same text
_MARK = re.compile(r"\[(\d{1,3})\]")
_LINE = re.compile(r"[^\n]+")

Documents = Mapping[str, Document]


def masthead(words: Words, tabs: bool = False) -> str:
    """Show the name and what it is for, and where there are ``tabs``, the way to the documents and back."""
    ways = (
        f'<nav class="tabs" aria-label="{words.tabs}"><a href="#chat">{words.ask_tab}</a>'
        f'<a href="#documents">{words.documents_tab}</a></nav>'
        if tabs
        else ""
    )
    return (
        f'<div class="masthead" lang="{words.lang}"><span class="seal" aria-hidden="true">政<br>问</span>'
        f'<span class="name">政问</span><span class="tagline">{words.tagline}</span>{ways}</div>'
    )


def conversation(turns: Sequence[str], words: Words, unanswered: str = "", note: str = "") -> str:
    """Show a whole conversation, oldest `turn` first; last an ``unanswered`` question, with a note why."""
    last = [turn(unanswered, f'<p class="note">{note}</p>', words)] if unanswered else []
    return _thread("".join([*turns, *last]), words)


def welcome(examples: Iterable[str], documents: Documents, words: Words) -> str:
    """Show what stands in place of the first turn: what this is, and questions to start with."""
    buttons = "".join(
        f'<li><button type="button" class="example" data-event="example_select" '
        f'data-question="{escape(question)}">{escape(question)}</button></li>'
        for question in examples
    )
    body = f"<h1>{words.greeting}</h1><p>{words.promise.format(len(documents))}</p>"
    if buttons:
        body += f'<h2 class="label">{words.examples}</h2><ul class="examples">{buttons}</ul>'
    return _thread(f'<div class="welcome">{body}</div>', words)


def turn(question: str, body: str, words: Words) -> str:
    """Show a question and, as HTML, what answers it."""
    return (
        f'<section class="turn"><p class="question"><span class="aside">{words.you}</span>'
        f"{escape(question)}</p>{body}</section>"
    )


def reply(answer: Answer, documents: Documents, words: Words) -> str:
    """Show an answer with its citations, or a refusal with the nearest passages."""
    understood = ""
    if answer.understood and fold(answer.understood.strip()) != fold(answer.question.strip()):
        understood = f'<p class="understood">{words.understood.format(escape(answer.understood))}</p>'
    shown = _answer if answer.refusal is None else _refusal
    return understood + shown(answer, documents, words)


def _answer(answer: Answer, documents: Documents, words: Words) -> str:
    cards = [_citation(citation, documents[citation.doc_id], words) for citation in answer.citations]
    return (
        f'<div class="answer"><p class="text">{_text(answer, documents, words)}</p>{_cards(words.sources, cards)}'
        f'<button type="button" class="copy" data-copy="{escape(as_plain_text(answer, documents, words))}" '
        f'data-done="{words.copied}">{words.copy}</button></div>'
    )


def _refusal(answer: Answer, documents: Documents, words: Words) -> str:
    """The reason, what the answer's text adds to it, and the nearest passages as what they are."""
    cards = [_passage(hit, documents[hit.passage.doc_id], words) for hit in answer.hits[:NEAREST]]
    return (
        f'<div class="refusal"><h3 class="label">{words.refused}</h3>'
        f'<p class="verdict">{escape(answer.refusal or "")}</p><p>{_text(answer, documents, words)}</p>'
        f"{_cards(words.nearest, cards)}</div>"
    )


def _text(answer: Answer, documents: Documents, words: Words) -> str:
    """The answer's text: ``[1]`` as buttons, the bare figure or name in it made strong."""
    citations = {citation.marker: citation for citation in answer.citations}
    parts = _MARK.split(answer.text)  # text, marker, text, marker, …, text
    shown = [_strong(parts[0], answer.short)]
    for marker, text in zip(parts[1::2], parts[2::2], strict=True):
        citation = citations.get(int(marker))
        mark = _mark(citation, documents[citation.doc_id], words) if citation else f"[{marker}]"
        shown += [mark, _strong(text, answer.short)]
    return "".join(shown)


def _strong(text: str, short: str) -> str:
    before, found, after = text.partition(short) if short else (text, "", "")
    return f"{escape(before)}<strong>{escape(found)}</strong>{escape(after)}" if found else escape(text)


def _mark(citation: Citation, document: Document, words: Words) -> str:
    label = words.source.format(citation.marker)
    return (
        f'<button type="button" class="mark" aria-label="{label}" '
        f"{_opens(document, citation.start, citation.end)}>{citation.marker}</button>"
    )


def _citation(citation: Citation, document: Document, words: Words) -> str:
    span = (citation.start, citation.end)
    return _card(document, span, citation.quote, f'<span class="number">{citation.marker}</span>', words)


def _passage(hit: Hit, document: Document, words: Words) -> str:
    return _card(document, (hit.passage.start, hit.passage.end), hit.passage.text, "", words)


def _cards(label: str, cards: Sequence[str]) -> str:
    return f'<h3 class="label">{label}</h3><ol class="cards">{"".join(cards)}</ol>' if cards else ""


def _card(document: Document, span: tuple[int, int], quote: str, number: str, words: Words) -> str:
    """A quotation and where it stands; a click anywhere opens the document, the title by keyboard too."""
    details = _dotted(
        [
            date(document, words),
            document.kind,
            document.doc_number,
            page_at(document, span[0], words),
            heading_at(document, span[0]),
        ]
    )
    others = f'<span class="details">{_also_in(document, words)}</span>' if document.also_in else ""
    caution = f'<p class="caution">{words.doubtful}</p>' if document.is_doubtful(*span) else ""
    return (
        f'<li class="card" {_opens(document, *span)}>'
        f"<blockquote>{escape(quote.strip())}</blockquote>{caution}"
        f'<div class="from">{number}<p><button type="button" class="title" title="{words.open_source}">'
        f'{escape(document.title)}</button><span class="details">{details}</span>{others}</p></div></li>'
    )


def _opens(document: Document, start: int, end: int) -> str:
    """The attributes of an element that opens a document at a span."""
    return f'data-event="select" {_span(document, start, end)}'


def _span(document: Document, start: int, end: int) -> str:
    return (
        f'data-doc="{escape(document.doc_id)}" data-start="{start}" data-end="{end}" '
        f'data-state="{fingerprint(document)}"'
    )


def fingerprint(document: Document) -> str:
    """What tells whether a document's text is still the one that offsets were counted in."""
    return f"{crc32(document.text.encode('utf-8', 'surrogatepass')):08x}"


def page_at(document: Document, offset: int, words: Words) -> str:
    """The page on which a character stands, in words; empty where there are no pages."""
    number = document.page(offset)
    return words.page.format(number) if number else ""


def _also_in(document: Document, words: Words) -> str:
    """The other files with the same text, by their names."""
    names = [PurePosixPath(doc_id).name for doc_id in document.also_in]
    shown = words.comma.join(names[:NAMED]) + (words.others if len(names) > NAMED else "")
    return escape(words.also_in.format(shown))


def _dotted(parts: Iterable[str | None]) -> str:
    return '<span aria-hidden="true"> · </span>'.join(escape(part) for part in parts if part)


def heading_at(document: Document, offset: int) -> str:
    """The heading under which the character at ``offset`` stands; empty if there is none but the title."""
    above = [(start, end) for start, end in document.headings if start <= offset]
    start, end = max(above, default=(0, 0))
    heading = document.text[start:end].strip("# \n")
    return "" if heading in document.title else heading


def as_plain_text(answer: Answer, documents: Documents, words: Words) -> str:
    """The answer for the clipboard: its text, then each citation on a line of its own."""
    return "\n".join([answer.text, *(_reference(c, documents[c.doc_id], words) for c in answer.citations)])


def _reference(citation: Citation, document: Document, words: Words) -> str:
    known = [str(document.published or ""), page_at(document, citation.start, words)]
    where = words.comma.join(filter(None, known))
    caution = f"（{words.doubtful}）" if document.is_doubtful(citation.start, citation.end) else ""
    return (
        f"[{citation.marker}] 《{document.title}》{f'（{where}）' if where else ''}："
        f"“{citation.quote.strip()}”{caution}"
    )


def library(documents: Documents, words: Words) -> str:
    """Show the documents there are, newest first, each of them a button that opens it."""
    newest = sorted(documents.values(), key=_last_day, reverse=True)
    rows = "".join(
        f'<li><button type="button" class="volume" {_opens(document, 0, 0)}>'
        f'<span class="name">{escape(document.title)}</span>'
        f'<span class="details">{_dotted([date(document, words), document.region])}</span></button></li>'
        for document in newest[:LISTED]
    )
    rest = len(newest) - LISTED
    more = f'<p class="hint">{words.more.format(rest)}</p>' if rest > 0 else ""
    return (
        f'<section class="library" lang="{words.lang}" aria-label="{words.library}">'
        f'<h2>{words.library}</h2><p class="hint">{words.library_hint}</p><ul>{rows}</ul>{more}</section>'
    )


def _last_day(document: Document) -> str:
    """The last day on which the document can have come out, to sort by; undated ones come before all."""
    return document.published.last.isoformat() if document.published else ""


def date(document: Document, words: Words) -> str:
    """When a document came out, in words."""
    return str(document.published) if document.published else words.undated


def reader(document: Document, start: int, end: int, words: Words, note: str = "") -> str:
    """Show a document with the characters from ``start`` to ``end`` marked; none where they are equal."""
    return (
        f'<section class="reader" lang="{words.lang}" aria-label="{words.document}" '
        f"{_span(document, start, end)}><header>"
        f'<button type="button" class="back" data-event="clear">{words.back}</button>'
        f'<h2 tabindex="-1">{escape(document.title)}</h2>{about(document, words)}{_note(note)}</header>'
        f'<div class="page" lang="zh-CN">{text(document, start, end, words)}</div></section>'
    )


def gone(words: Words) -> str:
    """Show that a document isn't there any more."""
    return (
        f'<section class="reader" lang="{words.lang}" aria-label="{words.document}"><header>'
        f'<button type="button" class="back" data-event="clear">{words.back}</button>'
        f'<h2 tabindex="-1">{words.document}</h2>{_note(words.gone)}</header><div class="page"></div></section>'
    )


def _note(note: str) -> str:
    return f'<p class="caution" role="note">{note}</p>' if note else ""


def about(document: Document, words: Words) -> str:
    """Show what is known about a document: when, where and by whom; its address; why that date."""
    facts = _dotted(
        [
            date(document, words),
            document.kind,
            document.doc_number,
            document.region,
            document.issuer,
            document.byline,
        ]
    )
    shown = f'<p class="details">{facts}</p>'
    if document.also_in:
        shown += f'<p class="details">{_also_in(document, words)}</p>'
    if document.url:
        shown += f'<p class="details">{_link(document.url)}</p>'
    if because := document.origins.get("published"):
        shown += f'<details class="details"><summary>{words.because}</summary>{escape(because)}</details>'
    return shown


def _link(url: str) -> str:
    """An address, as a link if it is one of the web's; nothing is loaded until it is clicked."""
    if not url.lower().startswith(("https://", "http://")):
        return escape(url)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(url)}</a>'


def text(document: Document, start: int, end: int, words: Words) -> str:
    """The document's lines as paragraphs and headings, the span marked in each it touches.

    Where a page begins stands its number; what was read from a picture without certainty says so.
    """
    headings = {document.text.rfind("\n", 0, first) + 1 for first, _ in document.headings}
    pages = {_at_word(document.text, at): number for at, number in document.pages}
    cuts = {start, max(start, end), *pages, *(at for span in document.doubtful for at in span)}
    inside = sorted(cuts)
    shown = []
    for line in _LINE.finditer(document.text):
        between = inside[bisect_right(inside, line.start()) : bisect_left(inside, line.end())]
        pieces = pairwise([line.start(), *between, line.end()])
        inner = "".join(
            _folio(pages.get(first), words) + _piece(document, first, last, start <= first < end, words)
            for first, last in pieces
        )
        tag = "h3" if line.start() in headings else "p"
        shown.append(f"<{tag}>{inner}</{tag}>")
    return "".join(shown)


def _at_word(text: str, at: int) -> int:
    """The place itself or the first after it where a line goes on."""
    while at < len(text) and text[at] == "\n":
        at += 1
    return at


def _folio(number: int | None, words: Words) -> str:
    """Where a page begins; its number is no part of the text."""
    if number is None:
        return ""
    return f'<span class="folio" data-number="{number}" data-page="{words.page.format(number)}"></span>'


def _piece(document: Document, first: int, last: int, marked: bool, words: Words) -> str:
    """Characters that are all marked, or doubtful, or of one page, or not."""
    shown = escape(document.text[first:last])
    if document.is_doubtful(first, last):
        shown = f'<span class="doubtful" title="{words.doubtful}">{shown}</span>'
    if number := document.page(first):
        shown = f'<span class="on" data-number="{number}">{shown}</span>'
    return f"<mark>{shown}</mark>" if marked else shown


def _thread(body: str, words: Words) -> str:
    return f'<div class="thread" lang="{words.lang}" role="log" aria-live="polite">{body}</div>'
