"""A batch: load, decide, store, for any number of commands of one shop in one transaction.

The steps: (1) the members are found or founded; (2) their accounts are locked in the order of their ids, those that
somebody else holds are left for later; where the shop's ids alone name them, one statement does both; (3) in later
statements, for a snapshot must not be older than a lock, orders, redemptions and kept answers are read; (4) each
member's commands are decided in order of arrival, in memory, and again where a decision asked for more than was loaded;
(5) all is stored by a fixed small number of set-based statements, and committed once. No answer leaves before that.
"""

from __future__ import annotations

from typing import Any

from leal.engine import answers
from leal.engine.clocks import ShopClock, clock_of, read_clock
from leal.engine.commands import Shop
from leal.engine.giving_way import Way, one_turn
from leal.engine.lending import Stale, decide_with_loans, load_what_is_named, require_names
from leal.engine.programmes import Programmes
from leal.engine.resolving import Resolution, resolve
from leal.engine.rows import account_buckets, account_from
from leal.engine.stocking import StockRoom
from leal.engine.storing import store
from leal.engine.verb import Member, Pending
from leal.errors import LealError
from leal.rules import milestones
from leal.rules.climbing import upgrade
from leal.rules.hearing import consented, told
from leal.rules.ledger import BrokenLaw
from leal.rules.programme.terms import Versions
from leal.store.db import Conn
from leal.store.queries import sql


class Batch:
    """One transaction's worth of commands."""

    def __init__(self, shop: Shop, programmes: Programmes, pendings: list[Pending], give_way: Way = one_turn) -> None:
        self.shop = shop
        self.programmes = programmes
        self.pendings = pendings
        self._give_way = give_way
        self.postponed: list[Pending] = []
        """Commands left for another batch: their members were held by somebody else."""
        self.moving: list[Pending] = []
        """Orders that come under another customer than before: each needs both members (`moving.py`)."""
        self.members: dict[int, Member] = {}
        self.room = StockRoom()
        self._found = Resolution()
        self._todo: dict[int, list[Pending]] = {}

    async def run(self, conn: Conn, *, wait: bool) -> None:
        """Decide and store everything inside the caller's transaction; outcomes are handed out after its commit.

        With `wait`, members that somebody else holds are waited for instead of postponed. Raises Stale.
        """
        await self.decide(conn, wait=wait)
        await self.store(conn)

    async def decide(self, conn: Conn, *, wait: bool) -> None:
        """All but the last step of `run`: afterwards everything is decided, and nothing is stored."""
        found = await resolve(conn, self.shop.id, [p for p in self.pendings if p.failure is None], lock=not wait)
        self.postponed += found.postponed
        clock = await self._lock(conn, found, wait=wait)
        await require_names(conn, self.shop.id, self.members, found)
        todo = self._by_member(found)
        if not todo:
            return
        clock = clock or await read_clock(conn, self.shop.id)
        versions = await self.programmes.upto(conn, self.shop.id, clock.newest)
        now = clock.now
        self.members |= {
            account: Member.founded(account, versions, now, todo[account][0].verb.at)
            for account in found.new
            if account in todo
        }
        for member in self.members.values():
            member.shelves = self.room.shelves
        await load_what_is_named(conn, self.shop.id, todo, self.members, found, versions)
        real_at = clock.real_at
        await decide_with_loans(
            conn,
            self.shop.id,
            self.members,
            todo,
            lambda account: decide_member(self.members[account], todo[account], self.shop.id, versions, real_at, now),
            self.room,
            self._give_way,
        )
        self._found, self._todo = found, todo

    async def store(self, conn: Conn) -> None:
        """Write what was decided. Raises Stale."""
        if not self._todo:
            return
        await self.room.store(conn, self.shop.id)
        members = self._to_store(self._todo)
        await store(conn, self.shop.id, members, self._found, self._todo, give_way=self._give_way)

    async def _lock(self, conn: Conn, found: Resolution, *, wait: bool) -> ShopClock | None:
        """Lock and load the members; gives the shop's clock where it came with them and is none that a member who was
        stored meanwhile is ahead of."""
        moving = {pending for pending, account in found.account_of.items() if found.moves_order(pending, account)}
        wanted = {account for pending, account in found.account_of.items() if pending not in moving} - found.new.keys()
        if not wanted:
            return None
        if found.locked is not None:
            rows = [row for row in found.locked if row["id"] in wanted]
        else:
            some = sorted(wanted)
            query = sql.lock_accounts_waiting if wait else sql.lock_accounts
            rows = await conn.fetch(query, account_buckets(some), self.shop.id, some)
        for row in rows:
            account = account_from(row)
            if account.is_gone:
                raise Stale
            self.members[account.id] = Member(account, is_new=False)
        if wait or not rows:
            return None
        clock = clock_of(rows[-1])
        stored = [member.stored for member in self.members.values()]
        ahead = any(one.settled_at > clock.now or one.settled_version > clock.newest for one in stored)
        return None if ahead else clock

    def _by_member(self, found: Resolution) -> dict[int, list[Pending]]:
        """The commands whose members are at hand, by member; the others are postponed."""
        todo: dict[int, list[Pending]] = {}
        blocked: set[int] = set()
        for pending, account in found.account_of.items():
            if found.moves_order(pending, account):
                self.moving.append(pending)
            elif (
                account not in blocked and not pending.verb.erases and (account in found.new or account in self.members)
            ):
                todo.setdefault(account, []).append(pending)
            else:
                blocked.add(account)  # later commands of the same member keep their turn
                self.postponed.append(pending)
        return todo

    def _to_store(self, todo: dict[int, list[Pending]]) -> dict[int, Member]:
        """The members concerned, without new ones for whom every command failed."""
        return {
            account: self.members[account]
            for account, pendings in todo.items()
            if not self.members[account].is_new or any(pending.failure is None for pending in pendings)
        }


