"""``python -m eval run GOLD.jsonl --index INDEX --out RUN`` and ``python -m eval score GOLD.jsonl RUN``."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from tqdm import tqdm

from eval.gold import load_gold
from eval.replies import load_replies
from eval.report import page, tables
from eval.runner import answer_all, save_run, unfounded
from eval.scores import score
from rag import CommandParser, Retriever, ZhengwenError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        return _run(options) if options.command == "run" else _score(options)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"cannot write the run's files: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m eval", description="Ask every question of a gold set, or score a run."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="answer every gold question and write the run's files")
    run.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="the gold set")
    run.add_argument(
        "--index", type=Path, default=Path(".index"), metavar="INDEX", help="the index (default: .index)"
    )
    run.add_argument(
        "--out", type=Path, required=True, metavar="RUN", help="the folder for the run's files"
    )
    scoring = commands.add_parser(
        "score", help="score a run: a table, RUN/metrics.json and RUN/report.html"
    )
    scoring.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="the gold set")
    scoring.add_argument("run", type=Path, metavar="RUN", help="the folder that eval run wrote")
    return parser


def _run(options: argparse.Namespace) -> int:
    gold = load_gold(options.gold)
    retriever = Retriever.load(options.index)
    if strangers := unfounded(gold, retriever.documents):
        print(f"evidence not in the documents of {options.index}: {', '.join(strangers)}", file=sys.stderr)
    replies = list(
        tqdm(answer_all(gold, retriever), total=len(gold), desc="作答", unit="题", file=sys.stderr)
    )
    save_run(options.out, replies)
    print(
        f"{options.out}: {len(replies)} 题已答,接着评分: python -m eval score {options.gold} {options.out}"
    )
    return 0


def _score(options: argparse.Namespace) -> int:
    gold = load_gold(options.gold)
    replies = load_replies(options.run)
    if strangers := replies.keys() - {item.query_id for item in gold}:
        print(f"not in the gold set, not scored: {', '.join(sorted(strangers))}", file=sys.stderr)
    if changed := [
        item.query_id
        for item in gold
        if item.query_id in replies and replies[item.query_id].question != item.question
    ]:
        print(f"worded otherwise when the run was made: {', '.join(changed)}", file=sys.stderr)
    scores = score(gold, replies)
    metrics, report = options.run / "metrics.json", options.run / "report.html"
    metrics.write_text(json.dumps(scores.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report.write_text(page(gold, replies, scores), encoding="utf-8")
    console = Console()
    for table in tables(scores):
        console.print(table)
    print(f"{metrics}\n{report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
