"""Offers under contention, and what leaves the database about rewards: stocks, the outbox, notes."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from leal.engine.commands import Adjust, CustomerFacts, Merge, PushCustomer, Shop, TakeOffer, UseReward
from leal.engine.engine import Engine
from leal.engine.offers import NothingWaits
from leal.errors import Refused
from leal.rules.adjusting import Adjustment
from leal.rules.redemption import RewardInUse
from leal.values import DAY
from tests.engines import key, push, redeem, unredeem, who

PROGRAMME = """
shop: corner
title: Corner
currency: EUR
timezone: Europe/Berlin
points: {{value: "0.01"}}
sources:
  - {{slug: purchases, title: Buy, kind: order, points: 1, per: 1}}
redemption: {{}}
offers:
  - {{slug: mug, title: A mug, kind: vendible, points: 10, gives: {{product: mug}}, stock: {stock}}}
  - {{slug: five, title: 5 euros off, kind: vendible, points: 10, gives: {{amount: 5}}, expires: 3 months}}
  - {{slug: card, title: A card, kind: gift_card, points: 10, gives: {{amount: 25}}}}
  - {{slug: visit, title: A visit, kind: custom_reward, points: 10, gives: {{identifier: atelier-visit}}}}
"""


async def corner(engine: Engine, stock: int = 40, members: int = 1) -> Shop:
    shop = await engine.create_shop("corner", sandbox=True)
    await engine.publish(shop, PROGRAMME.format(stock=stock), author="test")
    await engine.push_orders(shop, [push(f"m{i}", f"o{i}", 100) for i in range(members)])
    return await engine.shop("corner")


async def take(engine: Engine, shop: Shop, name: str, offer: str, **more: Any) -> Any:
    return await engine.take_offer(shop, TakeOffer(who(name), offer, **more))


async def outbox(engine: Engine, shop: Shop) -> list[dict[str, Any]]:
    return [{"kind": one.kind, **one.payload, **one.words} for one in await engine.outbox(shop)]


@pytest.mark.parametrize(("stock", "members", "tries"), [(1, 40, 1), (40, 30, 3), (17, 5, 9)])
async def test_all_pieces_are_sold_and_none_twice(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record], stock: int, members: int, tries: int
) -> None:
    shop = await corner(engine, stock, members)
    engines = (engine, second)
    wishes = [(engines[(i + n) % 2], f"m{i}") for n in range(tries) for i in range(members)]
    outcomes = await asyncio.gather(*(take(one, shop, name, "mug") for one, name in wishes), return_exceptions=True)
    sold = [one for one in outcomes if not isinstance(one, BaseException)]
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert (len(sold), len(sold) + len(refused)) == (stock, len(wishes))
    assert {reason.code for one in refused for reason in one.reasons} == {"out_of_stock"}
    assert len({one.code for one in sold}) == stock
    assert await admin.fetchval("select sum(redeemed)::bigint from account") == 10 * stock
    assert await admin.fetchval("select sum(units)::bigint from stock") == 0
    assert (await engine.verify(shop)).faults == []


async def test_pieces_that_come_back_are_sold_again(
    engine: Engine, second: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Sales, and sales undone, cross: what is sold and what is left are always all there is."""
    shop = await corner(engine, 20, 25)

    async def live(one: Engine, name: str) -> None:
        for _ in range(4):
            try:
                made = await take(one, shop, name, "mug")
            except Refused:
                continue
            void = Adjust(who(name), [(Adjustment("void_reward"), made.change_id, {})])
            await one.adjust(shop, void)

    await asyncio.gather(*(live((engine, second)[i % 2], f"m{i}") for i in range(25)))
    assert await admin.fetchval("select sum(units)::bigint from stock") == 20
    assert await admin.fetchval("select sum(redeemed)::bigint from account") == 0
    assert (await engine.verify(shop)).faults == []


