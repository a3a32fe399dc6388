"""What staff do in the oracle: corrections, tiers, marks (S6.4, S8.7)."""

from tests.oracle.appointing import faults as tier_faults
from tests.oracle.earning import fixed_award
from tests.oracle.facts import Refused
from tests.oracle.merging import OPPOSITES, absorb
from tests.oracle.orders import left_behind
from tests.oracle.points import give_back, spend, take_back
from tests.oracle.rewards import let_go
from tests.oracle.shopkeeping import Shopkeeping, refused
from tests.oracle.state import Account, Award, ByHand, Redemption
from tests.oracle.versions import Document


class StaffDesk(Shopkeeping):
    """Staff at their desk."""

    def give_points(self, customer: str, points: int, at: int, *, source: str | None = None) -> str | Refused:
        """Staff give points; answers the award's id."""

        def facts(account: Account, now: int) -> str | Refused:
            return fixed_award(self.shop, account, self._manual(account, source, now), points, now).id

        return self._write(customer, at, facts)

    def takeaway_points(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff take points; answers what was taken, debt included."""
        return self._write(customer, at, lambda account, now: take_back(account, None, points, self.shop.of(account)))

    def takeaway_points_for_change(
        self, customer: str, change: str, at: int, *, source: str | None = None
    ) -> int | Refused:
        """Staff take back what an order (all its awards, or that of a source) or a gift gave, for good."""

        def facts(account: Account, now: int) -> int | Refused:
            names = (change, left_behind(change))
            awards = [one for one in account.awards.values() if one.order in names or one.id == change]
            chosen = [award for award in awards if source in (None, award.source)]
            if not chosen:
                return refused("not_found")
            if all(award.closed for award in chosen):
                return refused("change_already_neutralised")
            return sum(self._neutralise(account, award) for award in chosen)

        return self._write(customer, at, facts)

    def takeaway_points_as_spent(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff book points as spent: available, then pending; refused beyond them."""

        def facts(account: Account, now: int) -> int | Refused:
            if points > account.available + account.pending:
                return refused("not_enough_points")
            day = self.shop.of(account).day(now)
            made = Redemption(self._name("redemption"), now, day, points, None, "external", counts=False)
            account.redemptions[made.id] = made
            spend(account, made, points, now, pending=True)
            return points

        return self._write(customer, at, facts)

    def unspend_points(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff give spent points back; what exceeds them is earned."""

        def facts(account: Account, now: int) -> int | Refused:
            restored = self._unspend(account, points, now)
            if points > restored:
                source = self._manual(account, None, now)
                fixed_award(self.shop, account, source, points - restored, now, qualifying=False)
            return restored

        return self._write(customer, at, facts)

    def forgive_debt(self, customer: str, points: int, at: int) -> int | Refused:
        """Staff forgive debt: it becomes earned again."""

        def facts(account: Account, now: int) -> int | Refused:
            if points > account.debt:
                return refused("more_than_debt")
            account.debt -= points
            account.earned += points
            return points

        return self._write(customer, at, facts)

    def set_tier(self, customer: str, tier: str | None, at: int, *, until: int | None, lock: bool) -> Refused | None:
        """Staff set a tier by hand."""

        def facts(account: Account, now: int) -> Refused | None:
            reasons = tier_faults(account, self.shop.of(account), tier, until, lock=lock, now=now)
            if reasons:
                return Refused(frozenset(reasons))
            account.by_hand = ByHand(tier, now, until, lock)
            return None

        return self._write(customer, at, facts)

    def release_tier(self, customer: str, at: int) -> Refused | None:
        """Staff let the tier that they set go; the member is lifted where the window allows."""

        def facts(account: Account, now: int) -> Refused | None:
            if account.by_hand is None:
                return refused("no_tier_set")
            account.by_hand = None
            return None

        return self._write(customer, at, facts)

    def mark(self, customer: str, mark: str, at: int, *, on: bool) -> Refused | None:
        """Staff set or clear a mark."""

        def facts(account: Account, now: int) -> None:
            account.marks.discard(mark)
            if on:
                account.marks.discard(OPPOSITES.get(mark, mark))
                account.marks.add(mark)

        return self._write(customer, at, facts)

    def merge(self, first: str, others: list[str], at: int) -> dict[str, str]:
        """Customers become the first of them (S11.2); tells what now stands before the ids of the others' awards."""
        prefixes: dict[str, str] = {}
        for name in others:
            into, other = self.names.get(first, first), self.names.get(name, name)
            if into == other:
                continue
            for one in (into, other):  # both are brought to the same instant, and that is stored
                self._write(one, at, lambda account, now: None, anyone=True)
            taken = self.shop.accounts.pop(other)
            del self.history[other]
            self.names |= {name: into for name, led in self.names.items() if led == other} | {other: into}
            prefix = prefixes[other] = f"{self._name('merged')}/"

            def facts(account: Account, now: int, taken: Account = taken, prefix: str = prefix) -> None:
                absorb(self.shop, account, taken, prefix)

            self._write(into, at, facts, anyone=True)
        return prefixes

    def erase(self, customer: str, at: int) -> None:
        """A customer is forgotten; a later push makes a new one (S11.3)."""
        customer = self.names.get(customer, customer)
        if customer in self.shop.accounts:
            self._write(customer, at, lambda account, now: None, anyone=True)
            self.shop.erased.append(self.shop.accounts.pop(customer))
            del self.history[customer]
        self.names = {name: led for name, led in self.names.items() if led != customer}

    def _manual(self, account: Account, slug: str | None, now: int) -> Document | None:
        """The manual source named, else the first one in its dates, else none; also while the programme is off."""
        version = self.shop.of(account)
        manual = [one for one in version.document.get("sources") or [] if one["kind"] == "manual"]
        return next((one for one in manual if version.in_dates(one, now) and slug in (None, one["slug"])), None)

    def _unspend(self, account: Account, points: int, now: int) -> int:
        """Gives spent points back: the latest redemption first, unused codes last, locked ones not at all."""
        newest = sorted(account.redemptions.values(), key=lambda made: made.age)[::-1]
        spent = [made for made in newest if made.status not in ("unused", "locked")]
        restored = 0
        for made in spent + [made for made in newest if made.status == "unused"]:
            back = give_back(account, made.draws, points - restored, now, self.shop.of(account))
            restored += back
            if back and made.status == "unused":
                made.status = "voided"
                let_go(made)
        return restored

    def _neutralise(self, account: Account, award: Award) -> int:
        """Takes an award back and makes sure that it never comes again."""
        award.closed = True
        account.fell |= award.qualifies and award.given > 0
        return take_back(account, award, award.given, self.shop.of(account))
