"""The minimiser: a life that fails, made as short and as plain as it gets within a deadline."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.oracle_machine.acts import Act, Life, Look, Publish, Push, Together
from tests.oracle_machine.lives import Lived

Replay = Callable[[Life], Awaitable[Lived]]


async def minimise(lived: Lived, replay: Replay, *, until: float) -> Lived:
    """The shortest life found by `until` (monotonic) that differs in one of the same figures; at worst the same."""
    best = lived
    kind = set(lived.failure.kind) if lived.failure else set()

    async def fails(acts: tuple[Act, ...]) -> bool:
        nonlocal best
        if time.monotonic() > until:
            return False
        try:
            again = await replay(replace(best.life, acts=acts))
        except Exception:  # one of the two broke: another fault than this
            return False
        if again.failure is None or not set(again.failure.kind) <= kind:
            return False
        best = again
        return True

    await fails(tuple(_one_by_one(best.life.acts)))
    everybody = {getattr(act, "who", "") for act in _one_by_one(best.life.acts)} - {""}
    if lived.failure and lived.failure.who is not None:
        await fails(_without(best.life.acts, everybody - {lived.failure.who}))
    for who in sorted(everybody):
        await fails(_without(best.life.acts, {who}))
    await fails(tuple(act for act in best.life.acts[:-1] if not isinstance(act, Look)) + best.life.acts[-1:])
    while time.monotonic() < until:
        before = best.life.acts
        await _leave_out(lambda: best.life.acts, fails, until)
        await _make_plain(lambda: best.life.acts, fails, until)
        if best.life.acts == before:
            break
    return best


def _one_by_one(acts: tuple[Act, ...]) -> Iterator[Act]:
    for act in acts:
        yield from act.acts if isinstance(act, Together) else (act,)


def _without(acts: tuple[Act, ...], others: set[str]) -> tuple[Act, ...]:
    """The acts that are not theirs, also of those that happen at once."""
    left: list[Act] = []
    for act in acts:
        if isinstance(act, Together):
            act = replace(act, acts=tuple(one for one in act.acts if one.who not in others))
            if not act.acts:
                continue
        if getattr(act, "who", "") not in others:
            left.append(act)
    return tuple(left)


async def _leave_out(
    acts: Callable[[], tuple[Act, ...]], fails: Callable[[tuple[Act, ...]], Awaitable[bool]], until: float
) -> None:
    """Leave out runs of acts, long ones first."""
    size = max(1, len(acts()) // 2)
    while True:
        place = 0
        while place < len(acts()):
            if time.monotonic() > until:
                return
            present = acts()
            if not await fails(present[:place] + present[place + size :]):
                place += size
        if size == 1:
            return
        size = max(1, size // 2)


async def _make_plain(
    acts: Callable[[], tuple[Act, ...]], fails: Callable[[tuple[Act, ...]], Awaitable[bool]], until: float
) -> None:
    """Make single acts plainer, one after the other, as long as it helps."""
    place = 0
    while place < len(acts()):
        found = True
        while found:
            found = False
            present = acts()
            if place >= len(present):
                return
            for plainer in _plainer(present[place]):
                if time.monotonic() > until:
                    return
                if await fails(present[:place] + (plainer,) + present[place + 1 :]):
                    found = True
                    break
        place += 1


def _plainer(act: Act) -> Iterator[Act]:
    """The same act with one thing less in it."""
    if isinstance(act, Publish):
        for smaller in _smaller(act.document):
            yield replace(act, document=smaller)
    elif isinstance(act, Push):
        told = act.facts
        if told.lines is not None and len(told.lines) > 1:
            for place in range(len(told.lines)):
                yield replace(act, facts=replace(told, lines=told.lines[:place] + told.lines[place + 1 :]))
        for less in (replace(told, taxes=0), replace(told, shipping=0), replace(told, points_tender=0)):
            if less != told:
                yield replace(act, facts=less)
        if told.discount_codes:
            yield replace(act, facts=replace(told, discount_codes=()))
        if told.lines is not None and any(line.collections or line.tags for line in told.lines):
            plain = tuple(replace(line, collections=None, tags=None) for line in told.lines)
            yield replace(act, facts=replace(told, lines=plain))


def _smaller(document: Any) -> Iterator[Any]:
    """The document with one key or element left out, large pieces first."""
    if isinstance(document, dict):
        for key in document:
            yield {name: value for name, value in document.items() if name != key}
        for key, value in document.items():
            for smaller in _smaller(value):
                yield document | {key: smaller}
    elif isinstance(document, list):
        for place in range(len(document)):
            yield document[:place] + document[place + 1 :]
        for place, value in enumerate(document):
            for smaller in _smaller(value):
                yield [*document[:place], smaller, *document[place + 1 :]]
