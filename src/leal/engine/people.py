"""People: who a customer is, as the shop and the customer told it, and the customer's own edits of that."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.engine.commands import CustomerFacts, Details, EditDetails, Edited, Shop, UnknownCustomer, Who
from leal.engine.orders import expect_welcome
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket
from leal.engine.verb import Member, Verb
from leal.engine.views import Gathered, balance
from leal.rules.hearing import CONSENT, consented, told
from leal.rules.membership import decide_membership
from leal.store.db import Database
from leal.store.queries import sql


class EditVerb(Verb):
    """Store what a customer edits, and say of each field what became of it."""

    answer_type = Edited
    makes_known = False

    def __init__(self, command: EditDetails) -> None:
        self.who = command.who
        self.facts: CustomerFacts = CustomerFacts(command.who)
        self.key = command.key
        self.profile = command.profile
        self.membership = command.membership

    @property
    def told(self) -> dict[str, Any]:
        """The edited fields."""
        return self.profile

    def decide(self, member: Member) -> Edited:
        """Hold each field against what is known; a membership that is told is decided (S11.4)."""
        outcomes, known_before = {}, member.book.told
        if self.profile:
            known = member.book.customer()
            outcomes = {name: _outcome(known.get(name), value) for name, value in self.profile.items()}
            member.book.told = {**member.book.told, **self.profile}
            told(member.book, member.now)
        if self.membership is not None:
            opened, was_full = member.book.opened, member.book.account.membership == "full"
            decide_membership(member.book, self.membership, member.now)
            outcomes["membership"] = "unchanged" if member.book.opened == opened else "updated"
            self.friends = expect_welcome(member, self.facts, joined=not was_full)
        if self.profile and consented(member.book, known_before, member.now):
            outcomes[CONSENT] = "credited"
        return Edited(outcomes)


def _outcome(before: Any, after: Any) -> str:
    if (before or "") == (after or ""):
        return "unchanged"
    return "updated" if before else "provided"


async def details(db: Database, gathered: Gathered, shop: Shop, programmes: Programmes, who: Who) -> Details:
    """Who a customer is; raises EmptyIdentity, UnknownCustomer, IdentityMismatch."""
    shown = await balance(db, gathered, shop, programmes, who, full=False, unused=False)
    account = shown.account_id
    async with db.shop(shop.id) as conn:
        rows = await conn.fetch(sql.find_customers, [account_bucket(account)], shop.id, [account])
    if not rows:
        raise UnknownCustomer  # erased meanwhile
    record = rows[0]
    name = Who(account, record["shopid"], record["email"])
    return Details(name, msgspec.json.decode(record["profile"]), shown)
