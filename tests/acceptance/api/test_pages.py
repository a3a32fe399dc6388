"""Every function has a page that is current, and the examples on it are what the application answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from leal.api.catalogue import FUNCTIONS
from leal.engine.engine import Engine
from leal.values import parse_instant
from tests.acceptance.api.conftest import Door
from tests.written import pages
from tests.written.examples import Example, Meaning, answer_fence, examples

OPENED_AT = parse_instant("2026-03-01T12:00:00Z")
PROGRAMME = """
shop: vinyl
title: The Vinyl Club
currency: EUR
timezone: Europe/Paris
points: {value: 0.01}
earning:
  pending: {mode: delay, days: 14}
sources:
  - {slug: orders, title: Buy records, kind: order, points: 5, per: 1}
  - {slug: staff, title: By hand, kind: manual}
  - {slug: bring, title: Bring a friend, kind: referral_sent, points: 300}
  - {slug: come, title: Come by a friend, kind: referral_received, points: 100}
redemption: {min: 100, step: 50}
holds: {default_minutes: 10, longest_minutes: 60}
gifts: {min: 10, limit: {points: 1000, period: monthly}}
offers:
  - slug: five-euros
    title: 5 euros off
    kind: vendible
    points: 400
    gives: {amount: 5}
    per_member: {count: 1, period: monthly}
    expires: 3 months
  - {slug: tote, title: A tote bag, kind: custom_reward, points: 900, gives: {identifier: tote-bag}}
  - {slug: sorry, title: A record on us, kind: free, gives: {product: blue-train}, visible: "false"}
referrals: {delay_days: 14, minimum_order: 20}
triggers:
  - {slug: visit, title: A visit}
tiers:
  window: {kind: calendar_year}
  steps:
    - {slug: member, name: Member}
    - {slug: gold, name: Gold, requires: {spend: 500}}
staff: {alone_up_to: 1000}
"""
STALE = f"run: {pages.HOW}"


def a_line(amount: str) -> dict[str, Any]:
    return {"product": {"id": "blue-train"}, "quantity": 1, "amount_full": amount, "amount_spent": amount}


@pytest.fixture
async def vinyl(engine: Engine, client: httpx.AsyncClient) -> Door:
    """A sandbox on 16 March 2026: Anna has 450 points, and 225 that are pending."""
    shop = await engine.create_shop("vinyl", sandbox=True, clock_at=OPENED_AT)
    await engine.publish(shop, PROGRAMME, author="anna@office")
    kid, secret = await engine.add_token_key(shop, "till")
    door = Door(engine, await engine.shop("vinyl"), kid, secret, client)
    anna = {"id": "anna", "email": "anna@example.com", "first_name": "Anna"}
    product = {"id": "blue-train", "title": "Blue Train", "tags": ["jazz"], "collection_ids": ["jazz"]}
    told: list[tuple[str, dict[str, Any]]] = [
        ("UpdateProducts3", {"collections": [{"id": "jazz", "title": "Jazz"}], "products": [product]}),
        ("UpdateOrders4", {"orders": [_order("1001", anna, "90.00")]}),
        ("AdvanceClock1", {"to": "2026-03-16T12:00:00Z"}),
        ("UpdateOrders4", {"orders": [_order("1002", {"id": "anna"}, "45.00")]}),
    ]
    for function, body in told:
        answer = await door.post(function, body)
        assert answer.status_code == 200, answer.text
        assert answer.json().get("rejected", []) == []
    return door


def _order(number: str, customer: dict[str, Any], amount: str) -> dict[str, Any]:
    return {"id": number, "status": "confirmed", "customer": customer, "items": [a_line(amount)]}


async def bearers(vinyl: Door) -> dict[str, Callable[[], str]]:
    """Tokens by what the pages call them."""
    kid, secret = await vinyl.engine.add_token_key(vinyl.shop, "second")
    other = Door(vinyl.engine, vinyl.shop, kid, secret, vinyl.client)
    return {
        "shop token": vinyl.token,
        "a second person's shop token": other.token,
        "Anna's token": lambda: vinyl.token("anna"),
        "an admin customer's token of Anna": lambda: vinyl.token("anna", level="admin"),
    }


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_a_function_has_its_page(name: str, vinyl: Door) -> None:
    place = pages.page_of(name)
    assert place.exists(), (
        f"docs/functions/{name}.md is missing: write '# {name}', an introduction and '## Example' with a request "
        f"(see the pages beside it), then {STALE}"
    )
    text = place.read_text()
    assert text.startswith(f"# {name}\n")
    assert len(pages.introduction(text)) >= pages.INTRODUCTION_LETTERS, f"{name} needs an introduction"
    found = examples(text)
    assert name in [one.function for one in found], f"{name} needs an example: a request in a fence of http"
    tokens, meaning = await bearers(vinyl), Meaning()
    for example in found:
        text = await _play(vinyl, tokens, meaning, example, text)
    if pages.WRITES in os.environ:
        place.write_text(text)
    assert text.partition(f"\n{pages.MADE}\n")[2] == pages.made_part(FUNCTIONS[name]).partition("\n")[2], STALE


async def _play(
    vinyl: Door, tokens: dict[str, Callable[[], str]], meaning: Meaning, example: Example, text: str
) -> str:
    """Call as the page does; gives the page, with the answer as it is now where pages are written."""
    token = None if example.bearer is None else tokens[example.bearer]()
    answer = await vinyl.post(example.function, meaning.real(example.body), token)
    body = answer.json()
    status, told = example.answer or (0, None)
    found = meaning.differences(told, body) if answer.status_code == status else [f"{status} is {answer.status_code}"]
    if pages.WRITES not in os.environ:
        assert found == [], STALE
    elif found:
        fence = answer_fence(answer.status_code, HTTPStatus(answer.status_code).phrase, body)
        request = f"```http\n{example.request_text}```"
        old = request if example.answer_text is None else f"{request}\n\n```http\n{example.answer_text}```"
        assert old in text, "an answer stands right after its request"
        text = text.replace(old, f"{request}\n\n{fence}", 1)
        meaning.differences(body, body)
    return text


def test_the_index_is_current() -> None:
    assert pages.INDEX.read_text() == pages.index(), STALE


def test_there_is_no_page_of_a_function_that_is_none() -> None:
    names = {place.stem for place in pages.PLACE.glob("*.md")} - {pages.INDEX.stem}
    assert sorted(names - FUNCTIONS.keys()) == []
