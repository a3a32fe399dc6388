"""Content tokens: opaque, for one customer and one block, void with their key, their epoch or their end."""

from __future__ import annotations

import base64

import pytest

from leal.content.tokens import ContentToken, make_content_token, read_content_token
from leal.tokens import InvalidToken, Scope, SigningKey
from leal.values import MICRO

SECRET = bytes(range(32))
BLOCK = "lifecycle-banner"
NOW = 1_700_000_040 * MICRO
ANNA = ContentToken("C-2847391")


async def signing(kid: str) -> SigningKey | None:
    scopes: dict[str, Scope] = {"k1": "content", "shops": "shop"}
    return SigningKey(SECRET, scopes[kid]) if kid in scopes else None


def made(said: ContentToken = ANNA, *, kid: str = "k1", shop: str = "acme", secret: bytes = SECRET) -> str:
    return make_content_token(kid, secret, shop, BLOCK, said)


async def read(token: str, *, block: str = BLOCK, shop: str = "acme", now: int = NOW) -> ContentToken:
    return await read_content_token(token, shop, block, signing, now)


@pytest.mark.parametrize(
    "said", [ANNA, ContentToken("Ünï/7", 3), ContentToken("x" * 255), ContentToken("a", 65535, NOW + 60 * MICRO)]
)
async def test_a_token_says_what_was_sealed(said: ContentToken) -> None:
    assert await read(made(said)) == said


async def test_the_same_wish_makes_the_same_token() -> None:
    assert made() == made()
    assert len({made(), made(ContentToken("C-2847392")), made(ContentToken("C-2847391", 1)), made(shop="other")}) == 4


async def test_nothing_of_the_customer_can_be_read_in_it() -> None:
    token = made()
    assert token.isascii()
    assert "=" not in token
    plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"2847391" not in plain
    other = base64.urlsafe_b64decode((other := made(ContentToken("C-2847392"))) + "=" * (-len(other) % 4))
    alike = sum(one == two for one, two in zip(plain[3:], other[3:], strict=True))
    assert alike < 8  # of 31 bytes; what is the same in both plain texts is not so in the sealed ones


@pytest.mark.parametrize("place", range(46))
async def test_an_altered_token_is_none(place: int) -> None:
    token = made()
    assert len(token) == 46
    other = "A" if token[place] != "A" else "B"
    with pytest.raises(InvalidToken):
        await read(token[:place] + other + token[place + 1 :])


async def test_it_is_for_its_block_its_shop_and_keys_of_its_scope() -> None:
    wrong = [
        read(made(), block="customer-value-block"),
        read(made(), shop="other"),
        read(made(kid="shops")),
        read(made(kid="gone")),
        read(made(secret=bytes(32))),
    ]
    for one in wrong:
        with pytest.raises(InvalidToken):
            await one


@pytest.mark.parametrize("token", ["", "A", "AA", "!!!!", "é" * 20, "A" * 1601, made()[:-1], made() + "A", "//__"])
async def test_what_is_no_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        await read(token)


async def test_its_end_is_exact() -> None:
    token = made(ContentToken("anna", 0, NOW))
    assert (await read(token, now=NOW - 1)).customer == "anna"
    with pytest.raises(InvalidToken):
        await read(token, now=NOW)
