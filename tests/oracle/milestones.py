"""Milestones and what subscriptions come to (S9.3, S9.4)."""

from dataclasses import replace

from tests.oracle.belongings import Reached, Subscription
from tests.oracle.earning import fixed_award
from tests.oracle.facts import SubscriptionFacts, carried
from tests.oracle.instants import day_start, local_day, parse_term, shift_day
from tests.oracle.points import activity, take_back
from tests.oracle.rewards import grant, offer_of
from tests.oracle.state import Account, Proof, Shop
from tests.oracle.tiers import asked_of, enter, highest, index_of, requirement, steps_of, sums_of, take_entry, window_of
from tests.oracle.versions import Document, Version, micros

# ---------------------------------------------------------------------------------------------------- subscriptions


def tell(account: Account, told: SubscriptionFacts, now: int) -> None:
    """The shop tells of a subscription; what it does not say stays."""
    known = account.subscriptions.get(told.id) or Subscription(told.id, now)
    names = ("status", "started_at", "cycle", "earlier_orders")
    said = {name: getattr(told, name) for name in names if getattr(told, name) is not None}
    account.subscriptions[told.id] = replace(known, **said)


def all_subscriptions(account: Account) -> list[Subscription]:
    """Those that were told of, and those of orders that ever counted."""
    told = account.subscriptions
    return [*told.values(), *(Subscription(one, at) for one, at in account.cycled.items() if one not in told)]


def cycle_of(account: Account, one: Subscription) -> int:
    """Its orders that count and those before, or what the shop counts itself, where that is more."""
    counting = sum(order.counts and one.id in carried(order.facts) for order in account.orders.values())
    return max(one.cycle, counting + one.earlier_orders)


def began(account: Account, one: Subscription) -> int:
    """When a subscription began."""
    return one.started_at if one.started_at is not None else account.cycled.get(one.id, 0)


def status_of(account: Account, version: Version) -> tuple[bool, int]:
    """Whether any is active, and what the active ones, or else all, come to."""
    if version.document.get("subscriptions") is None:
        return False, 0
    found = all_subscriptions(account)
    active = [one for one in found if one.status in (None, "active")]
    cycles = {one.id: cycle_of(account, one) for one in active or found}
    match version.part("subscriptions").get("cycle") or "longest":
        case "sum":
            return bool(active), sum(cycles.values())
        case "newest":
            last = max(active or found, key=lambda one: (began(account, one), cycles[one.id]), default=None)
            return bool(active), cycles[last.id] if last else 0
    return bool(active), max(cycles.values(), default=0)


# ------------------------------------------------------------------------------------------------------- milestones


def counted(account: Account, version: Version, counts: str) -> int:
    """What a member has of what milestones count, for life."""
    match counts:
        case "orders":
            return sum(order.counts for order in account.orders.values())
        case "spend":
            return sum(order.eligible_micros for order in account.orders.values())
        case "points":
            return sum(award.given for award in account.awards.values() if award.qualifies)
    return status_of(account, version)[1]


def most(account: Account, version: Version, counts: str) -> int:
    """As `counted`, of cycles the most that they come to by the programme's rule, whichever were active."""
    if counts != "cycle":
        return counted(account, version, counts)
    cycles = [cycle_of(account, one) for one in all_subscriptions(account)]
    return sum(cycles) if version.part("subscriptions").get("cycle") == "sum" else max(cycles, default=0)


def tenure_at(account: Account, version: Version, milestone: Document) -> int | None:
    """The start of the day on which a term since joining is over."""
    if account.joined_at is None:
        return None
    day = shift_day(local_day(account.joined_at, version.zone), parse_term(str(milestone["reach"])))
    return day_start(day, version.zone)


def next_tenures(shop: Shop, account: Account) -> list[int]:
    """When time since joining reaches the next milestones."""
    if account.version is None or not account.full:
        return []
    version = shop.of(account)
    ahead = [one for one in version.document.get("milestones") or [] if one.get("counts") == "tenure"]
    found = [tenure_at(account, version, one) for one in ahead if one["slug"] not in account.reached]
    return [at for at in found if at is not None and at > account.days_until]


