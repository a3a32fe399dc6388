"""What happens at checkouts in a story: points set aside, captured, kept for longer, given back."""

from __future__ import annotations

import re

from leal.engine.commands import Redeemed
from leal.engine.gifts import Gift
from leal.engine.holds import CaptureHold, ExtendHold, PlaceHold, ReleaseHold
from leal.rules.holding import HoldWish
from leal.values import parse_money
from tests.stories.commands import command, key_of
from tests.stories.stage import Stage


@command(
    "hold",
    r"hold <WHO> (?:<POINTS>|worth <MONEY>) under <CODE>(?: for (?P<minutes>\d+) minutes)?(?: cart <cart:MONEY>)?"
    r"(?: key <key:CODE>)?",
)
async def hold(stage: Stage, match: re.Match[str]) -> None:
    """Points are set aside for a checkout; again under the same reference, other points."""
    amount, cart = (None if match[name] is None else parse_money(match[name]) for name in ("money", "cart"))
    points, minutes = (None if match[name] is None else int(match[name]) for name in ("points", "minutes"))
    key = key_of(match["key"], match[0])
    wish = HoldWish(points, amount, minutes, cart)
    await stage.engine.hold(stage.shop, PlaceHold(stage.known(match["who"]), wish, match["code"], key))


@command("capture", r"capture <WHO> <CODE>(?: <POINTS>)?(?: key <key:CODE>)?(?: -> <as:CODE>)?")
async def capture(stage: Stage, match: re.Match[str]) -> None:
    """Held points are spent, all or some."""
    points = None if match["points"] is None else int(match["points"])
    who, key = stage.known(match["who"]), key_of(match["key"], match[0])
    made = await stage.engine.capture_hold(stage.shop, CaptureHold(who, match["code"], None, points, key))
    if match["as"] is not None:
        stage.codes[match["as"]] = Redeemed("", made.points, made.amount, made.change_id, [])


@command("extend", r"extend <WHO> <CODE>(?: by (?P<minutes>\d+) minutes)?")
async def extend(stage: Stage, match: re.Match[str]) -> None:
    """Held points stay set aside for longer."""
    minutes = None if match["minutes"] is None else int(match["minutes"])
    await stage.engine.extend_hold(stage.shop, ExtendHold(stage.known(match["who"]), match["code"], None, minutes))


@command("release", r"release <WHO> <CODE>")
async def release(stage: Stage, match: re.Match[str]) -> None:
    """Held points are given back."""
    await stage.engine.release_hold(stage.shop, ReleaseHold(stage.known(match["who"]), match["code"]))


@command("gift", r'<WHO> gives (?P<to>[a-z]+) <POINTS>(?: "(?P<message>[^"]*)")?(?: key <key:CODE>)?')
async def gift(stage: Stage, match: re.Match[str]) -> None:
    """A member's points become another's."""
    who, to, key = stage.known(match["who"]), stage.known(match["to"]), key_of(match["key"], match[0])
    await stage.engine.give(stage.shop, Gift(who, to, int(match["points"]), match["message"] or "", key))
