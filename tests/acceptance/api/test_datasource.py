"""The datasource's lookup: one record or several, made to be called when an e-mail is opened."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from leal.engine.commands import Who
from leal.engine.engine import Engine
from leal.rules.programme.feeds import EXTENSIONS
from leal.values import format_id, parse_instant
from tests.acceptance.api.conftest import PROGRAMME, Door, open_door, order

EXAMPLE = (
    b'{"customer_id":"C-2847391","member":true,"tier":"Silver","points_balance":2340,"points_to_next_tier":660,'
    b'"next_tier":"Gold","tier_benefits":["free_delivery","early_access","birthday_gift"],'
    b'"points_expiration_date":"2025-03-31","points_expiring":450,"member_since":"2023-05-10","lifetime_points":8750}'
)
EXAMPLE_PROGRAMME = """
shop: example
title: The page's example
currency: EUR
timezone: Europe/Paris
points: {value: "0.01"}
sources: [{slug: orders, title: Orders, kind: order, points: 1, per: "1"}]
redemption: {}
expiration: {rolling: {term: 12 months, round_up: month}}
tiers:
  window: {kind: lifetime}
  basis: available
  steps:
    - {slug: silver, name: Silver, requires: {points: 1000},
       features: {delivery: free, early-access: "yes", valet: "no", gift: one a year}}
    - {slug: gold, name: Gold, requires: {points: 3000}, features: {valet: "yes"}}
tier_features:
  - {slug: delivery, title: Delivery, benefit: free_delivery}
  - {slug: early-access, title: Early access}
  - {slug: valet, title: Valet}
  - {slug: gift, title: A gift, benefit: birthday_gift}
