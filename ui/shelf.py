"""The documents as HTML: the list, one of them beside its pages, and the form to correct it. Pure functions.

As in ``render.py``, whatever comes from a file or a user passes through `escape`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from urllib.parse import quote

from rag import Document, Entry, Library, fold
from ui import render
from ui.reasons import reason
from ui.words import Words

SHOWN = 50  # documents on a page of the list
FIELDS = ("title", "published", "kind", "doc_number", "issuer", "region", "url")
COLUMNS = ("title", "published", "kind", "pages", "passages", "state")
_STATES = ("left_out", "waiting", "leaving", "indexed")


@dataclass(frozen=True, slots=True)
class View:
    """Which documents are shown: those with the words and the state, sorted, one page of them.

    ``sort`` is a column, with ``-`` before it from the end; empty: what isn't in the index, then the newest.
    """

    words: str = ""
    state: str = ""
    sort: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """What a build is doing, ``stage`` empty when it hasn't said; and the error of the last one."""

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    error: str = ""


def frame(words: Words, suffixes: Sequence[str], megabytes: int) -> str:
    """What stays while the list changes: where files are dropped, and what is looked for."""
    states = "".join(f'<option value="{state}">{getattr(words, state)}</option>' for state in _STATES)
    accept = escape(",".join(suffixes))
    return (
        f'<section class="shelf" lang="{words.lang}" aria-label="{words.documents_tab}" '
        f'data-megabytes="{megabytes}" data-too-large="{words.no_size.format(megabytes)}" '
        f'data-failed="{words.upload_failed}" data-uploading="{words.uploading}" '
        f'data-queued="{words.queued}"><div class="all">'
        f'<label class="drop"><input type="file" class="aside" multiple accept="{accept}">'
        f"<span>{words.drop} <u>{words.choose}</u></span>"
        f'<span class="details">{words.limits.format(megabytes)}</span></label>'
        f'<ul class="arrivals" aria-live="polite"></ul><p class="queued details" hidden></p>'
        f'<template><li class="arrival"><a class="name"></a><span class="how"></span>'
        f'<button type="button" data-do="dismiss" aria-label="{words.dismiss}">×</button>'
        f'<progress max="100" value="0"></progress></li></template>'
        f'<div class="seek"><input type="search" name="words" placeholder="{words.find}" '
        f'aria-label="{words.find}"><select name="state" aria-label="{words.state}">'
        f'<option value="">{words.all_states}</option>{states}</select></div>'
        f'<div class="entries"></div></div><div class="one" hidden></div></section>'
    )


def listing(entries: Sequence[Entry], view: View, work: Work, words: Words) -> str:
    """Show one page of the list, with what a build is doing above it."""
    found = sorted((entry for entry in entries if _fits(entry, view)), key=_newest, reverse=True)
    found.sort(key=lambda entry: _STATES.index(entry.state) if entry.state != "indexed" else 9)
    column = view.sort.removeprefix("-")
    if column in COLUMNS:
        found.sort(key=lambda entry: _key(entry, column), reverse=view.sort.startswith("-"))
    pages = max(1, ceil(len(found) / SHOWN))
    page = min(max(1, view.page), pages)
    shown = found[(page - 1) * SHOWN : page * SHOWN]
    count = (
        words.count.format(len(entries))
        if len(found) == len(entries)
        else words.count_found.format(len(found), len(entries))
    )
    rows = "".join(_row(entry, work, words) for entry in shown)
    table = (
        f'<table class="volumes"><thead><tr>{"".join(_head(c, view.sort, words) for c in COLUMNS)}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        if shown
        else f'<p class="hint">{words.nothing}</p>'
    )
    pending = sum(entry.state in ("waiting", "leaving") for entry in entries)
    return f'{_work(work, pending, words)}<p class="details count">{count}</p>{table}{_pager(page, pages, words)}'


def _fits(entry: Entry, view: View) -> bool:
    wanted = fold(view.words).split()
    named = fold(f"{entry.title} {entry.doc_id}")
    return (not view.state or entry.state == view.state) and all(word in named for word in wanted)


def _newest(entry: Entry) -> str:
    return entry.published.last.isoformat() if entry.published else ""


