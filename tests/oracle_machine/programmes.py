"""Random programmes out of every part that both the engine and the oracle run."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from leal.errors import LealError
from leal.rules.programme.reading import read_programme
from leal.rules.programme.support import unsupported

Document = dict[str, Any]

ZONES: Final = (
    "UTC", "Europe/Berlin", "America/New_York", "Etc/GMT+12", "Pacific/Kiritimati", "Australia/Lord_Howe",
    "America/Havana", "Africa/Cairo", "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Chatham",
)  # fmt: skip
"""Among them whole days' difference, clocks that move by half an hour, and some that leap over midnight."""
CURRENCIES: Final = ("EUR", "JPY", "KWD")
PRODUCTS: Final = ("p1", "p2", "p3")
COLLECTIONS: Final = ("new", "sale")
TIERS: Final = ("a", "b", "c")

_BASE: Final[Document] = {
    "shop": "corner",
    "title": "Corner",
    "currency": "EUR",
    "timezone": "UTC",
    "points": {"value": "0.05"},
    "sources": [{"slug": "orders", "title": "Orders", "kind": "order", "points": 1, "per": "1"}],
}
_CAP: Final[Document] = {"points": 150, "period": "monthly"}
_STEPS: Final[list[Document]] = [{"slug": "a", "name": "A"}, {"slug": "b", "name": "B", "requires": {"points": 10}}]


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
    "product": _with_source(kind="product", points=5, targets={"products": ["p1"]}),
    "product_multiplier": _with_source(kind="product", multiplier=20000, targets={"products": ["p1"]}),
    "tier_entry": _ladder() | _with_source(kind="tier_entry", points=5, tier="b"),
    "entry_points": _ladder(steps=[_STEPS[0], {**_STEPS[1], "entry_points": 5}]),
    "caps": _with_source(kind="manual", caps=[_CAP]),
    "budgets": _with_source(kind="manual", caps=[{"points": 150}]),
    "coupon_expires": {"redemption": {"coupon_expires": "2 months"}},
    "global_date": {"expiration": {"global": {"mode": "date", "days": ["12-31"]}}},
    "global_inactivity": {"expiration": {"global": {"mode": "inactivity", "term": "2 months"}}},
    "rolling": _ladder(window={"kind": "rolling", "length": "3 months"}),
    "anniversary_year": _ladder(window={"kind": "anniversary_year"}, life={"ends": "window"}),
    "available": _ladder(basis="available"),
}
"""Small programmes, each with one part that some releases run and some do not."""


@cache
def runs(part: str) -> bool:
    """Whether this release runs a part."""
    return accepted({**_BASE, **_PROBES[part]})


def accepted(document: Document) -> bool:
    """Whether the programme would be published."""
    try:
        return not unsupported(read_programme(text_of(document, "corner")))
    except LealError:
        return False


def _maybe(draw: st.DrawFn, share: int = 2) -> bool:
    return draw(st.integers(1, share)) == share


def _pending(draw: st.DrawFn) -> Document:
    then = draw(st.sampled_from(["drop", "mature"]))
    rules: list[Document] = [
        {"mode": "at_once"},
        {"mode": "at_once"},
        {"mode": "delay", "days": draw(st.sampled_from([1, 14, 40]))},
        {"mode": "delay", "days": 5, "since": "completed"},
        {"mode": "delay", "days": 5, "since": "completed", "timeout": "20 days", "then": then},
        {"mode": "date", "day": draw(st.sampled_from(["02-29", "12-31", "06-15"]))},
        {"mode": "event", "event": "completed", "timeout": "1 month", "then": then},
        {"mode": "event", "event": "completed"},
    ]
    return draw(st.sampled_from(rules))


def _caps(draw: st.DrawFn) -> list[Document]:
    periods: list[str | None] = ["daily", "weekly", "monthly", "yearly", "lifetime"] if runs("caps") else []
    periods += [None] if runs("budgets") else []
    if not periods or not _maybe(draw):
        return []
    cap = {"points": draw(st.sampled_from([20, 150])), "over": draw(st.sampled_from(["trim", "refuse"]))}
    return [cap | {"period": draw(st.sampled_from(periods))}]


