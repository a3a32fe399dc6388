"""Showing: what a balance with the whole programme needs beside the member: stocks, budgets, products of offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from leal.engine.stocking import StockWindow
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.programme.terms import Versions
from leal.rules.returning import Redemption
from leal.rules.rewards import stock_of
from leal.rules.standing import Standing
from leal.rules.stock import Shelves, StockName, StockNeeded
from leal.store.db import Conn
from leal.store.queries import sql


async def shelves_at(conn: Conn, shop: int, versions: Versions, at: int, *, full: bool) -> Shelves:
    """What is left now of the stocks of all offers and of all total budgets at the instant; nothing is locked."""
    version, room = versions.in_force(at), StockWindow()
    if version is None or not full:
        return room.shelves
    offers, budgets = version.terms.offers.values(), version.terms.budgets
    needs = [StockNeeded(stock_of(offer), offer.stock, 0) for offer in offers if offer.stock is not None]
    needs += [StockNeeded(StockName("budget", source), budgets[source], 0) for source in budgets]
    if needs:
        await room.lend(conn, shop, needs)
    return room.shelves


def shows_more(versions: Versions, at: int) -> bool:
    """Whether a whole programme's balance shows what the members' rows do not tell: stocks, budgets, products."""
    version = versions.in_force(at)
    if version is None:
        return False
    offers = version.terms.offers.values()
    return bool(version.terms.budgets) or any(
        offer.stock is not None or offer.document.gives.product is not None for offer in offers
    )


async def products_of(conn: Conn, shop: int, standing: Standing) -> dict[str, dict[str, Any]]:
    """What is known of the products that the offers shown give, by their ids."""
    return await known_products(conn, shop, [one.offer for one in standing.offers])


async def known_products(conn: Conn, shop: int, offers: Iterable[OfferTerms]) -> dict[str, dict[str, Any]]:
    """What is known of the products that offers give, by their ids."""
    ids = {product for offer in offers if (product := offer.document.gives.product) is not None}
    if not ids:
        return {}
    rows = await conn.fetch(sql.show_products, shop, sorted(ids))
    return {row["id"]: {"number": row["number"], **msgspec.json.decode(row["facts"])} for row in rows}


def given_by(rewards: list[Redemption], versions: Versions) -> dict[tuple[int, str], OfferTerms]:
    """What the rewards' offers give, each under the version that the reward was made by."""
    made = {(one.version, one.offer) for one in rewards if one.offer is not None}
    return {(number, slug): versions.numbered(number).terms.offers[slug] for number, slug in made}
