"""Whatever JSON comes in is decoded just as msgspec does it, or refused with faults that are named."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta

from leal.decode import convert, decode_json
from leal.errors import InvalidInput, Problem
from leal.scalars import Instant, Money, decode_scalar


class Line(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(min_length=1)]
    paid: Money = Money(0)
    at: Instant | None = None


class Order(msgspec.Struct):
    id: str
    lines: list[Line] = []
    status: Literal["a", "b"] | None = None
    extras: dict[str, Any] = {}


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(),
    st.sampled_from(["a", "b", "1.50", "2024-05-01T00:00:00Z", "", "\0", "\ud800", "\ud83d\ude00", '"', '":']),
    st.text(max_size=5),
)
KEYS = st.sampled_from(["id", "lines", "paid", "at", "status", "extras", "odd"])
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
LIKELY = st.fixed_dictionaries(
    {"id": st.just("x") | SCALARS},
    optional={
        "lines": st.lists(st.fixed_dictionaries({"id": st.just("l")}, optional={"paid": SCALARS, "at": SCALARS})),
        "status": SCALARS,
        "extras": st.dictionaries(KEYS, ANYTHING, max_size=2),
    },
)


def is_kept(value: object) -> bool:
    """Whether PostgreSQL can keep every text and number."""
    if isinstance(value, dict):
        return all(is_kept(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(is_kept(item) for item in value)
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore") == value
    return not isinstance(value, int) or isinstance(value, bool) or -(2**63) <= value < 2**63


def attempt(read: Callable[[], Order]) -> tuple[Order | None, list[Problem]]:
    """What was read, or the faults it was refused with."""
    try:
        return read(), []
    except InvalidInput as refused:
        return None, refused.problems or [Problem("", "", "refused without a fault")]


@settings(max_examples=150)
@given(LIKELY | ANYTHING, st.booleans(), st.sampled_from([None, 1]))
def test_json_is_decoded_or_its_faults_are_named(value: object, ascii_only: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    try:
        plainly = msgspec.json.decode(data, type=Order, dec_hook=decode_scalar)
    except (msgspec.DecodeError, UnicodeDecodeError):
        plainly = None
    order, problems = attempt(lambda: decode_json(data, Order))
    assert order == (plainly if is_kept(json.loads(data)) else None)
    assert (order is None) == bool(problems)
    for problem in problems:
        assert problem.code
        assert problem.message.endswith((".", "?"))
        assert problem.right != "a value of the right type"


@settings(max_examples=100)
@given(LIKELY.filter(is_kept))
def test_plain_values_are_converted_as_json_is(value: Any) -> None:
    data = json.dumps(value).encode()
    decoded = attempt(lambda: decode_json(data, Order))
    if [problem.code for problem in decoded[1]] != ["not_json"]:  # Python writes NaN, which JSON does not know
        assert attempt(lambda: convert(json.loads(data), Order)) == decoded


@settings(max_examples=150)
@given(st.binary(max_size=40) | st.text('{}[]":,\\ua0 1eE.-', max_size=40).map(str.encode))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    order, problems = attempt(lambda: decode_json(data, Order))
    assert (order is None) == bool(problems)
