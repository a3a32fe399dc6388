"""One right row of every table, as SQL values, for tests that then spoil them one value at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DIGEST: Final = "sha256('x')"
LOT: Final = "1, 1, 10, 10, 0, 0, 0, 9000000000000000, 0"
BUCKETS: Final = {
    "available": "10", "pending": "0", "held": "0", "redeemed": "0", "expired": "0", "earned": "10", "debt": "0",
}  # fmt: skip
MEMBER: Final = {"bucket": "5", "shop": "1", "account": "77"}

ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "programme_version": {
        "shop": "1", "version": "1", "effective_at": "now()", "author": "'me'", "content_hash": DIGEST,
        "document": "'{}'",
    },
    "token_key": {"shop": "1", "kid": "'k1'", "secret": "'x'"},
    "identity": {"bucket": "9", "shop": "1", "kind": "'shopid'", "key": "'anna'", "account": "77"},
    "account": {
        "bucket": "5", "shop": "1", "id": "77", "head": DIGEST, "settled_at": "timestamptz '2026-01-01Z'", **BUCKETS,
        "lots": f"array[{LOT}]", "number": "1", "lot_number": "1",
    },
    "entry": {
        **MEMBER, "number": "1", "id": "77", "type": "'earned_for_order'", "cause": "'order'", "programme": "1",
        "occurred_at": "now()", "effective_at": "now()", "recorded_at": "now()", "points": "10", **BUCKETS,
        "moves": "array[1, 1, 10, 0]", "lots": "array[1, 1, 0, 0, 0, 0]", "digest": DIGEST,
    },
    "lot_page": {
        **MEMBER, "first_lot": "1", "lots": "array[1, 1, 10, 10, 0, 0, 1900000000000000, 9000000000000000, 0]",
        "points": "10", "due_at": "timestamptz '1970-01-01Z' + 1900000000 * interval '1 second'",
    },
    "entry_note": {**MEMBER, "number": "1", "salt": r"'\x00112233445566778899aabbccddeeff'", "note": "'{}'"},
    "day_sum": {**MEMBER, "day": "'2026-01-01'"},
    "cap_use": {**MEMBER, "source": "'orders'", "day": "'2026-01-01'", "award": "1", "points": "10"},
    "event_sum": {**MEMBER, "day": "'2026-01-01'", "trigger": "'visit'", "count": "1"},
    "event_key": {**MEMBER, "key": DIGEST, "number": "1"},
    "order_state": {
        **MEMBER, "number": "1", "order_id": "'A1'", "status": "'confirmed'", "order_at": "now()",
        "updated_at": "now()", "snapshot": "'{}'", "state": "'{}'",
    },
    "redemption": {
        **MEMBER, "number": "1", "change_id": "77", "kind": "'points'", "code": "'ABC'", "status": "'unused'",
        "points": "5", "amount": "1000000", "drawn_at": "now()", "day": "'2026-01-01'", "draws": "array[1, 1, 5, 0]",
    },
    "hold": {**MEMBER, "number": "1", "id": "77", "reference": "'cart-1'"},
    "referral": {**MEMBER, "id": "77", "code": "'ABC'", "channel": "'email'", "sent_at": "now()"},
    "acceptance": {
        **MEMBER, "friend": "78", "referral": "77", "id": "79", "qualified_at": "now()", "matures_at": "now()",
    },
    "referral_due": {**MEMBER, "order_number": "1"},
    "customer": {**MEMBER, "shopid": "'anna'", "email": "'anna@example.com'"},
    "merged": {
        **MEMBER, "source": "78", "entries": "1", "entry_base": "0", "order_base": "0", "shopid": "'bea'",
        "merged_at": "now()",
    },
    "outbox": {**MEMBER, "kind": "'tier_at_risk'", "payload": "'{}'", "due_at": "now()"},
    "stock": {"shop": "1", "kind": "'budget'", "key": "'orders'", "part": "0", "total": "100", "units": "90"},
    "record_change": {**MEMBER},
    "idempotency": {**MEMBER, "key": DIGEST, "request": DIGEST, "answer": "'{}'"},
    "rejected": {"shop": "1", "kind": "'order'", "item": "'{}'", "problems": "'[]'"},
    "collection": {"shop": "1", "id": "'cards'"},
    "product": {"shop": "1", "id": "'mug'"},
    "import_run": {"shop": "1", "source": DIGEST, "kind": "'order'"},
    "collection_product": {"shop": "1", "product": "'mug'", "collection": "'cards'"},
    "feed_destination": {
        "shop": "1", "name": "'crm'", "url": "'https://example.com'", "mapping": "'record'", "secret": DIGEST,
        "batch_records": "1", "batch_bytes": "1024",
    },
    "content_seen": {
        **MEMBER, "block": "'lifecycle-banner'", "share": "10", "control": "false", "impressions": "1", "clicks": "0",
        "first_at": "timestamptz '2026-01-01Z'", "last_at": "timestamptz '2026-01-02Z'",
    },
    "content_day": {
        "shop": "1", "day": "'2026-01-01'", "block": "'lifecycle-banner'", "share": "10", "control": "false",
        "impressions": "1", "clicks": "0",
    },
    "content_links": {**MEMBER, "epoch": "1"},
    "audit": {"shop": "1", "member": "77", "number": "1", "actor": "'ann'", "action": "'customer.adjusted'"},
    "approval": {"shop": "1", "kind": "'adjustment'", "key": DIGEST, "wish": "'{}'", "requested_by": "'ann'"},
}  # fmt: skip
"""Every tenant table, in an order in which the rows can be inserted once shop 1 is there."""


def insert(table: str, **spoilt: str) -> str:
    """The statement that inserts the right row of a table, with some values replaced."""
    row = {**ROWS[table], **spoilt}
    return f"insert into {table} ({', '.join(row)}) values ({', '.join(row.values())})"


def insert_all(shop: int) -> str:
    """The statements that give a shop one row in every tenant table; the shop must be the session's."""
    return ";\n".join(insert(table, shop=str(shop)) for table in ROWS)
