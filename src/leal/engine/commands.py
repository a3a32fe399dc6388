"""Commands: the wishes that the ways in hand to the engine, and what it answers them."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.errors import Conflict, NotFound, Problem
from leal.rules.account import Membership
from leal.rules.adjusting import Adjustment
from leal.rules.kept_balance import KeptBalance
from leal.rules.orders import Order
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.programme.terms import Terms
from leal.rules.redemption import Wish
from leal.rules.returning import Redemption
from leal.rules.standing import ProgrammeShown, Standing
from leal.values import NEVER


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


class UnknownOrder(NotFound):
    """The shop has pushed no order of that id, or it is another customer's."""

    id = "order_not_found"
    sentence = "No order has that id, or it is not the caller's."


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

    @property
    def shopid_alone(self) -> str | None:
        """The shop's id, where nothing else is given."""
        return self.shopid if self.bhid is None and not self.email else None


class CustomerFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the shop says of a customer; None keeps what is stored, an empty string clears it."""

    who: Who
    profile: dict[str, Any] = {}
    """Names, phone, birthday, tags, consents, extras: stored as given, personal data."""
    membership: Membership | None = None
    """What the shop or the customer decides; None: nothing new (S11.4)."""
    deleted: bool = False


class PushOrder(msgspec.Struct, frozen=True):
    """Upsert one order of one customer, who is made known by it (S4.3)."""

    customer: CustomerFacts
    order: Order
    wire: bytes = b"{}"
    """The item as it was pushed, to be kept with a refusal so that it can be replayed."""
    at: int | None = None
    """Of an import: the instant to which the member is settled for it, where the account is not further (S4.10)."""


class PushCustomer(msgspec.Struct, frozen=True):
    """Upsert one customer, or erase it."""

    customer: CustomerFacts
    wire: bytes = b"{}"
    """The item as it was pushed, to be kept with a refusal so that it can be replayed."""
    by: str = "leal"
    """Who asks for it, for the audit of an erasure."""
    at: int | None = None
    """Of an import: when the customer became known (S4.10)."""


class EditDetails(msgspec.Struct, frozen=True):
    """A customer's own edits, right now; whoever is not known is not made known by them."""

    who: Who
    profile: dict[str, Any] = {}
    membership: Membership | None = None
    key: Key | None = None


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


class TakeOffer(msgspec.Struct, frozen=True):
    """Have an offer for its points (S9.1). `words` are kept with the change: destination, extras."""

    who: Who
    offer: str
    words: dict[str, Any] = {}
    key: Key | None = None


class UseReward(msgspec.Struct, frozen=True):
    """Make a code of a reward that has none, named by the id of the change that gave it (S9.2)."""

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


class Merge(msgspec.Struct, frozen=True):
    """Make several customers the first of them; with `preview` nothing is stored (S11.2)."""

    customers: list[Who]
    words: dict[str, str] = {}
    """Its note: description, private_note, actor."""
    key: Key | None = None
    preview: bool = False
    by: str = "leal"
    """Who asks for it, for the audit."""


class MergeSide(msgspec.Struct, frozen=True):
    """A customer beside a merger: names, buckets in points, orders and spend (micros) for life, tier."""

    who: Who
    available: int
    pending: int
    held: int
    redeemed: int
    expired: int
    earned: int
    debt: int
    orders: int
    spend_micros: int
    tier: str | None


class Merged(msgspec.Struct, frozen=True):
    """What became of a merger: the customers as they were, the first first, and what they are together."""

    account_id: int
    before: list[MergeSide]
    after: MergeSide
    replayed: bool = False


class RecordEvent(msgspec.Struct, frozen=True):
    """A trigger of the programme came for a customer; instants in microseconds."""

    who: Who
    trigger: str
    event_id: str | None = None
    """The caller's own id of it: the same one counts once for each member and trigger."""
    occurred_at: int | None = None
    """None: now."""
    order_id: str | None = None
    """The one order whose points it lets mature; None: all that wait for it."""
    key: Key | None = None


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
    expires_at: int = NEVER
    """When the code lapses."""
    replayed: bool = False


class Unredeemed(msgspec.Struct, frozen=True):
    """Points given back."""

    points: int
    replayed: bool = False


class OfferTaken(msgspec.Struct, frozen=True):
    """An offer that became a reward: what was paid, and its code, empty where the shop hands it out itself."""

    offer: str
    version: int
    """The programme version that says what the offer gives."""
    points: int
    code: str
    change_id: int
    expires_at: int = NEVER
    replayed: bool = False


class Adjusted(msgspec.Struct, frozen=True):
    """Staff corrections are stored."""

    replayed: bool = False


class Edited(msgspec.Struct, frozen=True):
    """What became of each edited field: `provided` (it was empty), `updated` or `unchanged`."""

    outcomes: dict[str, str]
    replayed: bool = False


class Details(msgspec.Struct, frozen=True):
    """Who a customer is, beside what the customer has."""

    who: Who
    profile: dict[str, Any]
    """Personal data, as it was told."""
    balance: Balance


class Disclosed(msgspec.Struct, frozen=True):
    """Everything that is held of one customer, oldest change first; `cut` names the parts that are not whole."""

    account_id: int
    ids: dict[str, list[str]]
    profile: dict[str, Any]
    history: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    redemptions: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    referrals: list[dict[str, Any]]
    days: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    content: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    cut: list[str]


class Recorded(msgspec.Struct, frozen=True):
    """An event is recorded, now or before under the same id."""

    replayed: bool = False


class Balance(msgspec.Struct, frozen=True):
    """A member's standing and, where asked for, the unused rewards."""

    account_id: int
    now: int
    standing: Standing
    rewards: list[Redemption] = []
    given: dict[tuple[int, str], OfferTerms] = {}
    """What rewards of offers give, by the programme version and the slug."""
    products: dict[str, dict[str, Any]] = {}
    """What is known of the products that offers give, by their ids."""


class PlainBalance(msgspec.Struct, frozen=True):
    """What is kept of a member's balance, and still holds, with the programme that it is told beside."""

    kept: KeptBalance
    terms: Terms


class WholeBalance(msgspec.Struct, frozen=True):
    """The same with what else is asked for: the programme as the member sees it; unused rewards, as in `Balance`."""

    plain: PlainBalance
    programme: ProgrammeShown | None
    now: int
    rewards: list[Redemption] = []
    given: dict[tuple[int, str], OfferTerms] = {}


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
    title: str | None = None
    """Of the source, the offer or the milestone that it is about."""


class History(msgspec.Struct, frozen=True):
    """A page of a member's changes, newest first."""

    account_id: int
    who: Who
    changes: list[Change]
    terms: Terms | None = None
    """The programme in force."""
