"""Merging: several customers become the first of them, in one transaction with all their accounts locked (S11.2).

The steps: (1) the names are looked up; (2) the accounts are locked in the order of their ids, each in its own
statement, and the names looked up again; (3) all are settled and stored, so that what fell due is told to whom it was
about; what is not approved of what they were paid for bringing one another is taken back; (4) the first takes over the
others, one after the other, in memory; (5) accounts and entries are stored; (6) orders, redemptions, names and kept
answers go along under new numbers. A preview does all of it and rolls it back.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import msgspec

from leal.engine import answers
from leal.engine.audit import Act, note_acts
from leal.engine.clocks import read_clock
from leal.engine.commands import Merge, Merged, MergeSide, Shop, Who
from leal.engine.invitations import move_referrals
from leal.engine.lending import Stale, decide_with_loans, lend_customers, lend_days
from leal.engine.pages import lend_lots
from leal.engine.programmes import Programmes
from leal.engine.referrals import reject_own, settle_before
from leal.engine.resolving import Resolution, existing_account, on_record
from leal.engine.retries import RETRYABLE, TRIES, busy
from leal.engine.rows import (
    account_bucket,
    account_buckets,
    account_from,
    key_bucket,
    order_from,
    order_row,
    redemption_from,
    redemption_row,
    transposed,
)
from leal.engine.storing import BatchRows, note_gone, store, write_rows
from leal.engine.verb import Member, Verb
from leal.rules.account import Account
from leal.rules.ledger import Note
from leal.rules.merging import FROM, Shift, merge, moved_order, moved_redemption
from leal.rules.tiers import current_tier
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_id

_encode = msgspec.json.Encoder(order="sorted").encode


class _Preview(Exception):
    """Carries what would come of a merger out of the transaction that is rolled back."""

    def __init__(self, merged: Merged) -> None:
        self.merged = merged


async def merge_customers(db: Database, shop: Shop, programmes: Programmes, command: Merge) -> Merged:
    """Merge customers into the first; raises EmptyIdentity, UnknownCustomer, IdentityMismatch or KeyReused."""
    for attempt in range(TRIES):
        try:
            async with db.transaction(shop.id) as conn:
                merged = await _Merger(conn, shop, programmes, command).run()
                if command.preview:
                    raise _Preview(merged)
                return merged
        except _Preview as preview:
            return preview.merged
        except RETRYABLE as failure:
            last = busy(failure)
            await asyncio.sleep(0.005 * 2**attempt)
    raise last


class _MergeVerb(Verb):
    """The merger as a command of the first customer's, for its kept answer."""

    answer_type = Merged

    def __init__(self, command: Merge, merger: _Merger) -> None:
        self.who = command.customers[0]
        self.key = None if command.preview else command.key
        self._merger = merger

    def decide(self, member: Member) -> Merged:
        return self._merger.decide(member)


