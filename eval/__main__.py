"""``python -m eval run GOLD.jsonl --index INDEX --out RUN`` and ``python -m eval score GOLD.jsonl RUN``.

Besides, ``python -m eval sample GOLD.jsonl --size N --out SAMPLE.jsonl`` draws some of the questions, and
``python -m eval ablation GOLD.jsonl --index INDEX`` leaves out one part of the answering after the other.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from eval.ablation import cells, leave_out, parts, save_rows
from eval.gold import GoldItem, load_gold
from eval.replies import load_replies
from eval.report import page, tables
from eval.runner import answer_all, save_run, unfounded
from eval.sample import draw
from eval.scores import score
from rag import Assistant, CommandParser, Retriever, ZhengwenError

_SHOWN = 10  # ids in a line that tells of some questions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        return _COMMANDS[options.command](options)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"cannot write the files: {error}", file=sys.stderr)
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
    run.add_argument("--no-reader", action="store_true", help="answer from search and checks alone")
    scoring = commands.add_parser(
        "score", help="score a run: a table, RUN/metrics.json and RUN/report.html"
    )
    scoring.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="the gold set")
    scoring.add_argument("run", type=Path, metavar="RUN", help="the folder that eval run wrote")
    sampling = commands.add_parser("sample", help="draw some questions of a large gold set by chance")
    sampling.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="the gold set")
    sampling.add_argument("--size", type=_positive, required=True, metavar="N", help="how many questions")
    sampling.add_argument("--seed", type=int, default=0, help="another gives others (default: 0)")
    sampling.add_argument(
        "--out", type=Path, required=True, metavar="SAMPLE.jsonl", help="the file to write"
    )
    ablation = commands.add_parser(
        "ablation", help="leave out one part of the answering after the other, and say what each is worth"
    )
    ablation.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="the gold set")
    ablation.add_argument(
        "--index", type=Path, default=Path(".index"), metavar="INDEX", help="the index (default: .index)"
    )
    ablation.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where to write ablation.md and ablation.json as well"
    )
    return parser


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {value!r}")
    return int(value)


def _load(options: argparse.Namespace) -> tuple[tuple[GoldItem, ...], Retriever]:
    """Load gold set and index, and say what of the evidence the documents do not have."""
    gold = load_gold(options.gold)
    retriever = Retriever.load(options.index)
    if strangers := unfounded(gold, retriever.documents):
        _warn(f"evidence not in the documents of {options.index}", strangers)
    return gold, retriever


def _warn(about: str, query_ids: Sequence[str]) -> None:
    shown = ", ".join(query_ids[:_SHOWN])
    more = f", … ({len(query_ids)} in all)" if len(query_ids) > _SHOWN else ""
    print(f"{about}: {shown}{more}", file=sys.stderr)


def _run(options: argparse.Namespace) -> int:
    gold, retriever = _load(options)
    assistant = Assistant(retriever, reader=None if options.no_reader else "built-in")
    asked = answer_all(gold, assistant)
    replies = list(tqdm(asked, total=len(gold), desc="作答", unit="题", file=sys.stderr))
    save_run(options.out, replies)
    print(
        f"{options.out}: {len(replies)} 题已答,接着评分: python -m eval score {options.gold} {options.out}"
    )
    return 0


def _score(options: argparse.Namespace) -> int:
    gold = load_gold(options.gold)
    replies = load_replies(options.run)
    asked = {item.query_id: item.question for item in gold}
    answered = [query_id for query_id in replies if query_id in asked]
    if strangers := sorted(replies.keys() - asked.keys()):
        _warn("not in the gold set, not scored", strangers)
    if missing := [query_id for query_id in asked if query_id not in replies]:
        _warn("not answered in the run, scored as wrong", missing)
    if answered != [query_id for query_id in asked if query_id in replies]:
        print("answered in another order than the gold set's; scored by their ids", file=sys.stderr)
    if changed := [query_id for query_id in answered if replies[query_id].question != asked[query_id]]:
        _warn("worded otherwise when the run was made", changed)
    scores = score(gold, replies)
    metrics, report = options.run / "metrics.json", options.run / "report.html"
    metrics.write_text(json.dumps(scores.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    report.write_text(page(gold, replies, scores), encoding="utf-8")
    console = Console()
    for table in tables(scores):
        console.print(table)
    print(f"{metrics}\n{report}")
    return 0


def _sample(options: argparse.Namespace) -> int:
    draw(options.gold, options.out, options.size, options.seed)
    print(f"{options.out}: {options.size} 题")
    return 0


def _ablate(options: argparse.Namespace) -> int:
    gold, retriever = _load(options)
    without = list(parts())
    rows = list(
        tqdm(
            leave_out(gold, retriever, without),
            total=1 + len(without),
            desc="逐项去掉",
            unit="项",
            file=sys.stderr,
        )
    )
    table = Table("去掉", title="少了哪一项,会怎样 Leave one out", title_justify="left", box=SIMPLE)
    for name in ("准确率", "多对/少对", "p", "F1", "召回@5", "拒答召回", "误拒率"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*cells(row)[: len(table.columns)])
    Console().print(table)
    if options.out is not None:
        save_rows(options.out, rows)
        print(options.out / "ablation.md")
    return 0


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "score": _score,
    "sample": _sample,
    "ablation": _ablate,
}

if __name__ == "__main__":
    sys.exit(main())
