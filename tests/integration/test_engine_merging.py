"""Merging: names, answers and history follow; mergers in opposite orders under load leave every book in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import asyncpg
import msgspec
import pytest

from leal.engine.adjust import AlreadyNeutralised
from leal.engine.commands import (
    CustomerFacts,
    KeyReused,
    Merge,
    PushCustomer,
    Shop,
    UnknownCustomer,
    Who,
)
from leal.engine.engine import Engine
from leal.engine.holds import CaptureHold, PlaceHold
from leal.engine.invitations import Refer
from leal.engine.rows import key_bucket
from leal.errors import LealError
from leal.rules import ledger
from leal.rules.account import Account
from leal.rules.holding import HoldWish
from leal.values import format_instant, least_id, parse_instant
from tests.databases import DatabaseUrls
from tests.engines import adjust, found_shop, key, known, push, redeem, unredeem, who
from tests.oracle_machine.worlds import still_clock


async def faults(engine: Engine, shop: Shop) -> list[str]:
    return [fault.sentence for fault in (await engine.verify(shop)).faults]


async def available(engine: Engine, shop: Shop, name: Who) -> int:
    return (await engine.balance(shop, name)).standing.account.available


async def test_every_name_leads_to_the_first(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna", "a@x.com"), known("ben", "b@x.com"), known("cleo", "c@x.com")])
    await engine.push_orders(shop, [push("anna", "a", 10), push("ben", "b", 20), push("cleo", "c", 40)])
    ids = {name: (await engine.balance(shop, who(name))).account_id for name in ("anna", "ben", "cleo")}
    await engine.merge_customers(shop, Merge([who("ben"), Who(email="c@x.com")]))
    merged = await engine.merge_customers(shop, Merge([who("anna"), Who(bhid=ids["cleo"])]))
    assert (merged.account_id, merged.after.available, len(merged.before)) == (ids["anna"], 70, 2)
    every = [who(name) for name in ids] + [Who(bhid=one) for one in ids.values()]
    every += [Who(email=f"{letter}@x.com") for letter in "abc"] + [Who(ids["cleo"], "ben", "a@x.com")]
    for name in every:
        assert (await engine.balance(shop, name)).account_id == ids["anna"], name
    assert await engine.push_customers(shop, [known("ben", "c@x.com"), known("cleo", "new@x.com")])
    assert (await engine.balance(shop, Who(email="new@x.com"))).account_id == ids["anna"]
    with pytest.raises(UnknownCustomer):
        await engine.balance(shop, Who(email="d@x.com"))
    await engine.push_customers(shop, [known("dan", "a@x.com")])  # an address that was given up is free
    assert (await engine.balance(shop, Who(email="a@x.com"))).account_id not in ids.values()
    assert await faults(engine, shop) == []
    assert (await engine.counts(shop))["members"] == 2


async def test_invitations_of_both_with_one_id_are_two(engine: Engine, shop: Shop) -> None:
    await engine.advance_clock(shop, parse_instant("2040-01-01T00:00:00Z"))  # ids no longer tell the millisecond
    by_bucket: dict[int, list[str]] = {}
    for name in map(str, range(10_000, 15_000)):
        by_bucket.setdefault(key_bucket("member", name), []).append(name)
    first, other = next(names[:2] for names in by_bucket.values() if len(names) > 1)
    await engine.push_customers(shop, [known(first), known(other)])
    sent = [await engine.refer(shop, Refer(who(first), "sms"))]
    sent += [await engine.refer(shop, Refer(who(other), "email", f"{friend}@x.com")) for friend in ("dan", "eve")]
    assert sent[0].id == sent[1].id
    by_address = msgspec.structs.replace(push("eve", "e", 30), customer=CustomerFacts(who("eve", "eve@x.com")))
    await engine.push_orders(shop, [by_address])
    await engine.merge_customers(shop, Merge([who(first), who(other)]))
    found = (await engine.referrals(shop, who(first))).rows
    assert len({one.id for one in found}) == 3
    assert {(one.code, one.status) for one in found} == {
        (sent[0].code, "invited"), (sent[1].code, "invited"), (sent[2].code, "qualified"),
    }  # fmt: skip
    by_address = msgspec.structs.replace(push("dan", "d", 40), customer=CustomerFacts(who("dan", "dan@x.com")))
    await engine.push_orders(shop, [by_address])
    assert {(one.code, one.status) for one in (await engine.referrals(shop, who(first))).rows} == {
        (sent[0].code, "invited"), (sent[1].code, "qualified"), (sent[2].code, "qualified"),
    }  # fmt: skip
    assert await faults(engine, shop) == []


async def test_invitations_of_both_stand_in_the_order_in_which_they_were_sent(engine: Engine) -> None:
    with still_clock():
        shop = await found_shop(engine)
        names = sorted(("cleo", "ben", "anna"), key=lambda name: -key_bucket("member", name))
        await engine.push_customers(shop, [known(name) for name in names])
        now = (await engine.balance(shop, who(names[0]))).now
        sent = []
        for later, name in enumerate(names, 1):
            await engine.advance_clock(shop, now + later)
            sent.append((await engine.refer(shop, Refer(who(name), "sms"))).code)
        await engine.merge_customers(shop, Merge([who(name) for name in names]))
        assert [one.code for one in (await engine.referrals(shop, who(names[0]))).rows] == sent[::-1]


async def test_what_is_known_of_both_is_united(engine: Engine, shop: Shop) -> None:
    told = [
        CustomerFacts(Who(email="a@x.com"), {"first_name": "Ann", "tags": ["vip"]}),
        CustomerFacts(who("ben", "b@x.com"), {"first_name": "Ben", "phone": "+1", "birthday": "1980-05-17"}),
    ]
    await engine.push_customers(shop, [PushCustomer(one) for one in told])
    await engine.merge_customers(shop, Merge([Who(email="a@x.com"), who("ben")]))
    found = await engine.details(shop, who("ben"))
    assert (found.who.shopid, found.who.email) == ("ben", "a@x.com")
    assert found.profile == {"first_name": "Ann", "tags": ["vip"], "phone": "+1", "birthday": "1980-05-17"}


async def test_answers_under_keys_are_given_again(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "a", 100), push("ben", "b", 100)])
    spent = await engine.redeem(shop, redeem("ben", 10, key("k1")))
    command = Merge([who("anna"), who("ben")], {"description": "one person"}, key("m1"))
    first = await engine.merge_customers(shop, command)
    assert (await engine.redeem(shop, redeem("ben", 10, key("k1")))).code == spent.code
    again = await engine.merge_customers(shop, command)
    assert (again.replayed, again.before) == (True, first.before)
    with pytest.raises(KeyReused):
        await engine.merge_customers(shop, Merge([who("anna"), who("ben")], {}, key("m1", "other")))
    changes = (await engine.history(shop, who("anna"), limit=3)).changes
    (merged,) = [one for one in changes if one.type == "merged_from"]
    assert (merged.points, "one person" in merged.note) == (0, True)
    assert await available(engine, shop, who("anna")) == 190
    (noted,) = await engine.audit(shop, action="customer.merged")
    assert (noted.act.account, noted.act.before["available"]) == (first.account_id, 90)
    assert noted.act.reason == "one person"


async def test_history_pages_go_through_both(engine: Engine, shop: Shop) -> None:
    for number in range(6):
        await engine.push_orders(shop, [push(("anna", "ben")[number % 2], f"o{number}", 10)])
    code = (await engine.redeem(shop, redeem("ben", 5))).code
    await engine.merge_customers(shop, Merge([who("anna"), who("ben")]))
    whole = (await engine.history(shop, who("anna"))).changes
    paged, after = [], None
    while page := (await engine.history(shop, who("anna"), limit=2, after_id=after)).changes:
        paged += page
        after = page[-1].id
    assert paged == whole
    assert [one.order_id for one in whole if one.order_id] == [f"o{number}" for number in (5, 4, 3, 2, 1, 0)]
    assert [one.code for one in (await engine.history(shop, who("anna"), only_unused=True)).changes] == [code]
    assert sum(one.points for one in whole) == 55


async def test_an_instant_before_the_merger_is_the_firsts_own(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "a", 100), push("ben", "b", 300)])
    await engine.redeem(shop, redeem("ben", 10))
    before = await engine.now(shop)
    await engine.advance_clock(shop, before + 86_400_000_000)
    await engine.merge_customers(shop, Merge([who("anna"), who("ben")]))
    merged_at = await engine.now(shop)
    await engine.advance_clock(shop, merged_at + 86_400_000_000)
    await engine.push_orders(shop, [push("ben", "b", 250)])
    then = await engine.balance(shop, who("ben"), at=before, unused=True)
    assert (then.standing.account.available, then.rewards) == (100, [])
    assert then.standing.current is not None
    assert then.standing.current.tier.name == "Guest"
    later = await engine.balance(shop, who("anna"), at=merged_at, unused=True)
    assert (later.standing.account.available, len(later.rewards)) == (390, 1)
    assert (later.standing.upgrade_spend, later.standing.account.life.orders) == (400_000_000, 2)
    assert await available(engine, shop, who("anna")) == 340


async def test_whoever_was_looked_up_before_the_merger_is_found_after_it(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    """A push and a redemption wait for the lock of a member who is merged meanwhile."""
    await engine.push_orders(shop, [push("anna", "a", 100), push("ben", "b", 100)])
    admin = await asyncpg.connect(database_urls.admin)
    async with admin.transaction():
        await admin.fetch("select from account where shop = $1 for update", shop.id)
        merging = asyncio.create_task(engine.merge_customers(shop, Merge([who("anna"), who("ben")])))
        await asyncio.sleep(0.2)
        writes = [
            asyncio.create_task(engine.push_orders(shop, [push("ben", "b", 40)])),
            asyncio.create_task(engine.redeem(shop, redeem("ben", 10))),
            asyncio.create_task(engine.push_orders(shop, [push("anna", "b", 30), push("ben", "n", 1)])),
        ]
        await asyncio.sleep(0.2)
    await asyncio.gather(merging, *writes)
    await admin.close()
    assert await faults(engine, shop) == []
    account = (await engine.balance(shop, who("ben"))).standing.account
    assert (account.life.orders, account.redeemed) == (3, 10)


async def test_a_code_looked_up_before_the_merger_is_used_after_it(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    """An order with the code of somebody else, who becomes the same member while the order waits for the lock."""
    await engine.push_orders(shop, [push("anna", "a", 100)])
    await engine.push_orders(shop, [push("ben", "b", 100)])
    code = (await engine.redeem(shop, redeem("ben", 10))).code or ""
    admin = await asyncpg.connect(database_urls.admin)
    async with admin.transaction():
        await admin.fetch("select from account where shop = $1 for update", shop.id)
        merging = asyncio.create_task(engine.merge_customers(shop, Merge([who("anna"), who("ben")])))
        await asyncio.sleep(0.2)
        pushing = asyncio.create_task(engine.push_orders(shop, [push("anna", "n", 50, codes=(code,))]))
        await asyncio.sleep(0.2)
    await asyncio.gather(merging, pushing)
    await admin.close()
    assert (await engine.balance(shop, who("anna"), unused=True)).rewards == []
    assert await faults(engine, shop) == []


async def test_mergers_in_opposite_orders_under_load(engine: Engine, second: Engine, shop: Shop) -> None:
    """Each pair is merged both ways at once, while both members earn, spend, undo and are corrected."""
    chance = random.Random(7)
    pairs = [(f"a{n}", f"b{n}") for n in range(8)]
    await engine.push_orders(shop, [push(name, f"first-{name}", 100) for pair in pairs for name in pair])
    spent = {name: await engine.redeem(shop, redeem(name, 10)) for pair in pairs for name in pair}

    refused: list[str] = []

    async def act(one: Engine, name: str, number: int) -> None:
        try:
            match number % 4:
                case 0:
                    await one.push_orders(shop, [push(name, f"{name}-{number}", 20)])
                case 1:
                    await one.redeem(shop, redeem(name, 5))
                case 2:
                    await one.unredeem(shop, unredeem(name, spent[name].change_id))
                case _:
                    await one.adjust(shop, adjust(name, "give_points", 3))
        except LealError as failure:
            refused.append(failure.id)

    work: list[Coroutine[Any, Any, object]] = []
    for pair in pairs:
        for one, customers in ((engine, pair), (second, pair[::-1])):
            work.append(one.merge_customers(shop, Merge([who(name) for name in customers])))
        work += [act(chance.choice((engine, second)), name, number) for name in pair for number in range(8)]
    chance.shuffle(work)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [one for one in outcomes if isinstance(one, BaseException)] == []
    assert refused == ["change_already_reverted"] * 16  # each of two redemptions a member is undone once
    assert await faults(engine, shop) == []
    for pair in pairs:
        both = [await engine.balance(shop, who(name)) for name in pair]
        assert both[0].account_id == both[1].account_id
        account = both[0].standing.account
        assert (account.earned, account.redeemed) == (200 + 4 * 20 + 4 * 3, 4 * 5), format_instant(both[0].now)


async def test_a_preview_tells_what_the_merger_does(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "a", 150), push("ben", "b", 100)])
    command = Merge([who("anna"), who("ben")], preview=True)
    preview = await engine.merge_customers(shop, command)
    assert [one.available for one in preview.before] == [150, 100]
    assert (preview.after.available, preview.after.tier, preview.after.orders) == (250, "Friend", 2)
    assert await available(engine, shop, who("ben")) == 100
    done = await engine.merge_customers(shop, Merge(command.customers))
    assert (done.before, done.after) == (preview.before, preview.after)


async def test_an_address_that_came_by_a_merger_may_be_replaced(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna"), known("ben", "b@x.com")])
    await engine.merge_customers(shop, Merge([who("anna"), who("ben")]))
    await engine.push_customers(shop, [known("anna", "new@x.com")])
    anna = (await engine.balance(shop, who("anna"))).account_id
    for email in ("b@x.com", "new@x.com"):  # whoever was merged is still found
        assert (await engine.balance(shop, Who(email=email))).account_id == anna
    assert await engine.push_customers(shop, [known("anna", "last@x.com"), known("dan", "new@x.com")])
    assert (await engine.balance(shop, Who(email="new@x.com"))).account_id != anna
    assert await faults(engine, shop) == []


async def test_an_order_that_was_deleted_at_the_instant_at_which_it_left_is_the_others(engine: Engine) -> None:
    """Told back it is a new one of the first member's, and a merger finds one order of that name."""
    with still_clock():
        shop = await found_shop(engine)
        at = await engine.now(shop)
        told = [
            push("anna", "a", 10, "deleted", updated_at=at),
            push("ben", "a", 10, updated_at=at),
            push("anna", "a", 10, updated_at=at),
            push("cleo", "c", 10, updated_at=at),
        ]
        for order in told:
            assert (await engine.push_orders(shop, [order]))[0].problems == []
        await engine.merge_customers(shop, Merge([who("cleo"), who("anna")]))
        assert await available(engine, shop, who("cleo")) == 20
        assert await faults(engine, shop) == []


