"""Asking: a client's wish made a command, and what became of it."""

from __future__ import annotations

import time

from leal.engine.commands import Adjust, Key, Merge, RecordEvent, Shop, TakeOffer
from leal.engine.engine import Engine
from leal.engine.gifts import Gift
from leal.engine.holds import CaptureHold, PlaceHold, ReleaseHold
from leal.engine.invitations import Refer
from leal.errors import LealError, Refused, Unavailable
from leal.rules.adjusting import Adjustment
from leal.rules.holding import HoldWish
from leal.rules.orders import OrderStatus
from tests.engines import adjust, key, push, redeem, unredeem, who
from tests.hammer.journal import Answer, Wish


async def ask(engine: Engine, shop: Shop, wish: Wish) -> Answer:
    """Make a wish; never raises but for a fault of the program."""
    name = key(f"{wish.kind} {wish.number}")
    try:
        match wish.kind:
            case "order" | "befriend":
                status: OrderStatus = wish.status  # type: ignore[assignment]
                order = push(wish.customer, wish.order, wish.points, status, updated_at=wish.at, codes=wish.codes)
                (pushed,) = await engine.push_orders(shop, [order])
                assert pushed.problems == [], pushed
                return Answer(wish.number, "done")
            case "redeem":
                made = await engine.redeem(shop, redeem(wish.customer, wish.points, name))
                return Answer(wish.number, "done", made.points, made.code, made.change_id, made.replayed)
            case "unredeem":
                back = await engine.unredeem(shop, unredeem(wish.customer, wish.change_id, name))
                return Answer(wish.number, "done", back.points, replayed=back.replayed)
            case "adjust":
                command = adjust(wish.customer, wish.action, wish.points, name)  # type: ignore[arg-type]
                adjusted = await engine.adjust(shop, command)
                return Answer(wish.number, "done", wish.points, replayed=adjusted.replayed)
            case "hold" | "capture" | "release" | "gift":
                return await _of_points(engine, shop, wish, name)
        return await _of_rewards(engine, shop, wish, name)
    except Unavailable as failure:
        return Answer(wish.number, "unknown", why=failure.message)
    except LealError as failure:
        why = " ".join(sorted({one.code for one in failure.reasons})) if isinstance(failure, Refused) else failure.id
        return Answer(wish.number, "refused", why=why, at=time.time_ns() // 1000)


async def _of_points(engine: Engine, shop: Shop, wish: Wish, name: Key) -> Answer:
    """Holds and gifts."""
    own = who(wish.customer)
    match wish.kind:
        case "hold":
            made = await engine.hold(shop, PlaceHold(own, HoldWish(wish.points), wish.reference, name))
            return Answer(wish.number, "done", made.points, replayed=made.replayed)
        case "capture":
            spent = await engine.capture_hold(shop, CaptureHold(own, wish.reference, key=name))
            return Answer(wish.number, "done", spent.points, "", spent.change_id, spent.replayed)
        case "release":
            back = await engine.release_hold(shop, ReleaseHold(own, wish.reference, key=name))
            return Answer(wish.number, "done", back.points, replayed=back.replayed)
    given = await engine.give(shop, Gift(own, who(wish.to), wish.points, key=name))
    return Answer(wish.number, "done", given.points, "", given.change_id, given.replayed)


async def _of_rewards(engine: Engine, shop: Shop, wish: Wish, name: Key) -> Answer:
    """Offers, events, invitations and mergers."""
    own = who(wish.customer)
    match wish.kind:
        case "take":
            made = await engine.take_offer(shop, TakeOffer(own, wish.offer, key=name))
            return Answer(wish.number, "done", made.points, made.code, made.change_id, made.replayed)
        case "void":
            act = (Adjustment("void_reward"), wish.change_id, {"description": wish.action, "actor": "ann"})
            adjusted = await engine.adjust(shop, Adjust(own, [act], name))
            return Answer(wish.number, "done", replayed=adjusted.replayed)
        case "visit":
            heard = await engine.record_event(shop, RecordEvent(own, "visit", key=name))
            return Answer(wish.number, "done", replayed=heard.replayed)
        case "refer":
            sent = await engine.refer(shop, Refer(own, "link", key=name))
            return Answer(wish.number, "done", 0, sent.code)
    merged = await engine.merge_customers(shop, Merge([who(wish.to), own], key=name))
    return Answer(wish.number, "done", replayed=merged.replayed)
