"""Example programmes, and the real purchases the demo shop replays, as they ship with the package."""

from __future__ import annotations

from collections.abc import Iterator
from csv import DictReader
from datetime import date
from gzip import open as open_gzip
from importlib.resources import as_file, files
from io import TextIOWrapper
from typing import Literal, NamedTuple

from leal.values import parse_money

Example = Literal["cdnow", "full"]


class Purchase(NamedTuple):
    """One order of the demo shop."""

    customer: str
    day: date
    number: int
    """Number of the order within its customer and day, from 1."""
    discs: int
    paid_micros: int


def programme_text(example: Example) -> str:
    """The programme document of an example."""
    return (files(__name__) / example / "programme.yaml").read_text("utf-8")


def purchases() -> Iterator[Purchase]:
    """All purchases of the demo shop, by customer and then by day."""
    with as_file(files(__name__) / "cdnow" / "cdnow.csv.gz") as path, open_gzip(path, "rb") as unpacked:
        last, number = ("", ""), 0
        for row in DictReader(TextIOWrapper(unpacked, "utf-8")):
            key = (row["customer_id"], row["date"])
            number = number + 1 if key == last else 1
            last = key
            paid = parse_money(row["dollar_value"])
            yield Purchase(key[0], date.fromisoformat(key[1]), number, int(row["number_of_cds"]), paid)
