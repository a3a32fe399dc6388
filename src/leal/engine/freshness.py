"""Freshness: a short text that changes whenever what a balance shows may change, told without making the balance.

What is shown hangs on the stored account, whose row is written anew with every change of it or of its orders and
redemptions; on what the shop says of the customer; on the version of the programme in force; on the local day (windows,
limits, caps, deadlines); on the moment at which everything would lapse, which is none for whoever has nothing; and on
which sources and offers are open just now. Something due, conditions about who sees or gets what, stocks and total
budgets that others take from, or products may change it at any moment: then only making it tells.
"""

from __future__ import annotations

from leal.engine.clocks import clock_of, read_clock
from leal.engine.commands import Shop, Who
from leal.engine.programmes import Programmes
from leal.engine.rows import account_from
from leal.engine.views import read_row
from leal.rules.calendar import local_day
from leal.rules.expiration import moment_at
from leal.rules.programme.terms import Versions
from leal.rules.settling import is_due
from leal.store.db import Database
from leal.store.queries import sql


async def freshness(db: Database, shop: Shop, programmes: Programmes, who: Who | None, *, full: bool) -> str | None:
    """The text for a member, or for a stranger; None where the balance must be made. Raises as `views.balance` does."""
    async with db.shop(shop.id) as conn:
        if who is None:
            clock = await read_clock(conn, shop.id)
            return _of_programme(await programmes.upto(conn, shop.id, clock.newest), clock.now, full=full)
        row = await read_row(conn, shop, who)
        now = clock_of(row).now
        versions = await programmes.upto(conn, shop.id, row["programme_version"])
        told = await conn.fetchval(sql.customer_stored_as, row["bucket"], shop.id, row["id"])
    account = account_from(row)
    if now < account.settled_at or is_due(account, versions, now):
        return None
    programme = _of_programme(versions, now, full=full)
    if programme is None:
        return None
    moment = moment_at(account, versions.terms.get(account.settled_version), now)
    return f"{account.id} {account.number} {row['stored_as']} {told} {moment} {programme}"


def _of_programme(versions: Versions, now: int, *, full: bool) -> str | None:
    version = versions.in_force(now)
    if version is None:
        return "0"
    if version.terms.tiers_ask_customer or (full and version.terms.shows_by_more):
        return None
    offers = [slug for slug, offer in version.terms.offers.items() if full and offer.starts_at <= now < offer.ends_at]
    sources = "".join(f"{start <= now < end:d}" for start, end in version.terms.open_from_to.values())
    return f"{version.number} {local_day(now, version.terms.zone)} {sources} {' '.join(offers)}"
