"""Disclosure: the function that gives a person everything that is held of them."""

from __future__ import annotations

from typing import Any, Final

from leal.api.balance import balance_result
from leal.api.balance_shapes import CustomerBalanceResult3
from leal.api.function import Call, Function
from leal.api.shapes import CustomerInput, Shape
from leal.scalars import Flake, Instant


class ExportResult1(Shape, kw_only=True):
    """Everything that is held of one customer, in one moment, newest first; free in form, to be read by people."""

    exported_at: Instant
    """On the shop's clock."""
    bhid: Flake
    ids: dict[str, list[str]]
    """Every name that leads to the customer, by kind."""
    profile: dict[str, Any]
    """As it was told."""
    balance: CustomerBalanceResult3
    """With the unused rewards."""
    history: list[dict[str, Any]]
    """Every change with its notes, those that only staff see too."""
    orders: list[dict[str, Any]]
    """As last told, and what they were given."""
    redemptions: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    referrals: list[dict[str, Any]]
    days: list[dict[str, Any]]
    """What counts for tiers, by day."""
    notices: list[dict[str, Any]]
    content: list[dict[str, Any]]
    """Content blocks that were shown, or as one of the control group were not."""
    refused: list[dict[str, Any]]
    """Pushed items about the customer that were refused and are kept."""
    cut: list[str]
    """Parts of which only the newest 5,000 rows are here."""


async def export_customer_data(call: Call, given: CustomerInput) -> ExportResult1:
    """Answer ExportCustomerData1."""
    who = await call.person(given.customer)
    held = await call.engine.disclose(call.shop, who)
    balance = await call.engine.balance(call.shop, who, unused=True)
    return ExportResult1(
        exported_at=Instant(balance.now),
        bhid=Flake(held.account_id),
        ids=held.ids,
        profile=held.profile,
        balance=balance_result(call.shop.slug, balance, full=False, unused=True),
        history=list(reversed(held.history)),
        orders=held.orders,
        redemptions=held.redemptions,
        holds=held.holds,
        referrals=held.referrals,
        days=held.days,
        notices=held.notices,
        content=held.content,
        refused=held.refused,
        cut=held.cut,
    )


FUNCTIONS: Final = (
    Function(
        "ExportCustomerData1", "read", ("admin_customer", "shop"), CustomerInput, ExportResult1,
        export_customer_data, "Everything that is held of a customer, for a data-subject request.",
    ),
)  # fmt: skip
