"""Referrals: the functions that invite a friend and tell what came of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from leal.api.balance_shapes import CustomerReferralStats3
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.shapes import CustomerIdentity1, CustomerInput, Email, KeyedInput, MarketInput1, Shape, Words
from leal.engine.commands import Balance, UnknownCustomer, Who
from leal.engine.invitations import Refer, Referral, Stats
from leal.errors import InvalidInput, NotAllowed, Problem
from leal.rules.programme.terms import Terms
from leal.rules.worth import value_of
from leal.scalars import Flake, Instant, Money
from leal.values import NEVER, format_id

PERSONAL: Final = "custom-personal"
"""The channel of a code that a member gives away in person."""
Channel = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=64,
        description="`email`, `sms`, `facebook`, `whatsapp`, `qr-code`, `custom-personal` or any other such word",
        examples=["email"],
    ),
]


class ReferInput(KeyedInput, kw_only=True):
    """How a friend is invited."""

    channel: Channel
    destination: Email | None = None
    """The friend's address; with the channel `email` alone."""
    sender: Words | None = None
    """Not looked at: the customer is known."""


class Referral2(Shape, kw_only=True):
    """An invitation beside one friend who came by it, or nobody yet."""

    referral_bhid: Flake
    channel: str
    status: Literal["invited", "qualified", "approved", "rejected", "expired"]
    sent_at: Instant
    acceptance_bhid: Flake | UnsetType = UNSET
    """The friend's coming; several friends may come by one invitation."""
    destination: str | UnsetType = UNSET
    link: str | UnsetType = UNSET
    """Where the source that pays for it says how links are made."""
    coupon_code: str
    """What the friend's first order names among its `discount_codes`."""
    accepted_at: Instant | UnsetType = UNSET
    reward_pts: int | UnsetType = UNSET
    reward_pts_value: Money | UnsetType = UNSET
    expires: Instant | UnsetType = UNSET
    rejected_for: Literal["self", "same_address", "limit", "taken_back"] | UnsetType = UNSET
    """Why: the member's own invitation, one phone or mailbox, too many friends in a period, an order taken back."""
    friend: CustomerIdentity1 | UnsetType = UNSET
    """With `deanonymize`."""


class ReferResult2(Shape):
    """The invitation."""

    referral: Referral2


class ReferralsInput(CustomerInput):
    """Whose invitations."""

    deanonymize: bool = False
    """Tell who the friends are; with a shop or admin token alone."""
    market: MarketInput1 | None = None


class ReferralsResult2(Shape):
    """Invitations, the newest first, and what they came to."""

    referrals: list[Referral2]
    referral_stats: CustomerReferralStats3


class DeanonymizeNotAllowed(NotAllowed):
    """Friends were to be named, and not to the shop."""

    id = "deanonymize_not_allowed"
    sentence = "Only a shop token or an admin customer's may ask who the friends are."


async def refer(call: Call, given: ReferInput) -> ReferResult2:
    """Answer Refer2."""
    destination = (given.destination or "").strip().casefold() or None
    if (destination is not None) != (given.channel == "email") or (destination and "@" not in destination):
        message = "An invitation by e-mail, and no other, has an address."
        raise InvalidInput([Problem("destination", "contradiction", message, "ben@example.com with the channel email")])
    who = await call.person(given.customer)
    done = call.noted(await call.engine.refer(call.shop, Refer(who, given.channel, destination, call.key(given))))
    return ReferResult2(referral=_referral(done, await call.engine.terms(call.shop)))


async def customer_referrals(call: Call, given: ReferralsInput) -> ReferralsResult2:
    """Answer CustomerReferrals2; a customer's token that names nobody known has invited nobody."""
    if given.deanonymize and call.caller.kind not in ("shop", "admin_customer"):
        raise DeanonymizeNotAllowed
    who = await call.person(given.customer)
    try:
        found = await call.engine.referrals(call.shop, who, with_friends=given.deanonymize)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        return ReferralsResult2(referrals=[], referral_stats=stats(Stats()))
    rows = [_referral(one, found.terms) for one in found.rows]
    return ReferralsResult2(referrals=rows, referral_stats=stats(found.stats))


async def stats_of(call: Call, who: Who | None, balance: Balance) -> CustomerReferralStats3 | UnsetType:
    """What a balance tells of a customer's invitations; nothing where the programme has none."""
    terms = balance.standing.terms
    if terms is None or terms.programme.referrals is None:
        return UNSET
    if who is None or not balance.account_id:
        return stats(Stats())
    return stats((await call.engine.referrals(call.shop, who)).stats)


def stats(found: Stats) -> CustomerReferralStats3:
    """The sums as the wire has them."""
    return CustomerReferralStats3(
        sent=found.sent, approved=found.approved, rejected=found.rejected, earned_pts=found.earned
    )


def _referral(one: Referral, terms: Terms | None) -> Referral2:
    worth = value_of(terms, one.points) if terms is not None and one.points else None
    friend = one.friend
    return Referral2(
        referral_bhid=Flake(one.id),
        channel=one.channel,
        status=one.status,  # type: ignore[arg-type]
        sent_at=Instant(one.sent_at),
        acceptance_bhid=UNSET if one.acceptance is None else Flake(one.acceptance),
        destination=one.destination or UNSET,
        link=_link(one.code, terms),
        coupon_code=one.code,
        accepted_at=UNSET if one.accepted_at is None else Instant(one.accepted_at),
        reward_pts=one.points or UNSET,
        rejected_for=one.rejected or UNSET,  # type: ignore[arg-type]
        reward_pts_value=UNSET if worth is None else Money(worth),
        expires=UNSET if one.status != "invited" or one.expires_at >= NEVER else Instant(one.expires_at),
        friend=UNSET
        if friend is None
        else CustomerIdentity1(
            bhid=None if friend.bhid is None else format_id(friend.bhid), shopid=friend.shopid, email=friend.email
        ),
    )


def _link(code: str, terms: Terms | None) -> str | UnsetType:
    sources = [] if terms is None else terms.programme.sources
    links = (one.link for one in sources if one.kind == "referral_sent" and one.link)
    link = next(links, None)
    return UNSET if link is None else link.replace("{code}", code)


FUNCTIONS: Final = (
    Function(
        "Refer2", "write", ABOUT_ONE, ReferInput, ReferResult2,
        refer, "Invites a friend: gives the code that the friend's first order is known by.",
    ),
    Function(
        "CustomerReferrals2", "read", ABOUT_ONE, ReferralsInput, ReferralsResult2,
        customer_referrals, "A customer's invitations, what became of them, and their sums.",
    ),
)  # fmt: skip
