"""The feed: the datasource's records, all of them or those that changed since a cursor, a page at a time (S12.3).

Each page is read from one snapshot of the database and tells what is true then, whatever was noted before: told twice,
a record does no harm. A consumer that has applied every page of a run has what a snapshot would have given at the last.

1. Members who are due are settled and stored first, for a bounded time; storing notes them.
2. A run of pages leads from the snapshot that the cursor has seen to that of its first page. It tells those who are due
   all the same, for others held them, and then what was noted between the two, in the order of transactions.
3. An id that was noted as gone is told as gone, unless somebody who takes part goes by it again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec
import structlog

from leal.engine.clocks import clock_of
from leal.engine.commands import Shop
from leal.engine.cursors import (
    Cursor,
    Place,
    ResnapshotRequired,
    last_transaction,
    oldest_transaction,
    read_cursor,
)
from leal.engine.lending import decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.records import rows_by_ids
from leal.engine.rows import account_buckets, account_from
from leal.engine.upkeep import OF_A_MEMBER, NotSettled, keep_up
from leal.engine.verb import Member
from leal.rules.account import GONE
from leal.rules.kept_record import NO_PART, read_kept
from leal.rules.mapped import PLAIN, View
from leal.rules.outline import outline
from leal.rules.outlook import Outlook, outlook_of
from leal.rules.programme.terms import Versions
from leal.rules.settling import is_due
from leal.store.copying import copied
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_id

SETTLE_SECONDS: Final = 2.0
"""How long one page settles what is due before it is read."""
DUE_MAX: Final = 2_000
"""Members who may be due and are told nevertheless: with more, the page is empty and asks to be called again."""
SCAN: Final = 2_000
"""Notes of changes read at once."""
SCANS: Final = 10
"""How often they are read for one page, which may find many notes of few members."""
PART: Final = 500
"""Members of a whole snapshot read at once."""

to_lines: Final = msgspec.json.Encoder().encode_lines
log = structlog.get_logger("leal.feed")


class Page(NamedTuple):
    """A part of the feed."""

    told: list[Any]
    """Records, and ids that are gone, as the outlook makes them; each id once."""
    columns: Sequence[str]
    """The fields of a record, in their order."""
    cursor: Cursor
    """Where to go on."""
    is_snapshot: bool
    """Whether it is of a snapshot, not of changes."""
    more: bool
    """Whether there is more already."""
    at: int
    """The shop's instant that it is true for, in microseconds."""

    @property
    def is_behind(self) -> bool:
        """Whether nothing is told yet, for too much is due: the same cursor is to be asked again."""
        return self.more and not self.cursor.until and self.cursor.member is None


class Lines(NamedTuple):
    """A part of a whole snapshot, as JSON lines."""

    lines: bytes
    records: int
    cursor: Cursor
    """Where the changes go on."""
    at: int
    """The shop's instant that all of it is true for, in microseconds."""


class _Ground(NamedTuple):
    """What a page stands on."""

    snapshot: str
    epoch: str
    versions: Versions
    real_at: int
    now: int
    version: int
    """Number of the version in force; 0: none."""
    kept_version: int | None
    """The same where the records that are kept are enough."""
    changes_from: int
    outlook: Outlook


async def page(
    db: Database, shop: Shop, programmes: Programmes, since: str | None, limit: int, view: View = PLAIN
) -> Page:
    """The next page after a cursor, `limit` records at most; without one the first page of a snapshot.

    Raises InvalidInput for what is no cursor, ResnapshotRequired, UnknownMapping.
    """
    cursor = None if since is None else read_cursor(since, shop.id)
    behind = False
    if cursor is not None and cursor.member is None and not cursor.until:
        behind = not await _settle(db, shop, programmes)
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        ground = await _ground(conn, shop, programmes, view)
        if cursor is not None and behind and len(await _due(conn, shop, ground)) >= DUE_MAX:
            _require_alive(cursor, ground)
            return Page([], ground.outlook.columns, cursor, False, True, ground.now)
        return await _page(conn, shop, ground, cursor, limit)


async def _page(conn: Conn, shop: Shop, ground: _Ground, cursor: Cursor | None, limit: int) -> Page:
    if cursor is None:
        cursor = Cursor.first(ground.epoch, shop.id, ground.snapshot)
    _require_alive(cursor, ground)
    if cursor.member is not None:
        return await _members(conn, shop, ground, cursor, limit)
    return await _changes(conn, shop, ground, cursor, limit)


