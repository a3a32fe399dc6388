"""Catalogues: the sentences of one language by their ids, as its file has them, taken apart to be said quickly."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final, NamedTuple

LANGUAGES: Final = ("de", "en", "fr")
"""Every language with a catalogue; `en` is spoken where none fits."""


class Piece(NamedTuple):
    """A part of a sentence: words, then a value and how it is written; the last piece may have none."""

    words: str
    value: str
    unit: str
    """`money`, `whole`, `day`, `percent`, `numbers`, `id`, or a noun that is counted; empty: a number or a text."""


class Message(NamedTuple):
    """A sentence in all its forms."""

    by: str
    """The value that chooses the form; empty where there is one form."""
    counts: bool
    """Whether it chooses as a number does, by the plural categories of CLDR; else by its own text."""
    forms: dict[str, tuple[Piece, ...]]
    """By plural category or text; the one form under the empty text."""


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, Message]:
    """Every message of a language, by id such as `reason.not_a_member`."""
    text = files("leal.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": _message(value)
        for section, entries in tomllib.loads(text).items()
        for name, value in entries.items()
    }


def _message(value: str | dict[str, Any]) -> Message:
    if isinstance(value, str):
        return Message("", False, {"": _pieces(value)})
    forms = {name: _pieces(text) for name, text in value.items() if name not in ("count", "case")}
    return Message(value.get("count") or value["case"], "count" in value, forms)


def _pieces(text: str) -> tuple[Piece, ...]:
    return tuple(Piece(words, value or "", unit or "") for words, value, unit, _ in Formatter().parse(text))
