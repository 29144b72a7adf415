"""What the Markdown says holds: its commands run, its output and figures are real, its names and links exist."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eval.gold import KINDS, load_gold
from index.metadata import read_metadata
from rag.choose import Features

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
FOLDERS = ("docs", "eval", "index", "rag", "tests", "ui")
MARKDOWN = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*.md")))
)
MOST_NOT_RUN = 3
DOCUMENT = "关于申报示范项目的通知\n\n申报条件是:项目总投资在5000万元以上,并于2026年6月底前开工。\n"

FENCE = re.compile(
    r"(?:<!-- not run: (?P<reason>.+?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
MODULES = ("index", "rag", "eval", "ui", "train")
OURS = re.compile(rf"python -m ((?:{'|'.join(MODULES)})(?:\.\w+)*)(?: ([a-z]+)\b)?([^\n#]*)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CONSTANT = re.compile(r"^\| `((?:index|rag|train)(?:\.\w+)+)\.(\w+)` \| ([^|]+?) \|", re.MULTILINE)
FILE = re.compile(r"(?:\.ci|docs|eval|index|rag|seeds|tests|train|ui)/[\w./-]*")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``reason`` says why it is not run, None that it is."""

    language: str
    text: str
    reason: str | None

    @property
    def runs(self) -> bool:
        return self.language in ("sh", "python") and self.reason is None


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[Block]:
    return [
        Block(found["language"], found["text"], found["reason"]) for found in FENCE.finditer(read(name))
    ]


def code(name: str) -> list[str]:
    """Every line of the fenced blocks, lines that go on joined, and every code span outside them."""
    lines = [line for block in blocks(name) for line in block.text.replace("\\\n", " ").splitlines()]
    return lines + CODE_SPAN.findall(FENCE.sub("", read(name)))


RUN = [number for number, block in enumerate(blocks("README.md")) if block.runs]
SHOWN = [
    number for number in RUN if [b.language for b in blocks("README.md")[number + 1 :]][:1] == ["text"]
]


@dataclass(frozen=True)
class Done:
    """What a block did."""

    status: int
    output: str
    errors: str


