"""Random programmes out of every part that both the engine and the oracle run."""

from __future__ import annotations

from random import Random
from typing import Final, Literal, NamedTuple

import msgspec

from tests.oracle_machine.programme_dice import Document, a_source, caps, condition, maybe, pending
from tests.oracle_machine.programme_friends import WELCOME, referral_sources, referrals
from tests.oracle_machine.programme_milestones import milestones, subscription_orders
from tests.oracle_machine.programme_rewards import offers
from tests.oracle_machine.programme_ways import waiting, ways

ZONES: Final = (
    "UTC", "Europe/Berlin", "America/New_York", "Etc/GMT+12", "Pacific/Kiritimati", "Australia/Lord_Howe",
    "America/Havana", "Africa/Cairo", "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Chatham",
)  # fmt: skip
"""Among them whole days' difference, clocks that move by half an hour, and some that leap over midnight."""
CURRENCIES: Final = ("EUR", "JPY", "KWD")
WORTH: Final = {
    "EUR": ("0.05", "0.0125", "0.0007"),
    "JPY": ("5", "1.25", "0.07"),
    "KWD": ("0.05", "0.0125", "0.0007"),
}
LEAST: Final = {"0.0007": 15, "0.07": 15}
"""The fewest points that are worth a coin, where it is not one."""
PRODUCTS: Final = ("candle", "mug", "tea")
COLLECTIONS: Final = ("new", "sale")
TRIGGERS: Final = ("visit", "delivered")
TAGS: Final = ((), ("vip",), ("press",), ("press", "vip"))
TIERS: Final = ("friend", "silver", "gold")
NAMES: Final = {slug: slug.capitalize() for slug in TIERS}

_BASE: Final[Document] = {
    "shop": "corner",
    "title": "Corner",
    "currency": "EUR",
    "timezone": "UTC",
    "points": {"value": "0.05"},
    "sources": [{"slug": "orders", "title": "Orders", "kind": "order", "points": 1, "per": "1"}],
}


def text_of(document: Document, slug: str) -> str:
    """The document as it is published."""
    return msgspec.json.encode({**document, "shop": slug}).decode()


def _sources(dice: Random, tiers: Document | None, triggers: list[str]) -> list[Document]:
    rate = {"points": dice.choice([1, 1, 2, 7]), "per": dice.choice(["1", "1", "3", "0.50"])}
    orders: Document = {"slug": "orders", "title": "Orders", "kind": "order", **rate, "caps": caps(dice)}
    if maybe(dice, 4):
        orders["pending"] = pending(dice, triggers)
    orders |= condition(dice, "source", triggers, 12)
    if maybe(dice, 4):
        orders["expires"] = dice.choice(["1 month", "45 days", "2 years"])
    if maybe(dice, 6):
        orders["qualifies"] = False
    found = [orders]
    if maybe(dice):
        manual: Document = {"slug": "staff", "title": "Staff", "kind": "manual"}
        manual |= {"qualifies": dice.choice([False, True]), "caps": caps(dice)}
        manual |= {"pending": waiting(dice, triggers)} if maybe(dice, 4) else {}
        found.append(manual | ({"expires": "3 months"} if maybe(dice) else {}))
    if maybe(dice):
        first = a_source("first_order", points=40, caps=caps(dice, 40))
        found.append(first | condition(dice, "source", triggers, 5))
    if maybe(dice):
        found.append(
            a_source("product", points=9, targets={"products": ["candle"]}, caps=caps(dice)) | {"slug": "bonus-candle"}
        )
    if maybe(dice):
        extra = a_source("product", multiplier=15000, targets={"collections": ["new"]}) | {"slug": "extra"}
        found.append(extra | condition(dice, "line", triggers, 5))
    silver = next((step for step in (tiers or {"steps": []})["steps"] if step["slug"] == "silver"), None)
    if silver and "entry_points" not in silver and maybe(dice):
        entry = a_source("tier_entry", points=dice.choice([25, 70]), tier="silver", qualifies=maybe(dice))
        found.append(entry | {"slug": "enter-silver"})
    return found


def _multipliers(dice: Random, tiers: Document | None, triggers: list[str]) -> list[Document]:
    targets: list[Document | None] = [
        None,
        {"products": ["candle", "mug"]},
        {"collections": ["sale"]},
        {"tags": ["big"]},
    ]
    found = []
    for number in range(dice.choice([0, 0, 1, 2])):
        item: Document = {"slug": f"m{number}", "title": "M", "factor": dice.choice([5000, 12500, 30000])}
        item["targets"] = dice.choice(targets)
        if tiers and maybe(dice, 3):
            item["tiers"] = [dice.choice(tiers["steps"])["slug"]]
        if maybe(dice, 3):
            item |= {"starts_at": "2024-03-01", "ends_at": "2025-03-01"}
        found.append(item | condition(dice, "line", triggers, 4))
    return found


