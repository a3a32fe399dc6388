"""The application of the datasource: from a URL to the record of a member, those of several, or the feed of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Raw

from leal.api import origins, tags
from leal.api.app import MethodNotAllowed
from leal.api.door import Door, Served, Visit
from leal.api.function import Call, Function
from leal.api.http import Answer, Receive, Scope, header
from leal.api.rates import Rates
from leal.api.reading import read_call, read_input
from leal.api.shapes import Ident, Input, Shape
from leal.datasource.pages import PAGES, Feed
from leal.datasource.views import EXTENSIONS_FORM, MappedRecord, encode, read_extensions, view_of
from leal.engine.commands import UnknownCustomer
from leal.errors import NotFound
from leal.rules.mapped import View
from leal.rules.programme.feeds import EXTENSIONS, Extension
from leal.rules.programme.shipped_mappings import RECORD
from leal.rules.programme.words import Slug
from leal.rules.record import nobody

if TYPE_CHECKING:
    from leal.engine.engine import Engine

PREFIX: Final = "/datasources/"
VERSION: Final = "v1"
SLUG: Final = "loyalty-programme"
IDS_MAX: Final = 1000
"""Customers looked up in one call."""

Unknown = Literal["not_found", "non_member"]


class UnknownDatasource(NotFound):
    """There is no such datasource."""

    id = "unknown_datasource"
    sentence = f"There is no such datasource; there is {PREFIX}{VERSION}/<shop>/{SLUG}."


class LookupInput(Input, kw_only=True, forbid_unknown_fields=True):
    """Whose record is wanted, and how."""

    customer_id: Ident
    unknown: Unknown = "not_found"
    """What is answered of somebody who is not known: 404, or the record of a non-member."""
    mapping: Slug = RECORD
    """One of the programme's mappings, or of those that are shipped."""
    extensions: Annotated[
        str, Meta(max_length=400, extra_json_schema={"pattern": EXTENSIONS_FORM, "examples": ["points_value,currency"]})
    ] = ""
    """Further fields of the record, with commas between them; `all` are all. Not with a mapping, which has its own."""


class LookupsInput(Input, kw_only=True, forbid_unknown_fields=True):
    """Whose records are wanted, and how."""

    customer_ids: Annotated[list[Ident], Meta(min_length=1, max_length=IDS_MAX)]
    """One that is given twice is answered once."""
    unknown: Unknown = "not_found"
    """What is answered of those who are not known: their ids apart, or records of non-members."""
    mapping: Slug = RECORD
    """One of the programme's mappings, or of those that are shipped."""
    extensions: Annotated[list[Extension], Meta(max_length=len(EXTENSIONS))] | None = None
    """Further fields of the record. Not with a mapping, which has its own."""


class Lookups(Shape):
    """The records that there are, in the order of the ids; and the ids that nobody is known by."""

    records: list[MappedRecord]
    unknown: list[str]


async def look_up(call: Call, given: LookupInput) -> MappedRecord | Raw:
    """The record of one customer, which may be JSON already; raises UnknownCustomer or UnknownMapping."""
    if given.mapping == RECORD and not given.extensions:
        text = await call.engine.record_text(call.shop, given.customer_id)
        if text is not None:
            return Raw(text)
        if given.unknown == "non_member":
            return nobody(given.customer_id)
        raise UnknownCustomer
    view = view_of(given.mapping, read_extensions(given.extensions))
    found = await _found(call, [given.customer_id], view, given.unknown)
    if given.customer_id not in found:
        raise UnknownCustomer
    return found[given.customer_id]


async def look_up_many(call: Call, given: LookupsInput) -> Lookups:
    """The records of several customers; raises UnknownMapping."""
    ids = list(dict.fromkeys(given.customer_ids))
    found = await _found(call, ids, view_of(given.mapping, given.extensions or ()), given.unknown)
    return Lookups(list(found.values()), [ident for ident in ids if ident not in found])


async def _found(call: Call, ids: list[str], view: View, unknown: Unknown) -> dict[str, MappedRecord]:
    strangers = unknown == "non_member"
    if view != View():
        return dict(await call.engine.mapped_records(call.shop, ids, view, strangers=strangers))
    found = await call.engine.records(call.shop, ids)
    return {ident: found.get(ident) or nobody(ident) for ident in ids} if strangers else dict(found)


ONE: Final = Function(
    "loyalty-programme lookup",
    "read",
    ("shop",),
    LookupInput,
    MappedRecord,
    look_up,
    "The record of one customer.",
    feed=True,
)
SEVERAL: Final = Function(
    "loyalty-programme lookups", "read", ("shop",), LookupsInput, Lookups, look_up_many, "The records of several.",
    feed=True,
)  # fmt: skip


class Datasource(Door):
    """The ASGI application under `/datasources/`."""

    def __init__(
        self, engine: Engine, observe: Callable[[Served], None], rates: Rates, *, public_url: str | None = None
    ) -> None:
        """`public_url` is where callers find the server, where that is known."""
        super().__init__(engine, observe, rates)
        self._public_url = public_url

    async def answer(self, visit: Visit, receive: Receive) -> Answer:
        """Look up whom the URL or the body names, or begin to tell of all."""
        scope = visit.scope
        function, shop_slug, path = _route(scope)
        visit.function = function.name
        if function is ONE and scope["method"] != "GET":
            raise MethodNotAllowed("One customer is looked up by GET.", allow="GET")
        shop = await self._engine.shop(shop_slug)
        body, token = await read_call(function, scope, receive, path)
        caller = await self.caller(shop, token)
        self.count(visit, shop, caller)
        function.admit(caller)
        origins.refuse_shop_tokens(caller, visit.origin)
        given: Any = read_input(function, body)
        call = Call(self._engine, shop, caller, function.name)
        if function is PAGES:
            base_url = f"{self._public_url or ''}{PREFIX}{VERSION}/{shop.slug}/{SLUG}"
            asked: Feed = await function.handle(call, given)
            return await asked.answer(receive, base_url, header(scope, b"accept-encoding"))
        answer = encode(await function.handle(call, given))
        if function is SEVERAL:
            return Answer(200, answer)
        tag = tags.tag_of(answer)
        return tags.tagged(tag, None if tags.is_known(tag, header(scope, b"if-none-match")) else answer)


def _route(scope: Scope) -> tuple[Function, str, list[tuple[str, str]]]:
    """What is called, the shop's slug, and the parameters that the path holds; a customer's id may hold slashes."""
    parts = str(scope["path"]).removeprefix(PREFIX).split("/", 3)
    if len(parts) < 3 or (parts[0], parts[2]) != (VERSION, SLUG):
        raise UnknownDatasource
    if len(parts) == 4:
        return ONE, parts[1], [("customer_id", parts[3])]
    if scope["method"] not in ("GET", "POST"):
        raise MethodNotAllowed("All customers are read by GET, several are looked up by POST.", allow="GET, POST")
    return PAGES if scope["method"] == "GET" else SEVERAL, parts[1], []
