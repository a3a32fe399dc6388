"""Pages: the feed over HTTP, as a whole stream or a page at a time, compressed as the caller takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from msgspec import Meta

from leal.api import encodings
from leal.api.function import Call, Function
from leal.api.http import Answer, Receive
from leal.api.shapes import Input, Shape
from leal.datasource.forms import TYPES, Form, writer
from leal.datasource.views import EXTENSIONS_FORM, MappedRecord, read_extensions, view_of
from leal.engine.cursors import LENGTH_MAX
from leal.engine.feed import PART, Page
from leal.rules.programme.shipped_mappings import RECORD
from leal.rules.programme.words import Slug
from leal.values import format_instant

LIMIT_MAX: Final = 10_000
CURSOR: Final = b"leal-cursor"
"""The header that says where the feed goes on."""
AT: Final = b"leal-at"
"""The header that says what instant the answer is true for; of a stream, when it began."""


class PageInput(Input, kw_only=True, forbid_unknown_fields=True):
    """What is wanted of the feed."""

    format: Form = "ndjson"
    since: Annotated[str, Meta(max_length=LENGTH_MAX)] | None = None
    """A cursor: what changed after it, or the rest of a snapshot. Without one a snapshot."""
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] | None = None
    """Records in one answer at most; without one all there are, in one stream."""
    mapping: Slug = RECORD
    """One of the programme's mappings, or of those that are shipped."""
    extensions: Annotated[str, Meta(max_length=400, extra_json_schema={"pattern": EXTENSIONS_FORM})] = ""
    """Further fields of the record, with commas between them; `all` are all. Not with a mapping, which has its own."""


class FeedPage(Shape):
    """A page as a JSON document."""

    records: list[MappedRecord]
    next: str | None
    """Where the next page is; null: this is the last."""
    cursor: str
    """What to give as `since` the next time."""
    at: str
    """The instant that the page is true for; of a stream its beginning."""


class Feed:
    """The feed as it is asked for in one call."""

    def __init__(self, call: Call, given: PageInput) -> None:
        self._call, self._given = call, given
        self._view = view_of(given.mapping, read_extensions(given.extensions))

    async def answer(self, receive: Receive, base_url: str, accept_encoding: str | None) -> Answer:
        """The answer, of which the first part is made already; `base_url` is where the feed is asked for.

        Raises InvalidInput, ResnapshotRequired, UnknownMapping.
        """
        given = self._given
        first = await self._page(given.since)
        is_page = given.limit is not None or first.is_behind
        cursor = (first.cursor if is_page else first.cursor.after_all).text()
        following = f"{base_url}?{urlencode(self._query(cursor))}" if is_page and first.more else None
        at = format_instant(first.at)
        beside = {"next": following, "cursor": cursor, "at": at}
        headers = [(CURSOR, cursor.encode()), (AT, at.encode()), (b"vary", b"Accept-Encoding")]
        if following is not None:
            headers.append((b"link", f'<{following}>; rel="next"'.encode()))
        encoding = encodings.chosen(accept_encoding)
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
        parts = self._written(first, beside, receive, is_page=is_page)
        return Answer(200, b"", TYPES[given.format], tuple(headers), encodings.packed(parts, encoding))

    def _query(self, cursor: str) -> list[tuple[str, str]]:
        given = self._given
        limit = "" if given.limit is None else str(given.limit)
        mapping = "" if given.mapping == RECORD else given.mapping
        asked = [("format", given.format), ("limit", limit), ("mapping", mapping), ("extensions", given.extensions)]
        return [*((name, text) for name, text in asked if text), ("since", cursor)]

    async def _page(self, since: str | None) -> Page:
        limit = PART if self._given.limit is None else self._given.limit
        return await self._call.engine.feed_page(self._call.shop, since, limit, self._view)

    async def _written(
        self, page: Page, beside: dict[str, Any], receive: Receive, *, is_page: bool
    ) -> AsyncIterator[bytes]:
        """The whole answer in parts, until the caller has it or goes away."""
        left = asyncio.ensure_future(_until_gone(receive))
        try:
            form = writer(self._given.format, page.columns, with_deleted=not page.is_snapshot, beside=beside)
            yield form.begin() + form.rows(page.told)
            while page.more and not is_page and not left.done():
                page = await self._page(page.cursor.text())
                yield form.rows(page.told)
            yield form.end()
        finally:
            left.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def feed(call: Call, given: PageInput) -> Feed:
    """The feed, still to be answered."""
    return Feed(call, given)


PAGES: Final = Function(
    "loyalty-programme feed", "read", ("shop",), PageInput, FeedPage, feed, "All records, or what changed.", feed=True
)