def _life(dice: Random, window: str) -> Document:
    """How long tiers last beside a window."""
    ends = ["term", "never", "term"] + (["window"] * 3 if window.endswith("year") else [])
    life: Document = {"ends": dice.choice(ends)}
    if life["ends"] != "never":
        life["grace"] = dice.choice(["0 days", "20 days", "1 month"])
        life["downgrade"] = dice.choice(["requalify", "requalify", "one_step", "never"])
    if life["ends"] == "term":
        life["term"] = dice.choice(["3 months", "1 year", "45 days"])
        life["round_up"] = dice.choice(["day", "day", "none", "month", "quarter"])
    if maybe(dice, 5):
        life["protect"] = True
    return life


def _tiers(dice: Random, triggers: list[str], *, initial: bool) -> Document:
    window = {"kind": dice.choice(["lifetime", "calendar_year", "rolling", "anniversary_year"])}
    if window["kind"] == "rolling":
        window["length"] = dice.choice(["3 months", "30 days", "1 year"])
    life = _life(dice, window["kind"])
    measure = dice.choice(["points", "spend", "orders", "both", "either"])
    also: Document = {"events": dice.sample(triggers, dice.randint(1, len(triggers)))} if triggers else {}
    also = also if maybe(dice, 3) else {}
    also |= condition(dice, "tier", triggers, 5)
    steps = [{"slug": "friend", "name": "Friend"}] if initial else []
    for slug, level in zip(TIERS[1:], (1, 4), strict=True):
        need: Document = {"points": 100 * level, "spend": f"{100 * level}", "orders": 2 * level}
        asked = {k: v for k, v in need.items() if measure in ("both", "either") or k == measure}
        asked |= {"match": "any"} if measure == "either" or (also and maybe(dice, 4)) else {}
        asked |= also if level > 1 or maybe(dice, 3) else {}
        step: Document = {"slug": slug, "name": NAMES[slug], "requires": asked}
        if life["ends"] != "never" and maybe(dice):
            less: Document = {"points": 60 * level, "spend": f"{50 * level}.5", "orders": level}
            step["keep"] = {k: less.get(k, v) for k, v in asked.items()}
        if maybe(dice, 3):
            step["redemption_limit"] = dice.choice(["unlimited", {"points": 40 * level, "period": "yearly"}])
        if maybe(dice, 3):
            step["expires"] = dice.choice(["4 months", "20 days", "1 year"])
        if maybe(dice, 5):
            step["life"] = _life(dice, window["kind"])
            if step["life"]["ends"] == "never":
                step.pop("keep", None)
        if maybe(dice, 3):
            step["entry_points"] = 30
        steps.append(step)
    if len(steps) > 1 and maybe(dice, 8):
        del steps[dice.choice([-1, -2]) if len(steps) > 2 or not initial else -1]
    basis = "available" if measure == "points" and maybe(dice, 4) else "qualifying"
    return {"window": window, "basis": basis, "life": life, "steps": steps}


def _redemption(dice: Random, least: int) -> Document:
    """Ways to redeem; fewer points than `least` are worth nothing."""
    found: Document = {"cancelled_order": dice.choice(["points", "reward"]), "min": least}
    if maybe(dice, 3):
        found |= {"min": max(10, least), "step": 5, "max": max(10, least) + dice.choice([40, 190])}
    elif maybe(dice, 5):
        found |= {"choices": [max(10, least), 30, 100]}
        del found["min"]
    if maybe(dice):
        found["limit"] = {"points": 60, "period": dice.choice(["daily", "weekly", "monthly", "yearly", "lifetime"])}
    if maybe(dice, 3):
        found["value_buckets"] = [{"threshold": 50, "value": "3"}, {"threshold": 100, "value": "7.77"}]
    if maybe(dice, 3):
        found["minimum_cart"] = "20"
    if maybe(dice, 3):
        found["coupon_expires"] = "2 months"
    return found


def _expiration(dice: Random, *, rolling: bool) -> Document:
    found: Document = {}
    if rolling:
        found["rolling"] = {
            "term": dice.choice(["2 months", "1 year", "30 days"]),
            "since": dice.choice(["available", "earned"]),
            "round_up": dice.choice(["day", "none", "month", "quarter", "half-year", "year"]),
        }
    if maybe(dice, 4):
        found["global"] = {"mode": "date", "days": dice.choice([["03-31", "09-30"], ["02-29"], ["12-31"], ["10-25"]])}
    elif maybe(dice, 3):
        keeps = dice.choice([[], ["award"], ["redemption"]])
        found["global"] = {"mode": "inactivity", "term": dice.choice(["2 months", "45 days"]), "keeps": keeps}
        found["global"] |= {"round_up": dice.choice(["day", "day", "none", "month"])}
    return found


