"""The application of content blocks: pictures, fragments and JSON that never break the mail or page that they are in.

Whatever fails, from a token that is none to a database that is away, the answer is neutral, within 400 milliseconds:
a transparent picture, an empty fragment, 204. Only a click that leads nowhere is told so.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from leal.api import origins
from leal.api.door import Served
from leal.api.failures import answer_of
from leal.api.figures import Figures
from leal.api.http import (
    REQUEST_ID,
    Answer,
    Receive,
    Scope,
    Send,
    address,
    header,
    request_id,
    require_small_head,
    send_answer,
)
from leal.api.rates import RateLimitExceeded, Rates, Use, network
from leal.content import gallery
from leal.content.asking import Asked, read_asked, read_gallery
from leal.content.counting import Counting
from leal.content.links import Targets, forwarding, plain, targets_of
from leal.content.making import Maker, NothingToShow
from leal.content.neutral import HTML, Form, neutral
from leal.engine.commands import Shop, UnknownShop
from leal.errors import LealError, NotFound
from leal.tokens import InvalidToken

if TYPE_CHECKING:
    from leal.engine.engine import Engine

ANSWER_SECONDS: Final = 0.4
"""What pictures are waited for; mail programs' proxies give up after a second."""
CLICK_SECONDS: Final = 2.0
"""What a person who clicked is let wait before the way is chosen by what is known without the database."""
KNOWN_MAX: Final = 1000
"""Shops whose targets are kept in mind."""
TELL_SECONDS: Final = 10.0
"""How often failures of one kind are logged: under load there are thousands."""
PRIVATE: Final = (
    (b"cache-control", b"no-cache, no-store, max-age=0"),
    (b"pragma", b"no-cache"),
    (b"expires", b"-1"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"vary", b"Origin"),
)
"""On every answer: it is one customer's, at this moment."""
ON_ITS_OWN: Final = (
    b"content-security-policy",
    b"default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
)

GALLERY: Final = (
    b"content-security-policy",
    b"default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
)

_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9a-fA-F:]{2,45}\](:[0-9]{1,5})?")
_NOWHERE: Final = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>No page here</title><p>This link leads nowhere any more."
)

log = structlog.get_logger("leal.content")


class UnknownContent(NotFound):
    """There is no such content."""

    id = "unknown_content"
    sentence = "Nothing is here; content blocks are at /content/v1/<shop>/<block>.<html|png|gif|json>."


class _Done(NamedTuple):
    answer: Answer
    outcome: str
    """For the figures: `shown`, or why nothing was."""


