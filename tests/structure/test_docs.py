"""The documents keep up with the source: links lead somewhere, names exist, every module is on the map."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from leal import __version__
from tests.structure.source import ROOT, modules

DOCS = ROOT / "docs"
PACKAGE = ROOT / "src" / "leal"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
CONCEPTS = sorted((DOCS / "concepts").glob("*.md"))
CONCEPT_HEADINGS = (
    "What it is",
    "The rules, in order",
    "Time",
    "What it is not",
    "Decided here",
    "Example",
)
READERS = ("For integrators", "For marketers", "For operators")

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_NAMED = re.compile(r"`([\w./-]+\.(?:py|sql))(?::([\w.]+))?`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def broken_links(page: Path) -> Iterator[str]:
    """Every relative link of a page that leads nowhere, be it the file or the heading."""
    for target in _LINK.findall(_FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if not place.exists():
            yield f"{page.relative_to(ROOT)}: {target}"
        elif anchor and anchor not in {_anchor(heading) for heading in headings(place)}:
            yield f"{page.relative_to(ROOT)}: {target} has no such heading"


def headings(page: Path) -> list[str]:
    """The headings of a page, in order, without their marks."""
    text = _FENCED.sub("", page.read_text())
    return [match[1].strip() for match in re.finditer(r"^#+ (.*)$", text, re.MULTILINE)]


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def unknown_names(page: Path) -> Iterator[str]:
    """Every file, or name in a file, that a page speaks of and that does not exist."""
    for path, name in _NAMED.findall(page.read_text()):
        file = next((base / path for base in (PACKAGE, ROOT) if (base / path).is_file()), None)
        if file is None:
            yield f"{page.relative_to(ROOT)}: there is no {path}"
        elif name and name not in names_in(file):
            yield f"{page.relative_to(ROOT)}: there is no {name} in {path}"


@cache
def names_in(file: Path) -> frozenset[str]:
    """What a file defines: functions, classes, methods as `Class.method`, constants; in SQL its named statements."""
    text = file.read_text()
    if file.suffix == ".sql":
        return frozenset(re.findall(r"^-- name: (\w+)", text, re.MULTILINE))
    return frozenset(_defined(ast.parse(text).body, ""))


def _defined(body: list[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield within + node.name
            if isinstance(node, ast.ClassDef):
                yield from _defined(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (within + target.id for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_of_the_source_exist(page: Path) -> None:
    assert list(unknown_names(page)) == []


def test_a_link_and_a_name_that_lead_nowhere_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n[a](gone.md) [b](#one) [c](#two) `rules/lots.py:draw` `rules/lots.py:gone` `rules/gone.py`\n"
    )
    monkeypatch.setattr("tests.structure.test_docs.ROOT", tmp_path)
    assert list(broken_links(page)) == ["page.md: gone.md", "page.md: #two has no such heading"]
    assert list(unknown_names(page)) == [
        "page.md: there is no gone in rules/lots.py",
        "page.md: there is no rules/gone.py",
    ]


def test_every_module_is_on_the_map() -> None:
    """In the first column of the map's tables by itself or as its folder, or among the words, which have no table."""
    text = (DOCS / "architecture.md").read_text()
    rooms = re.findall(r"^\|([^|]*)\|", text, re.MULTILINE)
    words = text.partition("### 4 ")[2].partition("\n## ")[0]
    on_the_map = set(re.findall(r"`([\w/]+(?:\.py|/))`", "".join([*rooms, words])))
    folders = tuple(place for place in on_the_map if place.endswith("/"))
    places = [str(module.path).removeprefix("src/leal/") for module in modules("src") if not module.is_package]
    assert [place for place in places if place not in on_the_map and not place.startswith(folders)] == []


@pytest.mark.parametrize("page", CONCEPTS, ids=lambda page: page.stem)
def test_a_concept_says_the_same_six_things(page: Path) -> None:
    title, *parts = headings(page)
    assert title
    assert tuple(parts) == CONCEPT_HEADINGS


def test_every_page_is_in_the_index() -> None:
    """In that of all documents, or in that of the functions."""
    index, functions = DOCS / "README.md", DOCS / "functions" / "README.md"
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in (index, functions)
        for target in _LINK.findall(page.read_text())
    }
    assert sorted(set(DOCS.rglob("*.md")) - linked - {index}) == []


def test_the_changelog_knows_this_version_and_speaks_to_each_reader() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    newest = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    assert __version__ in newest.splitlines()[0]
    for reader in READERS:
        assert f"### {reader}\n" in newest


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\* \*\*([^*]+)\*\*", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    assert words == sorted(words, key=lambda word: word.lower().replace(",", ""))
    assert len(words) > 50


def test_every_figure_is_told_to_operators() -> None:
    page = (DOCS / "operating.md").read_text()
    named = [
        (str(node.args[0].value), node.func.id)
        for module in modules("src")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Counter", "Gauge", "Histogram")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).startswith("leal_")
    ]
    assert len(named) > 5
    told = [f"`{name}_total`" if kind == "Counter" else f"`{name}`" for name, kind in named]
    assert [name for name in told if name not in page] == []
