"""Events that pay come to the same in whichever order they arrive (S4.7, S4.9, S4.10)."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leal.rules.account import Account
from leal.rules.events import record
from leal.rules.ledger import Book
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.rules.settling import settle
from leal.values import parse_instant

NOW = parse_instant("2026-06-01T12:00:00Z")
HOUR = 3_600_000_000
PROGRAMME = """
shop: acme
title: Acme
currency: EUR
timezone: America/Sao_Paulo
triggers: [{slug: visit, title: Visit}, {slug: review, title: Review}]
sources:
  - {slug: visits, title: Visits, kind: trigger, trigger: visit, points: 7, expires: 1 month,
     caps: [{points: 10, period: daily}, {points: 45, period: monthly}]}
  - {slug: reviews, title: Reviews, kind: review, trigger: review, points: 5, qualifies: true,
     caps: [{points: 12, period: weekly, over: refuse}]}
  - {slug: once, title: Once, kind: social, trigger: review, points: 3}
"""


@cache
def terms() -> Terms:
    return compile_terms(read_programme(PROGRAMME))


def lived(events: list[tuple[str, int]]) -> tuple[int, int, dict[tuple[str, date], int]]:
    """Earned and qualifying points, and what each source gave on each day, after the events in this order."""
    account = Account(1, 0, membership="full", settled_at=NOW, settled_version=1)
    book = Book(1, account, Versions([Version(1, 0, terms())]), NOW)
    book.days, book.lapses, book.drops, book.uses, book.profile = {}, {}, {}, {}, {}
    for number, (trigger, ago) in enumerate(events):
        now = NOW + number
        settle(book, now)
        record(book, trigger, now - ago * HOUR, [], now, named=False)
    given: dict[tuple[str, date], int] = {}
    for (source, day, _), points in book.cap_uses().items():
        given[source, day] = given.get((source, day), 0) + points
    return book.account.earned, book.account.life.qualifying, given


@given(
    events=st.lists(st.tuples(st.sampled_from(["visit", "review"]), st.integers(0, 24 * 70)), max_size=14),
    chance=st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_changes_no_sum(events: list[tuple[str, int]], chance: Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    (earned, qualifying, given), other = lived(events), lived(shuffled)
    assert (earned, qualifying) == other[:2]
    assert max((points for (source, _), points in given.items() if source == "visits"), default=0) <= 10
    periods = [by_period(one) for one in (given, other[2])]
    assert periods[0] == periods[1]
    assert max((points for (source, *_), points in periods[0].items() if source == "visits"), default=0) <= 45
    once = 3 if any(trigger == "review" for trigger, _ in events) else 0
    assert earned == sum(given.values()) + once


def by_period(given: dict[tuple[str, date], int]) -> dict[tuple[str, int, int], int]:
    """Points by the longest period that the source's caps have: months of visits, weeks of reviews."""
    sums: dict[tuple[str, int, int], int] = {}
    for (source, day), points in given.items():
        period = (source, day.year, day.month) if source == "visits" else (source, *day.isocalendar()[:2])
        sums[period] = sums.get(period, 0) + points
    return sums