def _points(dice: Random, currency: str) -> Document:
    debts = [{"policy": "none"}, {"policy": "to_floor", "floor": 50}, {"policy": "unlimited"}]
    return {
        "value": dice.choice(WORTH[currency]),
        "rounding": dice.choice(["floor", "half_up", "ceil"]),
        "debt": dice.choice(debts),
        "grace": dice.choice(["0 days", "30 days", "1 month"]),
    }


class Traits(NamedTuple):
    """What all versions of a shop have in common."""

    ladder: str
    """`none`, `initial` (everyone has its first tier) or `earned`."""
    rolling: tuple[bool, ...]
    """Whether its programmes have rolling expiration: one of these each time."""
    optin: tuple[bool, ...]
    """Whether members opt in: one of these each time."""
    triggers: tuple[list[str], ...]
    """The triggers of its programmes: one of these each time."""
    ways: bool
    """Whether they pay for other things than orders, too."""
    milestones: bool
    offers: Literal["none", "any", "stock"]
    """Whether there are offers, and some that can run out."""
    friends: bool


def traits(dice: Random) -> Traits:
    """Any kind of shop."""
    return Traits(
        dice.choice(["none", "initial", "initial", "earned"]),
        dice.choice([(True,), (False,), (True, False)]),
        dice.choice([(False,), (False,), (False, True), (True,)]),
        dice.choice([([],), ([*TRIGGERS],), ([*TRIGGERS], ["visit"])]),
        dice.choice([False, True]),
        dice.choice([False, True]),
        dice.choice(["none", "any", "any", "stock"]),
        dice.choice([False, False, True]),
    )


def any_programme(dice: Random, zone: str, currency: str, kind: Traits) -> Document:
    """Any programme that both sides run."""
    triggers = dice.choice(kind.triggers)
    tiers = None if kind.ladder == "none" else _tiers(dice, triggers, initial=kind.ladder == "initial")
    document = {**_BASE, "timezone": zone, "currency": currency, "points": _points(dice, currency)}
    eligible: Document = {"taxes": maybe(dice, 4), "shipping": maybe(dice, 4)}
    if maybe(dice, 4):
        eligible["exclude"] = {"products": ["tea"]}
    stacking = dice.choice(["multiply", "add", "best"])
    document["earning"] = {"eligible": eligible, "pending": pending(dice, triggers), "stacking": stacking}
    document["triggers"] = [{"slug": slug, "title": slug.capitalize()} for slug in triggers]
    if tiers:
        document["tiers"] = tiers
    document["sources"] = _sources(dice, tiers, triggers) + (ways(dice, triggers) if kind.ways else [])
    if kind.offers != "none":
        document["offers"] = offers(dice, tiers, triggers, stock=kind.offers == "stock")
    if kind.friends:
        if maybe(dice):
            welcome = {"slug": WELCOME, "title": WELCOME, "kind": "free", "gives": {"amount": "5"}}
            document["offers"] = [*document.get("offers", []), welcome]
        document["referrals"] = referrals(dice, document.get("offers", []))
        document["sources"] += referral_sources(dice, triggers)
    if kind.milestones:
        document["subscriptions"] = {"cycle": dice.choice(["longest", "sum", "newest"])}
        document["milestones"] = milestones(dice, tiers, document.get("offers", []))
        document["sources"] += [subscription_orders(dice)] if maybe(dice) else []
    document["multipliers"] = _multipliers(dice, tiers, triggers)
    document["redemption"] = _redemption(dice, LEAST.get(document["points"]["value"], 1))
    if maybe(dice, 12):
        del document["redemption"]
        if maybe(dice):
            del document["points"]["value"]
    document["expiration"] = _expiration(dice, rolling=dice.choice(kind.rolling))
    if maybe(dice):
        document["holds"] = {"default_minutes": dice.choice([10, 1440]), "longest_minutes": dice.choice([1440, 14400])}
    if maybe(dice):
        limit = {"points": 60, "period": dice.choice(["daily", "monthly", "lifetime"])}
        document["gifts"] = {"min": dice.choice([1, 20])} | ({"limit": limit} if maybe(dice) else {})
    if maybe(dice, 12):
        document["enabled"] = False
    if dice.choice(kind.optin):
        document["enrolment"] = "explicit"
    if maybe(dice, 6):
        notice = dice.choice(["0 days", "30 days", "2 months"])
        document["transition"] = {"lives": dice.choice(["shorten", "shorten", "keep"]), "notice": notice}
        if tiers:
            document["transition"]["tiers"] = dice.choice(["lower", "keep"])
    return document
