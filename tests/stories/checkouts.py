"""What happens at checkouts in a story: points set aside, captured, kept for longer, given back."""

from __future__ import annotations

import re
from typing import Final

from leal.engine.commands import CustomerFacts, Redeemed, Who
from leal.engine.gifts import Gift
from leal.engine.holds import CaptureHold, ExtendHold, PlaceHold, ReleaseHold
from leal.engine.invitations import Refer
from leal.rules.holding import HoldWish
from leal.values import MICRO, parse_money
from tests.stories.commands import command, key_of
from tests.stories.expectations import expectation
from tests.stories.stage import WHEN, Stage, money

_CAME: Final = r"[a-z-]+ [a-z]+(?: \+\d+)?"
_HOLD: Final = rf"\d+ under [A-Z]+[0-9]+(?: worth \d+\.\d\d+)? to {WHEN}"


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


@command("invite", r"<WHO> invites by (?P<channel>[a-z-]+)(?: (?P<to>[a-z]+))?(?: -> <CODE>)?")
async def invite(stage: Stage, match: re.Match[str]) -> None:
    """A member invites a friend; by email to whom."""
    to = None if match["to"] is None else f"{match['to']}@example.com"
    made = await stage.engine.refer(stage.shop, Refer(stage.known(match["who"]), match["channel"], to))
    if match["code"] is not None:
        stage.codes[match["code"]] = Redeemed(made.code, 0, 0, 0, [])


@command("address", r"<WHO> (?:has the email (?P<email>[a-z.+]+)|has the phone (?P<phone>[0-9]+))")
async def address(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells a customer's e-mail or phone."""
    who = stage.known(match["who"])
    if match["email"]:
        who = Who(shopid=who.shopid, email=f"{match['email']}@example.com")
    profile = {} if match["phone"] is None else {"phone": match["phone"]}
    await stage.tell(CustomerFacts(who, profile))


@command("comes", r"<WHO> comes by <CODE>")
async def comes(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells of a customer with the code of an invitation."""
    facts = CustomerFacts(stage.known(match["who"]), {"referral_code": stage.codes[match["code"]].code})
    await stage.tell(facts)


@expectation("holds", rf"holds <WHO> (?P<expected>none|{_HOLD}(?:, {_HOLD})*)")
async def holds(stage: Stage, match: re.Match[str]) -> str:
    """What is set aside for her checkouts, the newest first; the worth where the line has one (S5.6)."""
    wanted = match["expected"].split(", ")
    words = []
    for number, one in enumerate(await stage.engine.holds(stage.shop, stage.known(match["who"]))):
        text = f"{one.points} under {one.reference}"
        if number < len(wanted) and " worth " in wanted[number]:
            text += f" worth {money(one.amount)}"
        minute = 60 * MICRO  # the clock goes on while a story is played
        words.append(f"{text} to {stage.exactly(one.ends_at // minute * minute)}")
    return ", ".join(words) or "none"


@expectation(
    "referrals", r"referrals <WHO> (?P<expected>none|[a-z-]+ [a-z]+(?: \+\d+)?(?:, [a-z-]+ [a-z]+(?: \+\d+)?)*)"
)
async def referrals(stage: Stage, match: re.Match[str]) -> str:
    """Her invitations, the newest first: channel, what became of it, the points it gave her (S9.5)."""
    found = await stage.engine.referrals(stage.shop, stage.known(match["who"]))
    words = [f"{one.channel} {one.status}" + (f" +{one.points}" if one.points else "") for one in found.rows]
    return ", ".join(words) or "none"
