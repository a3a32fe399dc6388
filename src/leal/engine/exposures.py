"""Exposures: how often content blocks were shown and clicked, what came of it, and whose links to them are void."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from leal.engine.audit import LEAL, Act, note_acts
from leal.engine.commands import Shop, Who
from leal.engine.ground import Ground
from leal.engine.records import rows_by_ids
from leal.engine.resolving import existing_account
from leal.engine.rows import BUCKETS, account_bucket
from leal.rules.uplift import Group, Uplift, uplift
from leal.store.queries import sql
from leal.values import DAY, datetime_of, format_id

BUCKETS_AT_ONCE = 16
"""Of the customers whose orders are looked at in one statement."""
PAGE = 1000


class Seen(msgspec.Struct, gc=False):
    """What one customer, or a stranger, was shown of a block since it was last stored; instants on the shop's clock."""

    account: int | None
    """None: nobody who is known."""
    block: str
    share: int
    """Percent of customers who were to be in the control group."""
    control: bool
    first_at: int
    last_at: int
    impressions: int = 0
    clicks: int = 0
    clicked_at: int | None = None

    def add(self, other: Seen) -> None:
        """Take in more of the same."""
        clicks = [at for at in (self.clicked_at, other.clicked_at) if at is not None]
        self.first_at, self.last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        self.impressions += other.impressions
        self.clicks += other.clicks
        self.clicked_at = min(clicks, default=None)


class Outcome(msgspec.Struct):
    """What came of a block, under one size of the control group."""

    block: str
    share: int
    impressions: int = 0
    """To anybody, with those who are not known."""
    clicks: int = 0
    withheld: int = 0
    """Times that the control group was to see it."""
    clickers: int = 0
    shown: Group = Group()
    """Known customers who were shown it."""
    control: Group = Group()

    @property
    def uplift(self) -> Uplift | None:
        """How the two groups differ; None without both."""
        return uplift(self.shown, self.control, self.share)


class Person(NamedTuple):
    """Somebody to whom links may be sent."""

    customer: str
    """The id that the record goes under."""
    epoch: int


class Exposures(Ground):
    """What the engine remembers of content blocks."""

    def split_secret(self, shop: Shop) -> bytes:
        """What the shop's control groups are drawn with; it stays the same for good."""
        return self._sealer.derive(f"content split {shop.id}")

    async def add_seen(self, shop: Shop, seen: Sequence[Seen]) -> None:
        """Store what was shown and clicked: of each customer, and by day of everybody."""
        known: dict[tuple[int, str, int], Seen] = {}
        days: dict[tuple[date, str, int, bool], list[int]] = {}
        for one in seen:
            counts = days.setdefault((utc_day(one.last_at), one.block, one.share, one.control), [0, 0])
            counts[0] += one.impressions
            counts[1] += one.clicks
            if one.account is not None:
                place = one.account, one.block, one.share
                if place in known:
                    known[place].add(one)
                else:
                    known[place] = msgspec.structs.replace(one)
        async with self._db.transaction(shop.id) as conn:
            await conn.execute(
                sql.add_content_days,
                shop.id,
                *(list(column) for column in zip(*((*place, *counts) for place, counts in days.items()), strict=True)),
            )
            if known:
                rows = [
                    (
                        account_bucket(account), account, block, share, one.control, one.impressions, one.clicks,
                        one.first_at, one.last_at, one.clicked_at,
                    )
                    for (account, block, share), one in known.items()
                ]  # fmt: skip
                await conn.execute(sql.add_seen, shop.id, *(list(column) for column in zip(*rows, strict=True)))

    async def outcomes(
        self,
        shop: Shop,
        since_at: int,
        window_days: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Outcome]:
        """What came of each block that was first shown to a customer since an instant: whether the customer ordered
        within so many days of that."""
        found: dict[tuple[str, int], Outcome] = {}
        async with self._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            for row in await conn.fetch(sql.content_totals, shop.id, utc_day(since_at)):
                place = row["block"], row["share"]
                outcome = found.setdefault(place, Outcome(*place))
                outcome.clicks += row["clicks"]
                if row["control"]:
                    outcome.withheld += row["impressions"]
                else:
                    outcome.impressions += row["impressions"]
            for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
                buckets = list(range(first, first + BUCKETS_AT_ONCE))
                for row in await conn.fetch(sql.content_outcomes, buckets, shop.id, since_at, window_days * DAY):
                    place = row["block"], row["share"]
                    outcome = found.setdefault(place, Outcome(*place))
                    group = Group(row["people"], row["buyers"], int(row["spent"]), int(row["squares"]))
                    outcome.clickers += row["clickers"]
                    if row["control"]:
                        outcome.control = outcome.control.plus(group)
                    else:
                        outcome.shown = outcome.shown.plus(group)
                if progress is not None:
                    progress(first + BUCKETS_AT_ONCE, BUCKETS)
        return [found[place] for place in sorted(found)]

    async def link_epoch(self, shop: Shop, account: int) -> int:
        """The epoch of the links of a customer."""
        async with self._db.shop(shop.id) as conn:
            epoch = await conn.fetchval(sql.link_epoch, account_bucket(account), shop.id, account)
        return epoch or 0

    async def link_person(self, shop: Shop, customer: str) -> Person:
        """Somebody by the id that the record goes under, known or not."""
        async with self._db.shop(shop.id) as conn:
            accounts = await rows_by_ids(conn, shop, [customer])
        epochs = [await self.link_epoch(shop, account) for account in accounts]
        return Person(customer, max(epochs, default=0))

    async def link_people(self, shop: Shop) -> AsyncIterator[Person]:
        """Everybody who is known."""
        last = (-1, 0)
        while True:
            async with self._db.shop(shop.id) as conn:
                rows = await conn.fetch(sql.content_people, shop.id, *last, PAGE)
            for row in rows:
                yield Person(row["shopid"] or format_id(row["id"]), row["epoch"])
            if len(rows) < PAGE:
                return
            last = rows[-1]["bucket"], rows[-1]["id"]

    async def revoke_links(self, shop: Shop, who: Who, *, by: str = LEAL) -> None:
        """Make all links of a customer void that were made before; raises EmptyIdentity, UnknownCustomer or
        IdentityMismatch."""
        async with self._db.transaction(shop.id) as conn:
            account = await existing_account(conn, shop.id, who)
            epoch = await conn.fetchval(sql.revoke_links, account_bucket(account), shop.id, account)
            await note_acts(conn, shop.id, [Act(by, "content.links_revoked", account=account, after={"epoch": epoch})])


def utc_day(at: int) -> date:
    """The day in UTC that an instant is on."""
    return datetime_of(at).date()
