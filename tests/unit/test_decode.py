"""The collecting decoder: every fault of an input at once, and nothing in that the database could not keep."""

import json
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from leal.decode import convert, decode_json
from leal.errors import InvalidInput, Problem
from leal.faults import PROBLEMS_MAX, path_of
from leal.scalars import Flake, Instant, Money, Scalar, encode_scalar
from leal.values import INT64_MAX, MICRO


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Card(msgspec.Struct, tag="card", tag_field="by", forbid_unknown_fields=True):
    number: Annotated[str, Meta(pattern=r"^[0-9]{4}$", examples=["0123"])]


class Cash(msgspec.Struct, tag="cash", tag_field="by", forbid_unknown_fields=True):
    pass


class Item(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    product_id: Annotated[str, Meta(min_length=1, max_length=8)]
    quantity: Annotated[int, Meta(ge=1, le=99)]
    amount_paid: Money = Money(0)


class Order(msgspec.Struct):
    id: str
    items: Annotated[list[Item], Meta(max_length=3)] = []
    placed_at: Instant | UnsetType = UNSET
    bhid: Flake | None = None
    status: Literal["confirmed", "canceled"] = "confirmed"
    colour: Colour = Colour.RED
    paid: Card | Cash | None = None
    limit: Cash | Literal["unlimited"] | None = None
    cells: dict[Annotated[str, Meta(pattern="^[a-z]+$")], int] = {}
    pair: tuple[int, str] = (0, "")
    extras: dict[str, Any] = {}
    test: bool = False


class Push(msgspec.Struct):
    orders: list[Order]


def faults(data: bytes | object, type_: Any = Push) -> list[Problem]:
    with pytest.raises(InvalidInput) as raised:
        decode_json(data if isinstance(data, bytes) else json.dumps(data).encode(), type_)
    assert raised.value.problems
    return raised.value.problems


def order_faults(**fields: object) -> list[tuple[str, str]]:
    problems = faults({"id": "a", **fields}, Order)
    assert all(problem.message.endswith((".", "?")) and problem.right for problem in problems)
    return [(problem.path, problem.code) for problem in problems]


def test_what_is_right_is_read() -> None:
    data = b"""{"orders": [{"id": "caf\\u00e9", "items": [{"productId": "cd", "quantity": 2, "amountPaid": "12.5"}],
        "placed_at": "2024-05-01T13:22:33+02:00", "bhid": "00000000000000ff", "colour": "blue", "limit": "unlimited",
        "paid": {"by": "card", "number": "0123"}, "cells": {"a": 1}, "pair": [1, "x"],
        "extras": {"any": [1.5, null]}}]}"""
    order = decode_json(data, Push).orders[0]
    assert (order.id, order.colour, order.limit, order.bhid) == ("café", Colour.BLUE, "unlimited", 255)
    assert order.items == [Item("cd", 2, Money(12_500_000))]
    assert order.placed_at == 1714562553 * MICRO
    assert order.paid == Card("0123")


def test_all_faults_at_once() -> None:
    problems = faults(
        {
            "orders": [
                {"id": 3},
                {"status": "confirmd", "test": "yes"},
                {"id": "c", "items": [{"productId": "", "quantity": 0, "qantity": 1}, 7], "placed_at": "2024-05-01"},
            ]
        }
    )
    assert [(problem.path, problem.code) for problem in problems] == [
        ("orders[0].id", "wrong_type"),
        ("orders[1].id", "required"),
        ("orders[1].status", "not_a_choice"),
        ("orders[1].test", "wrong_type"),
        ("orders[2].items[0].productId", "too_short"),
        ("orders[2].items[0].quantity", "out_of_range"),
        ("orders[2].items[0].qantity", "unknown_field"),
        ("orders[2].items[1]", "wrong_type"),
        ("orders[2].placed_at", "bad_format"),
    ]
    assert "Did you mean" in problems[2].message
    assert problems[2].right == '"canceled" or "confirmed"'
    assert problems[5].right == "a whole number from 1 to 99"
    assert 'Did you mean "quantity"?' in problems[6].message


@pytest.mark.parametrize(
    ("field", "value", "where", "code"),
    [
        ("items", [{"productId": "123456789", "quantity": 1}], "items[0].productId", "too_long"),
        ("items", [{"productId": "a", "quantity": 1}] * 4, "items", "too_long"),
        ("items", {}, "items", "wrong_type"),
        ("items", "\ud800", "items", "bad_text"),
        ("bhid", "12", "bhid", "bad_format"),
        ("bhid", "ffffffffffffffff", "bhid", "bad_format"),
        ("bhid", [], "bhid", "wrong_type"),
        ("placed_at", 12, "placed_at", "bad_format"),
        ("placed_at", None, "placed_at", "wrong_type"),
        ("placed_at", "2024-02-30T00:00:00Z", "placed_at", "bad_format"),
        ("colour", "rad", "colour", "not_a_choice"),
        ("colour", True, "colour", "not_a_choice"),
        ("paid", {}, "paid", "required"),
        ("paid", {"by": "cheque"}, "paid.by", "not_a_choice"),
        ("paid", {"by": ["card"]}, "paid.by", "not_a_choice"),
        ("paid", {"by": "card", "number": "12"}, "paid.number", "bad_format"),
        ("paid", {"by": "cash", "number": "12"}, "paid.number", "unknown_field"),
        ("paid", "cash", "paid", "wrong_type"),
        ("limit", "none", "limit", "not_a_choice"),
        ("limit", 3, "limit", "wrong_type"),
        ("limit", {"by": "card"}, "limit.by", "not_a_choice"),
        ("cells", {"A": 1}, "cells.A", "bad_format"),
        ("cells", {"a b": 1}, 'cells["a b"]', "bad_format"),
        ("cells", {"a": "1"}, "cells.a", "wrong_type"),
        ("pair", [1], "pair", "wrong_type"),
        ("pair", ["1", "x"], "pair[0]", "wrong_type"),
        ("test", 1, "test", "wrong_type"),
        ("extras", {"a": 2**63}, "extras.a", "out_of_range"),
        ("extras", {"a": -(2**63) - 1}, "extras.a", "out_of_range"),
        ("extras", {"a": ["x", {"b": "\0"}]}, "extras.a[1].b", "bad_text"),
        ("extras", {"a": "\ud800"}, "extras.a", "bad_text"),
        ("extras", {"\udfff": 1}, 'extras["?"]', "bad_text"),
    ],
)
def test_each_fault_is_named(field: str, value: object, where: str, code: str) -> None:
    assert order_faults(**{field: value}) == [(where, code)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "wrong_type"),
        (1.0, "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
        ("1,50", "bad_format"),
        ("1.2345678", "bad_format"),
        (10**17 + 1, "bad_format"),
        ("NaN", "bad_format"),
    ],
)
def test_money_that_is_refused(value: object, code: str) -> None:
    (problem,) = faults({"productId": "a", "quantity": 1, "amountPaid": value}, Item)
    assert (problem.path, problem.code) == ("amountPaid", code)
    assert '"12.50"' in problem.right
    assert "12500000" in problem.right


