"""The application of the datasource: from a URL to the record of a member, or the records of several."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from leal.api import origins, tags
from leal.api.app import MethodNotAllowed
from leal.api.door import Door, Visit
from leal.api.function import Call, Function
from leal.api.http import Answer, Receive, Scope, header
from leal.api.reading import read_call, read_input
from leal.api.shapes import Ident, Input, Shape, encode
from leal.engine.commands import UnknownCustomer
from leal.errors import NotFound
from leal.rules.record import Record, nobody

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


class LookupInput(Input, kw_only=True):
    """Whose record is wanted."""

    customer_id: Ident
    unknown: Unknown = "not_found"
    """What is answered of somebody who is not known: 404, or the record of a non-member."""


class LookupsInput(Input, kw_only=True):
    """Whose records are wanted."""

    customer_ids: Annotated[list[Ident], Meta(min_length=1, max_length=IDS_MAX)]
    """One that is given twice is answered once."""
    unknown: Unknown = "not_found"
    """What is answered of those who are not known: their ids apart, or records of non-members."""


class Lookups(Shape):
    """The records that there are, in the order of the ids; and the ids that nobody is known by."""

    records: list[Record]
    unknown: list[str]


async def look_up(call: Call, given: LookupInput) -> Record:
    """The record of one customer; raises UnknownCustomer."""
    found = await call.engine.records(call.shop, [given.customer_id])
    if given.customer_id in found:
        return found[given.customer_id]
    if given.unknown == "not_found":
        raise UnknownCustomer
    return nobody(given.customer_id)


async def look_up_many(call: Call, given: LookupsInput) -> Lookups:
    """The records of several customers."""
    ids = list(dict.fromkeys(given.customer_ids))
    found = await call.engine.records(call.shop, ids)
    if given.unknown == "non_member":
        return Lookups([found.get(ident) or nobody(ident) for ident in ids], [])
    return Lookups(list(found.values()), [ident for ident in ids if ident not in found])


ONE: Final = Function(
    "loyalty-programme lookup",
    "read",
    ("shop",),
    LookupInput,
    Record,
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

    async def answer(self, visit: Visit, receive: Receive) -> Answer:
        """Look up whom the URL, or the body, names."""
        scope = visit.scope
        function, shop_slug, path = _route(scope)
        visit.function = function.name
        method = "GET" if function is ONE else "POST"
        if scope["method"] != method:
            raise MethodNotAllowed("One customer is looked up by GET, several are by POST.", allow=method)
        shop = await self._engine.shop(shop_slug)
        body, token = await read_call(function, scope, receive, path)
        caller = await self.caller(shop, token)
        self.count(visit, shop, caller)
        function.admit(caller)
        origins.refuse_shop_tokens(caller, visit.origin)
        given: Any = read_input(function, body)
        answer = encode(await function.handle(Call(self._engine, shop, caller, function.name), given))
        if function is SEVERAL:
            return Answer(200, answer)
        tag = tags.tag_of(answer)
        return tags.tagged(tag, None if tags.is_known(tag, header(scope, b"if-none-match")) else answer)


def _route(scope: Scope) -> tuple[Function, str, list[tuple[str, str]]]:
    """What is called, the shop's slug, and the parameters that the path holds; a customer's id may hold slashes."""
    parts = str(scope["path"]).removeprefix(PREFIX).split("/", 3)
    if len(parts) < 3 or (parts[0], parts[2]) != (VERSION, SLUG):
        raise UnknownDatasource
    return (SEVERAL, parts[1], []) if len(parts) == 3 else (ONE, parts[1], [("customer_id", parts[3])])
