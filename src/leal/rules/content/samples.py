"""Samples: customers made up for a programme, so that every state of every block can be seen and tried."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import msgspec

from leal.rules.calendar import local_day, start_of_day
from leal.rules.content.choosing import choose
from leal.rules.content.chosen import BLOCKS, Chosen
from leal.rules.content.earnings import Simulated, spend_for, whole_units
from leal.rules.content.known import HOUR, Known, KnownProduct
from leal.rules.content.loyalty import Loyalty, points_of, stranger, what_suffices
from leal.rules.content.profile import Profile
from leal.rules.programme.content import ShownOffer, Stage
from leal.rules.programme.content_terms import ShownOfferTerms
from leal.rules.programme.document import Targets
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.worth import value_of
from leal.values import DAY, MICRO

_PRODUCTS: Final = (("Linen shirt", 79), ("Suede loafer", 160), ("Canvas tote", 45), ("Wool scarf", 95))


class Sample(NamedTuple):
    """Somebody made up, and what this one is shown of a block."""

    customer: str
    chosen: Chosen


def samples(terms: Terms, now: int) -> list[Sample]:
    """Every state of every block that the programme can have, each once, and the banner of a member of whom only old
    figures are known; what is shown was chosen, not made up."""
    people = customers(terms, now)
    found = []
    for block in BLOCKS:
        seen = set()
        for name, known in people.items():
            chosen = choose(block, known, now)
            is_old = chosen.slots.as_of is not None
            if not chosen.is_hidden and (chosen.variant, is_old) not in seen and (not is_old or block == BLOCKS[0]):
                seen.add((chosen.variant, is_old))
                found.append(Sample(name, chosen))
    return found


def customers(terms: Terms, now: int) -> dict[str, Known]:
    """Made-up customers by a name for each; who needs a tier or an end that the programme does not have is left out."""
    today = local_day(now, terms.zone)
    member, climbing = _member(terms, now), _climbing(terms, now)
    beginner = _beginner(terms, now)
    outside = stranger(terms, now)
    shopper = msgspec.structs.replace(outside, is_known=True)
    best = _loyalty(terms, terms.tiers[-1], 8450, None, now) if terms.tiers else None
    found = {
        "unknown": _known(terms, now, outside, Profile()),
        "prospect": _known(terms, now, shopper, Profile()),
        "shopper": _known(terms, now, shopper, _profile(today, "repeat", 3, 12)),
        "member": _known(terms, now, member, _profile(today, "repeat", 4, 20)),
        "newcomer": _known(terms, now, _empty(beginner), Profile()),
        "first order": _known(terms, now, beginner, _profile(today, "one-timer", 1, 10)),
        "first order long ago": _known(terms, now, beginner, _profile(today, "one-timer", 1, 45)),
        "nothing left": _known(terms, now, _empty(member), _profile(today, "repeat", 4, 20)),
        "points about to lapse": _known(terms, now, _expiring(terms, member, today), _profile(today, "repeat", 4, 20)),
        "away": _known(terms, now, member, _profile(today, "at-risk", 6, 150)),
        "long away": _known(terms, now, member, _profile(today, "dormant", 6, 500)),
        "known long ago": _known(terms, now, member, _profile(today, "repeat", 4, 20), age_hours=10_000),
    }
    if climbing is not None:
        found["nearly there"] = _known(terms, now, climbing, _profile(today, "repeat", 12, 15))
        by_points = climbing.missing is not None
        ending = msgspec.structs.replace(
            member, tier_ends_on=today + timedelta(20), to_keep=240 if by_points else None,
            keep_spend_micros=None if by_points else 40 * MICRO,
        )  # fmt: skip
        found["tier about to end"] = _known(terms, now, ending, _profile(today, "loyal", 9, 15))
    if best is not None and best.is_vip(terms.content.document.thresholds.vip_from_rank):
        found["best"] = _known(terms, now, best, _profile(today, "VIP", 47, 8))
    return found


def _known(terms: Terms, now: int, loyalty: Loyalty, profile: Profile, *, age_hours: int = 0) -> Known:
    would = Simulated(0, 0) if loyalty.member or not profile.orders else Simulated(847, 3)
    content = terms.content
    return Known(
        loyalty=loyalty,
        buyer=profile,
        simulated=would,
        settings=content.document,
        zone=terms.zone,
        as_of=now - age_hours * HOUR,
        offers=[*content.offers, _offer(terms, now)],
        products=_products(terms, loyalty),
        simulated_value_micros=value_of(terms, would.points),
    )


def _profile(today: date, stage: Stage, orders: int, days: int) -> Profile:
    first = today - timedelta(days if orders == 1 else days + orders * 30)
    return Profile(
        stage=stage,
        segment=stage,
        orders=orders,
        orders_this_year=0,
        spend_micros=orders * 90 * MICRO,
        first_on=first,
        last_on=today - timedelta(days),
        first_order_micros=90 * MICRO,
        first_name="Camille",
    )


def _member(terms: Terms, now: int) -> Loyalty:
    """A member in the lowest tier but one, or the lowest, some way from the next."""
    tiers = terms.tiers
    if not tiers:
        return _loyalty(terms, None, 2340, None, now)
    tier = tiers[min(1, max(0, len(tiers) - 2))]
    return _loyalty(terms, tier, 2340, 660, now)


def _beginner(terms: Terms, now: int) -> Loyalty:
    """A member of the lowest tier after a first order."""
    found = _loyalty(terms, terms.tiers[0] if terms.tiers else None, 180, None, now)
    if found.goal is not None:
        return msgspec.structs.replace(found, missing=max(1, found.goal - 180))
    if found.spend_goal_micros is None:
        return found
    spend = max(MICRO, found.spend_goal_micros - 90 * MICRO)
    return msgspec.structs.replace(found, missing_spend_micros=spend, spend_to_next_micros=whole_units(spend))


def _climbing(terms: Terms, now: int) -> Loyalty | None:
    """The same member short of the next tier; None where neither points nor money alone lead to one."""
    near = _member(terms, now)
    if near.goal is not None:
        missing = max(1, min(180, near.goal - 1))
        return msgspec.structs.replace(near, missing=missing, spend_to_next_micros=spend_for(missing, terms, now))
    if near.spend_goal_micros is None:
        return None
    worth = None if terms.orders is None else 180 * terms.orders.rate.denominator // terms.orders.rate.numerator
    spend = max(1, min(worth or near.spend_goal_micros // 20, near.spend_goal_micros - 1))
    return msgspec.structs.replace(
        near, missing_spend_micros=spend, spend_in_points=points_of(spend, terms, now),
        spend_to_next_micros=whole_units(spend),
    )  # fmt: skip


def _empty(member: Loyalty) -> Loyalty:
    return msgspec.structs.replace(member, points=0, points_value_micros=None)


def _expiring(terms: Terms, member: Loyalty, today: date) -> Loyalty:
    day = today + timedelta(12)
    return msgspec.structs.replace(
        member, expiring=1240, expires_soon=True, expires_on=day, expiring_value_micros=value_of(terms, 1240),
        expires_at=start_of_day(day + timedelta(1), terms.zone),
    )  # fmt: skip


def _loyalty(terms: Terms, tier: TierTerms | None, points: int, missing: int | None, now: int) -> Loyalty:
    above = terms.tiers[tier.rank + 1] if tier is not None and tier.rank + 1 < len(terms.tiers) else None
    leads = None if above is None else what_suffices(above.need, above.need)
    goal = above.need.points if above is not None and leads == "points" else None
    start = 0 if tier is None else tier.need.points or 0
    lacking = None if goal is None or missing is None else max(1, min(missing, goal - start))
    spend_goal = above.need.spend_micros if above is not None and leads == "spend" else None
    spend_step = None if spend_goal is None or tier is None else spend_goal - (tier.need.spend_micros or 0)
    spend = None if spend_step is None or missing is None else max(MICRO, spend_step // 3)
    own = [] if tier is None else tier.benefit_titles
    return Loyalty(
        is_known=True,
        member=True,
        tier=None if tier is None else tier.name,
        tier_slug=None if tier is None else tier.slug,
        tier_rank=None if tier is None else tier.rank + 1,
        tiers=len(terms.tiers),
        points=points,
        points_value_micros=value_of(terms, points),
        missing=lacking,
        step=None if goal is None else goal - start,
        goal=goal,
        missing_spend_micros=spend,
        spend_step_micros=spend_step,
        spend_goal_micros=spend_goal,
        spend_in_points=points_of(spend, terms, now),
        next_tier=None if above is None else above.name,
        spend_to_next_micros=whole_units(spend) if spend else spend_for(lacking, terms, now) if lacking else None,
        benefits=own,
        next_benefits=[] if above is None else [one for one in above.benefit_titles if one not in own],
    )


def _products(terms: Terms, loyalty: Loyalty) -> list[KnownProduct]:
    found = []
    for number, (title, price) in enumerate(_PRODUCTS, 1):
        points = 0 if terms.orders is None else int(price * MICRO * terms.orders.rate)
        doubled = number == 2
        points *= 1 + doubled
        leads = points if loyalty.missing is not None and doubled else 0
        found.append(
            KnownProduct(
                id=f"sample-{number}", title=title, price_micros=price * MICRO, number=-number, points=points,
                permyriad=20_000 if doubled else 10_000, qualifying=leads,
            )
        )  # fmt: skip
    return found


def _offer(terms: Terms, now: int) -> ShownOfferTerms:
    """One for everybody, should the programme have none."""
    shown = ShownOffer(
        id="sample", title="A thank-you for your next order", discount_type="percentage", discount_value="15",
        valid_from="2000-01-01", valid_until="9999-12-31",
    )  # fmt: skip
    ends_at = start_of_day(local_day(now + 12 * DAY, terms.zone), terms.zone)
    return ShownOfferTerms(shown, 0, ends_at, 1500, 0, 60 * MICRO, frozenset(), Targets())
