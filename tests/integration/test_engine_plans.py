"""Plans: what they foretell is what publishing then does, and they write nothing themselves."""

from __future__ import annotations

from typing import Final

import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.plans import Plan
from leal.engine.publish import NothingToUndo, PlanOfAnother, PlanOutdated
from leal.errors import InvalidInput
from leal.rules.adjusting import Adjustment
from leal.rules.forecast import TierMove
from leal.rules.programme.differences import FieldChange
from leal.values import DAY, MICRO
from tests.engines import act, adjust, found_shop, known, programme, push, redeem, who

MEMBERS: Final = ("anna", "ben", "carl", "dora", "eve")
LOWER: Final = programme(3).replace("spend: 200}", "spend: 100}").replace("value: 0.01", "value: 0.02")
HIGHER: Final = programme(3).replace("spend: 200}", "spend: 900}")


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    """Five members: one has bought nothing, the others for 50, 150, 300 and 950 euros."""
    shop = await found_shop(engine, pending_days=3)
    await engine.push_customers(shop, [known("anna")])
    for member, euros in (("ben", 50), ("carl", 150), ("dora", 300), ("eve", 950)):
        await engine.push_orders(shop, [push(member, f"{member}-1", euros)])
    await engine.advance_clock(shop, await engine.now(shop) + 5 * DAY)
    await engine.redeem(shop, redeem("dora", 100))
    await engine.adjust(shop, adjust("eve", "takeaway_points", 1000))
    return await engine.shop(shop.slug)


async def tiers(engine: Engine, shop: Shop) -> dict[str, str | None]:
    """The tier that each member is shown."""
    shown = {member: (await engine.balance(shop, who(member))).standing.current for member in MEMBERS}
    return {member: None if tier is None else tier.tier.slug for member, tier in shown.items()}


async def worth(engine: Engine, shop: Shop) -> int:
    """What all available points are worth, in micros."""
    found = [(await engine.balance(shop, who(member))).standing.available_value for member in MEMBERS]
    return sum(value or 0 for value in found)


def moved(moves: list[TierMove]) -> list[tuple[str | None, str | None, int, list[str]]]:
    return [(move.before, move.after, move.members, sorted(move.sample)) for move in moves]


async def test_a_plan_foretells_what_publishing_does(engine: Engine, shop: Shop) -> None:
    before, worth_before = await tiers(engine, shop), await worth(engine, shop)
    plan = await engine.plan(shop, LOWER)
    assert (await tiers(engine, shop), (await engine.shop("corner")).programme_version) == (before, 1)
    assert plan.fields == [
        FieldChange("points.value", "0.01", "0.02"),
        FieldChange("tiers.steps[friend].requires.spend", "200", "100"),
    ]
    assert moved(plan.forecast.tiers) == [("guest", "friend", 1, ["carl"])]
    assert plan.forecast.at_deadline == []
    assert (plan.forecast.accounts, plan.forecast.lots.lots) == (5, 0)
    assert plan.forecast.before.available_value == worth_before
    await engine.publish(shop, LOWER, author="test", plan=plan.hash)
    after = await tiers(engine, shop)
    assert {member for member in MEMBERS if before[member] != after[member]} == {"carl"}
    assert plan.forecast.after.available_value == await worth(engine, shop) == 2 * worth_before
    assert plan.forecast.after.available == plan.forecast.before.available == 50 + 150 + 200
    assert plan.forecast.after.earned == 500


async def test_dearer_tiers_move_nobody_before_the_deadline(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("dora", "dora-2", 250)])  # she has what would keep her tier
    plan = await engine.plan(shop, HIGHER)
    assert plan.forecast.tiers == []
    assert moved(plan.forecast.at_deadline) == [("friend", "guest", 1, ["dora"])]
    await engine.publish(shop, HIGHER, author="test")
    assert (await tiers(engine, shop))["dora"] == "friend"
    await engine.advance_clock(shop, await engine.now(shop) + 800 * DAY)
    assert (await tiers(engine, shop))["dora"] == "guest"


async def test_a_tier_set_by_hand_stays_where_it_is(engine: Engine, shop: Shop) -> None:
    until_at = await engine.now(shop) + 30 * DAY
    await engine.adjust(shop, act("ben", Adjustment("set_tier", tier="host", until_at=until_at)))
    await engine.adjust(shop, act("carl", Adjustment("set_tier", tier="guest", until_at=until_at, lock=True)))
    plan = await engine.plan(shop, LOWER)
    assert moved(plan.forecast.tiers) == []
    assert moved(plan.forecast.at_deadline) == [("guest", "friend", 1, ["carl"])]
    await engine.publish(shop, LOWER, author="test")
    assert (await tiers(engine, shop))["ben"] == "host"
    await engine.advance_clock(shop, until_at)
    after = await tiers(engine, shop)
    assert (after["ben"], after["carl"]) == ("guest", "friend")