def _sources(draw: st.DrawFn, tiers: Document | None) -> list[Document]:
    rate = {"points": draw(st.sampled_from([1, 1, 2, 7])), "per": draw(st.sampled_from(["1", "1", "3", "0.50"]))}
    orders: Document = {"slug": "orders", "title": "Orders", "kind": "order", **rate, "caps": _caps(draw)}
    if _maybe(draw, 4):
        orders["pending"] = _pending(draw)
    if _maybe(draw, 4):
        orders["expires"] = draw(st.sampled_from(["1 month", "45 days", "2 years"]))
    if _maybe(draw, 6):
        orders["qualifies"] = False
    found = [orders]
    if _maybe(draw):
        manual: Document = {"slug": "manual", "title": "Staff", "kind": "manual", "caps": _caps(draw)}
        manual["qualifies"] = draw(st.booleans())
        found.append(manual | ({"expires": "3 months"} if _maybe(draw) else {}))
    if runs("first_order") and _maybe(draw):
        found.append(_source("first_order", points=40, caps=_caps(draw)))
    if runs("product") and _maybe(draw):
        found.append(_source("product", points=9, targets={"products": ["p1"]}, caps=_caps(draw)))
    if runs("product_multiplier") and _maybe(draw):
        found.append(_source("product", multiplier=15000, targets={"collections": ["new"]}) | {"slug": "extra"})
    if runs("tier_entry") and tiers and len(tiers["steps"]) > 1 and _maybe(draw):
        found.append(_source("tier_entry", points=25, tier=tiers["steps"][1]["slug"], caps=_caps(draw)))
    return found


def _multipliers(draw: st.DrawFn, tiers: Document | None) -> list[Document]:
    targets: list[Document | None] = [None, {"products": ["p1", "p2"]}, {"collections": ["sale"]}, {"tags": ["big"]}]
    found = []
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        item: Document = {"slug": f"m{number}", "title": "M", "factor": draw(st.sampled_from([5000, 12500, 30000]))}
        item["targets"] = draw(st.sampled_from(targets))
        if tiers and _maybe(draw, 3):
            item["tiers"] = [draw(st.sampled_from(tiers["steps"]))["slug"]]
        if _maybe(draw, 3):
            item |= {"starts_at": "2024-03-01", "ends_at": "2025-03-01"}
        found.append(item)
    return found


def _tiers(draw: st.DrawFn, *, initial: bool) -> Document:
    kinds = ["lifetime", "calendar_year"] + [kind for kind in ("rolling", "anniversary_year") if runs(kind)]
    window = {"kind": draw(st.sampled_from(kinds))}
    if window["kind"] == "rolling":
        window["length"] = draw(st.sampled_from(["3 months", "30 days", "1 year"]))
    ends = ["term", "never", "term"] + (["window"] * 3 if window["kind"].endswith("year") else [])
    life: Document = {
        "ends": draw(st.sampled_from(ends)),
        "grace": draw(st.sampled_from(["0 days", "20 days", "1 month"])),
    }
    life["downgrade"] = draw(st.sampled_from(["requalify", "requalify", "one_step", "never"]))
    life["round_up"] = draw(st.sampled_from(["day", "day", "none", "month"]))
    if life["ends"] == "term":
        life["term"] = draw(st.sampled_from(["3 months", "1 year", "45 days"]))
    if _maybe(draw, 5):
        life["protect"] = True
    measure = draw(st.sampled_from(["points", "spend", "orders", "both", "either"]))
    steps = [{"slug": "a", "name": "A"}] if initial else []
    for slug, level in zip(TIERS[1:], (1, 4), strict=True):
        need: Document = {"points": 100 * level, "spend": f"{100 * level}", "orders": 2 * level}
        asked = {k: v for k, v in need.items() if measure in ("both", "either") or k == measure}
        asked |= {"match": "any"} if measure == "either" else {}
        step: Document = {"slug": slug, "name": slug.upper(), "requires": asked}
        if measure == "points" and _maybe(draw):
            step["keep"] = {"points": 60 * level}
        if _maybe(draw, 3):
            step["redemption_limit"] = draw(st.sampled_from(["unlimited", {"points": 40 * level, "period": "yearly"}]))
        if _maybe(draw, 3):
            step["expires"] = draw(st.sampled_from(["4 months", "20 days"]))
        if runs("entry_points") and _maybe(draw, 3):
            step["entry_points"] = 30
        steps.append(step)
    basis = "available" if runs("available") and measure == "points" and _maybe(draw, 4) else "qualifying"
    return {"window": window, "basis": basis, "life": life, "steps": steps}


