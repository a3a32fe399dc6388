"""The named queries: every statement of the program, read once from the `.sql` files of this package.

A query starts at `-- name: lock_accounts` and ends before the next; the comment lines under its name describe it. What
starts at `-- part: account_columns` is no query but a piece that queries of any file name in braces, as
`{account_columns}`, or, of a list of columns, as `{a.account_columns}` for those of the alias `a`. Use::

    from leal.store.queries import sql
    await conn.fetch(sql.lock_accounts, …)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

_NAME: Final = re.compile(r"-- (name|part): (.*)")
_USE: Final = re.compile(r"\{(?:([a-z]+)\.)?([a-z][a-z0-9_]*)\}")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")


class Query(msgspec.Struct, frozen=True):
    """One named query."""

    name: str
    text: str
    """The statement as it is sent, without the describing comment and the closing semicolon."""
    about: str
    """What it does, in words; may be empty."""
    file: str
    is_part: bool = False
    """Whether it is only a piece of other queries."""


class Queries(Mapping[str, Query]):
    """Queries by name; the text of each is also an attribute."""

    def __init__(self, queries: list[Query]) -> None:
        self._queries: dict[str, Query] = {}
        parts = {query.name: query.text for query in queries if query.is_part}
        for query in (_completed(query, parts) for query in queries if not query.is_part):
            if (other := self._queries.setdefault(query.name, query)) is not query:
                raise ValueError(f"query {query.name} stands in {other.file} and in {query.file}")

    def __getattr__(self, name: str) -> str:
        try:
            text = self.__dict__["_queries"][name].text
        except KeyError:
            near = difflib.get_close_matches(name, self.__dict__.get("_queries", ()), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise AttributeError(f"no query is named {name}{hint}") from None
        self.__dict__[name] = text  # the next look-up is a plain one
        return str(text)

    def __getitem__(self, name: str) -> Query:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)


def parse_queries(content: str, file: str) -> list[Query]:
    """Split one file into its queries; raises ValueError when text stands outside a query or a name is no word."""
    head, *parts = re.split(r"^(?=-- (?:name|part):)", content, flags=re.MULTILINE)
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f"{file} has a statement before its first name")
    return [_query(part, file) for part in parts]


def _query(part: str, file: str) -> Query:
    first, *lines = part.splitlines()
    match = _NAME.fullmatch(first.rstrip())
    if match is None or _WORD.fullmatch(name := match.group(2).strip()) is None:
        raise ValueError(f"{file}: {first!r} does not name a query like `-- name: lock_accounts`")
    about = 0
    while about < len(lines) and lines[about].startswith("--"):
        about += 1
    text = "\n".join(lines[about:]).strip().removesuffix(";").rstrip()
    if not text:
        raise ValueError(f"{file}: query {name} is empty")
    words = " ".join(line.removeprefix("--").strip() for line in lines[:about])
    return Query(name, text, words, file, is_part=match.group(1) == "part")


def _completed(query: Query, parts: Mapping[str, str]) -> Query:
    """The query with the pieces it names written out; raises ValueError where it names none that is there."""

    def columns(use: re.Match[str]) -> str:
        alias, name = use.groups()
        if name not in parts:
            raise ValueError(f"{query.file}: query {query.name} names the part {name}, which is nowhere")
        return parts[name] if alias is None else re.sub(r"\b(?=[a-z])", f"{alias}.", parts[name])

    return msgspec.structs.replace(query, text=_USE.sub(columns, query.text))


def load_queries(folder: Traversable) -> Queries:
    """Read all queries of a folder of `.sql` files; raises ValueError when two share a name."""
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return Queries([query for file in found for query in parse_queries(file.read_text(encoding="utf-8"), file.name)])


sql: Final = load_queries(files("leal.store") / "sql")
"""Every query of the program."""
