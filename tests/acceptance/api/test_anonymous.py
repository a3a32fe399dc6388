"""Strangers: who calls without a token learns nothing about anybody, neither from answers nor from failures."""

from __future__ import annotations

from typing import Any

import pytest

from leal.api.catalogue import FUNCTIONS
from tests.acceptance.api.conftest import Door, order
from tests.acceptance.api.test_isolation import BODIES

OPEN = [name for name, function in FUNCTIONS.items() if "anonymous" in function.callers]
NAMES: list[dict[str, Any]] = [
    {}, {"customer": {"shopid": "ann"}}, {"customer": {"email": "ann@example.com"}}, {"customer": {"shopid": "nobody"}},
    {"customer": {"shopid": "ann", "email": "other@example.com"}}, {"customer": {}},
]  # fmt: skip


@pytest.fixture
async def peopled(door: Door) -> Door:
    """Ann, of whom something is known, and her order."""
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann", "email": "ann@example.com"}]})
    await door.post("UpdateOrders4", {"orders": [order("1007", "ann", "700")]})
    return door


def told(answer: Any) -> Any:
    """An answer but for what is new each time."""
    passing = ("now", "request_id", "instance")
    return answer.status_code, {name: value for name, value in answer.json().items() if name not in passing}


@pytest.mark.parametrize("name", OPEN)
async def test_naming_somebody_changes_nothing(peopled: Door, name: str) -> None:
    body = {part: value for part, value in BODIES[name].items() if part != "customer"}
    names = NAMES
    if name == "RecordCustomTrigger1":  # it is about somebody: to name nobody at all is a fault
        names = [named for named in NAMES if named.get("customer")]
        assert (await peopled.post(name, body, token=None)).json()["id"] == "missing_customer_identity"
    answers = [told(await peopled.post(name, {**body, **named}, token=None)) for named in names]
    assert all(answer == answers[0] for answer in answers)


async def test_an_order_is_not_found_whether_it_is_there_or_not(peopled: Door) -> None:
    for token in (None, peopled.token("bob"), peopled.token("nobody")):
        there = await peopled.post("QueryOrderDetails1", {"order_id": "1007"}, token=token)
        gone = await peopled.post("QueryOrderDetails1", {"order_id": "9999"}, token=token)
        assert (there.status_code, told(there)) == (404, told(gone))
    own = await peopled.post("QueryOrderDetails1", {"order_id": "1007"}, token=peopled.token("ann"))
    assert (own.status_code, own.json()["pts"]) == (200, 7000)


async def test_an_estimate_tells_nothing_of_whom_the_cart_names(peopled: Door) -> None:
    answers = []
    for customer in ({"id": "ann"}, {"id": "nobody"}, {"email": "ann@example.com"}):
        cart = order("1007", "x", "20") | {"customer": customer}
        answers.append(told(await peopled.post("EstimateAccrual1", {"order": cart}, token=None)))
    assert answers[0][0] == 200
    assert answers[0] == answers[1] == answers[2]
