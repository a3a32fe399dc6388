"""Lots are put in the order of drawing once for all that is drawn in a row: it is always the present one (S5.1)."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from leal.errors import Refused
from leal.rules.account import Account
from leal.rules.adjusting import Adjustment, adjust
from leal.rules.holding import HoldWish, capture, give_up, place
from leal.rules.ledger import Book
from leal.rules.lots import available_lots, spendable_lots
from leal.rules.ordering import upsert_order
from leal.rules.orders import Order, OrderLine
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.rules.redemption import Wish, redeem, unredeem
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.values import DAY, MICRO, parse_instant

NOW = parse_instant("2026-06-01T12:00:00Z")
PROGRAMME = """
shop: acme
title: Acme
currency: EUR
timezone: Europe/Berlin
points: {value: 0.01, grace: 5 days}
earning: {pending: {mode: delay, days: 9}}
sources:
  - {slug: buy, title: Buy, kind: order, points: 1, per: 1, expires: 40 days}
  - {slug: care, title: Care, kind: manual, expires: 30 days}
expiration: {rolling: {term: 1 month}}
redemption: {min: 1}
holds: {default_minutes: 14400, longest_minutes: 20000}
"""
STEPS = st.tuples(
    st.sampled_from(["order", "order", "give", "take", "redeem", "redeem", "unredeem", "hold", "give up", "capture"]),
    st.integers(1, 90),
    st.sampled_from([0, 0, 0, 1, 6, 20]),
)


@cache
def terms() -> Terms:
    return compile_terms(read_programme(PROGRAMME))


def do(book: Book, what: str, points: int, number: int, now: int, made: list[Redemption]) -> None:
    """One of the ways in which points come and go; what there is none for does nothing."""
    holds = book.account.keeps.holds
    if what == "order":
        line = OrderLine("#0", "cd", 1, points * MICRO)
        upsert_order(
            book, None, Order(id=str(number), status="confirmed", order_at=now, updated_at=now, lines=[line]), {}, now
        )
    elif what in ("give", "take"):
        adjust(book, Adjustment("give_points" if what == "give" else "takeaway_points", points), None, [], now)
    elif what == "redeem":
        made.append(redeem(book, Wish(points, False, None), None, now))
    elif what == "unredeem" and made:
        unredeem(book, made.pop(points % len(made)), now)
    elif what == "hold":
        place(book, HoldWish(points), now)
    elif what == "give up" and holds:
        give_up(book, holds[points % len(holds)], now)
    elif what == "capture" and holds:
        capture(book, holds[0], max(1, holds[0].points // 2), now)


@settings(deadline=None, max_examples=300)
@given(steps=st.lists(STEPS, min_size=5, max_size=40))
def test_what_is_drawn_in_a_row_is_drawn_in_the_order_of_now(steps: list[tuple[str, int, int]]) -> None:
    account = Account(1, 0, membership="full", settled_at=NOW, settled_version=1)
    book = Book(1, account, Versions([Version(1, 0, terms())]), NOW)
    book.days, book.lapses, book.drops, book.uses, book.profile = {}, {}, {}, {}, {}
    now, made = NOW, list[Redemption]()
    for number, (what, points, days) in enumerate([("give", 90, 0), *steps]):
        now += days * DAY
        settle(book, now)
        try:
            do(book, what, points, number, now, made)
        except Refused:
            pass
        assert [lot for lot in spendable_lots(book, 1) if lot.free] == available_lots(book.account, 1)
    book.prove()
