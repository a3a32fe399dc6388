"""The language of what members read: the market's, the shop's, or English, through the door."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from leal.engine.engine import Engine
from leal.values import parse_instant
from tests.acceptance.api.conftest import Door, order

CLUB = """
shop: club
title: Le club
currency: EUR
timezone: Europe/Paris
locale: {locale}
points:
  value: "0.01"
sources:
  - slug: orders
    title: Commandes
    kind: order
    points: 10
    per: "1"
  - slug: staff
    title: Service client
    kind: manual
redemption:
  min: 1
  limit: {{points: 3, period: daily}}
  minimum_cart: "1250.5"
tiers:
  window: {{kind: calendar_year}}
  steps:
    - slug: argent
      name: Argent
    - slug: gold
      name: Gold
      requires: {{spend: "1200", orders: 3, match: any}}
      keep: {{spend: "1000", orders: 3, match: any}}
"""
LOCALES: tuple[str | None, ...] = (None, "de", "fr-CA", "en")


@pytest.fixture
async def club(engine: Engine, client: httpx.AsyncClient) -> Door:
    """A French shop's sandbox, where anne has five points."""
    shop = await engine.create_shop("club", sandbox=True, clock_at=parse_instant("1997-01-02T00:00:00Z"))
    await engine.publish(shop, CLUB.format(locale="fr"), author="test")
    door = Door(engine, await engine.shop("club"), *await engine.add_token_key(shop), client)
    await door.give("anne", 5)
    return door


def market(locale: str | None) -> dict[str, Any]:
    """The input that chooses a language."""
    return {} if locale is None else {"market": {"locale": locale, "country": "AT", "key": "x"}}


async def refused(door: Door, function: str, token: str, body: dict[str, Any], locale: str | None) -> Any:
    """A refusal in the market's language; its id and figures are the same in all."""
    answer = await door.post(function, body | market(locale), token=token)
    assert answer.status_code == 422, answer.text
    found = answer.json()
    assert found["message"] == found["detail"] == " ".join(reason["message"] for reason in found["reasons"])
    assert found["title"] == "The programme's rules do not allow this."
    return found


async def in_all(door: Door, function: str, token: str, body: dict[str, Any]) -> list[str]:
    """What a refusal says in the shop's own language, German, French and English."""
    told = [await refused(door, function, token, body, locale) for locale in LOCALES]
    assert len({(one["id"], str([reason["figures"] for reason in one["reasons"]])) for one in told}) == 1
    return [one["message"] for one in told]


async def test_what_a_tier_lacks(club: Door) -> None:
    """Plurals, money of the programme in the region's writing, and the last day to keep a tier."""
    bought = [order(str(n), "anne", "0.5", order_time="1997-01-02T00:00:00Z") for n in (1, 2)]
    said: list[dict[str | None, str]] = []
    for push in ([bought[0]], [bought[1]], [order("3", "anne", "1", order_time="1997-01-02T00:00:00Z")]):
        assert (await club.post("UpdateOrders4", {"orders": push})).json()["rejected"] == []
        now = {}
        for locale in LOCALES:
            balance = await club.balance("anne", **market(locale))
            tier = balance["next_tier"] or balance["cur_tier"]
            reqs = tier["expiration"]["keep_reqs"] if tier["expiration"] else tier["reqs"]
            now[locale] = reqs["extra_desc"]
        said.append(now)
    assert said == [
        {
            None: "Encore 1\u202f199,50\xa0€ d’achats ou 2 commandes pour atteindre Gold.",
            "de": "Noch 1.199,50\xa0€ Umsatz oder 2 Bestellungen bis Gold.",
            "fr-CA": "Encore 1\xa0199,50\xa0€ d’achats ou 2 commandes pour atteindre Gold.",
            "en": "Spend €1,199.50 more or place 2 more orders to reach Gold.",
        },
        {
            None: "Encore 1\u202f199,00\xa0€ d’achats ou 1 commande pour atteindre Gold.",
            "de": "Noch 1.199,00\xa0€ Umsatz oder 1 Bestellung bis Gold.",
            "fr-CA": "Encore 1\xa0199,00\xa0€ d’achats ou 1 commande pour atteindre Gold.",
            "en": "Spend €1,199.00 more or place 1 more order to reach Gold.",
        },
        {
            None: "Encore 1\u202f000,00\xa0€ d’achats ou 3 commandes d’ici au 31 décembre 1998 pour conserver Gold.",
            "de": "Noch 1.000,00\xa0€ Umsatz oder 3 Bestellungen bis zum 31. Dezember 1998, um Gold zu behalten.",
            "fr-CA": "Encore 1\xa0000,00\xa0€ d’achats ou 3 commandes d’ici au 31 décembre 1998 pour conserver Gold.",
            "en": "Spend €1,000.00 more or place 3 more orders by 31 December 1998 to keep Gold.",
        },
    ]


async def test_refusals_of_a_redemption(club: Door) -> None:
    token = club.token("anne", ttl_seconds=600)
    limit = "La limite est de 3 points par jour\u202f; reste utilisable aujourd’hui\xa0: 3."
    french = f"Il manque 1 point\u202f; disponible\xa0: 5. {limit}"
    assert await in_all(club, "RedeemPoints1", token, {"pts": 6}) == [
        french,
        "Es fehlt 1 Punkt; verfügbar: 5. Das Tageslimit beträgt 3 Punkte; heute können Sie davon noch 3 einlösen.",
        french,
        "1 point is missing; available: 5. Of the 3 points a day, 3 can still be redeemed today.",
    ]
    assert (await in_all(club, "RedeemPoints1", token, {"pts": 7}))[1].startswith("Es fehlen 2 Punkte; verfügbar: 5.")
    assert await in_all(club, "RedeemPoints1", token, {"pts": 1, "cart_subtotal": "12.25"}) == [
        "Le panier doit atteindre au moins 1\u202f250,50\xa0€\u202f; il manque 1\u202f238,25\xa0€.",
        "Der Warenkorb muss mindestens 1.250,50\xa0€ betragen; es fehlen 1.238,25\xa0€.",
        "Le panier doit atteindre au moins 1\xa0250,50\xa0€\u202f; il manque 1\xa0238,25\xa0€.",
        "The cart must come to at least €1,250.50; €1,238.25 is missing.",
    ]


