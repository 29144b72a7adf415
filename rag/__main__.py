"""``python -m rag search "…" -k 5 [--json]`` and ``python -m rag ask "…" [--json]``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from rag import Answer, Assistant, Citation, CommandParser, Document, Hit, Retriever, ZhengwenError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        retriever = Retriever.load(options.index)
        if options.command == "search":
            _search(options, retriever)
        else:
            _ask(options, retriever)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="python -m rag", description="Search an index, or ask it a question.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text, help_text in (
        ("search", "query", "the passages that fit a query, best first"),
        ("ask", "question", "an answer with citations, or a refusal"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument(text, type=_not_blank, help="in quotes")
        command.add_argument("--index", default=".index", help="the index folder (default: .index)")
        command.add_argument("--json", action="store_true", help="as JSON")
        if name == "search":
            command.add_argument("-k", type=_positive, default=5, help="how many passages (default: 5)")
        else:
            command.add_argument("--no-reader", action="store_true", help="from search and checks alone")
    return parser


def _not_blank(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("it is empty; write the question in quotes")
    return value


def _positive(value: str) -> int:
    if not value.isdigit() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {value!r}")
    return int(value)


def _search(options: argparse.Namespace, retriever: Retriever) -> None:
    hits = retriever.search(options.query, options.k)
    if options.json:
        _print_json([asdict(hit) for hit in hits])
        return
    console = Console(highlight=False)
    for hit in hits:
        _print_hit(console, hit, retriever.documents)


def _ask(options: argparse.Namespace, retriever: Retriever) -> None:
    answer = Assistant(retriever, reader=None if options.no_reader else "built-in").ask(options.question)
    if options.json:
        _print_json(_as_dict(answer))
        return
    console = Console(highlight=False)
    if answer.refusal is not None:
        console.print(Text(answer.refusal, style="yellow"))
        if answer.text:
            console.print(Text(answer.text))
        for hit in answer.hits[:3]:
            _print_hit(console, hit, retriever.documents)
        return
    console.print(Text(answer.text, style="bold"))
    for citation in answer.citations:
        document = retriever.documents[citation.doc_id]
        console.print(Padding(Text(citation.quote, style="green"), (1, 2, 0, 2)))
        if document.is_doubtful(citation.start, citation.end):
            console.print(Padding(Text("此处由图像识别,可能有误", style="yellow"), (0, 2)))
        source = Text(f"[{citation.marker}] {_source(document, citation)}", style="dim")
        console.print(Padding(source, (0, 2)))


def _print_hit(console: Console, hit: Hit, documents: Mapping[str, Document]) -> None:
    console.print(
        Text(f"{hit.rank}. {hit.score:.3f}  {_source(documents[hit.passage.doc_id])}", style="cyan")
    )
    console.print(Padding(Text(hit.passage.text), (0, 3, 1, 3)))


def _source(document: Document, citation: Citation | None = None) -> str:
    page = f"第{citation.page}页" if citation and citation.page else ""
    others = f"另见 {'、'.join(document.also_in)}" if citation and document.also_in else ""
    date, number = str(document.published or ""), document.doc_number
    return "  ".join(filter(None, (document.title, date, number, page, document.doc_id, others)))


def _as_dict(answer: Answer) -> dict[str, object]:
    """The answer's fields; a citation has a ``page`` only where there are pages."""
    values = asdict(answer)
    for citation in values["citations"]:
        if citation["page"] is None:
            del citation["page"]
    return values


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # An argument that is no UTF-8 arrives with halves of surrogate pairs; JSON has an escape for them.
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"), flush=True)


if __name__ == "__main__":
    sys.exit(main())