async def test_a_lost_tier_is_told(engine: Engine, shop: Shop) -> None:
    text = programme(3).replace("    - {slug: friend, name: Friend, requires: {spend: 200}}\n", "")
    plan = await engine.plan(shop, text)
    assert moved(plan.forecast.tiers) == [("friend", "guest", 2, ["dora", "eve"])]
    assert [change.path for change in plan.fields] == ["tiers.steps[friend]"]
    assert plan.fields[0].after is None
    await engine.publish(shop, text, author="test")
    assert (await tiers(engine, shop))["dora"] == "guest"


async def test_the_first_programme_is_planned_too(engine: Engine) -> None:
    shop = await engine.create_shop("corner", sandbox=True)
    await engine.push_customers(shop, [known("anna"), known("ben")])
    plan = await engine.plan(shop, programme(3))
    assert (plan.version, plan.before, plan.forecast.before.members, plan.forecast.after.members) == (0, None, 0, 2)
    assert moved(plan.forecast.tiers) == [(None, "guest", 2, ["anna", "ben"])]
    assert ("currency", None, "EUR") in [(one.path, one.before, one.after) for one in plan.fields]
    await engine.publish(shop, programme(3), author="test", plan=plan.hash)


async def test_a_plan_counts_from_the_last_version_to_come(engine: Engine, shop: Shop) -> None:
    """What is published already is no change of the plan's, though it takes effect only later."""
    coming = await engine.now(shop) + 30 * DAY
    await engine.publish(shop, LOWER, author="test", effective_at=coming)
    plan = await engine.plan(shop, LOWER.replace("spend: 100}", "spend: 40}"))
    assert (plan.version, plan.at) == (2, coming)
    assert moved(plan.forecast.tiers) == [("guest", "friend", 1, ["ben"])]


async def test_an_outdated_plan_is_refused(engine: Engine, shop: Shop) -> None:
    plan = await engine.plan(shop, LOWER)
    await engine.publish(shop, HIGHER, author="test")
    with pytest.raises(PlanOutdated, match=r"on version 1; version 2 "):
        await engine.publish(shop, LOWER, author="test", plan=plan.hash)
    again = await engine.plan(shop, LOWER)
    assert again.hash != plan.hash
    with pytest.raises(PlanOfAnother):
        await engine.publish(shop, HIGHER, author="test", plan=again.hash)
    assert await engine.publish(shop, LOWER, author="test", plan=again.hash) == 3


async def test_the_same_document_in_other_words_is_the_same_plan(engine: Engine, shop: Shop) -> None:
    plan = await engine.plan(shop, LOWER)
    assert (await engine.plan(shop, "# a remark\n" + LOWER)).hash == plan.hash
    assert (await same(engine, shop)).fields == []


async def same(engine: Engine, shop: Shop) -> Plan:
    """A plan that changes nothing."""
    return await engine.plan(shop, await engine.programme(shop))


async def test_a_version_is_undone_by_the_one_before_it(engine: Engine, shop: Shop) -> None:
    with pytest.raises(NothingToUndo):
        await engine.undo_programme(shop, author="test")
    first = await engine.programme(shop)
    await engine.publish(shop, LOWER, author="test")
    assert await engine.undo_programme(shop, author="test") == (3, 1)
    assert await engine.programme(shop) == first
    assert (await tiers(engine, shop))["carl"] == "friend"  # what was entered stays until its deadline
    assert await engine.undo_programme(shop, author="test") == (4, 2)


async def test_a_faulty_document_has_no_plan(engine: Engine, shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        await engine.plan(shop, LOWER.replace("EUR", "euros"))
    with pytest.raises(InvalidInput):
        await engine.plan(shop, LOWER.replace("shop: corner", "shop: other"))


async def test_members_beyond_one_page_are_all_looked_at(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push(f"m{i}", f"o{i}", 150) for i in range(600)])
    looked: list[tuple[int, int]] = []
    plan = await engine.plan(shop, LOWER, lambda done, of: looked.append((done, of)))
    assert looked == [(250, 600), (500, 600), (600, 600)]
    assert moved(plan.forecast.tiers)[0][:3] == ("guest", "friend", 600)
    assert len(plan.forecast.tiers[0].sample) == 5
    assert plan.forecast.after.available_value == 600 * 3 * MICRO
