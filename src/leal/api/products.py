"""Products: what a shop says of its products and collections, and the functions that take and list it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leal.api.function import Call, Function
from leal.api.push import Item, RefusedPush, keep_rejected, placed, read_items, rejected_items
from leal.api.shapes import Ident, Input, PushResult1, Shape, Words
from leal.api.tables import LISTED_MAX, Listed, TabularDataFormat1, table_answer
from leal.engine.products import PushCollection, PushProduct
from leal.errors import InvalidInput, Problem
from leal.scalars import Flake, Instant, Money

ITEMS_MAX: Final = 5000
FACTS_BYTES_MAX: Final = 262_144

Tags = Annotated[list[Words], Meta(max_length=250)]
Url = Annotated[str, Meta(max_length=2000)]
Description = Annotated[str, Meta(max_length=20_000)]
Ids = Annotated[list[Ident], Meta(max_length=ITEMS_MAX)]


class ProductVariant2(Shape, kw_only=True):
    """One form of a product, merged by its id; what is left out, null or empty stays as it was."""

    id: Ident
    title: Words | None = None
    description: Description | None = None
    sku: Words | None = None
    price: Money | None = None
    """Zero counts only with `price_known`."""
    price_known: bool | None = None
    in_stock: bool | None = None
    deleted: bool = False


class Named2(Shape):
    """A product or a collection, named by its id."""

    id: Ident


class Collection2(Shape, kw_only=True):
    """A collection of products; what is left out, null or an empty text stays as it was."""

    id: Ident
    slug: Words | None = None
    title: Words | None = None
    """Needed where the collection is new."""
    some_image_url: Url | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    product_ids: Ids | None = None
    """All products that are in it; left out: as it was. Told on one side only, here or with the products."""
    products: Annotated[list[Named2], Meta(max_length=ITEMS_MAX)] | None = None
    """The same; only the ids matter."""
    deleted: bool = False


class Product2(Shape, kw_only=True):
    """A product; what is left out, null or an empty text stays as it was."""

    id: Ident
    slug: Words | None = None
    sku: Words | None = None
    title: Words | None = None
    """Needed where the product is new."""
    description: Description | None = None
    inactive: bool | None = None
    tags: Tags | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    collections: Annotated[list[Named2], Meta(max_length=250)] | None = None
    """All collections it is in; only the ids matter. Left out: as it was."""
    collection_ids: Annotated[list[Ident], Meta(max_length=250)] | None = None
    variants: Annotated[list[ProductVariant2], Meta(max_length=250)] | None = None
    some_image_url: Url | None = None
    deleted: bool = False


class ProductsInput(Input, kw_only=True):
    """Collections and products to store; the collections go first."""

    collections: Annotated[list[msgspec.Raw], Meta(max_length=ITEMS_MAX)] | UnsetType = UNSET
    products: Annotated[list[msgspec.Raw], Meta(max_length=ITEMS_MAX)] | UnsetType = UNSET
    replace_collections: bool = False
    """Whether collections that are not named here go; not while an item is refused."""
    replace_products: bool = False
    """The same of products."""
    debug: bool = False
    """All or nothing: one fault refuses the whole call."""


class ListInput(Input, kw_only=True):
    """Which page of a list, and how it is written."""

    format: TabularDataFormat1 = "json"
    limit: Annotated[int, Meta(ge=1, le=LISTED_MAX, examples=[100])] = LISTED_MAX
    after_id: Flake | None = None
    """Go on after the last row of the answer before."""


class ListedCollection1(Shape, kw_only=True):
    """A collection as it is listed."""

    bhid: Flake
    id: str
    slug: str | UnsetType = UNSET
    title: str
    some_image_url: str | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    product_ids: list[str]


class ListedProduct1(Shape, kw_only=True):
    """A product as it is listed."""

    bhid: Flake
    id: str
    slug: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    title: str
    description: str | UnsetType = UNSET
    inactive: bool | UnsetType = UNSET
    some_image_url: str | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    tags: list[str]
    collection_ids: list[str]
    variants: list[dict[str, Any]]


class CollectionsResult1(Shape):
    """Collections in the order in which they became known."""

    collections: list[ListedCollection1]


class ProductsResult1(Shape):
    """Products in the order in which they became known."""

    products: list[ListedProduct1]


def read_collection(told: Collection2, item: Item) -> PushCollection:
    """What the engine is told of a collection."""
    facts = _facts(told, ("id", "product_ids", "products", "deleted"))
    return PushCollection(told.id, facts, named_ids(told.products, told.product_ids), told.deleted, item.json)


def read_product(told: Product2, item: Item) -> PushProduct:
    """What the engine is told of a product; raises InvalidInput with every fault."""
    problems = [
        Problem(f"{item.path}.variants[{n}].price", "out_of_range", "The price is less than zero.", 'such as "12.50"')
        for n, variant in enumerate(told.variants or [])
        if variant.price is not None and variant.price < 0
    ]
    facts = _facts(told, ("id", "tags", "collections", "collection_ids", "deleted"))
    if len(msgspec.json.encode(facts)) > FACTS_BYTES_MAX:
        message = f"The product is larger than {FACTS_BYTES_MAX} bytes of JSON."
        problems.append(Problem(item.path, "too_long", message, "fewer variants, shorter texts"))
    if problems:
        raise InvalidInput(problems)
    collections = named_ids(told.collections, told.collection_ids)
    return PushProduct(told.id, facts, told.tags, collections, told.deleted, item.json)


def named_ids(told: list[Named2] | None, ids: list[str] | None) -> list[str] | None:
    """What two ways to name several come to, each once; None: neither was told."""
    if told is None and ids is None:
        return None
    return list(dict.fromkeys([one.id for one in told or []] + (ids or [])))


def _facts(told: Shape, but: tuple[str, ...]) -> dict[str, Any]:
    """The rest of what is told, as plain values."""
    facts: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(told).items():
        if value is None or name in but:
            continue
        if name == "variants":
            facts[name] = [_facts(variant, ()) for variant in value]
        elif name == "price" and not value and not getattr(told, "price_known", None):
            continue
        elif name != "deleted" or value:
            facts[name] = value.write() if isinstance(value, Instant | Money) else value
    return facts


def _require_what_replaces(given: ProductsInput) -> None:
    """To replace all by nothing that was named would be an accident; an empty array says that it is meant."""
    problems = [
        Problem(name, "required", f'"{name}" is missing, which "replace_{name}" asks for.', f'"{name}": [...]')
        for name in ("collections", "products")
        if getattr(given, f"replace_{name}") and getattr(given, name) is UNSET
    ]
    if problems:
        raise InvalidInput(problems)


async def update_products(call: Call, given: ProductsInput) -> PushResult1:
    """Answer UpdateProducts3; what can be taken is stored in one transaction."""
    _require_what_replaces(given)
    items = {
        "collection": [Item("collections", n, bytes(raw)) for n, raw in enumerate(given.collections or [])],
        "product": [Item("products", n, bytes(raw)) for n, raw in enumerate(given.products or [])],
    }
    collections, bad_collections = await read_items(call, items["collection"], Collection2, read_collection)
    products, bad_products = await read_items(call, items["product"], Product2, read_product)
    faults = {"collection": bad_collections, "product": bad_products}
    if given.debug and (bad_collections or bad_products):
        raise RefusedPush([problem for kind in faults.values() for n in sorted(kind) for problem in kind[n]])
    answers = await call.engine.push_products(
        call.shop,
        [command for _, command in collections],
        [command for _, command in products],
        replace_collections=given.replace_collections and not bad_collections,
        replace_products=given.replace_products and not bad_products,
        strict=given.debug,
    )
    refused = {
        kind: {
            item.number: placed(answer.problems, item)
            for (item, _), answer in zip(good, told, strict=True)
            if answer.problems
        }
        for kind, good, told in (("collection", collections, answers[0]), ("product", products, answers[1]))
    }
    if given.debug and any(refused.values()):
        raise RefusedPush([problem for kind in refused.values() for n in sorted(kind) for problem in kind[n]])
    rejected = []
    for kind in items:
        found = faults[kind] | refused[kind]
        await keep_rejected(call, kind, items[kind], found)
        rejected += rejected_items(items[kind], found)
    return PushResult1(rejected=rejected)


async def list_collections(call: Call, given: ListInput) -> Listed:
    """Answer ListCollections1."""
    after = 0 if given.after_id is None else int(given.after_id)
    rows = [
        ListedCollection1(bhid=Flake(one.number), id=one.id, product_ids=one.members, **_shown(one.facts))
        for one in await call.engine.collections(call.shop, after, given.limit)
    ]
    return table_answer(rows, ListedCollection1, given.format, CollectionsResult1)


async def list_products(call: Call, given: ListInput) -> Listed:
    """Answer ListProducts1."""
    after = 0 if given.after_id is None else int(given.after_id)
    rows = [
        ListedProduct1(
            bhid=Flake(one.number),
            id=one.id,
            tags=one.tags,
            collection_ids=one.members,
            **{"variants": [], **_shown(one.facts)},
        )
        for one in await call.engine.products(call.shop, after, given.limit)
    ]
    return table_answer(rows, ListedProduct1, given.format, ProductsResult1)


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {"title": "", **facts}


FUNCTIONS: Final = (
    Function(
        "UpdateProducts3", "write", ("shop",), ProductsInput, PushResult1,
        update_products, "Stores what the shop says of its collections and products.",
        raw=True, push=True,
    ),
    Function(
        "ListCollections1", "read", ("shop",), ListInput, CollectionsResult1,
        list_collections, "The shop's collections, as JSON, JSON lines or CSV.",
    ),
    Function(
        "ListProducts1", "read", ("shop",), ListInput, ProductsResult1,
        list_products, "The shop's products, as JSON, JSON lines or CSV.",
    ),
)  # fmt: skip
