"""Images for pictures: brought behind the answers, made small, bounded, and never handed on as they came."""

import base64
import io

import pytest
from PIL import Image

from leal.content.images import FRESH_SECONDS, MISSING_SECONDS, SIDE, BadImage, Images, fetched, made_small
from leal.content.png import draw_png, image_addresses
from leal.hooks.sending import BadTarget, Unanswered
from leal.rules.programme.theme import Theme
from tests.unit.content.panels import NOW, PANELS, PICTURE

LOGO = "https://shop.example/logo.png"


def image(form: str = "PNG", size: tuple[int, int] = (900, 600), mode: str = "RGB") -> bytes:
    """An image as a shop has it."""
    kept = io.BytesIO()
    Image.new(mode, size, (200, 30, 30, 90)[: len(mode)]).save(kept, form)
    return kept.getvalue()


class Elsewhere:
    """Servers elsewhere, and a clock."""

    def __init__(self, **there: bytes) -> None:
        self.there = {f"https://shop.example/{name}": body for name, body in there.items()}
        self.asked: list[str] = []
        self.seconds = 0.0
        self.images = Images(self.fetch, lambda: self.seconds)

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        if address not in self.there:
            raise Unanswered("it answered 404")
        return self.there[address]


def opened(uri: str) -> Image.Image:
    """The image of a `data:` URI."""
    return Image.open(io.BytesIO(base64.b64decode(uri.partition("base64,")[2])))


async def test_what_is_not_here_is_asked_for_once_and_here_the_next_time() -> None:
    shop = Elsewhere(a=image())
    one, none = "https://shop.example/a", "https://shop.example/none"
    assert shop.images.of([one, none]) == {}
    assert shop.images.of([one, none]) == {}
    await shop.images.settled()
    assert list(shop.images.of([one, none])) == [one]
    assert shop.asked == [one, none]
    shop.seconds = MISSING_SECONDS
    shop.images.of([one, none])
    await shop.images.settled()
    assert shop.asked == [one, none, none]
    shop.there.clear()
    shop.seconds = FRESH_SECONDS
    assert list(shop.images.of([one])) == [one]
    await shop.images.settled()
    assert list(shop.images.of([one])) == [one]  # an old one is better than none
    await shop.images.close()


async def test_what_is_no_image_is_as_if_it_were_not_there() -> None:
    shop = Elsewhere(a=b"<html>", b=b"", c=image()[:200], d=b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert shop.images.of(shop.there) == {}
    await shop.images.settled()
    assert shop.images.of(shop.there) == {}
    assert len(shop.asked) == 4


@pytest.mark.parametrize(
    ("body", "size", "form"),
    [
        (image("JPEG"), (400, 267), "JPEG"),
        (image("WEBP", (300, 300)), (300, 300), "JPEG"),
        (image("GIF", (10, 900)), (4, 400), "JPEG"),
        (image("PNG", (800, 200), "RGBA"), (400, 100), "PNG"),
    ],
)
def test_an_image_is_made_small_and_drawn_anew(body: bytes, size: tuple[int, int], form: str) -> None:
    small = opened(made_small(body + b"<script>what else came</script>"))
    assert (small.size, small.format) == (size, form)
    assert max(small.size) <= SIDE


def test_an_image_of_too_many_pixels_is_none() -> None:
    with pytest.raises(BadImage):
        made_small(image("PNG", (6000, 5000)))


def test_an_image_that_is_drawn_over_and_over_is_none() -> None:
    """A scan of a progressive JPEG takes a few bytes, and as long as its pixels."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480)).save(kept, "JPEG", progressive=True)
    whole = kept.getvalue()
    before, scan = whole[: whole.rindex(b"\xff\xda")], whole[whole.rindex(b"\xff\xda") : -2]
    assert opened(made_small(before + scan * 20 + b"\xff\xd9")).size == (400, 300)
    with pytest.raises(BadImage):
        made_small(before + scan * 200 + b"\xff\xd9")


async def test_an_image_that_a_decoder_stumbles_over_is_not_asked_for_again_at_once() -> None:
    asked = []

    async def stumbles(address: str) -> bytes:
        asked.append(address)
        raise RuntimeError("could not create decoder object")

    images = Images(stumbles, lambda: 0.0)
    for _ in range(3):
        assert images.of([LOGO]) == {}
        await images.settled()
    assert asked == [LOGO]


@pytest.mark.parametrize(
    "address", ["http://shop.example/a.png", "https://127.0.0.1/a.png", "https://[::1]/a", "file:///etc/passwd"]
)
async def test_nothing_private_is_asked(address: str) -> None:
    with pytest.raises(BadTarget):
        await fetched(address)


def test_a_picture_has_what_is_at_hand() -> None:
    theme = Theme(logo_url=LOGO)
    panel = PANELS["products"]
    assert image_addresses(panel, theme) == [LOGO, PICTURE, "https://shop.example/loafer.png"]
    bare = draw_png(panel, theme, 600, NOW)
    small = made_small(image())
    assert draw_png(panel, theme, 600, NOW, pictures={PICTURE: small}) != bare
    assert draw_png(panel, theme, 600, NOW, pictures={LOGO: small}) != bare
