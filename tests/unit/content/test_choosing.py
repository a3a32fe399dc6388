"""Choosing: each boundary, each state, and what goes before what."""

from __future__ import annotations

from datetime import timedelta
from itertools import product as product_of
from typing import Any

import msgspec
import pytest

from leal.examples import programme_text
from leal.rules.content.chosen import BLOCKS, SpendProgress
from leal.rules.content.earnings import Simulated
from leal.rules.content.loyalty import Loyalty
from leal.rules.content.profile import Profile
from leal.rules.content.samples import samples
from leal.rules.programme.content import Content, Near, Thresholds
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, compile_terms
from leal.values import DAY, MICRO, parse_instant
from tests.unit.content.people import (
    NOBODY,
    NOW,
    OUTSIDE,
    PLATINUM,
    SHELF,
    SILVER,
    TERMS,
    TODAY,
    bought,
    expiring,
    known,
    member,
    product,
    shown,
)  # fmt: skip

BANNER, VALUE, LIFE, DIGEST, GOODS = BLOCKS
HOUR = DAY // 24


@pytest.mark.parametrize(
    ("loyalty", "variant"),
    [
        (NOBODY, "unknown"),
        (OUTSIDE, "prospect"),
        (member(missing=199), "near-next-tier"),
        (member(missing=200), "near-next-tier"),
        (member(missing=201), "default"),
        (member(missing=1), "near-next-tier"),
        (member(missing=0), "default"),
        (member(missing=None), "default"),
        (member(missing=100, **expiring(12)), "near-next-tier"),
        (member(missing=100, points=0), "near-next-tier"),
        (member(**expiring(12)), "points-expiring"),
        (member(**expiring(0)), "points-expiring"),
        (member(**expiring(31)), "default"),
        (member(**expiring(-1, soon=True)), "default"),
        (member(**expiring(12, points=0)), "default"),
        (msgspec.structs.replace(PLATINUM, **expiring(12)), "points-expiring"),
        (member(tier_ends_on=TODAY + timedelta(30), to_keep=240), "tier-at-risk"),
        (member(tier_ends_on=TODAY + timedelta(31), to_keep=240), "default"),
        (member(tier_ends_on=TODAY + timedelta(30), to_keep=0), "default"),
        (member(tier_ends_on=TODAY + timedelta(30), to_keep=None), "default"),
        (member(tier_ends_on=TODAY - timedelta(1), to_keep=240), "default"),
        (member(tier_ends_on=TODAY, to_keep=240, **expiring(12)), "points-expiring"),
        (msgspec.structs.replace(PLATINUM, tier_ends_on=TODAY, to_keep=240), "tier-at-risk"),
        (PLATINUM, "vip"),
        (msgspec.structs.replace(PLATINUM, points=0), "vip"),
        (msgspec.structs.replace(PLATINUM, tier_rank=2, next_tier="Platinum"), "default"),
        (msgspec.structs.replace(PLATINUM, tier_rank=1, tiers=1), "default"),
        (member(points=0), "no-points"),
        (member(points=0, **expiring(12, points=0)), "no-points"),
        (Loyalty(is_known=True, member=True, points=40), "default"),
        (SILVER, "default"),
    ],
)  # fmt: skip
def test_the_banner(loyalty: Loyalty, variant: str) -> None:
    assert shown(BANNER, loyalty).variant == variant


@pytest.mark.parametrize(
    ("near", "missing", "is_near"),
    [
        (0, 1, False), (200, 200, True), (200, 201, False), ("10%", 300, True), ("10%", 301, False), ("0%", 1, False),
        ("100%", 3000, True),
    ],
)  # fmt: skip
def test_near_is_a_number_or_a_share_of_the_step(near: Near, missing: int, is_near: bool) -> None:
    settings = Content(thresholds=Thresholds(near_banner=near))
    told = shown(BANNER, member(missing=missing), settings=settings)
    assert (told.variant == "near-next-tier") is is_near


@pytest.mark.parametrize(
    ("from_rank", "rank", "variant"), [(2, 1, "default"), (2, 2, "vip"), (2, 3, "vip"), (1, 1, "vip")]
)
def test_vip_from_a_rank(from_rank: int, rank: int, variant: str) -> None:
    settings = Content(thresholds=Thresholds(vip_from_rank=from_rank))
    assert shown(BANNER, member(tier_rank=rank), settings=settings).variant == variant


