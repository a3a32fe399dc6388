"""Errands: what the shop is to do about codes and rewards, put into the outbox in the transaction that made them.

A new code is to be made known to the shop's checkout, and taken out of it where it is void since; what the shop hands
out itself is to be handed out. Payloads have the shapes of the hooks `CreateDiscount4` and `DeliverCustomReward1`,
without anything that names the customer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.audit import Act, note_acts
from leal.engine.rows import account_bucket, transposed
from leal.engine.verb import REMOVE_DISCOUNT, Member, Outcome
from leal.rules.ledger import Book
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.returning import Redemption
from leal.rules.rewards import offer_of
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import NEVER, format_id, format_instant, format_money

_encode = msgspec.json.Encoder(order="sorted").encode
_OF_POINTS = "points"
"""What a code for points is for, where the codes of offers name these."""


async def note_errands(conn: Conn, shop: int, changed: list[Member]) -> None:
    """Store what the members' new codes and rewards ask of the shop, and take back what their voided ones did."""
    new: list[tuple[Member, Redemption, str]] = []
    void: list[tuple[Member, Redemption]] = []
    for member in changed:
        for number in sorted(member.changed_redemptions):
            redemption, before = member.redemptions[number], member.stored_redemptions.get(number)
            kind = _kind(member.book, redemption, before)
            if kind is not None:
                new.append((member, redemption, kind))
            if redemption.status == "voided" and before is not None and before.status != "voided":
                void.append((member, redemption))
    if new:
        rows = [
            (m.stored.bucket, m.stored.id, kind, _encode(_payload(m.book, one)).decode(), m.now, one.number)
            for m, one, kind in new
        ]
        await conn.execute(sql.insert_outbox, shop, *transposed(rows))
    closing = [(member.stored.bucket, id_, outcome) for member in changed for id_, outcome in member.closing.items()]
    if closing:
        await conn.execute(sql.close_errands, shop, *transposed(closing))
    if void:
        await conn.execute(
            sql.void_errands, shop, *transposed([(m.stored.bucket, m.stored.id, one.number) for m, one in void])
        )
        gone = [(m.stored.bucket, m.stored.id, one.number, m.now) for m, one in void]
        await conn.execute(sql.take_codes_away, shop, *transposed(gone), REMOVE_DISCOUNT)


async def forget_errands(conn: Conn, shop: int, account: int, in_hand: list[int], now: int) -> None:
    """Of a member who is erased only this is still to be done: codes leave the checkout, those in hand too."""
    bucket = account_bucket(account)
    gone = [(bucket, account, number, now) for number in in_hand]
    if gone:
        await conn.execute(sql.take_codes_away, shop, *transposed(gone), REMOVE_DISCOUNT)
    await conn.execute(sql.delete_outbox, bucket, shop, account, REMOVE_DISCOUNT)


async def close_of_nobody(db: Database, shop: int, account: int, errand: int, outcome: Outcome, by: str) -> bool:
    """What was still to be done of a member who was erased is done, or failed; false: it does not wait any more."""
    bucket = account_bucket(account)
    async with db.transaction(shop) as conn:
        row = await conn.fetchrow(sql.lock_errand, bucket, shop, account, errand)
        if row is None or row["done_at"] is not None:
            return False
        await conn.execute(sql.close_errands, shop, [bucket], [errand], [outcome])
        await note_acts(conn, shop, [Act(by, f"outbox.{outcome}", str(errand), account)])
        return True


def _kind(book: Book, redemption: Redemption, before: Redemption | None) -> str | None:
    """What is to be done about it that was not before; None: nothing."""
    if not redemption.is_in_hand:
        return None
    if redemption.code is not None:
        return "create_discount" if before is None or before.code is None else None
    is_new = before is None and offer_of(book, redemption).is_delivered
    return "deliver_custom_reward" if is_new else None


def _payload(book: Book, redemption: Redemption) -> dict[str, Any]:
    if redemption.offer is None:
        return _discount_for_points(book, redemption)
    offer = offer_of(book, redemption)
    if offer.is_delivered:
        return {
            "reward_identifier": offer.document.gives.identifier,
            "reward_title": offer.document.title,
            "unlock_time": format_instant(redemption.drawn_at),
            "change_bhid": format_id(redemption.change_id),
        }
    return {"title": offer.document.title, **_discount(redemption), **_given(offer)}


def _discount(redemption: Redemption) -> dict[str, Any]:
    """What every code is to be."""
    told: dict[str, Any] = {"code": redemption.code, "max_uses": 1}
    if redemption.expires_at != NEVER:
        told["end_time"] = format_instant(redemption.expires_at)
    return told


def _discount_for_points(book: Book, redemption: Redemption) -> dict[str, Any]:
    terms = book.terms
    assert terms is not None  # points were redeemed under them
    told = _discount(redemption) | {
        "title": terms.programme.title,
        "amount": format_money(redemption.amount),
        "subject_type": _OF_POINTS,
        "subject_slugs": [],
    }
    return told | ({"min_order_amount": format_money(terms.minimum_cart)} if terms.minimum_cart else {})


def _given(offer: OfferTerms) -> dict[str, Any]:
    """What the code of an offer's reward gives; `percentage` in permyriad."""
    gives = offer.document.gives
    told: dict[str, Any] = {"subject_type": offer.document.kind, "subject_slugs": [offer.slug]}
    if gives.product is not None:
        return told | {"percentage": 10_000, "product_ids": [gives.product], "is_per_product": True}
    if gives.percent is not None:
        return told | {"percentage": gives.percent}
    told["amount"] = format_money(offer.amount_micros)
    return told | ({"extras": {"free_shipping": True}} if gives.free_shipping else {})