class ContentBlocks:
    """The ASGI application under `/content/`."""

    def __init__(
        self,
        engine: Engine,
        observe: Callable[[Served], None],
        rates: Rates,
        figures: Figures,
        *,
        public_url: str | None = None,
    ) -> None:
        """`public_url` is where readers find the server, where that is known."""
        self._engine = engine
        self._observe = observe
        self._figures = figures
        self._rates = rates
        self._public_url = public_url
        self._counting = Counting(engine.add_seen, figures.content_lost)
        self._maker = Maker(engine, rates, self._counting)
        self._targets: dict[str, Targets] = {}
        self._told_at: dict[str, float] = {}

    async def close(self) -> None:
        """Store what was counted."""
        await self._maker.images.close()
        await self._counting.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        ident, asked = request_id(scope), read_asked(scope)
        if asked is None:
            done = await self._gallery(scope, ident)
        elif asked.form == "click":
            done = await self._click(scope, asked, ident)
        else:
            done = await self._block(scope, asked, asked.form, started)
        await send_answer(scope, send, done.answer, (*PRIVATE, (REQUEST_ID, ident.encode())))
        function = "content" if asked is None else asked.function
        self._figures.content(function, done.outcome)
        seconds = time.perf_counter() - started
        self._observe(Served(function, done.answer.status, seconds, ident, address(scope)))

    async def _block(self, scope: Scope, asked: Asked, form: Form, started: float) -> _Done:
        shared: tuple[tuple[bytes, bytes], ...] = ()
        try:
            require_small_head(scope)
            async with asyncio.timeout(ANSWER_SECONDS):
                shop = await self._engine.shop(asked.shop)
                origin = header(scope, b"origin")
                if origin is not None and origins.is_listed(shop, origin):
                    shared = origins.shared(origin)
                made = await self._maker.make(
                    shop, asked, form, self._base_url(scope), started + ANSWER_SECONDS, count=_is_looking(scope, form)
                )
        except NothingToShow as nothing:
            outcome = nothing.why
        except Exception as failure:
            outcome = self._failed(asked, failure)
        else:
            language = (b"content-language", made.language.encode())
            alone = (ON_ITS_OWN,) if form == "html" else ()
            return _Done(Answer(200, made.body, made.content_type, (language, *alone, *shared)), "shown")
        empty = neutral(form)
        return _Done(empty._replace(headers=shared), outcome)

    def _failed(self, asked: Asked, failure: Exception) -> str:
        """What is noted of a failure; in the log stands no token and nothing that it says."""
        if isinstance(failure, InvalidToken | UnknownShop):
            outcome, reason = "refused", getattr(failure, "reason", failure.id)
            tell, trace = log.info, None
        elif isinstance(failure, TimeoutError):
            outcome, reason, tell, trace = "late", "not done in time", log.warning, None
        elif isinstance(failure, RateLimitExceeded):
            outcome, reason, tell, trace = "limited", failure.id, log.info, None
        elif isinstance(failure, LealError):
            outcome, reason, tell, trace = "failed", failure.id, log.error, None
        else:
            outcome, reason, tell, trace = "failed", type(failure).__name__, log.error, failure
        now = time.monotonic()
        if now - self._told_at.get(reason, -TELL_SECONDS) >= TELL_SECONDS:
            if len(self._told_at) > KNOWN_MAX:
                self._told_at.clear()
            self._told_at[reason] = now
            tell("a content block was answered neutrally", function=asked.function, reason=reason, exc_info=trace)
        return outcome

    async def _click(self, scope: Scope, asked: Asked, ident: str) -> _Done:
        """Lead on: to what the link names if that is allowed, to where the block's button leads, or home."""
        wanted, outcome = asked.parameters.get("to"), "clicked"
        try:
            require_small_head(scope)
            async with asyncio.timeout(CLICK_SECONDS):
                shop = await self._engine.shop(asked.shop)
                await self._learn_targets(shop)
                button = await self._maker.click(shop, asked, count=_is_looking(scope, "html"))
        except NothingToShow:
            button = None
        except Exception as failure:
            outcome, button = self._failed(asked, failure), None
        targets = self._targets.get(asked.shop, Targets())
        target = next((url for url in map(plain, (wanted or "", button or "")) if targets.allow(url)), targets.home)
        if target is None:
            accept = header(scope, b"accept") or ""
            if "text/html" in accept:  # a person
                return _Done(Answer(404, _NOWHERE, HTML, (ON_ITS_OWN,)), "nowhere")
            return _Done(answer_of(UnknownContent("This link leads nowhere any more."), ident, accept), "nowhere")
        location = forwarding(target, asked.parameters).encode("ascii")
        return _Done(Answer(302, b"", HTML, ((b"location", location),)), outcome)

    async def _gallery(self, scope: Scope, ident: str) -> _Done:
        """Show a sandbox shop's blocks in all their states; all else that is asked for is unknown."""
        try:
            require_small_head(scope)
            wanted = read_gallery(scope)
            if wanted is None:
                raise UnknownContent
            self._rates.take("read", [Use("address", network(address(scope)))])
            shop = await self._engine.shop(wanted[0])
            terms = await self._engine.terms(shop) if shop.sandbox else None
            if terms is None:
                raise UnknownContent
            body, media = gallery.answer(terms, wanted[1], time.time_ns() // 1000 + shop.clock_offset)
        except Exception as failure:
            if not isinstance(failure, LealError):
                log.error("the gallery failed", request=ident, exc_info=failure)
            return _Done(answer_of(failure, ident, header(scope, b"accept")), "unknown")
        return _Done(Answer(200, body, media.encode(), (GALLERY,)), "gallery")

    async def _learn_targets(self, shop: Shop) -> None:
        """Note where the shop's clicks may lead, for when that cannot be asked, too."""
        terms = await self._engine.terms(shop)
        if len(self._targets) >= KNOWN_MAX:
            self._targets.clear()
        self._targets[shop.slug] = Targets() if terms is None else targets_of(terms.content.document)

    def _base_url(self, scope: Scope) -> str:
        """Where the reader finds the server: as the settings say, or as it was asked for."""
        if self._public_url is not None:
            return self._public_url
        host = header(scope, b"host") or ""
        return f"{scope.get('scheme', 'http')}://{host}" if _HOST.fullmatch(host) else ""


def _is_looking(scope: Scope, form: Form) -> bool:
    """Whether somebody is, as far as can be told: not those who only ask, and a countdown comes beside its block."""
    purposes = (header(scope, b"sec-purpose"), header(scope, b"purpose"))
    return scope["method"] == "GET" and form != "gif" and not any("prefetch" in (one or "") for one in purposes)
