"""The audit: who did what, stored in the transaction that does it and never changed."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.commands import Shop
from leal.store.db import Conn, Database
from leal.store.queries import sql

LEAL = "leal"
"""The actor of what nobody in particular asked for, such as the demo's founding."""
PAGE_MAX = 1000

_encode = msgspec.json.Encoder(order="sorted").encode


class Act(msgspec.Struct, frozen=True):
    """One act. Nothing personal may stand in it: of members only the account, and the entry whose note says why."""

    actor: str
    action: str
    """Such as `programme.published`."""
    subject: str = ""
    account: int | None = None
    number: int | None = None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    reason: str = ""


class Noted(msgspec.Struct, frozen=True):
    """An act as it is told; `recorded_at` in microseconds of real time."""

    id: int
    recorded_at: int
    act: Act


async def note_acts(conn: Conn, shop: int, acts: list[Act]) -> None:
    """Store acts inside the caller's transaction."""
    if not acts:
        return
    await conn.execute(
        sql.insert_audit,
        shop,
        [act.actor for act in acts],
        [act.action for act in acts],
        [act.subject for act in acts],
        [act.account for act in acts],
        [act.number for act in acts],
        [_encode(act.before).decode() for act in acts],
        [_encode(act.after).decode() for act in acts],
        [act.reason for act in acts],
    )


async def read_acts(
    db: Database, shop: Shop, *, action: str | None = None, after_id: int | None = None, limit: int = PAGE_MAX
) -> list[Noted]:
    """A page of acts, newest first, those before `after_id`."""
    async with db.shop(shop.id) as conn:
        rows = await conn.fetch(sql.read_audit, shop.id, after_id, action, min(limit, PAGE_MAX))
    return [_noted(dict(row)) for row in rows]


def _noted(row: dict[str, Any]) -> Noted:
    words = {} if row["note"] is None else msgspec.json.decode(row["note"])
    act = Act(
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        account=row["account"],
        before=msgspec.json.decode(row["before"]),
        after=msgspec.json.decode(row["after"]),
        reason=row["reason"] or words.get("private_note") or words.get("description", ""),
    )
    return Noted(row["id"], row["recorded_at"], act)
