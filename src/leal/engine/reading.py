"""The views: the part of the engine that shows and checks, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from leal.engine import feed, instants, people, views
from leal.engine.commands import Balance, Details, Disclosed, History, PlainBalance, Shop, Who, WholeBalance
from leal.engine.disclosure import disclose
from leal.engine.explaining import ExplainedBalance, explain_balance
from leal.engine.forecasts import Forecast, forecast
from leal.engine.freshness import freshness
from leal.engine.ground import Ground
from leal.engine.holds import HoldMade, open_holds
from leal.engine.invitations import Referrals, listed
from leal.engine.liability import Liability, liability
from leal.engine.records import mapped_records, record_text, records
from leal.engine.showing import known_products
from leal.engine.verify import Verified, verify
from leal.rules.mapped import PLAIN, View
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.record import Record
from leal.store.queries import sql


class Reading(Ground):
    """What the engine shows."""

    async def balance(
        self, shop: Shop, who: Who, *, full: bool = False, unused: bool = False, at: int | None = None
    ) -> Balance:
        """A member's standing now, or `at` any instant (S3.5).

        Raises EmptyIdentity, UnknownCustomer or IdentityMismatch; InvalidInput where `at` is beyond the calendar.
        """
        if at is not None:
            return await instants.balance_at(self._db, shop, self._programmes, who, at, full=full, unused=unused)
        return await views.balance(self._db, self._balances, shop, self._programmes, who, full=full, unused=unused)

    async def whole_balance(self, shop: Shop, who: Who, *, full: bool, unused: bool) -> WholeBalance | Balance:
        """The same, around what is kept of the plain balance where that holds."""
        return await views.whole_balance(
            self._db, self._balances, shop, self._programmes, who, full=full, unused=unused
        )

    async def plain_balance(self, shop: Shop, who: Who) -> PlainBalance | Balance:
        """A member's balance now as it is kept, where it holds, else the standing; raises as `balance` does."""
        return await views.plain_balance(self._db, self._balances, shop, self._programmes, who)

    async def details(self, shop: Shop, who: Who) -> Details:
        """Who a customer is; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
        return await people.details(self._db, self._balances, shop, self._programmes, who)

    async def disclose(self, shop: Shop, who: Who) -> Disclosed:
        """Everything that is held of a customer; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
        return await disclose(self._db, shop, who)

    async def logged_out(self, shop: Shop, *, full: bool = False) -> Balance:
        """What a stranger is shown now (S13.2)."""
        return await views.stranger(self._db, shop, self._programmes, full=full)

    async def freshness(self, shop: Shop, who: Who | None, *, full: bool = False) -> str | None:
        """What changes whenever the balance of a member, or of a stranger, may; None where only making it tells.

        Raises as `balance` does.
        """
        return await freshness(self._db, shop, self._programmes, who, full=full)

    async def history(
        self,
        shop: Shop,
        who: Who,
        *,
        only_unused: bool = False,
        only_points: bool = False,
        after_id: int | None = None,
        limit: int = 1000,
    ) -> History:
        """A page of a member's changes, newest first; raises as `balance` does."""
        return await views.history(
            self._db,
            shop,
            self._programmes,
            who,
            only_unused=only_unused,
            only_points=only_points,
            after_id=after_id,
            limit=limit,
        )

    async def forecast(self, shop: Shop, who: Who, at: int) -> Forecast:
        """What a member will have at an instant to come if nothing more happens; raises as `balance`, InvalidInput."""
        return await forecast(self._db, shop, self._programmes, who, at)

    async def explain_balance(self, shop: Shop, who: Who, *, limit: int = 100) -> ExplainedBalance:
        """What makes a member's figures now, with the newest entries; raises as `balance` does."""
        return await explain_balance(self._db, shop, self._programmes, who, limit)

    async def offer_given(self, shop: Shop, version: int, slug: str) -> tuple[OfferTerms, dict[str, dict[str, Any]]]:
        """An offer under a version that had it, and what is known of the product that it gives."""
        async with self._db.shop(shop.id) as conn:
            versions = await self._programmes.upto(conn, shop.id, version)
            offer = versions.numbered(version).terms.offers[slug]
            return offer, await known_products(conn, shop.id, [offer])

    async def records(self, shop: Shop, ids: Sequence[str]) -> dict[str, Record]:
        """The datasource's records by the ids they go under; ids without one are left out (S12)."""
        return await records(self._db, shop, self._programmes, ids)

    async def record_text(self, shop: Shop, ident: str) -> bytes | None:
        """The JSON of the record under an id; None where there is none."""
        return await record_text(self._db, self._kept_records, shop, self._programmes, ident)

    async def mapped_records(
        self, shop: Shop, ids: Sequence[str], view: View, *, strangers: bool = False
    ) -> dict[str, Any]:
        """What a mapping, or further fields, tell of the ids; with `strangers` also of those without a record (S12.4).

        Raises UnknownMapping.
        """
        return await mapped_records(self._db, shop, self._programmes, ids, view, strangers=strangers)

    async def holds(self, shop: Shop, who: Who) -> list[HoldMade]:
        """A member's open holds, the newest first; raises as `balance` does."""
        return await open_holds(self._db, shop, self._programmes, who)

    async def feed_page(self, shop: Shop, since: str | None, limit: int, view: View = PLAIN) -> feed.Page:
        """The datasource's next page after a cursor; without one the first page of a snapshot (S12.3).

        Raises InvalidInput for what is no cursor, ResnapshotRequired, UnknownMapping.
        """
        return await feed.page(self._db, shop, self._programmes, since, limit, view)

    async def feed_gone(self, shop: Shop, view: View = PLAIN) -> list[Any]:
        """What is told of all ids that were told to be gone in the last 90 days. Raises UnknownMapping."""
        return await feed.gone(self._db, shop, self._programmes, view)

    def feed_snapshot(self, shop: Shop, view: View = PLAIN) -> AsyncGenerator[feed.Page, None]:
        """The datasource's records of all members at one instant, in parts; the last cursor leads to the changes."""
        return feed.whole(self._db, shop, self._programmes, view)

    def feed_lines(self, shop: Shop) -> AsyncGenerator[feed.Lines, None]:
        """The same of the plain records, as JSON lines: the quickest way to have all; the first part has none."""
        return feed.whole_as_lines(self._db, shop, self._programmes)

    async def feed_volume(self, shop: Shop) -> tuple[int, int | None]:
        """How many customers are known, and when that account was last written that was so the longest ago."""
        async with self._db.shop(shop.id) as conn:
            row = await conn.fetchrow(sql.feed_volume, shop.id)
        assert row is not None  # it counts
        return row["customers"], row["oldest_at"]

    async def open_write_seconds(self) -> float:
        """How long the oldest writing transaction has been open, as far as earlier calls could see it begin."""
        return await self._open_writes.look(self._db, time.monotonic())

    async def referrals(self, shop: Shop, who: Who, *, with_friends: bool = False) -> Referrals:
        """A member's invitations; raises as `balance` does."""
        return await listed(self._db, shop, self._programmes, who, with_friends=with_friends)

    async def richest(self, shop: Shop, limit: int = 10) -> list[tuple[Who, Balance]]:
        """The members with the most available points, and their standings."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.richest_accounts, shop.id, limit)
        names = [Who(bhid=row["id"], shopid=row["shopid"]) for row in rows]
        return [(who, await self.balance(shop, Who(bhid=who.bhid))) for who in names]

    async def verify(self, shop: Shop, progress: Callable[[int, int], None] | None = None) -> Verified:
        """Recompute every account of the shop from its entries; gives what is wrong."""
        return await verify(self._db, shop, progress)

    async def liability(
        self, shop: Shop, from_at: int | None, at: int | None, progress: Callable[[int, int], None] | None = None
    ) -> Liability:
        """What all members have at an instant, and what moved it there; raises InvalidInput."""
        return await liability(self._db, shop, self._programmes, from_at, at, progress)
