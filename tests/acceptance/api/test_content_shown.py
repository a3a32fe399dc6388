"""What content blocks show, from what is pushed to what is read: orders, customers and products in, JSON out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
import pytest

from leal.content.tokens import ContentToken, make_content_token
from leal.engine.engine import Engine
from tests.acceptance.api.conftest import Door, order

BANNER, VALUE, LIFE = "loyalty-programme-banner", "customer-value-block", "lifecycle-banner"
GOODS = "enriched-product-recommendation"

PROGRAMME: Final = """
shop: alma
title: Club Alma
currency: EUR
timezone: Europe/Paris
locale: en
enrolment: explicit
points: {value: "0.05"}
sources:
  - {slug: orders, title: Orders, kind: order, points: 2, per: 1}
multipliers:
  - {slug: shoes, title: Shoes, factor: 20000, targets: {collections: [shoes]}}
tiers:
  window: {kind: lifetime}
  steps:
    - {slug: silver, name: Silver}
    - {slug: gold, name: Gold, requires: {points: 3000}, features: {delivery: every order}}
    - {slug: vip, name: VIP, requires: {points: 20000}, features: {delivery: every order}}
tier_features:
  - {slug: delivery, title: Free delivery}
content:
  offers:
    - id: old
      title: Over
      discount_type: percentage
      discount_value: 50
      segments: [one-timer]
      valid_from: 2020-01-01
      valid_until: 2020-12-31
    - id: second
      title: Off your second order
      discount_type: percentage
      discount_value: 15
      segments: [one-timer]
      valid_from: 2020-01-01
      valid_until: 2090-12-31
    - id: double
      title: Double points on shoes
      discount_type: points_multiplier
      multiplier: shoes
      valid_from: 2020-01-01
      valid_until: 2090-12-31
  products: {least: 2}
  links: {shop: "https://shop.example/", join: "https://shop.example/club", product: "https://shop.example/p/{slug}"}
"""


class Club:
    """A shop whose blocks are read."""

    def __init__(self, door: Door, key: tuple[str, bytes]) -> None:
        self.door = door
        self._key = key

    async def push(self, *orders: dict[str, Any]) -> None:
        told = await self.door.post("UpdateOrders4", {"orders": list(orders)})
        assert told.json() == {"ok": True, "rejected": []}

    async def know(self, customer: str, **facts: Any) -> None:
        told = await self.door.post("UpdateCustomers3", {"customers": [{"id": customer, **facts}]})
        assert told.json() == {"ok": True, "rejected": []}

    async def shown(self, customer: str, block: str = BANNER) -> Any:
        """The block's JSON; None where nothing is shown."""
        token = make_content_token(*self._key, "alma", block, ContentToken(customer))
        answer = await self.door.client.get(f"/content/v1/alma/{block}.json", params={"t": token})
        assert answer.status_code in (200, 204)
        return answer.json() if answer.content else None


@pytest.fixture
async def club(engine: Engine, client: httpx.AsyncClient) -> Club:
    shop = await engine.create_shop("alma")
    await engine.publish(shop, PROGRAMME, author="test")
    door = Door(engine, await engine.shop("alma"), *(await engine.add_token_key(shop)), client)
    return Club(door, await engine.add_token_key(shop, scope="content"))


def ago(days: int) -> str:
    """An instant so many days ago on the shop's calendar, whatever its clocks did meanwhile."""
    return (datetime.now(ZoneInfo("Europe/Paris")) - timedelta(days=days)).isoformat()


async def test_what_orders_of_any_currency_would_have_given(club: Club) -> None:
    """Check 5: 0, 1, 2, 3 and 5 orders, returns, currencies; check 4: its worth in whole units."""
    await club.know("ann", optin=False)
    assert (await club.shown("ann"))["variant"] == "prospect"
    told = [("1", "1000.00", {}), ("2", "100.00", {}), ("3", "200.00", {"currency": "USD", "exchange_rate": "0.5"})]
    for (number, amount, more), points in zip(told, (2000, 2200, 2400), strict=True):
        await club.push(order(number, "ann", amount, order_time=ago(20 - int(number)), **more))
        shown = await club.shown("ann")
        assert (shown["variant"], shown["slots"]["simulated_points"]) == ("non-member", points)
    await club.push(order("4", "ann", "50.00", order_time=ago(10)), order("5", "ann", "273.50", order_time=ago(9)))
    shown = await club.shown("ann")
    assert (shown["slots"]["simulated_points"], shown["slots"]["simulated_orders"]) == (200 + 100 + 547, 3)
    assert "€42." in shown["body"]
    assert shown["slots"]["simulated_value"] == "42.350000"
    await club.push(order("5", "ann", "73.50", order_time=ago(9)))
    assert (await club.shown("ann"))["slots"]["simulated_points"] == 200 + 100 + 147
    await club.push(order("5", "ann", "73.50", order_time=ago(9), status="canceled"))
    assert (await club.shown("ann"))["slots"]["simulated_points"] == 200 + 200 + 100


