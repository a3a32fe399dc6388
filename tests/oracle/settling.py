"""Time passing: everything due, instant by instant, in the order of S3.2."""

from collections.abc import Callable
from dataclasses import replace

from tests.oracle.appointing import end_by_hand
from tests.oracle.earning import end_pending
from tests.oracle.holds import run_out
from tests.oracle.instants import add_term, parse_term
from tests.oracle.milestones import follow, next_tenures, reach_all, status_of
from tests.oracle.orders import push
from tests.oracle.paying import next_days, pay, pay_days
from tests.oracle.points import (
    lapse,
    lapse_globally,
    life_terms,
    moment_of,
    restart_global,
    set_end,
    shortened,
    start_anew,
)
from tests.oracle.state import Account, Shop
from tests.oracle.tiers import climb, follow_ladder, judge_deadline, lower
from tests.oracle.versions import Document, Version


def next_version(shop: Shop, account: Account, known: int) -> Version | None:
    """The next version to take effect among those published by an instant."""
    here = (-1, -1) if account.version is None else (shop.of(account).effective_at, account.version)
    later = [v for v in shop.by_effect() if v.published_at <= known and (v.effective_at, v.number) > here]
    return later[0] if later else None


def due_instants(shop: Shop, account: Account, known: int) -> list[int]:
    """Every instant at which something will happen to the account by itself."""
    due: list[int | None] = [account.deadline, account.global_moment]
    for lot in account.lots:
        due += [lot.available_at, lot.limit_at] if lot.pending else []
        due += [lot.expires_at] if lot.remaining and not lot.pending else []
    due += [one.lapses_at for one in account.redemptions.values() if one.status == "unused"]
    due += [hold.ends_at for hold in account.holds if hold.status == "open"]
    due.append(account.by_hand.until if account.by_hand else None)
    due += [*next_days(shop, account), *next_tenures(shop, account)]
    version = next_version(shop, account, known)
    due.append(version.effective_at if version else None)
    return [at for at in due if at is not None]


def settle(
    shop: Shop, account: Account, now: int, known: int, *, done: Callable[[int], None] = lambda at: None
) -> None:
    """Applies what is due up to now; `done` hears of each instant at which something was."""
    while True:
        due = min(due_instants(shop, account, known), default=now + 1)
        if due > now:
            break
        account.settled = max(account.settled, due)
        apply_instant(shop, account, account.settled, known)
        done(account.settled)
    account.settled = account.days_until = max(account.settled, now)


def apply_instant(shop: Shop, account: Account, at: int, known: int) -> None:
    """What is due at one instant, each step on the state the former leaves."""
    if account.version is not None:
        run_out(account, at)
        end_pending(account, at, shop)
        pay_days(shop, account, at)
        reach_all(shop, account, at, since=account.days_until)
        rise(shop, account, at)
        judge_deadline(shop, account, at)
        end_by_hand(shop, account, at)
        start_anew(account, shop.of(account), at)
        for lot in account.lots:
            if lot.ended(at) and not lot.pending:
                lapse(account, lot)
        if account.global_moment is not None and account.global_moment <= at:
            lapse_globally(account, shop.of(account), account.global_moment)
        for redemption in account.redemptions.values():
            if redemption.status == "unused" and redemption.lapses_at is not None and redemption.lapses_at <= at:
                redemption.status = "lapsed"
    version = next_version(shop, account, known)
    if version is not None and version.effective_at <= at:
        take_effect(shop, account, version, at)
    account.touched |= account.version is not None and status_of(account, shop.of(account)) != (False, 0)
    account.days_until = at
    account.check()


def rise(shop: Shop, account: Account, at: int) -> None:
    """Tiers, then milestones, until nothing moves."""
    before: object = None
    while before != (now := (account.tier, tuple(account.reached))):
        before = now
        climb(shop, account, at)
        follow(shop, account, at)


def take_effect(shop: Shop, account: Account, version: Version, at: int) -> None:
    """S3.2 (6): a version takes effect; the first one enrols who was pushed before it."""
    before = shop.of(account) if account.version is not None else None
    account.version = version.number
    if before is None:
        follow_ladder(shop, account)
        account.last_activity = at
        restart_global(account, version, at)
        enrol(shop, account, at, by_time=True)
        for facts, arrived in account.waiting:
            push(shop, account, facts, arrived, at, member=False)
        account.waiting = []
    else:
        switch_expiration(account, before, version, at)
        shorten_lives(account, version, at)
        follow_ladder(shop, account)
        enrol(shop, account, at, by_time=True)
        lower(shop, account, at)
    rise(shop, account, at)
    start_anew(account, version, at)  # what a version brings has a moment, too


def switch_expiration(account: Account, before: Version, version: Version, at: int) -> None:
    """S7.4: never shorter; a policy that is switched on starts its clock now."""
    old, new = before.part("expiration"), version.part("expiration")
    if not old.get("rolling") and new.get("rolling"):
        terms = life_terms(version, account.tier_held(version), None)
        for lot in account.lots:
            never_ends = lot.expires_at is None and lot.terms.term is None  # else its own term begins with its event
            if never_ends and lot.made and not lot.pending:
                lot.terms = replace(terms, not_before=at)
                set_end(lot)
    if clock_of(old.get("global")) != clock_of(new.get("global")):
        account.last_activity = at
        restart_global(account, version, at)


def shorten_lives(account: Account, version: Version, at: int) -> None:
    """S7.4, where the version says so: what exists ends when it would have ended under it, after the notice."""
    said = version.part("transition")
    if said.get("lives") != "shorten":
        return
    not_before = add_term(at, parse_term(str(said.get("notice", "30 days"))), version.zone, round_up="day")
    terms = life_terms(version, account.tier_held(version), None)
    for lot in account.lots:
        if lot.made and terms.term is not None:
            more = (*lot.terms.shortened, (terms.term, terms.since, terms.round_up, terms.zone, not_before))
            lot.terms = replace(lot.terms, shortened=more)
            shortened(lot)
    moment = moment_of(account, version, at, since=at)
    if moment is not None and account.global_moment is not None:
        account.global_moment = min(account.global_moment, max(moment, not_before))


def clock_of(policy: Document | None) -> object:
    """What the moments of a policy are counted by: not what keeps points alive."""
    return {name: value for name, value in policy.items() if name != "keeps"} if policy else None


def enrol(shop: Shop, account: Account, at: int, *, by_time: bool = False) -> None:
    """The programme enrols who has not decided and was not enrolled before (S11.4)."""
    version = shop.of(account)
    if account.full or account.decided or not version.enabled or version.document.get("enrolment") == "explicit":
        return
    join(shop, account, at, by_time=by_time)


def join(shop: Shop, account: Account, at: int, *, by_time: bool = False) -> None:
    """Full membership; the first one brings the initial tier, the clock of inactivity, points for signing up."""
    account.full, version = True, shop.of(account)
    if account.joined_at is not None:
        return
    account.joined_at = account.last_activity = at
    follow_ladder(shop, account)
    restart_global(account, version, at)
    pay(shop, account, ("signup",), at, at, version=version, by_time=by_time)
