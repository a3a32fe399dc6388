"""Explanations: from what they show, every figure can be reckoned again, whatever members have lived through."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import pytest

from leal.api.explaining import explained_balance
from leal.api.forecasts import forecast_result, schedule_result
from leal.api.order_details import details_result
from leal.api.order_explanation import explained_order
from leal.engine.commands import CustomerFacts, Merge, PushCustomer, PushOrder, Shop
from leal.engine.engine import Engine
from leal.errors import InvalidInput, LealError
from leal.rules.orders import Order, OrderLine
from leal.rules.worth import value_of
from leal.values import DAY, MICRO, NEVER
from tests.engines import SLUG, adjust, found_shop, known, programme, push, redeem, who
from tests.integration.test_engine_instants import FAMILIES, MEMBERS, Story
from tests.reckoning import ratio, reckon_balance, reckon_order, written

BONUSES: Final = programme(5, caps="[{points: 250, period: monthly}, {points: 900}]").replace(
    "triggers:",
    """  - {slug: first, title: Welcome, kind: first_order, points: 40}
  - {slug: candle, title: Candles, kind: product, points: 15, targets: {products: [candle]}}
multipliers:
  - {slug: weekend, title: Weekend, factor: 15000, targets: {products: [candle, mug]}}
  - {slug: mugs, title: Mugs, factor: 20000, targets: {products: [mug]}}
