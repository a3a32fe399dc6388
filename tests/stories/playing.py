"""Playing a story: its lines one after the other in a fresh shop, which at the end is recomputed from its entries."""

from __future__ import annotations

from leal.api.explaining import explained_balance
from leal.api.order_details import details_result
from leal.api.order_explanation import explained_order
from leal.engine.commands import UnknownOrder
from leal.engine.engine import Engine
from leal.errors import LealError
from leal.store.db import Database
from leal.values import datetime_of
from tests.reckoning import reckon_balance, reckon_order, written
from tests.stories.notation import REFUSED, Step, Story
from tests.stories.stage import Mismatch, Stage


class StoryFailed(AssertionError):
    """A story that did not come true: which line, what was expected and found, and what had happened to the members."""


async def play(story: Story, engine: Engine, db: Database, slug: str, *, upkeep: bool) -> None:
    """Play a story in a shop of its own; raises StoryFailed.

    With `upkeep`, all that falls due is stored as the clock moves. Without, nothing is stored unless somebody writes,
    and every order is sent twice: what the story expects is the same (S3.1, S4.3).
    """
    stage = Stage(engine, db, slug, upkeep=upkeep)
    first = story.steps[0]
    assert first.at is not None
    await stage.open(first.at, story.programme)
    for number, step in enumerate(story.steps):
        following = story.steps[number + 1 : number + 2]
        try:
            await _take(
                stage, step, may_fail=any(one.verb is not None and one.verb.name == REFUSED for one in following)
            )
        except Mismatch as mismatch:
            raise await _failed(stage, story, step.line, step.text, mismatch) from None
        except LealError as failure:
            refusal = Mismatch("no refusal", f"{failure.id}: {failure.message}")
            raise await _failed(stage, story, step.line, step.text, refusal) from failure
    try:
        await _check(stage)
    except Mismatch as mismatch:
        raise await _failed(stage, story, story.line, "after the last line", mismatch) from None


async def _take(stage: Stage, step: Step, *, may_fail: bool) -> None:
    if step.at is not None:
        if step.programme is not None:
            await stage.publish(step.programme, step.at)
        await stage.move_to(step.at)
    if step.verb is None or step.match is None:
        return
    if step.expects:
        await step.verb.perform(stage, step.match)
        return
    stage.refusal = None
    try:
        await step.verb.perform(stage, step.match)
    except LealError as failure:
        if not may_fail:
            raise
        stage.refusal = failure


async def _check(stage: Stage) -> None:
    """What upkeep stores changes no balance, and every account is what its entries make it."""
    before = {name: await _buckets(stage, name) for name in stage.members}
    await stage.engine.keep_up(stage.shop)
    for name, shown in before.items():
        if (stored := await _buckets(stage, name)) != shown:
            raise Mismatch(f"{name} as shown before upkeep: {shown}", stored)
    for name in stage.members:
        await _reckon(stage, name)
    for order_id in stage.orders:
        await _reckon_order(stage, order_id)
    verified = await stage.engine.verify(stage.shop)
    if verified.faults:
        raise Mismatch("a history that proves every figure", "; ".join(fault.sentence for fault in verified.faults))
    people = {(await stage.balance(name)).account_id for name in stage.members}
    members = (await stage.engine.counts(stage.shop))["members"]
    if members != len(people):
        raise Mismatch(f"{len(people)} members", f"{members} members")


async def _reckon(stage: Stage, name: str) -> None:
    """Whoever is told why a balance is what it is can reckon it again."""
    found = await stage.engine.explain_balance(stage.shop, stage.known(name), limit=1000)
    told = written(explained_balance(stage.shop.slug, found, for_staff=True))
    try:
        reckon_balance(told)
    except AssertionError as fault:
        raise Mismatch(f"an explanation that makes the balance of {name}", str(fault)) from fault


async def _reckon_order(stage: Stage, order_id: str) -> None:
    """Whoever is told why an order gave what it gave can reckon it again."""
    try:
        details = await stage.engine.order_details(stage.shop, order_id, customer=None)
        found = await stage.engine.explain_order(stage.shop, order_id, customer=None)
    except UnknownOrder:  # it was refused, or its customer is forgotten
        return
    try:
        reckon_order(written(explained_order(found)), written(details_result(details)))
    except AssertionError as fault:
        raise Mismatch(f"an explanation that makes the points of order {order_id}", str(fault)) from fault


async def _buckets(stage: Stage, name: str) -> str:
    shown = (await stage.balance(name)).standing
    a = shown.account
    tier = None if shown.current is None else shown.current.tier.name
    return f"{a.available}/{a.pending}/{a.held}/{a.redeemed}/{a.expired}/{a.earned}/{a.debt} in tier {tier}"


async def _failed(stage: Stage, story: Story, line: int, text: str, mismatch: Mismatch) -> StoryFailed:
    manner = "with upkeep" if stage.upkeep else "without upkeep, every order sent twice"
    lines = [
        f"{story.name} ({story.file}.story:{line}, {manner}; {', '.join(story.rules)})",
        f"  line      {text}",
        f"  expected  {mismatch.expected}",
        f"  found     {mismatch.found}",
    ]
    for name in stage.members:
        lines.append(f"  history of {name}:")
        try:
            changes = await stage.history(name)
        except LealError as failure:
            lines.append(f"    cannot be told: {failure.message}")
            continue
        for change in changes:
            when = datetime_of(change.at).astimezone(stage.zone).strftime("%Y-%m-%d %H:%M:%S")
            about = change.order_id or change.code or ""
            lines.append(f"    {when}  {change.type:24} {change.points:+6d}  {about} {change.changes}".rstrip())
    return StoryFailed("\n".join(lines))