def _redemption(draw: st.DrawFn) -> Document:
    found: Document = {"cancelled_order": draw(st.sampled_from(["points", "reward"]))}
    if _maybe(draw, 3):
        found |= {"min": 10, "step": 5, "max": draw(st.sampled_from([50, 200]))}
    elif _maybe(draw, 5):
        found["choices"] = [10, 30, 100]
    if _maybe(draw):
        found["limit"] = {"points": 60, "period": draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"]))}
    if _maybe(draw, 3):
        found["value_buckets"] = [{"threshold": 50, "value": "3"}, {"threshold": 100, "value": "7.77"}]
    if _maybe(draw, 3):
        found["minimum_cart"] = "20"
    if runs("coupon_expires") and _maybe(draw, 3):
        found["coupon_expires"] = "2 months"
    return found


def _expiration(draw: st.DrawFn, *, rolling: bool) -> Document:
    found: Document = {}
    if rolling:
        found["rolling"] = {
            "term": draw(st.sampled_from(["2 months", "1 year", "30 days"])),
            "since": draw(st.sampled_from(["available", "earned"])),
            "round_up": draw(st.sampled_from(["day", "none", "month", "quarter", "half-year", "year"])),
        }
    if runs("global_date") and _maybe(draw, 4):
        found["global"] = {"mode": "date", "days": ["03-31", "09-30"]}
    elif runs("global_inactivity") and _maybe(draw, 3):
        keeps = draw(st.sampled_from([[], ["award"], ["redemption"]]))
        found["global"] = {"mode": "inactivity", "term": "2 months", "keeps": keeps}
    return found


def _points(draw: st.DrawFn) -> Document:
    debts = [{"policy": "none"}, {"policy": "to_floor", "floor": 50}, {"policy": "unlimited"}]
    return {
        "value": draw(st.sampled_from(["0.05", "0.0125", "0.0007"])),
        "rounding": draw(st.sampled_from(["floor", "half_up", "ceil"])),
        "debt": draw(st.sampled_from(debts)),
        "grace": draw(st.sampled_from(["0 days", "30 days", "1 month"])),
    }


@st.composite
def programmes(draw: st.DrawFn, zone: str, currency: str, *, rolling: bool, ladder: str) -> Document:
    """Any programme that both sides run, with rolling expiration or without.

    The ladder is `none`, `initial` (everyone has its first tier) or `earned`; all versions of a shop have the same.
    """
    tiers = None if ladder == "none" else _tiers(draw, initial=ladder == "initial")
    document = {**_BASE, "timezone": zone, "currency": currency, "points": _points(draw)}
    eligible: Document = {"taxes": _maybe(draw, 4), "shipping": _maybe(draw, 4)}
    if _maybe(draw, 4):
        eligible["exclude"] = {"products": ["p3"]}
    stacking = draw(st.sampled_from(["multiply", "add", "best"]))
    document["earning"] = {"eligible": eligible, "pending": _pending(draw), "stacking": stacking}
    document["sources"] = _sources(draw, tiers)
    document["multipliers"] = _multipliers(draw, tiers)
    document["redemption"] = _redemption(draw)
    document["expiration"] = _expiration(draw, rolling=rolling)
    if tiers:
        document["tiers"] = tiers
    assume(accepted(document))
    return document
