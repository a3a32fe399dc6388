"""Pushing: the next records of a shop, sent to one destination in batches, and what becomes of them.

1. A destination is told a snapshot of all members first, then what changed since its cursor, a page at a time. The
   cursor moves once the whole page was taken: what was sent before a failure is sent again (at least once).
2. A call that fails in passing (no answer, 408, 429, 5xx) is repeated after a pause that grows, at the least as long as
   the server asks for; so is one that somebody has to mend (401, 404, a redirect …), for it may be mended.
3. A batch that is refused for what is in it (400, 409, 413, 422) is sent again by halves. A single record that is
   refused is counted, and passed over.
4. 410 means that nothing is wanted any more: the destination is paused.
5. Where the feed cannot go on from the cursor, all ids that are noted as gone are told, and a new snapshot is sent.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from leal.datasource.views import encode
from leal.engine.commands import Shop
from leal.engine.cursors import ResnapshotRequired
from leal.engine.destinations import Destination, Refusal, Taken
from leal.engine.engine import Engine
from leal.engine.feed import Page
from leal.hooks.retrying import is_passing, pause_seconds
from leal.hooks.sending import Answered, BadTarget, Target, Unanswered, post, read_target
from leal.hooks.signing import signed
from leal.rules.mapped import UnknownMapping, View, mapping_of
from leal.rules.mapping import CompiledMapping
from leal.values import MICRO, format_instant

TYPE: Final = "loyalty_programme.records"
FRAME_BYTES: Final = 512
"""What stands around the records of a call, at most."""
REFUSING: Final = frozenset({400, 409, 413, 422})
GONE: Final = 410
SPLITS_MAX: Final = 200
"""Calls into which one page is split at most, where records are refused."""
RENEW_SECONDS: Final = 600.0
"""How often the cursor of a destination to which nothing is sent is moved."""

Send = Callable[[Target, Sequence[tuple[str, str]], bytes], Awaitable[Answered]]


class PushFailed(Exception):
    """A destination did not take what it was sent; told by `reason`, and to be tried again."""

    def __init__(self, reason: str, *, retry_after: str | None = None, for_good: bool = False) -> None:
        self.reason = reason
        self.retry_after = retry_after
        self.for_good = for_good
        super().__init__(reason)


class Item(NamedTuple):
    """One record, or one id that is gone, as it is sent."""

    customer_id: str
    is_gone: bool
    json: bytes


class Ready(NamedTuple):
    """The next page for a destination, cut into batches."""

    page: Page
    batches: list[list[Item]]

    @property
    def items(self) -> list[Item]:
        """All of it."""
        return [item for batch in self.batches for item in batch]


class Pushed(NamedTuple):
    """What a round did."""

    sent: int
    gone: int
    refused: int
    more: bool
    """Whether there is more already."""


async def prepare(engine: Engine, shop: Shop, known: Destination) -> Ready:
    """What a destination is to be sent next; sends nothing. Raises UnknownMapping."""
    view = View(known.mapping)
    try:
        page = await engine.feed_page(shop, known.cursor, known.batch_records, view)
    except ResnapshotRequired:
        gone = await engine.feed_gone(shop, view)  # whoever was erased since is in no snapshot
        page = await engine.feed_page(shop, None, known.batch_records, view)
        page = page._replace(told=[*gone, *page.told])
    mapping = mapping_of(await engine.terms(shop), view)
    return Ready(page, list(_batches([_item(told, mapping) for told in page.told], known)))


def body_of(shop: Shop, known: Destination, page: Page, batch: Sequence[Item], at_seconds: int) -> bytes:
    """What one call says."""
    told = {
        "type": TYPE,
        "timestamp": format_instant(at_seconds * MICRO),
        "data": {
            "shop": shop.slug,
            "mapping": known.mapping,
            "at": format_instant(page.at),
            "snapshot": page.is_snapshot,
            "records": [msgspec.Raw(item.json) for item in batch if not item.is_gone],
            "deleted": [msgspec.Raw(item.json) for item in batch if item.is_gone],
        },
    }
    return encode(told)


class Pusher:
    """Sends pages to destinations."""

    def __init__(self, engine: Engine, *, allow_private: bool, send: Send | None = None) -> None:
        """`allow_private` lets calls lead to private addresses; `send` sends in place of the network."""
        self._engine = engine
        self._allow_private = allow_private
        self._send = send or self._post
        self._noted_at: dict[tuple[int, str], float] = {}

    async def push(self, shop: Shop, known: Destination) -> Pushed:
        """Send one page, and note what became of it. Raises PushFailed, once that is noted, and Unavailable."""
        try:
            ready = await prepare(self._engine, shop, known)
            taken = await self._deliver(shop, known, ready)
        except (PushFailed, UnknownMapping) as fault:
            failed = fault if isinstance(fault, PushFailed) else PushFailed(str(fault))
            pause = pause_seconds(known.failures + 1, failed.retry_after, time.time(), random.random())
            await self._engine.destination_failed(shop, known.name, failed.reason, pause, pause=failed.for_good)
            raise failed from fault
        page = ready.page
        if ready.batches or page.more or known.cursor is None or self._is_old(shop, known):
            self._noted_at[shop.id, known.name] = time.monotonic()
            await self._engine.destination_took(shop, known, page.cursor.text(), taken)
        return Pushed(taken.sent, len(taken.gone), len(taken.refusals), page.more)

    def _is_old(self, shop: Shop, known: Destination) -> bool:
        """Whether a cursor that nothing came after is to be moved nevertheless: else it would be forgotten one day."""
        return time.monotonic() - self._noted_at.setdefault((shop.id, known.name), time.monotonic()) > RENEW_SECONDS

    async def _deliver(self, shop: Shop, known: Destination, ready: Ready) -> Taken:
        if not ready.batches:
            return Taken(0, (), ())
        secrets = await self._engine.destination_secrets(shop, known.name)
        refusals: list[Refusal] = []
        waiting, calls = list(ready.batches), 0
        while waiting:
            batch = waiting.pop(0)
            if calls == len(ready.batches) + SPLITS_MAX:
                raise PushFailed("it refuses too many records at once")
            calls += 1
            answer = await self._call(shop, known, ready.page, batch, secrets)
            if 200 <= answer.status < 300:
                continue
            if answer.status in REFUSING and len(batch) > 1:
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
            elif answer.status in REFUSING:
                refusals.append(Refusal(batch[0].customer_id, answer.status))
            else:
                raise PushFailed(
                    f"it answered {answer.status}",
                    retry_after=answer.headers.get("retry-after") if is_passing(answer.status) else None,
                    for_good=answer.status == GONE,
                )
        refused = {one.customer_id for one in refusals}
        gone = tuple(item.customer_id for item in ready.items if item.is_gone and item.customer_id not in refused)
        sent = sum(not item.is_gone and item.customer_id not in refused for item in ready.items)
        return Taken(sent, gone, tuple(refusals))

    async def _call(
        self, shop: Shop, known: Destination, page: Page, batch: Sequence[Item], secrets: list[bytes]
    ) -> Answered:
        now = int(time.time())
        body = body_of(shop, known, page, batch, now)
        headers = [("content-type", "application/json"), *signed(secrets, _ident(known, batch), now, body)]
        try:
            target = read_target(known.url, allow_private=self._allow_private)
            return await self._send(target, headers, body)
        except BadTarget as bad:
            raise PushFailed(f"its URL {bad}") from bad
        except Unanswered as fault:
            raise PushFailed(str(fault)) from fault

    async def _post(self, target: Target, headers: Sequence[tuple[str, str]], body: bytes) -> Answered:
        return await post(target, headers, body, allow_private=self._allow_private)


def _ident(known: Destination, batch: Sequence[Item]) -> str:
    """The id of a message: the same when it is sent again, another one when the same is told later."""
    digest = hashlib.sha256(f"{known.name} {known.created_at} {known.cursor} ".encode())
    for item in batch:
        digest.update(item.json)
    return f"msg_{digest.hexdigest()[:32]}"


def _item(told: Any, mapping: CompiledMapping) -> Item:
    plain = told if isinstance(told, dict) else msgspec.structs.asdict(told)
    return Item(mapping.ident_in(plain), bool(plain.get("deleted")), encode(told))


def _batches(items: Sequence[Item], known: Destination) -> Iterator[list[Item]]:
    """Items in batches of as many, and as many bytes, as the destination takes; one that is longer goes alone."""
    batch: list[Item] = []
    size = FRAME_BYTES
    for item in items:
        if len(batch) == known.batch_records or (batch and size + len(item.json) + 1 > known.batch_bytes):
            yield batch
            batch, size = [], FRAME_BYTES
        batch.append(item)
        size += len(item.json) + 1
    if batch:
        yield batch