async def test_what_the_shop_is_to_do_waits_once(engine: Engine) -> None:
    """Every new code and whatever is to be handed out, with all that a checkout needs and nothing of the person."""
    shop = await corner(engine)
    codes = {offer: (await take(engine, shop, "m0", offer)).code for offer in ("mug", "five", "card")}
    visit = await take(engine, shop, "m0", "visit", words={"destination": {"name": "Anna"}, "extras": {"size": "M"}})
    points = (await engine.redeem(shop, redeem("m0", 20))).code
    again = [await take(engine, shop, "m0", "mug", key=key("k")) for _ in range(2)]
    assert again[0].code == again[1].code
    found = await outbox(engine, shop)
    assert [one.get("code", one["kind"]) for one in found] == [
        codes["mug"], codes["five"], codes["card"], "deliver_custom_reward", points, again[0].code,
    ]  # fmt: skip
    mug = {"kind": "create_discount", "title": "A mug", "code": codes["mug"], "max_uses": 1}
    assert found[0] == mug | {
        "subject_type": "vendible", "subject_slugs": ["mug"],
        "percentage": 10_000, "product_ids": ["mug"], "is_per_product": True,
    }  # fmt: skip
    assert (found[1]["amount"], "end_time" in found[1]) == ("5.000000", True)
    assert (found[2]["subject_type"], found[2]["amount"]) == ("gift_card", "25.000000")
    assert found[3]["reward_identifier"] == "atelier-visit"
    assert found[3]["change_bhid"] == f"{visit.change_id:016x}"
    assert (found[3]["destination"], found[3]["extras"]) == ({"name": "Anna"}, {"size": "M"})
    assert (found[4]["amount"], found[4]["title"]) == ("0.200000", "Corner")


async def test_something_of_the_outbox_is_closed_once(engine: Engine) -> None:
    shop = await corner(engine)
    for _ in range(2):
        await take(engine, shop, "m0", "visit")
    first, second = [one.id for one in await engine.outbox(shop)]
    outcomes = await asyncio.gather(
        *(engine.close_errand(shop, first, how, by="staff") for how in ("done", "failed", "failed")),
        return_exceptions=True,
    )
    assert sum(isinstance(one, NothingWaits) for one in outcomes) == 2
    assert await engine.close_errand(shop, second, "failed", by="staff") == 10
    with pytest.raises(NothingWaits):
        await engine.close_errand(shop, 999, "done", by="staff")
    acts = {act.act.action for act in await engine.audit(shop)}
    assert "outbox.failed" in acts
    assert (await engine.verify(shop)).faults == []


async def test_a_notice_is_closed_as_well(engine: Engine) -> None:
    shop = await engine.create_shop("warning", sandbox=True)
    warned = "expiration: {rolling: {term: 1 month}, warn_days: [7]}"
    document = PROGRAMME.format(stock=1).replace("corner", "warning") + warned
    await engine.publish(shop, document, author="test")
    await engine.push_orders(shop, [push("m0", "o0", 100)])
    now = (await engine.balance(shop, who("m0"))).now
    await engine.advance_clock(shop, now + 28 * DAY)
    (notice,) = await engine.outbox(shop)
    assert notice.kind == "points_expiring"
    assert await engine.close_errand(shop, notice.id, "done", by="staff") == 0
    assert await engine.outbox(shop) == []
    assert [one["delivered"] for one in (await engine.disclose(shop, who("m0"))).notices] == [True]
    with pytest.raises(NothingWaits):
        await engine.close_errand(shop, notice.id, "done", by="staff")


async def test_a_code_that_an_order_used_did_not_fail(engine: Engine) -> None:
    shop = await corner(engine)
    made = await take(engine, shop, "m0", "five")
    await engine.push_orders(shop, [push("m0", "o9", 5, codes=(made.code,))])
    (waiting,) = await engine.outbox(shop)
    with pytest.raises(RewardInUse):
        await engine.close_errand(shop, waiting.id, "failed", by="staff")
    assert await engine.close_errand(shop, waiting.id, "done", by="staff") == 0


