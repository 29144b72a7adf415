"""What the 文档 tab asks for: the list, one document, its pages; taking files in, correcting, removing.

Everything is below ``/documents``; `ui.guard` stands before it.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from rag import Document, Entry, InvalidMetadata, Library, Live, Refused, ZhengwenError
from ui import shelf
from ui.guard import DOCUMENTS
from ui.reasons import reason
from ui.shelf import View, Work
from ui.updates import Updates
from ui.words import Words, words_for

logger = logging.getLogger(__name__)

FOLLOWED = 100  # files just uploaded whose state is asked for in one request

Doc = Annotated[str, Query(max_length=4096)]
Language = Annotated[str, Header(alias="accept-language")]


def documents_router(library: Library, live: Live, updates: Updates) -> APIRouter:
    """Make the routes for a library; a change has the index built again."""
    router = APIRouter(prefix=DOCUMENTS)

    def entries() -> list[Entry]:
        return library.states(live.assistant().retriever.index)

    def entry_of(doc_id: str) -> Entry:
        found = next((entry for entry in entries() if entry.doc_id == doc_id), None)
        if found is None:
            raise Refused("unknown", f"no document {doc_id!r}", doc_id)
        return found

    def document_of(doc_id: str) -> Document | None:
        return live.assistant().retriever.documents.get(doc_id)

    @router.get("/list")
    def show_list(
        words: str = "",
        state: str = "",
        sort: str = "",
        page: int = 1,
        of: Annotated[list[str] | None, Query(max_length=FOLLOWED)] = None,
        accept_language: Language = "",
    ) -> Response:
        language = words_for(accept_language)
        try:
            found = entries()
        except ZhengwenError as error:
            return _refuse(error, language)
        work = _work(updates)
        arrived = {
            entry.doc_id: [entry.state, shelf.told(entry, work, language)]
            for entry in found
            if entry.doc_id in set(of or ())
        }
        html = shelf.listing(found, View(words, state, sort, page), work, language)
        return JSONResponse(
            {"html": html, "busy": updates.running, "version": live.version, "arrived": arrived}
        )

    @router.get("/one")
    def show_one(doc: Doc, accept_language: Language = "") -> Response:
        language = words_for(accept_language)
        try:
            entry, document = entry_of(doc), document_of(doc)
            pictured = entry.state != "leaving" and library.is_pictured(doc)
            facts = library.facts(doc, document)
        except ZhengwenError as error:
            return _refuse(error, language)
        return HTMLResponse(shelf.opened(entry, document, facts, pictured, _work(updates), language))

    @router.get("/page.png")
    def show_page(doc: Doc, page: int = 1, accept_language: Language = "") -> Response:
        try:
            picture = library.page_image(doc, page)
        except Refused as error:
            return _refuse(error, words_for(accept_language))
        if picture is None:
            return Response(status_code=404)
        return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})

    @router.post("")
    async def take_in(request: Request, name: Doc, accept_language: Language = "") -> Response:
        """The body is the file; it goes to the disk as it comes and is refused where it grows too large."""
        language = words_for(accept_language)
        try:
            doc_id = await _receive(request, library, name)
        except (Refused, OSError) as error:
            return _refuse(error, language)
        if doc_id is None:
            return JSONResponse({"message": language.no_empty}, 422)
        updates.want()
        return JSONResponse({"doc": doc_id}, 201)

    @router.put("/facts")
    def correct(
        doc: Doc, facts: Annotated[dict[str, str], Body()], accept_language: Language = ""
    ) -> Response:
        language = words_for(accept_language)
        wrong = _wrong(library, facts, language)
        if wrong:
            return JSONResponse({"fields": wrong}, 422)
        try:
            now = library.facts(doc, document_of(doc))
            changed = {key: value for key, value in facts.items() if value.strip() != now[key]}
            if changed:
                library.correct(doc, **changed)
                updates.want()
        except (ZhengwenError, OSError) as error:
            return _refuse(error, language)
        return JSONResponse({"changed": sorted(changed)})

    @router.delete("")
    def remove(doc: Doc, accept_language: Language = "") -> Response:
        try:
            library.remove(doc)
        except (ZhengwenError, OSError) as error:
            return _refuse(error, words_for(accept_language))
        updates.want()
        return JSONResponse({})

    @router.post("/update")
    def update() -> Response:
        updates.want()
        return JSONResponse({})

    return router


async def _receive(request: Request, library: Library, name: str) -> str | None:
    """Take in the body of a request; None if it is empty.

    :raises Refused: as soon as it is clear that the file can't be taken.
    """
    try:
        library.check(name, 0)
    except Refused:
        await _read_past(request, library.megabytes * 2**20)
        raise
    with library.draft() as draft:
        size = 0
        with draft.open("wb") as file:
            async for piece in request.stream():
                size += len(piece)
                library.check(name, size)
                file.write(piece)
        return await run_in_threadpool(library.add, name, draft) if size else None


async def _read_past(request: Request, most: int) -> None:
    """Let a file that is refused come to its end: a browser that is cut off doesn't hear why."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            return


def _wrong(library: Library, facts: dict[str, str], words: Words) -> dict[str, str]:
    """What is wrong with each of the facts that someone wrote."""
    wrong = {}
    for key, value in facts.items():
        try:
            library.check_fact(key, value)
        except Refused as error:
            wrong[key] = _said(error, words)
    return wrong


def _work(updates: Updates) -> Work:
    stage, done, total = updates.progress or ("", 0, 0)
    error = str(updates.error) if updates.error else ""
    return Work(updates.running, stage, done, total, error)


def _refuse(error: ZhengwenError | OSError, words: Words) -> JSONResponse:
    status = 422
    if isinstance(error, Refused):
        status = {"unknown": 404, "size": 413, "own": 403}.get(error.reason, 422)
    else:
        logger.warning("a request about the documents failed: %s", error)
    return JSONResponse({"message": _said(error, words)}, status)


def _said(error: ZhengwenError | OSError, words: Words) -> str:
    """An error in the page's language, without anything about the server's files."""
    match error:
        case Refused(reason="advice"):
            return reason(str(error.values[0]), words)
        case Refused():
            phrase: Any = getattr(words, f"no_{error.reason}")
            return str(phrase.format(*error.values))
        case InvalidMetadata():
            return words.no_metadata
        case OSError():
            return words.no_disk
    return words.failed