triggers:""",
)


async def explain(engine: Engine, shop: Shop, customer: str, limit: int = 1000) -> dict[str, Any]:
    found = await engine.explain_balance(shop, who(customer), limit=limit)
    return written(explained_balance(SLUG, found, for_staff=True))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("family", FAMILIES)
async def test_every_figure_can_be_reckoned_again(engine: Engine, family: str, seed: int) -> None:
    shop = await found_shop(engine, pending_days=3)
    story = Story(engine, shop, family, 40 + seed)
    await engine.publish(shop, story.programmes[0], author="test")
    await engine.push_customers(shop, [known(member) for member in MEMBERS])
    for step in range(80):
        try:
            await story.next()()
        except LealError:
            continue
        if step % 3 == 0:
            for member in MEMBERS:
                reckon_balance(await explain(engine, shop, member))
            for _, order_id, _ in story.orders:
                details = written(details_result(await engine.order_details(shop, order_id, customer=None)))
                reckon_order(
                    written(explained_order(await engine.explain_order(shop, order_id, customer=None))), details
                )
    await engine.merge_customers(shop, Merge([who(member) for member in MEMBERS]))
    reckon_balance(await explain(engine, shop, MEMBERS[0]))


def bought(customer: str, order_id: str, *lines: tuple[str, int], status: Any = "confirmed") -> PushOrder:
    """An order of products, each for so many cents."""
    told = [OrderLine(f"l{n}", product, 1, cents * MICRO // 100) for n, (product, cents) in enumerate(lines)]
    return PushOrder(CustomerFacts(who(customer)), Order(order_id, status, None, None, lines=told), b"{}")


async def test_an_order_with_multipliers_bonuses_and_caps_is_told_step_by_step(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.publish(shop, BONUSES, author="test")
    await engine.push_orders(shop, [bought("anna", "a1", ("candle", 3333), ("mug", 1001), ("book", 5050))])
    found = written(explained_order(await engine.explain_order(shop, "a1", customer="anna")))
    reckon_order(found, written(details_result(await engine.order_details(shop, "a1", customer=None))))
    assert [ratio(line["exact_pts"]) for line in found["lines"]] == [
        Fraction("49.995"), Fraction("30.03"), Fraction("50.5"),
    ]  # fmt: skip
    assert [line["desc"] for line in found["lines"]] == [
        "€33.33 at 1 point for every €1.00, times 1.5 (Weekend): 49.995 points.",
        "€10.01 at 1 point for every €1.00, times 3 (Weekend and Mugs): 30.03 points.",
        "€50.50 at 1 point for every €1.00: 50.5 points.",
    ]
    assert (ratio(found["exact_pts"]), found["pts_rounded"]) == (Fraction("130.525"), 130)
    awards = {award["source"]: (award["pts"], award["desc"]) for award in found["awards"]}
    assert awards["first"] == (40, "40 points for the first order. They can be spent from 10 January 2026 on.")
    assert awards["candle"][0] == 15
    await engine.push_orders(shop, [bought("anna", "a2", ("book", 40000))])
    capped = written(explained_order(await engine.explain_order(shop, "a2", customer=None)))
    (order_award, *_) = capped["awards"]
    assert (order_award["pts_by_rule"], order_award["pts_allowed"], order_award["pts"]) == (400, 120, 120)
    assert "A cap allows 120 points of them." in order_award["desc"]
    assert order_award["rule"] == "S4.7"
    reckon_balance(await explain(engine, shop, "anna"))


async def test_long_histories_are_summed_and_the_newest_entries_are_listed(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", f"o{number}", 10) for number in range(60)])
    told = await explain(engine, shop, "anna", limit=7)
    assert len(told["entries"]) == 7
    assert told["entries_left_out"] == 55  # joined and Friend among them
    assert [entry["order_shopid"] for entry in told["entries"]] == [f"o{number}" for number in range(59, 52, -1)]
    assert all(entry["pts"] == {"available": 10, "earned": 10} for entry in told["entries"])
    reckon_balance(told)


async def test_a_schedule_adds_up_and_tells_what_comes_first(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "a1", 100)])
    await engine.advance_clock(shop, await engine.now(shop) + 70 * DAY)
    await engine.push_orders(shop, [push("anna", "a2", 30)])
    found = written(schedule_result(await engine.balance(shop, who("anna"))))
    assert [(one["day"], one["amount"], one["value"], one["kind"]) for one in found["schedule"]] == [
        ("2027-01-31", 100, "1.000000", "own"), ("2027-03-31", 30, "0.300000", "own"),
    ]  # fmt: skip
    everything = programme().replace("expiration:", 'expiration:\n  global: {mode: date, days: ["02-15"]}')
    await engine.publish(shop, everything, author="test")
    found = written(schedule_result(await engine.balance(shop, who("anna"))))
    assert [(one["day"], one["amount"], one["kind"]) for one in found["schedule"]] == [
        ("2027-01-31", 100, "own"), ("2027-02-15", 30, "everything"),
    ]  # fmt: skip
    assert found["pts_available"] == 130 == sum(one["amount"] for one in found["schedule"]) + found["pts_without_end"]


async def test_a_forecast_is_what_comes(engine: Engine) -> None:
    shop = await found_shop(engine, pending_days=14)
    await engine.push_orders(shop, [push("anna", "a1", 250)])
    now = await engine.now(shop)
    at = now + 420 * DAY
    told = await engine.forecast(shop, who("anna"), at)
    found = written(forecast_result(told))
    types = [change["type"] for change in found["changes"]]
    assert types == ["points_matured", "points_expired", "tier_expired"] or set(types) >= {"points_expired"}
    assert (found["pts_available"], found["pts_expiring"]) == (0, 250)
    assert found["tier_now"]["name"] == "Friend"
    assert found["tier_now"]["expiration"]["keep_reqs"]["threshold_spend"] == "200.000000"
    assert found["next_tier_then"]["reqs"]["extra_spend"] == (
        "200.000000" if found["tier_then"]["name"] == "Guest" else "2000.000000"
    )
    await engine.advance_clock(shop, at)
    came = await engine.balance(shop, who("anna"))
    assert came.standing.account.expired == found["pts_expiring"]
    assert came.standing.current is not None
    assert came.standing.current.tier.name == found["tier_then"]["name"]
    with pytest.raises(InvalidInput, match="to come"):
        await engine.forecast(shop, who("anna"), now)
    with pytest.raises(InvalidInput):
        await engine.forecast(shop, who("anna"), NEVER)


async def test_what_staff_wrote_for_staff_is_told_to_staff_alone(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("anna")), b"{}")])
    await engine.adjust(shop, adjust("anna", "give_points", 50))
    found = await engine.explain_balance(shop, who("anna"))
    staff, own = (written(explained_balance(SLUG, found, for_staff=one)) for one in (True, False))
    assert (staff["entries"][0]["actor"], own["entries"][0]["actor"]) == ("ann", None)
    assert staff["entries"][0]["desc"] == own["entries"][0]["desc"] == "give_points 50"
    assert found.balance.standing.terms is not None
    assert value_of(found.balance.standing.terms, 50) == found.balance.standing.available_value
    await engine.redeem(shop, redeem("anna", 20))
    reckon_balance(await explain(engine, shop, "anna"))