def _key(entry: Entry, column: str) -> str | int:
    match column:
        case "pages":
            return entry.pages
        case "passages":
            return entry.passages
        case "published":
            return _newest(entry)
        case "state":
            return _STATES.index(entry.state)
        case "kind":
            return entry.kind or ""
    return entry.title


def _head(column: str, sort: str, words: Words) -> str:
    sorted_so = {column: "ascending", f"-{column}": "descending"}.get(sort)
    aria = f' aria-sort="{sorted_so}"' if sorted_so else ""
    turned = "" if sort == f"-{column}" else f"-{column}" if sort == column else column
    return (
        f'<th scope="col" class="{column}"{aria}>'
        f'<button type="button" data-sort="{turned}">{getattr(words, column)}</button></th>'
    )


def _row(entry: Entry, work: Work, words: Words) -> str:
    why = f'<span class="reason">{escape(reason(entry.reason, words))}</span>' if entry.reason else ""
    return (
        f'<tr><td class="title"><a href="#documents/{quote(entry.doc_id, safe="")}">{escape(entry.title)}</a>'
        f'<span class="details">{escape(entry.doc_id)}</span>{why}</td>'
        f"{_cell('published', entry.published)}{_cell('kind', entry.kind)}"
        f"{_cell('pages', entry.pages, words.pages)}{_cell('passages', entry.passages, words.passages)}"
        f'<td class="state">{chip(entry, work, words)}</td></tr>'
    )


def _cell(column: str, value: object, label: str = "") -> str:
    """A fact; on a phone, where no column says what it is, with its label, and left out if unknown."""
    if not value:
        return f'<td class="{column} none">—</td>'
    labelled = f' data-label="{label}"' if label else ""
    return f'<td class="{column}"{labelled}>{escape(str(value))}</td>'


def chip(entry: Entry, work: Work, words: Words) -> str:
    """How a document stands to the index, in a word."""
    return f'<span class="chip {entry.state}">{stands(entry, work, words)}</span>'


def stands(entry: Entry, work: Work, words: Words) -> str:
    """The same without markup; while a build is going on, how far it is."""
    if entry.state == "waiting" and work.running and work.stage:
        return words.reading if work.stage == "documents" else words.encoding
    return str(getattr(words, entry.state))


def told(entry: Entry, work: Work, words: Words) -> str:
    """The same in a line, with the reason where it was left out."""
    why = f"{words.colon}{reason(entry.reason, words)}" if entry.reason else ""
    return stands(entry, work, words) + why


def _work(work: Work, pending: int, words: Words) -> str:
    """What the build is doing, or that one is called for."""
    if work.running:
        told = getattr(words, f"updating_{work.stage}", "") if work.total else ""
        bar = (
            f'<progress max="{work.total}" value="{work.done}"></progress>'
            if told
            else "<progress></progress>"
        )
        return f'<div class="work">{told.format(work.done, work.total) or words.updating}{bar}</div>'
    again = f'<button type="button" data-do="update">{words.update_now}</button>'
    if work.error:
        error = words.update_failed.format(reason(work.error, words))
        return f'<div class="work failed" role="alert"><p>{escape(error)}</p>{again}</div>'
    return f'<div class="work"><p>{words.pending.format(pending)}</p>{again}</div>' if pending else ""


def _pager(page: int, pages: int, words: Words) -> str:
    if pages == 1:
        return ""

    def turn(to: int, label: str) -> str:
        off = "" if 1 <= to <= pages else " disabled"
        return f'<button type="button" data-page="{to}"{off}>{label}</button>'

    return (
        f'<nav class="pager">{turn(page - 1, words.previous)}'
        f"<span>{words.page_of.format(page, pages)}</span>{turn(page + 1, words.next)}</nav>"
    )


def opened(
    entry: Entry,
    document: Document | None,
    facts: Mapping[str, str],
    pictured: bool,
    work: Work,
    words: Words,
) -> str:
    """Show one document: what is known about it, its text, and beside it the page as it looks."""
    doc = quote(entry.doc_id, safe="")
    counts = [words.facts_of.format(entry.pages)] if entry.pages else []
    counts += [words.passages_of.format(entry.passages)] if entry.passages else []
    why = f'<p class="reason">{escape(reason(entry.reason, words))}</p>' if entry.reason else ""
    about = render.about(document, words) if document else ""
    text = (
        f'<div class="page" lang="zh-CN" tabindex="0">{render.text(document, 0, 0, words)}</div>'
        if document
        else f'<div class="page"><p class="hint">{words.no_text}</p></div>'
    )
    remove = (
        f'<button type="button" class="danger" data-do="remove">{words.remove}</button>'
        if entry.uploaded
        else ""
    )
    return (
        f'<article class="opened" data-doc="{escape(entry.doc_id)}" data-state="{entry.state}">'
        f'<header><a class="back" href="#documents">{words.all_documents}</a>'
        f'<div class="top"><h2 tabindex="-1">{escape(entry.title)}</h2><div class="deeds">'
        f'<button type="button" data-do="correct" aria-expanded="false">{words.correct}</button>{remove}</div></div>'
        f'{about}<p class="details">{chip(entry, work, words)} {escape(entry.doc_id)}'
        f"{''.join(f' · {count}' for count in counts)}</p>{why}{_form(document, facts, words)}</header>"
        f'<div class="sides{" pictured" if pictured else ""}">'
        f"{_leaf(doc, max(entry.pages, 1), words) if pictured else ''}{text}</div>"
        f'<dialog class="confirm" aria-labelledby="removing"><h3 id="removing">'
        f'{escape(words.removing.format(entry.title))}</h3><p class="hint">{words.removing_hint}</p>'
        f'<div class="deeds"><button type="button" class="danger" data-do="removed">{words.remove}</button>'
        f'<button type="button" data-do="keep">{words.cancel}</button></div></dialog></article>'
    )


def _leaf(doc: str, pages: int, words: Words) -> str:
    """The page as it looks, and the way to the others; the script knows how to turn."""
    turner = (
        f'<div class="turner"><button type="button" data-turn="-1" aria-label="{words.previous}" disabled>‹</button>'
        f'<span data-of="{words.page_of}">{words.page_of.format(1, pages)}</span>'
        f'<button type="button" data-turn="1" aria-label="{words.next}">›</button></div>'
        if pages > 1
        else ""
    )
    return (
        f'<figure class="leaf" data-pages="{pages}" data-label="{words.page}" aria-label="{words.leaf}">{turner}'
        f'<div class="sheet"><img src="/documents/page.png?doc={doc}&amp;page=1" alt="{words.page.format(1)}">'
        f'<p class="hint" hidden>{words.no_leaf}</p></div></figure>'
    )


def _form(document: Document | None, facts: Mapping[str, str], words: Words) -> str:
    """The facts as fields, each with where it was found."""
    origins = document.origins if document else {}
    fields = "".join(_field(key, facts[key], origins.get(key, ""), words) for key in FIELDS)
    return (
        f'<form class="facts" hidden novalidate>{fields}<div class="deeds">'
        f'<button type="submit" class="main">{words.save}</button>'
        f'<button type="button" data-do="correct">{words.cancel}</button>'
        f'<span class="details">{words.saving_hint}</span></div></form>'
    )


def _field(key: str, value: str, origin: str, words: Words) -> str:
    hint = words.origin.format(origin) if origin else words.date_hint if key == "published" else ""
    if key == "kind":
        kinds = Library.kinds
        options = "".join(
            f'<option{" selected" if kind == value else ""} value="{escape(kind)}">{escape(kind)}</option>'
            for kind in kinds
        )
        control = f'<select name="kind" id="fact-kind"><option value="">{words.unknown_kind}</option>{options}</select>'
    else:
        control = (
            f'<input name="{key}" id="fact-{key}" value="{escape(value)}" maxlength="500" autocomplete="off" '
            f'aria-describedby="hint-{key}">'
        )
    return (
        f'<div class="field {key}"><label for="fact-{key}">{getattr(words, key)}</label>{control}'
        f'<p class="details" id="hint-{key}">{escape(hint)}</p><p class="error" role="alert"></p></div>'
    )
