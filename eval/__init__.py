"""Batch evaluation: ask every question of a gold set, and score what came back.

``python -m eval run GOLD.jsonl --index INDEX --out RUN`` and ``python -m eval score GOLD.jsonl RUN``, or:

    gold = load_gold("eval/gold/qiantang.jsonl")
    save_run("runs/base", list(answer_all(gold, Assistant(Retriever.load(".index")))))
    score(gold, load_replies("runs/base")).summary()["recall@5"]
"""

from eval.gold import GoldItem, Span, load_gold
from eval.replies import CitedQuote, FoundPassage, Reply, load_replies
from eval.runner import answer_all, save_run
from eval.scores import QuestionScore, Scores, score

__all__ = [
    "CitedQuote",
    "FoundPassage",
    "GoldItem",
    "QuestionScore",
    "Reply",
    "Scores",
    "Span",
    "answer_all",
    "load_gold",
    "load_replies",
    "save_run",
    "score",
]
