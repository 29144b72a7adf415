"""A scored run for people: tables for the terminal, and one HTML page that loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from rich.table import Table

from eval.calibration import (
    THRESHOLDS,
    Decision,
    Outcome,
    outcome,
    reliability,
    threshold_in_use,
)
from eval.charts import draw_charts, draw_confidence
from eval.gold import KIND_NAMES, GoldItem, Span
from eval.qrels import covered, locate
from eval.replies import FoundPassage, Reply
from eval.scores import QuestionScore, Scores, Values

_OVERALL = "全部"
_PASSAGES_SHOWN = 10

_PERCENT, _COUNT, _MILLISECONDS = "{:.1%}", "{:.0f}", "{:.0f} ms"
_GROUPS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "检索 Retrieval": (
        ("题数", "n", _COUNT),
        ("召回@1", "recall@1", _PERCENT),
        ("召回@5", "recall@5", _PERCENT),
        ("召回@10", "recall@10", _PERCENT),
        ("nDCG@10", "ndcg@10", "{:.3f}"),
        ("MRR@10", "mrr@10", "{:.3f}"),
    ),
    "回答 Answers": (
        ("准确率", "answer_accuracy", _PERCENT),
        ("EM", "em", _PERCENT),
        ("F1", "f1", _PERCENT),
        ("张冠李戴", "wrong_answers", _COUNT),
        ("无据数字", "unsupported_figures", _COUNT),
        ("缺答", "missing", _COUNT),
    ),
    "引用与拒答 Citations, refusals": (
        ("引用精度", "citation_precision", _PERCENT),
        ("引用召回", "citation_recall", _PERCENT),
        ("逐字引用", "quotes_verbatim", _PERCENT),
        ("拒答精度", "refusal_precision", _PERCENT),
        ("拒答召回", "refusal_recall", _PERCENT),
        ("误拒率", "false_refusals", _PERCENT),
    ),
    "耗时 Time": (
        ("p50", "seconds_p50", _MILLISECONDS),
        ("p95", "seconds_p95", _MILLISECONDS),
    ),
}
_TILES = (
    ("准确率", "answer_accuracy", _PERCENT),
    ("召回@5", "recall@5", _PERCENT),
    ("引用精度", "citation_precision", _PERCENT),
    ("拒答召回", "refusal_recall", _PERCENT),
    ("误拒率", "false_refusals", _PERCENT),
    ("耗时 p95", "seconds_p95", _MILLISECONDS),
)


def tables(scores: Scores) -> list[Table]:
    """Lay the figures out for a terminal of 80 columns, a table for each group of them."""
    made = []
    for title, columns in _GROUPS.items():
        table = Table(title=title, title_justify="left", title_style="bold")
        table.add_column("类型", no_wrap=True)
        for name, _, _ in columns:
            table.add_column(name, justify="right", no_wrap=True)
        for kind, figures in _rows(scores):
            if kind == _OVERALL:
                table.add_section()
            table.add_row(kind, *(_shown(figures[key], form) for _, key, form in columns))
        made.append(table)
    return made


def page(gold: Sequence[GoldItem], replies: Mapping[str, Reply], scores: Scores) -> str:
    """Make the HTML report: figures, charts by type, and every miss with what was expected and found."""
    cases = list(zip(gold, scores.questions, strict=True))
    right = [case for case in cases if case[1].values["answer_accuracy"] == 1]
    wrong = [case for case in cases if case[1].values["answer_accuracy"] != 1]
    unfound = [case for case in right if case[1].values["recall@5"] not in (None, 1)]
    body = [
        "<header><h1>政问评测报告 <small>Evaluation report</small></h1>",
        f"<p>{len(cases)} 个问题,{len(right)} 个答对,{len(wrong)} 个未答对。</p></header>",
        _tiles(scores.summary()),
        "<section><h2>按类型 <small>By type</small></h2>",
        '<div class="charts">',
        *(_figure(title, svg) for title, svg in draw_charts(scores).items()),
        "</div>",
        *(_html_table(title, columns, scores) for title, columns in _GROUPS.items()),
        "</section>",
        _confidence(scores),
        _cards("未答对 Misses", wrong, replies, "全部答对。"),
        _cards("答对,但前五段缺证据 Right, evidence not in the first five", unfound, replies, "没有。"),
        f"<footer>{_NOTES}</footer>",
    ]
    return _PAGE.format(style=_STYLE, body="\n".join(body))


def _rows(scores: Scores) -> Iterable[tuple[str, Values]]:
    """The figures of every type, then of all questions."""
    yield from ((KIND_NAMES[kind], scores.summary(kind)) for kind in scores.kinds)
    yield _OVERALL, scores.summary()


def _shown(value: float | None, form: str) -> str:
    if value is None:
        return "–"
    return form.format(value * 1000 if form == _MILLISECONDS else value)


def _tiles(overall: Values) -> str:
    tiles = (f"<div><b>{_shown(overall[key], form)}</b>{escape(name)}</div>" for name, key, form in _TILES)
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _figure(title: str, svg: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"


def _confidence(scores: Scores) -> str:
    """How far the confidence can be believed, and what other thresholds would have refused."""
    charts = draw_confidence(scores.decisions)
    heading = "<section><h2>置信度 <small>Confidence</small></h2>"
    if not charts:
        return f"{heading}<p>这次运行没有记下置信度。</p></section>"
    error, count = scores.summary()["ece"], sum(each.count for each in reliability(scores.decisions))
    return (
        f"{heading}<p>期望校准误差 ECE <b>{_shown(error, _PERCENT)}</b>:{count} 个由置信度定取舍的回答"
        "(给出的,和因把握不足没给出的)按置信度分十档,各档答对的比例与平均置信度之差按个数加权平均。"
        f"点在虚线上,说明几分把握就有几分准;在虚线下,是把握过高。{_used(scores.decisions)}</p>"
        f'<div class="charts">{"".join(_figure(*chart) for chart in charts.items())}'
        f"{_thresholds(scores.decisions)}</div></section>"
    )


def _used(decisions: Sequence[Decision]) -> str:
    used = threshold_in_use(decisions)
    return f"本次运行的阈值在 {used[0]:.2f} 与 {used[1]:.2f} 之间。" if used else ""


def _thresholds(decisions: Sequence[Decision]) -> str:
    """A table of what thresholds would have done, the run's own among them."""
    rows = [(f"{each:g}", outcome(decisions, each), "") for each in THRESHOLDS]
    if used := threshold_in_use(decisions):
        rows.append(("本次", outcome(decisions, sum(used) / 2), ' class="used"'))
    rows.sort(key=lambda row: row[1].threshold)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("阈值", "拒答召回", "误拒率", "准确率"))
    return (
        "<figure><figcaption>换个阈值 Other thresholds</figcaption>"
        f'<div class="wide"><table class="even"><thead><tr>{head}</tr></thead><tbody>'
        + "".join(
            f'<tr{mark}><th scope="row">{name}</th>{_outcome_cells(each)}</tr>' for name, each, mark in rows
        )
        + "</tbody></table></div></figure>"
    )


