"""Content: what a customer is shown of a block now: what is known is read, the rules choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import msgspec

from leal.engine.clocks import clock_of, read_clock
from leal.engine.commands import Shop
from leal.engine.ground import Ground
from leal.engine.lending import NEEDS, decide_with_loans, product_facts
from leal.engine.programmes import Programmes
from leal.engine.records import rows_by_ids
from leal.engine.rows import account_from
from leal.engine.verb import Member
from leal.rules.calendar import local_day, start_of_day
from leal.rules.content.choosing import choose
from leal.rules.content.chosen import HIDDEN, Block, Chosen
from leal.rules.content.earnings import Simulated, product_points, simulated
from leal.rules.content.known import Known, KnownProduct, OrdersNeeded
from leal.rules.content.loyalty import Loyalty, loyalty_kept, loyalty_of, stranger
from leal.rules.content.profile import PlacedOrder, Purchases, card_of, liked_collections, profile_of
from leal.rules.content.recommendation import picked
from leal.rules.kept_balance import read_kept_balance
from leal.rules.kept_record import read_kept
from leal.rules.ledger import Book
from leal.rules.orders import Order, OrderLine
from leal.rules.outline import outline
from leal.rules.products import with_facts
from leal.rules.programme.terms import Terms, Versions
from leal.rules.settling import is_due, settle
from leal.rules.worth import value_of
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import parse_money

RECENT_ORDERS: Final = 20
"""Newest orders of which lines are read."""
CANDIDATES: Final = 24
"""Newest products of the preferred collections, and as many of all, among which the rules choose."""
_WITHOUT_ORDERS: Final[frozenset[Block]] = frozenset({"loyalty-programme-banner"})
"""Blocks that tell most members nothing that hangs on their orders."""
_WITH_PRODUCTS: Final[frozenset[Block]] = frozenset({"personalised-digest", "enriched-product-recommendation"})


class Shown(msgspec.Struct, frozen=True, gc=False):
    """What a customer is shown, and what it is put into words by."""

    chosen: Chosen
    now: int
    terms: Terms | None
    """The programme in force; None: there is none, or it is switched off, and nothing is shown."""
    locale: str | None = None
    """The customer's, as the shop told it."""
    account: int | None = None
    """The customer's; None: there is no such customer."""
    link_epoch: int = 0
    """Of links to the customer's blocks: those of an earlier one are void."""


class Contents(Ground):
    """What the engine chooses for content blocks."""

    async def content(self, shop: Shop, customer: str, block: Block) -> Shown:
        """What the customer is shown of the block now; `customer` is the id that the record goes under (S12)."""
        if block in _WITHOUT_ORDERS and (row := await self._content_members.row(shop, customer)) is not None:
            versions = self._programmes.known(shop.id, row["programme_version"])
            if versions is not None:
                try:
                    return _of_row(shop, row, versions, block)
                except (OrdersNeeded, *NEEDS):
                    pass
        async with self._db.shop(shop.id) as conn:
            try:
                return await _content(conn, shop, self._programmes, customer, block, lend=False)
            except NEEDS:
                # More than the account's row is needed: all of it from one snapshot.
                async with conn.transaction(isolation="repeatable_read", readonly=True):
                    return await _content(conn, shop, self._programmes, customer, block, lend=True)


def _of_row(shop: Shop, row: asyncpg.Record, versions: Versions, block: Block) -> Shown:
    """What the row of a member alone tells; raises OrdersNeeded, or one of `NEEDS`, where it does not."""
    now, number = row["at"], row["member"]
    terms = _running(versions, now)
    if terms is None:
        return Shown(Chosen(block, HIDDEN), now, None, account=number)
    told: dict[str, Any] = {} if row["told"] is None else msgspec.json.decode(row["told"])
    if (text := row["balance"]) is None:
        loyalty = _made(shop, row, versions, told, now)
    else:
        kept = versions.numbered(row["kept_version"]).terms
        loyalty = loyalty_kept(read_kept_balance(text), read_kept(row["record"], ""), kept, now)
    chosen = choose(block, _known(loyalty, None, told, terms, now), now)
    return Shown(chosen, now, terms, _locale(told), number, row["epoch"])


def _made(shop: Shop, row: asyncpg.Record, versions: Versions, told: dict[str, Any], now: int) -> Loyalty:
    """What is told of a member whose figures are to be made of the account."""
    stored = account_from(row)
    book = Book(shop.id, stored, versions, clock_of(row).real_at)
    book.profile = told
    if is_due(stored, versions, now):
        settle(book, now)
    return loyalty_of(outline(book, now, keep=True), now)


def _running(versions: Versions, now: int) -> Terms | None:
    """The programme in force, unless it is switched off."""
    version = versions.in_force(now)
    return None if version is None or not version.terms.programme.enabled else version.terms


def _locale(told: dict[str, Any]) -> str | None:
    locale = told.get("locale")
    return locale if isinstance(locale, str) else None


