"""The verbs: the part of the engine that changes members, through lanes of batches."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import msgspec
import structlog

from leal.engine import approvals
from leal.engine.adjust import AdjustVerb
from leal.engine.approvals import Approval, Decision
from leal.engine.batch import Batch, outcome_of
from leal.engine.commands import (
    Adjust,
    Adjusted,
    EditDetails,
    Edited,
    Merge,
    Merged,
    OfferTaken,
    PushCustomer,
    Pushed,
    PushOrder,
    Recorded,
    RecordEvent,
    Redeem,
    Redeemed,
    SecondPersonNeeded,
    Shop,
    TakeOffer,
    UnknownCustomer,
    Unredeem,
    Unredeemed,
    UseReward,
)
from leal.engine.erasing import EraseVerb
from leal.engine.errands import close_of_nobody
from leal.engine.events import EventVerb
from leal.engine.gifts import Gift, Given, give_points
from leal.engine.giving_way import Pieces
from leal.engine.ground import Ground
from leal.engine.holds import (
    Captured,
    CaptureHold,
    CaptureVerb,
    ExtendHold,
    ExtendVerb,
    HoldMade,
    PlaceHold,
    PlaceVerb,
    Released,
    ReleaseHold,
    ReleaseVerb,
)
from leal.engine.invitations import Refer, Referral, ReferVerb
from leal.engine.lanes import WAITING_AT_ONCE, Lane
from leal.engine.merging import merge_customers
from leal.engine.offers import CloseErrandVerb, NothingWaits, TakeOfferVerb, UseRewardVerb
from leal.engine.orders import CustomerVerb, OrderVerb
from leal.engine.people import EditVerb
from leal.engine.redeem import RedeemVerb, UnredeemVerb
from leal.engine.referrals import settle_noted, settle_referral
from leal.engine.retries import RETRYABLE, TRIES, busy
from leal.engine.verb import Outcome, Pending, Verb
from leal.errors import Conflict, InvalidInput, LealError, NotFound, Problem, Unavailable
from leal.rules.events import require_trigger
from leal.store.db import Database
from leal.store.queries import sql
from leal.tokens import Sealer

T = TypeVar("T")
log = structlog.get_logger()

SUBMITTED_AT_ONCE = 100
"""Items of a push that are queued in one go: well under 1 ms."""
UNSEEN_AT_ONCE = 500
"""Events of nobody's token that may wait in one process: more are turned away."""
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses with one another."""
CODE_LENGTH = 12
"""About 59 bits: not to be guessed, short enough to type."""


class Writing(Ground):
    """What the engine does to members."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        super().__init__(db, sealer)
        self._lanes: dict[int, Lane] = {}
        self._waiting_room = asyncio.Semaphore(WAITING_AT_ONCE)
        self._pieces = Pieces()
        self._running: set[asyncio.Task[Any]] = set()
        self._unseen: set[asyncio.Task[Any]] = set()
        """Events that were answered before they are recorded."""

    async def close(self) -> None:
        """Wait until every command under way is answered."""
        for lane in list(self._lanes.values()):  # what is under way may need one more
            await lane.drain()
        if self._running:
            await asyncio.wait(self._running)

    def spare_others(self, rest_seconds: Callable[[], float]) -> None:
        """From now on have one batch of a shop's pushes at a time, and rest between two pieces of their work for as
        long as is told after each: short calls of other processes wait less.
        """
        self._pieces.batches_at_once = 1
        self._pieces.rest_seconds = rest_seconds

    async def give_way(self) -> None:
        """Let calls go on that are soon done, and batches, between two pieces of a long one of some 2 ms."""
        await self._pieces.let_batches_pass()

    async def push_orders(
        self, shop: Shop, orders: list[PushOrder], *, strict: bool = False, keep: bool = True
    ) -> list[Pushed]:
        """Upsert orders; one answer per item, in order. With `strict` all or nothing: raises InvalidInput.

        What is refused is kept for a replay, unless the caller does not want that.
        """
        items = [(OrderVerb(order), order.wire) for order in orders]
        answers = await self._push(shop, "order" if keep else "", items, strict=strict)
        await self._see_friends(shop, [verb for verb, _ in items])
        return answers

    async def _see_friends(self, shop: Shop, verbs: Sequence[OrderVerb | CustomerVerb | EditVerb]) -> None:
        """Look at those who may be friends, as far as it was noted with them that they are to be looked at."""
        friends = list(dict.fromkeys(one for verb in verbs for one in verb.friends))
        if friends:
            await self._shielded(settle_noted(self._db, shop, self._programmes, friends))

    async def push_customers(
        self, shop: Shop, customers: list[PushCustomer], *, strict: bool = False, keep: bool = True
    ) -> list[Pushed]:
        """Upsert customers, as `push_orders` does orders."""
        items: list[tuple[EraseVerb | CustomerVerb, bytes]] = [
            (EraseVerb(customer) if customer.customer.deleted else CustomerVerb(customer), customer.wire)
            for customer in customers
        ]
        answers = await self._push(shop, "customer" if keep else "", items, strict=strict)
        await self._see_friends(shop, [verb for verb, _ in items if isinstance(verb, CustomerVerb)])
        return answers

    async def redeem(self, shop: Shop, command: Redeem) -> Redeemed:
        """Turn points into a discount; raises Refused with every reason."""
        result: Redeemed = await self._command(shop, RedeemVerb(command, fresh_code()))
        return result

    async def take_offer(self, shop: Shop, command: TakeOffer) -> OfferTaken:
        """Have an offer for its points; raises UnknownOffer, or Refused with every reason."""
        result: OfferTaken = await self._command(shop, TakeOfferVerb(command, fresh_code()))
        return result

    async def use_reward(self, shop: Shop, command: UseReward) -> OfferTaken:
        """Make a code of a reward that has none; raises RewardNotUsable, Refused or NotFound."""
        result: OfferTaken = await self._command(shop, UseRewardVerb(command, fresh_code()))
        return result

    async def close_errand(self, shop: Shop, errand: int, outcome: Outcome, *, by: str) -> int:
        """What waits in the outbox is done, or failed; gives the points that came back. Raises NothingWaits or
        RewardInUse."""
        async with self._db.shop(shop.id) as conn:
            account = await conn.fetchval(sql.whose_errand, shop.id, errand)
        if account is None:
            raise NothingWaits
        try:
            points: int = await self._command(shop, CloseErrandVerb(account, errand, outcome, by))
        except UnknownCustomer:
            if not await close_of_nobody(self._db, shop.id, account, errand, outcome, by):
                raise NothingWaits from None
            return 0
        return points

    async def unredeem(self, shop: Shop, command: Unredeem) -> Unredeemed:
        """Undo a redemption; raises AlreadyReverted, NotRevertible or NotFound."""
        result: Unredeemed = await self._command(shop, UnredeemVerb(command))
        return result

    async def hold(self, shop: Shop, command: PlaceHold) -> HoldMade:
        """Set points aside for a checkout; raises Refused with every reason, or HoldCaptured."""
        result: HoldMade = await self._command(shop, PlaceVerb(command))
        return result

    async def capture_hold(self, shop: Shop, command: CaptureHold) -> Captured:
        """Spend held points; raises Refused, UnknownHold, HoldEnded or HoldCaptured."""
        result: Captured = await self._command(shop, CaptureVerb(command))
        return result

    async def extend_hold(self, shop: Shop, command: ExtendHold) -> HoldMade:
        """Let a hold last longer; raises Refused, UnknownHold, HoldEnded or HoldCaptured."""
        result: HoldMade = await self._command(shop, ExtendVerb(command))
        return result

    async def release_hold(self, shop: Shop, command: ReleaseHold) -> Released:
        """Give held points back; raises UnknownHold or HoldCaptured."""
        result: Released = await self._command(shop, ReleaseVerb(command))
        return result

    async def give(self, shop: Shop, command: Gift) -> Given:
        """Let a member's points become another's; raises as `give_points`."""
        return await self._shielded(give_points(self._db, shop, self._programmes, command))

    async def refer(self, shop: Shop, command: Refer) -> Referral:
        """Invite a friend; raises Refused with every reason."""
        code = fresh_code()
        result: Referral = await self._command(shop, ReferVerb(command, code))
        return result

    async def adjust(self, shop: Shop, command: Adjust) -> Adjusted:
        """Apply staff corrections, all or none; raises Refused or NotFound.

        More points than the programme lets staff correct alone wait for `decide`: Refused (`second_person_needed`)
        names the approval.
        """
        try:
            result: Adjusted = await self._command(shop, AdjustVerb(command))
        except SecondPersonNeeded as needed:
            actions = [{"action": one.action, "points": one.points} for one, _, _ in command.adjustments]
            told = {"points": needed.points, "adjustments": actions}
            raise await approvals.ask(self._db, shop, command, needed.account, told) from None
        return result

    async def record_event(self, shop: Shop, command: RecordEvent, *, by_browser: bool = False) -> Recorded:
        """Record an event of a member; raises UnknownTrigger, TriggerClosed or UnknownOrder."""
        require_trigger(await self.terms(shop), command.trigger, by_browser=by_browser)
        result: Recorded = await self._command(shop, EventVerb(command))
        return result

    async def record_event_unseen(self, shop: Shop, command: RecordEvent) -> None:
        """Record an event for a caller who is to learn nothing of the customer, not even by the time that it takes.

        It comes back before anything is looked up of the customer. Raises UnknownTrigger, TriggerClosed, or
        Unavailable while too many such events are under way.
        """
        require_trigger(await self.terms(shop), command.trigger, by_browser=True)
        if len(self._unseen) >= UNSEEN_AT_ONCE:
            raise Unavailable("Too many events are waiting.", "Try again.")
        task = asyncio.create_task(self._record_quietly(shop, command))
        for under_way in (self._unseen, self._running):
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    async def _record_quietly(self, shop: Shop, command: RecordEvent) -> None:
        try:
            await self._command(shop, EventVerb(command))
        except (NotFound, Conflict):
            return  # whom it was about is nobody, or somebody else
        except Exception as failure:
            log.error("event_not_recorded", shop=shop.slug, trigger=command.trigger, exc_info=failure)

    async def approvals(
        self, shop: Shop, *, waiting: bool = True, after_id: int | None = None, limit: int = 1000
    ) -> list[Approval]:
        """A page of what waits for a second person, or of everything that ever did, newest first."""
        return await approvals.approvals(self._db, shop, waiting=waiting, after_id=after_id, limit=limit)

    async def decide(self, shop: Shop, approval: int, decision: Decision, *, by: str) -> None:
        """Approve or decline what waits; returns when it is done. Raises UnknownApproval, ApprovalDecided, SamePerson,
        or what kept an approved wish from being done."""
        command = await approvals.decide(self._db, shop, approval, decision, by=by)
        if command is None:
            return
        try:
            await self.adjust(shop, command)
        except Unavailable:
            raise  # not known: to approve it again is safe
        except LealError as failure:
            await approvals.end(self._db, shop, approval, failure)
            raise
        await approvals.end(self._db, shop, approval, None)

    async def edit_details(self, shop: Shop, command: EditDetails) -> Edited:
        """Store what a customer edits; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
        verb = EditVerb(command)
        result: Edited = await self._command(shop, verb)
        await self._see_friends(shop, [verb])
        return result

    async def merge_customers(self, shop: Shop, command: Merge) -> Merged:
        """Make several customers the first of them; raises as `balance` does, or KeyReused."""
        merged = await self._shielded(merge_customers(self._db, shop, self._programmes, command))
        if not command.preview:
            await self._shielded(settle_referral(self._db, shop, self._programmes, merged.account_id))
        return merged

    async def _command(self, shop: Shop, verb: Verb) -> Any:
        """Have it done; its lane carries on though the caller has gone."""
        return await self._lane(shop).submit(verb)

    async def _push(self, shop: Shop, kind: str, items: Sequence[tuple[Verb, bytes]], *, strict: bool) -> list[Pushed]:
        if strict:
            return await self._shielded(self._push_strictly(shop, [verb for verb, _ in items]))
        if len(items) != 1:
            return await self._shielded(self._push_each(shop, kind, items))
        try:  # as any single command: a task of its own would be a twentieth of it
            return [await self._command(shop, items[0][0])]
        except Exception as failure:
            return await self._shielded(self._answers(shop, kind, items, [failure]))

    async def _push_each(self, shop: Shop, kind: str, items: Sequence[tuple[Verb, bytes]]) -> list[Pushed]:
        lane = self._lane(shop)
        futures = []
        for number, (verb, _) in enumerate(items, 1):
            futures.append(lane.submit(verb, pushed=len(items) > 1))
            if number % SUBMITTED_AT_ONCE == 0:
                await self.give_way()
        return await self._answers(shop, kind, items, await asyncio.gather(*futures, return_exceptions=True))

    async def _answers(
        self, shop: Shop, kind: str, items: Sequence[tuple[Verb, bytes]], results: list[Any]
    ) -> list[Pushed]:
        """What pushed items came to, one answer each; those that were refused are kept. Raises Unavailable."""
        answers: list[Pushed] = []
        refused = []
        unanswered: BaseException | None = None
        for (_, wire), result in zip(items, results, strict=True):
            if isinstance(result, Pushed):
                answers.append(result)
            elif isinstance(result, Unavailable) or not isinstance(result, Exception):
                unanswered = result
            else:
                problems = problems_of(result)
                refused.append((wire, problems))
                answers.append(Pushed(problems))
        if kind:
            await self.rejects.keep(shop, kind, refused)
        if unanswered is not None:
            raise unanswered  # nobody knows of some items; to push them all again is safe
        return answers

    async def _push_strictly(self, shop: Shop, verbs: list[Verb]) -> list[Pushed]:
        for attempt in range(TRIES):
            try:
                return await self._push_at_once(shop, verbs)
            except RETRYABLE as failure:
                last = busy(failure)
                await asyncio.sleep(0.005 * 2**attempt)
        raise last

    async def _push_at_once(self, shop: Shop, verbs: list[Verb]) -> list[Pushed]:
        """All items in one transaction, or none."""
        pendings = [Pending(verb, asyncio.get_running_loop().create_future()) for verb in verbs]
        batch = Batch(shop, self._programmes, pendings, self._pieces.give_way)
        async with self._db.transaction(shop.id) as conn:
            await batch.run(conn, wait=True)
            problems = [
                msgspec.structs.replace(problem, path=f"[{i}].{problem.path}".rstrip("."))
                for i, pending in enumerate(pendings)
                if isinstance(pending.failure, LealError)
                for problem in problems_of(pending.failure)
            ]
            for pending in batch.moving + batch.postponed:
                right = "Push it without debug."
                problems.append(
                    Problem(
                        f"[{pendings.index(pending)}]", "not_alone", "It moves between customers, or erases.", right
                    )
                )
            if problems:
                raise InvalidInput(problems)
            for pending in pendings:
                outcome_of(pending)
        return [Pushed() for _ in pendings]

    def _lane(self, shop: Shop) -> Lane:
        lane = self._lanes.get(shop.id)
        if lane is None:
            lane = self._lanes[shop.id] = Lane(self._db, shop, self._programmes, self._waiting_room, self._pieces)
        return lane

    async def _shielded(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry on though the caller has gone: a disconnected client does not cancel a command."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


def fresh_code() -> str:
    """Twelve letters and digits that nobody can guess."""
    number, code = secrets.randbelow(len(CODE_ALPHABET) ** CODE_LENGTH), ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_ALPHABET))
        code += CODE_ALPHABET[place]
    return code


def problems_of(failure: Exception) -> list[Problem]:
    """What kept an item from being taken, as its problems; a fault of our own is in the log."""
    if isinstance(failure, InvalidInput):
        return failure.problems
    if isinstance(failure, LealError):
        return [Problem("", failure.id, failure.message)]
    right = "The item is kept: replay it once the fault is mended; the log says what it is."
    return [Problem("", "internal_error", "Leal failed on this item.", right)]
