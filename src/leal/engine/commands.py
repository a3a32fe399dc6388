"""Commands: the wishes that the ways in hand to the engine, and what it answers them."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.errors import Conflict, NotFound, Problem
from leal.rules.adjusting import Adjustment
from leal.rules.orders import Order
from leal.rules.redemption import Wish
from leal.rules.returning import Redemption
from leal.rules.standing import Standing


class UnknownShop(NotFound):
    """No shop has that slug."""

    id = "unknown_shop"
    sentence = "No shop has that slug."


class EmptyIdentity(NotFound):
    """A customer identity was given with all its fields empty."""

    id = "empty_customer_identity"
    sentence = "The customer identity has no bhid, shopid or email."


class UnknownCustomer(NotFound):
    """Nobody matches the customer identity."""

    id = "no_customers_match_customer_identity"
    sentence = "No customer matches the identity."


class IdentityMismatch(NotFound):
    """One field of the identity matched somebody, another contradicts that record."""

    id = "customer_identity_partially_mismatches_matched_customer"
    sentence = "One field of the identity matches a customer, another contradicts the stored record."


class KeyReused(Conflict):
    """The idempotency key was used before with another request."""

    id = "idempotency_key_reused"
    sentence = "This idempotency key was used before with another request."


class SecondPersonNeeded(Conflict):
    """Staff may not correct so many points alone; the engine lets the wish wait and answers with the approval."""

    id = "second_person_needed"
    sentence = "This takes a second person."

    def __init__(self, account: int, points: int) -> None:
        self.account, self.points = account, points
        super().__init__()


class Shop(msgspec.Struct, frozen=True):
    """A tenant. `clock_offset` in microseconds; 0 but in sandboxes. `origins` are those whose pages may call it."""

    id: int
    slug: str
    sandbox: bool
    clock_offset: int
    programme_version: int
    origins: tuple[str, ...] = ()


class Who(msgspec.Struct, frozen=True):
    """How a caller names a customer; every field given must match (S11.1). E-mails are compared case-folded."""

    bhid: int | None = None
    shopid: str | None = None
    email: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given."""
        return self.bhid is None and not self.shopid and not self.email


class CustomerFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the shop says of a customer; None keeps what is stored, an empty string clears it."""

    who: Who
    profile: dict[str, Any] = {}
    """Names, phone, birthday, tags, consents, extras: stored as given, personal data."""
    deleted: bool = False


class PushOrder(msgspec.Struct, frozen=True):
    """Upsert one order of one customer, who is made known by it (S4.3)."""

    customer: CustomerFacts
    order: Order
    wire: bytes = b"{}"
    """The item as it was pushed, to be kept with a refusal so that it can be replayed."""


class PushCustomer(msgspec.Struct, frozen=True):
    """Upsert one customer."""

    customer: CustomerFacts
    wire: bytes = b"{}"
    """The item as it was pushed, to be kept with a refusal so that it can be replayed."""


class Key(msgspec.Struct, frozen=True):
    """A caller's idempotency key: digests (SHA-256) of function and key, and of the request body."""

    key: bytes
    request: bytes


class Redeem(msgspec.Struct, frozen=True):
    """Turn points into a discount (S5.2)."""

    who: Who
    wish: Wish
    key: Key | None = None


class Unredeem(msgspec.Struct, frozen=True):
    """Undo a redemption, named by the id of its change (S5.5)."""

    who: Who
    change_id: int
    key: Key | None = None


class Adjust(msgspec.Struct, frozen=True):
    """Staff corrections, all or none (S6.4). `change_ids` names the changes of `takeaway_points_for_change`."""

    who: Who
    adjustments: list[tuple[Adjustment, int | None, dict[str, str]]]
    """Each: the adjustment, the id of the change it is about, its note (description, private_note, actor)."""
    key: Key | None = None
    by: str = "leal"
    """Who asks for it, for the audit."""
    approved_by: str | None = None
    """Whose second word it has."""


class Pushed(msgspec.Struct, frozen=True):
    """What became of one pushed item; without problems it counts."""

    problems: list[Problem] = []


class Redeemed(msgspec.Struct, frozen=True):
    """A redemption as its caller learns of it; `amount` in micros, `change_id` the id of the change."""

    code: str
    points: int
    amount: int
    change_id: int
    lots: list[tuple[int, int, int]]
    """Each lot drawn: its id, points, end in microseconds (S5.1)."""
    replayed: bool = False


class Unredeemed(msgspec.Struct, frozen=True):
    """Points given back."""

    points: int
    replayed: bool = False


class Adjusted(msgspec.Struct, frozen=True):
    """Staff corrections are stored."""

    replayed: bool = False


class Balance(msgspec.Struct, frozen=True):
    """A member's standing and, where asked for, the unused rewards."""

    account_id: int
    now: int
    standing: Standing
    rewards: list[Redemption] = []


class Change(msgspec.Struct, frozen=True):
    """One line of a member's history. Instants in microseconds, money in micros."""

    id: int
    type: str
    at: int
    points: int
    order_id: str | None = None
    code: str | None = None
    amount: int | None = None
    note: str = ""
    """JSON with the words of staff: description, private_note, actor."""
    changes: str = ""
    """JSON of other facts after it, e.g. the tier."""


class History(msgspec.Struct, frozen=True):
    """A page of a member's changes, newest first."""

    account_id: int
    who: Who
    changes: list[Change]
