"""Judging: conditions answered for one member and, where there is one, an order and its line (S9.6)."""

from __future__ import annotations

from typing import Any

from leal.rules.account import Counts
from leal.rules.calendar import local_day
from leal.rules.conditions import Condition
from leal.rules.ledger import Book
from leal.rules.orders import Order, OrderLine
from leal.rules.tiers import Have, current_tier


class Judge:
    """Answers conditions by the facts as they stand when the first is asked; without conditions it costs nothing."""

    __slots__ = ("_book", "_facts", "_knows_customer", "_now", "_order")

    def __init__(self, book: Book, now: int, order: Order | None = None) -> None:
        self._book = book
        self._now = now
        self._order = order
        self._facts: dict[str, Any] | None = None
        self._knows_customer = False

    def holds(self, condition: Condition | None, line: OrderLine | None = None) -> bool:
        """Whether it holds, or there is none; one that fails counts as false and is noted in the book.

        Raises CustomerNeeded where it asks for what the shop says of the customer, and that was not lent.
        """
        if condition is None:
            return True
        if line is not None and condition.is_of_products:
            product = (line.product, tuple(line.collections or ()), tuple(line.tags or ()))
            return self._told(condition, condition.holds_for(product, lambda: _of_line(line)))
        if self._facts is None:
            self._facts = {**_of_member(self._book, self._now), **_of_order(self._order)}
        if condition.reads_customer and not self._knows_customer:
            self._facts |= _of_customer(self._book.customer())
            self._knows_customer = True
        return self._told(
            condition, condition.holds(self._facts if line is None else {**self._facts, **_of_line(line)})
        )

    def _told(self, condition: Condition, answer: bool | None) -> bool:
        if answer is None:
            self._book.failed_conditions.append(condition.text)
        return answer is True


def have(book: Book, counts: Counts) -> Have:
    """What counts, beside the conditions of tiers as the member meets them now."""
    return Have(counts, Judge(book, book.account.settled_at).holds)


def _of_customer(profile: dict[str, Any]) -> dict[str, Any]:
    return {"customer.tags": profile.get("tags") or [], "customer.extras": profile.get("extras") or {}}


def _of_member(book: Book, now: int) -> dict[str, Any]:
    account, terms = book.account, book.terms
    tier = current_tier(account, terms)
    days = 0
    if terms is not None and account.joined_at is not None:
        days = (local_day(now, terms.zone) - local_day(account.joined_at, terms.zone)).days
    return {
        "member.tier": "" if tier is None else tier.slug,
        "member.points_available": account.available,
        "member.points_earned": account.earned,
        "member.spend_micros": account.life.spend_micros,
        "member.orders": account.life.orders,
        "member.events": book.versions.triggers | account.life.events,
        "member.days_since_joined": days,
    }


def _of_order(order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    paid = order.amount_spent or 0 if order.lines is None else sum(line.amount_spent for line in order.lines)
    store = order.extras.get("store_location")
    return {
        "order.amount_micros": paid,
        "order.store": store if isinstance(store, str) else "",
        "order.extras": order.extras,
    }


def _of_line(line: OrderLine) -> dict[str, Any]:
    return {
        "line.product": line.product,
        "line.collections": line.collections or [],
        "line.tags": line.tags or [],
        "line.quantity": line.quantity,
        "line.amount_micros": line.amount_spent,
    }
