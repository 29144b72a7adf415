"""``python -m index build DIR --out INDEX``, ``python -m index watch DIR --out INDEX``, ``python -m index info INDEX``."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.text import Text
from tqdm import tqdm

from index import (
    BUILT_IN,
    STATIC,
    BuildReport,
    CommandParser,
    PassageIndex,
    ZhengwenError,
    build_index,
    read_manifest,
)
from index.build import LARGE, Progress
from index.listing import described, listed
from index.watch import keep_current


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    logging.getLogger("index").setLevel(logging.WARNING)
    command = {"build": _build, "watch": _watch, "info": _info}[options.command]
    try:
        return command(options)
    except (ZhengwenError, OSError) as error:
        print(_in_words(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the index that was there before is untouched", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m index", description="Make an index of documents, or look at one."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser(
        "build", help="index the documents of a folder; run again, only what changed"
    )
    watch = commands.add_parser(
        "watch", help="build, and again whenever the documents change, until Ctrl-C"
    )
    for command in (build, watch):
        command.add_argument("source", type=Path, metavar="DIR", help="the folder with the documents")
        command.add_argument(
            "--out",
            type=Path,
            default=Path(".index"),
            metavar="INDEX",
            help="the index folder (default: .index)",
        )
        command.add_argument(
            "--model",
            metavar="NAME_OR_PATH",
            help=f"{BUILT_IN!r}, {STATIC!r} or a sentence-transformers model (default: the index's own; for a new one "
            f"{BUILT_IN!r}, from {LARGE:,} files on {STATIC!r})",
        )
    info = commands.add_parser("info", help="what an index holds")
    info.add_argument("index", type=Path, nargs="?", default=Path(".index"), metavar="INDEX")
    info.add_argument("--documents", action="store_true", help="with all that is known about each document")
    info.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _in_words(error: ZhengwenError | OSError) -> str:
    if isinstance(error, ZhengwenError):
        return str(error)
    return f"{error.filename or 'the index'} can't be read or written ({error.strerror})"


def _build(options: argparse.Namespace) -> int:
    with _bars() as progress:
        report = build_index(options.source, options.out, options.model, progress)
    print(_summary(options.out, report))
    for reason in report.skipped.values():
        print(f"left out: {reason}", file=sys.stderr)
    return 1 if report.skipped else 0


def _watch(options: argparse.Namespace) -> int:
    last: BuildReport | None = None

    def built(report: BuildReport) -> None:
        nonlocal last
        for doc_id, reason in report.skipped.items():
            if last is None or last.skipped.get(doc_id) != reason:
                print(f"left out: {reason}", file=sys.stderr, flush=True)
        if last is None or report.read or report.documents != last.documents:
            print(f"{time.strftime('%H:%M:%S')}  {_summary(options.out, report)}", flush=True)
        last = report

    def failed(error: ZhengwenError | OSError) -> None:
        print(f"{_in_words(error)} (the index stays as it was)", file=sys.stderr, flush=True)

    try:
        keep_current(options.source, options.out, options.model, on_build=built, on_trouble=failed)
    except KeyboardInterrupt:
        print("不再监视,索引保持最近一次的状态", flush=True)
    return 0


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar for each thing that a build does, with how fast it goes and how long it will take."""
    bars: dict[str, tqdm[None]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            bars[stage] = tqdm(
                desc={"documents": "文档", "passages": "段落"}[stage],
                unit={"documents": "份", "passages": "段"}[stage],
                position=len(bars),
                file=sys.stderr,
                disable=None,  # where nobody watches
            )
        bars[stage].total = total
        bars[stage].update(done - bars[stage].n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()


def _summary(out: Path, report: BuildReport) -> str:
    return (
        f"{out}: {report.documents} 份文档,{report.passages} 个段落"
        f"(本次读取 {report.read} 份,编码 {report.encoded} 段),模型 {report.model}"
    )


def _info(options: argparse.Namespace) -> int:
    manifest = read_manifest(options.index)
    passage_index = PassageIndex.load(options.index)
    documents = passage_index.documents.values()
    passages = Counter(passage.doc_id for passage in passage_index.passages)
    dates = sorted(day for d in documents if d.published for day in (d.published.first, d.published.last))
    facts = {
        "index": str(options.index),
        "documents": manifest.documents,
        "passages": manifest.passages,
        "encoder": {"model": manifest.config.model, "dimension": manifest.config.dimension},
        "dates": {"first": dates[0].isoformat(), "last": dates[-1].isoformat()} if dates else None,
        "undated": sum(document.published is None for document in documents),
        "skipped": dict(manifest.skipped),
        "libraries": asdict(manifest.config)["libraries"],
    }
    if options.json:
        if options.documents:
            facts["list"] = [described(document, passages[document.doc_id]) for document in documents]
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return 0
    print(f"{options.index}: {manifest.documents} 份文档,{manifest.passages} 个段落")
    print(f"模型 {manifest.config.model},{manifest.config.dimension} 维")
    if dates:
        print(f"出版日期 {dates[0]} 至 {dates[-1]},{facts['undated']} 份不明")
    if options.documents:
        console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)
        for document in documents:
            console.print(Text(f"\n{document.doc_id}", "bold"))
            console.print(listed(document, passages[document.doc_id]))
    else:
        for document in documents:
            print(f"  {document.doc_id}  {document.published or '日期不明'}  {document.title}")
    for reason in manifest.skipped.values():
        print(f"  left out: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
