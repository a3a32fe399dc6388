"""Tags of balances: the same tag means the same answer, whatever happens and however much time passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from leal.engine.engine import Engine
from leal.values import MICRO, parse_instant
from tests.acceptance.api.conftest import PROGRAMME, Door, order

DAY = 86_400 * MICRO
VARIANTS: tuple[dict[str, str], ...] = (
    {}, {"include_full_program": "1"}, {"include_unused_rewards": "1"},
    {"include_full_program": "1", "include_unused_rewards": "1"},
)  # fmt: skip


async def get(door: Door, tag: str = "", function: str = "CustomerBalance3", **asked: str) -> httpx.Response:
    """Ask by GET, as a page would."""
    customer = {"customer.shopid": "ann"} if function == "CustomerBalance3" else {}
    headers = {"authorization": f"Bearer {door.token()}"} | ({"if-none-match": tag} if tag else {})
    return await door.client.get(door.url(function), params=customer | asked, headers=headers)


@pytest.fixture
async def past(engine: Engine, client: httpx.AsyncClient) -> Door:
    """A sandbox whose clock starts with 1997, where ann is known."""
    shop = await engine.create_shop("past", sandbox=True, clock_at=parse_instant("1997-01-02T00:00:00Z"))
    await engine.publish(shop, PROGRAMME.format(slug="past"), author="test")
    door = Door(engine, await engine.shop("past"), *await engine.add_token_key(shop), client)
    await door.give("ann", 300)
    return door


async def test_whoever_has_it_is_not_sent_it_again(past: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await get(past)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Origin, Authorization"
    assert (await get(past)).headers["etag"] == tag

    async def made(*_: Any, **__: Any) -> None:
        raise AssertionError("the balance was made")

    monkeypatch.setattr(past.engine, "balance", made)
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await get(past, known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["x-request-id"]
        assert again.headers["cache-control"] == "private, no-cache"


async def test_what_is_asked_is_part_of_it(past: Door) -> None:
    await past.give("bob", 300)
    tags = {(await get(past, **asked)).headers["etag"] for asked in VARIANTS}
    for_bob = {"authorization": f"Bearer {past.token('bob')}"}
    tags.add((await past.client.get(past.url("CustomerBalance3"), headers=for_bob)).headers["etag"])
    tags.add((await get(past, function="LoggedOutBalance1")).headers["etag"])
    assert len(tags) == len(VARIANTS) + 2
    by_post = await past.post("CustomerBalance3", {"customer": {"shopid": "ann"}}, headers={"if-none-match": "*"})
    assert (by_post.status_code, "etag" in by_post.headers) == (200, False)
    assert by_post.headers["cache-control"] == "no-store"
    unknown = await get(past, "*", **{"customer.shopid": "nobody"})
    assert (unknown.status_code, unknown.headers["cache-control"]) == (404, "no-store")


def shown(balance: httpx.Response) -> list[str]:
    """Slugs of the sources in a balance."""
    return [slug for one in balance.json()["sources"] for slug in one["slugs"]]


async def merge(past: Door) -> None:
    """Bob, too, becomes ann."""
    await past.give("bob", 50)
    both = {"customers": [{"shopid": "ann"}, {"shopid": "bob"}], "idempotency_key": "merge"}
    assert (await past.post("MergeCustomers1", both)).json()["ok"]


async def test_the_same_tag_means_the_same_answer(past: Door) -> None:
    engine, shop = past.engine, past.shop
    seen: dict[str, bytes] = {}
    latest: dict[int, str] = {}
    moved = 0

    async def look() -> None:
        nonlocal moved
        for number, asked in enumerate(VARIANTS):
            for function in ("CustomerBalance3", "LoggedOutBalance1"):
                answer = await get(past, function=function, **asked)
                tag = answer.headers["etag"]
                assert seen.setdefault(f"{function} {tag}", answer.content) == answer.content
                moved += latest.get(number) != tag
                if function == "CustomerBalance3":
                    latest[number] = tag
                assert (await get(past, tag, function, **asked)).status_code == 304

    def push(number: str, amount: str, **more: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: past.post("UpdateOrders4", {"orders": [order(number, "ann", amount, **more)]})

    def wait(days: float, *, keep_up: bool = False) -> Callable[[], Awaitable[Any]]:
        async def go() -> None:
            to_at = await engine.now(shop) + int(days * DAY)
            await engine.advance_clock(shop, to_at, keep_up=keep_up)

        return go

    def publish(old: str, new: str) -> Callable[[], Awaitable[Any]]:
        text = PROGRAMME.format(slug="past")
        assert old in text
        return lambda: engine.publish(shop, text.replace(old, new), author="test")

    def edit(**fields: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: past.post("UpdateCustomerDetails1", {"customer": {"shopid": "ann"}, **fields})

    code = ""

    async def redeem() -> None:
        nonlocal code
        made = await past.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 100})
        code = made.json()["code"]

    async def use() -> None:
        await past.post("UpdateOrders4", {"orders": [order("3", "ann", "0", discount_codes=[code])]})

    steps: list[Callable[[], Awaitable[Any]]] = [
        edit(membership="none"), edit(membership="full"), lambda: merge(past), edit(first_name="Ann"),
        push("1", "700"), redeem, use, redeem, push("2", "40"), push("2", "20"), wait(0.3), wait(1), wait(28),
        publish("Member", "Friend"), wait(40, keep_up=True), wait(300), wait(5), wait(0.001, keep_up=True),
        publish("12 months", "24 months"), wait(400), wait(20), push("4", "1"), wait(900), wait(1, keep_up=True),
    ]  # fmt: skip
    await look()
    for step in steps:
        await step()
        await look()
    assert moved > 4 * len(steps), "the tags move"


REWARDS = """offers:
  - {slug: five, title: Five off, kind: vendible, points: 10, gives: {amount: 5}, expires: 10 days}
  - {slug: visit, title: A visit, kind: custom_reward, points: 10, gives: {identifier: visit}}
