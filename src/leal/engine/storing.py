"""Storing: what a batch decided, written by a fixed small number of set-based statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from prometheus_client import Counter

from leal.engine.audit import note_acts
from leal.engine.errands import note_errands
from leal.engine.giving_way import Way, one_turn
from leal.engine.lending import Stale
from leal.engine.outbox import note_notices
from leal.engine.pages import store_pages
from leal.engine.resolving import Resolution
from leal.engine.rows import (
    RowIn,
    account_bucket,
    account_row,
    entry_row,
    key_bucket,
    order_row,
    redemption_row,
    transposed,
)
from leal.engine.verb import Member, Pending
from leal.rules.account import Account
from leal.rules.kept import Kept, kept
from leal.rules.paging import Turned, turn_pages
from leal.rules.record_due import record_due
from leal.rules.settling import next_due
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import NEVER, format_id

log = structlog.get_logger()

CONDITIONS_FAILED: Final = Counter("leal_conditions_failed", "Conditions that failed: counted as false.", registry=None)
"""Of this process; a failure counts once what was decided by it is stored (S9.6)."""


RECORDS_AT_ONCE: Final = 20
"""Records made between two looks at other work: some 1 ms of it."""


class BatchRows(NamedTuple):
    """What `store_batch` writes, each row as its type of the database has it."""

    names: Sequence[RowIn] = ()
    accounts: Sequence[RowIn] = ()
    untold: Sequence[int] = ()
    """Members whose record is known to be the same as before."""
    entries: Sequence[RowIn] = ()
    days: Sequence[RowIn] = ()
    orders: Sequence[RowIn] = ()
    redemptions: Sequence[RowIn] = ()


async def store(
    conn: Conn,
    shop: int,
    members: dict[int, Member],
    found: Resolution,
    todo: dict[int, list[Pending]],
    untold: Collection[int] = (),
    give_way: Way = one_turn,
) -> int:
    """Write everything the members' decisions made; gives how many notices that were.

    `untold` are those whose record is known to be the same as before. Raises Stale when a name was claimed by somebody
    meanwhile, and BrokenLaw.
    """
    changed = [member for member in members.values() if member.is_changed]
    for member in changed:  # whatever led to them
        member.note_rewards()
        member.note_turns()
    keeps: list[Kept] = []
    turned: list[tuple[Account, Turned]] = []
    for done, member in enumerate(changed, 1):
        member.book.prove()
        member.book.account.next_due_at = next_due(member.book.account, member.book.terms)  # whatever was decided last
        keeps.append(one := kept(member.book, member.now))
        until = record_due(member.book, member.now) if one.record_until is None else one.record_until
        # Where it is stored anew by then, that is for one index less to know.
        member.book.account.record_due_at = until if until < member.book.account.next_due_at else NEVER
        turned.append((member.book.account, turn_pages(member.book.account)))
        if done % RECORDS_AT_ONCE == 0:
            await give_way()
    made = await note_notices(conn, shop, changed)
    names = await _names(conn, shop, members, found)
    rows = BatchRows(
        names,
        [account_row(member.book.account, one) for member, one in zip(changed, keeps, strict=True)],
        list(untold),
        [entry_row(m.book.account, entry) for m in changed for entry in m.book.entries],
        _days(changed),
        [order_row(m.book.account, m.orders[id_], status) for m in changed for id_, status in m.changed_orders.items()],
        [redemption_row(m.book.account, m.redemptions[one]) for m in changed for one in sorted(m.changed_redemptions)],
    )
    if len(changed) > RECORDS_AT_ONCE:
        await give_way()
    if await write_rows(conn, shop, rows) != len(names):
        raise Stale
    await store_pages(conn, shop, turned)
    await _store_event_sums(conn, shop, changed)
    await _store_cap_use(conn, shop, changed)
    await _store_rest(conn, shop, members, changed)
    await _store_referrals(conn, shop, members)
    await _store_customers(conn, shop, found, todo, members)
    await note_acts(conn, shop, [act for of in todo.values() for p in of if p.failure is None for act in p.verb.acts])
    for member in changed:
        CONDITIONS_FAILED.inc(len(member.book.failed_conditions))
        for text in member.book.failed_conditions:
            log.warning("condition_failed", shop=shop, account=format_id(member.stored.id), condition=text)
    return made


async def write_rows(conn: Conn, shop: int, rows: BatchRows) -> int:
    """Write what is told, in one statement; gives how many of the names were free."""
    if not (rows.names or rows.accounts or rows.orders or rows.redemptions):
        return 0
    claimed: int = await conn.fetchval(sql.store_batch, shop, *rows)
    return claimed


async def _names(conn: Conn, shop: int, members: dict[int, Member], found: Resolution) -> list[RowIn]:
    """The names to claim, once those that are given up are free."""
    releases = [(key_bucket(*name), *name, account) for name, account in found.releases if account in members]
    await _write(conn, sql.release_identities, shop, releases)
    claims = [(*name, account, 0) for name, account in found.claims.items() if account in members]
    claims += [(kind, key, m.stored.id, number) for m in members.values() for kind, key, number in m.claims]
    return [(key_bucket(kind, key), kind, key, account, number) for kind, key, account, number in claims]


def _days(changed: list[Member]) -> list[RowIn]:
    return [
        (m.stored.bucket, m.stored.id, day, counts.spend_micros, counts.qualifying, counts.orders)
        for m in changed
        for day, counts in m.book.counted.items()
        if counts.spend_micros or counts.qualifying or counts.orders
    ]


async def _store_event_sums(conn: Conn, shop: int, changed: list[Member]) -> None:
    sums = [
        (m.stored.bucket, m.stored.id, day, trigger, count)
        for m in changed
        for day, counts in m.book.counted.items()
        for trigger, count in counts.events.items()
    ]
    await _write(conn, sql.add_event_sums, shop, sums)


async def _write(conn: Conn, statement: str, shop: int, rows: list[tuple[Any, ...]]) -> None:
    """Run a statement that takes a list for each column; no rows, no statement."""
    if rows:
        await conn.execute(statement, shop, *transposed(rows))


async def _store_cap_use(conn: Conn, shop: int, changed: list[Member]) -> None:
    more = [
        (m.stored.bucket, m.stored.id, *use, points)
        for m in changed
        for use, points in m.book.used.items()
        if points > 0
    ]
    await _write(conn, sql.add_cap_use, shop, more)
    less = [(m.stored, award, points) for m in changed for award, points in m.book.cap_use_freed().items()]
    if less:
        await conn.execute(
            sql.free_cap_use,
            sorted({account.bucket for account, _, _ in less}),
            shop,
            [account.id for account, _, _ in less],
            [award for _, award, _ in less],
            [points for _, _, points in less],
        )


async def _store_rest(conn: Conn, shop: int, members: dict[int, Member], changed: list[Member]) -> None:
    """Event ids, notes and kept answers: most batches have none."""
    await _store_holds(conn, shop, changed)
    await note_errands(conn, shop, changed)
    lapsed = [
        (m.stored.bucket, m.stored.id, number, at)
        for m in changed
        for number, at in m.book.lapsed_codes.items()
        if number not in m.redemptions
    ]
    await _write(conn, sql.lapse_codes, shop, lapsed)
    events = [(m.stored.bucket, m.stored.id, key, number) for m in changed for key, number in m.new_events.items()]
    await _write(conn, sql.insert_event_keys, shop, events)
    notes = [
        (m.stored.bucket, m.stored.id, number, note.salt, note.text.decode())
        for m in changed
        for number, note in m.book.notes.items()
    ]
    await _write(conn, sql.insert_notes, shop, notes)
    given = [(m.stored.bucket, m.stored.id, key, *answer) for m in members.values() for key, answer in m.given.items()]
    await _write(conn, sql.insert_answers, shop, given)


async def _store_referrals(conn: Conn, shop: int, members: dict[int, Member]) -> None:
    """Invitations, which change nothing of an account, and orders that are to be looked at for one."""
    sent = [(member.stored, one) for member in members.values() for one in member.new_invitations]
    await _write(conn, sql.insert_referrals, shop, [(account.bucket, account.id, *one) for account, one in sent])
    to = [
        (key_bucket("invited", one.destination), one.destination, account.id, one.id)
        for account, one in sent
        if one.destination is not None
    ]
    await _write(conn, sql.lead_invited, shop, to)
    undone = [(m.stored.bucket, m.stored.id, one) for m in members.values() for one in sorted(m.undone)]
    await _write(conn, sql.undo_acceptances, shop, undone)
    due = [(m.stored.bucket, m.stored.id, number) for m in members.values() for number in sorted(m.referrals_due)]
    await _write(conn, sql.note_referrals_due, shop, due)
    came = [
        (m.stored.bucket, m.stored.id, key_bucket(kind, key), kind, key)
        for m in members.values()
        for kind, key in sorted(m.came_by)
    ]
    await _write(conn, sql.note_friends_due, shop, came)


async def _store_holds(conn: Conn, shop: int, changed: list[Member]) -> None:
    holds = [(m.stored, m.holds[number]) for m in changed for number in sorted(m.changed_holds)]
    rows = [(one.bucket, one.id, hold.number, hold.id, hold.reference, hold.captured) for one, hold in holds]
    await _write(conn, sql.upsert_holds, shop, rows)


async def _store_customers(
    conn: Conn, shop: int, found: Resolution, todo: dict[int, list[Pending]], members: dict[int, Member]
) -> None:
    """What granted pushes tell of customers: names by which they are found, and their profiles."""
    rows = []
    for account, pendings in todo.items():
        profile: dict[str, object] = {}
        for pending in pendings:
            if pending.failure is None:
                profile |= pending.verb.told
        if account in members and (
            profile or account in found.shopids or account in found.emails or account in found.new
        ):
            text = msgspec.json.encode(profile).decode()
            now = members[account].now
            rows.append(
                (account_bucket(account), account, found.shopids.get(account), found.emails.get(account), text, now)
            )
    renamed = [(one, found.on_record.get(one, (None, None))[0]) for one in found.shopids.keys() - found.new.keys()]
    await note_gone(conn, shop, [(one, before or format_id(one)) for one, before in renamed if one in members])
    await _write(conn, sql.upsert_customers, shop, rows)


async def note_gone(conn: Conn, shop: int, gone: Iterable[tuple[int, str]]) -> None:
    """Note ids under which members' records are not known any more: of the shop's, or their own."""
    rows = [(account_bucket(account), account, ident) for account, ident in sorted(gone)]
    await _write(conn, sql.note_gone, shop, rows)
