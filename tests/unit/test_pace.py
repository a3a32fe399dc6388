"""Pace: a piece is followed by a rest where others need the processors, and there alone; pushes always go on."""

from __future__ import annotations

import time

import pytest

from leal.server import pace
from leal.server.pace import LONGEST_SECONDS, REST, SCARCE, STARVED, Pace, counts_of_this_thread

PIECE = 0.002


class Thread:
    """What Linux counts of one."""

    def __init__(self) -> None:
        self.ran = self.waited = 0.0

    def counts(self) -> tuple[float, float]:
        return self.ran, self.waited

    def work(self, pieces: int, its_pace: Pace, share: float) -> list[float]:
        """Do pieces while it waits for a share of the time that it runs; gives the rest after each."""
        rests = []
        for _ in range(pieces):
            self.ran += PIECE
            self.waited += PIECE * share
            rests.append(its_pace.rest_seconds())
        return rests


def test_by_itself_it_does_not_rest() -> None:
    thread = Thread()
    assert not any(thread.work(1000, Pace(thread.counts), SCARCE * 0.9))


def test_beside_others_it_rests_after_each_piece_and_goes_on() -> None:
    thread = Thread()
    rests = thread.work(1000, Pace(thread.counts), 1.0)
    assert rests == pytest.approx([REST * PIECE] * 1000)
    assert 1 / (1 + REST) >= 0.8, "four fifths of its time are its own"


def test_who_hardly_has_a_processor_does_not_rest_as_well() -> None:
    thread = Thread()
    assert not any(thread.work(1000, Pace(thread.counts), STARVED * 1.1))


def test_a_single_wait_is_no_reason_and_what_lies_back_is_forgotten() -> None:
    thread = Thread()
    its_pace = Pace(thread.counts)
    thread.work(100, its_pace, 0.0)
    thread.waited += 0.02
    assert not any(thread.work(100, its_pace, 0.0)), "one of 20 ms"
    assert all(thread.work(500, its_pace, 1.0)[-100:])
    rests = thread.work(500, its_pace, 0.0)
    assert rests[0]
    assert not any(rests[-100:])


def test_what_added_up_while_nothing_was_pushed_is_no_piece() -> None:
    thread = Thread()
    its_pace = Pace(thread.counts)
    thread.ran, thread.waited = 60.0, 60.0
    assert its_pace.rest_seconds() == LONGEST_SECONDS


def test_linux_tells() -> None:
    counts = counts_of_this_thread()
    ran, waited = counts()
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    assert counts()[0] - ran >= 0.03
    assert counts()[1] >= waited


def test_where_linux_does_not_tell_it_does_not_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "COUNTED", "/nowhere/schedstat")
    assert Pace(counts_of_this_thread()).rest_seconds() == 0.0
