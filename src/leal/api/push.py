"""Push: how arrays of orders or customers are taken item by item: good ones count, refused ones are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import UNSET

from leal.api.function import Call
from leal.api.shapes import ItemFault1, PushResult1, RejectedItem1, Shape
from leal.decode import decode_json
from leal.engine.commands import Pushed, Shop
from leal.errors import InvalidInput, Problem

W = TypeVar("W")
C = TypeVar("C")


DECODED_AT_ONCE: Final = 40
"""Items decoded between two looks at other work: 1 to 2 ms of it."""


class RefusedPush(InvalidInput):
    """With `debug`, one fault refuses the whole push and nothing of it is stored."""

    id = "push_refused"
    sentence = "Nothing was stored: with debug, every item must be right."


class Item(NamedTuple):
    """One pushed item: the array it stood in, its position, its JSON."""

    array: str
    number: int
    json: bytes

    @property
    def path(self) -> str:
        """Where it stands in the body."""
        return f"{self.array}[{self.number}]"


_ANYTHING: Any = Any


class _Named(Shape):
    id: Any = None
    email: Any = None


class Store(Protocol):
    """The verb of the engine that stores the items."""

    def __call__(self, shop: Shop, items: list[Any], /, *, strict: bool = False) -> Awaitable[list[Pushed]]:
        """One answer an item, in order; `strict`: all or nothing."""


async def answer_push(
    call: Call,
    kind: str,
    items: list[Item],
    wire: type[W],
    read: Callable[[W, Item], C],
    store: Store,
    debug: bool,
) -> PushResult1:
    """Decode each item by itself, store the good ones, keep the others and say why.

    With `debug` any fault raises RefusedPush and nothing is stored.
    """
    good, faults = await read_items(call, items, wire, read)
    if debug and faults:
        raise RefusedPush([problem for number in sorted(faults) for problem in faults[number]])
    try:
        answers = await store(call.shop, [command for _, command in good], strict=debug) if good else []
    except InvalidInput as fault:
        if debug:
            raise RefusedPush([_in_array(problem, good) for problem in fault.problems]) from fault
        raise
    await keep_rejected(call, kind, items, faults)
    for (item, _), answer in zip(good, answers, strict=True):
        if answer.problems:
            faults[item.number] = placed(answer.problems, item)
    return PushResult1(rejected=rejected_items(items, faults))


async def read_items(
    call: Call, items: list[Item], wire: type[W], read: Callable[[W, Item], C]
) -> tuple[list[tuple[Item, C]], dict[int, list[Problem]]]:
    """Decode each item by itself: the good ones, and of the others the faults by their position."""
    good: list[tuple[Item, C]] = []
    faults: dict[int, list[Problem]] = {}
    for item in items:
        if item.number % DECODED_AT_ONCE == 0 and len(items) > DECODED_AT_ONCE:
            await call.engine.give_way()  # a large push must not hold up everyone else
        try:
            good.append((item, read(decode_json(item.json, wire, at=item.path), item)))
        except InvalidInput as fault:
            faults[item.number] = fault.problems
    return good, faults


async def keep_rejected(call: Call, kind: str, items: list[Item], faults: dict[int, list[Problem]]) -> None:
    """Keep refused items until they are replayed or dropped."""
    refused = [(_keepable(items[number].json), problems) for number, problems in faults.items()]
    await call.engine.reject(call.shop, kind, refused)


def rejected_items(items: list[Item], faults: dict[int, list[Problem]]) -> list[RejectedItem1]:
    """What the caller is told of refused items."""
    return [_rejected(items[number], faults[number]) for number in sorted(faults)]


def placed(problems: list[Problem], item: Item) -> list[Problem]:
    """Faults of an item where they stand in the whole body."""
    return [_placed(problem, item) for problem in problems]


def _placed(problem: Problem, item: Item) -> Problem:
    """The engine sees single items; the caller sees the whole body."""
    path = f"{item.path}.{problem.path}" if problem.path else item.path
    return msgspec.structs.replace(problem, path=path)


def _in_array(problem: Problem, good: list[tuple[Item, C]]) -> Problem:
    """With `strict` the engine sees an array without a name."""
    array = good[0][0].array
    return msgspec.structs.replace(problem, path=f"{array}{problem.path}" if problem.path else array)


def _keepable(json: bytes) -> bytes:
    """The item itself or, where the database could not hold it as JSON, the text it was."""
    try:
        decode_json(json, _ANYTHING)
    except InvalidInput:
        text = json.decode(errors="replace").replace("\0", "\ufffd")
        return msgspec.json.encode({"unreadable": text})
    return json


def _rejected(item: Item, problems: list[Problem]) -> RejectedItem1:
    return RejectedItem1(index=item.number, id=_name(item), errors=[fault_shape(problem) for problem in problems])


def fault_shape(problem: Problem) -> ItemFault1:
    """A fault as the wire shows it."""
    return ItemFault1(path=problem.path, code=problem.code, message=problem.message, right=problem.right or UNSET)


def _name(item: Item) -> str | None:
    try:
        named = msgspec.json.decode(item.json, type=_Named)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    name = named.id or named.email
    return str(name)[:255] if isinstance(name, str | int) and not isinstance(name, bool) else None