async def _content(conn: Conn, shop: Shop, programmes: Programmes, customer: str, block: Block, *, lend: bool) -> Shown:
    row = next(iter((await rows_by_ids(conn, shop, [customer])).values()), None)
    clock = clock_of(row) if row is not None else await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    stored = None if row is None else account_from(row)
    now = clock.now if stored is None else max(clock.now, stored.settled_at)
    terms = _running(versions, now)
    if terms is None:
        return Shown(Chosen(block, HIDDEN), now, None, account=None if stored is None else stored.id)
    told: dict[str, Any] = {}
    purchases, epoch = Purchases(), 0
    member = Member.founded(0, versions, now)
    if stored is not None:
        member = Member(stored, is_new=False)
        purchases, told, epoch = await _purchases(conn, shop.id, stored.bucket, stored.id, terms, now)
        member.profile = told
    products = await _candidates(conn, shop.id, purchases, told, terms) if block in _WITH_PRODUCTS else []
    found: list[Chosen] = []

    def decide(_: int) -> None:
        settled = stored is None or not is_due(stored, versions, now)
        member.start(shop.id, versions, clock.real_at, now, settled=settled)
        book = member.book
        loyalty = stranger(terms, now) if stored is None else loyalty_of(outline(book, now, keep=True), now)
        known = _known(loyalty, purchases, told, terms, now, products)
        if products:
            earning = [_earning(book, one, now) for one in picked(known, now)]
            known = msgspec.structs.replace(known, products=earning)
        found.append(choose(block, known, now))

    if lend:
        await decide_with_loans(conn, shop.id, {member.stored.id: member}, [member.stored.id], decide)
    else:
        decide(member.stored.id)
    return Shown(found[-1], now, terms, _locale(told), None if stored is None else stored.id, epoch)


def _known(
    loyalty: Loyalty,
    purchases: Purchases | None,
    told: dict[str, Any],
    terms: Terms,
    now: int,
    products: Sequence[KnownProduct] = (),
) -> Known:
    """What is known of a customer; without `purchases` of members alone, raises OrdersNeeded of others."""
    settings = terms.content.document
    buyer, would = None, Simulated(0, 0)
    if purchases is not None:
        today = local_day(now, terms.zone)
        is_vip = loyalty.is_vip(settings.thresholds.vip_from_rank)
        buyer = profile_of(purchases, told, settings, is_vip=is_vip, today=today, zone=terms.zone)
    if not loyalty.member:
        if purchases is None:
            raise OrdersNeeded
        would = simulated(list(purchases.recent), terms, now)
    return Known(
        loyalty=loyalty,
        buyer=buyer,
        simulated=would,
        settings=settings,
        zone=terms.zone,
        as_of=now,
        offers=terms.content.offers,
        products=products,
        simulated_value_micros=value_of(terms, would.points),
        card=card_of(told, settings.card),
    )


def _earning(book: Book, product: KnownProduct, now: int) -> KnownProduct:
    line = OrderLine(
        "#0", product.id, 1, product.price_micros, collections=list(product.collections), tags=product.tags
    )
    earned = product_points(book, line, now)
    return msgspec.structs.replace(
        product, points=earned.points, permyriad=earned.permyriad, qualifying=earned.qualifying
    )


async def _purchases(
    conn: Conn, shop: int, bucket: int, account: int, terms: Terms, now: int
) -> tuple[Purchases, dict[str, Any], int]:
    """A member's orders that stand, their lines with what is stored of the products; what the shop says; the epoch of
    the member's links."""
    year = start_of_day(local_day(now, terms.zone).replace(month=1, day=1), terms.zone)
    rows = await conn.fetch(sql.read_purchases, bucket, shop, account, year, RECENT_ORDERS)
    told = {} if rows[0]["profile"] is None else msgspec.json.decode(rows[0]["profile"])
    placed = [row for row in rows if row["snapshot"] is not None]
    if not placed:
        return Purchases(), told, rows[0]["epoch"]
    orders = [msgspec.json.decode(row["snapshot"], type=Order) for row in placed]
    facts = await product_facts(conn, shop, orders)
    known = [
        PlacedOrder(with_facts(order, None, {}, facts), row["order_at"])
        for order, row in zip(orders, placed, strict=True)
    ]
    first = next(one for one, row in zip(known, placed, strict=True) if row["oldest"] == 1)
    recent = [one for one, row in zip(known, placed, strict=True) if row["newest"] <= RECENT_ORDERS]
    totals = placed[0]
    return Purchases(totals["orders"], totals["this_year"], totals["spent"], recent, first), told, totals["epoch"]


async def _candidates(
    conn: Conn, shop: int, purchases: Purchases, told: dict[str, Any], terms: Terms
) -> list[KnownProduct]:
    """Products among which the rules choose, the newest first."""
    bought = {line.product for one in purchases.recent for line in one.order.lines or []}
    rows = await conn.fetch(
        sql.products_to_recommend,
        shop,
        sorted(bought),
        liked_collections(purchases, told),
        terms.content.document.products.exclude,
        CANDIDATES,
    )
    return [_product(row) for row in rows]


def _product(row: Any) -> KnownProduct:
    variants = msgspec.json.decode(row["variants"])
    sold = [one for one in variants if one.get("in_stock") is not False]
    prices = [parse_money(one["price"]) for one in sold if one.get("price")]
    image = row["image_url"]
    return KnownProduct(
        id=row["id"],
        title=row["title"] or "",
        price_micros=min(prices, default=0),
        number=row["number"],
        slug=row["slug"] or "",
        image_url=image if image and image.startswith("https://") else None,
        in_stock=bool(sold),
        collections=dict(msgspec.json.decode(pair) for pair in row["collections"]),
        tags=row["tags"],
    )
