"""The engine: everything the ways in can ask for, in one place."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import msgspec

from leal.engine import instants, publish, views
from leal.engine.adjust import AdjustVerb
from leal.engine.backtests import Backtest, backtest
from leal.engine.batch import Batch, outcome_of
from leal.engine.commands import (
    Adjust,
    Adjusted,
    Balance,
    History,
    PushCustomer,
    Pushed,
    PushOrder,
    Redeem,
    Redeemed,
    Shop,
    UnknownShop,
    Unredeem,
    Unredeemed,
    Who,
)
from leal.engine.keys import TokenKey, TokenKeys
from leal.engine.lanes import RETRYABLE, TRIES, WAITING_AT_ONCE, Lane, busy, lane_of
from leal.engine.orders import CustomerVerb, OrderVerb
from leal.engine.outbox import Waiting, waiting
from leal.engine.plans import Plan, plan
from leal.engine.programmes import Programmes
from leal.engine.redeem import RedeemVerb, UnredeemVerb
from leal.engine.rejects import Rejected, Rejects
from leal.engine.upkeep import Kept, keep_up, waiting_micros
from leal.engine.verb import Pending, Verb
from leal.engine.verify import Verified, verify
from leal.errors import InvalidInput, LealError, Problem, Unavailable
from leal.rules.programme.terms import Terms
from leal.store.db import Database
from leal.store.leadership import Leadership
from leal.store.queries import sql
from leal.tokens import Sealer

T = TypeVar("T")

LANES = 2
"""Writers of one shop in one process: one decides while the other waits for its commit."""
TRUSTED_FOR = 1.0
"""Seconds for which a shop's row, once read, is taken as it is; its clock and programme are read anew each time."""
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses with one another."""
CODE_LENGTH = 12
"""About 59 bits: not to be guessed, short enough to type."""


class Engine:
    """The verbs and views of all shops over one database."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._programmes = Programmes()
        self._lanes: dict[int, list[Lane]] = {}
        self._waiting_room = asyncio.Semaphore(WAITING_AT_ONCE)
        self._shops: dict[str, tuple[float, Shop]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self.keys = TokenKeys(db, sealer)
        self.rejects = Rejects(db)

    @classmethod
    async def open(cls, db: Database, sealer: Sealer) -> Engine:
        """An engine over open connections; close it before them."""
        return cls(db, sealer)

    async def close(self) -> None:
        """Wait until every command under way is answered."""
        for lanes in self._lanes.values():
            for lane in lanes:
                await lane.drain()
        if self._running:
            await asyncio.wait(self._running)

    # ---------------------------------------------------------------------------------------------------- shops

    async def shop(self, slug: str) -> Shop:
        """The shop of that slug; raises UnknownShop."""
        known = self._shops.get(slug)
        if known is not None and time.monotonic() - known[0] < TRUSTED_FOR:
            return known[1]
        async with self._db.directory() as conn:
            row = await conn.fetchrow(sql.shop_by_slug, slug)
        if row is None:
            raise UnknownShop(f"There is no shop {slug[:64]!r}.")
        shop = Shop(**dict(row))
        self._shops[slug] = (time.monotonic(), shop)
        return shop

    async def shops(self) -> list[Shop]:
        """All shops, by slug."""
        async with self._db.directory() as conn:
            return [Shop(**dict(row)) for row in await conn.fetch(sql.all_shops)]

    async def create_shop(self, slug: str, *, sandbox: bool = False, clock_at: int | None = None) -> Shop:
        """Found a shop, a sandbox with its clock at an instant if wanted; raises InvalidInput or ShopExists."""
        return await publish.create_shop(self._db, slug, sandbox=sandbox, clock_at=clock_at)

    async def now(self, shop: Shop) -> int:
        """The shop's clock, in microseconds since 1970."""
        async with self._db.shop(shop.id) as conn:
            clock = await conn.fetchrow(sql.shop_clock, shop.id)
        return 0 if clock is None else int(clock["real_at"] + clock["clock_offset"])

    async def advance_clock(self, shop: Shop, to_at: int, *, keep_up: bool = True) -> int:
        """Move a sandbox's clock forward; returns once all that fell due is stored, with how many members that was.

        Without `keep_up` nothing is stored yet: right for a replay that moves the clock many times.
        """
        await publish.advance_clock(self._db, shop, to_at)
        return (await self.keep_up(shop)).settled if keep_up else 0

    async def keep_up(self, shop: Shop) -> Kept:
        """Store all that fell due in the shop."""
        return await keep_up(self._db, shop, self._programmes)

    async def waiting_micros(self, shop: Shop) -> int | None:
        """How long whoever has been due longest has waited for upkeep; None: nobody is due."""
        return await waiting_micros(self._db, shop)

    async def outbox(self, shop: Shop, after_id: int = 0) -> list[Waiting]:
        """A page of what members are to be told and nobody has delivered yet, oldest first."""
        return await waiting(self._db, shop, after_id)

    def leadership(self) -> Leadership:
        """A bid to be the one process that does what one of several on this database should do."""
        return Leadership(self._db)

    async def counts(self, shop: Shop) -> dict[str, int]:
        """How many orders, members and entries the shop holds."""
        async with self._db.shop(shop.id) as conn:
            row = await conn.fetchrow(sql.shop_counts, shop.id)
        return {} if row is None else dict(row)

    # ----------------------------------------------------------------------------------------------- programmes

    async def publish(
        self,
        shop: Shop,
        text: str,
        *,
        author: str,
        note: str = "",
        effective_at: int | None = None,
        plan: str | None = None,
    ) -> int:
        """Publish a programme; gives its version. Raises InvalidInput or NotYetSupported with every fault.

        With the hash of a `plan` it raises PlanOutdated or PlanOfAnother where that was made on another version or of
        another document.
        """
        return await publish.publish(
            self._db, shop, text, author=author, note=note, effective_at=effective_at, plan=plan
        )

    async def plan(self, shop: Shop, text: str, progress: Callable[[int, int], None] | None = None) -> Plan:
        """What publishing a programme would change; raises as `publish` does (S10.2)."""
        return await plan(self._db, shop, self._programmes, text, progress)

    async def backtest(
        self, shop: Shop, text: str, from_at: int, to_at: int, progress: Callable[[int, int], None] | None = None
    ) -> Backtest:
        """The shop's orders lived again under a document's programme; raises InvalidInput or NoProgramme."""
        return await backtest(self._db, shop, self._programmes, text, from_at, to_at, progress)

    async def undo_programme(self, shop: Shop, *, author: str) -> tuple[int, int]:
        """Publish the version before the newest again; gives the new number and the old one. Raises NothingToUndo."""
        return await publish.undo(self._db, shop, author=author)

    async def programme(self, shop: Shop, version: int | None = None) -> str:
        """The canonical document of a version, the newest by default; raises NoProgramme."""
        return await publish.programme_text(self._db, shop, version)

    async def terms(self, shop: Shop) -> Terms | None:
        """The compiled terms in force now; None before the first programme."""
        async with self._db.shop(shop.id) as conn:
            clock = await conn.fetchrow(sql.shop_clock, shop.id)
            if clock is None:
                return None
            versions = await self._programmes.upto(conn, shop.id, clock["programme_version"])
        version = versions.in_force(clock["real_at"] + clock["clock_offset"])
        return None if version is None else version.terms

    # ---------------------------------------------------------------------------------------------------- verbs

    async def push_orders(self, shop: Shop, orders: list[PushOrder], *, strict: bool = False) -> list[Pushed]:
        """Upsert orders; one answer per item, in order. With `strict` all or nothing: raises InvalidInput."""
        return await self._push(shop, "order", [(OrderVerb(order), order.wire) for order in orders], strict=strict)

    async def push_customers(self, shop: Shop, customers: list[PushCustomer], *, strict: bool = False) -> list[Pushed]:
        """Upsert customers; one answer per item, in order. With `strict` all or nothing: raises InvalidInput."""
        items = [(CustomerVerb(customer), customer.wire) for customer in customers]
        return await self._push(shop, "customer", items, strict=strict)

    async def redeem(self, shop: Shop, command: Redeem) -> Redeemed:
        """Turn points into a discount; raises Refused with every reason."""
        terms = await self.terms(shop)
        redemption = None if terms is None else terms.programme.redemption
        prefix = "" if redemption is None else redemption.code_prefix
        code = prefix + "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        result: Redeemed = await self._command(shop, RedeemVerb(command, code))
        return result

    async def unredeem(self, shop: Shop, command: Unredeem) -> Unredeemed:
        """Undo a redemption; raises AlreadyReverted, NotRevertible or NotFound."""
        result: Unredeemed = await self._command(shop, UnredeemVerb(command))
        return result

    async def adjust(self, shop: Shop, command: Adjust) -> Adjusted:
        """Apply staff corrections, all or none; raises Refused or NotFound."""
        result: Adjusted = await self._command(shop, AdjustVerb(command))
        return result

    async def _command(self, shop: Shop, verb: Verb) -> Any:
        return await self._shielded(self._wait(self._lane(shop, verb).submit(verb)))

    async def _push(self, shop: Shop, kind: str, items: Sequence[tuple[Verb, bytes]], *, strict: bool) -> list[Pushed]:
        if strict:
            return await self._shielded(self._push_strictly(shop, [verb for verb, _ in items]))
        return await self._shielded(self._push_each(shop, kind, items))

    async def _push_each(self, shop: Shop, kind: str, items: Sequence[tuple[Verb, bytes]]) -> list[Pushed]:
        futures = [self._lane(shop, verb).submit(verb, pushed=len(items) > 1) for verb, _ in items]
        results = await asyncio.gather(*futures, return_exceptions=True)
        answers: list[Pushed] = []
        refused = []
        unanswered: BaseException | None = None
        for (_, wire), result in zip(items, results, strict=True):
            if isinstance(result, Pushed):
                answers.append(result)
            elif isinstance(result, Unavailable) or not isinstance(result, Exception):
                unanswered = result
            else:
                problems = problems_of(result)
                refused.append((wire, problems))
                answers.append(Pushed(problems))
        await self.rejects.keep(shop, kind, refused)
        if unanswered is not None:
            raise unanswered  # nobody knows of some items; to push them all again is safe
        return answers

    async def _push_strictly(self, shop: Shop, verbs: list[Verb]) -> list[Pushed]:
        for attempt in range(TRIES):
            try:
                return await self._push_at_once(shop, verbs)
            except RETRYABLE as failure:
                last = busy(failure)
                await asyncio.sleep(0.005 * 2**attempt)
        raise last

    async def _push_at_once(self, shop: Shop, verbs: list[Verb]) -> list[Pushed]:
        """All items in one transaction, or none."""
        pendings = [Pending(verb, asyncio.get_running_loop().create_future()) for verb in verbs]
        batch = Batch(shop, self._programmes, pendings)
        async with self._db.transaction(shop.id) as conn:
            await batch.run(conn, wait=True)
            problems = [
                msgspec.structs.replace(problem, path=f"[{i}].{problem.path}".rstrip("."))
                for i, pending in enumerate(pendings)
                if isinstance(pending.failure, LealError)
                for problem in problems_of(pending.failure)
            ]
            for pending in batch.moving + batch.postponed:
                right = "Push it without debug."
                problems.append(
                    Problem(f"[{pendings.index(pending)}]", "not_alone", "It moves between customers.", right)
                )
            if problems:
                raise InvalidInput(problems)
            for pending in pendings:
                outcome_of(pending)
        return [Pushed() for _ in pendings]

    # ---------------------------------------------------------------------------------------------------- views

    async def balance(
        self, shop: Shop, who: Who, *, full: bool = False, unused: bool = False, at: int | None = None
    ) -> Balance:
        """A member's standing now, or `at` any instant (S3.5).

        Raises EmptyIdentity, UnknownCustomer or IdentityMismatch; InvalidInput where `at` is beyond the calendar.
        """
        if at is not None:
            return await instants.balance_at(self._db, shop, self._programmes, who, at, full=full, unused=unused)
        return await views.balance(self._db, shop, self._programmes, who, full=full, unused=unused)

    async def logged_out(self, shop: Shop, *, full: bool = False) -> Balance:
        """What a stranger is shown now (S13.2)."""
        return await views.stranger(self._db, shop, self._programmes, full=full)

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

    async def richest(self, shop: Shop, limit: int = 10) -> list[tuple[Who, Balance]]:
        """The members with the most available points, and their standings."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.richest_accounts, shop.id, limit)
        names = [Who(bhid=row["id"], shopid=row["shopid"]) for row in rows]
        return [(who, await self.balance(shop, Who(bhid=who.bhid))) for who in names]

    async def verify(self, shop: Shop, progress: Callable[[int, int], None] | None = None) -> Verified:
        """Recompute every account of the shop from its entries; gives what is wrong."""
        return await verify(self._db, shop, progress)

    # --------------------------------------------------------------------------------------------------- keys

    async def token_key(self, shop: Shop, kid: str) -> bytes | None:
        """The secret of a valid token key."""
        return await self.keys.find(shop, kid)

    async def add_token_key(self, shop: Shop, kid: str | None = None) -> tuple[str, bytes]:
        """Make a token key; gives its id and secret."""
        return await self.keys.add(shop, kid)

    async def token_keys(self, shop: Shop) -> list[TokenKey]:
        """All token keys of the shop."""
        return await self.keys.all(shop)

    async def revoke_token_key(self, shop: Shop, kid: str) -> None:
        """Make a token key invalid for good."""
        await self.keys.revoke(shop, kid)

    # ------------------------------------------------------------------------------------------------ rejected

    async def reject(self, shop: Shop, kind: str, item: bytes, problems: list[Problem]) -> None:
        """Keep a pushed item that was refused."""
        await self.rejects.keep(shop, kind, [(item, problems)])

    async def rejected(self, shop: Shop) -> list[Rejected]:
        """The refused items that are still kept."""
        return await self.rejects.all(shop)

    async def drop_rejected(self, shop: Shop, ids: list[int]) -> None:
        """Forget refused items."""
        await self.rejects.drop(shop, ids)

    # ---------------------------------------------------------------------------------------------------------

    def _lane(self, shop: Shop, verb: Verb) -> Lane:
        lanes = self._lanes.get(shop.id)
        if lanes is None:
            lanes = [Lane(self._db, shop, self._programmes, self._waiting_room) for _ in range(LANES)]
            self._lanes[shop.id] = lanes
        return lanes[lane_of(verb, LANES)]

    async def _wait(self, future: asyncio.Future[Any]) -> Any:
        return await future

    async def _shielded(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry on though the caller has gone: a disconnected client does not cancel a command."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


def problems_of(failure: Exception) -> list[Problem]:
    """What kept an item from being taken, as its problems; a fault of our own is in the log."""
    if isinstance(failure, InvalidInput):
        return failure.problems
    if isinstance(failure, LealError):
        return [Problem("", failure.id, failure.message)]
    right = "The item is kept: replay it once the fault is mended; the log says what it is."
    return [Problem("", "internal_error", "Leal failed on this item.", right)]