def spending(euros: int, **more: Any) -> Loyalty:
    """A member who lacks so much money to the next tier, which asks for 500 more than the tier held."""
    return member(
        missing=None, step=None, goal=None, missing_spend_micros=euros * MICRO, spend_in_points=2 * euros,
        spend_step_micros=500 * MICRO, spend_goal_micros=700 * MICRO, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("near", "euros", "variant"),
    [
        (200, 99, "near-next-tier"), (200, 100, "near-next-tier"), (200, 101, "default"),
        ("10%", 50, "near-next-tier"), ("10%", 51, "default"),
    ],
)  # fmt: skip
def test_near_is_also_told_of_money(near: Near, euros: int, variant: str) -> None:
    settings = Content(thresholds=Thresholds(near_banner=near))
    told = shown(BANNER, spending(euros), settings=settings)
    assert (told.variant, told.slots.spend_missing_micros) == (variant, euros * MICRO)
    assert told.slots.spend_progress == SpendProgress((700 - euros) * MICRO, 700 * MICRO)
    assert (told.slots.progress, told.slots.points_missing) == (None, None)


def test_money_that_keeps_a_tier_and_products_that_lead_to_one() -> None:
    ending = spending(400, tier_ends_on=TODAY + timedelta(30), keep_spend_micros=40 * MICRO)
    told = shown(BANNER, ending)
    assert (told.variant, told.slots.spend_to_keep_micros) == ("tier-at-risk", 40 * MICRO)
    assert told.slots.spend_progress is None
    for euros, reaches in ((100, "Gold"), (101, None)):
        assert {one.reaches for one in shown(GOODS, spending(euros)).slots.products} == {reaches}
    unfit = [msgspec.structs.replace(one, permyriad=0) for one in SHELF]
    assert {one.reaches for one in shown(GOODS, spending(100), products=unfit).slots.products} == {None}


def test_a_customer_with_orders_who_is_no_member_sees_what_they_would_have_given() -> None:
    told = shown(BANNER, OUTSIDE, simulated=Simulated(847, 3), simulated_value_micros=42_350_000)
    slots = told.slots
    assert (told.variant, slots.simulated_points, slots.simulated_orders) == ("non-member", 847, 3)
    assert (slots.next_tier, slots.points_missing, slots.next_benefits) == ("Gold", 2153, ["Free delivery"])
    assert (slots.points, slots.member) == (None, False)
    assert shown(BANNER, OUTSIDE, simulated=Simulated(0, 3)).variant == "prospect"
    assert shown(BANNER, OUTSIDE, simulated=Simulated(9000, 3)).slots.next_tier is None


@pytest.mark.parametrize(
    ("loyalty", "profile", "variant"),
    [
        (NOBODY, Profile(), "hidden"),
        (SILVER, Profile(), "hidden"),
        (PLATINUM, bought("VIP", 47), "vip"),
        (member(missing=100), bought("VIP", 47), "vip"),
        (member(missing=299), bought(), "near-next-tier"),
        (member(missing=300), bought(), "near-next-tier"),
        (member(missing=301), bought(), "default"),
        (member(missing=300), bought("loyal"), "near-next-tier"),
        (member(missing=300), bought("at-risk"), "default"),
        (member(missing=300), bought("dormant"), "default"),
        (member(missing=300), bought("one-timer", 1), "one-timer"),
        (member(missing=None), bought(), "default"),
        (OUTSIDE, bought(), "default"),
        (SILVER, bought(segment="VIP"), "vip"),
        (SILVER, bought(segment="high-value-recurring"), "default"),
        (SILVER, bought("VIP", segment="high-value-recurring"), "vip"),
    ],
)  # fmt: skip
def test_the_value_block(loyalty: Loyalty, profile: Profile, variant: str) -> None:
    assert shown(VALUE, loyalty, profile).variant == variant


def test_the_value_block_tells_no_points_to_who_is_no_member() -> None:
    slots = shown(VALUE, OUTSIDE, bought(orders=3)).slots
    assert (slots.orders, slots.spend_micros, slots.months_together) == (3, 270 * MICRO, 11)
    assert (slots.points, slots.tier, slots.progress, slots.simulated_points) == (None, None, None, None)


