"""Placement: which tables are spread by bucket, and which are whole wherever they are read.

Both stand in the order in which they refer to one another. The tables of members lead their keys with `bucket`, so
that they can lie on several servers, all rows of a member together; what else there is concerns a shop, is small, and
has a copy on each. A test proves that every statement keeps to it.
"""

from __future__ import annotations

from typing import Final

REFERENCE: Final = (
    "shop",
    "programme_version",
    "token_key",
    "collection",
    "product",
    "collection_product",
    "stock",
    "rejected",
    "audit",
    "approval",
    "import_run",
    "feed_destination",
    "content_day",
)
"""Tables of shops: whole on each server."""

MEMBERS: Final = (
    "account",
    "identity",
    "entry",
    "entry_note",
    "lot_page",
    "day_sum",
    "cap_use",
    "event_sum",
    "event_key",
    "order_state",
    "redemption",
    "hold",
    "referral",
    "acceptance",
    "referral_due",
    "customer",
    "merged",
    "outbox",
    "idempotency",
    "content_seen",
    "content_links",
    "record_change",
)
"""Tables of members: spread by bucket."""

LOCAL: Final = ("migration",)
"""Tables of the database itself: where the migrations run."""
