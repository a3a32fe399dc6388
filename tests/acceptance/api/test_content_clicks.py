"""Clicks on content blocks: they lead to allowed hosts alone, also while the database is away."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from leal.errors import Unavailable
from tests.acceptance.api.mailing import BANNER, PRIVATE, Posting

EVIL = (
    "http://www.shop.example/", "https://evil.example/", "https://shop.example/", "//evil.example/", "/new", "",
    "https://partner.example/", "https://evilpartner.example/", "https://www.shop.example@evil.example/",
    "https://www.shop.example.evil.example/", "https://evil.example\\@www.shop.example/", "javascript:alert(1)",
    "https://www.shop.example:8443/", "https://www.shop.example/\r\nset-cookie: a=b", "https:www.shop.example",
    "https://WWW.shop.example.\tevil.example/", "https://user@www.shop.example/", "https://[::1]/", "https://[",
    "https://www.shop.example%2eevil.example/", "https://www.shop.example:x/", "https://www.shop.exämple/",
    "https://evil.example%2f.partner.example/", "https://evil.example%23.partner.example/",
    "https://evil.example;.partner.example/", "https://evil.example&.partner.example/", "https://.partner.example/",
    "https://www.shop.example./", "https://a。partner.example/", "https:///evil.example/.partner.example/",
)  # fmt: skip


GOOD = (
    "https://www.shop.example/sale?a=1", "https://club.shop.example/x#y", "https://deep.down.partner.example/",
    "https://www.shop.example:443/",
)  # fmt: skip


async def test_clicks_lead_to_allowed_hosts_alone(post: Posting) -> None:
    mail = await post()
    for to in (*GOOD, *EVIL):
        for token in (mail.token("anna"), "wrong"):
            answer = await mail.open(f"{BANNER}/click", t=token, to=to)
            target = to if to in GOOD else "https://www.shop.example/new"
            assert (answer.status_code, answer.headers["location"]) == (302, target), to
            assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE


@pytest.mark.parametrize(
    ("links", "home"),
    [
        ('shop: "https://münchen.example/"', None),
        (
            'shop: "https://münchen.example/", rewards: "https://xn--mnchen-3ya.example/é?ü=1"',
            "https://xn--mnchen-3ya.example/%C3%A9?%C3%BC=1",
        ),
        ('shop: "https://[x/", join: "https://www.shop.example:8443/"', "https://www.shop.example:8443/"),
    ],
)
async def test_no_click_leads_to_a_host_that_is_another_without_its_letters(
    post: Posting, links: str, home: str | None
) -> None:
    mail = await post(content=f"content:\n  links: {{{links}}}\n")
    answer = await mail.open(f"{BANNER}/click", t=mail.token("anna"), to="https://evil.example/")
    assert answer.headers.get("location") == home
    assert answer.status_code == (404 if home is None else 302)


async def test_a_click_takes_campaign_parameters_along_and_nothing_else(post: Posting) -> None:
    mail = await post()
    to = "https://www.shop.example/sale?utm_source=own&a=1"
    asked = {"t": mail.token("anna"), "to": to, "utm_source": "mail", "utm_campaign": "july sale", "x": "y"}
    answer = await mail.open(f"{BANNER}/click", **asked)
    assert answer.headers["location"] == f"{to}&utm_campaign=july+sale"


async def test_a_click_on_the_whole_leads_where_the_button_does(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    shown = (await mail.get("anna")).json()
    parts = urlsplit(shown["click_url"])
    assert (parts.netloc, list(parse_qs(parts.query))) == ("loyalty.example", ["t"])
    whole = await mail.client.get(f"{parts.path}?{parts.query}")
    button = urlsplit(shown["button"]["url"])
    on_button = await mail.client.get(f"{button.path}?{button.query}")
    assert whole.headers["location"] == on_button.headers["location"]
    assert urlsplit(whole.headers["location"]).hostname in ("www.shop.example", "club.shop.example")


async def test_a_click_is_led_on_while_the_database_is_away(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = await post()
    to = "https://www.shop.example/sale"
    await mail.open(f"{BANNER}/click", t=mail.token("anna"), to=to)

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("The database cannot be reached.")

    monkeypatch.setattr(type(mail.engine), "shop", away)
    assert (await mail.open(f"{BANNER}/click", t=mail.token("anna"), to=to)).headers["location"] == to


async def test_a_click_that_leads_nowhere_is_told_so(post: Posting) -> None:
    mail = await post(content="")
    asked = {"t": mail.token("anna"), "to": "https://www.shop.example/"}
    assert (await mail.open(f"{BANNER}/click", **asked)).json()["id"] == "unknown_content"
    answer = await mail.open(f"{BANNER}/click", {"accept": "text/html,*/*"}, **asked)
    assert (answer.status_code, "location" in answer.headers) == (404, False)
    assert "leads nowhere" in answer.text
    assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE
