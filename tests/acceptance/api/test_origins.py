"""Pages that call from a browser: only those a shop lists, and never with what opens the whole shop."""

from __future__ import annotations

import httpx
import pytest

from leal.errors import InvalidInput
from tests.acceptance.api.conftest import Door

PAGE, STRANGE = "https://shop.example.com", "https://evil.example.com"
CORS = "access-control-allow-origin"


@pytest.fixture
async def listed(door: Door) -> Door:
    """The shop lets one page call."""
    await door.engine.set_origins(door.shop, allow=[PAGE, "http://localhost:3000"], forbid=[])
    return door


async def preflight(door: Door, function: str, origin: str) -> httpx.Response:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    return await door.client.options(door.url(function), headers=headers)


async def test_preflight(listed: Door) -> None:
    answer = await preflight(listed, "CustomerBalance3", PAGE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers[CORS] == PAGE
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-max-age"] == "86400"
    assert {"authorization", "content-type", "idempotency-key"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert answer.headers["vary"] == "Origin"
    assert "ratelimit" in answer.headers
    assert not {"content-length", "content-type"} & set(answer.headers)
    assert (await preflight(listed, "RedeemPoints1", PAGE)).headers["access-control-allow-methods"] == "POST"
    for strange in (STRANGE, "null", f"{PAGE}.evil.example.com", "http://shop.example.com", PAGE.upper(), "*"):
        refused = await preflight(listed, "CustomerBalance3", strange)
        assert not any(name.startswith("access-control") for name in refused.headers), strange
        assert refused.headers["vary"] == "Origin"


async def test_a_listed_page_reads_answers_and_failures(listed: Door) -> None:
    ann = listed.token("ann")
    for body in ({}, {"include_full_program": "perhaps"}):
        answer = await listed.post("CustomerBalance3", body, token=ann, headers={"origin": PAGE})
        assert answer.headers[CORS] == PAGE
        assert {"x-request-id", "retry-after", "ratelimit", "idempotency-replayed"} <= set(
            answer.headers["access-control-expose-headers"].split(", ")
        )
        assert "access-control-allow-credentials" not in answer.headers
    strange = await listed.post("CustomerBalance3", token=ann, headers={"origin": STRANGE})
    assert CORS not in strange.headers
    nobody = await listed.post("CustomerBalance3", token=ann)
    assert (nobody.headers["vary"], CORS in nobody.headers) == ("Origin", False)


async def test_each_shop_has_its_own_pages(listed: Door, other: Door) -> None:
    assert CORS not in (await preflight(other, "CustomerBalance3", PAGE)).headers
    nowhere = await listed.client.options("/api/v2023061/nowhere/Status2", headers={"origin": PAGE})
    assert (nowhere.status_code, CORS in nowhere.headers) == (404, False)


async def test_no_page_uses_what_opens_the_shop(listed: Door) -> None:
    _, opaque = await listed.engine.add_opaque_key(listed.shop, scope="read")
    for token in (listed.token(), opaque):
        for origin in (PAGE, STRANGE, "null"):
            answer = await listed.post(
                "CustomerBalance3", {"customer": {"shopid": "ann"}}, token, headers={"origin": origin}
            )
            assert (answer.status_code, answer.json()["id"]) == (403, "shop_token_in_browser")


async def test_the_list(listed: Door) -> None:
    engine, shop = listed.engine, await listed.engine.shop("acme")
    assert shop.origins == ("http://localhost:3000", PAGE)
    assert await engine.set_origins(shop, allow=["https://b.example:8443", PAGE], forbid=["http://localhost:3000"]) == (
        "https://b.example:8443", PAGE,
    )  # fmt: skip
    assert (await engine.shop("acme")).origins == ("https://b.example:8443", PAGE)
    assert CORS in (await preflight(listed, "Status2", "https://b.example:8443")).headers
    wrong = [
        "*",
        "null",
        "https://*.example.com",
        "http://shop.example.com",
        f"{PAGE}/",
        "https://A.example",
        "ftp://x",
    ]
    with pytest.raises(InvalidInput) as caught:
        await engine.set_origins(shop, allow=wrong, forbid=[])
    assert len(caught.value.problems) == len(wrong)
    with pytest.raises(InvalidInput):
        await engine.set_origins(shop, allow=[f"https://s{number}.example" for number in range(101)], forbid=[])