"""


async def test_what_is_held_given_and_taken_is_told_at_once(past: Door) -> None:
    text = PROGRAMME.format(slug="past").replace("offers:\n", REWARDS)
    await past.engine.publish(past.shop, text, author="test")
    await past.give("bob", 100)
    ann = {"customer": {"shopid": "ann"}}

    async def call(function: str, **asked: Any) -> Any:
        answer = await past.post(function, ann | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def balance(known: list[str]) -> list[tuple[str, bytes]]:
        answers = [await get(past, tag, **asked) for asked, tag in zip(VARIANTS, known, strict=True)]
        fresh = [await get(past, **asked) for asked in VARIANTS]
        for answer, again in zip(answers, fresh, strict=True):
            assert answer.status_code == 304 or answer.content == again.content
            assert answer.headers["etag"] == again.headers["etag"]
        return [(answer.headers["etag"], answer.content) for answer in fresh]

    async def wait(minutes: int) -> None:
        now = await past.engine.now(past.shop)
        await past.engine.advance_clock(past.shop, now + minutes * 60 * MICRO, keep_up=False)

    async def carry(code: str, status: str) -> None:
        await past.post("UpdateOrders4", {"orders": [order("9", "ann", "0", status=status, discount_codes=[code])]})

    async def fail() -> None:
        waiting = [one for one in await past.engine.outbox(past.shop) if one.kind != "points"]
        await past.engine.close_errand(past.shop, waiting[-1].id, "failed", by="test")

    codes: list[str] = []

    async def take() -> None:
        codes.append((await call("RedeemOffer1", offer_id="five"))["coupon_code"]["code"])

    steps: list[Callable[[], Awaitable[Any]]] = [
        lambda: call("HoldPoints1", pts=100, reference="H1"), lambda: call("HoldPoints1", pts=150, reference="H1"),
        lambda: call("CaptureHold1", reference="H1", pts=50), lambda: call("HoldPoints1", pts=100, reference="H2"),
        lambda: wait(61), lambda: call("HoldPoints1", pts=100, reference="H3"),
        lambda: call("ReleaseHold1", reference="H3"), lambda: call("GiftPoints1", to={"shopid": "bob"}, pts=10),
        lambda: past.post("GiftPoints1", {"customer": {"shopid": "bob"}, "to": {"shopid": "ann"}, "pts": 10}),
        take, lambda: carry(codes[-1], "unconfirmed"), lambda: carry(codes[-1], "confirmed"),
        lambda: carry(codes[-1], "canceled"), take, lambda: wait(11 * 1440),
        lambda: call("RedeemOffer1", offer_id="gift"), lambda: call("RedeemOffer1", offer_id="visit"), fail,
    ]  # fmt: skip
    seen = await balance(["", "", "", ""])
    for number, step in enumerate(steps):
        await step()
        now = await balance([tag for tag, _ in seen])
        assert now[3] != seen[3], number
        seen = now


async def test_when_orders_cease_to_earn(engine: Engine, client: httpx.AsyncClient) -> None:
    shop = await engine.create_shop("past", sandbox=True, clock_at=parse_instant("1997-01-02T10:00:00Z"))
    text = PROGRAMME.format(slug="past").replace(
        "kind: order\n", "kind: order\n    starts_at: 1997-01-02T11:00:00Z\n    ends_at: 1997-01-02T12:00:00Z\n"
    )
    await engine.publish(shop, text, author="test")
    door = Door(engine, await engine.shop("past"), *await engine.add_token_key(shop), client)
    await door.give("ann", 1)
    tags = []
    for at in ("1997-01-02T10:30:00Z", "1997-01-02T11:00:00Z", "1997-01-02T12:00:00Z"):
        await engine.advance_clock(shop, parse_instant(at))
        answer = await get(door, include_full_program="1")
        tags.append(answer.headers["etag"])
        assert shown(answer).count("orders") == (1 if at.endswith("11:00:00Z") else 0)
    assert tags[0] != tags[1] != tags[2]


async def test_a_moment_at_which_nothing_is_left_to_lapse(engine: Engine, client: httpx.AsyncClient) -> None:
    shop = await engine.create_shop("past", sandbox=True, clock_at=parse_instant("1997-01-02T10:00:00Z"))
    text = PROGRAMME.format(slug="past").replace(
        "rolling: {term: 12 months, round_up: month}", "global: {mode: inactivity, term: 10 days, round_up: none}"
    )
    await engine.publish(shop, text, author="test")
    door = Door(engine, await engine.shop("past"), *await engine.add_token_key(shop), client)
    await door.give("ann", 200)
    await door.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 200})
    moment = (await door.balance("ann"))["pts_global_expiration"]
    await engine.advance_clock(shop, parse_instant(moment) - 60 * MICRO)
    before = await get(door)
    await engine.advance_clock(shop, parse_instant(moment))
    after = await get(door, before.headers["etag"])
    assert (after.status_code, after.json()["pts_global_expiration"]) == (200, None)


async def test_conditions_are_judged_each_time(past: Door) -> None:
    text = PROGRAMME.format(slug="past").replace(
        "kind: order\n", "kind: order\n    visible: '\"vip\" in customer.tags'\n"
    )
    await past.engine.publish(past.shop, text, author="test")
    before = await get(past, include_full_program="1")
    assert "orders" not in shown(before)
    assert (await get(past, before.headers["etag"], include_full_program="1")).status_code == 304
    await past.post("UpdateCustomers3", {"customers": [{"id": "ann", "tags": ["vip"]}]})
    after = await get(past, before.headers["etag"], include_full_program="1")
    assert (after.status_code, shown(after).count("orders")) == (200, 1)


async def test_tiers_that_ask_for_tags_are_judged_each_time(past: Door) -> None:
    text = PROGRAMME.format(slug="past").replace('requires: {spend: "500"}', "requires: {condition: TAGGED}")
    await past.engine.publish(past.shop, text.replace("TAGGED", "'\"press\" in customer.tags'"), author="test")
    tags = []
    for told in (["vip"], ["press"], ["vip"]):
        await past.post("UpdateCustomers3", {"customers": [{"id": "ann", "tags": told}]})
        answer = await get(past)
        tags.append((answer.headers["etag"], answer.json()["cur_tier"]["slug"], answer.json()["cur_tier"]["reqs"]))
    assert [(slug, reqs.get("progress")) for _, slug, reqs in tags] == [
        ("member", 10_000),
        ("gold", 10_000),
        ("gold", None),
    ]
    assert len({tag for tag, _, _ in tags}) == 3
