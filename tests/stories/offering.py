"""Offers in stories: how a programme makes them, how members have them, and what is found of them and of rewards."""

from __future__ import annotations

import re
from typing import Any, Final

from leal.engine.commands import Redeemed, TakeOffer, UseReward
from leal.rules.adjusting import Adjustment
from leal.rules.returning import Redemption
from tests.stories.commands import adjust, command, key_of
from tests.stories.expectations import expectation
from tests.stories.stage import Mismatch, Stage

_SLUG: Final = r"[a-z]+(?:-[a-z]+)*"
_REASONS: Final = r"[a-z_]+(?: [a-z_]+)*"
_LISTED: Final = rf"{_SLUG} \d+(?: \({_REASONS}\))?"
_HELD: Final = rf"{_SLUG} (?:unused|locked|without code)"
_GIVES: Final = re.compile(
    r"(?P<amount>[\d.]+) off|(?P<percent>[\d]+)% off|product (?P<product>[a-z-]+)|(?P<shipping>free shipping)"
    rf"|a gift card of (?P<card>[\d.]+)|(?P<identifier>{_SLUG}) by the shop"
)
OFFER: Final = (
    rf"offer (?P<slug>{_SLUG})(?: costs (?P<points>\d+)(?: \((?P<tiers>[A-Z][a-z]+ \d+(?:, [A-Z][a-z]+ \d+)*)\))?)?"
    rf" gives (?P<gives>{_GIVES.pattern})(?:, (?P<stock>\d+) in stock)?(?:, (?P<count>\d+) times (?P<period>PERIOD))?"
    r"(?:, lapses after (?P<life>TERM))?(?:, from (?P<from>DAY) to (?P<to>DAY))?"
    r"(?:, seen where (?P<seen>[^,]+))?(?:, where (?P<where>[^,]+))?"
)
"""How a programme makes an offer; without a price it is free."""


def add_offer(document: dict[str, Any], match: re.Match[str]) -> None:
    """Add an offer to a document."""
    gives: dict[str, Any] = {}
    if money := match["amount"] or match["card"]:
        gives["amount"] = money
    if match["percent"]:
        gives["percent"] = int(match["percent"]) * 100
    if match["product"]:
        gives["product"] = match["product"]
    if match["shipping"]:
        gives["free_shipping"] = True
    if match["identifier"]:
        gives["identifier"] = match["identifier"]
    priced = "gift_card" if match["card"] else "custom_reward" if match["identifier"] else "vendible"
    offer: dict[str, Any] = {
        "slug": match["slug"],
        "title": match["slug"],
        "kind": priced if match["points"] else "free",
        "points": int(match["points"] or 0),
        "gives": gives,
    }
    if match["tiers"]:
        prices = (pair.split() for pair in match["tiers"].split(", "))
        offer["tier_points"] = {tier.lower(): int(points) for tier, points in prices}
    if match["stock"]:
        offer["stock"] = int(match["stock"])
    if match["count"]:
        offer["per_member"] = {"count": int(match["count"]), "period": match["period"]}
    told = {"expires": "life", "starts_at": "from", "ends_at": "to", "visible": "seen", "condition": "where"}
    document.setdefault("offers", []).append(
        offer | {name: match[group] for name, group in told.items() if match[group]}
    )


# ---------------------------------------------------------------------------------------------------- what happens


@command("take", rf"take <WHO> (?P<offer>{_SLUG})(?: key <key:CODE>)?(?: -> <CODE>)?")
async def take(stage: Stage, match: re.Match[str]) -> None:
    """A member has an offer for its points."""
    command = TakeOffer(stage.known(match["who"]), match["offer"], key=key_of(match["key"], match[0]))
    made = await stage.engine.take_offer(stage.shop, command)
    if match["code"] is not None:
        stage.codes[match["code"]] = Redeemed(made.code, made.points, 0, made.change_id, [])


