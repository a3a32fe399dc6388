"""How figures are written for people at a terminal: points, money, days and instants, in the programme's terms."""

from __future__ import annotations

from datetime import date, tzinfo
from decimal import Decimal

from babel.numbers import format_currency

from leal.rules.calendar import last_usable_day
from leal.rules.programme.terms import Need, Terms
from leal.values import MICRO, NEVER, datetime_of


def points_text(points: int) -> str:
    """`12,340`."""
    return f"{points:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 order`, `1,200 orders`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def money_text(micros: int | None, terms: Terms | None) -> str:
    """Money in the programme's currency and language; a dash where points have no value."""
    if micros is None or terms is None:
        return "–"
    amount = Decimal(micros) / MICRO
    text: str = format_currency(amount, terms.programme.currency, locale=terms.programme.locale)
    return text


def day_text(day: date) -> str:
    """`3 June 1998`."""
    return f"{day.day} {day:%B %Y}"


def until_text(ends_at: int, terms: Terms) -> str:
    """The last local day before an instant (S1.3)."""
    return "never" if ends_at == NEVER else day_text(last_usable_day(ends_at, terms.zone))


def instant_text(at: int, zone: tzinfo) -> str:
    """`3 June 1998 14:05`, on the zone's clocks."""
    moment = datetime_of(at).astimezone(zone)
    return f"{day_text(moment.date())} {moment:%H:%M}"


def need_text(need: Need, terms: Terms) -> str:
    """What a tier asks for or what lacks of it: `$600.00 and 6 orders`; empty when nothing."""
    parts = []
    if need.spend_micros is not None:
        parts.append(money_text(need.spend_micros, terms))
    if need.points is not None:
        parts.append(plural(need.points, "point"))
    if need.orders is not None:
        parts.append(plural(need.orders, "order"))
    return (" and " if need.every else " or ").join(parts)
