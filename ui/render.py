"""Answers and documents as HTML: pure functions, and the only place where text becomes markup.

Whatever comes from a document or from a user passes through `escape`, quotes included, so that it can
stand in an attribute as well. Buttons say what they do in ``data-`` attributes; ``page.js`` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from rag import Answer, Citation, Document, Hit, fold
from ui.words import Words

NEAREST = 3  # passages shown under a refusal
LISTED = 40  # documents listed in the pane before one is opened
_MARK = re.compile(r"\[(\d{1,3})\]")
_LINE = re.compile(r"[^\n]+")

Documents = Mapping[str, Document]


def masthead(words: Words) -> str:
    """Show the name and what it is for."""
    return (
        f'<div class="masthead" lang="{words.lang}"><span class="seal" aria-hidden="true">政<br>问</span>'
        f'<span class="name">政问</span><span class="tagline">{words.tagline}</span></div>'
    )


def conversation(
    answers: Sequence[Answer], documents: Documents, words: Words, unanswered: str = "", note: str = ""
) -> str:
    """Show a whole conversation, oldest first; last an ``unanswered`` question, with a note why."""
    turns = [turn(answer.question, reply(answer, documents, words), words) for answer in answers]
    if unanswered:
        turns.append(turn(unanswered, f'<p class="note">{note}</p>', words))
    return _thread("".join(turns), words)


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
        f'<div class="answer"><p class="text">{_text(answer, words)}</p>{_cards(words.sources, cards)}'
        f'<button type="button" class="copy" data-copy="{escape(as_plain_text(answer, documents))}" '
        f'data-done="{words.copied}">{words.copy}</button></div>'
    )


def _refusal(answer: Answer, documents: Documents, words: Words) -> str:
    """The reason, what the answer's text adds to it, and the nearest passages as what they are."""
    cards = [_passage(hit, documents[hit.passage.doc_id], words) for hit in answer.hits[:NEAREST]]
    return (
        f'<div class="refusal"><h3 class="label">{words.refused}</h3>'
        f'<p class="verdict">{escape(answer.refusal or "")}</p><p>{_text(answer, words)}</p>'
        f"{_cards(words.nearest, cards)}</div>"
    )


def _text(answer: Answer, words: Words) -> str:
    """The answer's text: ``[1]`` as buttons, the bare figure or name in it made strong."""
    citations = {citation.marker: citation for citation in answer.citations}
    parts = _MARK.split(answer.text)  # text, marker, text, marker, …, text
    shown = [_strong(parts[0], answer.short)]
    for marker, text in zip(parts[1::2], parts[2::2], strict=True):
        citation = citations.get(int(marker))
        shown += [_mark(citation, words) if citation else f"[{marker}]", _strong(text, answer.short)]
    return "".join(shown)


def _strong(text: str, short: str) -> str:
    before, found, after = text.partition(short) if short else (text, "", "")
    return f"{escape(before)}<strong>{escape(found)}</strong>{escape(after)}" if found else escape(text)


def _mark(citation: Citation, words: Words) -> str:
    label = words.source.format(citation.marker)
    return (
        f'<button type="button" class="mark" aria-label="{label}" '
        f"{_opens(citation.doc_id, citation.start, citation.end)}>{citation.marker}</button>"
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
    details = _dotted([_date(document, words), heading_at(document, span[0])])
    return (
        f'<li class="card" {_opens(document.doc_id, *span)}>'
        f"<blockquote>{escape(quote.strip())}</blockquote>"
        f'<div class="from">{number}<p><button type="button" class="title" title="{words.open_source}">'
        f'{escape(document.title)}</button><span class="details">{details}</span></p></div></li>'
    )


def _opens(doc_id: str, start: int, end: int) -> str:
    """The attributes of an element that opens a document at a span."""
    return f'data-event="select" {_span(doc_id, start, end)}'


def _span(doc_id: str, start: int, end: int) -> str:
    return f'data-doc="{escape(doc_id)}" data-start="{start}" data-end="{end}"'


def _dotted(parts: Iterable[str | None]) -> str:
    return '<span aria-hidden="true"> · </span>'.join(escape(part) for part in parts if part)


def heading_at(document: Document, offset: int) -> str:
    """The heading under which the character at ``offset`` stands; empty if there is none but the title."""
    above = [(start, end) for start, end in document.headings if start <= offset]
    start, end = max(above, default=(0, 0))
    heading = document.text[start:end].strip("# \n")
    return "" if heading in document.title else heading


def as_plain_text(answer: Answer, documents: Documents) -> str:
    """The answer for the clipboard: its text, then each citation on a line of its own."""
    return "\n".join([answer.text, *(_reference(c, documents[c.doc_id]) for c in answer.citations)])


def _reference(citation: Citation, document: Document) -> str:
    date = f"（{document.published}）" if document.published else ""
    return f"[{citation.marker}] 《{document.title}》{date}：“{citation.quote.strip()}”"


def library(documents: Documents, words: Words) -> str:
    """Show the documents there are, newest first, each of them a button that opens it."""
    newest = sorted(documents.values(), key=_last_day, reverse=True)
    rows = "".join(
        f'<li><button type="button" class="volume" {_opens(document.doc_id, 0, 0)}>'
        f'<span class="name">{escape(document.title)}</span>'
        f'<span class="details">{_dotted([_date(document, words), document.region])}</span></button></li>'
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


def _date(document: Document, words: Words) -> str:
    return str(document.published) if document.published else words.undated


def reader(document: Document, start: int, end: int, words: Words) -> str:
    """Show a document with the characters from ``start`` to ``end`` marked; none where they are equal."""
    return (
        f'<section class="reader" lang="{words.lang}" aria-label="{words.document}" '
        f"{_span(document.doc_id, start, end)}><header>"
        f'<button type="button" class="back" data-event="clear">{words.back}</button>'
        f'<h2 tabindex="-1">{escape(document.title)}</h2>{_about(document, words)}</header>'
        f'<div class="page" lang="zh-CN">{_page(document, start, end)}</div></section>'
    )


def _about(document: Document, words: Words) -> str:
    """What is known about a document: when, where and by whom; its address; why that date."""
    facts = _dotted([_date(document, words), document.region, document.issuer, document.byline])
    about = f'<p class="details">{facts}</p>'
    if document.url:
        about += f'<p class="details">{_link(document.url)}</p>'
    if because := document.published_because:
        about += f'<details class="details"><summary>{words.because}</summary>{escape(because)}</details>'
    return about


def _link(url: str) -> str:
    """An address, as a link if it is one of the web's; nothing is loaded until it is clicked."""
    if not url.lower().startswith(("https://", "http://")):
        return escape(url)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(url)}</a>'


def _page(document: Document, start: int, end: int) -> str:
    """The document's lines as paragraphs and headings, the span marked in each it touches."""
    headings = {document.text.rfind("\n", 0, first) + 1 for first, _ in document.headings}
    end = max(start, end)
    shown = []
    for line in _LINE.finditer(document.text):
        tag = "h3" if line.start() in headings else "p"
        first, last = (min(max(at, line.start()), line.end()) for at in (start, end))
        text = document.text
        before, marked, after = text[line.start() : first], text[first:last], text[last : line.end()]
        inner = f"<mark>{escape(marked)}</mark>" if marked else ""
        shown.append(f"<{tag}>{escape(before)}{inner}{escape(after)}</{tag}>")
    return "".join(shown)


def _thread(body: str, words: Words) -> str:
    return f'<div class="thread" lang="{words.lang}" role="log" aria-live="polite">{body}</div>'
