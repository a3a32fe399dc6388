"""How the ways to earn stand for a member, as they are shown (S4.1, S4.7)."""

from dataclasses import replace

from tests.oracle.conditions import Known, holds
from tests.oracle.earning import ORDER_KINDS, budget_spent, cap_left, caps_of
from tests.oracle.instants import local_day
from tests.oracle.paying import DAY_KINDS, paid
from tests.oracle.state import Account, Award, Shop
from tests.oracle.tiers import index_of
from tests.oracle.versions import Document, Version


def ways_of(shop: Shop, account: Account, now: int) -> dict[str, str]:
    """Each source that is open at the moment and that the member sees: `done`, `open` or, where neither, `closed`."""
    version = shop.of(account) if account.version is not None else None
    if version is None or not version.enabled:
        return {}
    known = account.known(version)
    return {
        source["slug"]: way(shop, account, version, source, known, now)
        for source in version.document.get("sources") or []
        if source["kind"] != "manual" and version.in_dates(source, now) and holds(source.get("visible"), known)
    }


def way(shop: Shop, account: Account, version: Version, source: Document, known: Known, now: int) -> str:
    """How one stands."""
    probe = Award("", source["slug"], None, version.number, now, version.day(now), qualifies=False)
    if is_done(shop, account, version, source, probe, now):
        return "done"
    barred = "disable_earning_rewards" in account.marks
    joins = source["kind"] == "signup" and account.joined_at is None
    asked = None if source["kind"] in ORDER_KINDS else source.get("condition")
    budget = caps_of(shop, probe)[1]
    stored = shop.accounts.get(account.customer, account)  # all members share it: at any instant today's is shown
    spent = 0 if budget is None else budget_spent(shop, stored, source["slug"])
    left = budget is None or int(budget["points"]) - spent >= least(source, budget)
    enrols = not account.decided and version.document.get("enrolment") != "explicit"  # a stranger, too, as one comes
    may = (account.full or joins or enrols) and not barred
    return "open" if may and holds(asked, known) and left else "closed"


def is_done(shop: Shop, account: Account, version: Version, source: Document, probe: Award, now: int) -> bool:
    """Whether it has paid what it pays, for now."""
    kind, slug = source["kind"], source["slug"]
    if kind == "signup" and account.joined_at is not None:
        return True
    if kind == "first_order" and any(order.counts for order in account.orders.values()):
        return True
    if kind in DAY_KINDS and (slug, local_day(now, version.zone).year) in account.paid_years:
        return True
    if kind == "tier_entry":
        below = index_of(version, source["tier"]) <= index_of(version, account.tier_held(version))
        return below or source["tier"] in account.paid_tiers
    if source.get("multiplier") is not None:  # what it gives more is given by the orders, under their caps
        source = next((one for one in version.document["sources"] if one["kind"] == "order"), source)
        probe = replace(probe, source=source["slug"])
    return paid(account, source) or any(
        cap_left(shop, account, probe, cap) < least(source, cap) for cap in caps_of(shop, probe)[0]
    )


def least(source: Document, cap: Document) -> int:
    """What a cap must have left: a point, or of one that refuses all that the source gives each time."""
    refuses = cap.get("over") == "refuse" and source["kind"] not in ("order", "subscription_order")
    return int(source["points"]) if refuses else 1
