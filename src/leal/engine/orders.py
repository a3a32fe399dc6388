"""The verbs of pushes: orders and customers, upserted as the shop tells them (S4.3)."""

from __future__ import annotations

import msgspec

from leal.engine.commands import CustomerFacts, PushCustomer, Pushed, PushOrder
from leal.engine.verb import Member, Verb
from leal.rules import milestones
from leal.rules.membership import decide_membership
from leal.rules.ordering import upsert_order
from leal.rules.orders import Order
from leal.rules.referring import is_due, may_be_welcomed


class OrderVerb(Verb):
    """Upsert one order of one customer."""

    def __init__(self, command: PushOrder) -> None:
        self.command = command
        self.who = command.customer.who
        self.facts = command.customer
        self.order_id = command.order.id
        self.order = command.order
        self.at = command.at
        self.updated_at = command.order.updated_at
        self.codes = tuple(dict.fromkeys(code.upper() for code in command.order.codes))

    def decide(self, member: Member) -> Pushed:
        """Post the order against its member."""
        tell_membership(member, self.facts)
        name = self.command.order.id
        before = member.orders.get(name)
        put_order(member, self.command.order)
        after = member.orders.get(name)
        if after is None or name not in member.changed_orders:
            return Pushed()
        if is_due(member.book, before, after, member.present):
            member.referrals_due.add(after.number)
            self.friends = (member.stored.id,)
        return Pushed()


def put_order(member: Member, order: Order, status: str | None = None) -> None:
    """Post an order and keep what it changed, of codes also where nothing of the order itself is new; `status` is what
    to store in place of the order's own."""
    stored = member.orders.get(order.id)
    by_code = member.redemptions_by_code()
    before = {code: (one.status, one.order_number, one.restored) for code, one in by_code.items()}
    after = upsert_order(member.book, stored, order, by_code, member.now, member.present)
    if after is None:
        return
    for code, one in by_code.items():
        if (one.status, one.order_number, one.restored) != before[code]:
            member.put_redemption(one)
    if after == stored and status is None:  # a moved one is marked, though nothing else of it may be new
        return
    if stored is None:
        member.claims.append(("order", order.id, after.number))
    member.orders[order.id] = after
    member.changed_orders[order.id] = status or after.status


def leave(member: Member, order_id: str) -> None:
    """Take an order away from a member, for it now comes under another: as if deleted, and marked as moved."""
    stored = member.orders[order_id]
    gone = msgspec.structs.replace(stored.order, status="deleted", updated_at=max(stored.updated_at, member.now))
    put_order(member, gone, status="moved")
    if is_due(member.book, stored, member.orders[order_id], member.present):
        member.referrals_due.add(stored.number)
    milestones.follow(member.book, member.now)


class CustomerVerb(Verb):
    """Upsert one customer."""

    def __init__(self, command: PushCustomer) -> None:
        self.who = command.customer.who
        self.facts: CustomerFacts = command.customer
        self.at = command.at

    def decide(self, member: Member) -> Pushed:
        """Decide the membership, where one is told; all else is stored beside the account."""
        was_full = not member.is_new and member.book.account.membership == "full"
        tell_membership(member, self.facts)
        if self.at is None:
            self.friends = expect_welcome(member, self.facts, joined=not member.is_new and not was_full)
        return Pushed()


def expect_welcome(member: Member, facts: CustomerFacts, *, joined: bool) -> tuple[int, ...]:
    """Let a customer who may be a friend be looked at for a welcome, once stored; gives the member, if so (S9.5).

    Whoever joined only now may have been told of, and invited, before: then it is looked at in any case.
    """
    if not may_be_welcomed(member.book):
        return ()
    code = facts.profile.get("referral_code")
    names = [("referral", code.upper())] if code else []
    names += [("invited", facts.who.email)] if facts.who.email else []
    if joined:
        member.referrals_due.add(0)
    member.came_by |= set(names)
    return (member.stored.id,) if joined or names else ()


def tell_membership(member: Member, facts: CustomerFacts | None) -> None:
    """Make the member what a command says it is (S11.4)."""
    if facts is not None and facts.membership is not None:
        decide_membership(member.book, facts.membership, member.now)
