"""Offers: the functions that list them, take one for points and make codes of rewards; and how both are written."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from leal.api import words
from leal.api.failures import ErrorReason1
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.offer_shapes import (
    AvailableReward1,
    CouponRedeemable1,
    Offer1,
    OfferGives1,
    OffersInput,
    OffersResult1,
    ProductView2,
    RedeemOfferInput,
    RedeemOfferResult,
    UseRewardInput,
    UseRewardResult,
)
from leal.engine.commands import Balance, OfferTaken, TakeOffer, UnknownCustomer, UseReward, WholeBalance
from leal.errors import InvalidInput, NotFound, Problem, Refused
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.returning import Redemption
from leal.rules.standing import OfferStanding
from leal.scalars import Flake, Instant, Money
from leal.values import NEVER
from leal.words.voice import Voice

EXTRAS_BYTES_MAX: Final = 4000

Products: TypeAlias = dict[str, dict[str, Any]]
"""What is known of products, by their ids."""


def offers_of(balance: Balance, speak: Voice, *, with_closed: bool) -> list[Offer1]:
    """The offers that a customer sees; those that have not begun, or have ended, only where they are wanted."""
    return [
        offer_beside(one, balance.products, speak)
        for one in balance.standing.offers
        if with_closed or one.offer.starts_at <= balance.now < one.offer.ends_at
    ]


def rewards_of(balance: Balance | WholeBalance, speak: Voice) -> list[AvailableReward1]:
    """What a customer holds and can use; what the shop hands out itself is none of it."""
    found = []
    for reward in balance.rewards:
        if reward.offer is None:
            found.append(_of_points(reward, speak))
        elif not (offer := balance.given[reward.version, reward.offer]).is_delivered:
            found.append(_of_offer(reward, offer, speak))
    return found


def offer_beside(one: OfferStanding, products: Products, speak: Voice) -> Offer1:
    """An offer beside a customer."""
    offer, document = one.offer, one.offer.document
    sentences = words.reason_sentences(speak, Refused(one.reasons))
    told = zip(one.reasons, sentences, strict=True)
    return Offer1(
        id=offer.slug,
        type=document.kind,
        title=document.title,
        available=not one.reasons,
        section=document.section,
        gives=_gives(offer),
        points=one.points or UNSET,
        desc=document.description or UNSET,
        product=_product(offer, products),
        image_url=document.image_url or UNSET,
        starts=UNSET if offer.starts_at == -NEVER else Instant(offer.starts_at),
        ends=UNSET if offer.ends_at == NEVER else Instant(offer.ends_at),
        unavailable_reasons=[ErrorReason1(reason.code, sentence, reason.figures) for reason, sentence in told] or UNSET,
    )


def _gives(offer: OfferTerms) -> OfferGives1:
    gives = offer.document.gives
    return OfferGives1(
        amount=Money(offer.amount_micros) if offer.amount_micros else UNSET,
        percent=gives.percent or UNSET,
        product_id=gives.product or UNSET,
        free_shipping=gives.free_shipping or UNSET,
        identifier=gives.identifier or UNSET,
    )


def _product(offer: OfferTerms, products: Products) -> ProductView2 | UnsetType:
    product = offer.document.gives.product
    if product is None:
        return UNSET
    facts = products.get(product, {})
    return ProductView2(
        bhid=Flake(facts.get("number", 0)),
        id=product,
        slug=facts.get("slug") or UNSET,
        sku=facts.get("sku") or UNSET,
        title=facts.get("title") or UNSET,
        image_url=facts.get("some_image_url") or UNSET,
        inactive=True if facts.get("inactive") else UNSET,
    )


def _of_points(reward: Redemption, speak: Voice) -> AvailableReward1:
    return AvailableReward1(
        type="redemption",
        desc=speak.say("reward.redemption", points=reward.points),
        code=reward.code or "",
        since=Instant(reward.drawn_at),
        bhid=Flake(reward.change_id),
        status="locked" if reward.status == "locked" else "unused",
        pts=reward.points,
        amount=Money(reward.amount),
        expires=_expires(reward.expires_at),
    )


def _of_offer(reward: Redemption, offer: OfferTerms, speak: Voice) -> AvailableReward1:
    return AvailableReward1(
        type=offer.document.kind,
        desc=offer.document.title,
        reward_desc=_benefit(offer, speak),
        code=reward.code or "",
        since=Instant(reward.drawn_at),
        bhid=Flake(reward.change_id),
        status="locked" if reward.status == "locked" else "unused",
        pts=reward.points or None,
        amount=Money(offer.amount_micros) if offer.amount_micros else None,
        expires=_expires(reward.expires_at),
    )


def _benefit(offer: OfferTerms, speak: Voice) -> str:
    """What it gives, in a few words."""
    gives = offer.document.gives
    if offer.amount_micros:
        is_card = offer.document.kind == "gift_card"
        return speak.say("reward.gift_card" if is_card else "reward.amount", amount=offer.amount_micros)
    if gives.percent is not None:
        return speak.say("reward.percent", percent=gives.percent)
    return speak.say("reward.product" if gives.product else "reward.free_shipping")


def _expires(at: int) -> Instant | UnsetType:
    return UNSET if at == NEVER else Instant(at)


async def list_offers(call: Call, given: OffersInput) -> OffersResult1:
    """Answer ListOffers1; a customer whose token names nobody known sees what a visitor sees."""
    who = await call.person(given.customer)
    try:
        balance = await call.engine.balance(call.shop, who, full=True)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        balance = await call.engine.logged_out(call.shop, full=True)
    speak = words.voice_for(given.market, balance.standing.terms)
    found = offers_of(balance, speak, with_closed=True)
    return OffersResult1(offers=[one for one in found if one.available or given.include_unavailable])


async def redeem_offer(call: Call, given: RedeemOfferInput) -> RedeemOfferResult:
    """Answer RedeemOffer1."""
    who = await call.person(given.customer)
    command = TakeOffer(who, given.offer_id, _kept(given), call.key(given))
    done = call.noted(await call.engine.take_offer(call.shop, command))
    offer, products = await call.engine.offer_given(call.shop, done.version, done.offer)
    speak = await words.voice_of(call, given.market)
    message = speak.say("reward.coming" if offer.is_delivered else "reward.ready", title=offer.document.title)
    return RedeemOfferResult(
        success=True,
        message=message,
        offer_title=offer.document.title,
        pts_spent=done.points,
        change_bhid=Flake(done.change_id),
        coupon_code=_coupon(done, offer, products) if done.code else None,
    )


async def use_reward(call: Call, given: UseRewardInput) -> UseRewardResult:
    """Answer UseAchievementDiscount1."""
    if given.reward_bhid == 0:
        raise NotFound("There is no such reward.")
    who = await call.person(given.customer)
    done = call.noted(await call.engine.use_reward(call.shop, UseReward(who, int(given.reward_bhid), call.key(given))))
    offer, products = await call.engine.offer_given(call.shop, done.version, done.offer)
    return UseRewardResult(_coupon(done, offer, products))


def _kept(given: RedeemOfferInput) -> dict[str, Any]:
    """What is kept with the change; raises InvalidInput."""
    kept: dict[str, Any] = {}
    if given.destination is not None:
        told = msgspec.structs.asdict(given.destination)
        kept["destination"] = {name: text for name, text in told.items() if text}
    if given.extras is not None:
        kept["extras"] = given.extras
        if len(msgspec.json.encode(given.extras)) > EXTRAS_BYTES_MAX:
            message = f"The extras are larger than {EXTRAS_BYTES_MAX} bytes of JSON."
            raise InvalidInput([Problem("extras", "too_long", message, "fewer or shorter extras")])
    return {name: told for name, told in kept.items() if told}


def _coupon(done: OfferTaken, offer: OfferTerms, products: dict[str, dict[str, Any]]) -> CouponRedeemable1:
    return CouponRedeemable1(
        bhid=Flake(done.change_id),
        code=done.code,
        title=offer.document.title,
        type=offer.document.kind,
        gives=_gives(offer),
        product=_product(offer, products),
        expires=_expires(done.expires_at),
    )


FUNCTIONS: Final = (
    Function(
        "ListOffers1", "read", ABOUT_ONE, OffersInput, OffersResult1,
        list_offers, "What a customer can have for points, and what keeps them from the rest.",
    ),
    Function(
        "RedeemOffer1", "write", ABOUT_ONE, RedeemOfferInput, RedeemOfferResult,
        redeem_offer, "Takes an offer for its points.",
    ),
    Function(
        "UseAchievementDiscount1", "write", ABOUT_ONE, UseRewardInput, UseRewardResult,
        use_reward, "Makes a discount code of a reward that has none yet.",
    ),
)  # fmt: skip
