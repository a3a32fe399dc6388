"""The acts of a life: plain values that say what happens in a shop, so that a life can be played again, shorter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.oracle.facts import CustomerFacts, OrderFacts

Document = dict[str, Any]
NOTHING_TOLD: Final = CustomerFacts()


@dataclass(frozen=True)
class Publish:
    """A programme that takes effect at an instant, at the earliest now."""

    document: Document
    effective_at: int


@dataclass(frozen=True)
class Move:
    """The clock moves to an instant; with upkeep what fell due is stored."""

    to_at: int
    upkeep: bool


@dataclass(frozen=True)
class Customer:
    """The shop tells of a customer, perhaps with tags and more; a referral code is the name of an invitation."""

    who: str
    tags: tuple[str, ...] | None = None
    told: CustomerFacts = NOTHING_TOLD


@dataclass(frozen=True)
class Membership:
    """The shop tells that a customer is `none`, `guest` or `full`."""

    who: str
    how: Literal["none", "guest", "full"]


@dataclass(frozen=True)
class Product:
    """The shop tells of a product, with all of its collections and tags."""

    product: str
    collections: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Push:
    """The shop tells of an order; its codes are names of redemptions, or codes that nobody has."""

    who: str
    facts: OrderFacts


@dataclass(frozen=True)
class Import:
    """Orders of the past of one customer are stored at their times, in their order."""

    who: str
    orders: tuple[OrderFacts, ...]


@dataclass(frozen=True)
class ImportCustomer:
    """What is told of a customer is known since an instant of the past."""

    who: str
    told: Customer | Membership
    since: int


@dataclass(frozen=True)
class Event:
    """A trigger comes for a member, perhaps told late, about an order, under an id."""

    who: str
    trigger: str
    occurred_at: int | None = None
    order: str | None = None
    event_id: str | None = None


@dataclass(frozen=True)
class Redeem:
    """A member turns points into a discount, which the life calls by a name."""

    who: str
    name: str
    points: int
    with_code: bool
    cart: int | None


@dataclass(frozen=True)
class Unredeem:
    """A redemption is undone."""

    who: str
    name: str


@dataclass(frozen=True)
class PlaceHold:
    """Points, or as many as are worth so much, are set aside for a checkout, or others under its reference."""

    who: str
    reference: str
    points: int | None
    minutes: int | None
    cart: int | None
    worth: int | None = None


@dataclass(frozen=True)
class CaptureHold:
    """A hold is paid with, in whole or in part; the life calls the redemption by a name."""

    who: str
    reference: str
    points: int | None
    name: str


@dataclass(frozen=True)
class ExtendHold:
    """A hold is to last longer."""

    who: str
    reference: str
    minutes: int | None


@dataclass(frozen=True)
class ReleaseHold:
    """A hold is given up."""

    who: str
    reference: str


@dataclass(frozen=True)
class Give:
    """A member's points become another's."""

    who: str
    to: str
    points: int


@dataclass(frozen=True)
class Take:
    """A member has an offer for its points; the life calls the reward by a name."""

    who: str
    name: str
    offer: str


@dataclass(frozen=True)
class UseReward:
    """A member has a code made of the oldest reward of an offer that has none."""

    who: str
    name: str
    offer: str


@dataclass(frozen=True)
class Grant:
    """Staff give a member what an offer gives, for nothing."""

    who: str
    offer: str


@dataclass(frozen=True)
class Void:
    """Staff take a reward, or a code of points, away."""

    who: str
    name: str


@dataclass(frozen=True)
class Deliver:
    """What the shop was to do about a reward, or a code, is done, or failed."""

    who: str
    name: str
    done: bool


@dataclass(frozen=True)
class Refer:
    """A member invites somebody, by e-mail perhaps a member; the life calls the invitation by a name."""

    who: str
    name: str
    channel: str
    friend: str | None


@dataclass(frozen=True)
class Staff:
    """Staff correct points by hand; a gift has a name."""

    who: str
    action: str
    points: int
    name: str


@dataclass(frozen=True)
class UndoGift:
    """Staff take back what a gift gave."""

    who: str
    name: str


@dataclass(frozen=True)
class UndoOrder:
    """Staff take back what an order gave, where one award alone gave something."""

    who: str
    order: str


@dataclass(frozen=True)
class SetTier:
    """Staff set a tier by hand, until a local midnight or for good."""

    who: str
    tier: str | None
    until: int | None
    lock: bool


@dataclass(frozen=True)
class ReleaseTier:
    """Staff let the tier that they set go."""

    who: str


@dataclass(frozen=True)
class SetMark:
    """Staff set or clear a mark."""

    who: str
    mark: str
    on: bool


@dataclass(frozen=True)
class Merge:
    """Customers turn out to be one: the first of them."""

    who: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Erase:
    """The shop has a customer erased."""

    who: str


@dataclass(frozen=True)
class Look:
    """Somebody asks what a member was, or will be, shown at another instant."""

    who: str
    at: int


@dataclass(frozen=True)
class Together:
    """What several members do at once, each one thing after the other; all orders come first in one call, or each in
    its own. Where it matters who comes first they do it in turn, member by member."""

    acts: tuple[Single, ...]
    one_call: bool
    in_turn: bool = False


Rewarded = Take | UseReward | Grant | Void | Deliver
Handled = Staff | UndoGift | UndoOrder | SetTier | ReleaseTier | SetMark
Held = PlaceHold | CaptureHold | ExtendHold | ReleaseHold
Single = Customer | Membership | Push | Event | Redeem | Unredeem | Handled | Held | Rewarded | Refer
Act = Single | Import | ImportCustomer | Product | Publish | Move | Give | Merge | Erase | Look | Together


@dataclass(frozen=True)
class Life:
    """All that happens in one shop; instants in microseconds."""

    start_at: int
    zone: str
    acts: tuple[Act, ...]
