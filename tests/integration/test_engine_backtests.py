"""Back-tests: the orders lived again under the programme that is in force come to what they came to."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from leal.cli.charts import chart
from leal.engine.backtests import Backtest
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.publish import NoProgramme
from leal.errors import InvalidInput
from leal.values import DAY, MICRO, NEVER
from tests.engines import FOUNDED_AT, found_shop, programme, push, redeem, unredeem, who

DOUBLE = programme(3).replace("points: 1, per: 1", "points: 2, per: 1").replace("spend: 200}", "spend: 60}")


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    """Orders from January to April, a refund, redemptions, one of them undone, and a lapse the year after."""
    shop = await found_shop(engine, pending_days=3)
    await engine.push_orders(
        shop, [push("anna", "a1", 100), push("ben", "b1", 300), push("carl", "c1", 40, "canceled")]
    )
    await engine.advance_clock(shop, FOUNDED_AT + 40 * DAY)
    await engine.redeem(shop, redeem("ben", 120))
    undone = await engine.redeem(shop, redeem("ben", 50))
    await engine.unredeem(shop, unredeem("ben", undone.change_id))
    await engine.push_orders(shop, [push("anna", "a2", 80)])
    await engine.push_orders(shop, [push("anna", "a2", 30)])
    await engine.advance_clock(shop, FOUNDED_AT + 430 * DAY)
    return await engine.shop(shop.slug)


def total(found: Backtest, side: str, figure: str) -> int:
    return sum(getattr(getattr(stretch, side), figure) for stretch in found.stretches)


async def test_under_the_same_programme_all_is_as_it_was(engine: Engine, shop: Shop) -> None:
    found = await engine.backtest(shop, programme(3), FOUNDED_AT - DAY, NEVER)
    accounts = [(await engine.balance(shop, who(member))).standing.account for member in ("anna", "ben", "carl")]
    for figure in ("earned", "redeemed", "expired"):
        assert total(found, "present", figure) == sum(getattr(account, figure) for account in accounts)
    last = found.stretches[-1]
    assert last.present == last.other
    assert (last.present.available, last.present.pending) == (sum(account.available for account in accounts), 0)
    assert last.present.worth == last.present.available * MICRO // 100
    assert last.present.tiers == {"guest": 2, "friend": 1}
    assert (found.members, found.orders, found.left_out) == (3, 4, 0)


async def test_another_programme_is_told_month_by_month(engine: Engine, shop: Shop) -> None:
    found = await engine.backtest(shop, DOUBLE, FOUNDED_AT, FOUNDED_AT + 100 * DAY)
    days = [stretch.first_day for stretch in found.stretches]
    assert days == [date(2026, 1, 5), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    january, february = found.stretches[:2]
    assert (january.present.earned, january.other.earned) == (400, 800)
    assert january.present.tiers == {"guest": 2, "friend": 1}
    assert january.other.tiers == {"guest": 1, "friend": 2}
    assert (february.present.earned, february.other.earned) == (30, 60)
    assert (february.present.redeemed, february.other.redeemed) == (120, 120)  # what was undone is not lived again
    assert (february.present.available, february.other.available) == (310, 740)
    assert found.stretches[-1].other.worth == 740 * MICRO // 100
    assert (await engine.verify(shop)).faults == []


async def test_what_happened_before_the_first_day_counts_and_is_not_told(engine: Engine, shop: Shop) -> None:
    found = await engine.backtest(shop, DOUBLE, FOUNDED_AT + 60 * DAY, NEVER)
    assert total(found, "other", "earned") == 0
    assert total(found, "other", "expired") == 740
    assert found.stretches[0].present.available == 310


async def test_what_cannot_be_compared_is_refused(engine: Engine, shop: Shop) -> None:
    with pytest.raises(InvalidInput) as refused:
        await engine.backtest(shop, DOUBLE.replace("EUR", "USD"), FOUNDED_AT, NEVER)
    assert [problem.path for problem in refused.value.problems] == ["currency"]
    with pytest.raises(InvalidInput):
        await engine.backtest(shop, DOUBLE, FOUNDED_AT + 1000 * DAY, NEVER)
    empty = await engine.create_shop("empty")
    with pytest.raises(NoProgramme):
        await engine.backtest(empty, DOUBLE.replace("shop: corner", "shop: empty"), FOUNDED_AT, NEVER)


async def test_the_chart_is_a_picture_of_all_months(engine: Engine, shop: Shop) -> None:
    found = await engine.backtest(shop, DOUBLE, FOUNDED_AT, NEVER)
    picture = ElementTree.fromstring(chart(found))
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}circle")) == 2 * len(found.stretches)
    assert len(picture.findall(f"{space}polyline")) == 2
    words = {element.text for element in picture.iter(f"{space}text")}
    assert {"Points earned", "Points expired", "Jan 2026"} <= words
    heights = [float(bar.get("height") or "-1") for bar in picture.findall(f"{space}rect")]
    assert min(heights) >= 0
