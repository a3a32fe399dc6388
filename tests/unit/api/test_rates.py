"""Buckets of calls: what they let through, what they tell, and that they forget."""

from __future__ import annotations

import pytest

from leal.api import rates
from leal.api.rates import Limits, RateLimitExceeded, Rates, Use, network

ANN, BOB, HERE = Use("member", "1 ann"), Use("member", "1 bob"), Use("address", "192.0.2.1")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(**limits: int) -> tuple[Rates, Clock]:
    clock = Clock()
    return Rates(Limits(**{"member_reads": 2, "member_writes": 1, "address_reads": 0} | limits), clock), clock


def told(headers: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


def test_ten_seconds_worth_at_once_and_then_as_it_fills() -> None:
    of_ann, clock = made()
    for left in range(19, -1, -1):
        headers = told(of_ann.take("read", [ANN]))
        assert headers["ratelimit"].startswith(f'"member-reads";r={left};t=')
    assert headers["ratelimit-policy"] == '"member-reads";q=20;w=10'
    assert headers["ratelimit"].endswith("t=10")
    with pytest.raises(RateLimitExceeded) as caught:
        of_ann.take("read", [ANN])
    assert caught.value.data["retry_after"] == 1
    assert told(caught.value.data["headers"])["ratelimit"] == '"member-reads";r=0;t=10'
    clock.now += 0.5
    of_ann.take("read", [ANN])
    with pytest.raises(RateLimitExceeded):
        of_ann.take("read", [ANN])
    clock.now += 3600
    assert told(of_ann.take("read", [ANN]))["ratelimit"] == '"member-reads";r=19;t=1'


def test_reads_writes_and_people_are_apart() -> None:
    all_rates, _ = made()
    for _ in range(10):
        all_rates.take("write", [ANN])
    with pytest.raises(RateLimitExceeded):
        all_rates.take("write", [ANN])
    all_rates.take("read", [ANN])
    all_rates.take("write", [BOB])


def test_a_refused_call_is_counted_nowhere() -> None:
    all_rates, _ = made(address_writes=1)
    for _ in range(10):
        all_rates.take("write", [HERE])
    with pytest.raises(RateLimitExceeded):
        all_rates.take("write", [HERE, ANN])
    assert told(all_rates.take("write", [ANN]))["ratelimit"].startswith('"member-writes";r=9;')


def test_nothing_is_told_where_nothing_is_limited() -> None:
    all_rates, _ = made()
    for _ in range(1000):
        assert all_rates.take("read", [HERE]) == ()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "BUCKETS_MAX", 3)
    all_rates, _ = made()
    for number in range(10):
        all_rates.take("read", [Use("member", str(number))])
    assert [whose for _, whose in all_rates._full_at] == ["7", "8", "9"]


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("unix", "unix"),
    ],
)
def test_whose_an_address_is(address: str, whose: str) -> None:
    assert network(address) == whose