@pytest.mark.parametrize(("value", "micros"), [("1", MICRO), ("-0.05", -50_000), ("1.0000000", MICRO), (7, 7)])
def test_money_that_is_read(value: object, micros: int) -> None:
    item = decode_json(json.dumps({"productId": "a", "quantity": 1, "amountPaid": value}).encode(), Item)
    assert item.amount_paid == micros


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_json"),
        (b"orders", "not_json"),
        (b'{"orders": []} x', "not_json"),
        (b'{"orders": [],}', "not_json"),
        (b'{"orders": NaN}', "not_json"),
        (b'{"orders": [], "x": -Infinity}', "not_json"),
        (b'{"orders": [], "x": "a\nb"}', "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b'{"orders": [], "x": "\xff"}', "not_utf8"),
        (b'{"orders": [], "x": "\xed\xa0\x80"}', "not_utf8"),
        (b'{"orders": [], "x": 1e999}', "out_of_range"),
        (b"[]", "wrong_type"),
        (b"null", "wrong_type"),
        (b'{"orders": [], "x": ' + b"[" * 33 + b"]" * 33 + b"}", "too_deep"),
        (b"[" * 500_000, "too_deep"),
        (b'{"a":' * 200_000, "too_deep"),
    ],
)
def test_what_is_no_document(data: bytes, code: str) -> None:
    assert [problem.code for problem in faults(data)] == [code]


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        (b'{"orders":[],"orders":[]}', ["orders"]),
        (b'{"orders" : [], "orders" : []}', ["orders"]),
        (b'{"orders":[{"id":"a","id":"b","id":"c"}]}', ["orders[0].id"]),
        (b'{"orders":[{"id":"a","extras":{"x":1,"y":{"z":1,"z":"\\""}}}]}', ["orders[0].extras.y.z"]),
        (b'{"orders":[{"id":"\\u0022\\u0022","id":"b"}]}', ["orders[0].id"]),
        (b'{"orders":[{"id":"a","\\u0069d":"b"}]}', ["orders[0].id"]),
        (b'{"orders":[],"unknown":{"a":1,"a":1}}', ["unknown.a"]),
    ],
)
def test_keys_twice(data: bytes, paths: list[str]) -> None:
    problems = faults(data)
    assert [problem.path for problem in problems] == paths
    assert {problem.code for problem in problems} == {"doubled_key"}


