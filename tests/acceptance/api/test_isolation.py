"""Who may not come in: each function against each kind of wrong token, and each customer against each other."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import jwt
import pytest

from leal.api.catalogue import FUNCTIONS
from leal.tokens import Scope, make_opaque_key
from tests.acceptance.api.conftest import PROGRAMME, Door
from tests.databases import DatabaseUrls

NOW = time.time_ns() // 1000
BODIES: dict[str, dict[str, Any]] = {
    "CustomerBalance3": {"customer": {"shopid": "ann"}},
    "LoggedOutBalance1": {},
    "CustomerHistory2": {"customer": {"shopid": "ann"}},
    "ExpirationSchedule1": {"customer": {"shopid": "ann"}},
    "ForecastBalance1": {"customer": {"shopid": "ann"}, "at": "2999-01-01T00:00:00Z"},
    "ExplainBalance1": {"customer": {"shopid": "ann"}},
    "ExplainOrder1": {"order_id": "1"},
    "RedeemPoints1": {"customer": {"shopid": "ann"}, "pts": 100},
    "Unredeem1": {"customer": {"shopid": "ann"}, "change_bhid": "0000000000000001"},
    "HoldPoints1": {"customer": {"shopid": "ann"}, "pts": 100, "reference": "cart"},
    "CaptureHold1": {"customer": {"shopid": "ann"}, "reference": "none"},
    "ExtendHold1": {"customer": {"shopid": "ann"}, "reference": "none"},
    "ReleaseHold1": {"customer": {"shopid": "ann"}, "reference": "none"},
    "CustomerHolds1": {"customer": {"shopid": "ann"}},
    "Refer2": {"customer": {"shopid": "ann"}, "channel": "sms"},
    "CustomerReferrals2": {"customer": {"shopid": "ann"}},
    "GiftPoints1": {"customer": {"shopid": "ann"}, "to": {"bhid": "0000000000000001"}, "pts": 1},
    "ListOffers1": {"customer": {"shopid": "ann"}},
    "RedeemOffer1": {"customer": {"shopid": "ann"}, "offer_id": "gift"},
    "UseAchievementDiscount1": {"customer": {"shopid": "ann"}, "reward_bhid": "0000000000000001"},
    "UpdateOrders4": {"orders": []},
    "UpdateCustomers3": {"customers": []},
    "UpdateProducts3": {"products": []},
    "ListCollections1": {},
    "ListProducts1": {},
    "AdjustCustomerState3": {
        "customer": {"shopid": "ann"},
        "idempotency_key": "k",
        "adjustments": [{"action": "give_points", "points": 1}],
    },
    "EstimateAccrual1": {"order": {"amount_spent": "1"}},
    "QueryOrderDetails1": {"order_id": "1"},
    "PlanProgramme1": {"document": PROGRAMME.format(slug="acme")},
    "ApplyProgramme1": {"document": PROGRAMME.format(slug="acme")},
    "ShowProgramme1": {},
    "AdvanceClock1": {"to": "2026-01-01T00:00:00Z"},
    "ListApprovals1": {},
    "DecideApproval1": {"id": 1, "decision": "decline"},
    "ListAudit1": {},
    "RecordCustomTrigger1": {"customer": {"shopid": "ann"}, "trigger": "visit"},
    "Status2": {},
    "MergeCustomers1": {"customers": [{"shopid": "ann"}, {"shopid": "ann"}], "preview": True},
    "ExportCustomerData1": {"customer": {"shopid": "ann"}},
    "CustomerDetails1": {"customer": {"shopid": "ann"}},
    "UpdateCustomerDetails1": {"customer": {"shopid": "ann"}, "first_name": "Ann"},
}
"""A body each that would be answered, were the token right."""
ANSWERED = {
    "CaptureHold1": 404,
    "ExtendHold1": 404,
    "GiftPoints1": 404,
    "ReleaseHold1": 404,
    "Unredeem1": 404,
    "UseAchievementDiscount1": 404,
    "QueryOrderDetails1": 404,
    "ExplainOrder1": 404,
    "AdvanceClock1": 422,
    "DecideApproval1": 404,
}
"""The status of its answer, where that is not 200."""


def claims(door: Door, **more: Any) -> dict[str, Any]:
    return {"aud": "BH", "sub": door.shop.slug, **more}


def signed(door: Door, payload: dict[str, Any], *, kid: str | None = None, alg: str = "HS256") -> str:
    return jwt.encode(payload, door.secret, algorithm=alg, headers={"kid": kid or door.kid})


def unsigned(door: Door) -> str:
    return jwt.encode(claims(door), "", algorithm="none", headers={"kid": door.kid})


def forged_header(door: Door) -> str:
    """Signed rightly, but the header claims a public-key algorithm."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": door.kid}).encode()).rstrip(b"=").decode()
    return ".".join([header, *door.token().split(".")[1:]])


