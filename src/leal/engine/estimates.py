"""Estimates: what an order would give if it were pushed now, and what a stored one was given; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from leal.engine.clocks import read_clock
from leal.engine.commands import CustomerFacts, Shop, UnknownCustomer, UnknownOrder, Who
from leal.engine.ground import Ground
from leal.engine.lending import decide_with_loans, load_orders, product_facts
from leal.engine.orders import tell_membership
from leal.engine.programmes import Programmes
from leal.engine.rows import key_bucket
from leal.engine.stocking import StockWindow
from leal.engine.verb import Member
from leal.engine.views import settled
from leal.rules.ledger import Book
from leal.rules.order_details import OrderDetails, order_details
from leal.rules.order_explanation import OrderExplained, explain_order
from leal.rules.ordering import upsert_order
from leal.rules.orders import Order, OrderState
from leal.rules.programme.terms import Versions
from leal.store.db import Conn
from leal.store.queries import sql

T = TypeVar("T")


class Estimates(Ground):
    """What the engine tells of single orders."""

    async def estimate(self, shop: Shop, who: Who | None, order: Order, told: CustomerFacts | None) -> OrderDetails:
        """What the order would give if it were pushed now for a customer; of nobody, or somebody unknown, a new one.

        An order without a status, or an unconfirmed one, is judged as confirmed. What the order tells of its customer
        is taken as told. Raises EmptyIdentity or IdentityMismatch, and TooLarge.
        """
        if order.status in (None, "unconfirmed"):
            order = msgspec.structs.replace(order, status="confirmed")
        async with self._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            member, versions, real_at, now = await _somebody(conn, shop, self._programmes, who)
            account = member.stored.id
            if not member.is_new:
                await _load(conn, shop.id, member, order.id)
            if any(version.terms.reads_products for version in versions.all):
                stored = [state.order for state in member.stored_orders.values()]
                member.products = await product_facts(conn, shop.id, [order, *stored])
            shown: list[OrderDetails] = []
            stocks = StockWindow()
            member.shelves = stocks.shelves

            def decide(_: int) -> None:
                member.start(shop.id, versions, real_at, now)
                member.hear(told)
                tell_membership(member, told)
                known = member.orders.get(order.id)
                after = upsert_order(member.book, known, order, {}, member.now) or known
                assert after is not None  # only a known order may be told of too late
                shown.append(order_details(member.book, after))

            await decide_with_loans(conn, shop.id, {account: member}, [account], decide, stocks)
        return shown[-1]

    async def order_details(self, shop: Shop, order_id: str, *, customer: str | None) -> OrderDetails:
        """What a stored order was given; with a customer's shop id only if it is that customer's. UnknownOrder."""
        return await self._about_order(shop, order_id, customer, order_details)

    async def explain_order(self, shop: Shop, order_id: str, *, customer: str | None) -> OrderExplained:
        """Why a stored order was given that; raises as `order_details`."""
        return await self._about_order(shop, order_id, customer, explain_order)

    async def _about_order(
        self, shop: Shop, order_id: str, customer: str | None, tell: Callable[[Book, OrderState], T]
    ) -> T:
        async with self._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            place = await _find(conn, shop.id, "order", order_id)
            own = None if customer is None else await _find(conn, shop.id, "shopid", customer)
            if place is None or (customer is not None and (own is None or own[0] != place[0])):
                raise UnknownOrder
            account = place[0]
            member, versions, real_at, now = await settled(conn, shop, self._programmes, Who(bhid=account))
            await load_orders(conn, shop.id, {place}, {account: member})
            shown: list[T] = []

            def decide(_: int) -> None:
                member.start(shop.id, versions, real_at, now)
                shown.append(tell(member.book, member.orders[order_id]))

            await decide_with_loans(conn, shop.id, {account: member}, [account], decide)
        return shown[-1]


async def _somebody(
    conn: Conn, shop: Shop, programmes: Programmes, who: Who | None
) -> tuple[Member, Versions, int, int]:
    """The customer as `settled` gives it, or one who is new."""
    if who is not None:
        try:
            return await settled(conn, shop, programmes, who)
        except UnknownCustomer:
            pass
    clock = await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = clock.now
    return Member.founded(0, versions, now), versions, clock.real_at, now


async def _load(conn: Conn, shop: int, member: Member, order_id: str) -> None:
    """Load the order where it is known already, and this member's."""
    place = await _find(conn, shop, "order", order_id)
    if place is not None and place[0] == member.stored.id:
        await load_orders(conn, shop, {place}, {member.stored.id: member})


async def _find(conn: Conn, shop: int, kind: str, key: str) -> tuple[int, int] | None:
    if not key:
        return None
    rows = await conn.fetch(sql.find_identities, shop, [key_bucket(kind, key)], [kind], [key])
    return (rows[0]["account"], rows[0]["number"]) if rows else None