@pytest.mark.parametrize(
    "data",
    [
        b'{"orders":[{"id":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}]}',
        b'{"orders":[{"id":"\\"}]}{{{\\\\"}]}',
        b'{"orders":[{"id":"\\ud83d\\ude00"}]}',
        b'{"orders":[{"id":"\\u0022:\\u0022"}]}',
        b'{"orders":[{"id":"12345678901234567890"}]}',
        b'{"orders":[],"x":9223372036854775807}',
        b'{"orders":[],"x":' + b"[" * 30 + b"]" * 30 + b"}",
    ],
)
def test_what_only_looks_suspicious_is_read(data: bytes) -> None:
    assert decode_json(data, Push).orders == convert(json.loads(data), Push).orders


def test_a_part_of_a_larger_document_keeps_its_path() -> None:
    with pytest.raises(InvalidInput) as raised:
        decode_json(b'{"id": 3, "items": [{}]}', Order, at="orders[2]")
    assert [problem.path for problem in raised.value.problems] == [
        "orders[2].id",
        "orders[2].items[0].productId",
        "orders[2].items[0].quantity",
    ]
    with pytest.raises(InvalidInput) as raised:
        convert([], Order, at="orders[2]")
    assert raised.value.problems[0].path == "orders[2]"


def test_a_flood_of_faults_is_cut_short() -> None:
    problems = faults({"orders": [7] * 5000})
    assert len(problems) == PROBLEMS_MAX + 1
    assert problems[-1].code == "too_many"


def test_a_fault_repeats_only_the_start_of_a_long_text() -> None:
    data = {"id": "a", "extras": {"k" * 100_000: ["\0"] * 3}, "status": "s" * 100_000, "c" * 100_000: "\0"}
    problems = faults(data, Order)
    assert [problem.code for problem in problems] == ["bad_text"] * 4 + ["not_a_choice"]
    assert all(len(problem.path) + len(problem.message) < 250 for problem in problems)
    assert len(faults({"id": "a", "extras": {"a": ["\0"] * 5000}}, Order)) == PROBLEMS_MAX


def test_numbers_as_texts_digit_for_digit() -> None:
    card = convert({"by": "card", "number": 1234}, Card, numbers_as_text=True)
    assert card.number == "1234"
    order = convert({"id": Decimal("0.010")}, Order, numbers_as_text=True)
    assert order.id == "0.010"
    with pytest.raises(InvalidInput):
        convert({"id": 7}, Order)
    with pytest.raises(InvalidInput):
        convert({"id": True}, Order, numbers_as_text=True)


def test_a_pattern_does_not_forgive_a_last_line_break() -> None:
    with pytest.raises(InvalidInput):
        convert({"by": "card", "number": "1234\n"}, Card, numbers_as_text=True)


def test_places_in_the_document() -> None:
    with pytest.raises(InvalidInput) as raised:
        convert({"orders": [{}]}, Push, locate=lambda parts: (len(parts), 7))
    assert [(problem.path, problem.line, problem.column) for problem in raised.value.problems] == [
        ("orders[0].id", 3, 7)
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Money(42_990_000), "42.990000"),
        (Money(-1), "-0.000001"),
        (Instant(0), "1970-01-01T00:00:00Z"),
        (Flake(INT64_MAX), "7fffffffffffffff"),
    ],
)
def test_scalars_round_trip(value: Scalar, written: str) -> None:
    assert msgspec.json.encode(value, enc_hook=encode_scalar) == f'"{written}"'.encode()
    assert decode_json(f'"{written}"'.encode(), type(value)) == value


def test_scalars_are_integers() -> None:
    assert type(decode_json(b'"1.5"', Money)) is Money
    assert Money(3) + 4 == 7
    with pytest.raises(ValueError, match="not an id"):
        Flake(-1).write()
    with pytest.raises(NotImplementedError):
        msgspec.json.encode(object(), enc_hook=encode_scalar)


def test_paths() -> None:
    assert path_of("", ("orders", 2, "items", 0, "a.b")) == 'orders[2].items[0]["a.b"]'
    assert path_of("orders[1]", ()) == "orders[1]"
