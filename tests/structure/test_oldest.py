"""The oldest PostgreSQL that is named: no statement is written in what only later ones read."""

from __future__ import annotations

from collections.abc import Iterator

import pgparse

from leal.store.migrate import migrations
from leal.store.queries import sql


def later(value: object) -> Iterator[str]:
    """Nodes of a syntax tree that PostgreSQL 15 has no syntax for: those of SQL/JSON, such as `is json`."""
    if isinstance(value, dict):
        yield from (name for name in value if name.startswith("Json"))
        for part in value.values():
            yield from later(part)
    elif isinstance(value, list):
        for part in value:
            yield from later(part)


def test_what_is_later_is_seen() -> None:
    assert list(later(pgparse.parse("create table t (a text check (a is json object))"))) == ["JsonIsPredicate"]
    assert list(later(pgparse.parse("select jsonb_build_object('a', 1) ->> 'a', json_typeof(b::json) from t"))) == []


def test_postgresql_15_reads_every_statement() -> None:
    texts = {migration.name: migration.text for migration in migrations()}
    texts |= {name: query.text for name, query in sql.items()}
    assert {name: found for name, text in texts.items() if (found := list(later(pgparse.parse(text))))} == {}
