"""Products: pushed item by item, listed in three forms, and read where an order only names one."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
import pytest

from tests.acceptance.api.conftest import PROGRAMME, Door, order

MUG = {"id": "mug", "title": "Mug", "tags": ["new", "blue"], "collection_ids": ["sale"], "sku": "M-1"}
SALE = {"id": "sale", "title": "Sale", "slug": "sale"}


async def push(door: Door, **body: Any) -> list[tuple[str, str]]:
    """Push; gives where each refused item is at fault, and by what."""
    answer = await door.post("UpdateProducts3", body)
    assert answer.status_code == 200, answer.text
    return [(fault["path"], fault["code"]) for item in answer.json()["rejected"] for fault in item["errors"]]


async def listed(door: Door, kind: str, **asked: Any) -> list[dict[str, Any]]:
    """Products or collections, as JSON lists them."""
    answer = await door.post(f"List{kind}1", asked)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()[kind.lower()]
    return rows


async def test_what_is_told_is_merged_and_listed(door: Door) -> None:
    variants = [{"id": "s", "title": "Small", "price": "5", "in_stock": True}, {"id": "l", "title": "Large"}]
    assert await push(door, collections=[SALE], products=[{**MUG, "variants": variants}]) == []
    later = [{"id": "s", "price": 0, "in_stock": None}, {"id": "l", "deleted": True}, {"id": "m", "title": "Medium"}]
    assert await push(door, products=[{"id": "mug", "title": "", "sku": "M-2", "variants": later}]) == []
    (mug,) = await listed(door, "Products")
    assert {name: mug[name] for name in ("id", "title", "sku", "tags", "collection_ids")} == {
        "id": "mug", "title": "Mug", "sku": "M-2", "tags": ["new", "blue"], "collection_ids": ["sale"],
    }  # fmt: skip
    assert mug["variants"] == [
        {"id": "s", "title": "Small", "price": "5.000000", "in_stock": True},
        {"id": "m", "title": "Medium"},
    ]
    (sale,) = await listed(door, "Collections")
    assert (sale["id"], sale["title"], sale["product_ids"]) == ("sale", "Sale", ["mug"])


async def test_membership_may_be_told_on_either_side(door: Door) -> None:
    await push(door, collections=[{**SALE, "product_ids": ["mug", "hat"]}], products=[{"id": "hat", "title": "Hat"}])
    assert (await listed(door, "Products"))[0]["collection_ids"] == ["sale"]
    await push(door, products=[{"id": "hat", "collection_ids": []}])
    assert (await listed(door, "Collections"))[0]["product_ids"] == ["mug"]
    await push(door, collections=[{"id": "sale", "products": [{"id": "hat"}]}])
    assert (await listed(door, "Collections"))[0]["product_ids"] == ["hat"]
    await push(door, products=[{"id": "hat", "deleted": True}])
    assert (await listed(door, "Products"), (await listed(door, "Collections"))[0]["product_ids"]) == ([], [])


async def test_good_items_count_and_bad_ones_are_kept(door: Door) -> None:
    faults = await push(
        door,
        collections=[{"id": "new"}, SALE],
        products=[{"id": "a"}, MUG, {"id": "b", "title": 7}, {"title": "Nameless"}],
    )
    assert faults == [
        ("collections[0].title", "required"), ("products[0].title", "required"), ("products[2].title", "wrong_type"),
        ("products[3].id", "required"),
    ]  # fmt: skip
    assert [row["id"] for row in await listed(door, "Products")] == ["mug"]
    assert [item.kind for item in await door.engine.rejected(door.shop)] == ["collection"] + ["product"] * 3


async def test_debug_is_all_or_nothing(door: Door) -> None:
    for bad in ({"id": "a"}, {"id": 7}):
        answer = await door.post("UpdateProducts3", {"collections": [SALE], "products": [MUG, bad], "debug": True})
        assert (answer.status_code, answer.json()["id"]) == (422, "push_refused")
        assert answer.json()["errors"][0]["path"].startswith("products[1].")
    assert await listed(door, "Collections") == []
    assert await door.engine.rejected(door.shop) == []


async def test_replacing_lets_the_others_go(door: Door) -> None:
    await push(door, collections=[SALE, {"id": "old", "title": "Old"}], products=[MUG, {"id": "hat", "title": "Hat"}])
    assert await push(door, products=[{"id": "mug"}, {"id": "bad"}], replace_products=True) != []
    assert len(await listed(door, "Products")) == 2  # not while an item is refused
    await push(door, products=[{"id": "mug"}], collections=[{"id": "sale"}], replace_products=True)
    assert [row["id"] for row in await listed(door, "Products")] == ["mug"]
    assert len(await listed(door, "Collections")) == 2
    missing = await door.post("UpdateProducts3", {"products": [], "replace_collections": True})
    assert (missing.status_code, missing.json()["errors"][0]["path"]) == (400, "collections")
    await push(door, collections=[], replace_collections=True)
    assert await listed(door, "Collections") == []
    assert (await listed(door, "Products"))[0]["collection_ids"] == []


async def test_lists_have_three_forms_and_pages(door: Door) -> None:
    await push(door, products=[{"id": f"p{n}", "title": f'No. "{n}", in blue', "tags": ["a,b"]} for n in range(5)])
    whole = await listed(door, "Products")
    assert [row["id"] for row in whole] == [f"p{n}" for n in range(5)]
    page = await listed(door, "Products", limit=2, after_id=whole[1]["bhid"])
    assert [row["id"] for row in page] == ["p2", "p3"]
    lines = await door.post("ListProducts1", {"format": "jsonl"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [msgspec.json.decode(line) for line in lines.content.splitlines()] == whole
    asked = {"format": "csv", "limit": "2", "auth": door.token()}
    sheet = await door.client.get(door.url("ListProducts1"), params=asked)
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [(row["bhid"], row["title"], row["tags"]) for row in rows] == [
        (row["bhid"], row["title"], '["a,b"]') for row in whole[:2]
    ]


async def test_shops_do_not_share_products(door: Door, other: Door) -> None:
    await push(door, products=[MUG], collections=[SALE])
    assert await push(other, products=[{"id": "mug", "title": "Theirs"}], replace_products=True) == []
    assert [row["title"] for row in await listed(other, "Products")] == ["Theirs"]
    assert [row["title"] for row in await listed(door, "Products")] == ["Mug"]
    assert await listed(other, "Collections") == []


async def test_a_line_that_only_names_its_product_takes_the_stored_facts(door: Door) -> None:
    text = PROGRAMME.format(slug="acme") + "multipliers:\n  - {slug: sale, title: Sale, factor: 20000, "
    await door.engine.publish(door.shop, text + "targets: {collections: [sale]}}\n", author="test")
    await push(door, products=[MUG])
    named = order("1", "ann", "10")
    named["items"][0]["product"] = {"id": "mug"}
    told = order("2", "bob", "10")
    told["items"][0]["product"] = {"id": "mug", "collection_ids": []}
    await door.post("UpdateOrders4", {"orders": [named, told]})
    assert (await door.balance("ann"))["pts_earned"] == 200
    assert (await door.balance("bob"))["pts_earned"] == 100


@pytest.mark.parametrize("count", [5000])
async def test_thousands_in_one_call(door: Door, count: int) -> None:
    products = [{"id": f"p{n}", "title": f"P{n}", "collection_ids": [f"c{n % 7}"]} for n in range(count)]
    assert await push(door, products=products, replace_products=True) == []
    assert await push(door, products=products, replace_products=True) == []
    assert len(await listed(door, "Products")) == 1000
    many = await door.post("UpdateProducts3", {"products": [{}] * 5001})
    assert (many.status_code, many.json()["errors"][0]["path"]) == (400, "products")