def without_kid(door: Door) -> str:
    return jwt.encode(claims(door), door.secret, algorithm="HS256")


WRONG: dict[str, Callable[[Door, Door], str]] = {
    "garbage": lambda door, other: "garbage",
    "three parts": lambda door, other: "a.b.c",
    "too long": lambda door, other: "a" * 5000,
    "expired": lambda door, other: signed(door, claims(door, exp=NOW // 10**6 - 1)),
    "not yet": lambda door, other: signed(door, claims(door, iat=NOW // 10**6 + 86_400)),
    "other shop's": lambda door, other: other.token(),
    "other shop's customer": lambda door, other: other.token("ann"),
    "for here, signed there": lambda door, other: jwt.encode(
        claims(door), other.secret, algorithm="HS256", headers={"kid": other.kid}
    ),
    "unknown kid": lambda door, other: signed(door, claims(door), kid="nobody"),
    "no kid": lambda door, other: without_kid(door),
    "another secret": lambda door, other: jwt.encode(
        claims(door), b"x" * 32, algorithm="HS256", headers={"kid": door.kid}
    ),
    "alg none": lambda door, other: unsigned(door),
    "alg confusion": lambda door, other: forged_header(door),
    "HS512": lambda door, other: signed(door, claims(door), alg="HS512"),
    "wrong aud": lambda door, other: signed(door, {**claims(door), "aud": "other"}),
    "no aud": lambda door, other: signed(door, {"sub": door.shop.slug}),
    "no sub": lambda door, other: signed(door, {"aud": "BH"}),
    "prefix of the slug": lambda door, other: signed(door, {**claims(door), "sub": door.shop.slug[:-1]}),
    "empty customer": lambda door, other: signed(door, {**claims(door), "sub": f"{door.shop.slug}/"}),
    "unknown level": lambda door, other: signed(door, {**claims(door), "sub": f"{door.shop.slug}/ann", "l": "root"}),
    "exp no number": lambda door, other: signed(door, claims(door, exp="soon")),
    "exp is true": lambda door, other: signed(door, claims(door, exp=True)),
    "unknown opaque key": lambda door, other: make_opaque_key("shop"),
    "opaque key of no scope": lambda door, other: make_opaque_key("shop").replace("_shop_", "_root_"),
}


def test_every_function_is_in_the_matrix() -> None:
    assert set(BODIES) == set(FUNCTIONS)


@pytest.fixture
async def peopled(door: Door) -> Door:
    await door.give("ann", 500)
    await door.give("bob", 500)
    return door


async def test_right_bodies_are_answered_with_the_right_token(peopled: Door) -> None:
    for name, body in BODIES.items():
        answer = await peopled.post(name, body)
        assert answer.status_code == ANSWERED.get(name, 200), (name, answer.text)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # HS512 likes longer ones
async def test_no_function_takes_a_wrong_token(peopled: Door, other: Door) -> None:
    told = set()
    for name, body in BODIES.items():
        for kind, make in WRONG.items():
            answer = await peopled.post(name, body, token=make(peopled, other), headers={"x-request-id": "r"})
            assert (answer.status_code, answer.json()["id"]) == (401, "invalid_token"), (name, kind, answer.text)
            told.add(answer.text)
            assert answer.headers["www-authenticate"] == "Bearer"
    assert len(told) == 1, "the answer tells what was wrong"


async def test_a_revoked_key_opens_nothing(peopled: Door) -> None:
    kid, secret = await peopled.engine.add_token_key(peopled.shop)
    fresh = Door(peopled.engine, peopled.shop, kid, secret, peopled.client)
    await peopled.engine.revoke_token_key(peopled.shop, kid)
    for name, body in BODIES.items():
        answer = await fresh.post(name, body)
        assert (answer.status_code, answer.json()["id"]) == (401, "invalid_token"), name
    assert (await peopled.post("Status2")).status_code == 200  # the other key is as good as before


SCOPED: dict[Scope, set[str]] = {
    "shop": set(FUNCTIONS),
    "read": {name for name, function in FUNCTIONS.items() if function.kind == "read"},
    "push": {"UpdateOrders4", "UpdateCustomers3", "UpdateProducts3", "RecordCustomTrigger1"},
    "feed": set(),
}
"""What a key of each scope may call."""


@pytest.mark.parametrize("scope", SCOPED)
async def test_a_key_calls_what_its_scope_holds(peopled: Door, other: Door, scope: Scope) -> None:
    _, opaque = await peopled.engine.add_opaque_key(peopled.shop, scope=scope)
    kid, secret = await peopled.engine.add_token_key(peopled.shop, scope=scope)
    signer = Door(peopled.engine, peopled.shop, kid, secret, peopled.client)
    tokens = {"opaque": opaque, "shop": signer.token(), "customer": signer.token("ann"), "admin_customer": ""}
    tokens["admin_customer"] = signer.token("ann", level="admin")
    for name, body in BODIES.items():
        for kind, token in tokens.items():
            answer = await peopled.post(name, body, token=token)
            if ("shop" if kind == "opaque" else kind) not in FUNCTIONS[name].callers:
                assert (answer.status_code, answer.json()["id"]) == (403, "token_kind_not_allowed"), (name, kind)
            elif name in SCOPED[scope]:
                assert answer.status_code == ANSWERED.get(name, 200), (name, kind, answer.text)
            else:
                assert (answer.status_code, answer.json()["id"]) == (403, "key_scope_not_allowed"), (name, kind)
        elsewhere = await other.post(name, body, token=opaque)
        assert (elsewhere.status_code, elsewhere.json()["id"]) == (401, "invalid_token"), "a key is one shop's"


async def test_a_revoked_opaque_key_opens_nothing(peopled: Door) -> None:
    kid, opaque = await peopled.engine.add_opaque_key(peopled.shop)
    assert (await peopled.post("UpdateOrders4", {"orders": []}, token=opaque)).status_code == 200
    assert (await peopled.post("UpdateOrders4", {"orders": []}, token=peopled.token())).status_code == 200
    await peopled.engine.revoke_token_key(peopled.shop, kid)
    for name, body in BODIES.items():
        answer = await peopled.post(name, body, token=opaque)
        assert (answer.status_code, answer.json()["id"]) == (401, "invalid_token"), name


async def test_an_opaque_key_is_not_stored(peopled: Door, database_urls: DatabaseUrls) -> None:
    kid, opaque = await peopled.engine.add_opaque_key(peopled.shop)
    admin = await asyncpg.connect(database_urls.admin)
    stored = await admin.fetchrow("select kid, secret, scope, opaque from token_key where kid = $1", kid)
    assert stored is not None
    assert stored["secret"] == hashlib.sha256(opaque.encode()).digest()
    await admin.close()


@pytest.mark.parametrize("kind", ["anonymous", "customer", "admin_customer", "shop"])
async def test_each_kind_calls_what_is_its_own(peopled: Door, kind: str) -> None:
    token = {
        "anonymous": None,
        "customer": peopled.token("ann"),
        "admin_customer": peopled.token("ann", level="admin"),
        "shop": peopled.token(),
    }[kind]
    for name, body in BODIES.items():
        answer = await peopled.post(name, body, token=token)
        if kind in FUNCTIONS[name].callers:
            assert answer.status_code == ANSWERED.get(name, 200), (name, answer.text)
        elif kind == "anonymous":
            assert (answer.status_code, answer.json()["id"]) == (401, "invalid_token"), name
        else:
            assert (answer.status_code, answer.json()["id"]) == (403, "token_kind_not_allowed"), name


def test_who_may_call_what() -> None:
    everyone = {"customer", "admin_customer", "shop"}
    assert {name: set(function.callers) for name, function in FUNCTIONS.items()} == {
        "CustomerBalance3": everyone, "CustomerHistory2": everyone, "RedeemPoints1": everyone, "Unredeem1": everyone,
        "HoldPoints1": everyone, "CaptureHold1": everyone, "ExtendHold1": everyone, "ReleaseHold1": everyone,
        "CustomerHolds1": everyone, "GiftPoints1": everyone, "Refer2": everyone, "CustomerReferrals2": everyone,
        "ExpirationSchedule1": everyone, "ForecastBalance1": everyone, "ExplainBalance1": everyone,
        "ExplainOrder1": everyone,
        "ListOffers1": everyone, "RedeemOffer1": everyone, "UseAchievementDiscount1": everyone,
        "MergeCustomers1": {"shop"}, "ExportCustomerData1": {"admin_customer", "shop"},
        "CustomerDetails1": everyone, "UpdateCustomerDetails1": everyone,
        "LoggedOutBalance1": {"anonymous", "shop"}, "Status2": everyone | {"anonymous"},
        "RecordCustomTrigger1": everyone | {"anonymous"},
        "EstimateAccrual1": everyone | {"anonymous"}, "QueryOrderDetails1": everyone | {"anonymous"},
        "UpdateProducts3": {"shop"}, "ListCollections1": {"shop"}, "ListProducts1": {"shop"},
        "PlanProgramme1": {"shop"}, "ApplyProgramme1": {"shop"}, "ShowProgramme1": {"shop"}, "AdvanceClock1": {"shop"},
        "ListApprovals1": {"shop"}, "DecideApproval1": {"shop"}, "ListAudit1": {"shop"},
        "UpdateOrders4": {"shop"}, "UpdateCustomers3": {"shop"}, "AdjustCustomerState3": {"admin_customer", "shop"},
    }  # fmt: skip


@pytest.mark.parametrize("level", [None, "admin"])
async def test_a_customers_token_is_for_that_customer(peopled: Door, level: str | None) -> None:
    token = peopled.token("bob", level=level)
    for name, body in BODIES.items():
        if "customer" in body and ({"customer", "admin_customer"} if level else {"customer"}) & set(
            FUNCTIONS[name].callers
        ):
            answer = await peopled.post(name, body, token=token)
            if name == "AdjustCustomerState3" and level is None:
                continue
            expected = (403, "customer_identity_does_not_match_token")
            assert (answer.status_code, answer.json()["id"]) == expected, (name, answer.text)
    assert (await peopled.balance("ann"))["pts_available"] == 500


async def test_a_redemption_is_undone_by_its_own_customer(peopled: Door) -> None:
    code = (await peopled.post("RedeemPoints1", {"pts": 100}, token=peopled.token("ann"))).json()
    body = {"change_bhid": code["change_bhid"]}
    answer = await peopled.post("Unredeem1", body, token=peopled.token("bob"))
    assert (answer.status_code, answer.json()["id"]) == (404, "not_found")
    assert (await peopled.balance("ann"))["pts_available"] == 400


async def test_a_token_cannot_reach_a_record_by_an_address(door: Door) -> None:
    """A record that has no shop id yet must not be had by naming its e-mail beside a token of nobody known."""
    await door.post("UpdateCustomers3", {"customers": [{"email": "Rich@example.com"}, {"id": "bob"}]})
    for customer in ("bob", "nobody"):
        body = {"customer": {"email": "rich@example.com"}}
        answer = await door.post("CustomerBalance3", body, token=door.token(customer))
        assert (answer.status_code, answer.json()["id"]) == (403, "customer_identity_does_not_match_token")


async def test_a_token_may_name_its_own_customer(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann", "email": "Ann@Example.com"}]})
    status = (await door.post("Status2", token=door.token("ann"))).json()
    for identity in ({"shopid": "ann"}, {"email": "ANN@example.com"}, {"bhid": status["user"]["bhid"]}):
        answer = await door.post("CustomerBalance3", {"customer": identity}, token=door.token("ann"))
        assert answer.status_code == 200, answer.text


async def test_a_customers_id_may_hold_slashes(door: Door) -> None:
    await door.give("eu/12", 7)
    answer = await door.post("CustomerBalance3", token=door.token("eu/12"))
    assert answer.json()["pts_available"] == 7


async def test_nothing_of_another_shop_is_seen(peopled: Door, other: Door) -> None:
    answer = await other.post("CustomerBalance3", {"customer": {"shopid": "ann"}})
    assert (answer.status_code, answer.json()["id"]) == (404, "no_customers_match_customer_identity")
    status = (await peopled.post("Status2", token=peopled.token("ann"))).json()
    by_id = await other.post("CustomerBalance3", {"customer": {"bhid": status["user"]["bhid"]}})
    assert (by_id.status_code, by_id.json()["id"]) == (404, "no_customers_match_customer_identity")
