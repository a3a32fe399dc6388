"""Giving way: short calls have the turns they need between two pieces of long work, which goes on all the same."""

from __future__ import annotations

import asyncio
import time

from leal.engine.giving_way import TURNS, Pieces


def spend(seconds: float) -> None:
    """Keep the processor busy."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_a_call_of_several_turns_meets_one_piece_however_many_pushes_there_are() -> None:
    pieces, done, stopped = Pieces(), 0, False

    async def push() -> None:
        nonlocal done
        while not stopped:
            await pieces.give_way()
            spend(0.000_2)
            done += 1

    async def call() -> int:
        before = done
        for _ in range(5):
            spend(0.000_2)
            await asyncio.sleep(0)
        return done - before

    pushes = [asyncio.create_task(push()) for _ in range(3)]
    met = [await call() for _ in range(50)]
    stopped = True
    await asyncio.gather(*pushes)
    assert max(met) == 1
    assert sum(met) >= 50 * 5 // (TURNS + 1) - 1, "and the pushes went on"


async def test_long_work_goes_on_beside_turns_that_are_long_themselves() -> None:
    pieces, turns = Pieces(), 0

    async def busy() -> None:
        nonlocal turns
        while True:
            spend(0.004)
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(busy())
    for _ in range(10):
        await pieces.give_way()
    other.cancel()
    assert 10 <= turns <= 30, "two turns of 4 ms are enough for each piece"


async def test_where_nobody_else_is_long_work_goes_on_at_once() -> None:
    pieces = Pieces()
    began = time.thread_time()
    for _ in range(100):
        await pieces.give_way()
    assert time.thread_time() - began < 0.05


async def test_a_batch_under_way_waits_for_one_push_that_is_read_however_many_there_are() -> None:
    pieces, read, stopped = Pieces(), 0, False

    async def push() -> None:
        nonlocal read
        while not stopped:
            await pieces.let_batches_pass()
            spend(0.000_2)
            read += 1

    pushes = [asyncio.create_task(push()) for _ in range(16)]
    met = []
    for _ in range(50):
        before = read
        await pieces.give_way()
        met.append(read - before)
    stopped = True
    await asyncio.gather(*pushes)
    assert max(met) <= 2, "the one that has its turn, and the one that is next"
    assert sum(met) >= 25, "and reading went on"


async def test_who_spares_other_processes_rests_between_two_pieces_one_after_another() -> None:
    pieces = Pieces()
    pieces.rest_seconds = lambda: 0.02
    began = time.monotonic()
    await asyncio.gather(*(pieces.give_way() for _ in range(3)))
    assert time.monotonic() - began >= 0.055
