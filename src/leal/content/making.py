"""Making: from what a URL asks for to the block that one customer is shown, within the time that mail programs give.

The steps: (1) the token says who; (2) what is to be shown is chosen; (3) links that were revoked show nothing; (4) the
impression is counted, for the control group too, which then is shown nothing; (5) what was chosen is worded and drawn.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from leal.api.rates import Rates, Use
from leal.content.asking import Asked
from leal.content.counting import Counting
from leal.content.document import document
from leal.content.gif import draw_countdown
from leal.content.html import draw_html
from leal.content.images import Images
from leal.content.links import click_url, counted, picture_url
from leal.content.neutral import TYPES, Form
from leal.content.panel import Panel
from leal.content.png import draw_png, image_addresses
from leal.content.tokens import read_content_token
from leal.content.wording import panel_of, voice_for
from leal.engine.commands import Shop
from leal.engine.content import Shown
from leal.rules.content.chosen import Block
from leal.rules.content.split import in_control
from leal.rules.programme.content import Content
from leal.rules.programme.terms import Terms
from leal.tokens import InvalidToken
from leal.values import MICRO, datetime_of

if TYPE_CHECKING:
    from leal.engine.engine import Engine

PICTURES_BYTES_MAX: Final = 64 * 1024 * 1024
"""Of pictures that are kept, in each process; those that were asked for last."""
DRAWING_SECONDS: Final = 0.1
"""What must be left of the time before a picture is begun."""
SECRETS_MAX: Final = 1000


class NothingToShow(Exception):
    """The customer is shown nothing of this block; `why` is for the figures."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Looked(NamedTuple):
    """What was looked up for one customer, and is not drawn yet."""

    shop: Shop
    block: Block
    shown: Shown
    terms: Terms
    is_control: bool

    @property
    def settings(self) -> Content:
        """The programme's content part."""
        return self.terms.content.document


class Made(NamedTuple):
    """A block, ready to be sent."""

    body: bytes
    content_type: bytes
    language: str


class Maker:
    """Makes the blocks of one process."""

    def __init__(self, engine: Engine, rates: Rates, counting: Counting) -> None:
        self._engine = engine
        self._rates = rates
        self._counting = counting
        self._pictures = Pictures()
        self.images = Images()
        self._secrets: dict[int, bytes] = {}

    async def look(self, shop: Shop, asked: Asked) -> Looked:
        """Steps 1 to 3. Raises InvalidToken, RateLimitExceeded, NothingToShow, and what the engine raises."""
        if asked.block is None:
            raise InvalidToken("no such block")
        engine = self._engine
        keys = partial(engine.signing_key, shop)
        said = await read_content_token(asked.token, shop.slug, asked.block, keys, time.time_ns() // 1000)
        self._rates.take("read", [Use("member", f"{shop.id} {said.customer}")])
        shown = await engine.content(shop, said.customer, asked.block)
        if said.epoch < shown.link_epoch:
            raise InvalidToken("revoked")
        if shown.terms is None or shown.chosen.is_hidden:
            raise NothingToShow("hidden")
        percent = shown.terms.content.document.control_percent
        control = in_control(self._secret(shop), said.customer, asked.block, percent)
        return Looked(shop, asked.block, shown, shown.terms, control)

    async def make(self, shop: Shop, asked: Asked, form: Form, base_url: str, ends_at: float, *, count: bool) -> Made:
        """All of it, to be done at `ends_at` (time.perf_counter). Raises as `look`, and TimeoutError."""
        looked = await self.look(shop, asked)
        if count:
            self.note(looked, self._counting.impression)
        if looked.is_control:
            raise NothingToShow("control")
        speak = voice_for(looked.terms, looked.shown.locale, asked.language)
        panel = panel_of(looked.shown.chosen, looked.terms, speak, looked.shown.now)
        return Made(self._drawn(looked, panel, asked, form, base_url, ends_at), TYPES[form], panel.language)

    async def click(self, shop: Shop, asked: Asked, *, count: bool) -> str | None:
        """Count a click; gives where the block's button leads. Raises as `look`."""
        looked = await self.look(shop, asked)
        if count:
            self.note(looked, self._counting.click)
        speak = voice_for(looked.terms, looked.shown.locale, asked.language)
        button = panel_of(looked.shown.chosen, looked.terms, speak, looked.shown.now).button
        return button.url if button else None

    def note(self, looked: Looked, count: Callable[..., None]) -> None:
        """Count what was looked up as an impression or a click."""
        percent, shown = looked.settings.control_percent, looked.shown
        count(looked.shop, shown.account, looked.block, percent, shown.now, control=looked.is_control)

    def _drawn(self, looked: Looked, panel: Panel, asked: Asked, form: Form, base_url: str, ends_at: float) -> bytes:
        settings, now = looked.settings, looked.shown.now
        click = partial(click_url, base_url, looked.shop.slug, looked.block, asked.token)
        if form == "json":
            return document(counted(panel, click), looked.shown.chosen.slots, click(), now)
        moment = datetime_of(now)
        if form == "html":
            running = picture_url(base_url, looked.shop.slug, looked.block, "gif", asked.token)
            return draw_html(
                counted(panel, click),
                settings.theme,
                settings.width,
                moment,
                form=asked.html,
                countdown_url=running if panel.countdown else "",
            ).encode()
        if form == "gif":
            return self._kept(
                (panel.countdown, settings.theme, panel.tone, asked.scale, now // MICRO),
                ends_at,
                lambda: _running(panel, settings, asked, moment),
            )
        minute = moment.replace(
            second=0, microsecond=0
        )  # digits of a picture that stands still, and matter to it alone
        theme, across, images = settings.theme, settings.width, self.images.of(image_addresses(panel, settings.theme))
        return self._kept(
            (panel, theme, across, asked.scale, asked.is_dark, panel.countdown and minute, frozenset(images)),
            ends_at,
            lambda: draw_png(panel, theme, across, minute, scale=asked.scale, dark=asked.is_dark, pictures=images),
        )

    def _kept(self, key: Hashable, ends_at: float, draw: Callable[[], bytes]) -> bytes:
        """A picture that was drawn before, or is drawn if there is time."""
        found = self._pictures.get(key)
        if found is None:
            if time.perf_counter() + DRAWING_SECONDS > ends_at:
                raise TimeoutError
            found = draw()
            self._pictures.keep(key, found)
        return found

    def _secret(self, shop: Shop) -> bytes:
        known = self._secrets.get(shop.id)
        if known is None:
            if len(self._secrets) >= SECRETS_MAX:
                self._secrets.clear()
            known = self._secrets[shop.id] = self._engine.split_secret(shop)
        return known


def _running(panel: Panel, settings: Content, asked: Asked, now: datetime) -> bytes:
    if panel.countdown is None:
        raise NothingToShow("no countdown")
    return draw_countdown(panel.countdown, settings.theme, panel.tone, now, scale=asked.scale)


class Pictures:
    """Pictures by what was drawn: the same words and theme make the same one."""

    def __init__(self, bytes_max: int = PICTURES_BYTES_MAX) -> None:
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes_max = bytes_max
        self._bytes = 0

    def get(self, key: Hashable) -> bytes | None:
        """The picture, if it is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, picture: bytes) -> None:
        """Keep it, in place of those that nobody has asked for the longest."""
        self._bytes += len(picture) - len(self._kept.pop(key, b""))
        self._kept[key] = picture
        while self._bytes > self._bytes_max:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone)
