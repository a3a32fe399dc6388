"""Random programmes out of every part that both the engine and the oracle run."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, Final, NamedTuple

import msgspec

from leal.errors import LealError
from leal.rules.programme.reading import read_programme

Document = dict[str, Any]

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
_CAP: Final[Document] = {"points": 150, "period": "monthly"}
_STEPS: Final[list[Document]] = [
    {"slug": "friend", "name": "Friend"},
    {"slug": "silver", "name": "Silver", "requires": {"points": 10}},
]


def text_of(document: Document, slug: str) -> str:
    """The document as it is published."""
    return msgspec.json.encode({**document, "shop": slug}).decode()


def _source(kind: str, **more: Any) -> Document:
    return {"slug": kind.replace("_", "-"), "title": kind, "kind": kind, **more}


def _with_source(**more: Any) -> Document:
    return {"sources": [*_BASE["sources"], _source(**more)]}


def _ladder(**more: Any) -> Document:
    window = {"kind": "lifetime"}
    return {"tiers": {"window": window, "life": {"ends": "never"}, "steps": _STEPS, **more}}


_PROBES: Final[dict[str, Document]] = {
    "first_order": _with_source(kind="first_order", points=5),
    "product": _with_source(kind="product", points=5, targets={"products": ["candle"]}),
    "product_multiplier": _with_source(kind="product", multiplier=20000, targets={"products": ["candle"]}),
    "tier_entry": _ladder() | _with_source(kind="tier_entry", points=5, tier="silver"),
    "entry_points": _ladder(steps=[_STEPS[0], {**_STEPS[1], "entry_points": 5}]),
    "caps": _with_source(kind="first_order", points=5, caps=[_CAP]),
    "budgets": _with_source(kind="first_order", points=5, caps=[{"points": 150}]),
    "staff_caps": _with_source(kind="manual", caps=[_CAP]),
    "coupon_expires": {"redemption": {"coupon_expires": "2 months"}},
    "global_date": {"expiration": {"global": {"mode": "date", "days": ["12-31"]}}},
    "global_inactivity": {"expiration": {"global": {"mode": "inactivity", "term": "2 months"}}},
    "rolling": _ladder(window={"kind": "rolling", "length": "3 months"}),
    "anniversary_year": _ladder(window={"kind": "anniversary_year"}, life={"ends": "window"}),
    "available": _ladder(basis="available"),
    "optin": {"enrolment": "explicit"},
    "triggers": {"triggers": [{"slug": "visit", "title": "Visit"}]},
    "conditions": _with_source(kind="first_order", points=5, condition='"vip" in customer.tags'),
    "holds": {"holds": {}, "redemption": {}},
    "gifts": {"gifts": {}},
    "transition": {"transition": {"lives": "shorten"}, "expiration": {"rolling": {"term": "2 months"}}},
}
"""Small programmes, each with one part that some releases run and some do not."""


@cache
def runs(part: str) -> bool:
    """Whether this release runs a part."""
    return accepted({**_BASE, **_PROBES[part]})


def accepted(document: Document) -> bool:
    """Whether the programme would be published."""
    try:
        read_programme(text_of(document, "corner"))
    except LealError:
        return False
    return True


def _maybe(dice: Random, share: int = 2) -> bool:
    return dice.randint(1, share) == share


def _condition(dice: Random, kinds: str, triggers: list[str], share: int) -> Document:
    """A condition now and then, of a `tier`, a `source` or a `line`."""
    texts = ['"vip" in customer.tags', '!("vip" in customer.tags)', "member.orders >= 2"]
    texts += ["member.spend_micros >= 150 * 1000000"]
    texts += [f'member.events["{slug}"] >= 2' for slug in triggers]
    if kinds != "tier":
        texts += ["member.points_available < 60"]
        texts += ["order.amount_micros >= 90 * 1000000 || member.points_earned == 0"]
    if kinds == "line":
        texts += ["line.quantity >= 2", '"sale" in line.collections && line.amount_micros > 30 * 1000000']
    return {"condition": dice.choice(texts)} if runs("conditions") and _maybe(dice, share) else {}


def _pending(dice: Random, triggers: list[str]) -> Document:
    then = dice.choice(["drop", "mature"])
    rules: list[Document] = [
        {"mode": "at_once"},
        {"mode": "at_once"},
        {"mode": "delay", "days": dice.choice([1, 14, 40])},
        {"mode": "delay", "days": 5, "since": "completed"},
        {"mode": "delay", "days": 5, "since": "completed", "timeout": "20 days", "then": then},
        {"mode": "date", "day": dice.choice(["02-29", "12-31", "06-15"])},
        {"mode": "event", "event": "completed", "timeout": "1 month", "then": then},
        {"mode": "event", "event": "completed"},
    ]
    for trigger in triggers:
        rules += [
            {"mode": "event", "event": "trigger", "trigger": trigger},
            {"mode": "event", "event": "trigger", "trigger": trigger, "timeout": "1 month", "then": then},
        ]
    return dice.choice(rules)


def _caps(dice: Random) -> list[Document]:
    periods: list[str | None] = ["daily", "weekly", "monthly", "yearly", "lifetime"] if runs("caps") else []
    periods += [None] if runs("budgets") else []
    if not periods or not _maybe(dice):
        return []
    cap = {"points": dice.choice([20, 150]), "over": dice.choice(["trim", "refuse"])}
    return [cap | {"period": dice.choice(periods)}]


def _sources(dice: Random, tiers: Document | None, triggers: list[str]) -> list[Document]:
    rate = {"points": dice.choice([1, 1, 2, 7]), "per": dice.choice(["1", "1", "3", "0.50"])}
    orders: Document = {"slug": "orders", "title": "Orders", "kind": "order", **rate, "caps": _caps(dice)}
    if _maybe(dice, 4):
        orders["pending"] = _pending(dice, triggers)
    orders |= _condition(dice, "source", triggers, 12)
    if _maybe(dice, 4):
        orders["expires"] = dice.choice(["1 month", "45 days", "2 years"])
    if _maybe(dice, 6):
        orders["qualifies"] = False
    found = [orders]
    if _maybe(dice):
        manual: Document = {"slug": "staff", "title": "Staff", "kind": "manual"}
        manual["caps"] = _caps(dice) if runs("staff_caps") else []
        manual["qualifies"] = dice.choice([False, True])
        found.append(manual | ({"expires": "3 months"} if _maybe(dice) else {}))
    if runs("first_order") and _maybe(dice):
        first = _source("first_order", points=40, caps=_caps(dice))
        found.append(first | _condition(dice, "source", triggers, 5))
    if runs("product") and _maybe(dice):
        found.append(
            _source("product", points=9, targets={"products": ["candle"]}, caps=_caps(dice)) | {"slug": "bonus-candle"}
        )
    if runs("product_multiplier") and _maybe(dice):
        extra = _source("product", multiplier=15000, targets={"collections": ["new"]}) | {"slug": "extra"}
        found.append(extra | _condition(dice, "line", triggers, 5))
    silver = next((step for step in (tiers or {"steps": []})["steps"] if step["slug"] == "silver"), None)
    if runs("tier_entry") and silver and "entry_points" not in silver and _maybe(dice):
        found.append(_source("tier_entry", points=25, tier="silver") | {"slug": "enter-silver"})
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
        if tiers and _maybe(dice, 3):
            item["tiers"] = [dice.choice(tiers["steps"])["slug"]]
        if _maybe(dice, 3):
            item |= {"starts_at": "2024-03-01", "ends_at": "2025-03-01"}
        found.append(item | _condition(dice, "line", triggers, 4))
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
    if _maybe(dice, 5):
        life["protect"] = True
    return life


def _tiers(dice: Random, triggers: list[str], *, initial: bool) -> Document:
    kinds = ["lifetime", "calendar_year"] + [kind for kind in ("rolling", "anniversary_year") if runs(kind)]
    window = {"kind": dice.choice(kinds)}
    if window["kind"] == "rolling":
        window["length"] = dice.choice(["3 months", "30 days", "1 year"])
    life = _life(dice, window["kind"])
    measure = dice.choice(["points", "spend", "orders", "both", "either"])
    also: Document = {"events": dice.sample(triggers, dice.randint(1, len(triggers)))} if triggers else {}
    also = also if _maybe(dice, 3) else {}
    also |= _condition(dice, "tier", triggers, 5)
    steps = [{"slug": "friend", "name": "Friend"}] if initial else []
    for slug, level in zip(TIERS[1:], (1, 4), strict=True):
        need: Document = {"points": 100 * level, "spend": f"{100 * level}", "orders": 2 * level}
        asked = {k: v for k, v in need.items() if measure in ("both", "either") or k == measure}
        asked |= {"match": "any"} if measure == "either" or (also and _maybe(dice, 4)) else {}
        asked |= also if level > 1 or _maybe(dice, 3) else {}
        step: Document = {"slug": slug, "name": NAMES[slug], "requires": asked}
        if life["ends"] != "never" and _maybe(dice):
            less: Document = {"points": 60 * level, "spend": f"{50 * level}.5", "orders": level}
            step["keep"] = {k: less.get(k, v) for k, v in asked.items()}
        if _maybe(dice, 3):
            step["redemption_limit"] = dice.choice(["unlimited", {"points": 40 * level, "period": "yearly"}])
        if _maybe(dice, 3):
            step["expires"] = dice.choice(["4 months", "20 days", "1 year"])
        if _maybe(dice, 5):
            step["life"] = _life(dice, window["kind"])
            if step["life"]["ends"] == "never":
                step.pop("keep", None)
        if runs("entry_points") and _maybe(dice, 3):
            step["entry_points"] = 30
        steps.append(step)
    if len(steps) > 1 and _maybe(dice, 8):
        del steps[dice.choice([-1, -2]) if len(steps) > 2 or not initial else -1]
    basis = "available" if runs("available") and measure == "points" and _maybe(dice, 4) else "qualifying"
    return {"window": window, "basis": basis, "life": life, "steps": steps}


def _redemption(dice: Random, least: int) -> Document:
    """Ways to redeem; fewer points than `least` are worth nothing."""
    found: Document = {"cancelled_order": dice.choice(["points", "reward"]), "min": least}
    if _maybe(dice, 3):
        found |= {"min": max(10, least), "step": 5, "max": max(10, least) + dice.choice([40, 190])}
    elif _maybe(dice, 5):
        found |= {"choices": [max(10, least), 30, 100]}
        del found["min"]
    if _maybe(dice):
        found["limit"] = {"points": 60, "period": dice.choice(["daily", "weekly", "monthly", "yearly", "lifetime"])}
    if _maybe(dice, 3):
        found["value_buckets"] = [{"threshold": 50, "value": "3"}, {"threshold": 100, "value": "7.77"}]
    if _maybe(dice, 3):
        found["minimum_cart"] = "20"
    if runs("coupon_expires") and _maybe(dice, 3):
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
    if runs("global_date") and _maybe(dice, 4):
        found["global"] = {"mode": "date", "days": dice.choice([["03-31", "09-30"], ["02-29"], ["12-31"], ["10-25"]])}
    elif runs("global_inactivity") and _maybe(dice, 3):
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


def traits(dice: Random) -> Traits:
    """Any kind of shop."""
    return Traits(
        dice.choice(["none", "initial", "initial", "earned"]),
        dice.choice([(True,), (False,), (True, False)]),
        dice.choice([(False,), (False,), (False, True), (True,)]),
        dice.choice([([],), ([*TRIGGERS],), ([*TRIGGERS], ["visit"])]),
    )


def any_programme(dice: Random, zone: str, currency: str, kind: Traits) -> Document:
    """Any programme that both sides run."""
    triggers = dice.choice(kind.triggers) if runs("triggers") else []
    tiers = None if kind.ladder == "none" else _tiers(dice, triggers, initial=kind.ladder == "initial")
    document = {**_BASE, "timezone": zone, "currency": currency, "points": _points(dice, currency)}
    eligible: Document = {"taxes": _maybe(dice, 4), "shipping": _maybe(dice, 4)}
    if _maybe(dice, 4):
        eligible["exclude"] = {"products": ["tea"]}
    stacking = dice.choice(["multiply", "add", "best"])
    document["earning"] = {"eligible": eligible, "pending": _pending(dice, triggers), "stacking": stacking}
    document["triggers"] = [{"slug": slug, "title": slug.capitalize()} for slug in triggers]
    document["sources"] = _sources(dice, tiers, triggers)
    document["multipliers"] = _multipliers(dice, tiers, triggers)
    document["redemption"] = _redemption(dice, LEAST.get(document["points"]["value"], 1))
    document["expiration"] = _expiration(dice, rolling=dice.choice(kind.rolling))
    if tiers:
        document["tiers"] = tiers
    if runs("holds") and _maybe(dice):
        document["holds"] = {"default_minutes": dice.choice([10, 1440]), "longest_minutes": dice.choice([1440, 14400])}
    if runs("gifts") and _maybe(dice):
        limit = {"points": 60, "period": dice.choice(["daily", "monthly", "lifetime"])}
        document["gifts"] = {"min": dice.choice([1, 20])} | ({"limit": limit} if _maybe(dice) else {})
    if _maybe(dice, 12):
        document["enabled"] = False
    if runs("optin") and dice.choice(kind.optin):
        document["enrolment"] = "explicit"
    if runs("transition") and _maybe(dice, 6):
        notice = dice.choice(["0 days", "30 days", "2 months"])
        document["transition"] = {"lives": dice.choice(["shorten", "shorten", "keep"]), "notice": notice}
        if tiers:
            document["transition"]["tiers"] = dice.choice(["lower", "keep"])
    return document