def _outcome_cells(each: Outcome) -> str:
    shares = (each.refusal_recall, each.false_refusals, each.accuracy)
    return "".join(f"<td>{_shown(share, _PERCENT)}</td>" for share in shares)


def _html_table(title: str, columns: Sequence[tuple[str, str, str]], scores: Scores) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _, _ in columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(kind)}</th>'
        + "".join(f"<td>{_shown(figures[key], form)}</td>" for _, key, form in columns)
        + "</tr>"
        for kind, figures in _rows(scores)
    )
    return (
        f'<h3>{escape(title)}</h3><div class="wide"><table>'
        f'<thead><tr><th scope="col">类型</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cards(
    title: str, cases: Sequence[tuple[GoldItem, QuestionScore]], replies: Mapping[str, Reply], nothing: str
) -> str:
    cards = (_card(item, scored, replies.get(item.query_id)) for item, scored in cases)
    return (
        f"<section><h2>{escape(title)} ({len(cases)})</h2>{''.join(cards) or f'<p>{nothing}</p>'}</section>"
    )


def _card(item: GoldItem, scored: QuestionScore, reply: Reply | None) -> str:
    spans = (*item.evidence, *item.alt_evidence)
    rows = [("应答", _expected(item)), ("实答", _given(reply))]
    if item.evidence:
        rows.append(("应引", _quotes((span.doc_id, escape(span.quote)) for span in item.evidence)))
    if reply and reply.citations:
        cited = ((given.doc_id, _marked(given.quote, given.doc_id, spans)) for given in reply.citations)
        rows.append(("实引", _quotes(cited)))
    tags = (item.query_id, KIND_NAMES[item.kind])
    parts = (
        f'<p class="tags">{"".join(f"<span>{escape(tag)}</span>" for tag in tags)}',
        f"<strong>{_what_happened(item, scored, reply)}</strong></p>",
        *(f'<p class="earlier">{escape(question)}</p>' for question in item.history),
        f"<h3>{escape(item.question)}</h3>",
        f"<dl>{''.join(f'<dt>{name}</dt><dd>{html}</dd>' for name, html in rows)}</dl>",
        _passages(reply.hits[:_PASSAGES_SHOWN], spans) if reply and reply.hits else "",
    )
    return f'<article class="card">{"".join(parts)}</article>'


