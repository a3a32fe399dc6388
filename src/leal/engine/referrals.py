"""Referrals: a friend's welcome, and what follows from the first order, both accounts locked in one transaction (S9.5).

A push notes what is to be looked at (`referral_due`): orders, or as order 0 a customer who may be welcomed. Once it
is stored, for each, of one member the first first: (1) the order, the friend and the invitation that it came by are
looked up; (2) both accounts are locked in the order of their ids, and all of it is read again; (3) both are settled to
one instant and it is decided; (4) both are stored with the acceptance, and the note is gone. Whoever dies in between
leaves the note, and upkeep finds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.invitations import first_open, home_of, led_by
from leal.engine.lending import LEND, NEEDS, Stale
from leal.engine.programmes import Programmes
from leal.engine.resolving import Resolution
from leal.engine.retries import RETRYABLE, TRIES, busy
from leal.engine.rows import account_bucket, account_buckets, account_from, order_from
from leal.engine.stocking import StockRoom
from leal.engine.storing import store
from leal.engine.taken import award_facts
from leal.engine.verb import Member
from leal.rules import referring as rules
from leal.rules.keeps import Referred
from leal.rules.orders import OrderState
from leal.rules.programme.document import Referrals
from leal.rules.stock import StockNeeded
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import next_id

AT_ONCE: Final = 200
"""Members looked at in one transaction for whether they came by an invitation at all."""

ALL: Final = 1_000_000
"""More than are ever noted at once: those who were pushed just now, and whom a server that died left behind."""

Note = tuple[int, int]
"""A member, and the number of the order that is to be looked at; 0: the member, for a welcome."""


class Lead(NamedTuple):
    """How a friend came: what is known of it already, the sender and the invitation (0: none), the order."""

    referred: Referred | None
    sender: int | None
    referral: int
    state: OrderState | None


async def settle_due(db: Database, shop: Shop, programmes: Programmes, limit: int = 1000) -> int:
    """Look at every order that is noted; gives how many there were."""
    async with db.shop(shop.id) as conn:
        rows = await conn.fetch(sql.all_referrals_due, shop.id, limit)
    await settle_noted(db, shop, programmes, [row["account"] for row in rows])
    return len(rows)


async def settle_noted(db: Database, shop: Shop, programmes: Programmes, friends: Sequence[int]) -> None:
    """Look at those of these members whose order, or who themselves, are noted, one after the other as they stand here:
    whoever comes first counts first where only so many may come. Raises Unavailable."""
    for first in range(0, len(friends), AT_ONCE):
        some = friends[first : first + AT_ONCE]
        came = await _who_came(db, shop, sorted(some))
        for friend in [one for one in some if one in came]:
            await settle_referral(db, shop, programmes, friend)


async def _who_came(db: Database, shop: Shop, friends: list[int]) -> set[int]:
    """Those who are noted and may have come by an invitation; the notes of most, who came by none, are gone.

    A note goes only under its member's lock: whoever tells a name meanwhile finds the note, and relies on it.
    """
    buckets = account_buckets(friends)
    async with db.transaction(shop.id) as conn:
        locked = {row["id"] for row in await conn.fetch(sql.lock_accounts, buckets, shop.id, friends)}
        rows = await conn.fetch(sql.which_referrals_due, buckets, shop.id, friends)
        noted: list[Note] = [(row["account"], row["order_number"]) for row in rows]
        leads = await _leads(conn, shop.id, [note for note in noted if note[0] in locked], 0)
        some = {friend for (friend, _), lead in leads.items() if lead.referred is not None or lead.sender is not None}
        nobody = {friend for friend, _ in leads} - some
        await conn.execute(sql.delete_referrals_due, buckets, shop.id, sorted(nobody))
    return {friend for friend, _ in noted} - nobody


async def _leads(conn: Conn, shop: int, noted: Sequence[Note], now: int) -> dict[Note, Lead]:
    """How the friends that are looked at came.

    An invitation must not have ended when the order was placed, or by `now` where there is none.
    """
    if not noted:
        return {}
    friends, numbers = [friend for friend, _ in noted], [number for _, number in noted]
    buckets = account_buckets(friends)
    states = {
        (row["account"], row["number"]): order_from(row)
        for row in await conn.fetch(sql.find_orders, buckets, shop, friends, numbers)
        if row["status"] != "moved"
    }
    rows = await conn.fetch(sql.read_accounts, buckets, shop, friends)
    came = {row["id"]: rules.came(account_from(row)) for row in rows}
    people: dict[int, list[tuple[str, str]]] = {}
    for row in await conn.fetch(sql.find_customers, buckets, shop, friends):
        code = msgspec.json.decode(row["profile"]).get("referral_code")
        people[row["account"]] = [("referral", code.upper())] if code else []
        people[row["account"]] += [("invited", row["email"])] if row["email"] else []
    names: dict[Note, list[tuple[str, str]]] = {
        note: [("referral", code.upper()) for code in (states[note].order.codes if note in states else [])]
        + people.get(note[0], [])
        for note in noted
    }
    led = await led_by(conn, shop, [name for note in noted if not came.get(note[0]) for name in names[note]])
    leads = {}
    for note in noted:
        known, state = came.get(note[0]), states.get(note)
        if known:
            one = next((one for one in known if one.order == note[1]), known[0])
            leads[note] = Lead(one, await home_of(conn, shop, one.sender), one.referral, state)
        else:
            at = now if state is None else state.order_at
            found = await first_open(conn, shop, [(name, led[name]) for name in names[note] if name in led], at)
            leads[note] = Lead(None, None, 0, state) if found is None else Lead(None, *found, state)
    return leads


async def reject_own(conn: Conn, shop: Shop, programmes: Programmes, accounts: Sequence[int]) -> bool:
    """Take back what those who are to become one were paid for one another and is not approved; all are locked.

    Whether there was any: then their accounts are to be read again.
    """
    found = False
    for row in await conn.fetch(sql.read_accounts, account_buckets(accounts), shop.id, accounts):
        for one in rules.came(friend := account_from(row)):
            sender = await home_of(conn, shop.id, one.sender) if rules.is_open(friend, one) else None
            if sender is not None and sender != friend.id and sender in accounts:
                await _Settlement(conn, shop, programmes, friend.id).reject_self(one, sender)
                found = True
    return found


async def settle_before(conn: Conn, shop: Shop, programmes: Programmes, members: Iterable[int]) -> None:
    """In the caller's transaction, before it locks anybody: look at what is noted of members who will not be who they
    are, should a server have died before it did. Raises Stale."""
    for friend in sorted(members):
        while await _Settlement(conn, shop, programmes, friend).run():
            pass


async def friends_due_of(conn: Conn, shop: Shop, sender: int) -> list[int]:
    """Members who are noted and came by an invitation of this one."""
    friends = [row["account"] for row in await conn.fetch(sql.all_referrals_due, shop.id, ALL)]
    found = set()
    for first in range(0, len(friends), AT_ONCE):
        some = friends[first : first + AT_ONCE]
        buckets = account_buckets(some)
        rows = await conn.fetch(sql.which_referrals_due, buckets, shop.id, some)
        leads = await _leads(conn, shop.id, [(row["account"], row["order_number"]) for row in rows], 0)
        found |= {friend for (friend, _), lead in leads.items() if lead.sender == sender}
    return sorted(found)


async def settle_referral(db: Database, shop: Shop, programmes: Programmes, friend: int) -> None:
    """Look at the order of a member that is noted, if one is; raises Unavailable."""
    for attempt in range(TRIES):
        try:
            more = True
            while more:
                async with db.transaction(shop.id) as conn:
                    more = await _Settlement(conn, shop, programmes, friend).run()
            return
        except RETRYABLE as failure:
            last = busy(failure)
            await asyncio.sleep(0.005 * 2**attempt)
    raise last


class _Settlement:
    """One friend's order, in one transaction."""

    def __init__(self, conn: Conn, shop: Shop, programmes: Programmes, friend: int) -> None:
        self._conn, self._shop, self._programmes, self._friend = conn, shop.id, programmes, friend
        self._place = (account_bucket(friend), shop.id, friend)
        self._places = ([account_bucket(friend)], shop.id, [friend])
        self._members: dict[int, Member] = {}
        self._room = StockRoom()

    async def run(self) -> bool:
        """Look up, lock, look up again, decide and store; whether another order is noted then. Raises Stale."""
        conn = self._conn
        noted = await self._noted()
        if not noted:
            return False
        number, self._now = noted[0], (await read_clock(conn, self._shop)).now
        found = await self._look_up(number)
        sender = found.sender
        for account in sorted({self._friend} | ({sender} if sender is not None else set())):
            if not await self._lock(account):
                if account == self._friend:
                    await conn.execute(sql.delete_referrals_due, *self._places)
                    return False
                raise Stale
        noted = await self._noted()
        if noted[:1] != [number] or (again := await self._look_up(number))[:3] != found[:3]:
            raise Stale
        await self._open()
        if again.referred is None and number == 0:
            await self._welcome(sender)
        elif again.referred is None:
            await self._accept(sender, again.referral, again.state)
        elif again.referred.order == number:
            await self._reject(again.referred, sender, again.state, "taken_back")
        await self._close()
        await conn.execute(sql.delete_referral_due, *self._place, number)
        return len(noted) > 1

    async def _noted(self) -> list[int]:
        """The numbers of the friend's orders that are to be looked at, the oldest first."""
        return [row["order_number"] for row in await self._conn.fetch(sql.which_referrals_due, *self._places)]

    async def reject_self(self, referred: Referred, sender: int) -> None:
        """Take back what a member and whoever it becomes one with were paid; both are locked."""
        for account in (self._friend, sender):
            await self._lock(account)
        await self._open()
        await self._reject(referred, sender, None, "self")
        await self._close()

    async def _lock(self, account: int) -> bool:
        rows = await self._conn.fetch(sql.lock_accounts_waiting, [account_bucket(account)], self._shop, [account])
        if not rows or (stored := account_from(rows[0])).is_gone:
            return False
        self._members[account] = Member(stored, is_new=False)
        return True

    async def _open(self) -> None:
        clock = await read_clock(self._conn, self._shop)
        self._versions = await self._programmes.upto(self._conn, self._shop, clock.newest)
        self._now = max(clock.now, *(member.stored.settled_at for member in self._members.values()))
        for member in self._members.values():
            member.shelves = self._room.shelves
        self._real_at = clock.real_at
        await self._decide(self._start)

    async def _close(self) -> None:
        await self._room.store(self._conn, self._shop)
        await store(self._conn, self._shop, self._members, Resolution(), {})

    async def _look_up(self, number: int) -> Lead:
        note = self._friend, number
        return (await _leads(self._conn, self._shop, [note], self._now))[note]

    async def _welcome(self, sender: int | None) -> None:
        """Before the first order: what the programme welcomes friends with, unless it is no friend."""
        if sender is None or sender == self._friend:
            return
        found = self._rules()
        if found is None or await self._is_same_person(found, sender):
            return

        await self._decide(lambda: rules.welcome(self._start()[self._friend], self._now))

    async def _accept(self, sender: int | None, referral: int, state: OrderState | None) -> None:
        if sender is None or state is None or state.pin is None:
            return
        place = (account_bucket(sender), self._shop, sender)
        came = await self._conn.fetch(sql.read_acceptances, *place)
        if any(one["friend"] == self._friend for one in came):
            return
        reason = await self._against(sender, [one["qualified_at"] for one in came if not one["rejected"]], state)
        made: list[rules.Accepted | None] = []

        def decide() -> None:
            books = self._start()
            made[:] = [rules.accept(books[self._friend], books[sender], referral, state, reason, self._now)]

        await self._decide(decide)
        if (accepted := made[0]) is None:
            return
        newest = max((one["id"] for one in came), default=0)
        await self._conn.execute(
            sql.insert_acceptance,
            *place,
            self._friend,
            referral,
            next_id(newest, self._now, account_bucket(sender)),
            accepted.qualified_at,
            accepted.matures_at,
            accepted.sender.change_id,
            accepted.sender.points,
            accepted.rejected,
        )

    async def _against(self, sender: int, qualified: list[int], state: OrderState) -> str | None:
        """Why the friend is none, if so."""
        version, found = self._versions.in_force(self._now), self._rules()
        if version is None or found is None or state.pin is None:
            return None
        if sender == self._friend:
            return "self"
        if await self._is_same_person(found, sender):
            return "same_address"
        if rules.over_limit(found, version.terms.zone, qualified, state.pin.confirmed_at):
            return "limit"
        return None

    def _rules(self) -> Referrals | None:
        version = self._versions.in_force(self._now)
        return None if version is None else rules.rules_of(version.terms)

    async def _is_same_person(self, found: Referrals, sender: int) -> bool:
        """Whether the programme takes friend and sender for one."""
        if found.same_address != "reject":
            return False
        people = {}
        for one in (sender, self._friend):
            for row in await self._conn.fetch(sql.find_customers, [account_bucket(one)], self._shop, [one]):
                people[one] = (row["email"], msgspec.json.decode(row["profile"]))
        return len(people) == 2 and rules.same_person(people[sender], people[self._friend])

    async def _reject(
        self, referred: Referred, sender: int | None, state: OrderState | None, reason: Literal["self", "taken_back"]
    ) -> None:
        came = None
        if sender is not None:
            place = (account_bucket(sender), self._shop, sender)
            rows = await self._conn.fetch(sql.read_acceptances, *place)
            came = next((one for one in rows if one["friend"] == referred.friend), None)
        friends = await self._taken(self._friend, referred.change_id)
        senders = None if came is None or sender is None else await self._taken(sender, came["change_id"])
        done: list[bool] = []

        def decide() -> None:
            books = self._start()
            friend = books[self._friend]
            undone = rules.undoes(friend.account, referred, state)
            done[:] = [undone]
            if undone:
                rules.reject(friend, referred, None if sender is None else books[sender], friends, senders, self._now)

        await self._decide(decide)
        if done[0] and came is not None and sender is not None:
            await self._conn.execute(sql.reject_acceptance, *place, referred.friend, reason)

    async def _taken(self, account: int, change_id: int) -> rules.Taken | None:
        """What the award of a change still gives."""
        facts = None
        if change_id:
            facts = await award_facts(self._conn, self._shop, self._members[account].stored, change_id)
        if facts is None:
            return None
        return rules.Taken(facts.award, facts.points, facts.day, facts.qualifying, facts.given)

    def _start(self) -> dict[int, Any]:
        for member in self._members.values():
            member.start(self._shop, self._versions, self._real_at, self._now)
        return {account: member.book for account, member in self._members.items()}

    async def _decide(self, decide: Any) -> None:
        conn, shop, members = self._conn, self._shop, self._members
        while True:
            try:
                return decide()  # type: ignore[no-any-return]
            except StockNeeded as need:
                await self._room.lend(conn, shop, [need])
            except NEEDS as need:
                await LEND[type(need)](conn, shop, members, list(members))
