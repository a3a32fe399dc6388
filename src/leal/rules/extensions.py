"""Facts: the fields of a member's record, the eleven and those beyond them, as values not yet written (S12.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from leal.rules.calendar import last_usable_day, local_day, start_of_day
from leal.rules.outline import Outline
from leal.rules.programme.feeds import CORE, KINDS, Kind
from leal.rules.programme.terms import Terms
from leal.rules.record import End, Record, ends, nobody, points_lacking, record_with
from leal.rules.worth import value_of
from leal.values import NEVER


class Windows(NamedTuple):
    """Local days until an end that count as soon, and as expiring; None: only what ends next is expiring."""

    soon_days: int = 30
    expiring_days: int | None = None


TIER_SLUG: Final = "tier.slug"
NEXT_TIER_SLUG: Final = "next_tier.slug"
"""Facts beside the fields: what tiers are called in the programme document."""


def facts(shown: Outline, customer_id: str, now: int, wanted: Collection[str], windows: Windows) -> dict[str, Any]:
    """The eleven fields, and those beyond them that are wanted, of what a member is shown at `now`.

    Money in micros, days as dates, instants in microseconds.
    """
    terms = shown.terms
    if terms is None or not shown.is_member:
        return facts_of_nobody(terms, customer_id, now, wanted)
    coming = ends(shown, terms)
    told = record_with(shown, customer_id, terms, coming)
    found = msgspec.structs.asdict(told)
    found[TIER_SLUG] = None if shown.tier is None else shown.tier.slug
    found[NEXT_TIER_SLUG] = None if shown.above is None else shown.above.slug
    seen = _Seen(shown, terms, told, coming, now, windows)
    if windows.expiring_days is not None:
        near = [end for end in seen.ends if _days_to(end, seen) <= windows.expiring_days]
        found["points_expiration_date"] = near[0].day if near else None
        found["points_expiring"] = sum(end.points for end in near)
    for name in wanted:
        if name in _MAKE:
            found[name] = _MAKE[name](seen)
    return found


def facts_of_nobody(terms: Terms | None, customer_id: str, now: int, wanted: Collection[str]) -> dict[str, Any]:
    """The same of somebody who takes no part: what is true of the programme, and nothing of the customer."""
    found: dict[str, Any] = msgspec.structs.asdict(nobody(customer_id))
    found |= {TIER_SLUG: None, NEXT_TIER_SLUG: None}
    constant = {"updated_at": now} | ({} if terms is None else _of_programme(terms))
    for name, kind in KINDS.items():
        if name in wanted and name not in CORE:
            found[name] = constant.get(name, _NOTHING.get(kind, 0 if name == "pending_points" else None))
    return found


def next_boundary(coming: list[End], terms: Terms, now: int, reads: Collection[str], windows: Windows) -> int:
    """The next instant at which a field changes because one of the coming ends of a member's points comes near, and
    nothing else happens; NEVER without one.

    Lapses, ends of tiers and days that leave a window are events of the account, and not among them. Nor is
    `updated_at`, which is another at every instant.
    """
    due = NEVER
    if coming and "points_expiring_soon" in reads:
        due = _entered(coming[0], windows.soon_days, terms, now)
    if windows.expiring_days is not None:
        due = min(due, *(_entered(end, windows.expiring_days, terms, now) for end in coming), NEVER)
    return due


def _entered(end: End, days: int, terms: Terms, now: int) -> int:
    """The instant after `now` at which an end is so many days away; NEVER where that was before."""
    at = start_of_day(_day_before(end.day, days), terms.zone)
    return at if at > now else NEVER


class _Seen(NamedTuple):
    """What fields are made of."""

    shown: Outline
    terms: Terms
    told: Record
    ends: list[End]
    now: int
    windows: Windows


def _of_programme(terms: Terms) -> dict[str, str]:
    return {"program_id": terms.programme.shop, "currency": terms.programme.currency}


def _tier_end(seen: _Seen) -> date | None:
    ends_at = seen.shown.tier_ends_at
    return None if ends_at == NEVER else last_usable_day(ends_at, seen.terms.zone)


def _points_to_keep(seen: _Seen) -> int | None:
    tier = seen.shown.tier
    return None if tier is None else points_lacking(tier.keep, seen.shown.keep_lacks)


def _spend_to_next(seen: _Seen) -> int | None:
    above, lacks = seen.shown.above, seen.shown.lacks
    return None if above is None or lacks is None or above.need.spend_micros is None else lacks.spend_micros or 0


def _is_soon(seen: _Seen) -> bool:
    return bool(seen.ends) and _days_to(seen.ends[0], seen) <= seen.windows.soon_days


def _days_to(end: End, seen: _Seen) -> int:
    return (end.day - local_day(seen.now, seen.terms.zone)).days


def _day_before(day: date, days: int) -> date:
    return date.min if day.toordinal() <= days else day - timedelta(days)


_MAKE: Final[dict[str, Callable[[_Seen], Any]]] = {
    "program_id": lambda seen: seen.terms.programme.shop,
    "tier_rank": lambda seen: None if seen.shown.tier is None else seen.shown.tier.rank + 1,
    "tier_expiration_date": _tier_end,
    "points_to_keep_tier": _points_to_keep,
    "spend_to_next_tier": _spend_to_next,
    "next_tier_threshold": lambda seen: None if seen.shown.above is None else seen.shown.above.need.points,
    "next_tier_benefits": lambda seen: [] if seen.shown.above is None else seen.shown.above.benefits,
    "points_value": lambda seen: value_of(seen.terms, seen.shown.account.available),
    "currency": lambda seen: seen.terms.programme.currency,
    "points_expiring_soon": _is_soon,
    "pending_points": lambda seen: seen.shown.account.pending,
    "expirations": lambda seen: seen.ends,
    "updated_at": lambda seen: seen.now,
}
_NOTHING: Final[dict[Kind, Any]] = {"flag": False, "texts": [], "ends": []}