@pytest.mark.parametrize(
    ("points", "banner", "value"),
    [
        (2698, "default", "default"), (2699, "default", "default"), (2700, "default", "near-next-tier"),
        (2799, "default", "near-next-tier"), (2800, "near-next-tier", "near-next-tier"),
        (2801, "near-next-tier", "near-next-tier"), (3000, "default", "default"),
    ],
)  # fmt: skip
async def test_near_the_next_tier(club: Club, points: int, banner: str, value: str) -> None:
    """Check 3: 301, 300, 201, 200 and 199 points to go, and none."""
    await club.know("ann", optin=True)
    spent = points - points % 2
    await club.push(order("1", "ann", f"{spent // 2 - 10}.00"), order("2", "ann", f"{10 + points % 2 / 2:.2f}"))
    assert (await club.door.balance("ann"))["pts_available"] == points
    assert ((await club.shown("ann"))["variant"], (await club.shown("ann", VALUE))["variant"]) == (banner, value)


@pytest.mark.parametrize(("days", "variant"), [(29, "one-timer"), (30, "one-timer-urgent"), (31, "one-timer-urgent")])
async def test_a_first_order_and_the_offer_that_runs(club: Club, days: int, variant: str) -> None:
    """Check 6: the stage's offer, never an expired one."""
    await club.know("ann", optin=True)
    await club.push(order("1", "ann", "10.00", order_time=ago(days)))
    shown = await club.shown("ann", LIFE)
    assert (shown["variant"], shown["slots"]["offer"]["id"], shown["offer"]["value"]) == (variant, "second", "15%")


@pytest.mark.parametrize(("days", "variant"), [(59, "default"), (60, "default"), (61, "quiet")])
async def test_products_with_the_points_that_they_earn(club: Club, days: int, variant: str) -> None:
    """Check 6: a multiplier counts for the products that it is for, and what is promised is given."""
    told = {
        "collections": [{"id": "shoes", "title": "Shoes", "product_ids": ["boot"]}],
        "products": [
            {"id": name, "title": name.title(), "slug": name, "variants": [{"id": "v", "price": "120.00"}]}
            for name in ("boot", "hat", "scarf")
        ],
    }
    assert (await club.door.post("UpdateProducts3", told)).json() == {"ok": True, "rejected": []}
    await club.know("ann", optin=True)
    await club.push(
        order("1", "ann", "1300.00", order_time=ago(days + 9)), order("2", "ann", "10.00", order_time=ago(days))
    )
    shown = await club.shown("ann", GOODS)
    products = {one["name"]: (one["points"], one.get("tag", ""), one.get("reaches", "")) for one in shown["products"]}
    assert shown["variant"] == variant
    assert products == {
        "Boot": ("+480 points", "2× points", "Reaches Gold"), "Hat": ("+240 points", "", ""),
        "Scarf": ("+240 points", "", ""),
    }  # fmt: skip
    line = {
        "product": {"id": "boot", "title": "Boot"},
        "quantity": 1,
        "amount_full": "120.00",
        "amount_spent": "120.00",
    }
    await club.push(order("3", "ann", "120.00", items=[line]))
    balance = await club.door.balance("ann")
    assert (balance["pts_available"], balance["cur_tier"]["name"]) == (2620 + 480, "Gold")
    assert "Boot" not in {one["name"] for one in (await club.shown("ann", GOODS) or {"products": []})["products"]}


async def test_the_customers_words_and_figures_go_first(club: Club) -> None:
    extras = {"segment": "VIP", "purchase_count": 47, "total_spend": "4230", "first_purchase_date": ago(3 * 366)[:10]}
    await club.know("ann", optin=True, locale="fr_FR", extras=extras)
    shown = await club.shown("ann", VALUE)
    assert (shown["variant"], shown["language"], shown["headline"]) == ("vip", "fr-FR", "3 ans ensemble")
    assert [(one["value"], one["label"]) for one in shown["facts"]] == [
        ("47", "commandes"), ("4\u202f230\u00a0€", "d’achats chez nous"),
    ]  # fmt: skip
