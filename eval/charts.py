"""Charts of a run, as SVG to stand inside a page; the same scores give the same bytes.

matplotlib brings no Chinese letters to measure, so it sets English words, and `_svg` puts the Chinese ones,
which are no wider, in their place. The page may give the colours of a dark background by `--chart-1` and so on.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.calibration import (
    THRESHOLDS,
    Bin,
    Decision,
    outcome,
    reliability,
    threshold_in_use,
)
from eval.gold import KIND_NAMES
from eval.scores import Scores

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_COLORS = ("#1f6f8b", "#6fa8b8", "#c3d7dc")
_WARM = "#a83a2e"
_GRID = "#8a949a"
_VARIABLES = {color: f"--chart-{number}" for number, color in enumerate((*_COLORS, _WARM), start=1)}
_CHINESE = {
    **KIND_NAMES,
    "overall": "全部",
    "accuracy": "答对的比例",
    "confidence": "置信度",
    "answers": "回答数",
    "refusal recall": "拒答召回",
    "false refusals": "误拒率",
    "in use": "本次",
}
_TICKS = (0, 0.25, 0.5, 0.75, 1)
_FINE = 100  # points on the curve of thresholds
_APART = 0.07  # of the axes' length: names of points nearer than this would run into each other
_WIDTH = (
    3.6  # inches; at 72 units an inch narrower than its place in the page, so that letters never shrink
)
_LETTERS, _SMALL = 10, 8.5


def draw_charts(scores: Scores) -> dict[str, str]:
    """Draw the charts, by title: answers, retrieval, and time taken."""
    return {
        "回答准确率 Answer accuracy": _bars(scores, {"accuracy": "answer_accuracy"}),
        "证据召回 Evidence recall": _bars(scores, {"@1": "recall@1", "@5": "recall@5", "@10": "recall@10"}),
        "耗时 Milliseconds an answer": _bars(
            scores, {"p50": "seconds_p50", "p95": "seconds_p95"}, seconds=True
        ),
    }


def draw_confidence(decisions: Sequence[Decision]) -> dict[str, str]:
    """Draw what there is to show of the confidence, by title: its reliability, and what thresholds refuse."""
    charts = {}
    bins = reliability(decisions)
    if any(each.count for each in bins):
        charts["可靠度 Reliability"] = _reliability(bins)
    if charts and {decision.answerable for decision in decisions} == {True, False}:
        charts["拒答的取舍 Refusals by threshold"] = _trade_off(decisions)
    return charts


def _reliability(bins: Sequence[Bin]) -> str:
    """Draw accuracy against mean confidence, and beneath it how many answers each stretch has."""
    told = [(b.confidence, b.accuracy) for b in bins if b.confidence is not None and b.accuracy is not None]
    middles = [(each.low + each.high) / 2 for each in bins]
    width = 0.85 * (bins[0].high - bins[0].low)
    with _style():
        figure = Figure(figsize=(_WIDTH, _WIDTH), layout="constrained")
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        above.bar(middles, [each.accuracy or 0 for each in bins], width, color=_COLORS[2])
        above.plot([0, 1], [0, 1], color=_GRID, linewidth=0.8, linestyle="--")
        above.plot(*zip(*told, strict=True), color=_COLORS[0], marker="o", markersize=5, linewidth=1.2)
        above.set(xlim=(0, 1), ylim=(0, 1.04), yticks=_TICKS)
        above.set_title("accuracy", loc="left", fontsize=_LETTERS)
        counts = below.bar(middles, [each.count for each in bins], width, color=_COLORS[1])
        below.bar_label(counts, padding=2, fontsize=_SMALL)
        below.set(yticks=[], xticks=_TICKS, ylim=(0, 1.3 * max(each.count for each in bins)))
        below.set_title("answers", loc="left", fontsize=_LETTERS)
        below.set_xlabel("confidence", loc="right")
        for axes in (above, below):
            _plain(axes, "y")
        return _svg(figure)


def _trade_off(decisions: Sequence[Decision]) -> str:
    """Draw refusal recall against false refusals, threshold by threshold, with the run's own marked."""
    used = threshold_in_use(decisions)
    with _style():
        figure = Figure(figsize=(_WIDTH, _WIDTH), layout="constrained")
        axes = figure.add_subplot()
        axes.plot(
            *_points(decisions, [n / _FINE for n in range(_FINE + 1)]), color=_COLORS[1], linewidth=1.4
        )
        false_refusals, recalls = _points(decisions, THRESHOLDS)
        axes.plot(false_refusals, recalls, color=_COLORS[0], linestyle="", marker="o", markersize=4)
        named = (-1.0, -1.0)
        for threshold, point in zip(THRESHOLDS, zip(false_refusals, recalls, strict=True), strict=True):
            if math.dist(point, named) > _APART:
                axes.annotate(
                    f"{threshold:g}", point, (4, -12), textcoords="offset points", fontsize=_SMALL
                )
                named = point
        if used is not None:
            (x,), (y,) = _points(decisions, [sum(used) / 2])
            axes.plot([x], [y], color=_WARM, marker="D", markersize=7)
            axes.annotate("in use", (x, y), (5, 7), textcoords="offset points", color=_WARM)
        axes.set(xlim=(0, min(1, max(0.2, 1.2 * max(false_refusals)))), ylim=(0, 1.1), yticks=_TICKS)
        axes.set_title("refusal recall", loc="left", fontsize=_LETTERS)
        axes.set_xlabel("false refusals", loc="right")
        _plain(axes, "both")
        return _svg(figure)


