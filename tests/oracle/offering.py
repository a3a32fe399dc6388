"""Members take offers and use rewards; staff give and take them (S9.1, S9.2)."""

from tests.oracle.checkout import Checkout
from tests.oracle.facts import Refused, Taken
from tests.oracle.points import activity, spend
from tests.oracle.rewards import BARRING, grant, new_reward, offer_of, price, reasons_against, visible, void
from tests.oracle.shopkeeping import refused
from tests.oracle.state import Account, Redemption


class OfferDesk(Checkout):
    """What is to be had for points."""

    def take(self, customer: str, offer: str, at: int, *, code: str | None = None) -> Taken | Refused:
        """A member has an offer for its points."""

        def facts(account: Account, now: int) -> Taken | Refused:
            version = self.shop.of(account) if account.version is not None else None
            seen = {one["slug"]: one for one in visible(account, version)} if version else {}
            if version is None or offer not in seen:
                return refused("unknown_offer")
            reasons = reasons_against(self.shop, account, version, seen[offer], now)
            if reasons:
                return Refused(reasons)
            cost = price(account, version, seen[offer])
            made = new_reward(account, version, seen[offer], self._name("redemption"), now, cost)
            made.code = None if made.handed_out else code or f"CODE{self.calls}"
            made.uses = True
            account.redemptions[made.id] = made
            if cost:
                spend(account, made, cost, now)
                activity(account, version, "redemption", now, now)
            return Taken(made.id, cost, made.code)

        return self._write(customer, at, facts, anyone=True)

    def use(self, customer: str, offer: str, at: int, *, code: str | None = None) -> Taken | Refused:
        """The oldest reward of an offer that has no code gets one."""

        def facts(account: Account, now: int) -> Taken | Refused:
            mine = sorted(account.redemptions.values(), key=lambda one: one.age)
            bare = [one for one in mine if one.offer == offer and one.code is None]
            made = next((one for one in bare if one.status == "unused" and not one.handed_out), None)
            if made is None:
                return refused("not_found")
            barred = frozenset(reason for mark, reason in BARRING.items() if mark in account.marks)
            if barred:
                return Refused(barred)
            made.code = code or f"CODE{self.calls}"
            return Taken(made.id, 0, made.code)

        return self._write(customer, at, facts, anyone=True)

    def grant(self, customer: str, offer: str, at: int) -> Taken | Refused:
        """Staff give what an offer gives, for nothing."""

        def facts(account: Account, now: int) -> Taken | Refused:
            version = self.shop.of(account)
            found = offer_of(version, offer)
            if found is None:
                return refused("unknown_offer")
            if "out_of_stock" in reasons_against(self.shop, account, version, found, now):
                return refused("out_of_stock")
            return Taken(grant(account, version, found, now).id, 0, None)

        return self._write(customer, at, facts)

    def void_reward(self, customer: str, name: str, at: int) -> Refused | None:
        """Staff take away a code or a reward, by its id or code, while it is unused."""

        def facts(account: Account, now: int) -> Refused | None:
            made = self._reward(account, name)
            if made is None:
                return refused("not_found")
            if made.status != "unused":
                return refused("reward_in_use")
            made.uncounted = void(account, self.shop.of(account), made, now)
            return None

        return self._write(customer, at, facts)

    def deliver(self, customer: str, name: str, at: int, *, done: bool) -> Refused | None:
        """What the shop was to do about a code or a reward is done, or failed."""

        def facts(account: Account, now: int) -> Refused | None:
            made = self._reward(account, name)
            if made is None:
                return refused("not_found")
            if made.status == "unused" and not done:
                made.uncounted = void(account, self.shop.of(account), made, now)
            elif made.status == "unused" and made.handed_out:
                made.status = "used"
            return None

        return self._write(customer, at, facts, anyone=True)

    def _reward(self, account: Account, name: str) -> Redemption | None:
        """The reward of an id, or with a code."""
        coded = next((one for one in account.redemptions.values() if one.code == name), None)
        return account.redemptions.get(name) or coded