@pytest.mark.parametrize(
    ("loyalty", "profile", "variant", "offer"),
    [
        (NOBODY, Profile(), "unknown", None),
        (OUTSIDE, Profile(), "prospect", "everybody"),
        (SILVER, Profile(), "prospect", "everybody"),
        (SILVER, bought("one-timer", 1, 29), "one-timer", "second"),
        (SILVER, bought("one-timer", 1, 30), "one-timer-urgent", "second"),
        (SILVER, bought("one-timer", 1, 31), "one-timer-urgent", "second"),
        (SILVER, bought(), "member", None),
        (SILVER, bought("loyal"), "member", None),
        (OUTSIDE, bought(), "join", None),
        (OUTSIDE, bought("loyal"), "join", None),
        (SILVER, bought("at-risk"), "at-risk", "everybody"),
        (OUTSIDE, bought("at-risk"), "at-risk", "everybody"),
        (SILVER, bought("dormant"), "dormant", "everybody"),
        (PLATINUM, bought("VIP"), "vip", "shoes"),
        (OUTSIDE, bought("VIP"), "vip", "shoes"),
    ],
)  # fmt: skip
def test_the_lifecycle_banner(loyalty: Loyalty, profile: Profile, variant: str, offer: str | None) -> None:
    told = shown(LIFE, loyalty, profile)
    assert (told.variant, None if told.slots.offer is None else told.slots.offer.id) == (variant, offer)


@pytest.mark.parametrize(
    ("at", "offers"),
    [
        ("2026-06-30T23:59:59+02:00", ["everybody", "gone"]),
        ("2026-07-01T00:00:00+02:00", ["everybody", "second", "gone"]),
        ("2026-07-02T23:59:59+02:00", ["everybody", "second", "gone"]),
        ("2026-07-03T00:00:00+02:00", ["everybody", "second"]),
        ("2026-07-05T23:59:59+02:00", ["everybody", "second"]),
        ("2026-07-06T00:00:00+02:00", ["second"]),
        ("2026-07-16T00:00:00+02:00", []),
    ],
)  # fmt: skip
def test_offers_run_from_their_first_day_to_the_end_of_their_last(at: str, offers: list[str]) -> None:
    found = known(profile=bought("one-timer", 1)).eligible_offers(parse_instant(at))
    assert [one.document.id for one in found] == offers


def test_an_offer_that_multiplies_points_ends_with_its_multiplier() -> None:
    who = known(PLATINUM, bought("VIP"))
    assert [one.document.id for one in who.eligible_offers(parse_instant("2026-07-09T23:59:59+02:00"))] == ["shoes"]
    assert who.eligible_offers(parse_instant("2026-07-10T00:00:00+02:00")) == []
    best = who.best_offer(NOW)
    assert best is not None
    assert (best.id, best.permyriad, str(best.ends_on)) == ("shoes", 20_000, "2026-07-09")


@pytest.mark.parametrize(
    ("loyalty", "profile", "variant"),
    [
        (NOBODY, Profile(), "unknown"),
        (OUTSIDE, Profile(), "join"),
        (OUTSIDE, bought(), "join"),
        (member(missing=200), bought(), "near-next-tier"),
        (member(missing=201), bought(), "default"),
        (member(missing=200, **expiring(3)), bought(), "near-next-tier"),
        (member(**expiring(3)), bought(), "points-expiring"),
        (PLATINUM, bought("VIP"), "vip"),
        (member(points=0), bought(), "no-points"),
    ],
)  # fmt: skip
def test_the_digest(loyalty: Loyalty, profile: Profile, variant: str) -> None:
    told = shown(DIGEST, loyalty, profile)
    assert told.variant == variant
    assert len(told.slots.products) == 4


@pytest.mark.parametrize(
    ("profile", "variant", "products"),
    [
        (Profile(), "new", ["scarf", "hat", "coat", "boot"]),
        (bought(days=60, affinities={"shoes": 9, "coats": 5}), "default", ["boot", "scarf", "coat", "hat"]),
        (bought(days=61, affinities={"shoes": 9, "coats": 5}), "quiet", ["boot", "scarf", "coat", "hat"]),
        (bought(days=59, category="Coats"), "default", ["scarf", "coat", "hat", "boot"]),
        (
            bought("one-timer", 1, 90, affinities={"coats": 5}, first_collections=frozenset(["shoes"])),
            "one-timer", ["boot", "scarf", "coat", "hat"],
        ),
        (bought("VIP", affinities={"shoes": 9, "coats": 5}), "vip", ["scarf", "coat", "boot", "hat"]),
        (bought("VIP", days=61), "quiet", ["scarf", "hat", "coat", "boot"]),
        (bought(bought=frozenset(["hat"])), "default", ["scarf", "coat", "boot"]),
        (bought(bought=frozenset(["hat", "boot"])), "hidden", []),
    ],
)  # fmt: skip
def test_the_recommendation(profile: Profile, variant: str, products: list[str]) -> None:
    told = shown(GOODS, SILVER, profile)
    assert (told.variant, [one.id for one in told.slots.products]) == (variant, products)
    assert (told.slots.offer is not None) is (variant == "quiet")


