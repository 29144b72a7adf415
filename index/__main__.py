"""``python -m index build DIR --out INDEX [--model NAME_OR_PATH]`` and ``python -m index info INDEX [--json]``."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from index import BUILT_IN, CommandParser, PassageIndex, ZhengwenError, build_index, read_manifest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    logging.getLogger("index").setLevel(logging.WARNING)
    try:
        return _build(options) if options.command == "build" else _info(options)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"{error.filename or 'the index'} can't be read or written ({error.strerror})", file=sys.stderr
        )
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
    build.add_argument("source", type=Path, metavar="DIR", help="the folder with the documents (.txt, .md)")
    build.add_argument(
        "--out",
        type=Path,
        default=Path(".index"),
        metavar="INDEX",
        help="the index folder (default: .index)",
    )
    build.add_argument(
        "--model",
        metavar="NAME_OR_PATH",
        help=f"a sentence-transformers model (default: the index's own, for a new index {BUILT_IN!r})",
    )
    info = commands.add_parser("info", help="what an index holds")
    info.add_argument("index", type=Path, nargs="?", default=Path(".index"), metavar="INDEX")
    info.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _build(options: argparse.Namespace) -> int:
    bars: dict[str, tqdm[None]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            bars[stage] = tqdm(
                total=total,
                desc={"documents": "文档", "passages": "段落"}[stage],
                unit="",
                file=sys.stderr,
                disable=None,  # where nobody watches
            )
        bars[stage].update(done - bars[stage].n)

    try:
        report = build_index(options.source, options.out, options.model, progress)
    finally:
        for bar in bars.values():
            bar.close()
    print(
        f"{options.out}: {report.documents} 份文档,{report.passages} 个段落"
        f"(本次读取 {report.read} 份,编码 {report.encoded} 段)"
    )
    for reason in report.skipped.values():
        print(f"left out: {reason}", file=sys.stderr)
    return 1 if report.skipped else 0


def _info(options: argparse.Namespace) -> int:
    manifest = read_manifest(options.index)
    documents = PassageIndex.load(options.index).documents.values()
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
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return 0
    print(f"{options.index}: {manifest.documents} 份文档,{manifest.passages} 个段落")
    print(f"模型 {manifest.config.model},{manifest.config.dimension} 维")
    if dates:
        print(f"出版日期 {dates[0]} 至 {dates[-1]},{facts['undated']} 份不明")
    for document in documents:
        print(f"  {document.doc_id}  {document.published or '日期不明'}  {document.title}")
    for reason in manifest.skipped.values():
        print(f"  left out: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
