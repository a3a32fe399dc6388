"""Forecasts: what a member will have at an instant to come, and what happens until then if nothing else does (S3.5)."""

from __future__ import annotations

import msgspec

from leal.engine.clocks import LATEST
from leal.engine.commands import Balance, Change, Shop, Who
from leal.engine.lending import decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.views import due_change, settled
from leal.errors import InvalidInput, Problem
from leal.rules.standing import standing
from leal.store.db import Database
from leal.values import format_instant


class Forecast(msgspec.Struct, frozen=True):
    """A member now and then, and what falls due on the way, oldest first."""

    present: Balance
    then: Balance
    changes: list[Change]


async def forecast(db: Database, shop: Shop, programmes: Programmes, who: Who, at: int) -> Forecast:
    """Settle a member on in memory, under the versions that are published already.

    Raises InvalidInput for an instant that has passed or is too far away; EmptyIdentity, UnknownCustomer,
    IdentityMismatch.
    """
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        member, versions, real_at, now = await settled(conn, shop, programmes, who)
        if not now <= at <= LATEST:
            right = f"from now on, to {format_instant(LATEST)}"
            raise InvalidInput([Problem("at", "out_of_range", "Only what is to come can be forecast.", right)])
        told: list[Forecast] = []
        account = member.stored.id

        def look(_: int) -> None:
            member.start(shop.id, versions, real_at, now)
            book = member.book
            present = standing(book, now, full=False)._replace(account=book.account.copy())
            begun = len(book.entries)
            member.reach(at)
            then = standing(book, at, full=False)
            changes = [due_change(entry, versions) for entry in book.entries[begun:]]
            told.append(Forecast(Balance(account, now, present, []), Balance(account, at, then, []), changes))

        await decide_with_loans(conn, shop.id, {account: member}, [account], look)
    return told[-1]
