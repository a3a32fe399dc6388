"""Storing: what a batch decided, written by a fixed small number of set-based statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter

from leal.engine.audit import note_acts
from leal.engine.errands import note_errands
from leal.engine.lending import Stale
from leal.engine.outbox import note_notices
from leal.engine.resolving import Resolution
from leal.engine.rows import (
    account_bucket,
    account_columns,
    entry_columns,
    key_bucket,
    order_columns,
    redemption_columns,
)
from leal.engine.verb import Member, Pending
from leal.rules.kept_record import kept_record
from leal.rules.record_due import record_due
from leal.rules.settling import next_due
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import format_id

log = structlog.get_logger()

CONDITIONS_FAILED: Final = Counter("leal_conditions_failed", "Conditions that failed: counted as false.", registry=None)
"""Of this process; a failure counts once what was decided by it is stored (S9.6)."""


async def store(
    conn: Conn,
    shop: int,
    members: dict[int, Member],
    found: Resolution,
    todo: dict[int, list[Pending]],
    untold: Collection[int] = (),
) -> int:
    """Write everything the members' decisions made; gives how many notices that were.

    `untold` are those whose record is known to be the same as before. Raises Stale when a name was claimed by somebody
    meanwhile.
    """
    await _store_names(conn, shop, members, found)
    changed, kept = [member for member in members.values() if member.is_changed], list[str | None]()
    for member in changed:
        member.book.account.next_due_at = next_due(member.book.account, member.book.terms)  # whatever was decided last
        kept.append(kept_record(member.book, member.now))
        member.book.account.record_due_at = record_due(member.book, member.now)
    made = await note_notices(conn, shop, changed)
    if changed:
        columns = account_columns([m.book.account for m in changed])
        await conn.execute(sql.store_accounts, shop, *columns, kept, list(untold))
    entries = [(member.book.account, entry) for member in changed for entry in member.book.entries]
    if entries:
        await conn.execute(sql.insert_entries, shop, *entry_columns(entries))
    await _store_days(conn, shop, changed)
    await _store_cap_use(conn, shop, changed)
    orders = [
        (member.book.account, member.orders[id_], status)
        for member in changed
        for id_, status in member.changed_orders.items()
    ]
    if orders:
        await conn.execute(sql.upsert_orders, shop, *order_columns(orders))
    await _store_rest(conn, shop, members, changed)
    await _store_referrals(conn, shop, members)
    await _store_customers(conn, shop, found, todo, members)
    await note_acts(conn, shop, [act for of in todo.values() for p in of if p.failure is None for act in p.verb.acts])
    for member in changed:
        CONDITIONS_FAILED.inc(len(member.book.failed_conditions))
        for text in member.book.failed_conditions:
            log.warning("condition_failed", shop=shop, account=format_id(member.stored.id), condition=text)
    return made


async def _store_names(conn: Conn, shop: int, members: dict[int, Member], found: Resolution) -> None:
    releases = [(name, account) for name, account in found.releases if account in members]
    if releases:
        await conn.execute(
            sql.release_identities,
            shop,
            [key_bucket(*name) for name, _ in releases],
            [kind for (kind, _), _ in releases],
            [key for (_, key), _ in releases],
            [account for _, account in releases],
        )
    claims = [(kind, key, account, 0) for (kind, key), account in found.claims.items() if account in members]
    claims += [(kind, key, m.stored.id, number) for m in members.values() for kind, key, number in m.claims]
    if not claims:
        return
    rows = await conn.fetch(
        sql.claim_identities,
        shop,
        [key_bucket(kind, key) for kind, key, _, _ in claims],
        [kind for kind, _, _, _ in claims],
        [key for _, key, _, _ in claims],
        [account for _, _, account, _ in claims],
        [number for _, _, _, number in claims],
    )
    if len(rows) != len(claims):
        raise Stale


async def _store_days(conn: Conn, shop: int, changed: list[Member]) -> None:
    counted = ((m.stored, day, counts) for m in changed for day, counts in m.book.counted.items())
    days = [one for one in counted if one[2].spend_micros or one[2].qualifying or one[2].orders]
    if days:
        await conn.execute(
            sql.add_day_sums,
            shop,
            [account.bucket for account, _, _ in days],
            [account.id for account, _, _ in days],
            [day for _, day, _ in days],
            [counts.spend_micros for _, _, counts in days],
            [counts.qualifying for _, _, counts in days],
            [counts.orders for _, _, counts in days],
        )
    sums = [
        (m.stored, day, trigger, count)
        for m in changed
        for day, counts in m.book.counted.items()
        for trigger, count in counts.events.items()
    ]
    if sums:
        await conn.execute(
            sql.add_event_sums,
            shop,
            [account.bucket for account, _, _, _ in sums],
            [account.id for account, _, _, _ in sums],
            [day for _, day, _, _ in sums],
            [trigger for _, _, trigger, _ in sums],
            [count for _, _, _, count in sums],
        )


async def _store_cap_use(conn: Conn, shop: int, changed: list[Member]) -> None:
    more = [(m.stored, use, points) for m in changed for use, points in m.book.used.items() if points > 0]
    if more:
        await conn.execute(
            sql.add_cap_use,
            shop,
            [account.bucket for account, _, _ in more],
            [account.id for account, _, _ in more],
            [source for _, (source, _, _), _ in more],
            [day for _, (_, day, _), _ in more],
            [award for _, (_, _, award), _ in more],
            [points for _, _, points in more],
        )
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
    """Redemptions, event ids, notes and kept answers: most batches have none."""
    for member in changed:
        member.note_turns()
    redemptions = [(m.book.account, m.redemptions[number]) for m in changed for number in sorted(m.changed_redemptions)]
    if redemptions:
        await conn.execute(sql.upsert_redemptions, shop, *redemption_columns(redemptions))
    await _store_holds(conn, shop, changed)
    await note_errands(conn, shop, changed)
    lapsed = [(m.stored, *one) for m in changed for one in m.book.lapsed_codes.items() if one[0] not in m.redemptions]
    if lapsed:
        await conn.execute(
            sql.lapse_codes,
            shop,
            [account.bucket for account, _, _ in lapsed],
            [account.id for account, _, _ in lapsed],
            [number for _, number, _ in lapsed],
            [at for _, _, at in lapsed],
        )
    events = [(m.stored, key, number) for m in changed for key, number in m.new_events.items()]
    if events:
        await conn.execute(
            sql.insert_event_keys,
            shop,
            [account.bucket for account, _, _ in events],
            [account.id for account, _, _ in events],
            [key for _, key, _ in events],
            [number for _, _, number in events],
        )
    notes = [(m.stored, number, note) for m in changed for number, note in m.book.notes.items()]
    if notes:
        await conn.execute(
            sql.insert_notes,
            shop,
            [account.bucket for account, _, _ in notes],
            [account.id for account, _, _ in notes],
            [number for _, number, _ in notes],
            [note.salt for _, _, note in notes],
            [note.text.decode() for _, _, note in notes],
        )
    given = [(m.stored, key, *answer) for m in members.values() for key, answer in m.given.items()]
    if given:
        await conn.execute(
            sql.insert_answers,
            shop,
            [account.bucket for account, _, _, _ in given],
            [account.id for account, _, _, _ in given],
            [key for _, key, _, _ in given],
            [request for _, _, request, _ in given],
            [answer for _, _, _, answer in given],
        )


async def _store_referrals(conn: Conn, shop: int, members: dict[int, Member]) -> None:
    """Invitations, which change nothing of an account, and orders that are to be looked at for one."""
    sent = [(member.stored, one) for member in members.values() for one in member.new_invitations]
    if sent:
        await conn.execute(
            sql.insert_referrals,
            shop,
            [account.bucket for account, _ in sent],
            [account.id for account, _ in sent],
            *(list(column) for column in zip(*(one for _, one in sent), strict=True)),
        )
        to = [(account, one) for account, one in sent if one.destination is not None]
        await conn.execute(
            sql.lead_invited,
            shop,
            [key_bucket("invited", one.destination or "") for _, one in to],
            [one.destination for _, one in to],
            [account.id for account, _ in to],
            [one.id for _, one in to],
        )
    due = [(member.stored, member.referral_due) for member in members.values() if member.referral_due is not None]
    if due:
        await conn.execute(
            sql.note_referrals_due,
            shop,
            [account.bucket for account, _ in due],
            [account.id for account, _ in due],
            [number for _, number in due],
        )
    came = [(member.stored, *name) for member in members.values() for name in sorted(member.came_by)]
    if came:
        await conn.execute(
            sql.note_friends_due,
            shop,
            [account.bucket for account, _, _ in came],
            [account.id for account, _, _ in came],
            [key_bucket(kind, key) for _, kind, key in came],
            [kind for _, kind, _ in came],
            [key for _, _, key in came],
        )


async def _store_holds(conn: Conn, shop: int, changed: list[Member]) -> None:
    holds = [(m.stored, m.holds[number]) for m in changed for number in sorted(m.changed_holds)]
    if holds:
        await conn.execute(
            sql.upsert_holds,
            shop,
            [account.bucket for account, _ in holds],
            [account.id for account, _ in holds],
            [hold.number for _, hold in holds],
            [hold.id for _, hold in holds],
            [hold.reference for _, hold in holds],
            [hold.captured for _, hold in holds],
        )


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
            rows.append((account, found.shopids.get(account), found.emails.get(account), text, now))
    renamed = [(one, found.on_record.get(one, (None, None))[0]) for one in found.shopids.keys() - found.new.keys()]
    await note_gone(conn, shop, [(one, before or format_id(one)) for one, before in renamed if one in members])
    if rows:
        await conn.execute(
            sql.upsert_customers,
            shop,
            [account_bucket(account) for account, *_ in rows],
            *(list(column) for column in zip(*rows, strict=True)),
        )


async def note_gone(conn: Conn, shop: int, gone: Iterable[tuple[int, str]]) -> None:
    """Note ids under which members' records are not known any more: of the shop's, or their own."""
    gone = sorted(gone)
    if gone:
        await conn.execute(
            sql.note_gone,
            shop,
            [account_bucket(account) for account, _ in gone],
            [account for account, _ in gone],
            [ident for _, ident in gone],
        )
