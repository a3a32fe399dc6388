"""What mappings write of one member: the shapes that are shipped, every form, computed fields, tombstones (S12.4)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leal.errors import InvalidInput
from leal.rules.account import Account, Lot
from leal.rules.computing import VARIABLES
from leal.rules.extensions import next_boundary
from leal.rules.ledger import Book
from leal.rules.mapped import (
    UnknownMapping,
    View,
    mapped,
    mapped_nobody,
    mapping_of,
    windows,
)
from leal.rules.outline import Outline, outline
from leal.rules.programme.feeds import CORE, EXTENSIONS, KINDS
from leal.rules.programme.reading import read_programme
from leal.rules.programme.shipped_mappings import SHIPPED
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.rules.record import ends, record
from leal.rules.record_due import record_due
from leal.values import NEVER, format_instant, parse_instant

JUNE, JULY = parse_instant("2025-06-30T22:00:00Z"), parse_instant("2025-07-31T22:00:00Z")
"""Ends of lots, in Paris the first moments of July and of August."""
NOW = parse_instant("2025-05-20T12:00:00Z")
PROGRAMME = """
shop: atelier
title: Le Cercle
currency: EUR
timezone: Europe/Paris
points: {value: "0.05"}
redemption: {}
expiration: {rolling: {term: 12 months}}
tiers:
  window: {kind: lifetime}
  basis: available
  steps:
    - {slug: silver, name: Silver, requires: {points: 1000}, features: {delivery: "yes", gift: one a year}}
    - {slug: gold, name: Gold, requires: {points: 3000, spend: "99.995"}, features: {delivery: "yes"}}
tier_features:
  - {slug: delivery, title: Delivery, benefit: free_delivery}
  - {slug: gift, title: A gift}
"""
MAPPINGS = """
datasource:
  soon_days: 41
  mappings:
    - slug: own
