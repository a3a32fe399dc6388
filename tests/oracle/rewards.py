"""Offers and the rewards that members hold: what stands against having one, and what becomes of it (S9.1, S9.2)."""

from datetime import date

from tests.oracle.conditions import holds
from tests.oracle.instants import add_term, parse_term, parse_time, period_start
from tests.oracle.points import give_back
from tests.oracle.state import Account, Redemption, Shop
from tests.oracle.versions import Document, Version

BARRING = {"readonly": "read_only", "disable_rewards": "rewards_disabled"}
ONCE: Document = {"count": 1, "period": "lifetime"}


def offer_of(version: Version, slug: str) -> Document | None:
    """The offer of a slug."""
    return next((one for one in version.document.get("offers") or [] if one["slug"] == slug), None)


def visible(account: Account, version: Version) -> list[Document]:
    """The offers that a member sees; none while the programme is off."""
    known = account.known(version)
    offers = version.document.get("offers") or []
    return [one for one in offers if version.enabled and holds(one.get("visible"), known)]


def price(account: Account, version: Version, offer: Document) -> int:
    """What an offer costs in the member's tier."""
    if offer["kind"] == "free":
        return 0
    by_tier = offer.get("tier_points") or {}
    own = by_tier.get(account.tier_held(version) or "")
    return int(offer.get("points") or 0) if own is None else int(own)


def limit(offer: Document) -> Document | None:
    """How often a member may have it; what is free, once."""
    found: Document | None = offer.get("per_member") or (ONCE if offer["kind"] == "free" else None)
    return found


def used(account: Account, version: Version, offer: Document, now: int) -> int:
    """How often a member had it in the present period."""
    rule = limit(offer)
    if rule is None:
        return 0
    start = period_start(rule["period"], offer_day(account, version, offer, now))
    mine = [one for one in account.redemptions.values() if one.offer == offer["slug"] and one.uses]
    return sum(period_start(rule["period"], one.day) == start for one in mine)


def offer_day(account: Account, version: Version, offer: Document, now: int) -> date:
    """On which day having an offer counts: today, or a later one on which another zone brought it already."""
    taken = [one for one in account.redemptions.values() if one.offer == offer["slug"] and not one.given]
    had = [one.day for one in taken]
    return max([version.day(now), *had])


def pieces_left(shop: Shop, offer: Document) -> int | None:
    """What is left of its stock; None: it has none."""
    if offer.get("stock") is None:
        return None
    taken: int = sum(
        one.piece and one.offer == offer["slug"]
        for account in [*shop.accounts.values(), *shop.erased]
        for one in account.redemptions.values()
    )
    left = int(offer["stock"]) - taken
    return max(0, left)


def reasons_against(shop: Shop, account: Account, version: Version, offer: Document, now: int) -> frozenset[str]:
    """All that stands against having an offer."""
    found = set() if account.full else {"not_a_member"}
    found |= {reason for mark, reason in BARRING.items() if mark in account.marks}
    starts, ends = offer.get("starts_at"), offer.get("ends_at")
    if starts is not None and now < parse_time(str(starts), version.zone):
        found.add("offer_not_open")
    if ends is not None and now >= parse_time(str(ends), version.zone):
        found.add("offer_ended")
    if not holds(offer.get("condition"), account.known(version)):
        found.add("condition_not_met")
    if price(account, version, offer) > account.available:
        found.add("not_enough_points")
    rule = limit(offer)
    if rule is not None and used(account, version, offer, now) >= int(rule["count"]):
        found.add("offer_limit_reached")
    if pieces_left(shop, offer) == 0:
        found.add("out_of_stock")
    return frozenset(found)


def offers_shown(shop: Shop, account: Account, now: int) -> dict[str, tuple[int, frozenset[str]]]:
    """The offers that a member sees: what each costs, and what stands against it."""
    if account.version is None:
        return {}
    version = shop.of(account)
    return {
        offer["slug"]: (price(account, version, offer), reasons_against(shop, account, version, offer, now))
        for offer in visible(account, version)
    }


def new_reward(account: Account, version: Version, offer: Document, name: str, now: int, points: int) -> Redemption:
    """A reward as it stands from now on, without a code."""
    day = offer_day(account, version, offer, now)
    made = Redemption(name, now, day, points, None, "unused", counts=False)
    made.offer, made.kind = offer["slug"], offer["kind"]
    made.handed_out = (offer.get("gives") or {}).get("identifier") is not None
    made.piece = offer.get("stock") is not None
    if offer.get("expires"):
        made.lapses_at = add_term(now, parse_term(offer["expires"]), version.zone, round_up="day")
    return made


def grant(account: Account, version: Version, offer: Document, now: int) -> Redemption:
    """A reward for nothing, without a code."""
    name = f"grant-{len(account.redemptions)}-{account.customer}-{now}"
    made = new_reward(account, version, offer, name, now, 0)
    made.given = True
    account.redemptions[made.id] = made
    return made


def let_go(made: Redemption) -> None:
    """The piece and the use come back."""
    made.piece = made.uses = False


def take_again(shop: Shop, version: Version, made: Redemption) -> None:
    """What was taken back with a cancelled order counts again, with a piece if one is left."""
    if made.offer is not None:
        made.uses = True
        offer = offer_of(version, made.offer)
        made.piece = offer is not None and bool(pieces_left(shop, offer))


def void(account: Account, version: Version, made: Redemption, now: int) -> int:
    """It is no more; what it cost, the piece and the use come back."""
    made.status, made.order, made.undone = "voided", None, True
    let_go(made)
    return give_back(account, made.draws, made.points, now, version)


def in_hand(account: Account) -> tuple[tuple[str | None, str | None, str], ...]:
    """What a member can use or has locked, oldest first: offer, code, how it stands."""
    return tuple(
        (one.offer, one.code, one.status)
        for one in sorted(account.redemptions.values(), key=lambda one: one.age)
        if one.status in ("unused", "locked") and not one.handed_out
    )