async def test_nothing_one_and_two(club: Door) -> None:
    token = club.token("anne", ttl_seconds=600)
    act = {"action": "forgive_debt", "points": 1}
    body = {"customer": {"shopid": "anne"}, "idempotency_key": "forgive", "adjustments": [act]}
    assert await in_all(club, "AdjustCustomerState3", club.token(), body) == [
        "La dette est de 0 point.",
        "Der Rückstand beträgt 0 Punkte.",
        "La dette est de 0 point.",
        "The debt is 0 points.",
    ]
    for points in (1, 2):
        assert (await club.post("RedeemPoints1", {"pts": points}, token=token)).status_code == 200
    said = {}
    for locale in LOCALES:
        balance = await club.balance("anne", include_unused_rewards=True, **market(locale))
        said[locale] = {reward["pts"]: reward["desc"] for reward in balance["unused_rewards"]}
    assert said == {
        None: {1: "1 point utilisé", 2: "2 points utilisés"},
        "de": {1: "1 Punkt eingelöst", 2: "2 Punkte eingelöst"},
        "fr-CA": {1: "1 point utilisé", 2: "2 points utilisés"},
        "en": {1: "1 point redeemed", 2: "2 points redeemed"},
    }


async def test_history_edits_and_strangers(club: Door) -> None:
    pushed = {"orders": [order("1", "anne", "5", order_time="1997-01-02T00:00:00Z")]}
    assert (await club.post("UpdateOrders4", pushed)).json()["rejected"] == []
    newest, joined, edits, strangers = {}, {}, {}, {}
    for locale in LOCALES:
        changes = (await club.post("CustomerHistory2", {"customer": {"shopid": "anne"}} | market(locale))).json()
        newest[locale], staff, joined[locale] = [change["desc"] for change in changes["changes"]]
        assert staff == "Welcome"  # what people wrote stays as it is
        edit = {"customer": {"shopid": "anne"}, "membership": "queen"} | market(locale)
        edits[locale] = (await club.post("UpdateCustomerDetails1", edit)).json()["fields"]["membership"]["message"]
        stranger = (await club.post("LoggedOutBalance1", market(locale), token=None)).json()
        strangers[locale] = stranger["next_tier"]["reqs"]["extra_desc"]
    assert newest == {
        None: "Points pour une commande (commande 1)",
        "de": "Punkte für eine Bestellung (Bestellung 1)",
        "fr-CA": "Points pour une commande (commande 1)",
        "en": "Points for an order (order 1)",
    }
    assert (joined["de"], joined["en"]) == ("Dem Programm beigetreten", "Joined the programme")
    assert edits["de"] == "Richtig wäre none oder full."
    assert edits[None] == edits["fr-CA"] == "Il faudrait none ou full."
    assert strangers["de"] == "Noch 1.200,00\xa0€ Umsatz oder 3 Bestellungen bis Gold."


async def test_a_language_without_words_is_told_in_the_shops(club: Door) -> None:
    french = (await club.balance("anne"))["next_tier"]["reqs"]["extra_desc"]
    for locale in ("pt_BR", "nowhere", "", "../fr"):
        assert (await club.balance("anne", **market(locale)))["next_tier"]["reqs"]["extra_desc"] == french
    await club.engine.publish(club.shop, CLUB.format(locale="pt_BR"), author="test")
    english = (await club.balance("anne"))["next_tier"]["reqs"]["extra_desc"]
    assert english == "Spend €1,200.00 more or place 3 more orders to reach Gold."


async def test_each_language_has_a_tag_of_its_own(club: Door) -> None:
    headers = {"authorization": f"Bearer {club.token('anne', ttl_seconds=600)}"}
    tags = []
    for asked in ({}, {"market.locale": "de"}, {"market": '{"locale": "en"}'}):
        answer = await club.client.get(club.url("CustomerBalance3"), params=asked, headers=headers)
        known = headers | {"if-none-match": answer.headers["etag"]}
        assert (await club.client.get(club.url("CustomerBalance3"), params=asked, headers=known)).status_code == 304
        tags.append(answer.headers["etag"])
    assert len(set(tags)) == 3
    await club.engine.publish(club.shop, CLUB.format(locale="de"), author="test")
    answer = await club.client.get(club.url("CustomerBalance3"), headers=headers | {"if-none-match": tags[0]})
    assert answer.json()["next_tier"]["reqs"]["extra_desc"].startswith("Noch ")


async def test_a_key_is_for_a_wish_in_whatever_language(club: Door) -> None:
    """The same key in another market is a repeat: granted once, refused once, each told in the language asked for."""
    token = club.token("anne", ttl_seconds=600)
    first = await club.post("RedeemPoints1", {"pts": 1, "idempotency_key": "one"} | market("de"), token=token)
    again = await club.post("RedeemPoints1", {"pts": 1, "idempotency_key": "one"} | market("en"), token=token)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    for locale, begin in (("de", "Es fehlen 96 Punkte"), ("en", "96 points are missing")):
        body = {"pts": 100, "idempotency_key": "two"}
        assert (await refused(club, "RedeemPoints1", token, body, locale))["message"].startswith(begin)