async def test_staff_find_nothing_to_take_back_of_an_order_that_is_anothers(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "a", 10)])
    (earned,) = [one for one in (await engine.history(shop, who("anna"))).changes if one.type == "earned_from_order"]
    await engine.push_orders(shop, [push("ben", "a", 10)])
    with pytest.raises(AlreadyNeutralised):
        await engine.adjust(shop, adjust("anna", "takeaway_points_for_change", 0, change_id=earned.id))
    assert await available(engine, shop, who("ben")) == 10
    assert await faults(engine, shop) == []


async def test_a_change_of_who_was_taken_over_is_told_apart_from_one_of_the_same_instant(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids of changes rise within a member; two of one bucket (here alma and finn) may have one in common,
    as they often had at first."""

    def first_id(account: Account, at: int) -> int:
        return max(account.entry_id + 1, least_id(at, account.bucket) | account.number + 1)

    monkeypatch.setattr(ledger, "change_id", first_id)
    with still_clock():
        shop = await found_shop(engine)
        await engine.push_orders(shop, [push("alma", "a", 0), push("finn", "f", 0), push("ben", "b", 0)])
        await engine.adjust(shop, adjust("alma", "give_points", 164))
        await engine.merge_customers(shop, Merge([who("finn"), who("ben")]))
        gift, *_ = (await engine.history(shop, who("alma"))).changes
        assert gift.id in [change.id for change in (await engine.history(shop, who("finn"))).changes]
        await engine.merge_customers(shop, Merge([who("finn"), who("alma")]))
        assert await available(engine, shop, who("finn")) == 164
        await engine.adjust(shop, adjust("finn", "takeaway_points_for_change", 0, change_id=gift.id))
        assert await available(engine, shop, who("finn")) == 0
    assert await faults(engine, shop) == []


async def test_of_captured_holds_of_one_instant_the_one_that_was_taken_over_last_answers_again(engine: Engine) -> None:
    """Whichever was captured first: open and captured holds of a reference are told apart in one way."""
    with still_clock():
        shop = await found_shop(engine)
        await engine.push_orders(shop, [push(name, name[0], 100) for name in ("anna", "ben")])
        for name, points in (("anna", 10), ("ben", 40)):
            await engine.hold(shop, PlaceHold(who(name), HoldWish(points), "cart"))
        await engine.merge_customers(shop, Merge([who("anna"), who("ben")]))
        capture = CaptureHold(who("anna"), "cart")
        captured = [await engine.capture_hold(shop, capture) for _ in range(3)]
        assert [(one.points, one.replayed) for one in captured] == [(40, False), (10, False), (40, True)]
    assert await faults(engine, shop) == []
