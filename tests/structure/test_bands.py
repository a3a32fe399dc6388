"""The band law: an import only ever points down, and each band keeps its business to itself."""

import ast
import re
from collections.abc import Iterable

from tests.structure.source import Module, imports, modules, parse, texts

# The bands from top to bottom. Rooms of one brace may import one another and every room of the braces below.
BANDS: tuple[set[str], ...] = (
    {
        "cli",
        "server",
        "api",
        "datasource",
        "content",
        "console",
        "jobs",
        "hooks",
        "demo",
        "client",
        "doctor",
        "exchange",
        "__main__",
    }
    | {"examples", "installation"},
    {"engine"},
    {"rules", "store", "embedded"},
    {"values", "errors", "faults", "scalars", "config", "tokens", "decode", "words"},
)
APART = {("rules", "store"), ("store", "rules"), ("rules", "embedded"), ("embedded", "rules")}
WEB = {"http", "starlette", "uvicorn", "httptools"}

SQL = re.compile(
    r"""\s*(?:
        select\s+(?:.+\sfrom\s|\d|\*|[\w.]+\() | insert\s+into\s | update\s+[\w."]+\s+set\s | delete\s+from\s
      | with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\s+\(? | copy\s+[\w."]+\s*(?:\(|from|to)\b | truncate\s
      | (?:create|alter|drop)\s+(?:or\s+replace\s+|unlogged\s+|temp\s+|unique\s+)*
        (?:table|index|role|user|database|schema|view|function|trigger|policy|type|extension|sequence)\s
      | (?:grant|revoke)\s.+\s(?:on|to|from)\s )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# Statements that cannot stand in a .sql file, with the reason: {module name: reason}.
SQL_IN_PYTHON: dict[str, str] = {}


def room(name: str) -> str:
    """The room of a dotted name: `leal.rules.lots` lives in `rules`, the package itself in ''."""
    return (name.split(".") + [""])[1]


def band(name: str) -> int | None:
    """The band of a room, 0 on top; None where the law does not know it."""
    return next((number for number, rooms in enumerate(BANDS) if name in rooms), None)


def upward_imports(source: Iterable[Module]) -> list[str]:
    """Every import that breaks the law, as a sentence."""
    broken = []
    for module in source:
        here = room(module.name)
        for line, name in imports(module):
            there = room(name)
            band_there = band(there)
            if name.split(".")[0] != "leal" or here == there or band_there is None:
                continue  # another package, the same room, or a name of the package itself such as its version
            band_here = len(BANDS) if here == "" else band(here)
            assert band_here is not None, f"{module}: give the room {here!r} a band in BANDS"
            if band_there < band_here or (here, there) in APART:
                broken.append(f"{module}:{line}: {here or 'the package'} may not import {there}")
    return broken


def sql_texts(source: Iterable[Module]) -> list[str]:
    """Every string that looks like SQL, with its place."""
    return [
        f"{module}:{line}: {text[:60]!r} belongs in a .sql file"
        for module in source
        for line, text in texts(module.tree)
        if SQL.match(text) and module.name not in SQL_IN_PYTHON
    ]


def web_words(source: Iterable[Module]) -> list[str]:
    """Every trace of HTTP below the ways in, with its place."""
    found = []
    for module in source:
        if band(room(module.name)) == 0:
            continue
        found += [f"{module}:{line}: imports {name}" for line, name in imports(module) if name.split(".")[0] in WEB]
        for node in ast.walk(module.tree):
            name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "arg", None) or ""
            if isinstance(name, str) and re.fullmatch(r"(?i)(http_)?status_?code|http_?status", name):
                found.append(f"{module}:{getattr(node, 'lineno', 0)}: {name} is known to the ways in alone")
    return found


def test_every_room_has_a_band() -> None:
    rooms = {room(module.name) for module in modules("src")} - {""}
    assert rooms, "no source found"
    assert {name for name in rooms if band(name) is None} == set()


def test_imports_point_down() -> None:
    assert upward_imports(modules("src")) == []


def test_sql_stands_in_sql_files() -> None:
    assert sql_texts(modules("src")) == []
    assert set(SQL_IN_PYTHON) <= {module.name for module in modules("src")}


def test_http_is_known_to_the_ways_in_alone() -> None:
    assert web_words(modules("src")) == []


def test_the_law_sees_each_way_to_import_upwards() -> None:
    bad = [
        parse("from leal.store import db", "leal.rules.lots"),
        parse("def f() -> None:\n    import leal.rules.lots", "leal.store.db"),
        parse("from ..engine.commit import Batch", "leal.store.db"),
        parse("from leal import cli", "leal.engine.earn"),
        parse("from . import engine", "leal.values"),
        parse("from .cli import main", "leal", "src/leal/__init__.py"),
    ]
    assert len(upward_imports(bad)) == len(bad)


def test_the_law_lets_imports_point_down() -> None:
    good = [
        parse("from leal.engine import earn\nfrom leal.store import db\nfrom leal import __version__", "leal.api.app"),
        parse("from leal.rules import lots\nfrom leal import values, errors\nimport json", "leal.engine.earn"),
        parse("from . import account\nfrom .ledger import entry", "leal.rules.lots"),
    ]
    assert upward_imports(good) == []


def test_sql_is_told_from_prose() -> None:
    sql = (
        "select 1|Select a, b from entry|insert into t values (1)|UPDATE entry SET x = 1|with a as (select 1) select *"
    )
    sql += "|delete from entry|create unique index i on t (x)|alter table t add x int"
    sql += "|grant select on t to leal_app"
    prose = "Create a shop.|select a shop|with a warning|update the order|delete one|drop it|set role x|copy of it"
    assert len(sql_texts(parse(f"x = {text!r}", "leal.a") for text in sql.split("|"))) == 9
    assert sql_texts(parse(f"x = {text!r}", "leal.a") for text in prose.split("|")) == []
    assert sql_texts([parse('"""select 1 is a docstring."""', "leal.a")]) == []


def test_http_is_recognised() -> None:
    bad = ["from http import HTTPStatus", "import starlette.responses", "x.status_code = 4", "f(http_status=409)"]
    assert all(web_words([parse(text, "leal.engine.earn")]) for text in bad)
    assert not any(web_words([parse(text, "leal.api.app")]) for text in bad)
