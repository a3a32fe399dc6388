"""What an account shows at an instant (S5.3, S5.4, S7.3, S8.5)."""

from collections import Counter
from datetime import date
from fractions import Fraction

from tests.oracle.appointing import end_shown
from tests.oracle.facts import AccountView, HoldView, LotView
from tests.oracle.holds import open_holds
from tests.oracle.instants import period_start
from tests.oracle.milestones import status_of
from tests.oracle.points import available_lots, draw_order, pending_lots
from tests.oracle.rewards import in_hand, offers_shown
from tests.oracle.state import Account, Hold, Lot, Shop
from tests.oracle.tiers import (
    qualifying,
    requirement,
    steps_of,
    sums_of,
    window_of,
)
from tests.oracle.versions import Document, Version, micros
from tests.oracle.ways import ways_of

NO_MINOR_UNITS = (
    "ADP AFN ALL BIF BYR CLP DJF ESP GNF IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG RSD RWF SLL "
    "SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"
)


def minor_digits(currency: str) -> int:
    """The fraction digits of a currency by CLDR."""
    if currency in NO_MINOR_UNITS:
        return 0
    return {"CLF": 4, "UYW": 4}.get(currency, 3 if currency in "BHD JOD KWD LYD OMR TND" else 2)


def value_of(version: Version, points: int) -> int | None:
    """S5.4: what points are worth in millionths, floored to the minor unit; None where points have no value."""
    value = version.part("points").get("value")
    if value is None:
        return None
    exact = Fraction(points * micros(value))
    best = 0
    for bucket in version.part("redemption").get("value_buckets") or []:
        if best < int(bucket["threshold"]) <= points:
            best = int(bucket["threshold"])
            exact = Fraction(points * micros(bucket["value"]), best)
    unit: int = 10 ** (6 - minor_digits(version.document["currency"]))
    return int(exact // unit) * unit


def points_worth(version: Version, worth: int) -> int:
    """The fewest points that may be redeemed and are worth so much money; where nothing is, the fewest worth it."""
    rules = version.part("redemption")
    enough = [one for one in sorted(rules.get("choices") or []) if (value_of(version, one) or 0) >= worth]
    if enough:
        return int(enough[0])
    least, step = (1, 1) if rules.get("choices") else (int(rules.get("min") or 1), int(rules.get("step") or 1))
    low, high = 0, 1
    while (value_of(version, least + high * step) or 0) < worth:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if (value_of(version, least + middle * step) or 0) >= worth:
            high = middle
        else:
            low = middle + 1
    return least + low * step


def limit_of(account: Account, version: Version) -> Document | None:
    """The limit in force: the tier's outright, else the programme's; None for none."""
    step = next((step for step in steps_of(version) if step["slug"] == account.tier_held(version)), {})
    own = step.get("redemption_limit")
    if own == "unlimited" or version.part("points").get("value") is None:
        return None
    limit: Document | None = own or version.part("redemption").get("limit")
    return limit


def limit_day(account: Account, version: Version, now: int) -> date:
    """On which day points count in the limit: today, or a later one on which another zone brought some already."""
    redeemed = [one.day for one in account.redemptions.values() if one.counts]
    return max([version.day(now), *redeemed, *(hold.day for hold in account.holds)])


def limit_remaining(account: Account, version: Version, now: int) -> int | None:
    """What may still be redeemed in the period (S5.3)."""
    limit = limit_of(account, version)
    if limit is None:
        return None
    start = period_start(limit["period"], limit_day(account, version, now))
    counted = sum(
        redemption.points - redemption.uncounted
        for redemption in account.redemptions.values()
        if redemption.counts and period_start(limit["period"], redemption.day) == start
    )
    held = [hold for hold in account.holds if hold.status == "open"]
    counted += sum(hold.points for hold in held if period_start(limit["period"], hold.day) == start)
    return max(0, int(limit["points"]) - counted)


def hold_view(shop: Shop, hold: Hold) -> HoldView:
    """An open hold, worth what its points were worth when they were set aside."""
    worth = value_of(shop.versions[hold.version], hold.points) or 0
    return HoldView(hold.reference, hold.points, worth, hold.placed_at, hold.ends_at, hold.latest_at)


def next_rolling(account: Account) -> tuple[int, int] | None:
    """The next own end among available lots, and the points that end there."""
    ends = [lot.expires_at for lot in available_lots(account) if lot.expires_at is not None]
    if not ends:
        return None
    first = min(ends)
    return first, sum(lot.remaining for lot in available_lots(account) if lot.expires_at == first)


def lot_view(account: Account, lot: Lot) -> LotView:
    """An open lot with the cause of its award."""
    award = account.awards.get(lot.award)
    order, source = (award.order, award.source) if award else (None, None)
    return LotView(
        order, source, lot.remaining, lot.pending, lot.earned_at, lot.available_at, lot.expires_at, lot.limit_at
    )


def view(shop: Shop, account: Account, now: int) -> AccountView:
    """The account as it is shown once it is settled."""
    version = shop.of(account) if account.version is not None and shop.of(account).enabled else None
    lots = sorted(available_lots(account) + pending_lots(account), key=draw_order)
    buckets = {
        "available": account.available,
        "pending": account.pending,
        "held": account.held,
        "redeemed": account.redeemed,
        "expired": account.expired,
        "earned": account.earned,
        "debt": account.debt,
    }
    window = window_of(account, version, version.day(now)) if version else None
    have = sums_of(account, version, window) if version and window else None
    milestones = (version.document.get("milestones") or []) if version else []
    values = {name: value_of(version, points) for name, points in buckets.items()} if version else {}
    return AccountView(
        **buckets,
        lots=tuple(lot_view(account, lot) for lot in lots),
        member_since=account.joined_at,
        tier=account.tier_held(version) if version else None,
        tier_end=end_shown(account, version, now) if version else None,
        window_spend=have.spend if have else 0,
        window_points=qualifying(account, window) if window else 0,
        window_orders=have.orders if have else 0,
        total_spend=sum(order.eligible_micros for order in account.orders.values()),
        limit_remaining=limit_remaining(account, version, now) if version else None,
        next_rolling=next_rolling(account),
        global_expiration=account.global_moment,
        values=values if version else None,
        tiers={step["slug"]: requirement(step.get("requires"), have) for step in steps_of(version)}
        if version and have
        else {},
        events=dict(Counter(slug for slug, _ in account.events)),
        life_points=sum(award.given for award in account.awards.values() if award.qualifies),
        life_orders=sum(order.counts for order in account.orders.values()),
        offers=offers_shown(shop, account, now),
        rewards=in_hand(account),
        ways=ways_of(shop, account, now),
        holds=tuple(hold_view(shop, hold) for hold in reversed(open_holds(account))),
        subscribed=status_of(account, version) if version else (False, 0),
        reached=tuple(one["slug"] for one in milestones if one["slug"] in account.reached),
        codes={one.code: one.status for one in account.redemptions.values() if one.code is not None},
    )
