"""A client's journal: every wish written down before it is made, and every answer once it is had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

Kind = Literal[
    "order", "redeem", "unredeem", "adjust", "hold", "capture", "release", "gift", "take", "void", "visit", "refer",
    "befriend", "merge",
]  # fmt: skip
Outcome = Literal["done", "refused", "unknown"]


class Wish(msgspec.Struct, frozen=True, omit_defaults=True):
    """One command of a client. Its number is its idempotency key; an order's is in its snapshot time."""

    number: str
    kind: Kind
    customer: str
    points: int = 0
    """Points to redeem or adjust; euros of an order."""
    order: str = ""
    status: str = "confirmed"
    at: int = 0
    """An order's snapshot time, microseconds: of two snapshots the later one counts, however often either is told."""
    codes: tuple[str, ...] = ()
    action: str = ""
    change_id: int = 0
    reference: str = ""
    """The hold's."""
    to: str = ""
    """Who gets a gift, or takes somebody over."""
    offer: str = ""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a wish."""

    number: str
    outcome: Outcome
    points: int = 0
    code: str = ""
    change_id: int = 0
    replayed: bool = False
    why: str = ""
    at: int = 0
    """When it was had, microseconds."""


_encode = msgspec.json.Encoder().encode


class Journal:
    """One client's file: a line a wish, a line an answer. A line half written, as after a kill, is none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, line: Wish | Answer) -> None:
        """Write a line, whole, before going on."""
        self._file.write(_encode({"wish" if isinstance(line, Wish) else "answer": line}) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(paths: list[Path]) -> tuple[dict[str, Wish], dict[str, Answer]]:
    """All wishes and the last answers of all clients, by number."""
    wishes: dict[str, Wish] = {}
    answers: dict[str, Answer] = {}
    for path in paths:
        for line in _lines(path):
            if "wish" in line:
                wish = msgspec.convert(line["wish"], Wish)
                wishes[wish.number] = wish
            else:
                answer = msgspec.convert(line["answer"], Answer)
                if answer.number not in answers or answers[answer.number].outcome == "unknown":
                    answers[answer.number] = answer
    return wishes, answers


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield msgspec.json.decode(line)
