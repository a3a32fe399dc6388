"""The liability of a shop: what its members have at an instant, how it came there, and what will lapse of it.

Reads one snapshot, a page of members at a time, and writes nothing. Who is due but not stored is settled in memory. A
member who was settled past the instant is rebuilt from the entries that had taken effect by then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction

import msgspec

from leal.engine.clocks import read_clock, refuse_far
from leal.engine.commands import Shop
from leal.engine.instants import as_of
from leal.engine.lending import decide_with_loans
from leal.engine.pages import lend_lots
from leal.engine.programmes import Programmes
from leal.engine.rows import account_from, entry_from
from leal.engine.taken import replayed_with
from leal.engine.verb import Member
from leal.errors import InvalidInput, Problem
from leal.rules.account import Account, broken_laws
from leal.rules.breakage import Aged, Breakage, History, Lives, Outstanding, ageing, estimate
from leal.rules.ledger import Entry
from leal.rules.liability import (
    Figures,
    Heap,
    Movements,
    add_lot,
    age_band,
    age_months,
    end_if_nothing_happens,
    end_month,
    face_value,
    figures_of,
    total,
)
from leal.rules.programme.document import GlobalInactivity
from leal.rules.programme.terms import Terms, Version, Versions
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import NEVER, format_id, format_instant

PAGE = 250
"""Members looked at together."""
FAULTS_TOLD = 100
"""Most faults that are kept."""


class Liability(msgspec.Struct):
    """What is outstanding, and why. Points; `rate` is micros for one point."""

    shop: str
    at: int
    from_at: int | None
    terms: Terms | None
    """In force at the instant."""
    rate: Fraction | None
    opening_rate: Fraction | None
    """What a point was worth at the beginning of the period."""
    opening: Figures = Figures()
    movements: Movements = msgspec.field(default_factory=Movements)
    closing: Figures = Figures()
    ages: dict[int, Heap] = msgspec.field(default_factory=dict)
    """By where the band of age begins."""
    months: dict[date | None, Heap] = msgspec.field(default_factory=dict)
    """By the month in which the points are last usable; None: they do not lapse."""
    members: int = 0
    """Who have points or debt."""
    breakage: Breakage | None = None
    ageing: list[Aged] = []
    entries: int = 0
    faults: list[str] = msgspec.field(default_factory=list)
    """What does not add up; a sound ledger has none."""

    def fault(self, sentence: str) -> None:
        """Keep a fault, unless there are too many."""
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(sentence)


class _Work(msgspec.Struct):
    """What the pages have in common."""

    shop: Shop
    versions: Versions
    real_at: int
    found: Liability
    history: History
    outstanding: Outstanding


async def liability(
    db: Database,
    shop: Shop,
    programmes: Programmes,
    from_at: int | None,
    at: int | None,
    progress: Callable[[int, int], None] | None = None,
) -> Liability:
    """The shop's liability at an instant of its clock, by default now, and the movements since `from_at` or ever.

    Raises InvalidInput for instants that are too far away or not in their order.
    """
    async with db.report(shop.id) as conn:
        clock = await read_clock(conn, shop.id)
        versions = await programmes.upto(conn, shop.id, clock.newest)
        at = clock.now if at is None else at
        refuse_far(("at", at))
        if from_at is not None and from_at >= at:
            message = f"Nothing lies between {format_instant(from_at)} and {format_instant(at)}."
            raise InvalidInput([Problem("from", "out_of_range", message, "a time before --at")])
        terms, before = _terms(versions.in_force(at)), _terms(versions.in_force(at if from_at is None else from_at))
        found = Liability(shop.slug, at, from_at, terms, face_value(terms), face_value(before or terms))
        work = _Work(shop, versions, clock.real_at, found, History(), Outstanding())
        counts = dict(await conn.fetchrow(sql.shop_counts, shop.id) or {})
        last, looked = (-1, 0), 0
        while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
            last = (rows[-1]["bucket"], rows[-1]["id"])
            await _page(conn, work, [account_from(row) for row in rows])
            looked += len(rows)
            if progress is not None:
                progress(looked, max(looked, counts.get("members", 0)))
            await asyncio.sleep(0)
    _reconcile(found)
    found.breakage, found.ageing = estimate(work.history, work.outstanding), ageing(work.history)
    return found


def _terms(version: Version | None) -> Terms | None:
    return None if version is None else version.terms


async def _page(conn: Conn, work: _Work, accounts: list[Account]) -> None:
    shop, found = work.shop.id, work.found
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    buckets = sorted({account.bucket for account in accounts})
    for row in await conn.fetch(sql.entries_of_all_until, buckets, shop, [one.id for one in accounts], found.at):
        entries[row["account"]].append(entry_from(row))
    members: dict[int, Member] = {}
    for account in accounts:
        mine = entries[account.id]
        if account.settled_at <= found.at:
            members[account.id] = Member(account, is_new=False)
        elif mine:
            replayed = await replayed_with(conn, shop, account.id, mine)
            members[account.id] = as_of(mine, replayed, work.versions, found.at)
            for fault in replayed.faults:
                found.fault(f"account {format_id(account.id)}: {fault}")

    def settle(account: int) -> None:
        members[account].start(shop, work.versions, work.real_at, found.at)

    await lend_lots(conn, shop, members, members)
    await decide_with_loans(conn, shop, members, members, settle)
    for number, member in members.items():
        _add(work, member.book.account, [*entries[number], *member.book.entries])


def _add(work: _Work, account: Account, entries: list[Entry]) -> None:
    """Add a member: what the entries moved, and what the settled account has."""
    found = work.found
    from_at = -NEVER if found.from_at is None else found.from_at
    before, opening, lives = Figures(), Figures(), Lives()
    for entry in entries:
        if entry.effective_at > from_at:
            found.movements.book(entry, before)
        lives.follow(entry, before, is_early=_lapses_for_inactivity(work.versions, entry))
        before = figures_of(entry)
        if entry.effective_at <= from_at:
            opening = before
    found.entries += len(entries)
    found.opening, closing = found.opening.plus(opening), figures_of(account)
    found.closing = found.closing.plus(closing)
    if closing != before:
        found.fault(f"account {format_id(account.id)}: it has {closing}, its entries make it {before}")
    for law in broken_laws(account):
        found.fault(f"account {format_id(account.id)}: not so: {law}")
    found.members += bool(closing.outstanding or closing.debt)
    if found.terms is None:
        return
    zone = found.terms.zone
    work.history.add(account.bucket, lives, found.at, zone)
    cells: dict[tuple[int, int | None], int] = {}
    for lot in account.lots:
        age = age_months(lot.earned_at, found.at, zone)
        ends_at = end_if_nothing_happens(account, lot, found.terms)
        add_lot(found.ages.setdefault(age_band(age), Heap()), account, lot)
        add_lot(found.months.setdefault(end_month(ends_at, found.at, zone), Heap()), account, lot)
        if lot.available_at <= found.at and lot.free:
            foreseen = lot.expires_at if _is_inactivity(found.terms) else ends_at
            end = None if foreseen == NEVER else max(age, age_months(lot.earned_at, foreseen - 1, zone))
            cells[age, end] = cells.get((age, end), 0) + lot.free
    work.outstanding.add(cells)


def _is_inactivity(terms: Terms | None) -> bool:
    return terms is not None and isinstance(terms.programme.expiration.everything, GlobalInactivity)


def _lapses_for_inactivity(versions: Versions, entry: Entry) -> bool:
    return entry.programme > 0 and _is_inactivity(versions.numbered(entry.programme).terms)


def _reconcile(found: Liability) -> None:
    """See that opening and movements make the closing, and that the lots are it, told either way."""
    moved = found.opening.outstanding + found.movements.net
    if moved != found.closing.outstanding:
        found.fault(f"opening and movements make {moved} points, outstanding are {found.closing.outstanding}")
    if found.movements.merged:
        found.fault(f"customers who were merged gave up {-found.movements.merged} points that nobody got")
    closing = Heap(found.closing.available, found.closing.pending, found.closing.held)
    for what, heaps in (("age", found.ages), ("month of end", found.months)):
        if (whole := total(heaps.values())) != closing and found.terms is not None:
            found.fault(f"by {what} there are {whole.points} points, outstanding are {closing.points}")
