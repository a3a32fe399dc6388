"""Products and collections of a shop: stored as the shop tells them, and listed."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.commands import Pushed, Shop
from leal.engine.ground import Ground
from leal.errors import Problem
from leal.rules.products import merged
from leal.store.db import Conn
from leal.store.queries import sql

VARIANTS_MAX = 2000
"""Variants of one product."""


class PushCollection(msgspec.Struct, frozen=True):
    """Upsert one collection; `products` are all that are in it, None: as it was."""

    id: str
    facts: dict[str, Any]
    products: list[str] | None = None
    deleted: bool = False
    wire: bytes = b"{}"


class PushProduct(msgspec.Struct, frozen=True):
    """Upsert one product; `collections` are all that it is in, None: as it was."""

    id: str
    facts: dict[str, Any]
    tags: list[str] | None = None
    collections: list[str] | None = None
    deleted: bool = False
    wire: bytes = b"{}"


class Listing(msgspec.Struct, frozen=True):
    """A product or collection as it is stored; `members` are the collections of the one, the products of the other."""

    number: int
    id: str
    facts: dict[str, Any]
    members: list[str]
    tags: list[str] = []


class Refusals(Exception):
    """Something of a push that is all or nothing was refused, so nothing of it is stored."""


class Catalogue(Ground):
    """What the engine keeps of a shop's products; it belongs to no member."""

    async def push_products(
        self,
        shop: Shop,
        collections: list[PushCollection],
        products: list[PushProduct],
        *,
        replace_collections: bool = False,
        replace_products: bool = False,
        strict: bool = False,
    ) -> tuple[list[Pushed], list[Pushed]]:
        """Upsert collections, then products, in one transaction; one answer per item, in order.

        Those that are not named go where they are to be replaced, unless an item is refused. With `strict` a refused
        item lets nothing be stored.
        """
        told: tuple[list[Pushed], list[Pushed]] = ([], [])
        try:
            async with self._db.transaction(shop.id) as conn:
                await conn.execute(sql.lock_catalogue, shop.id)
                told[0].extend(await _put_collections(conn, shop.id, collections, replace=replace_collections))
                told[1].extend(await _put_products(conn, shop.id, products, replace=replace_products))
                if strict and any(one.problems for one in (*told[0], *told[1])):
                    raise Refusals
        except Refusals:
            pass
        return told

    async def collections(self, shop: Shop, after: int = 0, limit: int = 1000) -> list[Listing]:
        """A page of the shop's collections, in the order in which they became known."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.list_collections, shop.id, after, limit)
        return [Listing(row["number"], row["id"], msgspec.json.decode(row["facts"]), row["products"]) for row in rows]

    async def products(self, shop: Shop, after: int = 0, limit: int = 1000) -> list[Listing]:
        """A page of the shop's products, in the order in which they became known."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.list_products, shop.id, after, limit)
        return [
            Listing(row["number"], row["id"], msgspec.json.decode(row["facts"]), row["collections"], row["tags"])
            for row in rows
        ]


async def _put_collections(conn: Conn, shop: int, told: list[PushCollection], *, replace: bool) -> list[Pushed]:
    rows = await conn.fetch(sql.find_collections, shop, [one.id for one in told])
    known = {row["id"]: msgspec.json.decode(row["facts"]) for row in rows}
    after: dict[str, dict[str, Any] | None] = {}
    members: dict[str, list[str]] = {}
    answers = []
    for one in told:
        stored = after[one.id] if one.id in after else known.get(one.id)
        problems = [] if one.deleted else _problems("collection", stored, one.facts)
        answers.append(Pushed(problems))
        if problems:
            continue
        after[one.id] = None if one.deleted else merged(stored or {}, one.facts)
        if one.deleted:
            members[one.id] = []
        elif one.products is not None:
            members[one.id] = one.products
    gone = [id_ for id_, facts in after.items() if facts is None]
    if replace and not any(answer.problems for answer in answers):
        gone += [row["id"] for row in await conn.fetch(sql.other_collections, shop, list(after))]
    kept = [(id_, msgspec.json.encode(facts).decode()) for id_, facts in after.items() if facts is not None]
    if kept:
        await conn.execute(sql.upsert_collections, shop, [id_ for id_, _ in kept], [facts for _, facts in kept])
    await conn.execute(sql.delete_collections, shop, gone)
    await conn.execute(sql.empty_collections, shop, [*members, *gone])
    await _collect(conn, shop, [(product, id_) for id_, products in members.items() for product in products])
    return answers


async def _put_products(conn: Conn, shop: int, told: list[PushProduct], *, replace: bool) -> list[Pushed]:
    rows = await conn.fetch(sql.find_products, shop, [one.id for one in told])
    known = {row["id"]: (row["tags"], msgspec.json.decode(row["facts"])) for row in rows}
    after: dict[str, tuple[list[str], dict[str, Any]] | None] = {}
    members: dict[str, list[str]] = {}
    answers = []
    for one in told:
        stored = after[one.id] if one.id in after else known.get(one.id)
        tags, facts = ([], None) if stored is None else stored
        problems = [] if one.deleted else _problems("product", facts, one.facts)
        answers.append(Pushed(problems))
        if problems:
            continue
        after[one.id] = (
            None if one.deleted else (tags if one.tags is None else one.tags, merged(facts or {}, one.facts))
        )
        if one.deleted:
            members[one.id] = []
        elif one.collections is not None:
            members[one.id] = one.collections
    gone = [id_ for id_, now in after.items() if now is None]
    if replace and not any(answer.problems for answer in answers):
        gone += [row["id"] for row in await conn.fetch(sql.other_products, shop, list(after))]
    kept = [(id_, *now) for id_, now in after.items() if now is not None]
    if kept:
        await conn.execute(
            sql.upsert_products,
            shop,
            [id_ for id_, _, _ in kept],
            [msgspec.json.encode(tags).decode() for _, tags, _ in kept],
            [msgspec.json.encode(facts).decode() for _, _, facts in kept],
        )
    await conn.execute(sql.delete_products, shop, gone)
    await conn.execute(sql.uncollect_products, shop, [*members, *gone])
    await _collect(conn, shop, [(id_, collection) for id_, found in members.items() for collection in found])
    return answers


def _problems(noun: str, stored: dict[str, Any] | None, facts: dict[str, Any]) -> list[Problem]:
    problems = []
    if stored is None and not facts.get("title"):
        message = f"The {noun} is not known yet, and has no title."
        problems.append(Problem("title", "required", message, 'such as "title": "Mugs"'))
    variants = {one["id"] for one in [*(stored or {}).get("variants", []), *facts.get("variants", [])]}
    if len(variants) > VARIANTS_MAX:
        message = f"The product would have more than {VARIANTS_MAX} variants."
        problems.append(Problem("variants", "too_long", message, "the old ones marked as deleted"))
    return problems


async def _collect(conn: Conn, shop: int, pairs: list[tuple[str, str]]) -> None:
    if pairs:
        products, collections = [product for product, _ in pairs], [collection for _, collection in pairs]
        await conn.execute(sql.collect_products, shop, products, collections)
