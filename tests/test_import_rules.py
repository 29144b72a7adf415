"""The walls of the house: index <- rag <- {ui, eval}, and each large library behind a file of its own.

Read from the syntax trees, so that nothing hides behind a condition or inside a function.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "rag", "ui", "eval")
MAY_IMPORT = {"index": set(), "rag": {"index"}, "ui": {"rag"}, "eval": {"rag"}}
ONLY_IN = {
    "faiss": ["index/store.py"],
    "sentence_transformers": ["index/encoder.py"],
    "jieba": ["index/lexical.py"],
    "gradio": ["ui/app.py"],
    "onnxruntime": ["index/networks.py"],
}
# What is imported inside a function, and why.
LATE = {
    ("index/encoder.py", "sentence_transformers"): "takes seconds; only who loads a model needs it",
    ("index/loaders/ocr.py", "rapidocr"): "is an extra that not everybody installs",
}
FILES = sorted(
    path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py")
)


def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def imported(node: ast.AST) -> set[str]:
    """The modules that an import statement names; of another statement, none."""
    match node:
        case ast.Import(names=names):
            return {alias.name for alias in names}
        case ast.ImportFrom(module=str(module)):
            return {module}
    return set()


def packages_of(file: str) -> set[str]:
    return {name.split(".")[0] for node in ast.walk(tree(file)) for name in imported(node)}


def test_there_is_something_to_check() -> None:
    assert {file.split("/")[0] for file in FILES} == set(PACKAGES)
    assert {file for files in ONLY_IN.values() for file in files} <= set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_imports_go_one_way(file: str) -> None:
    package = file.split("/")[0]
    others = packages_of(file) & set(PACKAGES) - {package}
    assert others <= MAY_IMPORT[package]


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_large_library_is_imported_in_its_files_only(library: str) -> None:
    assert [file for file in FILES if library in packages_of(file)] == ONLY_IN[library]


@pytest.mark.parametrize("file", FILES)
def test_imports_are_absolute_and_at_the_top(file: str) -> None:
    module = tree(file)
    relative = [node.lineno for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.level]
    within = [
        node.lineno
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any((file, name) not in LATE for name in imported(node))
    ]
    dynamic = [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"__import__", "import_module", "importlib.import_module"}
    ]
    assert (relative, within, dynamic) == ([], [], [])


@pytest.mark.parametrize("package", ["index", "rag"])
def test_what_is_imported_late_is_not_imported_early(package: str) -> None:
    code = (
        f"import sys, {package}; print(*sys.modules.keys() & { ({name for _, name in LATE} | {'torch'})!r})"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith("__main__.py")])
def test_a_library_does_not_print(file: str) -> None:
    calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert [call.lineno for call in calls if ast.unparse(call.func) in {"print", "builtins.print"}] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_ours_and_not_another_of_that_name(package: str) -> None:
    module = importlib.import_module(package)
    assert Path(str(module.__file__)).is_relative_to(ROOT)
