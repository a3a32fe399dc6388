"""Disclosure: everything that Leal holds of one person, from one snapshot, for the person to have (S11.3)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from leal.engine.commands import Disclosed, Shop, Who
from leal.engine.resolving import existing_account, on_record
from leal.engine.rows import account_bucket, entry_from, redemption_from
from leal.engine.taken import taken_over
from leal.rules.ledger import Entry
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_id, format_instant, format_money

ROWS_MAX: Final = 5000
"""Most rows of one part that are told; what has more says so."""


async def disclose(db: Database, shop: Shop, who: Who) -> Disclosed:
    """What is held of a customer; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        account = await existing_account(conn, shop.id, who)
        return await _Disclosure(conn, shop.id, account).tell()


class _Disclosure:
    """One person's, in one snapshot."""

    def __init__(self, conn: Conn, shop: int, account: int) -> None:
        self._conn = conn
        self._shop = shop
        self._account = account
        self._bucket = account_bucket(account)
        self._cut: list[str] = []

    async def tell(self) -> Disclosed:
        conn, shop, account = self._conn, self._shop, self._account
        record = (await on_record(conn, shop, {account}))[account]
        taken = await taken_over(conn, shop, [account])
        known = [(account, *record), *((one.source, one.shopid, one.email) for one in taken)]
        ids = {
            "bhid": [format_id(one) for one, _, _ in known],
            "shopid": [shopid for _, shopid, _ in known if shopid],
            "email": [email for _, _, email in known if email],
        }
        (row,) = await conn.fetch(sql.find_customers, [self._bucket], shop, [account])
        orders = await self._rows("orders", sql.disclose_orders, self._bucket, account)
        rewards = await self._rows("redemptions", sql.disclose_redemptions, self._bucket, account)
        holds = await self._rows("holds", sql.disclose_holds, self._bucket, account)
        sent = await self._rows("referrals", sql.disclose_referrals, self._bucket, account)
        history: list[dict[str, Any]] = []
        for one, _, _ in known:
            entries = await self._rows("history", sql.disclose_entries, account_bucket(one), one)
            history += [_entry(entry_from(entry), entry["note"]) for entry in entries]
        days = await self._rows("days", sql.disclose_days, self._bucket, account)
        notices = await self._rows("notices", sql.disclose_notices, self._bucket, account)
        content = await self._rows("content", sql.disclose_content, self._bucket, account)
        refused = await conn.fetch(
            sql.disclose_rejected, shop, ids["shopid"], ids["email"], [order["order_id"] for order in orders], ROWS_MAX
        )
        return Disclosed(
            account_id=account,
            ids=ids,
            profile=msgspec.json.decode(row["profile"]),
            history=sorted(history, key=lambda change: change["id"]),
            orders=[_order(order) for order in orders],
            redemptions=[_redemption(reward) for reward in rewards],
            holds=[_hold(hold) for hold in holds],
            referrals=[_invitation(one) for one in sent],
            days=[
                {
                    "day": day["day"].isoformat(),
                    "spend": format_money(day["spend_micros"]),
                    "qualifying_points": day["qualifying"],
                    "orders": day["orders"],
                }
                for day in days
            ],
            notices=[
                {
                    "kind": notice["kind"],
                    "due_at": format_instant(notice["due_at"]),
                    "delivered": notice["outcome"] == "done",
                    **msgspec.json.decode(notice["payload"]),
                }
                for notice in notices
            ],
            content=[_block(seen) for seen in content],
            refused=[
                {"received_at": format_instant(item["received_at"]), "item": msgspec.json.decode(item["item"])}
                for item in refused
            ],
            cut=self._cut,
        )

    async def _rows(self, part: str, statement: str, bucket: int, account: int) -> list[Any]:
        """The newest rows of a part; that there are more is noted."""
        rows = await self._conn.fetch(statement, bucket, self._shop, account, ROWS_MAX + 1)
        if len(rows) > ROWS_MAX and part not in self._cut:
            self._cut.append(part)
        return list(rows[:ROWS_MAX])


def _entry(entry: Entry, note: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": format_id(entry.id),
        "type": entry.type,
        "time": format_instant(entry.effective_at),
        "occurred_at": format_instant(entry.occurred_at),
        "recorded_at": format_instant(entry.recorded_at),
        "points": entry.points,
        "after": {
            bucket: getattr(entry, bucket)
            for bucket in ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
        },
    }
    if entry.changes:
        told["changes"] = msgspec.json.decode(entry.changes)
    return told if note is None else told | {"note": msgspec.json.decode(note)}


def _order(row: Any) -> dict[str, Any]:
    return {
        "id": row["order_id"],
        "status": row["status"],
        "order_time": format_instant(row["order_at"]),
        "update_time": format_instant(row["updated_at"]),
        "snapshot": msgspec.json.decode(row["snapshot"]),
        "state": msgspec.json.decode(row["state"]),
    }


def _redemption(row: Any) -> dict[str, Any]:
    one = redemption_from(row)
    return {
        "change_id": format_id(one.change_id),
        "kind": one.kind,
        "code": one.code,
        "status": one.status,
        "points": one.points,
        "points_returned": one.restored,
        "offer": one.offer,
        "amount": format_money(one.amount),
        "time": format_instant(one.drawn_at),
    }


def _hold(row: Any) -> dict[str, Any]:
    return {"id": format_id(row["id"]), "reference": row["reference"], "captured": row["captured"] != 0}


def _invitation(row: Any) -> dict[str, Any]:
    return {
        "id": format_id(row["id"]),
        "code": row["code"],
        "channel": row["channel"],
        "destination": row["destination"],
        "sent_at": format_instant(row["sent_at"]),
    }


def _block(row: Any) -> dict[str, Any]:
    clicked_at = row["clicked_at"]
    return {
        "block": row["block"],
        "control_group": row["control"],
        "impressions": row["impressions"],
        "clicks": row["clicks"],
        "first_at": format_instant(row["first_at"]),
        "last_at": format_instant(row["last_at"]),
        "clicked_at": None if clicked_at is None else format_instant(clicked_at),
    }