def _what_happened(item: GoldItem, scored: QuestionScore, reply: Reply | None) -> str:
    """The kind of miss, in words."""
    if reply is None:
        return "缺答"
    if not item.answerable:
        return "未拒答"
    if reply.refusal is not None:
        return "误拒"
    if scored.values["wrong_answers"]:
        return "张冠李戴"
    return "证据靠后" if scored.values["answer_accuracy"] else "答错"


def _expected(item: GoldItem) -> str:
    if not item.answerable:
        return "拒答:文档里没有答案"
    expected = "、".join(item.answers) + "(都要答出)" if item.all_required else " / ".join(item.answers)
    known_wrong = f"<br><i>不是 {escape(' / '.join(item.wrong_answers))}</i>" if item.wrong_answers else ""
    return escape(expected) + known_wrong


def _given(reply: Reply | None) -> str:
    if reply is None:
        return "这一题不在运行结果里"
    refusal = f"<i>拒答:{escape(reply.refusal)}</i><br>" if reply.refusal is not None else ""
    return refusal + (escape(reply.answer) or "<i>空</i>")


def _quotes(quotes: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<blockquote>{quote}<cite>{escape(doc_id)}</cite></blockquote>" for doc_id, quote in quotes
    )


def _passages(hits: Sequence[FoundPassage], spans: Sequence[Span]) -> str:
    shown = "".join(_passage(hit, spans) for hit in hits)
    return f"<details><summary>检索到的前 {len(hits)} 段</summary><ol>{shown}</ol></details>"


def _passage(hit: FoundPassage, spans: Sequence[Span]) -> str:
    good = ' class="good"' if covered(spans, hit.doc_id, hit.text) else ""
    source = f"<cite>{escape(hit.doc_id)} · {hit.score:.3f}</cite>"
    return f"<li{good}>{source}{_marked(hit.text, hit.doc_id, spans)}</li>"


def _marked(text: str, doc_id: str, spans: Sequence[Span]) -> str:
    """The text as HTML, with the pieces of evidence in it marked."""
    pieces = [locate(span.quote, text) for span in spans if span.doc_id == doc_id]
    inside = {place for piece in pieces if piece for place in range(*piece)}
    html, marked = [], False
    for place, character in enumerate(text):
        if (place in inside) != marked:
            marked = not marked
            html.append("<mark>" if marked else "</mark>")
        html.append(escape(character))
    return "".join(html) + ("</mark>" if marked else "")


_NOTES = """
<p>召回、nDCG、MRR 按证据句计:段落与证据出自同一文档,且(不计空白)含有证据全文或其中连续的一半以上,即算找到。
准确率:答案须含应答的说法,不得含已知的错误说法,数字不得截断;文档未载的问题须拒答。
张冠李戴:答成了同一指标在别的时期或地区的值。无据数字:答案里有引文和问题都没有的数字。
EM、F1 拿简短答案(没有的用整个回答)按 CMRC 2018 的字级算法比。没有回答的问题一律按零分计入。
换个阈值:把握低于阈值的不予回答时各项会是多少;因时期、地区不符等别的缘由拒答的,不随阈值变。
ECE:Guo 等,On Calibration of Modern Neural Networks,2017。</p>
"""

_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>政问评测报告</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