def asked(milestone: Document) -> int:
    """The count that reaches it; of tenure none."""
    counts = milestone.get("counts") or "cycle"
    if counts == "tenure":
        return 0
    return micros(milestone["reach"]) if counts == "spend" else int(milestone["reach"])


def follow(shop: Shop, account: Account, at: int) -> None:
    """What refunds took below what was asked is taken back; what is reached is given, once at a time."""
    version = shop.of(account)
    for slug, one in list(account.reached.items()):
        if one.counts != "tenure" and most(account, version, one.counts) < one.asked:
            lose(shop, account, slug, one, at)
    reach_all(shop, account, at)


def reach_all(shop: Shop, account: Account, at: int, *, since: int | None = None) -> None:
    """What is reached now is given, in the order of the document; or that alone which time since joining brought after
    an instant."""
    version = shop.of(account)
    if not account.full or not version.enabled or "disable_earning_rewards" in account.marks:
        return
    for milestone in version.document.get("milestones") or []:
        if since is not None and not brought_by_time(account, version, milestone, since):
            continue
        if milestone["slug"] not in account.reached and is_reached(account, version, milestone, at):
            reach(shop, account, milestone, at)


def brought_by_time(account: Account, version: Version, milestone: Document, since: int) -> bool:
    """Whether it counts time since joining, and that was over after an instant."""
    due = tenure_at(account, version, milestone) if milestone.get("counts") == "tenure" else None
    return due is not None and due > since


def is_reached(account: Account, version: Version, milestone: Document, at: int) -> bool:
    """Whether a member has what it asks."""
    if milestone.get("counts") == "tenure":
        due = tenure_at(account, version, milestone)
        return due is not None and due <= at
    return counted(account, version, milestone.get("counts") or "cycle") >= asked(milestone)


def reach(shop: Shop, account: Account, milestone: Document, at: int) -> None:
    """Points that are there at once and do not count for tiers, a reward, a tier above the present one."""
    version, slug, award = shop.of(account), milestone["slug"], None
    if milestone.get("points") and slug not in account.barred:
        award = fixed_award(shop, account, None, int(milestone["points"]), at)
        award.milestone = slug
        activity(account, version, "award", at, at)
    offer = offer_of(version, milestone["offer"]) if milestone.get("offer") else None
    if offer is not None and slug not in account.rewarded:
        grant(account, version, offer, at)
        account.rewarded.add(slug)
    tier = milestone.get("tier")
    counts = milestone.get("counts") or "cycle"
    account.reached[slug] = Reached(counts, asked(milestone), award.id if award else None, tier)
    by_hand = account.set_tier(version)
    lifts = tier is not None and index_of(version, tier) > index_of(version, account.tier)
    if lifts and not (by_hand is not None and by_hand.locked):
        enter(shop, account, index_of(version, tier), at, None, pays=True)
        account.tier_by = slug


def lose(shop: Shop, account: Account, slug: str, one: Reached, at: int) -> None:
    """Its points go, and its tier where the member is in it by the milestone alone."""
    del account.reached[slug]
    version = shop.of(account)
    if one.award is not None:
        award = account.awards[one.award]
        if award.closed:
            account.barred.add(slug)
        take_back(account, award, award.given, version)
        award.closed = True
    if account.tier_by != slug:
        return
    here = index_of(version, account.tier)
    others = {name: index_of(version, other.tier) for name, other in account.reached.items() if other.tier is not None}
    window = window_of(account, version, local_day(at, version.zone))
    have, steps = sums_of(account, version, window), steps_of(version)
    best = max(others, key=lambda name: others[name], default=None)
    if here >= 0 and best is not None and others[best] >= here:
        account.tier_by = best
        return
    if here < 0 or requirement(steps[here].get("requires"), have).met:
        account.tier_by = None
        return
    place = highest(version, have)
    by = best if best is not None and others[best] > place else None
    place = max(place, others[by]) if by is not None else place
    below = asked_of(steps, place)
    proof = Proof(below, *window) if requirement(below, have).met else None
    enter(shop, account, place, at, proof, pays=False)
    account.tier_by = by
    take_entry(shop, account, [step["slug"] for step in steps[place + 1 : here + 1]])
