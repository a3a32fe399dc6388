"""Engines for tests: a shop with a programme, and short words for the commands it is given."""

from __future__ import annotations

import hashlib
from typing import Final

from leal.engine.commands import Adjust, CustomerFacts, Key, PushCustomer, PushOrder, Redeem, Shop, Unredeem, Who
from leal.engine.engine import Engine
from leal.engine.pages import read_pages
from leal.rules.account import Account
from leal.rules.adjusting import Action, Adjustment
from leal.rules.orders import Order, OrderStatus
from leal.rules.paging import lend
from leal.rules.redemption import Wish
from leal.store.db import Database
from leal.tokens import Sealer
from leal.values import MICRO, parse_instant

SLUG: Final = "corner"
SEALER: Final = Sealer(bytes(32))
FOUNDED_AT: Final = parse_instant("2026-01-05T12:00:00Z")
"""Where a sandbox's clock starts."""

PROGRAMME: Final = """
shop: corner
title: Corner Club
currency: EUR
timezone: Europe/Berlin
locale: en
points:
  value: 0.01
  rounding: floor
  debt: {policy: to_floor, floor: 300}
  grace: 30 days
earning:
  pending: {pending}
sources:
  - {slug: purchases, title: Buy, kind: order, points: 1, per: 1, caps: {caps}}
  - {slug: bring, title: Bring a friend, kind: referral_sent, points: 50}
  - {slug: come, title: Come by a friend, kind: referral_received, points: 20}
triggers:
  - {slug: visit, title: Visit, open_to_browsers: true}
holds: {default_minutes: 10, longest_minutes: 1440}
gifts: {}
referrals: {delay_days: 14}
redemption:
  min: 1
  step: 1
  limit: {points: 1000000, period: monthly}
  cancelled_order: points
expiration:
  rolling: {term: 12 months, round_up: month}
tiers:
  window: {kind: calendar_year}
  life: {ends: window, grace: 30 days, downgrade: one_step}
  steps:
    - {slug: guest, name: Guest}
    - {slug: friend, name: Friend, requires: {spend: 200}}
    - {slug: host, name: Host, requires: {spend: 2000, orders: 6}}
"""


def programme(pending_days: int = 0, caps: str = "[]", coupons: str | None = None) -> str:
    """One point for each euro; a refund may leave a debt of 300; points are pending for so many days; with caps.

    Codes lapse, where a term is given.
    """
    pending = f"{{mode: delay, days: {pending_days}}}" if pending_days else "{mode: at_once}"
    text = PROGRAMME.replace("{pending}", pending).replace("{caps}", caps)
    return text if coupons is None else text.replace("redemption:\n", f"redemption:\n  coupon_expires: {coupons}\n")


async def found_shop(
    engine: Engine, *, pending_days: int = 0, caps: str = "[]", coupons: str | None = None, sandbox: bool = True
) -> Shop:
    """The shop with its programme."""
    shop = await engine.create_shop(SLUG, sandbox=sandbox, clock_at=FOUNDED_AT if sandbox else None)
    await engine.publish(shop, programme(pending_days, caps, coupons), author="test")
    return await engine.shop(SLUG)


async def new_engine(db: Database) -> Engine:
    """An engine over a database."""
    return await Engine.open(db, SEALER)


def who(customer: str, email: str | None = None) -> Who:
    """A customer by the shop's id."""
    return Who(shopid=customer, email=email)


def push(
    customer: str | Who,
    order_id: str,
    euros: int,
    status: OrderStatus = "confirmed",
    *,
    updated_at: int | None = None,
    codes: tuple[str, ...] = (),
) -> PushOrder:
    """An order told by its total."""
    order = Order(order_id, status, None, updated_at, amount_spent=euros * MICRO, codes=list(codes))
    name = who(customer) if isinstance(customer, str) else customer
    return PushOrder(CustomerFacts(name), order, b'{"id": "' + order_id.encode() + b'"}')


def known(customer: str, email: str | None = None) -> PushCustomer:
    """A customer made known."""
    return PushCustomer(CustomerFacts(who(customer, email)))


def key(text: str, request: str = "") -> Key:
    """An idempotency key, with the request it came with."""
    return Key(hashlib.sha256(text.encode()).digest(), hashlib.sha256((request or text).encode()).digest())


def redeem(customer: str, points: int, key_: Key | None = None, *, with_code: bool = True) -> Redeem:
    """A wish to redeem."""
    return Redeem(who(customer), Wish(points, with_code, None), key_)


def unredeem(customer: str, change_id: int, key_: Key | None = None) -> Unredeem:
    """A redemption undone."""
    return Unredeem(who(customer), change_id, key_)


def adjust(
    customer: str, action: Action, points: int, key_: Key | None = None, *, change_id: int | None = None
) -> Adjust:
    """One correction by staff, with its words."""
    words = {"description": f"{action} {points}", "actor": "ann"}
    return Adjust(who(customer), [(Adjustment(action, points), change_id, words)], key_)


def act(customer: str, adjustment: Adjustment) -> Adjust:
    """One act of staff on a tier or a mark, with its reason."""
    return Adjust(who(customer), [(adjustment, None, {"private_note": "why", "actor": "ann"})])


async def with_every_lot(db: Database, shop: Shop, accounts: list[Account]) -> None:
    """Have at hand the lots that lie in pages, of accounts as they are shown."""
    paged = [account for account in accounts if account.has_pages]
    if not paged:
        return
    async with db.shop(shop.id) as conn:
        pages = await read_pages(conn, shop.id, paged)
    for account in paged:
        lend(account, pages[account.id])