async def test_what_waits_goes_along_and_away(engine: Engine, admin: asyncpg.Connection[asyncpg.Record]) -> None:
    """Merged, what waits is about the other, with the words said before; erased, nothing waits and no word is left."""
    shop = await corner(engine, 40, 2)
    words = {"destination": {"address": "Rue de Rivoli"}}
    await take(engine, shop, "m1", "visit", words=words)
    await take(engine, shop, "m1", "five")
    await engine.merge_customers(shop, Merge([who("m0"), who("m1")]))
    waiting = await engine.outbox(shop)
    assert [(one.shopid, one.kind, one.words) for one in waiting] == [
        ("m0", "deliver_custom_reward", words), ("m0", "create_discount", {}),
    ]  # fmt: skip
    assert await engine.close_errand(shop, waiting[1].id, "failed", by="staff") == 10
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("m0"), deleted=True))])
    assert await engine.outbox(shop) == []
    assert await admin.fetchval("select count(*) from outbox") == 0
    assert await admin.fetchval("select count(*) from entry_note where note like '%Rivoli%'") == 0
    assert (await engine.verify(shop)).faults == []


async def test_a_code_is_made_once_however_many_ask(engine: Engine, second: Engine) -> None:
    shop = await corner(engine)
    await engine.adjust(shop, Adjust(who("m0"), [(Adjustment("give_reward", offer="five"), None, {})]))
    (reward,) = (await engine.balance(shop, who("m0"), unused=True)).rewards
    wish = UseReward(who("m0"), reward.change_id)
    made = await asyncio.gather(*((engine, second)[i % 2].use_reward(shop, wish) for i in range(10)))
    assert len({one.code for one in made}) == 1
    assert len(await engine.outbox(shop)) == 1
    assert (await engine.verify(shop)).faults == []


async def test_a_member_of_whom_a_reward_was_changed_is_told_of(
    engine: Engine, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Verify finds units, uses and offers that are not what the entries say."""
    shop = await corner(engine)
    await take(engine, shop, "m0", "mug")
    for change, sentence in (
        ("update redemption set unit = false", "its rewards hold other units of stocks than its entries took"),
        ("update redemption set offer = 'five'", "is of offer five, its entry of mug"),
        ("update account set keeps = '{}'", "how often it took offers is not what its rewards make it"),
        ("update stock set units = units + 1 where part = 3", "the offer of mug has given 0, members hold 1 of it"),
    ):
        async with admin.transaction():
            await admin.execute(change)
        faults = [fault.sentence for fault in (await engine.verify(shop)).faults]
        assert any(sentence in fault for fault in faults), (change, faults)


async def test_a_back_test_spends_what_offers_cost(engine: Engine) -> None:
    shop = await corner(engine)
    await take(engine, shop, "m0", "five")
    await engine.unredeem(shop, unredeem("m0", (await take(engine, shop, "m0", "five")).change_id))
    now = (await engine.balance(shop, who("m0"))).now
    found = await engine.backtest(shop, PROGRAMME.format(stock=1), now - DAY, now + DAY)
    assert sum(stretch.present.redeemed for stretch in found.stretches) == 10
    assert sum(stretch.other.redeemed for stretch in found.stretches) == 10


async def test_what_waits_follows_its_member_through_a_merger(engine: Engine) -> None:
    """Under the same numbers, in the same order, and with its words; it is closed there as it would have been here."""
    shop = await corner(engine, members=2)
    await take(engine, shop, "m1", "visit", words={"extras": {"size": "M"}})
    await take(engine, shop, "m0", "five")
    await take(engine, shop, "m1", "mug")
    before = await engine.outbox(shop)
    await engine.merge_customers(shop, Merge([who("m0"), who("m1")]))
    after = await engine.outbox(shop)
    assert [(one.id, one.kind, one.payload, one.words) for one in after] == [
        (one.id, one.kind, one.payload, one.words) for one in before
    ]
    assert len(before) == 3
    assert {one.account for one in after} == {before[1].account}
    assert await engine.close_errand(shop, after[0].id, "failed", by="staff") == 10
    assert (await engine.verify(shop)).faults == []