async def whole(db: Database, shop: Shop, programmes: Programmes, view: View = PLAIN) -> AsyncGenerator[Page, None]:
    """A whole snapshot, true for one instant, in parts; the last one's cursor leads to the changes."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        ground = await _ground(conn, shop, programmes, view)
        cursor = Cursor.first(ground.epoch, shop.id, ground.snapshot)
        more = True
        while more:
            part = await _members(conn, shop, ground, cursor, PART)
            cursor, more = part.cursor, part.more
            yield part


async def whole_as_lines(db: Database, shop: Shop, programmes: Programmes) -> AsyncGenerator[Lines, None]:
    """The same as JSON lines of the plain record: those that are kept as the database copies them out, then the others.

    The first part has no records.
    """
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(sql.read_in_bulk)
        ground = await _ground(conn, shop, programmes, PLAIN)
        cursor = Cursor.first(ground.epoch, shop.id, ground.snapshot).after_all
        yield Lines(b"", 0, cursor, ground.now)
        asked = (shop.id, ground.now, ground.version)
        async with aclosing(copied(conn, sql.feed_kept, *asked)) as parts:
            async for part in parts:
                yield Lines(part, part.count(b"\n"), cursor, ground.now)
        unkept = await conn.cursor(sql.feed_unkept, *asked)
        while rows := await unkept.fetch(PART):
            told = [one.record for one in await _shown(conn, shop, ground, rows) if one.is_member]
            yield Lines(to_lines(told), len(told), cursor, ground.now)


async def gone(db: Database, shop: Shop, programmes: Programmes, view: View = PLAIN) -> list[Any]:
    """What is told of all ids that are still noted as gone, and that nobody goes by again. Raises UnknownMapping."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        ground = await _ground(conn, shop, programmes, view)
        ids = [row["gone"] for row in await conn.fetch(sql.gone_ids, shop.id)]
        known = {row["customer_id"] for row in (await rows_by_ids(conn, shop, ids)).values()} if ids else set()
    return [ground.outlook.gone(one) for one in ids if one not in known]


async def cursor_now(conn: Conn, shop: Shop) -> str:
    """The cursor of a consumer who is only to be told of what changes from now on."""
    state = await _state(conn, shop)
    return Cursor.first(state["epoch"], shop.id, state["snapshot"]).after_all.text()


async def _settle(db: Database, shop: Shop, programmes: Programmes) -> bool:
    """Settle who is due for a while; gives whether that was enough."""
    until = time.monotonic() + SETTLE_SECONDS
    try:
        await keep_up(db, shop, programmes, until=until)
    except NotSettled as failure:
        log.error(failure.sentence, shop=shop.slug, **failure.data)
    return time.monotonic() < until


async def _ground(conn: Conn, shop: Shop, programmes: Programmes, view: View) -> _Ground:
    state = await _state(conn, shop)
    clock = clock_of(state)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    version = versions.in_force(clock.now)
    number, terms = (0, None) if version is None else (version.number, version.terms)
    outlook = outlook_of(terms, view)
    return _Ground(
        state["snapshot"],
        state["epoch"],
        versions,
        clock.real_at,
        clock.now,
        number,
        None if outlook.of_record is None else number,
        int(state["changes_from"]),
        outlook,
    )


async def _state(conn: Conn, shop: Shop) -> asyncpg.Record:
    state = await conn.fetchrow(sql.feed_state, shop.id)
    assert state is not None  # the shop is never deleted
    return state


def _require_alive(cursor: Cursor, ground: _Ground) -> None:
    """Raises ResnapshotRequired unless all that the cursor has not seen can be told."""
    if cursor.epoch != ground.epoch:
        raise ResnapshotRequired("The cursor is of another database, or of this one before it was restored.")
    if last_transaction(cursor) > int(ground.snapshot.split(":")[1]):
        raise ResnapshotRequired("The cursor is of this database before it was restored.")
    if cursor.member is None and oldest_transaction(cursor) < ground.changes_from:
        raise ResnapshotRequired("The cursor is too old: what changed after it is forgotten.")


async def _members(conn: Conn, shop: Shop, ground: _Ground, cursor: Cursor, limit: int) -> Page:
    """Records of members in the order of their keys: those who take part."""
    assert cursor.member is not None
    rows = await conn.fetch(sql.feed_members, shop.id, *cursor.member, limit, ground.now, ground.kept_version)
    told = [one.record for one in await _shown(conn, shop, ground, rows) if one.is_member]
    if len(rows) < limit:
        return Page(told, ground.outlook.columns, cursor.after_all, True, False, ground.now)
    last = (rows[-1]["at_bucket"], rows[-1]["member"])
    return Page(told, ground.outlook.columns, msgspec.structs.replace(cursor, member=last), True, True, ground.now)