def test_what_cannot_be_bought_is_not_recommended() -> None:
    settings = msgspec.structs.replace(
        TERMS.content.document, products=msgspec.structs.replace(TERMS.content.document.products, exclude=["cards"])
    )
    shelf = [*SHELF, product("sold", 9, in_stock=False), product("card", 8, "cards")]
    free = msgspec.structs.replace(product("free", 7), price_micros=0)
    told = shown(GOODS, SILVER, settings=settings, products=[*shelf, free])
    assert {one.id for one in told.slots.products} == {"boot", "coat", "hat", "scarf"}
    many = [product(f"p{n}", n) for n in range(9)]
    assert [one.id for one in shown(GOODS, SILVER, products=many).slots.products] == [
        "p8",
        "p7",
        "p6",
        "p5",
        "p4",
        "p3",
    ]


@pytest.mark.parametrize(("missing", "reaches"), [(199, "Gold"), (200, "Gold"), (201, None), (0, None), (None, None)])
def test_a_product_tells_where_its_points_lead(missing: int | None, reaches: str | None) -> None:
    told = shown(GOODS, member(missing=missing))
    assert {one.reaches for one in told.slots.products} == {reaches}


@pytest.mark.parametrize(("hours", "stale"), [(47, False), (48, False), (49, True)])
def test_old_figures_are_not_told(hours: int, stale: bool) -> None:
    loyalty = member(missing=100, **expiring(12))
    at = NOW + hours * HOUR
    for block, who in product_of(BLOCKS, (loyalty, spending(50, keep_spend_micros=1, tier_ends_on=TODAY))):
        told = shown(block, who, at=at)
        assert (told.slots.as_of == NOW) is stale
        figures = {
            name: value
            for name in ("points", "points_missing", "spend_missing_micros", "spend_progress", "spend_to_keep_micros",
                         "points_expiring", "points_value_micros", "progress", "orders", "spend_micros", "expires_on",
                         "suggested_spend_micros", "simulated_points", "expires_at")
            if (value := getattr(told.slots, name)) is not None
        }  # fmt: skip
        assert not (stale and figures), (block, figures)
    assert shown(BANNER, loyalty, at=at).variant == ("default" if stale else "near-next-tier")
    outside = shown(BANNER, OUTSIDE, simulated=Simulated(847, 3), at=at)
    assert outside.variant == ("prospect" if stale else "non-member")


STATES: dict[str, set[str]] = {
    BANNER: {"unknown", "prospect", "non-member", "near-next-tier", "points-expiring", "tier-at-risk", "vip",
             "no-points", "default"},
    VALUE: {"vip", "near-next-tier", "one-timer", "default"},
    LIFE: {"unknown", "prospect", "one-timer", "one-timer-urgent", "join", "at-risk", "vip", "dormant", "member"},
    DIGEST: {"unknown", "join", "near-next-tier", "points-expiring", "vip", "no-points", "default"},
    GOODS: {"one-timer", "quiet", "vip", "new", "default"},
}  # fmt: skip


@pytest.mark.parametrize(
    "terms", [TERMS, compile_terms(read_programme(programme_text("cdnow")))], ids=["points", "money"]
)
def test_the_samples_show_every_state(terms: Terms) -> None:
    found: dict[str, set[str]] = {}
    told = samples(terms, NOW)
    for one in told:
        found.setdefault(one.chosen.block, set()).add(one.chosen.variant)
    assert found == STATES
    assert [one.customer for one in told if one.chosen.slots.as_of] == ["known long ago"]


def test_everybody_is_answered_by_every_block() -> None:
    loyalties: list[Any] = [
        NOBODY, OUTSIDE, SILVER, PLATINUM, member(points=0), member(missing=1), member(**expiring(0)),
        Loyalty(is_known=True),
    ]  # fmt: skip
    for stage in ("prospect", "one-timer", "repeat", "loyal", "at-risk", "dormant", "VIP"):
        for loyalty in loyalties:
            for orders in (0, 1, 5):
                who = known(loyalty, bought(stage, orders), products=[])
                for block in BLOCKS:
                    told = shown(block, loyalty, who.profile, products=[])
                    assert told.variant in STATES[block] | {"hidden"}
                    assert told == shown(block, loyalty, who.profile, products=[])
