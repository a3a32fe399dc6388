"""The record of any account: what expires is at most the balance, that at most what was earned; and it does (S12.2)."""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leal.rules.account import Account, Lot, broken_laws
from leal.rules.calendar import local_day, start_of_day
from leal.rules.extensions import next_boundary
from leal.rules.keeps import HeldLot, Hold, Keeps
from leal.rules.ledger import Book
from leal.rules.mapped import View, mapped, mapping_of, windows
from leal.rules.outline import outline
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.rules.record import ends, record
from leal.rules.record_due import record_due
from leal.rules.settling import next_due, settle
from leal.values import MICRO, NEVER, parse_instant

ZONE = ZoneInfo("America/New_York")
NOW = parse_instant("2025-06-15T16:00:00Z")
DAY = 86_400 * MICRO
PROGRAMME = """
shop: any
title: Any
currency: USD
timezone: America/New_York
points: {{value: "0.01"}}
sources: [{{slug: orders, title: Orders, kind: order, points: 1, per: "1"}}]
redemption: {{}}
expiration: {expiration}
tiers:
  window: {{kind: lifetime}}
  basis: available
  steps:
    - {{slug: member, name: Member}}
    - {{slug: gold, name: Gold, requires: {{points: 400}}}}
"""
EXPIRATIONS = ("{}", "{global: {mode: date, days: ['06-20', '12-31']}}")

points = st.integers(0, 300)
coming = st.integers(1, 30 * DAY).map(lambda ahead: NOW + ahead)


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    """An open lot: available, with held points or without, or pending; with an end or without."""
    remaining = draw(st.integers(1, 300))
    available_at = draw(st.one_of(st.just(NOW - DAY), st.just(NEVER), coming))
    expires_at = draw(st.one_of(st.just(NEVER), coming))
    held = draw(st.integers(0, remaining)) if available_at <= NOW else 0
    return Lot(0, 0, remaining, remaining, held, NOW - DAY, available_at, expires_at)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """A lawful account of a member, settled to `NOW`."""
    held = draw(st.lists(lots(), max_size=6))
    for number, lot in enumerate(held, 1):
        lot.id = lot.award = number
    pending = sum(lot.free for lot in held if lot.available_at > NOW)
    account = Account(
        1,
        0,
        settled_at=NOW,
        settled_version=1,
        available=sum(lot.free for lot in held) - pending,
        pending=pending,
        held=sum(lot.held for lot in held),
        redeemed=draw(points),
        expired=draw(points),
        lots_at_hand=held,
        membership="full",
        joined_at=NOW - 400 * DAY,
        keeps=Keeps(holds=_hold(held)),
    )
    account.earned = account.available + account.pending + account.held + account.redeemed + account.expired
    assert broken_laws(account) == []
    return account


def _hold(lots: list[Lot]) -> tuple[Hold, ...]:
    """One hold of all points that are held, which never runs out."""
    held = tuple(HeldLot(lot.id, lot.held, NOW - DAY) for lot in lots if lot.held)
    return (Hold(1, 1, NOW - DAY, NEVER, NEVER, local_day(NOW, ZONE).toordinal(), 1, held),) if held else ()


@cache
def terms_of(expiration: str) -> Terms:
    """The compiled programme."""
    return compile_terms(read_programme(PROGRAMME.format(expiration=expiration)))


@pytest.mark.parametrize("expiration", EXPIRATIONS)
@given(account=accounts(), ahead=st.integers(0, 10 * DAY))
def test_what_is_told_to_expire_does(expiration: str, account: Account, ahead: int) -> None:
    versions = Versions([Version(1, 0, terms_of(expiration))])
    if expiration != EXPIRATIONS[0]:
        account.everything_at = start_of_day(date(2025, 6, 21), ZONE)
    book = Book(1, account, versions, NOW)
    now = NOW + ahead
    settle(book, now)
    told = record(outline(book, now), "any")
    assert 0 <= told.points_expiring <= told.points_balance <= told.lifetime_points
    assert (told.points_expiration_date is None) == (told.points_expiring == 0)
    assert told.points_to_next_tier == (None if told.next_tier is None else max(0, 400 - told.points_balance))
    if told.points_expiration_date is None:
        return
    assert told.points_expiration_date >= local_day(now, ZONE)
    end = start_of_day(date.fromordinal(told.points_expiration_date.toordinal() + 1), ZONE)
    last_day = max(now, start_of_day(told.points_expiration_date, ZONE))
    assert _lapsed(book, versions, last_day) <= _matured(book, last_day)
    assert told.points_expiring <= _lapsed(book, versions, end) <= told.points_expiring + _matured(book, end)


COMING = """
datasource:
  mappings:
    - slug: coming
      expiring: within_window
      window_days: 10
      soon_days: 4
      fields:
        - {name: id, from: customer_id}
        - {name: points, from: points_expiring}
        - {name: day, from: points_expiration_date}
        - {name: soon, from: points_expiring_soon}
        - {name: ends, from: expirations}
"""


@cache
def coming_terms() -> Terms:
    """A programme whose mapping tells what comes near."""
    return compile_terms(read_programme(PROGRAMME.format(expiration="{rolling: {term: 12 months}}") + COMING))


@given(account=accounts(), ahead=st.integers(0, 20 * DAY), within=st.floats(0, 1, exclude_max=True))
def test_what_is_written_holds_until_its_boundary(account: Account, ahead: int, within: float) -> None:
    terms = coming_terms()
    versions, mapping = Versions([Version(1, 0, terms)]), mapping_of(terms, View("coming"))

    def told(at: int) -> tuple[dict[str, object], int, int]:
        """What is written, until when by itself, and until when the account holds."""
        book = Book(1, account, versions, at)
        settle(book, at)
        shown = outline(book, at)
        ends_at = next_boundary(ends(shown, terms), terms, at, mapping.reads, windows(mapping))
        assert record_due(book, at) <= ends_at  # the engine issues the record anew by then
        return mapped(mapping, shown, "any", at), ends_at, next_due(book.account, book.terms)

    now = NOW + ahead
    first, ends_at, due_at = told(now)
    assert ends_at > now
    holds_until = min(ends_at, due_at, now + 60 * DAY)
    between = now + int((holds_until - now) * within)
    assert told(between)[0] == first
    assert told(holds_until - 1)[0] == first
    if ends_at < due_at:
        assert told(ends_at)[0] != first


def _lapsed(book: Book, versions: Versions, until: int) -> int:
    """Points that lapse between the book's instant and another."""
    later = Book(1, book.account, versions, until)
    settle(later, until)
    return later.account.expired - book.account.expired


def _matured(book: Book, until: int) -> int:
    """Points that are pending now and become available by then: the record does not tell of their ends yet."""
    lots = book.account.lots
    return sum(lot.free for lot in lots if book.account.settled_at < lot.available_at <= until)