"""


class Tool:
    """A marketing tool with a key of the scope `feed`."""

    def __init__(self, door: Door, key: str) -> None:
        self.door = door
        self.base = f"/datasources/v1/{door.shop.slug}/loyalty-programme"
        self.headers = {"authorization": f"Bearer {key}"}

    async def one(self, customer: str, headers: dict[str, str] | None = None, **asked: str) -> httpx.Response:
        """The lookup of one customer."""
        url = f"{self.base}/{customer}"
        return await self.door.client.get(url, params=asked, headers=self.headers | (headers or {}))

    async def several(self, *customers: str, **asked: Any) -> httpx.Response:
        """The lookup of several."""
        body = {"customer_ids": customers, **asked}
        return await self.door.client.post(self.base, json=body, headers=self.headers)


async def tool_of(door: Door) -> Tool:
    """A tool with an opaque key."""
    _, key = await door.engine.add_opaque_key(door.shop, scope="feed")
    return Tool(door, key)


@pytest.fixture
async def tool(door: Door) -> Tool:
    """A tool of the shop most tests call."""
    return await tool_of(door)


async def test_the_example_record_byte_for_byte(engine: Engine, client: httpx.AsyncClient) -> None:
    begun_at = parse_instant("2023-05-10T12:00:00Z")
    shop = await engine.create_shop("example", sandbox=True, clock_at=begun_at)
    await engine.publish(shop, EXAMPLE_PROGRAMME, author="test")
    door = Door(engine, await engine.shop("example"), *await engine.add_token_key(shop), client)

    async def earn(number: str, amount: str) -> None:
        pushed = await door.post("UpdateOrders4", {"orders": [order(number, "C-2847391", amount)]})
        assert pushed.json() == {"ok": True, "rejected": []}, pushed.text

    for number, points in (("1", 2500), ("2", 2500), ("3", 1410)):
        await earn(number, f"{points}")
        body = {"customer": {"shopid": "C-2847391"}, "pts": points, "idempotency_key": number}
        assert (await door.post("RedeemPoints1", body)).status_code == 200
    await engine.advance_clock(shop, parse_instant("2024-03-10T12:00:00Z"))
    await earn("4", "450")
    await engine.advance_clock(shop, parse_instant("2024-08-01T12:00:00Z"))
    await earn("5", "1890")
    answer = await (await tool_of(door)).one("C-2847391")
    assert (answer.status_code, answer.content) == (200, EXAMPLE)
    assert answer.headers["content-type"] == "application/json"


async def test_a_stranger_is_not_found_or_no_member(tool: Tool) -> None:
    refused = await tool.one("nobody")
    assert (refused.status_code, refused.json()["id"]) == (404, "no_customers_match_customer_identity")
    told = await tool.one("nobody", unknown="non_member")
    assert (told.status_code, told.json()) == (200, empty("nobody"))
    wrong = await tool.one("nobody", unknown="whatever")
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "unknown")
    for mistaken in (await tool.one("nobody", unkown="non_member"), await tool.several("nobody", maping="crm")):
        (fault,) = mistaken.json()["errors"]
        assert (mistaken.status_code, fault["code"]) == (400, "unknown_field")
        assert fault["path"] in ("unkown", "maping")


def empty(customer: str) -> dict[str, Any]:
    """The record of somebody who takes no part."""
    return {
        "customer_id": customer, "member": False, "tier": None, "points_balance": 0, "points_to_next_tier": None,
        "next_tier": None, "tier_benefits": [], "points_expiration_date": None, "points_expiring": 0,
        "member_since": None, "lifetime_points": 0,
    }  # fmt: skip


async def test_whoever_has_it_is_not_sent_it_again(tool: Tool) -> None:
    await tool.door.give("ann", 300)
    first = await tool.one("ann")
    assert first.json()["points_balance"] == 300
    assert first.headers["cache-control"] == "private, no-cache"
    again = await tool.one("ann", {"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await tool.door.give("ann", 1)
    anew = await tool.one("ann", {"if-none-match": first.headers["etag"]})
    assert (anew.status_code, anew.json()["points_balance"]) == (200, 301)


async def test_several_are_answered_in_their_order(tool: Tool) -> None:
    await tool.door.give("ann", 300)
    await tool.door.give("bob", 20)
    answer = (await tool.several("bob", "nobody", "ann", "bob")).json()
    assert [(one["customer_id"], one["points_balance"]) for one in answer["records"]] == [("bob", 20), ("ann", 300)]
    assert answer["unknown"] == ["nobody"]
    assert answer["records"][1] == (await tool.one("ann")).json()
    told = (await tool.several("nobody", "ann", unknown="non_member")).json()
    assert told == {"records": [empty("nobody"), answer["records"][1]], "unknown": []}


async def test_a_thousand_are_the_most(tool: Tool) -> None:
    ids = [f"c{number}" for number in range(1000)]
    assert len((await tool.several(*ids)).json()["unknown"]) == 1000
    assert (await tool.several(*ids, "one")).json()["errors"][0]["path"] == "customer_ids"
    assert (await tool.several()).json()["errors"][0]["path"] == "customer_ids"
    bad = await tool.several("x\0y", "z" * 256)
    assert [fault["path"] for fault in bad.json()["errors"]] == ["customer_ids[0]", "customer_ids[1]"]
    assert (await tool.one("x%00y")).status_code == 400


async def test_an_id_may_hold_anything(tool: Tool) -> None:
    for customer, written in (("a/b", "a%2Fb"), ("ü 1?", "%C3%BC%201%3F")):
        await tool.door.give(customer, 10)
        assert (await tool.one(written)).json()["customer_id"] == customer


async def test_who_has_no_id_of_the_shops_goes_under_their_own(tool: Tool) -> None:
    pushed = await tool.door.post("UpdateCustomers3", {"customers": [{"email": "ann@example.com"}]})
    assert pushed.json() == {"ok": True, "rejected": []}
    known = await tool.door.engine.balance(tool.door.shop, Who(email="ann@example.com"))
    own = format_id(known.account_id)
    assert (await tool.one(own)).json()["customer_id"] == own
    assert (await tool.one("ann@example.com")).status_code == 404
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "ann", "email": "ann@example.com"}]})
    assert (await tool.one("ann")).json()["member"] is True
    assert (await tool.one(own)).status_code == 404


async def test_the_erased_and_the_merged_have_no_record(tool: Tool) -> None:
    for customer in ("ann", "bob", "cleo"):
        await tool.door.give(customer, 10)
    merged = await tool.door.post(
        "MergeCustomers1",
        {"customers": [{"shopid": "ann"}, {"shopid": "bob"}], "idempotency_key": "m"},
    )
    assert merged.status_code == 200, merged.text
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "cleo", "deleted": True}]})
    answer = (await tool.several("ann", "bob", "cleo")).json()
    assert [(one["customer_id"], one["points_balance"]) for one in answer["records"]] == [("ann", 20)]
    assert answer["unknown"] == ["bob", "cleo"]


async def test_only_the_shops_own_feed_keys_open_it(tool: Tool, engine: Engine, client: httpx.AsyncClient) -> None:
    door = tool.door
    await door.give("ann", 10)

    async def status(token: str, **headers: str) -> tuple[int, str | None]:
        given = {"authorization": f"Bearer {token}", **headers} if token else headers
        answer = await client.get(f"{tool.base}/ann", headers=given)
        return answer.status_code, answer.json().get("id")

    kid, secret = await engine.add_token_key(door.shop, scope="feed")
    signed = Door(engine, door.shop, kid, secret, client).token()
    assert await status(signed) == (200, None)
    assert await status(door.token()) == (200, None)
    assert (await client.get(f"{tool.base}/ann", params={"auth": signed})).status_code == 200
    assert await status("") == (401, "invalid_token")
    assert await status(door.token("ann")) == (403, "token_kind_not_allowed")
    _, pushes = await engine.add_opaque_key(door.shop, scope="push")
    assert await status(pushes) == (403, "key_scope_not_allowed")
    assert await status(signed, origin="https://shop.example") == (403, "shop_token_in_browser")
    rival = await tool_of(await open_door(engine, client, "rival"))
    assert await status(rival.headers["authorization"].removeprefix("Bearer ")) == (401, "invalid_token")
    assert (await rival.one("ann")).status_code == 404
    called = await client.post(door.url("CustomerBalance3"), json={"customer": {"shopid": "ann"}}, headers=tool.headers)
    assert (called.status_code, called.json()["id"]) == (403, "key_scope_not_allowed")


async def test_manners_are_those_of_the_api(tool: Tool, client: httpx.AsyncClient) -> None:
    answer = await tool.one("nobody", {"x-request-id": "mine", "accept": "application/problem+json"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "mine"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert '"token-reads"' in answer.headers["ratelimit"]
    for method, url, allowed in (("POST", f"{tool.base}/ann", "GET"), ("PUT", tool.base, "GET, POST")):
        refused = await client.request(method, url, headers=tool.headers)
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    for path in ("/datasources/v2/acme/loyalty-programme/ann", "/datasources/v1/acme/offers/ann", "/datasources/v1"):
        assert (await client.get(path, headers=tool.headers)).json()["id"] == "unknown_datasource"
    shop = await client.get("/datasources/v1/none/loyalty-programme/ann", headers=tool.headers)
    assert (shop.status_code, shop.json()["id"]) == (404, "unknown_shop")


async def test_what_fell_due_is_in_the_record(engine: Engine, client: httpx.AsyncClient) -> None:
    shop = await engine.create_shop("past", sandbox=True, clock_at=parse_instant("1997-01-02T12:00:00Z"))
    await engine.publish(shop, PROGRAMME.format(slug="past"), author="test")
    door = Door(engine, await engine.shop("past"), *await engine.add_token_key(shop), client)
    tool = await tool_of(door)
    for buyer in ("ann", "bob"):
        await door.post("UpdateOrders4", {"orders": [order(buyer, buyer, "600")]})
    assert [one["tier"] for one in (await tool.several("ann", "bob")).json()["records"]] == ["Gold", "Gold"]
    async with door.engine._db.transaction(shop.id) as conn:
        year = parse_instant("1999-01-02T00:00:00Z") - parse_instant("1997-01-01T00:00:00Z")
        await conn.execute("update shop set clock_offset = clock_offset + $2 where id = $1", shop.id, year)
    records = (await tool.several("ann", "bob")).json()["records"]
    assert [(one["tier"], one["points_balance"], one["next_tier"]) for one in records] == [("Member", 0, "Gold")] * 2


MAPPINGS = """
datasource:
  mappings:
    - slug: crm
      nulls: omit
      fields:
        - {name: contact.id, from: customer_id}
        - {name: contact.points, from: points_balance, format: text}
        - {name: worth, from: points_value}
        - {name: next, from: next_tier}
        - {name: rich, cel: points_balance >= 300}
