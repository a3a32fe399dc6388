"""The habits of the house: short files, short functions, telling names, a sentence for everything public."""

import ast
from collections.abc import Iterable

import pytest

from tests.structure.source import Module, functions, imports, modules, parse

MADE = frozenset({"leal.client.functions"})
"""Made by a program, from what stands elsewhere: nobody reads them from top to bottom."""
FILE_LINES = 400
FUNCTION_LINES = 60
DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc"}

# Rules are pure. A module or call of the left is not for them; the right says what is.
IMPURE_IMPORTS = dict.fromkeys(
    ("asyncio", "asyncpg", "io", "logging", "os", "pathlib", "random", "secrets", "socket", "sys", "time"),
    "rules see values alone: take what is needed as an argument",
)
IMPURE_CALLS = {
    "open": "no input or output in rules",
    "print": "no input or output in rules",
    "input": "no input or output in rules",
    "float": "points are int, money is int micros",
    "now": "the clock is the argument `now`",
    "utcnow": "the clock is the argument `now`",
    "today": "the clock is the argument `now`",
    "uuid4": "no randomness in rules",
}
NO_FLOATS = ("leal.rules", "leal.values")


def too_long(source: Iterable[Module]) -> list[str]:
    """Files over 400 lines and functions over 60, with their lengths."""
    found = []
    for module in source:
        if module.lines > FILE_LINES and module.name not in MADE:
            found.append(f"{module}: {module.lines} lines, {FILE_LINES} is the limit")
        for function in functions(module.tree):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{module}:{function.lineno}: {function.name} has {lines} lines of {FUNCTION_LINES}")
    return found


def undocumented(source: Iterable[Module]) -> list[str]:
    """Modules, public classes and public functions without a docstring whose opening ends with a period."""
    found = []
    for module in source:
        public = [
            node
            for node in module.tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        ]
        for node in (module.tree, *public):
            opening = (ast.get_docstring(node) or "").split("\n\n")[0].rstrip()
            if not opening:
                found.append(f"{module}: {getattr(node, 'name', 'the module')} has no docstring")
            elif isinstance(node, ast.Module) and not opening.endswith((".", ":")):
                found.append(f"{module}: the first sentence ends with a period")
    return found


def impure(source: Iterable[Module]) -> list[str]:
    """What rules may not do, and floats where points and money live."""
    found = []
    for module in source:
        if module.name.startswith("leal.rules"):
            for line, name in imports(module):
                if reason := IMPURE_IMPORTS.get(name.split(".")[0]):
                    found.append(f"{module}:{line}: imports {name}: {reason}")
            for node in ast.walk(module.tree):
                called = node.func if isinstance(node, ast.Call) else None
                verb = str(getattr(called, "attr", None) or getattr(called, "id", ""))
                if reason := IMPURE_CALLS.get(verb):
                    found.append(f"{module}:{getattr(node, 'lineno', 0)}: calls {verb}: {reason}")
        if module.name.startswith(NO_FLOATS):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, float):
                    found.append(f"{module}:{node.lineno}: {node.value} is a float")
    return found


def test_files_and_functions_are_short() -> None:
    assert too_long(modules("src", "tests", "bench")) == []


def test_everything_public_has_a_sentence() -> None:
    assert undocumented(modules("src")) == []


def test_rules_are_pure() -> None:
    assert impure(modules("src")) == []


def test_no_drawers() -> None:
    names = {str(module): set(module.name.split(".")) for module in modules("src", "tests", "bench")}
    assert [place for place, parts in names.items() if parts & DRAWERS] == []


def test_lengths_are_measured() -> None:
    body = "    x = 1\n"
    assert too_long([parse("def f():\n" + body * 59, "leal.a")]) == []
    assert "f has 61 lines" in too_long([parse("def f():\n" + body * 60, "leal.a")])[0]
    assert too_long([parse("x = 1\n" * 400, "leal.a")]) == []
    assert "401 lines" in too_long([parse("x = 1\n" * 401, "leal.a")])[0]


def test_missing_sentences_are_seen() -> None:
    assert undocumented([parse('"""A noun."""\nclass _Inner: ...\ndef f():\n    """Do."""', "leal.a")]) == []
    assert len(undocumented([parse("class Shown: ...\nasync def f(): ...", "leal.a")])) == 3
    assert undocumented([parse('"""A noun"""', "leal.a")]) == ["leal/a.py: the first sentence ends with a period"]


@pytest.mark.parametrize(
    "text",
    ["import time", "from random import choice", "open('x')", "datetime.now(UTC)", "date.today()", "float('1')", "1.5"],
)
def test_impurity_is_seen(text: str) -> None:
    assert len(impure([parse(text, "leal.rules.lots")])) == 1
    assert impure([parse(text, "leal.engine.commit")]) == []
