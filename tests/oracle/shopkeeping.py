"""One shop as the oracle keeps it: versions, accounts, and what was shown when."""

import pickle
from collections.abc import Callable
from copy import copy, deepcopy
from typing import TypeVar

from tests.oracle.facts import AccountView, Refused
from tests.oracle.points import restart_global
from tests.oracle.settling import apply_instant, due_instants, enrol, settle, take_effect
from tests.oracle.state import Account, Shop
from tests.oracle.tiers import follow_ladder
from tests.oracle.versions import Document, Version
from tests.oracle.view import view

Answer = TypeVar("Answer")


def refused(*reasons: str) -> Refused:
    """A refusal with its reasons."""
    return Refused(frozenset(reasons))


class Shopkeeping:
    """All customers of one shop; instants are microseconds since 1970 UTC and never go back."""

    def __init__(self, *, start: int) -> None:
        self.now = start
        self.shop = Shop()
        self.history: dict[str, list[tuple[int, bytes | None]]] = {}
        """Each account since when it was so; None: as it is now."""
        self.calls = 0
        self.names: dict[str, str] = {}
        """Names of customers that lead to others since they were merged."""

    def reach(self, at: int) -> None:
        """Time has come so far: what is earlier is past."""
        self.now = max(self.now, at)

    def publish(self, programme: Document, at: int, effective_at: int | None = None) -> None:
        """Publishes a programme that takes effect at an instant, at the earliest now."""
        self.reach(at)
        effect = max(self.now, effective_at if effective_at is not None else self.now)
        self.shop.versions.append(Version(len(self.shop.versions), self.now, effect, deepcopy(programme)))

    def account(self, customer: str, at: int) -> AccountView:
        """What the account shows at an instant; nothing is changed. A past instant: what was shown then."""
        return view(self.shop, self._settled(self.names.get(customer, customer), at), at)

    def _settled(self, customer: str, at: int) -> Account:
        """A copy of an account as it was at an instant, or will be; where nothing happens to it until then, one that
        shares what is in it."""
        stored = [state for when, state in self.history.get(customer, []) if when <= at]
        if not stored:
            return self._stranger(customer, at)
        present, former = self.shop.accounts[customer], stored[-1]
        if former is None and min(due_instants(self.shop, present, at), default=at + 1) > at:
            shown = copy(present)
            shown.settled = shown.days_until = at
            return self._stranger(customer, at) if at < self.now and shown.untouched else shown
        account: Account = pickle.loads(former or pickle.dumps(present))
        account.tags = present.tags  # no former words of the shop are kept
        settle(self.shop, account, at, known=at)
        return self._stranger(customer, at) if at < self.now and account.untouched else account

    def _stranger(self, customer: str, at: int) -> Account:
        """An empty account run through the same code."""
        account = Account(customer, at)
        version = Shop([v for v in self.shop.versions if v.published_at <= at]).at(at)
        if version is not None:
            account.version = version.number
            follow_ladder(self.shop, account)
            restart_global(account, version, at)  # a fixed day is everybody's
        return account

    def _newcomer(self, customer: str, now: int, *, imported: bool = False) -> Account:
        """An account under the version in force at its first instant; no other ever judged it. What is imported from
        before the first version is judged by that one."""
        version = self.shop.pinned_at(now) if imported and self.shop.versions else self.shop.at(now)
        return Account(customer, now, None if version is None else version.number)

    def _write(
        self,
        customer: str,
        at: int,
        facts: Callable[[Account, int], Answer],
        *,
        creates: bool = False,
        enrols: bool = True,
        anyone: bool = False,
        person: Callable[[Account, int], None] | None = None,
        then: int | None = None,
    ) -> Answer | Refused:
        """Settles the account to now, lets the facts happen (first those of the person, which enrolment reads), applies
        what they make due, keeps copies; all at a past instant `then`, where the account is not further (S4.10)."""
        customer = self.names.get(customer, customer)
        self.reach(at)
        self.calls += 1
        now = self.now
        if customer not in self.shop.accounts:
            if not creates:
                return refused("not_a_member")
            first = now if then is None else min(then, now)
            self.shop.accounts[customer] = self._newcomer(customer, first, imported=then is not None)
        account, known = self.shop.accounts[customer], now
        self._remember(customer, account)
        now = now if then is None else max(min(then, now), account.settled)
        past = self.history[customer]
        settle(self.shop, account, now, known=known, done=lambda at: past.append((at, pickle.dumps(account))))
        if then is not None and account.version is None and self.shop.versions:
            take_effect(self.shop, account, self.shop.pinned_at(now), now)
        if account.version is None and not (creates or anyone):
            return refused("not_a_member")
        if account.version is not None and not account.full:
            follow_ladder(self.shop, account)
        if person is not None:
            person(account, now)
        if creates and enrols and account.version is not None:
            enrol(self.shop, account, now)
        answer = facts(account, now)
        account.touched |= not (creates or anyone or isinstance(answer, Refused))
        apply_instant(self.shop, account, now, known=known)
        settle(self.shop, account, now, known=known)
        if past and past[-1][0] == now:
            past.pop()
        past.append((now, None))
        return answer

    def _remember(self, customer: str, account: Account) -> None:
        """Keep an account as it is, before something happens to it at a later instant."""
        stored = self.history.setdefault(customer, [])
        if stored and stored[-1][1] is None and self.now > stored[-1][0]:
            stored[-1] = (stored[-1][0], pickle.dumps(account))

    def _name(self, what: str) -> str:
        return f"{what}-{self.calls}"
