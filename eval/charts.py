"""Charts of a run by type, as SVG to stand inside a page; the same scores give the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.scores import Scores

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_COLORS = ("#1f6f8b", "#6fa8b8", "#c3d7dc")
_GRID = "#8a949a"
_WIDTH = 4.0  # inches; at 72 units an inch no wider than a phone, so that letters need not shrink


def draw_charts(scores: Scores) -> dict[str, str]:
    """Draw the charts, by title: answers, retrieval, and time taken."""
    return {
        "回答准确率 Answer accuracy": _bars(scores, {"accuracy": "answer_accuracy"}),
        "证据召回 Evidence recall": _bars(scores, {"@1": "recall@1", "@5": "recall@5", "@10": "recall@10"}),
        "耗时 Milliseconds an answer": _bars(
            scores, {"p50": "seconds_p50", "p95": "seconds_p95"}, seconds=True
        ),
    }


def _bars(scores: Scores, series: Mapping[str, str], *, seconds: bool = False) -> str:
    """Draw horizontal bars of shares or times, a group for each type that has them, the first on top."""
    times = 1000 if seconds else 1
    groups = {kind: scores.summary(kind) for kind in scores.kinds} | {"overall": scores.summary()}
    shown = {
        kind: [times * value for name in series.values() if (value := figures[name]) is not None]
        for kind, figures in groups.items()
    }
    shown = {kind: values for kind, values in shown.items() if len(values) == len(series)}
    # Letters stay letters, in the reader's own fonts; without a salt the ids would differ from run to run.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "zhengwen", "font.size": 9}):
        figure = Figure(
            figsize=(_WIDTH, 0.7 + len(shown) * (0.2 + 0.14 * len(series))), layout="constrained"
        )
        axes = figure.add_subplot()
        _draw(axes, list(shown.values()), list(series))
        axes.set_yticks(range(len(shown)), list(shown))
        axes.invert_yaxis()
        if not seconds:
            axes.set_xlim(0, 1.15)  # with room for the figure behind a full bar
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        return _svg(figure)


def _draw(axes: Axes, groups: Sequence[Sequence[float]], labels: Sequence[str]) -> None:
    height = 0.8 / len(labels)
    for number, (label, color) in enumerate(zip(labels, _COLORS, strict=False)):
        places = [row + (number - (len(labels) - 1) / 2) * height for row in range(len(groups))]
        bars = axes.barh(
            places, [values[number] for values in groups], height * 0.9, color=color, label=label
        )
        axes.bar_label(bars, fmt=_short, padding=3, fontsize=7.5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=_GRID, alpha=0.35, linewidth=0.6)
    if len(labels) > 1:
        axes.figure.legend(loc="outside lower center", ncols=len(labels), frameon=False)


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
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", drawing)
    )