"""
ENCODER = msgspec.json.Encoder(decimal_format="number")


def terms_of(mapping: str = "") -> Terms:
    """The programme, and a mapping whose lines follow its slug."""
    more = MAPPINGS + "".join(f"      {line}\n" for line in mapping.splitlines()) if mapping else ""
    return compile_terms(read_programme(PROGRAMME + more))


def book_of(terms: Terms, now: int = NOW, **changes: Any) -> Book:
    """The book of a member with 1,234 points in two lots."""
    lots = [lot(1, 1000, JUNE), lot(2, 234, JULY)]
    account = Account(
        1, 0, settled_at=now, settled_version=1, available=1234, earned=1234, lots_at_hand=lots, membership="full",
        joined_at=parse_instant("2024-01-02T23:30:00Z"), tier="silver",
    )  # fmt: skip
    account = msgspec.structs.replace(account, **changes)
    return Book(1, account, Versions([Version(1, 0, terms)]), now)


def seen(terms: Terms, now: int = NOW, **changes: Any) -> Outline:
    """What the member is shown."""
    return outline(book_of(terms, now, **changes), now, keep=True)


def near_at(terms: Terms, view: View, now: int = NOW, **changes: Any) -> int:
    """The next instant at which an end comes near enough for what the view asks for."""
    mapping = mapping_of(terms, view)
    return next_boundary(ends(seen(terms, now, **changes), terms), terms, now, mapping.reads, windows(mapping))


def lot(number: int, points: int, expires_at: int) -> Lot:
    return Lot(number, number, points, points, 0, 0, 0, expires_at)


def written(mapping: str, now: int = NOW, **changes: Any) -> Any:
    """What a mapping of these lines writes of the member."""
    terms = terms_of(mapping)
    return mapped(mapping_of(terms, View("own")), seen(terms, now, **changes), "c-1", now)


def field(text: str) -> Any:
    """What one field of a mapping is written as; more of the mapping may follow in further lines."""
    line, _, more = text.partition("\n")
    return written(f"fields: [{{name: id, from: customer_id}}, {{name: x, {line}}}]\n{more}")["x"]


def test_the_record_is_the_record_byte_for_byte() -> None:
    terms = terms_of()
    shown = seen(terms)
    told = ENCODER.encode(mapped(mapping_of(terms, View()), shown, "c-1", NOW))
    assert told == msgspec.json.encode(record(shown, "c-1"))
    assert b'"points_balance":1234,' in told
    assert mapping_of(terms, View()).columns == list(CORE)


def test_every_extension_follows_the_eleven() -> None:
    terms = terms_of()
    told = mapped(mapping_of(terms, View(extensions=tuple(EXTENSIONS))), seen(terms), "c-1", NOW)
    assert list(told) == [*CORE, *EXTENSIONS]
    assert json.loads(ENCODER.encode({name: told[name] for name in EXTENSIONS}), parse_float=str) == {
        "program_id": "atelier", "tier_rank": 1, "tier_expiration_date": None, "points_to_keep_tier": None,
        "spend_to_next_tier": "99.995", "next_tier_threshold": 3000, "next_tier_benefits": ["free_delivery"],
        "points_value": "61.70", "currency": "EUR", "points_expiring_soon": False, "pending_points": 0,
        "expirations": [{"date": "2025-06-30", "points": 1000}, {"date": "2025-07-31", "points": 234}],
        "updated_at": "2025-05-20T12:00:00Z",
    }  # fmt: skip


XDM = {
    "_id": "c-1",
    "loyalty": {
        "loyaltyID": ["c-1"],
        "program": "atelier",
        "status": "active",
        "tier": "Silver",
        "points": 1234,
        "nextTier": "Gold",
        "pointsToNextTier": 1766,
        "pointsExpiration": [
            {"pointsExpirationDate": "2025-06-30T00:00:00+02:00", "pointsExpiring": 1000},
            {"pointsExpirationDate": "2025-07-31T00:00:00+02:00", "pointsExpiring": 234},
        ],
        "joinDate": "2024-01-03T00:00:00+01:00",
        "lifetimePoints": 1234,
        "promisedPoints": 0,
    },
}
PROFILE = {
    "loyalty_member": True,
    "loyalty_tier": "Silver",
    "loyalty_points_balance": 1234,
    "loyalty_points_to_next_tier": 1766,
    "loyalty_next_tier": "Gold",
    "loyalty_tier_benefits": ["free_delivery", "gift"],
    "loyalty_points_expiration_date": "2025-06-30",
    "loyalty_points_expiring": 1000,
    "loyalty_member_since": "2024-01-03",
    "loyalty_lifetime_points": 1234,
}
KLAVIYO = {"data": {"type": "profile", "attributes": {"external_id": "c-1", "properties": PROFILE}}}
BRAZE = {
    "external_id": "c-1",
    **PROFILE,
    "loyalty_points_expiration_date": "2025-06-30T00:00:00+02:00",
    "loyalty_member_since": "2024-01-03T00:00:00+01:00",
}


@pytest.mark.parametrize(("slug", "told"), [("adobe-xdm", XDM), ("klaviyo", KLAVIYO), ("braze", BRAZE)])
def test_the_shapes_that_are_shipped(slug: str, told: dict[str, Any]) -> None:
    terms = terms_of()
    assert msgspec.json.encode(mapped(mapping_of(terms, View(slug)), seen(terms), "c-1", NOW)) == msgspec.json.encode(
        told
    )


def test_who_takes_no_part_is_told_so_in_every_shape() -> None:
    terms = terms_of()
    none = dict.fromkeys(PROFILE) | {
        "loyalty_member": False,
        "loyalty_points_balance": 0,
        "loyalty_tier_benefits": [],
        "loyalty_points_expiring": 0,
        "loyalty_lifetime_points": 0,
    }
    assert mapped_nobody(mapping_of(terms, View("braze")), terms, "c-1", NOW) == {"external_id": "c-1", **none}
    left = mapped(mapping_of(terms, View("adobe-xdm")), seen(terms, membership="none", enrolment="decided"), "c-1", NOW)
    assert left == {
        "_id": "c-1",
        "loyalty": {
            "loyaltyID": ["c-1"],
            "program": "atelier",
            "status": "disabled",
            "points": 0,
            "pointsExpiration": [],
            "lifetimePoints": 0,
            "promisedPoints": 0,
        },
    }
    extended = mapping_of(None, View(extensions=tuple(EXTENSIONS)))
    without = mapped_nobody(extended, None, "c-1", NOW)
    assert (without["currency"], without["expirations"], without["points_expiring_soon"]) == (None, [], False)


FORMS: list[tuple[str, object]] = [
    ("from: points_balance", 1234),
    ("from: points_balance, format: text", "1234"),
    ("from: points_balance, format: thousands", "1,234"),
    ("from: points_balance\nnumbers: thousands\nthousands: '.'\ndecimal: ','", "1.234"),
    ("from: points_balance, format: number\nnumbers: text", 1234),
    ("from: points_value, format: text", "61.70"),
    ("from: points_value, format: minor_units", 6170),
    ("from: points_value\nnumbers: thousands\nthousands: ' '\ndecimal: ','", "61,70"),
    ("from: spend_to_next_tier, format: minor_units", 10000),
    ("from: member_since", "2024-01-03"),
    ("from: member_since\ndates: DD/MM/YYYY", "03/01/2024"),
    ("from: member_since, format: YYYYMMDD", "20240103"),
    ("from: member_since, format: date_time", "2024-01-03T00:00:00+01:00"),
    ("from: member_since, format: epoch_seconds", 1704236400),
    ("from: member_since, format: epoch_milliseconds", 1704236400000),
    ("from: updated_at", "2025-05-20T12:00:00Z"),
    ("from: updated_at\ndates: DD/MM/YYYY", "2025-05-20T12:00:00Z"),
    ("from: updated_at\ndates: epoch_seconds", 1747742400),
    ("from: updated_at, format: DD/MM/YYYY", "20/05/2025"),
    ("from: updated_at, format: date", "2025-05-20"),
    ("from: member", True),
    ("from: member\nyes: 'Y'\nno: 'N'", "Y"),
    ("from: points_expiring_soon, yes: soon, no: ''\nyes: 'Y'\nno: 'N'", "soon"),
    ("from: tier_benefits", ["free_delivery", "gift"]),
    ("from: tier_benefits, format: joined", "free_delivery,gift"),
    ("from: tier_benefits, separator: ' + '\nlists: joined\nseparator: '|'", "free_delivery + gift"),
    ("from: tier", "Silver"),
    ("from: tier\ntier_names: {silver: ARGENT}", "ARGENT"),
    ("from: next_tier\ntier_names: {silver: ARGENT}", "Gold"),
    ("from: expirations, format: DD.MM.YYYY, items: {points: n}\nnumbers: text",
     [{"date": "30.06.2025", "n": "1000"}, {"date": "31.07.2025", "n": "234"}]),
    ("constant: leal", "leal"),
    ("constant: 5", "5"),
    ("constant: true\nyes: 'Y'\nno: 'N'", True),
    ("cel: '5'", 5),
    ("cel: 'points_balance / 1000'", 1),
    ("cel: 'points_balance', format: thousands", "1,234"),
    ("cel: 'has_points_to_next_tier && points_to_next_tier <= 2000'", True),
    ("cel: 'has_points_to_keep_tier || points_to_keep_tier > 0'", False),
    ("cel: 'member', yes: member, no: non-member", "member"),
    ("cel: 'tier_benefits.filter(one, one != \"gift\")', format: joined", "free_delivery"),
    ("cel: '\"gift\" in tier_benefits && !(\"gift\" in next_tier_benefits)'", True),
    ("cel: 'points_value_micros / 1000000'", 61),
    ("cel: 'points_expiration_date < \"2025-07\" ? member_since : \"\"'", "2024-01-03"),
    ("cel: 'tier_benefits[7]'", None),
    ("cel: '1 / (points_balance - 1234)'", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), FORMS)
def test_every_form(text: str, told: object) -> None:
    assert field(text) == told


def test_a_computed_field_sees_tiers_by_their_own_names() -> None:
    lines = "fields: [{name: id, from: customer_id}, {name: t, from: tier}, {name: c, cel: tier}]"
    told = written(f"{lines}\ntier_names: {{silver: ARGENT}}")
    assert told == {"id": "c-1", "t": "ARGENT", "c": "Silver"}


def test_what_is_not_known_is_null_or_left_out() -> None:
    lines = (
        "fields: [{name: id, from: customer_id}, {name: in.a, from: tier_expiration_date}, {name: in.b, cel: '1/0'}]"
    )
    assert written(lines) == {"id": "c-1", "in": {"a": None, "b": None}}
    assert written(f"{lines}\nnulls: omit") == {"id": "c-1"}


def test_rows_and_tombstones_have_the_mappings_columns() -> None:
    terms = terms_of("fields: [{name: a.id, from: customer_id}, {name: v, from: points_value}, {name: k, constant: x}]")
    mapping = mapping_of(terms, View("own"))
    assert mapping.columns == ["a.id", "v", "k"]
    told = mapped(mapping, seen(terms), "c-1", NOW)
    assert (told["a"], str(told["v"]), told["k"]) == ({"id": "c-1"}, "61.70", "x")
    assert mapping.tombstone("c-1") == {"a": {"id": "c-1"}, "deleted": True}
    assert mapping_of(terms, View("klaviyo")).tombstone("c-1") == {
        "data": {"attributes": {"external_id": "c-1"}},
        "deleted": True,
    }


@pytest.mark.parametrize(
    ("now", "told", "next_at"),
    [
        ("2025-05-19T21:59:59.999999Z", (None, 0, False), "2025-05-19T22:00:00Z"),
        ("2025-05-19T22:00:00Z", (None, 0, True), "2025-05-30T22:00:00Z"),
        ("2025-05-30T21:59:59.999999Z", (None, 0, True), "2025-05-30T22:00:00Z"),
        ("2025-05-30T22:00:00Z", ("2025-06-30", 1000, True), "2025-06-30T22:00:00Z"),
        ("2025-06-30T21:59:59.999999Z", ("2025-06-30", 1000, True), "2025-06-30T22:00:00Z"),
    ],
)
def test_a_day_comes_near_when_its_window_begins(now: str, told: tuple[str | None, int, bool], next_at: str) -> None:
    terms = terms_of(
        "expiring: within_window\nwindow_days: 30\nfields:\n  - {name: id, from: customer_id}\n"
        "  - {name: day, from: points_expiration_date}\n  - {name: points, from: points_expiring}\n"
        "  - {name: soon, cel: points_expiring_soon}"
    )
    mapping, at = mapping_of(terms, View("own")), parse_instant(now)
    document = mapped(mapping, seen(terms, at), "c-1", at)
    assert tuple(document[name] for name in ("day", "points", "soon")) == told
    assert format_instant(near_at(terms, View("own"), at)) == next_at
    assert record_due(book_of(terms, at), at) <= parse_instant(next_at)


def test_within_a_window_all_ends_are_summed() -> None:
    lines = "fields: [{name: id, from: customer_id}, {name: points, from: points_expiring}, "
    lines += "{name: day, from: points_expiration_date}]"
    summed = written(f"{lines}\nexpiring: within_window\nwindow_days: 72")
    assert summed == {"id": "c-1", "points": 1234, "day": "2025-06-30"}
    assert written(f"{lines}\nexpiring: within_window\nwindow_days: 71")["points"] == 1000


def test_nothing_comes_near_where_nobody_asks() -> None:
    terms = terms_of()
    assert near_at(terms, View()) == NEVER
    soon = View(extensions=("points_expiring_soon",))
    assert format_instant(near_at(terms, soon)) == format_instant(record_due(book_of(terms), NOW))
    assert format_instant(near_at(terms, soon)) == "2025-05-30T22:00:00Z"
    assert record_due(book_of(terms, membership="none", enrolment="decided"), NOW) == NEVER
    assert near_at(terms, soon, lots_at_hand=[], available=0) == NEVER


def test_a_mapping_that_nobody_wrote() -> None:
    terms = terms_of("fields: [{name: id, from: customer_id}]")
    with pytest.raises(UnknownMapping) as unknown:
        mapping_of(terms, View("crm"))
    told = 'There is no mapping "crm"; there are "adobe-xdm", "braze", "klaviyo", "own" or "record".'
    assert unknown.value.message == told


def test_a_mapping_of_the_programme_takes_the_place_of_a_shipped_one() -> None:
    text = PROGRAMME + MAPPINGS.replace("own", "braze") + "      fields: [{name: id, from: customer_id}]\n"
    assert mapping_of(compile_terms(read_programme(text)), View("braze")).columns == ["id"]


def test_the_shipped_mappings_could_stand_in_a_document() -> None:
    text = PROGRAMME + "datasource: {mappings: [{slug: record, fields: [{name: id, from: customer_id}]}]}\n"
    with pytest.raises(InvalidInput) as faulty:
        read_programme(text)
    assert [(problem.path, problem.code) for problem in faulty.value.problems] == [
        ("datasource.mappings[0].slug", "not_allowed_here")
    ]
    for mapping in SHIPPED.values():
        given = msgspec.json.encode({"mappings": [msgspec.structs.replace(mapping, slug="mine")]}).decode()
        read_programme(PROGRAMME + f"datasource: {given}\n")


def test_the_page_tells_every_field_and_its_example_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "datasource.md").read_text("utf-8")
    fields = page.partition("\n## One customer\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", fields, re.MULTILINE) == [*CORE, *EXTENSIONS]
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    terms = compile_terms(read_programme(PROGRAMME + example))
    assert mapped(mapping_of(terms, View("crm")), seen(terms), "c-1", NOW) == {
        "id": "c-1", "status": "member", "source": "leal", "near": False,
        "loyalty": {"tier": "Silver", "points": "1,234", "benefits": "free_delivery|gift"},
    }  # fmt: skip


def test_a_computed_field_reads_what_its_page_says() -> None:
    assert "has_points_to_next_tier" in VARIABLES
    assert {"expirations", "updated_at"} == set(KINDS) - {name.removesuffix("_micros") for name in VARIABLES}