@pytest.fixture(scope="module")
def workplace(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout as `make chat` leaves it, in a folder of its own, and somebody's documents."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("eval", "index", "rag", "seeds", "ui"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (folder / ".index").symlink_to(seeds_index, target_is_directory=True)
    (folder / "my-documents").mkdir()
    (folder / "my-documents" / "notice.txt").write_text(DOCUMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(workplace: Path) -> dict[int, Done]:
    """The README's blocks run in their order, one after another, as a reader would."""
    return {number: run(blocks("README.md")[number], workplace) for number in RUN}


def run(block: Block, folder: Path) -> Done:
    assert not re.search(r"-m ui|^make|--model", block.text, re.MULTILINE), (
        "mark it: <!-- not run: reason -->"
    )
    shell = ["sh", "-eu", "-c"] if block.language == "sh" else [sys.executable, "-c"]
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(
        [*shell, block.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    return Done(result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize("number", RUN)
def test_a_command_block_runs(number: int, done: dict[int, Done]) -> None:
    assert done[number].status == 0, done[number].errors


@pytest.mark.parametrize("number", SHOWN)
def test_the_output_shown_is_the_output_printed(number: int, done: dict[int, Done]) -> None:
    assert without_trailing_space(done[number].output) == blocks("README.md")[number + 1].text


def without_trailing_space(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_some_output_is_shown_and_it_cites() -> None:
    shown = [block.text for block in blocks("README.md") if block.language == "text"]
    assert any("171.51亿元" in text and "[1]" in text for text in shown)


@pytest.mark.parametrize("name", READMES)
def test_what_is_not_run_is_marked_and_little(name: str) -> None:
    found = blocks(name)
    assert {block.language for block in found} <= {"sh", "python", "text"}
    not_run = [block for block in found if block.reason is not None]
    assert len(not_run) <= MOST_NOT_RUN < sum(block.runs for block in found)
    for line in "".join(block.text for block in not_run).splitlines():
        assert re.fullmatch(rf"make ({'|'.join(targets())})", line) or OURS.search(line), line


def test_every_block_that_is_not_run_belongs_to_a_fence() -> None:
    for name in READMES:
        marked = sum(block.reason is not None for block in blocks(name))
        assert read(name).count("<!-- not run:") == marked
        assert len(re.findall("^```", read(name), re.MULTILINE)) == 2 * len(blocks(name))


def test_both_readmes_have_the_same_blocks() -> None:
    english, chinese = ([(b.language, b.text, b.runs) for b in blocks(name)] for name in READMES)
    assert english == chinese


SHARES = ("recall@5", "answer_accuracy", "citation_precision", "false_refusals")


def table(name: str) -> list[list[str]]:
    """The cells of a README's evaluation table, without its head."""
    part = read(name).partition("<!-- table:start -->")[2].partition("<!-- table:end -->")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines[2:]]


def percent(cell: str) -> float | None:
    return None if cell == "–" else float(cell.removesuffix("%"))


def results(folder: Path) -> list[dict[str, Any]]:
    """The figures of the run just made: a row for each type, then overall."""
    metrics = json.loads((folder / "runs" / "base" / "metrics.json").read_text(encoding="utf-8"))
    return [*(metrics["by_type"][kind] for kind in KINDS), metrics["overall"]]


def row(name: str, figures: dict[str, Any]) -> str:
    """A line of the table as it should be."""
    shares = ("–" if figures[key] is None else f"{figures[key]:.1%}" for key in SHARES)
    return f"| {' | '.join([name, str(figures['n']), *shares])} |"


@pytest.mark.parametrize("name", READMES)
def test_the_table_is_of_the_run_its_command_makes(
    name: str, done: dict[int, Done], workplace: Path
) -> None:
    commands = [text for text in (blocks(name)[at].text for at in done) if "-m eval score" in text]
    assert len(commands) == 1
    assert read(name).index(commands[0]) < read(name).index("<!-- table:start -->")
    shown, now = table(name), results(workplace)
    assert len(shown) == len(now)
    fresh = "\n".join(row(cells[0], figures) for cells, figures in zip(shown, now, strict=True))
    for (_, count, *shares), figures in zip(shown, now, strict=True):
        assert int(count) == figures["n"]
        for told, key in zip(map(percent, shares), SHARES, strict=True):
            # One question may come out otherwise on another machine.
            true = (
                None
                if figures[key] is None
                else pytest.approx(100 * figures[key], abs=100 / figures["n"] + 0.05)
            )
            assert told == true, f"{key} is another now; the rows should be\n{fresh}"


def test_every_quotation_of_the_run_is_verbatim(done: dict[int, Done], workplace: Path) -> None:
    assert done
    assert results(workplace)[-1]["quotes_verbatim"] == 1


@pytest.mark.parametrize("name", MARKDOWN)
def test_links_lead_somewhere(name: str) -> None:
    text = FENCE.sub("", read(name))
    targets = [link for link in LINK.findall(text) if not re.match(r"https?://|mailto:", link)]
    missing = [link for link in targets if not ((ROOT / name).parent / link.split("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("name", MARKDOWN)
def test_files_that_are_named_exist(name: str) -> None:
    named = [span for span in CODE_SPAN.findall(FENCE.sub("", read(name))) if FILE.fullmatch(span)]
    assert [span for span in named if not (ROOT / span).exists()] == []


@cache
def targets() -> tuple[str, ...]:
    return tuple(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


@cache
def help_of(module: str, *subcommand: str) -> str:
    """What ``--help`` prints."""
    main = importlib.import_module(module if "." in module else f"{module}.__main__").main
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit):
        main([*subcommand, "--help"])
    return printed.getvalue()


@cache
def subcommands(module: str) -> tuple[str, ...]:
    found = re.search(r"\{([a-z,]+)\}", help_of(module))
    return tuple(found[1].split(",")) if found else ()


def options(text: str) -> set[str]:
    return set(OPTION.findall(text))


@cache
def every_option() -> set[str]:
    texts = [help_of(module, *command) for module in MODULES for command in ((), *zip(subcommands(module)))]
    return options("\n".join(texts))


@pytest.mark.parametrize("name", MARKDOWN)
def test_no_command_or_option_is_made_up(name: str) -> None:
    for line in code(name):
        for module, word, rest in OURS.findall(line):
            command = (word,) if word and subcommands(module) else ()
            assert set(command) <= set(subcommands(module)), line
            assert options(re.sub(r'"[^"]*"', "", rest)) <= options(help_of(module, *command)), line
        if line.startswith("-"):
            assert options(line.split()[0]) <= every_option(), line
        for target in re.findall(r"^make ([a-z]\w*)", line):
            assert target in targets(), line


@pytest.mark.parametrize("name", MARKDOWN)
def test_constants_have_the_value_told(name: str) -> None:
    for module, constant, told in CONSTANT.findall(read(name)):
        value = getattr(importlib.import_module(module), constant)
        assert str(value) == told.replace(" ", ""), f"{module}.{constant}"


def test_constants_and_features_are_told() -> None:
    text = read("docs/retrieval.md")
    assert len(CONSTANT.findall(text)) > 10
    assert [name for name in Features._fields if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", MARKDOWN)
def test_data_that_is_shown_can_be_read(name: str, tmp_path: Path) -> None:
    for block in blocks(name):
        if block.language == "toml":
            tomllib.loads(block.text)
            (tmp_path / "metadata.toml").write_text(block.text, encoding="utf-8")
            assert read_metadata(tmp_path)
        if block.language == "json":
            items: dict[str, Any] = {"line": json.loads(block.text)}
            if "question" in items["line"] and "type" in items["line"]:
                gold = tmp_path / "gold.jsonl"
                gold.write_text(json.dumps(items["line"], ensure_ascii=False), encoding="utf-8")
                assert load_gold(gold)