"""


async def test_a_mapping_names_and_writes_the_fields(tool: Tool) -> None:
    await tool.door.give("ann", 300)
    unknown = await tool.one("ann", mapping="crm")
    assert (unknown.status_code, unknown.json()["id"]) == (404, "unknown_mapping")
    assert '"adobe-xdm", "braze", "klaviyo" or "record"' in unknown.json()["message"]
    await tool.door.engine.publish(tool.door.shop, PROGRAMME.format(slug=tool.door.shop.slug) + MAPPINGS, author="test")
    told = await tool.one("ann", mapping="crm")
    assert told.content == b'{"contact":{"id":"ann","points":"300"},"worth":3.00,"next":"Gold","rich":true}'
    assert (await tool.one("ann", {"if-none-match": told.headers["etag"]}, mapping="crm")).status_code == 304
    assert (await tool.one("ann", {"if-none-match": told.headers["etag"]})).status_code == 200
    stranger = {"contact": {"id": "nobody", "points": "0"}, "rich": False}
    assert (await tool.one("nobody", mapping="crm")).status_code == 404
    assert (await tool.one("nobody", mapping="crm", unknown="non_member")).json() == stranger
    answer = await tool.several("nobody", "ann", mapping="crm")
    assert answer.json() == {"records": [told.json()], "unknown": ["nobody"]}
    answer = await tool.several("nobody", "ann", mapping="crm", unknown="non_member")
    assert answer.json() == {"records": [stranger, told.json()], "unknown": []}
    assert (await tool.one("ann", mapping="record")).content == (await tool.one("ann")).content


async def test_further_fields_follow_the_eleven(tool: Tool) -> None:
    await tool.door.give("ann", 300)
    plain = (await tool.one("ann")).json()
    some = await tool.one("ann", extensions="currency, points_value")
    assert some.json() == {**plain, "points_value": 3.0, "currency": "USD"}
    assert some.content.endswith(b',"points_value":3.00,"currency":"USD"}')
    every = (await tool.one("ann", extensions="all")).json()
    assert list(every)[11:] == list(EXTENSIONS)
    posted = await tool.several("ann", extensions=["currency", "points_value"])
    assert posted.json()["records"] == [some.json()]
    for asked in ("currency,worth", "currency,"):
        wrong = (await tool.one("ann", extensions=asked)).json()
        assert [fault["path"] for fault in wrong["errors"]] == ["extensions[1]"]
    both = (await tool.one("ann", extensions="currency", mapping="braze")).json()
    assert [(fault["path"], fault["code"]) for fault in both["errors"]] == [("extensions", "given_twice")]
    both = (await tool.several("ann", extensions=["currency"], mapping="braze")).json()
    assert [(fault["path"], fault["code"]) for fault in both["errors"]] == [("extensions", "given_twice")]


async def test_another_shops_mapping_is_not_known_here(tool: Tool, engine: Engine, client: httpx.AsyncClient) -> None:
    await engine.publish(tool.door.shop, PROGRAMME.format(slug=tool.door.shop.slug) + MAPPINGS, author="test")
    rival = await tool_of(await open_door(engine, client, "rival"))
    await rival.door.give("ann", 5)
    assert (await rival.one("ann", mapping="crm")).status_code == 404
    assert (await rival.one("ann")).status_code == 200
