"""Queries and forms as the JSON they stand for."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leal.api.balance_shapes import BalanceInput
from leal.api.history import HistoryInput
from leal.api.orders import OrdersInput
from leal.api.parameters import read_pairs, to_json
from leal.decode import decode_json
from leal.errors import InvalidInput


def test_types_tell_what_a_text_means() -> None:
    read = decode_json(to_json(read_pairs(b"limit=5&only_points=TRUE&customer.shopid=12"), HistoryInput), HistoryInput)
    assert (read.limit, read.only_points, read.only_unused) == (5, True, False)
    assert read.customer is not None
    assert read.customer.shopid == "12"


def test_json_values_stay_as_they_stand() -> None:
    pairs = [("orders", '[{"id": "1", "id": "2"}]')]
    assert to_json(pairs, OrdersInput) == b'{"orders":[{"id": "1", "id": "2"}]}'


@pytest.mark.parametrize("name", ["a.b.c.d.e.f.g.h.i.j", "..........", "customer.shopid.x.y.z.1.2.3.4"])
def test_endless_dots_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        to_json([(name, "1")], BalanceInput)


def test_too_many_pairs_are_refused() -> None:
    with pytest.raises(InvalidInput):
        read_pairs(b"&".join(b"a%d=1" % number for number in range(300)))


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_whatever_comes_is_json_or_refused(pairs: list[tuple[str, str]]) -> None:
    pairs = [(name.encode(errors="ignore").decode(), text.encode(errors="ignore").decode()) for name, text in pairs]
    try:
        body = to_json(pairs, HistoryInput)
    except InvalidInput:
        return
    assert isinstance(msgspec.json.decode(body), dict)


@given(st.binary(max_size=200))
def test_any_bytes_are_pairs_or_refused(text: bytes) -> None:
    try:
        pairs = read_pairs(text)
    except InvalidInput:
        return
    assert len(pairs) <= text.count(b"&") + 1