def _points(decisions: Sequence[Decision], thresholds: Sequence[float]) -> tuple[list[float], list[float]]:
    """False refusals and refusal recall at each threshold."""
    outcomes = [outcome(decisions, threshold) for threshold in thresholds]
    return [each.false_refusals or 0 for each in outcomes], [each.refusal_recall or 0 for each in outcomes]


def _bars(scores: Scores, series: Mapping[str, str], *, seconds: bool = False) -> str:
    """Draw horizontal bars of shares or times, a group for each type that has them, the first on top."""
    times = 1000 if seconds else 1
    groups = {kind: scores.summary(kind) for kind in scores.kinds} | {"overall": scores.summary()}
    shown = {
        kind: [times * value for name in series.values() if (value := figures[name]) is not None]
        for kind, figures in groups.items()
    }
    shown = {kind: values for kind, values in shown.items() if len(values) == len(series)}
    with _style():
        figure = Figure(
            figsize=(_WIDTH, 0.7 + len(shown) * (0.2 + 0.14 * len(series))), layout="constrained"
        )
        axes = figure.add_subplot()
        _draw(axes, list(shown.values()), list(series))
        axes.set_yticks(range(len(shown)), list(shown))
        axes.invert_yaxis()
        if not seconds:
            axes.set_xlim(0, 1.15)  # with room for the figure behind a full bar
            axes.set_xticks(_TICKS)
        return _svg(figure)


def _draw(axes: Axes, groups: Sequence[Sequence[float]], labels: Sequence[str]) -> None:
    height = 0.8 / len(labels)
    for number, (label, color) in enumerate(zip(labels, _COLORS, strict=False)):
        places = [row + (number - (len(labels) - 1) / 2) * height for row in range(len(groups))]
        bars = axes.barh(
            places, [values[number] for values in groups], height * 0.9, color=color, label=label
        )
        axes.bar_label(bars, fmt=_short, padding=3, fontsize=_SMALL)
    _plain(axes, "x")
    if len(labels) > 1:
        axes.figure.legend(loc="outside lower center", ncols=len(labels), frameon=False)


def _style() -> AbstractContextManager[None]:
    # Letters stay letters, in the reader's own fonts; without a salt the ids would differ from run to run.
    return mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "zhengwen", "font.size": _LETTERS})


def _plain(axes: Axes, grid: Literal["x", "y", "both"]) -> None:
    """Leave of the axes only a faint grid."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(axis=grid, color=_GRID, alpha=0.35, linewidth=0.6)


def _short(value: float) -> str:
    """Two decimals of a share, one of what is more."""
    return f"{value:.2f}" if value <= 1 else f"{value:.1f}"


def _svg(figure: Figure) -> str:
    """The figure as an ``svg`` element without the ids that nothing refers to, for they would recur."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata=_NO_METADATA)
    drawing = file.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"\s*<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    referred = set(re.findall(r"#([\w-]+)", drawing))
    drawing = re.sub(r' id="([\w.-]+)"', lambda match: match[0] if match[1] in referred else "", drawing)
    drawing = re.sub(
        r">([^<>]+)</text>", lambda match: f">{_CHINESE.get(match[1], match[1])}</text>", drawing
    )
    for color, variable in _VARIABLES.items():
        drawing = drawing.replace(color, f"var({variable}, {color})")
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", drawing)
    )
