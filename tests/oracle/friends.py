"""Invitations and the friends who came by them (S9.5)."""

from dataclasses import dataclass
from typing import NamedTuple

from tests.oracle.instants import local_day, period_start
from tests.oracle.state import Account, Order
from tests.oracle.versions import Document, Version, micros


@dataclass
class Invitation:
    """What a member sent: by its code, or by its address, friends come."""

    code: str
    inviter: str
    channel: str
    email: str | None
    sent_at: int
    ends_at: int | None

    def is_named(self, code: str | None, email: str | None) -> bool:
        """Whether a code or an address that is told is this one's."""
        return self.code.lower() == (code or "").lower() or (
            self.email is not None and self.email == (email or "").lower()
        )

    def ended(self, at: int) -> bool:
        """Whether it is over."""
        return self.ends_at is not None and self.ends_at <= at


@dataclass
class Friend:
    """Somebody who came by an invitation; without accounts where these were erased."""

    invitation: Invitation
    friend: str | None
    inviter: str | None
    order: str
    confirmed_at: int
    approved_at: int
    least: int
    rejected_for: str | None = None
    friend_award: str | None = None
    inviter_award: str | None = None

    def status(self, at: int) -> str:
        """What became of it."""
        if self.rejected_for is not None:
            return "rejected"
        return "approved" if self.approved_at <= at else "qualified"


def rules_of(version: Version) -> Document | None:
    """What a programme says of referrals; nothing while it is off."""
    found: Document | None = version.document.get("referrals")
    return found if version.enabled else None


def is_large(order: Order, least: int) -> bool:
    """Whether an order stands and is worth so much."""
    return order.counts and order.eligible_micros >= least


class News(NamedTuple):
    """An order that was told, and what it was worth to its customer before and after."""

    customer: str
    order: str
    before: int
    after: int


def worth(account: Account, order_id: str) -> int:
    """What an order that counts is worth; -1 where none stands."""
    order = account.orders.get(order_id)
    return order.eligible_micros if order is not None and order.counts else -1


def minimum(rules: Document) -> int:
    """The least that a friend's first order is worth."""
    return micros(rules.get("minimum_order") or 0)


def mailbox(email: str | None) -> str | None:
    """An address without what makes no other mailbox: a tag, dots, capitals."""
    if not email:
        return None
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{host}"


def same_person(one: Account, other: Account) -> bool:
    """Whether both have one phone or one mailbox."""
    phones = ["".join(filter(str.isdigit, account.phone or "")) for account in (one, other)]
    boxes = [mailbox(account.email) for account in (one, other)]
    return (phones[0] == phones[1] != "") or (boxes[0] is not None and boxes[0] == boxes[1])


def too_many(friends: list[Friend], inviter: str, rules: Document, confirmed_at: int, version: Version) -> bool:
    """Whether a member has brought as many friends as may be in the period of a confirmation."""
    limit = rules.get("per_member")
    if limit is None:
        return False

    def start(at: int) -> object:
        return period_start(limit["period"], local_day(at, version.zone))

    mine = [one for one in friends if one.inviter == inviter and one.rejected_for is None]
    return sum(start(one.confirmed_at) == start(confirmed_at) for one in mine) >= int(limit["count"])
