"""The datasource's feed over HTTP: one content in three forms, in pages of any size, a snapshot and then changes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import date
from typing import Any

import httpx
import pytest
import zstandard

from leal.engine.engine import Engine
from leal.values import parse_instant
from tests.acceptance.api.conftest import Door, open_door, order
from tests.acceptance.api.test_datasource import EXAMPLE, EXAMPLE_PROGRAMME, Tool, tool_of

FIELDS = list(json.loads(EXAMPLE))
KINDS: dict[str, set[type]] = {
    "customer_id": {str},
    "member": {bool},
    "tier": {str, type(None)},
    "points_balance": {int},
    "points_to_next_tier": {int, type(None)},
    "next_tier": {str, type(None)},
    "tier_benefits": {list},
    "points_expiring": {int},
    "lifetime_points": {int},
}
MINIMUM = {"customer_id", "member", "tier", "points_balance"}


@pytest.fixture
async def tool(door: Door) -> Tool:
    """A tool of a shop with five members."""
    for number in range(5):
        await door.give(f"c{number}", 100 * number)
    return await tool_of(door)


async def get(tool: Tool, **asked: Any) -> httpx.Response:
    """One answer of the feed."""
    answer = await tool.door.client.get(tool.base, params=asked, headers=tool.headers)
    assert answer.status_code == 200, answer.text
    return answer


def read_csv(text: str) -> list[dict[str, Any]]:
    """The records of a table."""
    return [{name: typed(name, cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


def typed(name: str, cell: str) -> Any:
    """A cell as JSON would have it."""
    if name in ("customer_id", "tier", "next_tier", "points_expiration_date", "member_since"):
        return cell or None
    return json.loads(cell) if cell else None


async def follow(tool: Tool, by: str, **asked: Any) -> tuple[list[dict[str, Any]], str]:
    """The records of all pages, found by the header Link or by the attribute, and the last cursor."""
    told: list[dict[str, Any]] = []
    answer = await get(tool, format="json", **asked)
    while True:
        body = answer.json()
        told += body["records"]
        assert answer.headers["leal-cursor"] == body["cursor"]
        onward = body["next"] if by == "attribute" else answer.links.get("next", {}).get("url")
        assert onward == body["next"]
        if onward is None:
            return told, body["cursor"]
        answer = await tool.door.client.get(onward, headers=tool.headers)


async def test_the_three_forms_say_the_same(tool: Tool) -> None:
    lines = await get(tool)
    assert lines.headers["content-type"] == "application/x-ndjson"
    told = [json.loads(line) for line in lines.text.splitlines()]
    assert sorted(one["customer_id"] for one in told) == [f"c{number}" for number in range(5)]
    assert all(list(one) == FIELDS for one in told)
    document = (await get(tool, format="json")).json()
    assert document["records"] == told
    assert document["next"] is None
    table = await get(tool, format="csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.splitlines()[0] == ",".join(FIELDS)
    assert read_csv(table.text) == told
    one_by_one = [(await tool.one(one["customer_id"])).json() for one in told]
    assert one_by_one == told
    cursor = lines.headers["leal-cursor"]
    await tool.door.give("c1", 5)
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "c2", "deleted": True}]})
    changes = (await get(tool, format="json", since=cursor)).json()["records"]
    assert changes[0] == {"customer_id": "c2", "deleted": True}
    assert [one["customer_id"] for one in changes[1:]] == ["c1"]
    assert [json.loads(line) for line in (await get(tool, since=cursor)).text.splitlines()] == changes
    (gone, one) = read_csv((await get(tool, format="csv", since=cursor)).text)
    assert {name: value for name, value in gone.items() if value is not None} == changes[0]
    assert one == changes[1] | {"deleted": None}


async def test_a_mapping_writes_the_feed_too(tool: Tool) -> None:
    asked = {"mapping": "adobe-xdm"}
    lines = await get(tool, **asked)
    told = [json.loads(line) for line in lines.text.splitlines()]
    one_by_one = [(await tool.one(one["_id"], mapping="adobe-xdm")).json() for one in told]
    assert one_by_one == told
    rows = list(csv.DictReader(io.StringIO((await get(tool, format="csv", **asked)).text)))
    assert [int(row["loyalty.points"]) for row in rows] == [one["loyalty"]["points"] for one in told]
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "c2", "deleted": True}]})
    page = await get(tool, format="json", limit=2, since=lines.headers["leal-cursor"], **asked)
    assert page.json()["records"] == [{"_id": "c2", "deleted": True}]
    more = await get(tool, format="json", extensions="currency", limit=3)
    assert more.json()["records"][0]["currency"] == "USD"
    following = await tool.door.client.get(more.json()["next"], headers=tool.headers)
    assert following.json()["records"][0]["currency"] == "USD"
    unknown = await tool.door.client.get(tool.base, params={"mapping": "none"}, headers=tool.headers)
    assert (unknown.status_code, unknown.json()["id"]) == (404, "unknown_mapping")


@pytest.mark.parametrize("by", ["link", "attribute"])
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
async def test_pages_lead_through_a_snapshot_and_on_through_changes(tool: Tool, by: str, limit: int) -> None:
    told, cursor = await follow(tool, by, limit=limit)
    assert len(told) == 5
    copy = {one["customer_id"]: one for one in told}
    await tool.door.post("MergeCustomers1", {"customers": [{"shopid": "c0"}, {"shopid": "c1"}], "idempotency_key": "m"})
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "c2", "deleted": True}]})
    await tool.door.give("c9", 9)
    await tool.door.give("c3", 1)
    told, cursor = await follow(tool, by, limit=limit, since=cursor)
    for one in told:
        copy.pop(one["customer_id"], None)
        if one.get("member"):
            copy[one["customer_id"]] = one
    now, _ = await follow(tool, by)
    assert copy == {one["customer_id"]: one for one in now}
    assert sorted(copy) == ["c0", "c3", "c4", "c9"]
    assert (await follow(tool, by, limit=limit, since=cursor))[0] == []


async def test_the_erased_are_gone_everywhere_and_stay_so(tool: Tool) -> None:
    _, cursor = await follow(tool, "link")
    await tool.door.post("UpdateCustomers3", {"customers": [{"id": "c2", "deleted": True}]})
    assert (await tool.one("c2")).status_code == 404
    told, _ = await follow(tool, "link", since=cursor)
    assert told == [{"customer_id": "c2", "deleted": True}]
    full, _ = await follow(tool, "link")
    assert "c2" not in [one["customer_id"] for one in full]


async def test_every_record_is_lawful(tool: Tool) -> None:
    """Check 1 of the contract: names, types, dates, and what is null where."""
    await tool.door.post("UpdateOrders4", {"orders": [order("much", "c5", "9000")]})
    with_all, _ = await follow(tool, "link", extensions="all")
    assert len(with_all) == 6
    for one in with_all:
        assert len(one) <= 64
        assert all(re.fullmatch("[a-z][a-z0-9_-]*", name) for name in one)
    told, _ = await follow(tool, "link")
    for one in [*told, (await tool.one("nobody", unknown="non_member")).json()]:
        assert list(one) == FIELDS
        for name, kinds in KINDS.items():
            assert type(one[name]) in kinds, name
        days = (one["points_expiration_date"], one["member_since"])
        assert all(day is None or date.fromisoformat(day).isoformat() == day for day in days)
        assert one["member"] or all(one[name] in (None, 0, []) for name in FIELDS[2:])
    assert {one["next_tier"] for one in told} == {"Gold", None}  # members of the highest tier, and beneath it
    for one in told:
        assert all(one[name] is not None for name in MINIMUM)
        assert 0 <= one["points_expiring"] <= one["points_balance"] <= one["lifetime_points"]
        assert (one["points_expiration_date"] is None) == (one["points_expiring"] == 0)
        assert (one["next_tier"] is None) <= (one["points_to_next_tier"] is None)


@pytest.mark.parametrize(
    ("basis", "tier", "lacking"), [("available", "Silver", 3000 - 2340), ("qualifying", "Gold", None)]
)
async def test_the_way_to_the_next_tier_goes_by_the_tiers_basis(
    engine: Engine, client: httpx.AsyncClient, basis: str, tier: str, lacking: int | None
) -> None:
    """The example's figures: 8,750 earned, 2,340 left, 3,000 asked for."""
    shop = await engine.create_shop("example", sandbox=True, clock_at=parse_instant("2024-05-10T12:00:00Z"))
    text = EXAMPLE_PROGRAMME.replace("basis: available", f"basis: {basis}")
    await engine.publish(shop, text, author="test")
    door = Door(engine, await engine.shop("example"), *await engine.add_token_key(shop), client)
    for number, points, redeemed in (("1", 2500, 2500), ("2", 2500, 2500), ("3", 2500, 1410), ("4", 1250, 0)):
        await door.post("UpdateOrders4", {"orders": [order(number, "C-2847391", f"{points}")]})
        body = {"customer": {"shopid": "C-2847391"}, "pts": redeemed, "idempotency_key": number}
        assert not redeemed or (await door.post("RedeemPoints1", body)).status_code == 200
    (one,) = (await follow(await tool_of(door), "link"))[0]
    assert (one["tier"], one["points_balance"], one["points_to_next_tier"]) == (tier, 2340, lacking)
    assert one["next_tier"] == (None if lacking is None else "Gold")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("zstd, gzip", "zstd"), ("gzip;q=1, zstd;q=0.5", "gzip"), ("gzip", "gzip"), ("*", "zstd"),
     ("gzip;q=0", None), ("identity, gzip;q=0.5", None), ("br", None), ("gzip;q=x", None)],
)  # fmt: skip
async def test_it_is_compressed_as_the_caller_takes_it(tool: Tool, accepted: str, encoding: str | None) -> None:
    plain = await tool.door.client.get(tool.base, headers=tool.headers | {"accept-encoding": "identity"})
    headers = tool.headers | {"accept-encoding": accepted}
    async with tool.door.client.stream("GET", tool.base, headers=headers) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    if encoding == "gzip":
        raw = gzip.decompress(raw)
    elif encoding == "zstd":
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert raw == plain.content
    assert len(raw.splitlines()) == 5


async def test_what_is_no_cursor_and_whose_it_is(tool: Tool, engine: Engine, client: httpx.AsyncClient) -> None:
    _, cursor = await follow(tool, "link")
    rival = await tool_of(await open_door(engine, client, "rival"))
    for asking, since, status, told in (
        (tool, "nonsense", 400, "invalid_input"),
        (tool, "", 400, "invalid_input"),
        (rival, cursor, 410, "resnapshot_required"),
    ):
        answer = await client.get(asking.base, params={"since": since}, headers=asking.headers)
        assert (answer.status_code, answer.json()["id"]) == (status, told)
    for wrong in ({"limit": 0}, {"limit": 10_001}, {"format": "xml"}, {"since": "x" * 20_000}, {"limti": 5}):
        answer = await client.get(tool.base, params=wrong, headers=tool.headers)
        assert [fault["path"] for fault in answer.json()["errors"]] == list(wrong)
    assert (await client.get(tool.base)).status_code == 401
