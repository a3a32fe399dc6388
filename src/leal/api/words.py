"""Words: the sentences that the answers say to customers, in English."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal

from leal.api.shapes import MarketInput1
from leal.rules.programme.document import Programme
from leal.rules.programme.terms import Need
from leal.values import MICRO


def still_lacking(lacking: Need, match_any: bool, tier: str, verb: str, programme: Programme) -> str:
    """What is still lacking to `reach` or `keep` a tier, as one sentence; empty when nothing is."""
    parts = []
    if lacking.points:
        parts.append(f"earn {_counted(lacking.points, 'more point', programme.locale)}")
    if lacking.spend_micros:
        parts.append(f"spend {money(lacking.spend_micros, programme.currency, programme.locale)} more")
    if lacking.orders:
        parts.append(f"place {_counted(lacking.orders, 'more order', programme.locale)}")
    titles = {trigger.slug: trigger.title for trigger in programme.triggers}
    parts += [f'complete "{titles.get(event, event)}"' for event in lacking.events]
    if not parts:
        return ""
    sentence = (" or " if match_any else " and ").join(parts)
    return f"{sentence[0].upper()}{sentence[1:]} to {verb} {tier}."


def locale_of(market: MarketInput1 | None, programme: Programme) -> str:
    """The market's locale, where one is named that is known; else the programme's."""
    named = None if market is None or not market.locale else _known_locale(market.locale)
    return named or programme.locale


@lru_cache(maxsize=1024)
def _known_locale(text: str) -> str | None:
    try:
        return str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return None


@lru_cache(maxsize=8192)
def money(micros: int, currency: str, locale: str) -> str:
    """An amount as people of the locale write it."""
    return str(format_currency(Decimal(micros) / MICRO, currency, locale=locale))


def change_sentence(type_: str, order_id: str | None) -> str:
    """What a change of the type is called where nobody wrote words for it; of an unknown type, its name."""
    words = CHANGES.get(type_, type_.replace("_", " ").capitalize())
    return f"{words} (order {order_id})" if order_id else words


CHANGES: Final = {
    "earned_from_order": "Points for an order",
    "order_refund": "Points taken back after a refund",
    "points_matured": "Points became spendable",
    "points_dropped": "Pending points were withdrawn",
    "tier_points_returned": "Points for a tier were taken back",
    "points_redated": "Points were given an end",
    "points_expired": "Points expired",
    "reward_lapsed": "A code expired",
    "event_recorded": "Something was noted",
    "points_returned": "Redeemed points given back",
    "redeemed_towards_order": "Points redeemed for a discount",
    "manual_correction": "Correction by the shop",
    "tier_acquired": "Reached a tier",
    "tier_renewed": "Kept the tier",
    "tier_expired": "Left a tier",
    "tier_set": "Tier set by the shop",
    "tier_released": "A tier set by the shop ended",
    "tier_beneath": "Another tier was reached or left beneath the one set by the shop",
    "marked": "Marked by the shop",
    "joined": "Joined the programme",
    "merged_from": "Joined with another account of yours",
    "left": "Left the programme",
    "became_guest": "Became a guest of the programme",
}
"""Types of changes in words."""


def _counted(number: int, noun: str, locale: str) -> str:
    return f"{format_decimal(number, locale=locale)} {noun}{'' if number == 1 else 's'}"
