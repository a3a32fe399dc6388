"""Content blocks through the door: what a link shows, how it never breaks a mail, and what is counted of it."""

from __future__ import annotations

import asyncio
import struct
import time

import pytest

from leal.api.rates import Limits, Rates
from leal.content import app
from leal.content.tokens import ContentToken, make_content_token
from leal.engine.commands import CustomerFacts, Merge, PushCustomer, PushOrder, Who
from leal.errors import Unavailable
from leal.rules.content.chosen import BLOCKS
from leal.rules.content.split import in_control
from leal.rules.orders import Order
from leal.values import MICRO, parse_money
from tests.acceptance.api.mailing import BANNER, PRIVATE, Posting, is_neutral
from tests.engines import who


async def test_a_block_is_shown_in_each_form(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    told = await mail.get("anna")
    assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
    assert told.headers["content-language"] == "en"
    shown = told.json()
    assert (shown["block"], shown["slots"]["points"], shown["slots"]["points_value"]) == (BANNER, 4800, "48.000000")
    page = await mail.get("anna", "html")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert shown["headline"] in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    sizes = []
    for asked in ({}, {"scale": "2"}):
        picture = await mail.get("anna", "png", **asked)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        sizes.append(struct.unpack(">II", picture.content[16:24]))
    assert (sizes[0][0], sizes[1]) == (600, (2 * sizes[0][0], 2 * sizes[0][1]))
    for answer in (told, page, picture):
        assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE


async def test_every_block_answers_somebody_known_and_a_stranger(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    for block in BLOCKS:
        for customer in ("anna", "nobody"):
            for form in ("json", "html", "png", "gif"):
                answer = await mail.get(customer, form, block)
                assert answer.status_code in (200, 204)
                assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE
    assert 'outcome="failed"' not in mail.figures()
    assert 'outcome="late"' not in mail.figures()


async def test_the_words_of_the_picture_are_in_the_json_in_the_language_that_is_asked_for(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    english, german = [(await mail.get("anna", l=language)).json() for language in ("en", "de")]
    assert (english["language"], german["language"]) == ("en", "de")
    assert english["headline"] != german["headline"]
    assert english["slots"] == german["slots"]
    for shown in (english, german):
        assert shown["headline"] in shown["alt"]


@pytest.mark.parametrize("form", ["png", "gif", "html", "json"])
async def test_whatever_is_wrong_with_a_link_the_mail_stays_whole(post: Posting, form: str) -> None:
    """Checks 7 and 8: never an error in a mail."""
    mail, other = await post(), await post(slug="rival")
    await mail.buy("anna", "480")
    token = mail.token("anna")
    spoilt = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
    shop_token = make_content_token("k", bytes(32), "acme", BANNER, ContentToken("anna"))
    wrong = [
        {},
        {"t": ""},
        {"t": "%%%"},
        {"t": "x" * 5000},
        {"t": spoilt},
        {"t": shop_token},
        {"t": other.token("anna")},
        {"t": mail.token("anna", "lifecycle-banner")},
        {"t": mail.token("anna", expires_at=60 * MICRO)},
    ]
    for asked in wrong:
        assert is_neutral(await mail.open(f"{BANNER}.{form}", **asked), form), asked
    for rest in (f"no-such-block.{form}", f"{BANNER.upper()}.{form}"):
        assert is_neutral(await mail.open(rest, t=token), form), rest
    elsewhere = await mail.client.get(f"/content/v1/no-such-shop/{BANNER}.{form}", params={"t": token})
    assert is_neutral(elsewhere, form)
    posted = await mail.client.post(f"/content/v1/acme/{BANNER}.{form}", params={"t": spoilt}, content=b"x")
    assert is_neutral(posted, form)


async def test_a_wrong_token_is_told_in_the_figures_alone(post: Posting) -> None:
    mail = await post()
    await mail.open(f"{BANNER}.png", t="wrong")
    assert f'leal_content_total{{function="content {BANNER} png",outcome="refused"}} 1.0' in mail.figures()


async def test_links_end_with_their_key_and_their_epoch(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leal.engine.keys.TRUSTED_FOR", 0.0)
    mail = await post()
    for name in ("anna", "bob"):
        await mail.buy(name, "480")
    await mail.engine.revoke_links(mail.shop, who("anna"))
    assert is_neutral(await mail.get("anna"), "json")
    assert (await mail.get("bob")).status_code == 200
    assert (await mail.open(f"{BANNER}.json", t=mail.token("anna", epoch=1))).status_code == 200
    (kid,) = [key.kid for key in await mail.engine.token_keys(mail.shop) if key.scope == "content"]
    await mail.engine.revoke_token_key(mail.shop, kid)
    assert is_neutral(await mail.get("bob"), "json")


@pytest.mark.parametrize("order", [1, -1])
async def test_links_that_were_revoked_stay_void_under_whoever_takes_the_name_over(post: Posting, order: int) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    await mail.engine.revoke_links(mail.shop, who("anna"))
    guest = Who(email="guest@mail.example")
    placed = Order("g-1", "confirmed", None, None, amount_spent=parse_money("50"))
    await mail.engine.push_orders(mail.shop, [PushOrder(CustomerFacts(guest), placed)])
    await mail.engine.merge_customers(mail.shop, Merge([guest, who("anna")][::order]))
    assert is_neutral(await mail.get("anna"), "json")
    assert (await mail.open(f"{BANNER}.json", t=mail.token("anna", epoch=1))).json()["variant"] != "unknown"


async def test_an_erased_customer_is_a_stranger_again(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "300")
    before = await mail.get("anna")
    gone = PushCustomer(CustomerFacts(who("anna"), deleted=True), b"{}")
    await mail.engine.push_customers(mail.shop, [gone])
    after = await mail.get("anna")
    stranger = await mail.get("nobody")
    assert "3,000" in before.text
    assert (
        after.text.replace(mail.token("anna"), "").partition('"generated_at"')[0]
        == stranger.text.replace(mail.token("nobody"), "").partition('"generated_at"')[0]
    )


async def test_a_database_that_is_away_shows_nothing(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check 7: the store is down."""
    mail = await post()
    await mail.buy("anna", "480")

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("The database cannot be reached.")

    monkeypatch.setattr(type(mail.engine), "content", away)
    for form in ("png", "html", "json"):
        assert is_neutral(await mail.get("anna", form), form)
    monkeypatch.setattr(type(mail.engine), "shop", away)
    assert is_neutral(await mail.get("anna", "png"), "png")
    assert 'outcome="failed"' in mail.figures()


async def test_what_takes_too_long_is_given_up(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ANSWER_SECONDS", 0.05)
    mail = await post()

    async def slow(*_: object, **__: object) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(type(mail.engine), "content", slow)
    began = time.perf_counter()
    assert is_neutral(await mail.get("anna", "png"), "png")
    assert time.perf_counter() - began < 5
    assert 'outcome="late"' in mail.figures()


async def test_a_fault_of_the_program_breaks_no_mail(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = await post()
    await mail.buy("anna", "480")

    def broken(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError

    for what, form in (("draw_png", "png"), ("draw_html", "html"), ("document", "json"), ("panel_of", "json")):
        with monkeypatch.context() as patch:
            patch.setattr(f"leal.content.making.{what}", broken)
            assert is_neutral(await mail.get("anna", form), form)


async def test_one_customer_whose_links_are_fetched_too_often_is_let_rest(
    post: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = await post()
    still = Rates(Limits(member_reads=1), lambda: 0.0)
    monkeypatch.setattr(mail.web._content._maker, "_rates", still)
    for number in range(10):
        assert (await mail.get("anna", block=BLOCKS[number % 2])).status_code in (200, 204)
    assert 'outcome="limited"' not in mail.figures()
    assert is_neutral(await mail.get("anna"), "json")
    assert 'outcome="limited"' in mail.figures()
    assert (await mail.get("bob")).status_code == 200


async def test_pages_of_the_shop_may_read_it(post: Posting) -> None:
    mail = await post()
    await mail.engine.set_origins(mail.shop, allow=["https://www.shop.example"], forbid=[])
    for origin, allowed in (("https://www.shop.example", "https://www.shop.example"), ("https://evil.example", None)):
        answer = await mail.open(f"{BANNER}.json", {"origin": origin}, t=mail.token("anna"))
        assert answer.headers.get("access-control-allow-origin") == allowed


async def test_nothing_personal_stands_in_urls(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna-4711", "480")
    for form in ("html", "json"):
        assert "anna-4711" not in (await mail.get("anna-4711", form)).text


async def test_what_is_not_there_is_told_to_whoever_writes_the_template(post: Posting) -> None:
    mail = await post()
    for rest in (f"{BANNER}.webp", BANNER, "", f"{BANNER}.png/x"):
        answer = await mail.open(rest)
        assert (answer.status_code, answer.json()["id"]) == (404, "unknown_content")


async def test_what_was_shown_and_clicked_is_counted(post: Posting) -> None:
    mail = await post()
    await mail.buy("anna", "480")
    for form in ("png", "json", "html", "gif"):  # the last comes beside another
        await mail.get("anna", form)
    await mail.get("nobody", "png")
    await mail.open(f"{BANNER}/click", t=mail.token("anna"))
    link = f"/content/v1/acme/{BANNER}.png"
    await mail.client.head(link, params={"t": mail.token("anna")})
    await mail.open(f"{BANNER}.png", {"sec-purpose": "prefetch"}, t=mail.token("anna"))
    await mail.open(f"{BANNER}.png", t="wrong")
    (outcome,) = await mail.outcomes()
    assert (outcome.block, outcome.share, outcome.impressions, outcome.clicks) == (BANNER, 0, 4, 1)
    assert (outcome.shown.people, outcome.clickers, outcome.withheld) == (1, 1, 0)


async def test_the_control_group_is_shown_nothing_and_counted(post: Posting) -> None:
    """Check 9: stable for each customer, and the same for all forms."""
    mail = await post(control=50)
    names = [f"c{number}" for number in range(20)]
    secret = mail.engine.split_secret(mail.shop)
    control = {name for name in names if in_control(secret, name, BANNER, 50)}
    assert 3 < len(control) < 17
    for name in names:
        await mail.buy(name, "480")
        for form in ("json", "html", "png", "json"):
            answer = await mail.get(name, form)
            assert is_neutral(answer, form) if name in control else answer.status_code == 200 and answer.content
    (outcome,) = await mail.outcomes()
    assert (outcome.share, outcome.impressions, outcome.withheld) == (50, 4 * (20 - len(control)), 4 * len(control))
    assert (outcome.shown.people, outcome.control.people) == (20 - len(control), len(control))


async def test_heads_are_answered_like_gets_without_bodies(post: Posting) -> None:
    mail = await post()
    answer = await mail.client.head(f"/content/v1/acme/{BANNER}.json", params={"t": mail.token("anna")})
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_gallery_that_fails_says_so_and_no_more(post: Posting, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = await post(slug="sand", sandbox=True)

    async def broken(*_: object, **__: object) -> None:
        raise OSError("connection to 10.0.0.7 refused")

    monkeypatch.setattr(type(mail.engine), "terms", broken)
    answer = await mail.open("gallery")
    assert (answer.status_code, answer.json()["id"]) == (500, "internal_error")
    assert "10.0.0.7" not in answer.text
    assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE


async def test_a_sandbox_shows_its_gallery_and_no_other_shop_does(post: Posting) -> None:
    mail = await post(slug="sand", sandbox=True)
    page = await mail.open("gallery")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert all(f'id="{block}"' in page.text for block in BLOCKS)
    picture = await mail.open("gallery", show=f"{BANNER}/unknown", width="320")
    assert (picture.headers["content-type"], struct.unpack(">I", picture.content[16:20])) == ("image/png", (640,))
    real = await post(slug="real")
    for odd in ("%00", "%ff", "%0a", "%2e%2e", "a%5c", "\u00e9", "x" * 64):
        assert (await mail.client.get(f"/content/v1/{odd}/gallery")).status_code == 404
        assert is_neutral(await mail.client.get(f"/content/v1/{odd}/{BANNER}.json"), "json")
        assert (await mail.client.get(f"/content/v1/{odd}/{BANNER}/click")).status_code == 404
    for answer in (await real.open("gallery"), await mail.client.get("/content/v1/no-such-shop/gallery")):
        assert answer.status_code == 404
