"""The chat as a gradio app: which event calls what, and how it is served.

    build_app(live)     the page and its events
    serve(blocks)       the same as an ASGI app, behind its guard

Nothing is kept between calls but each session's own conversation, in a `gr.State`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import APIRouter, FastAPI

from rag import Library, Live
from ui import render, shelf
from ui.guard import Guard
from ui.words import ZH, Words, words_for

logger = logging.getLogger(__name__)

# Shown where the document they are about is in the index.
EXAMPLES = (
    ("2025年一季度钱塘规上工业增加值是多少？", "000_dfcb443e60e2733b.txt"),
    ("“六链融合”是哪六条链？", "000_dfcb443e60e2733b.txt"),
    ("“55830”是什么意思？", "001_d53b6acf285d5f2c.txt"),
    ("2023年滨江的常住人口是多少？", "003_566e17749c99ed6d.txt"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, its answer, and both as they were shown: the documents may be others by the next."""

    question: str
    answer: str
    html: str


Turns = tuple[Turn, ...]
Steps = Iterator[tuple[Any, Any, Any]]  # conversation, turns, question box

TITLE = "政问"
LONGEST_QUESTION = 1000  # characters

_HERE = Path(__file__).parent
_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]


def build_app(live: Live, library: Library | None = None) -> gr.Blocks:
    """Lay out the page and connect its events to an assistant; with a library, a tab for its documents."""

    def start(request: gr.Request) -> tuple[Any, ...]:
        words = _words(request)
        return (
            render.masthead(words, tabs=library is not None),
            shelf.frame(words, library.suffixes, library.megabytes) if library else "",
            welcome(request),
            list_documents(request),
            gr.Textbox(label=words.question, placeholder=words.ask_here, submit_btn=words.send),
            gr.Button(words.clear),
        )

    def welcome(request: gr.Request) -> str:
        documents = live.assistant().retriever.documents
        examples = [question for question, doc_id in EXAMPLES if doc_id in documents]
        return render.welcome(examples, documents, _words(request))

    def ask(question: str, turns: Turns, request: gr.Request) -> Steps:
        words, question = _words(request), question.strip()[:LONGEST_QUESTION]
        if not question:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        assistant = live.assistant()
        shown = [turn.html for turn in turns]
        yield render.conversation(shown, words, question, words.thinking), gr.skip(), ""
        try:
            answer = assistant.ask(question, history=[(turn.question, turn.answer) for turn in turns])
        except Exception:  # whatever it is: the reader is told, the log has it, the conversation goes on
            logger.exception("no answer to %r", question)
            yield render.conversation(shown, words, question, words.failed), gr.skip(), gr.skip()
            return
        reply = render.reply(answer, assistant.retriever.documents, words)
        turns = (*turns, Turn(question, answer.text, render.turn(question, reply, words)))
        yield render.conversation([turn.html for turn in turns], words), turns, gr.skip()

    def ask_example(turns: Turns, request: gr.Request, event: gr.EventData) -> Steps:
        yield from ask(str(event.question), turns, request)

    def forget(request: gr.Request) -> tuple[str, Turns]:
        return welcome(request), ()

    def open_document(request: gr.Request, event: gr.EventData) -> Any:
        words = _words(request)
        document = live.assistant().retriever.documents.get(event.doc)
        if document is None:
            return render.gone(words)
        if event.state != render.fingerprint(document):
            return render.reader(document, 0, 0, words, words.changed)
        return render.reader(document, int(event.start), int(event.end), words)

    def list_documents(request: gr.Request) -> str:
        return render.library(live.assistant().retriever.documents, _words(request))

    panel = partial(gr.HTML, js_on_load=_read("page.js"), apply_default_css=False)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        turns = gr.State(())
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                with gr.Row(elem_id="masthead"):
                    masthead = gr.HTML(apply_default_css=False)
                    clear = gr.Button(ZH.clear, elem_id="clear", size="sm")
                documents = gr.HTML(
                    elem_id="shelf",
                    visible=library is not None,
                    js_on_load=_read("documents.js"),
                    apply_default_css=False,
                )
                thread = panel(elem_id="thread")
                question = gr.Textbox(
                    elem_id="question",
                    lines=1,
                    max_lines=6,
                    max_length=LONGEST_QUESTION,
                    container=False,
                    show_label=False,
                    submit_btn=ZH.send,
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
                )
            pane = panel(elem_id="pane")

        # One question at a time: the tokenizer of the encoder must not be shared between threads.
        asking: dict[str, Any] = {
            "outputs": [thread, turns, question],
            "concurrency_id": "ask",
            "concurrency_limit": 1,
        }
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        at_once = quiet | {"queue": False}
        blocks.load(start, None, [masthead, documents, thread, pane, question, clear], **at_once)
        question.submit(ask, [question, turns], **asking, **quiet)
        thread.example_select(ask_example, turns, **asking, **quiet)
        clear.click(forget, None, [thread, turns], concurrency_id="ask", **quiet)
        gr.on([thread.select, pane.select], open_document, None, pane, **at_once)
        pane.clear(list_documents, None, pane, **at_once)
        thread.clear(welcome, None, thread, **at_once)
    return blocks


def serve(blocks: gr.Blocks, password: str | None = None, documents: APIRouter | None = None) -> FastAPI:
    """Make the web application: the page under ``/``, the documents' routes if any, no API pages."""
    no_pages: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    web = FastAPI(**no_pages)
    web.add_middleware(Guard, password=password)
    if documents:
        web.include_router(documents)
    gr.mount_gradio_app(
        web,
        blocks,
        path="/",
        app_kwargs=dict(no_pages),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        show_error=False,
        favicon_path=str(_HERE / "seal.svg"),
        max_file_size=1,  # byte: files come in through ui/documents.py alone
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "Consolas", "monospace"]),
        css=_read("style.css") + _read("documents.css"),
    )
    return web


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _words(request: gr.Request) -> Words:
    return words_for(request.headers.get("accept-language", ""))
