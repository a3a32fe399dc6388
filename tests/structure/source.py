"""The source as these tests see it: every Python file of the checkout, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Beside the source: what tools and the program itself leave in a checkout.
NOT_OURS = {".git", ".venv", ".leal", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
NOT_OURS |= {"build", "dist"}


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its place and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__` of a package."""
        return self.path.name == "__init__.py"

    def __str__(self) -> str:
        return str(self.path)


def parse(text: str, name: str, path: str | None = None) -> Module:
    """A module from its text; the path is made from the name unless given."""
    place = Path(path or name.replace(".", "/") + ".py")
    return Module(name, place, ast.parse(text, str(place)), len(text.splitlines()))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below the named folders of the checkout (`src`, `tests`, `bench`), in order of path."""
    found = []
    for folder in folders:
        base = ROOT / folder if folder == "src" else ROOT
        for path in sorted((ROOT / folder).rglob("*.py")):
            if NOT_OURS.isdisjoint(path.relative_to(ROOT).parts):
                parts = path.relative_to(base).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found.append(parse(path.read_text(), name, str(path.relative_to(ROOT))))
    return tuple(found)


def files() -> Iterator[Path]:
    """Every file of the checkout that is ours."""
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and NOT_OURS.isdisjoint(path.relative_to(ROOT).parts):
            yield path


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, however deep."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports, relative imports resolved, at any depth."""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of every string literal that is not a docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