@command("use", rf"use <WHO> (?P<offer>{_SLUG}) -> <CODE>")
async def use(stage: Stage, match: re.Match[str]) -> None:
    """A member makes a code of a reward that has none, the oldest of that offer."""
    who = stage.known(match["who"])
    held = (await stage.balance(match["who"], unused=True)).rewards
    ids = [one.change_id for one in reversed(held) if one.offer == match["offer"] and one.code is None]
    made = await stage.engine.use_reward(stage.shop, UseReward(who, ids[0] if ids else 1))
    stage.codes[match["code"]] = Redeemed(made.code, made.points, 0, made.change_id, [])


@command("staff grant", rf'staff grant <WHO> (?P<offer>{_SLUG})(?: "(?P<why>[^"]*)")?')
async def staff_grant(stage: Stage, match: re.Match[str]) -> None:
    """Staff give a member what an offer gives, for nothing."""
    act = Adjustment("give_reward", offer=match["offer"])
    await adjust(stage, stage.known(match["who"]), act, None, match["why"] or "")


@command("staff void", rf'staff void <WHO> (?:<CODE>|(?P<offer>{_SLUG}))(?: "(?P<why>[^"]*)")?')
async def staff_void(stage: Stage, match: re.Match[str]) -> None:
    """Staff take a code away, or a reward of an offer that has none."""
    if match["code"]:
        change = stage.codes[match["code"]].change_id
    else:
        held = (await stage.balance(match["who"], unused=True)).rewards
        change = next((one.change_id for one in held if one.offer == match["offer"]), 1)
    await adjust(stage, stage.known(match["who"]), Adjustment("void_reward"), change, match["why"] or "")


@command("outbox", r"outbox (?P<how>done|fails) <CODE>")
async def outbox(stage: Stage, match: re.Match[str]) -> None:
    """What the shop was to do about a code or reward is done, or failed."""
    made = stage.codes[match["code"]]
    for one in await stage.engine.outbox(stage.shop):
        if one.payload.get("code") == made.code or one.payload.get("change_bhid") == f"{made.change_id:016x}":
            outcome: Any = {"done": "done", "fails": "failed"}[match["how"]]
            await stage.engine.close_errand(stage.shop, one.id, outcome, by="staff")
            return
    raise Mismatch(f"something that waits about {match['code']}", "nothing does")


# ------------------------------------------------------------------------------------------------ what is expected


@expectation("offers", rf"offers <WHO> (?P<expected>none|{_LISTED}(?:, {_LISTED})*)")
async def offers(stage: Stage, match: re.Match[str]) -> str:
    """The offers that she sees, what each costs her, and in brackets what keeps her from it."""
    found = (await stage.balance(match["who"])).standing.offers
    return (
        ", ".join(
            f"{one.offer.slug} {one.points}"
            + (f" ({' '.join(reason.code for reason in one.reasons)})" if one.reasons else "")
            for one in found
        )
        or "none"
    )


@expectation("rewards", rf"rewards <WHO> (?P<expected>none|{_HELD}(?:, {_HELD})*)")
async def rewards(stage: Stage, match: re.Match[str]) -> str:
    """All that she holds and has not used, oldest first."""
    held = (await stage.balance(match["who"], unused=True)).rewards
    return ", ".join(_held(one) for one in reversed(held)) or "none"


def _held(one: Redemption) -> str:
    state = "without code" if one.code is None else one.status
    return f"{one.offer or 'points'} {state}"


@expectation("errands", r"errands (?P<expected>none|[a-z_]+ [a-z-]+(?:, [a-z_]+ [a-z-]+)*)")
async def errands(stage: Stage, match: re.Match[str]) -> str:
    """What the shop still has to do about codes and rewards, oldest first."""
    await stage.engine.keep_up(stage.shop)
    waiting = [one for one in await stage.engine.outbox(stage.shop) if one.kind in _ERRANDS]
    return ", ".join(f"{_ERRANDS[one.kind]} {_about(one.payload)}" for one in waiting) or "none"


_ERRANDS: Final = {"create_discount": "code", "remove_discount": "remove", "deliver_custom_reward": "deliver"}


def _about(payload: dict[str, Any]) -> str:
    return str(payload.get("reward_identifier") or (payload["subject_slugs"] or ["points"])[0])
