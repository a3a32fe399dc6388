"""The outbox: what members are to be told, stored in the transaction that settled them, waiting to be delivered."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.commands import Shop
from leal.engine.lending import lend_customers, lend_days
from leal.engine.rows import transposed
from leal.engine.verb import Member
from leal.rules.account import NOTHING
from leal.rules.ledger import CustomerNeeded, DaysNeeded
from leal.rules.notices import Notice, PointsExpiring, TierAtRisk, next_notice, notices
from leal.rules.programme.terms import Need
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_instant, format_money

PAGE = 1000
"""Most that one look at the outbox shows."""


class Waiting(msgspec.Struct, frozen=True):
    """Something that waits for delivery; `words` are what the customer said with it."""

    id: int
    account: int
    shopid: str | None
    kind: str
    payload: dict[str, Any]
    due_at: int
    created_at: int
    words: dict[str, Any] = {}


async def note_notices(conn: Conn, shop: int, changed: list[Member]) -> int:
    """Store what members who are about to be stored are to be told, and when the next notice falls due; how many.

    Every write settles and stores, so what fell due since the account was last stored is new.
    """
    members = {member.stored.id: member for member in changed}
    made: dict[int, list[Notice]] = {}
    for member in members.values():
        member.book.account.next_notice_at = next_notice(member.book.account, member.book.terms)
    # In a replay of what is long past nothing is told: upkeep tells what is still to come.
    unasked = [account for account, member in members.items() if member.now >= member.present]
    while unasked:
        without_days, without_customer = [], []
        for account in unasked:
            try:
                made[account] = notices(members[account].book, members[account].stored.settled_at)
            except DaysNeeded:
                without_days.append(account)
            except CustomerNeeded:
                without_customer.append(account)
        await lend_days(conn, shop, members, without_days)
        for account in without_days:
            member = members[account]
            member.book.days = dict(member.day_sums or {})
            for day, counts in member.book.counted.items():  # not stored yet
                member.book.days[day] = member.book.days.get(day, NOTHING).plus(counts)
        await lend_customers(conn, shop, members, without_customer)
        for account in without_customer:
            members[account].book.profile = members[account].profile
        unasked = without_days + without_customer
    found = [(members[account].stored, notice) for account, of_account in made.items() for notice in of_account]
    if found:
        rows = [
            (
                one.bucket,
                one.id,
                _KINDS[type(notice)],
                msgspec.json.encode(_payload(notice), order="sorted").decode(),
                notice.due_at,
                None,
            )
            for one, notice in found
        ]
        await conn.execute(sql.insert_outbox, shop, *transposed(rows))
    return len(found)


async def waiting(db: Database, shop: Shop, after_id: int = 0) -> list[Waiting]:
    """What waits for delivery, oldest first, from after an id on."""
    async with db.shop(shop.id) as conn:
        rows = await conn.fetch(sql.waiting_outbox, shop.id, after_id, PAGE)
    return [
        Waiting(
            row["id"], row["account"], row["shopid"], row["kind"], msgspec.json.decode(row["payload"]), row["due_at"],
            row["created_at"], _said(row["note"]),
        )
        for row in rows
    ]  # fmt: skip


def _said(note: str | None) -> dict[str, Any]:
    words: dict[str, Any] = {} if note is None else msgspec.json.decode(note)
    return {name: words[name] for name in ("destination", "extras") if name in words}


_KINDS: dict[type, str] = {PointsExpiring: "points_expiring", TierAtRisk: "tier_at_risk"}


def _payload(notice: Notice) -> dict[str, Any]:
    """What whoever delivers it is given: points whole, money as decimal text, instants as RFC 3339."""
    told: dict[str, Any] = {
        "ends_at": format_instant(notice.ends_at),
        "last_day": notice.last_day.isoformat(),
        "warn_days": notice.days,
    }
    if isinstance(notice, PointsExpiring):
        value = None if notice.value_micros is None else format_money(notice.value_micros)
        return told | {"points": notice.points, "value": value}
    return told | {"tier": notice.tier, "falls_to": notice.falls_to, "lacking": _lacking(notice.lacking)}


def _lacking(need: Need) -> dict[str, Any]:
    """Only what is asked, as `TierRequirements3` writes it."""
    told: dict[str, Any] = {"mode": "all" if need.every else "any"}
    if need.spend_micros is not None:
        told["spend"] = format_money(need.spend_micros)
    if need.points is not None:
        told["points"] = need.points
    if need.orders is not None:
        told["orders"] = need.orders
    if need.events:
        told["events"] = list(need.events)
    return told