def decide_member(
    member: Member, pendings: list[Pending], shop: int, versions: Versions, real_at: int, now: int
) -> None:
    """Decide one member's commands in order; one that fails after it touched the book makes the rest start afresh.

    Raises DaysNeeded, LapsesNeeded, CustomerNeeded, CapsNeeded or StockNeeded when something must be lent first.
    """
    failed: set[Pending] = set()
    while True:
        member.start(shop, versions, real_at, instant_of(pendings[0], now))
        for pending in pendings:
            if pending in failed:
                assert pending.failure is not None
                answers.keep_failure(member, pending.verb, pending.failure)
                continue
            member.reach(instant_of(pending, now))
            member.present = max(member.present, now)
            opened = member.book.opened
            pending.outcome = pending.failure = None
            person = member.book.account.person
            known = member.hear(pending.verb.facts)
            try:
                if member.book.told is not known:
                    told(member.book, member.now)
                pending.outcome = answers.replay_or_decide(member, pending.verb)
                if member.is_new:  # who joined just now may meet what a tier asks by having nothing
                    upgrade(member.book, member.now, "member")
                consented(member.book, known, member.now)
                milestones.follow(member.book, member.now)
                member.note_rewards()
            except (LealError, BrokenLaw, ArithmeticError, LookupError, AssertionError) as failure:
                pending.failure = failure
                member.book.told, member.book.account.person = known, person
                if member.book.opened != opened:
                    failed.add(pending)
                    break
                answers.keep_failure(member, pending.verb, failure)
        else:
            return


def instant_of(pending: Pending, now: int) -> int:
    """The instant at which a command is decided, if the member is not settled further: now, or one that is replayed."""
    return now if pending.verb.at is None else min(pending.verb.at, now)


def outcome_of(pending: Pending) -> Any:
    """What a decided command came to; raises its failure."""
    if pending.failure is not None:
        raise pending.failure
    return pending.outcome