async def _changes(conn: Conn, shop: Shop, ground: _Ground, cursor: Cursor, limit: int) -> Page:
    """What may have changed: those who are due, then what was noted."""
    run = cursor if cursor.until else cursor.run(ground.snapshot)
    accounts: dict[int, None] = {}
    if run.due is not None:
        due = await _due(conn, shop, ground)
        coming = sorted(one for one in due if one > run.due)
        accounts = dict.fromkeys(account for _, account in coming[:limit])
        if len(coming) >= limit:
            return await _told(conn, shop, ground, accounts, [], msgspec.structs.replace(run, due=coming[limit - 1]))
        run = msgspec.structs.replace(run, due=None)
    place, gone, ended = await _noted(conn, shop, run, accounts, limit)
    onward = run.after_all if ended else msgspec.structs.replace(run, place=place)
    return await _told(conn, shop, ground, accounts, gone, onward)


async def _due(conn: Conn, shop: Shop, ground: _Ground) -> list[tuple[int, int]]:
    rows = await conn.fetch(sql.feed_due, shop.id, ground.now, ground.version, DUE_MAX)
    return [(row["bucket"], row["id"]) for row in rows]


async def _noted(
    conn: Conn, shop: Shop, run: Cursor, accounts: dict[int, None], limit: int
) -> tuple[Place | None, dict[str, None], bool]:
    """Add what was noted to the accounts, until there are `limit` of them and of ids that are gone.

    Gives the last note that was taken, those ids, and whether that was all.
    """
    place, gone = run.place, dict[str, None]()
    for _ in range(SCANS):
        after = place or Place("0", -1, 0)
        rows = await conn.fetch(
            sql.feed_changes, shop.id, after.xid, after.bucket, after.account, after.gone, run.seen, run.until, SCAN
        )
        for row in rows:
            known = row["gone"] in gone if row["gone"] else row["account"] in accounts
            if not known and len(accounts) + len(gone) >= limit:
                return place, gone, False
            if row["gone"]:
                gone[row["gone"]] = None
            else:
                accounts[row["account"]] = None
            place = Place(row["xid"], row["bucket"], row["account"], row["gone"])
        if len(rows) < SCAN:
            return place, gone, True
    return place, gone, False


async def _told(
    conn: Conn,
    shop: Shop,
    ground: _Ground,
    accounts: dict[int, None],
    gone: Iterable[str],
    onward: Cursor,
) -> Page:
    """The page that tells what is true now of these members and ids."""
    gone = list(gone)
    again = (
        {row["customer_id"]: number for number, row in (await rows_by_ids(conn, shop, gone)).items()} if gone else {}
    )
    wanted = list(accounts | dict.fromkeys(again.values()))
    rows = []
    if wanted:
        buckets = account_buckets(wanted)
        rows = await conn.fetch(sql.feed_some_members, buckets, shop.id, wanted, ground.now, ground.kept_version)
    told = {
        one.ident: one.record
        for one in await _shown(conn, shop, ground, rows)
        if one.is_member or one.has_joined  # whoever never took part was never told of
    }
    tombstones = [ground.outlook.gone(ident) for ident in gone if ident not in told]
    return Page([*tombstones, *told.values()], ground.outlook.columns, onward, False, bool(onward.until), ground.now)


class _Shown(NamedTuple):
    ident: str
    is_member: bool
    has_joined: bool
    record: Any


async def _shown(conn: Conn, shop: Shop, ground: _Ground, rows: list[asyncpg.Record]) -> list[_Shown]:
    """Members' records, each under its id; without those who are nobody any more.

    Also without those who cannot be settled: a fault in one member's data holds up no other.
    """
    made: dict[int, _Shown] = {}
    names: dict[int, str] = {}
    members: dict[int, Member] = {}
    of_record = ground.outlook.of_record
    for row in rows:
        number, kept = row["member"], row["kept"]
        ident = names[number] = row["shopid"] or format_id(number)
        if kept is not None and of_record is not None:
            made[number] = _Shown(ident, kept != NO_PART, row["has_joined"], of_record(read_kept(kept, ident)))
        elif row["enrolment"] not in GONE:
            members[number] = Member(account_from(row), is_new=False)

    def show(number: int) -> None:
        member, ident = members[number], names[number]
        stored, now = member.stored, max(ground.now, member.stored.settled_at)
        try:
            is_settled = not is_due(stored, ground.versions, now)
            member.start(shop.id, ground.versions, ground.real_at, now, settled=is_settled)
            seen = outline(member.book, now, keep=ground.outlook.keep)
            has_joined = member.book.account.joined_at is not None
            made[number] = _Shown(ident, seen.is_member, has_joined, ground.outlook.make(seen, ident, now))
        except OF_A_MEMBER as fault:
            log.error("a member cannot be told", shop=shop.slug, account=format_id(number), fault=type(fault).__name__)

    await decide_with_loans(conn, shop.id, members, list(members), show)
    await asyncio.sleep(0)
    return [made[number] for number in names if number in made]
