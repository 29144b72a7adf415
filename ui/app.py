"""The chat as a gradio app: which event calls what, and how it is served.

    build_app(assistant)    the page and its events
    serve(blocks)           the same as an ASGI app that forbids the browser to load anything from elsewhere

Nothing is kept between calls but each session's own conversation, in a `gr.State`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag import Answer, Assistant
from ui import render
from ui.words import ZH, Words, words_for

logger = logging.getLogger(__name__)

# Shown where the document they are about is in the index.
EXAMPLES = (
    ("2025年一季度钱塘规上工业增加值是多少？", "000_dfcb443e60e2733b.txt"),
    ("“六链融合”是哪六条链？", "000_dfcb443e60e2733b.txt"),
    ("“55830”是什么意思？", "001_d53b6acf285d5f2c.txt"),
    ("2023年滨江的常住人口是多少？", "003_566e17749c99ed6d.txt"),
)

Turns = tuple[Answer, ...]
Steps = Iterator[tuple[Any, Any, Any]]  # conversation, turns, question box

TITLE = "政问"
LONGEST_QUESTION = 1000  # characters

_HERE = Path(__file__).parent
_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_HEADERS = {
    # gradio's own page has inline scripts and compiles templates, so these two must be allowed.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build_app(assistant: Assistant) -> gr.Blocks:
    """Lay out the page and connect its events to an assistant."""
    documents = assistant.retriever.documents
    examples = [question for question, doc_id in EXAMPLES if doc_id in documents]

    def start(request: gr.Request) -> tuple[Any, ...]:
        words = _words(request)
        return (
            render.masthead(words),
            render.welcome(examples, documents, words),
            render.library(documents, words),
            gr.Textbox(label=words.question, placeholder=words.ask_here, submit_btn=words.send),
            gr.Button(words.clear),
        )

    def ask(question: str, turns: Turns, request: gr.Request) -> Steps:
        words, question = _words(request), question.strip()[:LONGEST_QUESTION]
        if not question:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        yield render.conversation(turns, documents, words, question, words.thinking), gr.skip(), ""
        try:
            answer = assistant.ask(question, history=[(turn.question, turn.text) for turn in turns])
        except Exception:  # whatever it is: the reader is told, the log has it, the conversation goes on
            logger.exception("no answer to %r", question)
            yield render.conversation(turns, documents, words, question, words.failed), gr.skip(), gr.skip()
            return
        turns = (*turns, answer)
        yield render.conversation(turns, documents, words), turns, gr.skip()

    def ask_example(turns: Turns, request: gr.Request, event: gr.EventData) -> Steps:
        yield from ask(str(event.question), turns, request)

    def forget(request: gr.Request) -> tuple[str, Turns]:
        return render.welcome(examples, documents, _words(request)), ()

    def open_document(request: gr.Request, event: gr.EventData) -> Any:
        document = documents.get(event.doc)
        if document is None:
            return gr.skip()
        return render.reader(document, int(event.start), int(event.end), _words(request))

    def close_document(request: gr.Request) -> str:
        return render.library(documents, _words(request))

    script = (_HERE / "page.js").read_text(encoding="utf-8")
    panel = partial(gr.HTML, js_on_load=script, apply_default_css=False)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        turns = gr.State(())
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                with gr.Row(elem_id="masthead"):
                    masthead = gr.HTML(apply_default_css=False)
                    clear = gr.Button(ZH.clear, elem_id="clear", size="sm")
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
        blocks.load(start, None, [masthead, thread, pane, question, clear], **at_once)
        question.submit(ask, [question, turns], **asking, **quiet)
        thread.example_select(ask_example, turns, **asking, **quiet)
        clear.click(forget, None, [thread, turns], concurrency_id="ask", **quiet)
        gr.on([thread.select, pane.select], open_document, None, pane, **at_once)
        pane.clear(close_document, None, pane, **at_once)
    return blocks


def serve(blocks: gr.Blocks) -> FastAPI:
    """Make the web application: the page under ``/``, nothing loaded from elsewhere, no API pages."""
    no_pages: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    web = FastAPI(**no_pages)
    web.add_middleware(SameOrigin)
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
        max_file_size=1,  # byte: nobody has anything to upload here
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "Consolas", "monospace"]),
        css=(_HERE / "style.css").read_text(encoding="utf-8"),
    )
    return web


class SameOrigin:
    """ASGI middleware: tell the browser to load nothing from anywhere but this server."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the policy to every response."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_policy)


def _words(request: gr.Request) -> Words:
    return words_for(request.headers.get("accept-language", ""))
