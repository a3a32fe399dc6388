"""The datasource part of the programme document: what marketing tools are told of members, and how (S12.4)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from leal.rules.programme.words import Condition, Part, Slug, Title

Kind = Literal["text", "flag", "number", "money", "day", "instant", "texts", "ends"]
"""What a field of the record holds; `ends` are days with points."""

CoreField = Literal[
    "customer_id", "member", "tier", "points_balance", "points_to_next_tier", "next_tier", "tier_benefits",
    "points_expiration_date", "points_expiring", "member_since", "lifetime_points",
]  # fmt: skip
Extension = Literal[
    "program_id", "tier_rank", "tier_expiration_date", "points_to_keep_tier", "spend_to_next_tier",
    "next_tier_threshold", "next_tier_benefits", "points_value", "currency", "points_expiring_soon", "pending_points",
    "expirations", "updated_at",
]  # fmt: skip
RecordField = Literal[CoreField, Extension]

CORE: Final[dict[CoreField, Kind]] = {
    "customer_id": "text",
    "member": "flag",
    "tier": "text",
    "points_balance": "number",
    "points_to_next_tier": "number",
    "next_tier": "text",
    "tier_benefits": "texts",
    "points_expiration_date": "day",
    "points_expiring": "number",
    "member_since": "day",
    "lifetime_points": "number",
}
"""The eleven fields of the record, in their order."""

EXTENSIONS: Final[dict[Extension, Kind]] = {
    "program_id": "text",
    "tier_rank": "number",
    "tier_expiration_date": "day",
    "points_to_keep_tier": "number",
    "spend_to_next_tier": "money",
    "next_tier_threshold": "number",
    "next_tier_benefits": "texts",
    "points_value": "money",
    "currency": "text",
    "points_expiring_soon": "flag",
    "pending_points": "number",
    "expirations": "ends",
    "updated_at": "instant",
}
"""Further fields, told where they are asked for, in their order."""

KINDS: Final[dict[str, Kind]] = dict((*CORE.items(), *EXTENSIONS.items()))

DATES: Final = ("date", "date_time", "epoch_seconds", "epoch_milliseconds")
NUMBERS: Final = ("number", "text", "thousands")
LISTS: Final = ("array", "joined")
FORMATS: Final[dict[Kind, tuple[str, ...]]] = {
    "text": (),
    "flag": (),
    "number": NUMBERS,
    "money": (*NUMBERS, "minor_units"),
    "day": DATES,
    "instant": DATES,
    "texts": LISTS,
    "ends": DATES,
}
"""How each kind may be written; days and instants also by a pattern such as `DD/MM/YYYY`."""

PATTERN: Final = r"(YYYY|MM|DD)[-/. ]?(YYYY|MM|DD)[-/. ]?(YYYY|MM|DD)"
_DATES: Final = rf"^({'|'.join(DATES)}|{PATTERN})$"

FieldName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_$@][A-Za-z0-9_$@ -]*(\.[A-Za-z_$@][A-Za-z0-9_$@ -]*)*$",
        max_length=100,
        examples=["loyalty_tier", "loyalty.points"],
    ),
]
Word = Annotated[str, Meta(max_length=120)]
Days = Annotated[int, Meta(ge=0, le=366)]


class MappedField(Part, frozen=True, kw_only=True):
    """A field that is written: one of the record's, a constant, or a value computed in CEL."""

    name: FieldName
    """Dots nest it: `loyalty.points` is `points` inside `loyalty`, and a column of that name in CSV."""
    source: RecordField | None = msgspec.field(default=None, name="from")
    """The record's field that it tells."""
    constant: Annotated[str, Meta(max_length=200)] | bool | None = None
    """A text, or true or false; a number is `cel: "5"`."""
    cel: Condition | None = None
    """A value computed of the record's fields: a text, a whole number, true or false, or a list of texts."""
    format: Annotated[str, Meta(max_length=20, examples=["thousands", "DD/MM/YYYY"])] | None = None
    """How it is written, in place of what the mapping says of its kind."""
    separator: Annotated[str, Meta(min_length=1, max_length=5)] | None = None
    """Between the parts of a joined list, in place of the mapping's."""
    yes: Word | None = None
    """The word for true; with it `no`."""
    no: Word | None = None
    items: dict[Literal["date", "points"], FieldName] = {}
    """Only `expirations`: other names of what stands in each."""


class Mapping(Part, frozen=True, kw_only=True):
    """What one kind of tool is told: which fields, in which order, under which names and in which form."""

    slug: Slug
    title: Title | None = None
    nulls: Literal["keep", "omit"] = "keep"
    """Whether what is not known is written as null, or left out."""
    dates: Annotated[str, Meta(pattern=_DATES, max_length=20, examples=["date_time"])] = "date"
    """`date` is 2025-03-31; `date_time` its first moment in the programme's zone; or a pattern such as `DD/MM/YYYY`."""
    numbers: Literal["number", "text", "thousands"] = "number"
    """`thousands` is text with separators: 2,340."""
    thousands: Literal[",", ".", " ", "'", "\u00a0", "\u202f"] = ","
    """Between thousands."""
    decimal: Literal[".", ","] = "."
    """Before the fraction of an amount of money that is written as text."""
    lists: Literal["array", "joined"] = "array"
    separator: Annotated[str, Meta(min_length=1, max_length=5)] = ","
    """Between the parts of a joined list."""
    yes: Word | None = None
    """The word for true; with it `no`. Without them true and false are written."""
    no: Word | None = None
    tier_names: dict[Slug, Word] = {}
    """Names of tiers, by their slugs, where the tool knows them by others."""
    expiring: Literal["next", "within_window"] = "next"
    """`within_window`: `points_expiring` are all that lapse within `window_days`, not only those that lapse next."""
    window_days: Days = 30
    soon_days: Days | None = None
    """Days before `points_expiration_date` from which `points_expiring_soon` is true; null: the datasource's own."""
    fields: Annotated[list[MappedField], Meta(min_length=1, max_length=200)]


DELETED: Final = "deleted"
"""The name under which a tombstone says what it is; no field may have it."""


class Datasource(Part, frozen=True):
    """What marketing tools are told beside the record."""

    soon_days: Days = 30
    """Days before `points_expiration_date` from which `points_expiring_soon` is true."""
    mappings: Annotated[list[Mapping], Meta(max_length=50)] = []
