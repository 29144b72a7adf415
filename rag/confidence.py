"""Whether the best evidence answers, and if not, why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.evidence import Evidence
from rag.features import asks_for_target, is_open
from rag.figures import Stance
from rag.measured import measured, measures_other
from rag.question import Kind, Question, is_name
from rag.sought import sought
from rag.weights import learnt
from rag.wording import occurrences, spellings

# A logistic regression: `python -m train confidence` over three public dev sets, each question asked
# with and without the passages that answer it (docs/retrieval.md).
FEATURES: Final = ("coverage", "elsewhere", "close", "unit", "margin", "strange")
_WEIGHTS: Final = learnt("confidence")
THRESHOLD: Final = _WEIGHTS["threshold"]
"""Evidence less sure than this is not given as an answer: at most one right answer in twenty is lost."""

_FEW: Final = 4
"""In a question of so few words each tells: there alone words that the documents lack count."""
_LEAD: Final = 200
"""Characters in which a document says where it plays and of whom."""
_HEAD_FAR: Final = 0.2
_HEAD_NEAR: Final = 0.7
_ALL_WORDS: Final = 0.95
_UNRELATED_WORDS: Final = 0.6
_UNRELATED_COSINE: Final = 0.15


def refusal(asked: Question, evidence: Sequence[Evidence], threshold: float = THRESHOLD) -> str | None:
    """Why the best evidence is not to be given as the answer, in words; None if it is."""
    if reason := objection(asked, evidence):
        return reason
    if confidence(asked, evidence) < threshold:
        if missing := evidence[0].missing:
            return f"文档里没有与“{'”“'.join(missing[:3])}”相关的回答。"
        return "文档提到了相关内容,但没有给出所问的答案。"
    return None


def objection(asked: Question, evidence: Sequence[Evidence]) -> str | None:
    """What plainly speaks against the best evidence, however sure it looks, in words; None if nothing does."""
    if not evidence:
        wanted = {Kind.NUMBER: "数字", Kind.DATE: "时间"}.get(asked.kind, "内容")
        return f"相关段落里没有所问的{wanted}。"
    best = evidence[0]
    if lacks_subject(asked, best):
        return f"文档里没有与“{'”“'.join(best.missing[:3])}”相关的回答。"
    if is_unrelated(best):
        return "文档里没有与这个问题相关的内容。"
    other = is_of_something_else(asked, best)
    if is_known_for_other_period(evidence) or (is_of_other_period(best) and not other):
        return f"文档里有这一指标,但没有{asked.period}的数字。"
    if is_of_other_place(best):
        return "文档里有相关内容,但说的是别的地区,没有所问地区的。"
    if other:
        return f"文档里没有“{measured(asked)}”的数字。"
    if asked.kind is Kind.NUMBER and is_nameless(asked, best):
        return f"文档里没有“{'”“'.join(_names(asked)[:2])}”的数字。"
    if alike := measures_other(asked, best.reading, best.sentence):
        return f"文档里没有所问的{measured(asked)},只有“{alike}”的数字。"
    if is_target_for_result(asked, best):
        return "文档里只有目标或计划数,没有实际结果。"
    kind = sought(asked.folded)
    if kind and best.features.sought < 0 and (kind.sure == 2 or (kind.sure and best.missing)):
        return f"文档提到了相关内容,但没有给出所问的{kind.name}。"
    if best.features.form < 0:
        lacking = "把所问的各项列全" if asked.kind is Kind.LIST else "给出所问的名称"
        return f"文档提到了相关内容,但没有{lacking}。"
    return None


def is_of_other_period(best: Evidence) -> bool:
    """Whether it is a figure of another time than the one asked for, which is never given as the answer."""
    return best.figure is not None and best.features.period <= -1


def is_target_for_result(asked: Question, best: Evidence) -> bool:
    """Whether it is a target where the result of some time is asked for, which is never given as the answer."""
    dated = best.figure
    result = asked.period is not None and not asks_for_target(asked) and not is_open(asked)
    return result and dated is not None and dated.stance is Stance.TARGET


def is_of_something_else(asked: Question, best: Evidence) -> bool:
    """Whether the word for what is measured or counted stands nowhere near, nor a part of it."""
    what = measured(asked)
    return what in best.missing and not is_hinted(what, best)


def is_nearest(asked: Question, best: Evidence) -> bool:
    """Whether it is the figure asked for, but of another time, or a target instead of a result."""
    if is_of_something_else(asked, best):
        return False
    return is_of_other_period(best) or is_target_for_result(asked, best)


def is_hinted(word: str, best: Evidence) -> bool:
    """Whether a word of two characters may be meant by one of them: 设站37座, asked for 车站."""
    start, end = best.reading.sentences[best.sentence]
    return len(word) == 2 and not set(word).isdisjoint(best.reading.folded[start:end])


def is_nameless(asked: Question, best: Evidence) -> bool:
    """Whether a question names something that documents have, and this one has none of the names: neither in the
    passage, its heading and title, nor in its opening.
    """
    names = [name for name in _names(asked) if name not in best.unknown]
    where = f"{best.reading.folded}\n{best.reading.context}\n{best.reading.document.text[:_LEAD]}"
    return bool(names) and not any(occurrences(name, where) for name in names)


def _names(asked: Question) -> list[str]:
    return [word for word in asked.words if is_name(word) and word.isalpha()]


def lacks_subject(asked: Question, best: Evidence) -> bool:
    """Whether a question that leans on another finds neither the name carried over nor any word of its own."""
    if not asked.carried:
        return False
    subject = next(iter(asked.carried))
    absent = is_name(subject) and not any(map(best.reading.has, spellings(subject)))
    return absent or (bool(asked.words) and set(asked.words) <= set(best.missing))


def is_known_for_other_period(evidence: Sequence[Evidence]) -> bool:
    """Whether what is asked for is given, but of other times only, and the best is a figure of something else."""
    best = evidence[0]
    return best.features.head < _HEAD_FAR and any(
        is_of_other_period(e)
        and e.features.head > _HEAD_NEAR
        and e.features.unit >= best.features.unit
        and e.features.coverage > best.features.coverage
        and set(e.missing) <= set(best.missing)
        for e in evidence
    )


def is_of_other_place(best: Evidence) -> bool:
    """Whether it is of another region than the one asked about, which is never given as the answer either."""
    return best.features.place > 0


def is_unrelated(best: Evidence) -> bool:
    """Whether the documents neither have most of the question's words nor say anything close to it."""
    strange = best.features.strange
    return strange > _ALL_WORDS or (strange > _UNRELATED_WORDS and best.features.close < _UNRELATED_COSINE)


def confidence(asked: Question, evidence: Sequence[Evidence]) -> float:
    """How likely it is that the best evidence answers, from 0 to 1."""
    features = confidence_features(asked, evidence)
    logit = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * v for name, v in zip(FEATURES, features, strict=True))
    return 1 / (1 + math.exp(-logit))


def confidence_features(asked: Question, evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """What the confidence is made of, in the order of `FEATURES`."""
    best = evidence[0].features
    strange = best.strange if len(asked.words) <= _FEW else 0.0
    return best.coverage, best.elsewhere, best.close, best.unit, min(margin(evidence), 1.0), strange


def margin(evidence: Sequence[Evidence]) -> float:
    """How far the best evidence is ahead of the best from another sentence."""
    best = evidence[0]
    place = best.reading.passage.passage_id, best.sentence
    rivals = (e.score for e in evidence if (e.reading.passage.passage_id, e.sentence) != place)
    return best.score - next(rivals, 0.0)
