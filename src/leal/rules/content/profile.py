"""The profile: what a customer's orders, and what the shop says of the customer, make of somebody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.calendar import local_day
from leal.rules.content.chosen import CardSlot
from leal.rules.orders import Order
from leal.rules.programme.content import Card, Content, Stage, Stages
from leal.values import parse_money

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
LIKED_MOST: Final = 3
"""Collections of a kind that products are looked for in."""
_NUMBERS: Final = {
    "code128": re.compile(r"[ -~]{1,48}"),
    "ean13": re.compile(r"[0-9]{12,13}"),
    "qr": re.compile(r"[ -~]{1,200}"),
}


class PlacedOrder(msgspec.Struct, frozen=True):
    """An order that stands, and when it was placed; its lines know the collections and tags of their products."""

    order: Order
    order_at: int

    @property
    def spent_micros(self) -> int:
        """What was paid for it, net of what came back."""
        if self.order.lines is None:
            return self.order.amount_spent or 0
        return sum(line.amount_spent for line in self.order.lines)


class Purchases(msgspec.Struct, frozen=True):
    """What is held of a customer's orders that stand."""

    count: int = 0
    this_year: int = 0
    """Placed in the running local year."""
    spent_micros: int = 0
    recent: Sequence[PlacedOrder] = ()
    """The newest, the newest first."""
    first: PlacedOrder | None = None


class Profile(msgspec.Struct, frozen=True):
    """Who a customer is to the shop. Days are local ones."""

    stage: Stage = "prospect"
    segment: str = "prospect"
    """The shop's own word for the customer, else the stage."""
    orders: int = 0
    orders_this_year: int = 0
    spend_micros: int = 0
    first_on: date | None = None
    last_on: date | None = None
    first_order_micros: int | None = None
    category: str | None = None
    """The collection that the customer prefers: its id, or what the shop calls it."""
    affinities: dict[str, int] = {}
    """Micros spent by collection in the newest orders."""
    first_collections: frozenset[str] = frozenset()
    """Collections of what the first order was for."""
    bought: frozenset[str] = frozenset()
    """Products of the newest orders."""
    first_name: str | None = None
    locale: str | None = None

    def days_since(self, today: date) -> int | None:
        """Local days since the last order; None without one."""
        return None if self.last_on is None else (today - self.last_on).days

    @property
    def kind(self) -> str:
        """The segment where it is one of the stages, else the stage."""
        return self.segment if self.segment in STAGES else self.stage

    def belongs_to(self, segments: Sequence[str]) -> bool:
        """Whether one of the segments is the customer's; nobody is left out where there are none."""
        return not segments or self.stage in segments or self.segment in segments


def profile_of(
    purchases: Purchases, told: Mapping[str, Any], settings: Content, *, is_vip: bool, today: date, zone: ZoneInfo
) -> Profile:
    """The profile; what the shop pushed of the customer goes before what the orders tell.

    `told` is the customer's stored profile; its `extras` may have `lifecycle_stage`, `segment`, `purchase_count`,
    `total_spend`, `first_purchase_date`, `last_purchase_date` and `preferred_category`. What is not of its kind is as
    if it were not told.
    """
    extras = told.get("extras")
    says: Mapping[str, Any] = extras if isinstance(extras, Mapping) else {}
    first, last = purchases.first, purchases.recent[0] if purchases.recent else None
    orders = _count(says.get("purchase_count"), purchases.count)
    last_on = _day(says.get("last_purchase_date"), None if last is None else local_day(last.order_at, zone))
    affinities = _affinities(purchases.recent)
    best = min(affinities, key=lambda one: (-affinities[one], one), default=None)
    stage = _stage_told(says.get("lifecycle_stage")) or stage_of(
        orders, None if last_on is None else (today - last_on).days, settings.stages, is_vip=is_vip
    )
    return Profile(
        stage=stage,
        segment=_text(says.get("segment")) or stage,
        orders=orders,
        orders_this_year=min(orders, purchases.this_year),
        spend_micros=_money(says.get("total_spend"), purchases.spent_micros),
        first_on=_day(says.get("first_purchase_date"), None if first is None else local_day(first.order_at, zone)),
        last_on=last_on,
        first_order_micros=None if first is None else first.spent_micros,
        category=_text(says.get("preferred_category")) or best,
        affinities=affinities,
        first_collections=frozenset() if first is None else frozenset(_collections(first)),
        bought=frozenset(line.product for one in purchases.recent for line in one.order.lines or []),
        first_name=_text(told.get("first_name")),
        locale=_text(told.get("locale")),
    )


def stage_of(orders: int, days_since: int | None, stages: Stages, *, is_vip: bool) -> Stage:
    """The stage, the first that fits: dormant, VIP, prospect, one-timer, at-risk, loyal, repeat."""
    if orders and days_since is not None and days_since >= stages.dormant_days:
        return "dormant"
    if is_vip:
        return "VIP"
    if orders < 2:
        return "one-timer" if orders else "prospect"
    if days_since is not None and days_since >= stages.at_risk_days:
        return "at-risk"
    return "loyal" if orders >= stages.loyal_orders else "repeat"


def liked_collections(purchases: Purchases, told: Mapping[str, Any]) -> list[str]:
    """The few collections that products for the customer are looked for in: the one that the shop names, those of which
    most was bought lately, those of the first order."""
    extras = told.get("extras")
    named = _text(extras.get("preferred_category")) if isinstance(extras, Mapping) else None
    affinities = _affinities(purchases.recent)
    most = sorted(affinities, key=lambda one: (-affinities[one], one))[:LIKED_MOST]
    first = [] if purchases.first is None else sorted(set(_collections(purchases.first)))[:LIKED_MOST]
    return list(dict.fromkeys([*([named] if named else []), *most, *first]))


def _collections(one: PlacedOrder) -> list[str]:
    return [collection for line in one.order.lines or [] for collection in line.collections or []]


def _affinities(recent: Sequence[PlacedOrder]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in recent:
        for line in one.order.lines or []:
            for collection in line.collections or []:
                found[collection] = found.get(collection, 0) + line.amount_spent
    return found


def card_of(told: Mapping[str, Any], card: Card | None) -> CardSlot | None:
    """The member card that the shop told the number of, where that can be written in its symbol."""
    extras = told.get("extras")
    number = None if card is None or not isinstance(extras, Mapping) else extras.get(card.extra)
    if card is None or not isinstance(number, str) or not _NUMBERS[card.symbol].fullmatch(number):
        return None
    return CardSlot(number, card.symbol)


def _stage_told(told: object) -> Stage | None:
    return next((stage for stage in STAGES if told == stage), None)


def _text(told: object) -> str | None:
    return told.strip()[:120] or None if isinstance(told, str) else None


def _count(told: object, otherwise: int) -> int:
    return told if type(told) is int and 0 <= told <= 10**9 else otherwise


def _money(told: object, otherwise: int) -> int:
    if type(told) is not int and not isinstance(told, str):
        return otherwise
    try:
        amount = parse_money(str(told))
    except ValueError:
        return otherwise
    return amount if amount >= 0 else otherwise


def _day(told: object, otherwise: date | None) -> date | None:
    if not isinstance(told, str):
        return otherwise
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        return otherwise
