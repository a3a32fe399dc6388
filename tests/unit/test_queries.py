"""Named queries: how files are read, and that every name the program uses is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leal.store.queries import Queries, parse_queries, sql

SOURCE = Path(__file__).resolve().parents[2] / "src" / "leal"


def test_a_file_is_split_at_its_names() -> None:
    text = """-- About the file.

-- name: first
-- What it does,
-- in words.
select 1 -- one
from a;

-- name: second
select 2
"""
    first, second = parse_queries(text, "some.sql")
    assert (first.name, first.about, first.text) == ("first", "What it does, in words.", "select 1 -- one\nfrom a")
    assert (second.name, second.about, second.text, second.file) == ("second", "", "select 2", "some.sql")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("select 1;\n-- name: first\nselect 2;", "before its first name"),
        ("-- name: First one\nselect 1;", "does not name"),
        ("-- name: first\n-- nothing\n", "is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_queries(text, "some.sql")


def test_a_list_of_columns_is_written_once() -> None:
    text = "-- part: both\n-- Some.\nid,\n  next_id;\n-- name: first\nselect {both} from t;\n"
    other = "-- name: second\nselect {x.both}, '{}' from t x;\n"
    queries = Queries([*parse_queries(text, "a.sql"), *parse_queries(other, "b.sql")])
    assert queries.first == "select id,\n  next_id from t"
    assert queries.second == "select x.id,\n  x.next_id, '{}' from t x"
    assert set(queries) == {"first", "second"}
    with pytest.raises(ValueError, match="names the part one, which is nowhere"):
        Queries(parse_queries("-- name: first\nselect {one};", "a.sql"))


def test_two_queries_of_one_name_are_refused() -> None:
    (one,) = parse_queries("-- name: first\nselect 1;", "a.sql")
    (other,) = parse_queries("-- name: first\nselect 2;", "b.sql")
    with pytest.raises(ValueError, match=r"a\.sql and in b\.sql"):
        Queries([one, other])


def test_a_wrong_name_names_the_nearest() -> None:
    assert sql.set_shop == sql["set_shop"].text
    with pytest.raises(AttributeError, match="did you mean set_shop"):
        _ = sql.set_shops


def test_every_query_used_is_there_and_every_query_is_used() -> None:
    uses = {name for path in SOURCE.rglob("*.py") for name in re.findall(r"\bsql\.([a-z_]\w*)", path.read_text())}
    uses -= {"files"}
    assert uses - set(sql) == set()
    assert set(sql) - uses == set()