class _Merger:
    """One merger in one transaction."""

    def __init__(self, conn: Conn, shop: Shop, programmes: Programmes, command: Merge) -> None:
        self._conn = conn
        self._shop = shop
        self._programmes = programmes
        self._command = command
        self._members: dict[int, Member] = {}
        self._sources: list[int] = []
        self._taken: dict[int, list[Any]] = {}
        """By account, the rows of those whom it took over before."""
        self._shifts: dict[int, Shift] = {}
        self._before: list[MergeSide] = []
        self._notes: dict[int, Note] = {}

    async def run(self) -> Merged:
        """Find, lock, settle, decide and store. Raises Stale."""
        conn, shop = self._conn, self._shop.id
        accounts = await self._resolved()
        into, self._sources = accounts[0], accounts[1:]
        told = {name: text for name, text in self._command.words.items() if text}
        words = _encode(told)
        for source in self._sources if told else ():
            self._notes[source] = Note(secrets.token_bytes(16), words)
        await settle_before(conn, self._shop, self._programmes, accounts)
        await self._lock(accounts)
        if await self._resolved() != accounts:
            raise Stale
        await self._settle(into)
        self._records = await on_record(conn, shop, set(accounts))
        if await reject_own(conn, self._shop, self._programmes, accounts):
            await self._lock(accounts)
        self._before = [self._side(account) for account in accounts]
        rows = await conn.fetch(sql.find_merged, account_buckets(accounts), shop, accounts)
        self._taken = {account: [row for row in rows if row["account"] == account] for account in accounts}
        await lend_days(conn, shop, self._members, accounts)
        await lend_customers(conn, shop, self._members, accounts)
        await self._read_answer(into)
        verb = _MergeVerb(self._command, self)
        outcome: list[Merged] = []

        def decide(_: int) -> None:
            for member in self._members.values():
                self._start(member)
            outcome[:] = [answers.replay_or_decide(self._members[into], verb)]

        await decide_with_loans(conn, shop, self._members, [into], decide)
        if not outcome[0].replayed:
            await store(conn, shop, self._members, Resolution(), {})
            await note_acts(conn, shop, self._acts(into))
            await conn.execute(sql.take_wishes, shop, into, self._sources)
            for source in self._sources:
                await self._move(source, into)
        return outcome[0]

    def decide(self, member: Member) -> Merged:
        """Let the member take over all the others."""
        base = sum(row["entries"] for row in self._taken[member.stored.id])
        for source in self._sources:
            joining = self._members[source].book
            # what the first lacks is filled in from each as it is taken over, here as where it is stored
            member.book.profile = {**(joining.profile or {}), **(member.book.profile or {})}
            shift = merge(member.book, joining, member.now, base, self._notes.get(source))
            self._shifts[source] = shift
            base += shift.entries + sum(row["entries"] for row in self._taken[source])
        return Merged(member.stored.id, self._before, self._side(member.stored.id))

    def _acts(self, into: int) -> list[Act]:
        """One for each who was taken over, with the entry that brought what was given up."""
        numbers = {one.cause_number: one.number for one in self._members[into].book.entries if one.type == FROM}
        shown = {side.who.bhid: msgspec.to_builtins(side) for side in self._before}
        for side in shown.values():
            del side["who"]
        by = self._command.by
        return [Act(by, "customer.merged", format_id(one), into, numbers[one], shown[one]) for one in self._sources]

    async def _resolved(self) -> list[int]:
        """Whom the names lead to, each once."""
        found = [await existing_account(self._conn, self._shop.id, who) for who in self._command.customers]
        return list(dict.fromkeys(found))

    async def _lock(self, accounts: list[int]) -> None:
        for account in sorted(accounts):
            rows = await self._conn.fetch(
                sql.lock_accounts_waiting, [account_bucket(account)], self._shop.id, [account]
            )
            if not rows or (found := account_from(rows[0])).is_gone:
                raise Stale
            self._members[account] = Member(found, is_new=False)

    async def _settle(self, into: int) -> None:
        """Settle and store everybody, and begin again from there."""
        conn, shop = self._conn, self._shop.id
        clock = await read_clock(conn, shop)
        self._versions = await self._programmes.upto(conn, shop, clock.newest)
        self._real_at, self._now = clock.real_at, clock.now
        self._now = max(self._now, *(member.stored.settled_at for member in self._members.values()))
        members = self._members
        await decide_with_loans(conn, shop, members, members, lambda account: self._start(members[account]))
        for member in members.values():
            member.settled_only = True
        await store(conn, shop, members, Resolution(), {})
        self._members = {account: Member(member.book.account, is_new=False) for account, member in members.items()}
        await lend_lots(conn, shop, self._members, members)

    def _start(self, member: Member) -> None:
        member.start(self._shop.id, self._versions, self._real_at, self._now)

    async def _read_answer(self, into: int) -> None:
        key = self._command.key
        if key is None or self._command.preview:
            return
        for row in await self._conn.fetch(sql.read_answers, [account_bucket(into)], self._shop.id, [into], [key.key]):
            self._members[into].answers[row["key"]] = (row["request"], row["answer"])

    def _side(self, account: int) -> MergeSide:
        """What one of them has now, in the decision under way."""
        member = self._members[account]
        found: Account = member.book.account if hasattr(member, "book") else member.stored
        version = self._versions.in_force(self._now)
        tier = current_tier(found, None if version is None else version.terms)
        shopid, email = self._records.get(account, (None, None))
        return MergeSide(
            Who(account, shopid, email), found.available, found.pending, found.held, found.redeemed, found.expired,
            found.earned, found.debt, found.life.orders, found.life.spend_micros, None if tier is None else tier.name,
        )  # fmt: skip

    async def _move(self, source: int, into: int) -> None:
        """Let everything of the source's follow to the member who took over."""
        conn, shop, shift = self._conn, self._shop.id, self._shifts[source]
        home, target = account_bucket(source), account_bucket(into)
        names = await self._move_orders_and_redemptions(source, into, shift)
        record = self._records.get(source, (None, None))
        gone = [(source, record[0] or format_id(source))]
        if self._records.get(into, (None, None))[0] is None:
            gone.append((into, format_id(into)))  # which now goes under the source's id, where that has one
        await note_gone(conn, shop, gone)
        taken = [(source, shift.entries, shift.entry_base, shift.order_base, *record, self._now)]
        taken += [  # what came by way of the source is this member's since now, too
            (
                row["source"], row["entries"], shift.entry_base + shift.entries + row["entry_base"],
                shift.order_base + row["order_base"], row["shopid"], row["email"], self._now,
            )
            for row in self._taken[source]
        ]  # fmt: skip
        for one, _, _, _, shopid, email, _ in taken:
            names.append(("bhid", format_id(one), 0))
            names += [(kind, key, 0) for kind, key in (("shopid", shopid), ("email", email)) if key]
        names += await move_referrals(conn, shop, source, into)
        names = list(dict.fromkeys(names))
        await conn.execute(sql.delete_merged, home, shop, source)
        await conn.execute(sql.insert_merged, target, shop, into, *transposed(taken))
        await conn.execute(
            sql.lead_identities,
            shop,
            into,
            [key_bucket(kind, key) for kind, key, _ in names],
            *transposed(names),
        )
        for statement in (sql.take_customer, sql.take_answers, sql.take_event_keys, sql.take_links):
            await conn.execute(statement, target, shop, into, home, source)
        for statement in (sql.take_cap_use, sql.take_holds):
            await conn.execute(statement, target, shop, into, home, source, shift.entry_base, shift.entries)
        if told := await conn.fetch(sql.lift_outbox, home, shop, source, shift.entry_base, shift.entries):
            await conn.execute(sql.lay_outbox, target, shop, into, *transposed([tuple(row) for row in told]))
        for statement in (
            sql.delete_customer,
            sql.delete_answers,
            sql.delete_day_sums,
            sql.delete_event_sums,
            sql.delete_event_keys,
            sql.delete_cap_use,
            sql.delete_holds,
            sql.delete_seen,
            sql.delete_links,
        ):
            await conn.execute(statement, home, shop, source)

    async def _move_orders_and_redemptions(self, source: int, into: int, shift: Shift) -> list[tuple[str, str, int]]:
        """Gives the names that lead to them, with their new numbers."""
        conn, shop, home = self._conn, self._shop.id, account_bucket(source)
        account = self._members[into].stored
        rows = await conn.fetch(sql.verify_orders, [home], shop, [source])
        orders = [(account, moved_order(order_from(row), shift), row["status"]) for row in rows]
        redemptions = [
            (account, moved_redemption(redemption_from(row), shift))
            for row in await conn.fetch(sql.verify_redemptions, [home], shop, [source])
        ]
        await conn.execute(sql.delete_orders, home, shop, source)
        await conn.execute(sql.delete_redemptions, home, shop, source)
        kept = [order_row(*one) for one in orders], [redemption_row(*one) for one in redemptions]
        await write_rows(conn, shop, BatchRows(orders=kept[0], redemptions=kept[1]))
        names = [("order", state.order.id, state.number) for _, state, status in orders if status != "moved"]
        return names + [("code", one.code, one.number) for _, one in redemptions if one.code is not None]
