"""What each part of the answering is worth: every part left out in turn, over the same questions."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from eval.gold import KIND_NAMES, GoldItem
from eval.runner import answer_all
from eval.scores import Scores, Values, score
from rag import Assistant, Retriever
from rag.checks import Checks, objection
from rag.question import Kind, Question, understand
from rag.split import Part

WHOLE = "无"
SHOWN = ("answer_accuracy", "f1", "recall@5", "refusal_recall", "false_refusals")


@dataclass(frozen=True, slots=True)
class Without:
    """A part's name, and what answers without it; ``asked`` is the question as it then is asked."""

    part: str
    assistant: Callable[[Retriever], Assistant]
    asked: Callable[[GoldItem], GoldItem] = lambda item: item


@dataclass(frozen=True, slots=True)
class Row:
    """The figures without a part, and how many questions are right only without it, and only with it.

    ``p``: how likely so uneven a split is by chance; ``kinds``: the difference in questions by type.
    """

    part: str
    figures: Values
    gained: int
    lost: int
    p: float
    kinds: dict[str, int]


def parts() -> Iterator[Without]:
    """The parts that can be left out: of the search, of the reading of questions, of what is checked.

    词检索 is BM25; 上文 the turns before. Without 时间 a question's period counts neither for nor against a
    place; without 答案类型 neither kind nor unit of the answer is known; the 核对 are `rag.checks`, which
    without one forbid nothing for its sake.
    """
    yield Without("阅读模型", partial(Assistant, reader=None))
    yield Without("向量检索", lambda retriever: Assistant(_weighted(retriever, 0.0)))
    yield Without("词检索", lambda retriever: Assistant(_weighted(retriever, 1.0)))
    yield Without("拆分问题", partial(Assistant, split=_whole))
    yield Without("上文", Assistant, lambda item: replace(item, history=()))
    yield Without("时间", partial(Assistant, understand=_timeless))
    yield Without("答案类型", partial(Assistant, understand=_kindless))
    yield Without("置信度", partial(Assistant, threshold=0.0))
    for name, field in (("时期", "period"), ("目标", "target"), ("地区", "place"), ("编号", "name")):
        yield Without(f"核对{name}", partial(Assistant, objection=partial(_but_for, field)))


def leave_out(
    gold: Sequence[GoldItem], retriever: Retriever, chosen: Iterable[Without] | None = None
) -> Iterator[Row]:
    """Answer the gold set with everything, then without each part (by default all of `parts`)."""
    whole = _scores(gold, gold, Assistant(retriever))
    yield _row(WHOLE, whole, whole)
    for without in parts() if chosen is None else chosen:
        asked = [without.asked(item) for item in gold]
        yield _row(without.part, _scores(gold, asked, without.assistant(retriever)), whole)


def mcnemar(gained: int, lost: int) -> float:
    """How likely it is by chance that questions that change sides part so unevenly, either way.

    The exact form of McNemar's test (“Note on the sampling error of the difference between correlated
    proportions or percentages”, 1947): binomial with probability 1/2.
    """
    changed = gained + lost
    tail = sum(math.comb(changed, number) for number in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def markdown(rows: Sequence[Row]) -> str:
    """Lay the rows out as a Markdown table."""
    lines = [
        "| 去掉 | 准确率 | 多对 / 少对 | p | F1 | 召回@5 | 拒答召回 | 误拒率 | 各类型之差 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    lines += [f"| {' | '.join(cells(row))} |" for row in rows]
    return "".join(f"{line}\n" for line in lines)


def cells(row: Row) -> tuple[str, ...]:
    """Word a row for the columns of `markdown`."""
    figures = ["–" if (value := row.figures[name]) is None else f"{value:.1%}" for name in SHOWN]
    changed = ("", "") if row.part == WHOLE else (f"+{row.gained} / −{row.lost}", f"{row.p:.3f}")
    kinds = ",".join(f"{KIND_NAMES[kind]} {change:+d}" for kind, change in row.kinds.items())
    return (row.part, figures[0], *changed, *figures[1:], kinds.replace("-", "−"))


def save_rows(out: str | Path, rows: Sequence[Row]) -> None:
    """Write ``ablation.md`` and ``ablation.json`` into a folder."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "ablation.md": markdown(rows),
        "ablation.json": json.dumps([_json(row) for row in rows], ensure_ascii=False, indent=2) + "\n",
    }
    for name, content in contents.items():
        partial_file = folder / f"{name}.partial"
        partial_file.write_text(content, encoding="utf-8", newline="\n")
        os.replace(partial_file, folder / name)


def _scores(gold: Sequence[GoldItem], asked: Sequence[GoldItem], assistant: Assistant) -> Scores:
    return score(gold, {reply.query_id: reply for reply in answer_all(asked, assistant)})


def _row(part: str, scores: Scores, whole: Scores) -> Row:
    changes = [
        (now.kind, int(now.values["answer_accuracy"] or 0) - int(before.values["answer_accuracy"] or 0))
        for now, before in zip(scores.questions, whole.questions, strict=True)
    ]
    gained, lost = sum(change > 0 for _, change in changes), sum(change < 0 for _, change in changes)
    by_kind = {kind: sum(change for each, change in changes if each == kind) for kind in scores.kinds}
    return Row(
        part=part,
        figures=scores.summary(),
        gained=gained,
        lost=lost,
        p=mcnemar(gained, lost),
        kinds={kind: change for kind, change in by_kind.items() if change},
    )


def _json(row: Row) -> dict[str, Any]:
    return asdict(row) | {"figures": {name: row.figures[name] for name in SHOWN}}


def _weighted(retriever: Retriever, dense_weight: float) -> Retriever:
    return Retriever(retriever.index, retriever.encoder, dense_weight=dense_weight)


def _but_for(field: str, question: Question, checks: Checks) -> str | None:
    """What forbids an answer, one check apart."""
    return objection(question, checks._replace(**{field: getattr(Checks(), field)}))


def _whole(text: str, today: date) -> list[Part]:
    return [Part("", text)]


def _timeless(*asked: Any, **options: Any) -> Question:
    return replace(understand(*asked, **options), period=None)


def _kindless(*asked: Any, **options: Any) -> Question:
    return replace(understand(*asked, **options), kind=Kind.FACT, unit="")
