"""Batches: a poison command spoils nobody else, a key takes effect once, a refusal stores its answer alone."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import msgspec
import pytest

from leal.engine.commands import KeyReused, Pushed, PushOrder, Redeem, Redeemed, Shop
from leal.engine.engine import Engine
from leal.errors import InvalidInput, NotFound, Refused
from leal.rules.redemption import AlreadyReverted
from tests.databases import DatabaseUrls
from tests.engines import adjust, key, known, push, redeem, unredeem, who


async def available(engine: Engine, shop: Shop, customer: str) -> int:
    balance = await engine.balance(shop, who(customer))
    return balance.standing.account.available


async def rows(urls: DatabaseUrls, query: str) -> list[asyncpg.Record]:
    conn = await asyncpg.connect(urls.admin)
    try:
        return list(await conn.fetch(query))
    finally:
        await conn.close()


async def faults(engine: Engine, shop: Shop) -> list[str]:
    return [fault.sentence for fault in (await engine.verify(shop)).faults]


def poisoned(order: PushOrder, **spoilt: Any) -> PushOrder:
    return msgspec.structs.replace(order, order=msgspec.structs.replace(order.order, **spoilt))


POISON = {
    "text the database refuses": {"extras": {"note": "\x00"}},
    "a figure no column holds": {"amount_spent": 10**30},
    "an instant no calendar has": {"order_at": -(10**18)},
}


POISON_CODES = {"amount_spent": "too_large"}
"""What a rule refuses by itself; the rest only the database does."""


@pytest.mark.parametrize("spoilt", POISON.values(), ids=POISON.keys())
async def test_a_poison_command_spoils_nobody_else(engine: Engine, shop: Shop, spoilt: dict[str, Any]) -> None:
    batch = [push(f"c{i}", f"o{i}", 10) for i in range(20)]
    batch[7] = poisoned(batch[7], **spoilt)
    answers = await engine.push_orders(shop, batch)
    assert [i for i, answer in enumerate(answers) if answer.problems] == [7]
    assert [problem.code for problem in answers[7].problems] == [POISON_CODES.get(next(iter(spoilt)), "internal_error")]
    for i in set(range(20)) - {7}:
        assert await available(engine, shop, f"c{i}") == 10
    kept = await engine.rejected(shop)
    assert [one.item for one in kept] == [batch[7].wire]
    assert await engine.counts(shop) | {"entries": 0} == {"orders": 19, "members": 19, "entries": 0}
    assert await faults(engine, shop) == []


@pytest.mark.parametrize("text", [r"\u0000", r"\\\u0000", r"\ud800", r"\ude00\ud83d", r"\uD83D"])
async def test_an_item_that_no_database_can_hold_is_kept_as_near_as_it_can_be(
    engine: Engine, shop: Shop, text: str
) -> None:
    order = msgspec.structs.replace(
        poisoned(push("anna", "o1", 10), order_at=-(10**18)), wire=b'{"id": "o1", "note": "' + text.encode() + b'"}'
    )
    whole = msgspec.structs.replace(order, wire=rb'{"id": "o2", "note": "\\u0000 \ud83d\ude00"}')
    answers = await engine.push_orders(shop, [push("ben", "o0", 10), order, whole])
    assert [bool(answer.problems) for answer in answers] == [False, True, True]
    kept, same = (msgspec.json.decode(one.item) for one in await engine.rejected(shop))
    assert kept["id"] == "o1"
    assert "\ufffd" in kept["note"]
    assert same == {"id": "o2", "note": "\\u0000 \U0001f600"}


async def test_a_poison_command_among_single_ones(engine: Engine, shop: Shop) -> None:
    poison = poisoned(push("c3", "o3", 10), extras={"note": "\x00"})
    calls = [engine.push_orders(shop, [poison if i == 3 else push(f"c{i}", f"o{i}", 10)]) for i in range(8)]
    answers = await asyncio.gather(*calls)
    assert [bool(answer.problems) for (answer,) in answers] == [i == 3 for i in range(8)]
    assert await faults(engine, shop) == []


async def test_all_or_nothing_is_spoilt_by_one(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna")])
    batch = [push("anna", "o1", 10), push("ben", "o2", 10, "confirmed"), push("ben", "o1", 10)]
    with pytest.raises(InvalidInput) as refused:
        await engine.push_orders(shop, batch, strict=True)
    assert [problem.path for problem in refused.value.problems] == ["[2]"]
    assert (await engine.counts(shop))["orders"] == 0
    assert await engine.push_orders(shop, batch[:2], strict=True) == [Pushed(), Pushed()]
    assert await faults(engine, shop) == []


async def once(engine: Engine, shop: Shop, redeemed: list[Redeemed], points: int) -> None:
    """All those answers tell of one redemption, and the member paid for one."""
    assert len({(one.code, one.change_id, one.points) for one in redeemed}) == 1
    assert sum(not one.replayed for one in redeemed) == 1
    assert await available(engine, shop, "anna") == 100 - points
    assert await faults(engine, shop) == []


async def test_a_key_twice_in_a_batch(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    wish = redeem("anna", 30, key("k1"))
    # The first call has the lane to itself; the others come while it works, and share the next batch.
    results = await asyncio.gather(*(engine.redeem(shop, wish) for _ in range(5)))
    await once(engine, shop, list(results), 30)


async def test_a_key_twenty_times_in_two_processes(engine: Engine, second: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    wish = redeem("anna", 30, key("k1"))
    results = await asyncio.gather(*(one.redeem(shop, wish) for _ in range(10) for one in (engine, second)))
    await once(engine, shop, list(results), 30)
    assert (await engine.redeem(shop, wish)).replayed


async def test_twenty_spends_of_everything_and_one_succeeds(engine: Engine, second: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    wishes = [(one, redeem("anna", 100)) for _ in range(10) for one in (engine, second)]
    results = await asyncio.gather(*(one.redeem(shop, wish) for one, wish in wishes), return_exceptions=True)
    granted = [result for result in results if isinstance(result, Redeemed)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert (len(granted), len(refused)) == (1, 19)
    assert {reason.code for one in refused for reason in one.reasons} == {"not_enough_points"}
    await once(engine, shop, granted, 100)


async def test_a_key_with_another_request_is_refused(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    first = await engine.redeem(shop, redeem("anna", 30, key("k1", "30 points")))
    other = redeem("anna", 40, key("k1", "40 points"))
    with pytest.raises(KeyReused):
        await engine.redeem(shop, other)
    repeat, reused = await asyncio.gather(
        engine.redeem(shop, redeem("anna", 30, key("k1", "30 points"))),
        engine.redeem(shop, other),
        return_exceptions=True,
    )
    assert isinstance(reused, KeyReused)
    assert repeat == msgspec.structs.replace(first, replayed=True)
    assert await available(engine, shop, "anna") == 70


async def test_a_key_of_two_members_in_one_batch(engine: Engine, shop: Shop) -> None:
    """Their repeats, both in one batch, are each answered as before."""
    await engine.push_orders(shop, [push("anna", "o1", 100), push("ben", "o2", 100)])
    wishes = [redeem(name, 10, key("shared", name)) for name in ("anna", "ben")]
    for _ in range(2):
        results = await asyncio.gather(*(engine.redeem(shop, wish) for wish in wishes for _ in range(3)))
        assert {one.points for one in results} == {10}
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [90, 90]
    assert await faults(engine, shop) == []


async def test_a_refusal_stores_its_key_and_answer_alone(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    before = await rows(database_urls, "select a::text from account a union all select e::text from entry e")
    wish = redeem("anna", 500, key("k1"))
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await engine.redeem(shop, wish)
        assert refused.value.reasons[0].figures == {"available": 100, "missing": 400}
    assert await rows(database_urls, "select a::text from account a union all select e::text from entry e") == before
    assert len(await rows(database_urls, "select from idempotency")) == 1
    await engine.push_orders(shop, [push("anna", "o2", 900)])
    with pytest.raises(Refused) as refused:  # the first answer stands, though the points would be there now
        await engine.redeem(shop, wish)
    assert refused.value.reasons[0].figures["missing"] == 400


async def test_kept_failures_come_back_as_what_they_were(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    made = await engine.redeem(shop, redeem("anna", 30))
    assert (await engine.unredeem(shop, unredeem("anna", made.change_id, key("u1")))).points == 30
    assert (await engine.unredeem(shop, unredeem("anna", made.change_id, key("u1")))).replayed
    for _ in range(2):
        with pytest.raises(AlreadyReverted):
            await engine.unredeem(shop, unredeem("anna", made.change_id, key("u2")))
        with pytest.raises(NotFound):
            await engine.unredeem(shop, unredeem("anna", 12345, key("u3")))
    assert await available(engine, shop, "anna") == 100


async def test_a_correction_under_a_key_counts_once(engine: Engine, second: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna")])
    command = adjust("anna", "give_points", 50, key("a1"))
    await asyncio.gather(*(one.adjust(shop, command) for _ in range(5) for one in (engine, second)))
    assert await available(engine, shop, "anna") == 50


async def test_a_new_customer_in_two_processes_is_one_member(engine: Engine, second: Engine, shop: Shop) -> None:
    calls = [one.push_orders(shop, [push("anna", f"o{i}", 10)]) for i in range(10) for one in (engine, second)]
    answers = await asyncio.gather(*calls)
    assert all(answer == [Pushed()] for answer in answers)
    assert await engine.counts(shop) | {"entries": 0} == {"orders": 10, "members": 1, "entries": 0}
    assert await available(engine, shop, "anna") == 100
    assert await faults(engine, shop) == []


async def test_a_new_order_of_two_customers_at_once_ends_with_one(engine: Engine, second: Engine, shop: Shop) -> None:
    for i in range(10):
        calls = [one.push_orders(shop, [push(name, f"o{i}", 10)]) for one, name in ((engine, "anna"), (second, "ben"))]
        assert await asyncio.gather(*calls) == [[Pushed()], [Pushed()]]
    held = [await available(engine, shop, name) for name in ("anna", "ben")]
    assert sum(held) == 100
    assert (await engine.counts(shop))["orders"] == 10
    assert await faults(engine, shop) == []


async def test_an_order_of_two_customers_in_one_batch_ends_with_the_later(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "o1", 10), push("ben", "o1", 10)])
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [0, 10]
    await engine.push_orders(shop, [push("anna", "o1", 30)])
    assert [await available(engine, shop, name) for name in ("anna", "ben")] == [30, 0]
    assert await faults(engine, shop) == []


async def test_a_key_is_of_the_callers_shop(engine: Engine, shop: Shop) -> None:
    other = await engine.create_shop("other")
    await engine.push_customers(other, [known("anna")])
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    with pytest.raises(Refused):
        await engine.redeem(other, Redeem(who("anna"), redeem("anna", 10).wish, key("k1")))
    assert (await engine.redeem(shop, redeem("anna", 10, key("k1")))).points == 10


async def test_a_crowd_of_single_commands_does_not_keep_a_push_waiting(engine: Engine, shop: Shop) -> None:
    crowd = [f"c{i}" for i in range(64)]
    await engine.push_orders(shop, [push(name, f"first-{name}", 100_000) for name in crowd])
    pushed: asyncio.Future[list[Pushed]] = asyncio.ensure_future(
        engine.push_orders(shop, [push(f"p{i}", f"p{i}", 10) for i in range(400)])
    )
    spent = 0

    async def spend(name: str) -> None:
        nonlocal spent
        while not pushed.done():
            await engine.redeem(shop, redeem(name, 1, key(f"{name} {spent}")))
            spent += 1

    await asyncio.gather(*(spend(name) for name in crowd))
    assert [one.problems for one in await pushed] == [[]] * 400
    assert spent < 40 * len(crowd), "every chunk of the push had its turn"


async def test_calls_at_once_share_transactions_of_one_size(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    for crowd, sizes in ((12, [12]), (32, [16, 16]), (80, [40, 40])):
        await asyncio.gather(*(engine.push_orders(shop, [push(f"c{i}", f"{crowd}-{i}", 10)]) for i in range(crowd)))
        query = f"select count(*) from order_state where order_id like '{crowd}-%' group by xmin::text order by 1"
        assert [row["count"] for row in await rows(database_urls, query)] == sizes
    assert await faults(engine, shop) == []


async def test_a_command_that_comes_just_as_the_workers_end_is_done(engine: Engine, shop: Shop) -> None:
    ended = {asyncio.create_task(asyncio.sleep(0)) for _ in range(2)}
    await asyncio.wait(ended)
    engine._lane(shop)._pushed.working |= ended  # a task's callbacks run one turn of the loop after its end
    try:
        async with asyncio.timeout(5):
            assert await engine.push_orders(shop, [push("c", "o", 10), push("d", "p", 10)]) == [Pushed()] * 2
    finally:
        engine._lane(shop)._pushed.working -= ended
    assert await available(engine, shop, "c") == 10


async def test_a_push_goes_on_beside_single_commands_that_never_end(engine: Engine, shop: Shop) -> None:
    lane = engine._lane(shop)
    singles: list[asyncio.Task[list[Pushed]]] = []

    async def one(number: int) -> list[Pushed]:
        return await engine.push_orders(shop, [push(f"s{number % 50}", f"s{number}", 10)])

    pushed = asyncio.create_task(engine.push_orders(shop, [push(f"c{i}", f"o{i}", 10) for i in range(300)]))
    while not pushed.done() and len(singles) < 2_000:
        if not lane._singles.waiting:  # there always is one
            singles.append(asyncio.create_task(one(len(singles))))
        await asyncio.sleep(0)
    assert pushed.done(), "two thousand single commands went before it"
    assert await pushed == [Pushed()] * 300
    assert await asyncio.gather(*singles) == [[Pushed()]] * len(singles)


async def test_one_push_in_two_processes_of_which_one_ends_and_its_caller_has_gone(
    engine: Engine, second: Engine, shop: Shop
) -> None:
    orders = [push(f"m{i % 30}", f"o{i}", 10) for i in range(300)]
    by_mail = [push(who(f"m{i}", f"m{i}@example.com"), f"mail{i}", 1) for i in range(30)]
    gone = asyncio.create_task(engine.push_orders(shop, [*orders, *by_mail]))
    other = asyncio.create_task(second.push_orders(shop, orders[::-1]))
    singles = [asyncio.create_task(second.push_orders(shop, [one])) for one in by_mail]
    await asyncio.sleep(0.02)
    gone.cancel()
    await engine.close()
    assert await asyncio.gather(*singles) == [[Pushed()]] * 30
    assert await other == [Pushed()] * 300
    assert [await available(second, shop, f"m{i}") for i in range(30)] == [101] * 30
    assert (await second.counts(shop))["orders"] == 330
    assert await faults(second, shop) == []


async def test_an_end_waits_for_what_begins_at_its_last_moment(engine: Engine, shop: Shop) -> None:
    beside = await engine.create_shop("beside", sandbox=True)
    begun = asyncio.create_task(engine.push_orders(shop, [push("anna", f"o{i}", 10) for i in range(150)]))
    await asyncio.sleep(0.01)
    last = asyncio.create_task(engine.push_orders(beside, [push("ben", "b1", 10)]))
    await asyncio.gather(engine.close(), begun, last)
    assert last.result() == [Pushed()]


async def test_a_lone_order_goes_on_though_its_caller_has_gone_and_a_refused_one_is_kept_at_an_end(
    engine: Engine, second: Engine, shop: Shop
) -> None:
    gone = asyncio.create_task(engine.push_orders(shop, [push("anna", "a1", 10)]))
    refused = asyncio.create_task(engine.push_orders(shop, [push(who(""), "b1", 10)]))
    await asyncio.sleep(0)
    gone.cancel()
    await engine.close()
    [answer] = await refused
    assert [problem.code for problem in answer.problems] == ["empty_customer_identity"]
    assert len(await second.rejects.all(shop)) == 1
    assert await available(second, shop, "anna") == 10
    assert await faults(second, shop) == []
