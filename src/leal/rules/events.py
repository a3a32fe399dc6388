"""Events: a trigger came for a member: counted, paid for, and what waited for it matures; tiers follow."""

from __future__ import annotations

from collections.abc import Iterable

from leal.errors import InvalidInput, NotAllowed, Problem
from leal.faults import described, near
from leal.rules import sources
from leal.rules.account import Counts
from leal.rules.calendar import local_day
from leal.rules.climbing import upgrade
from leal.rules.ledger import EVENT, Book
from leal.rules.ordering import mature_on
from leal.rules.orders import OrderState
from leal.rules.programme.terms import Terms
from leal.rules.settling import settle


class UnknownTrigger(InvalidInput):
    """The programme in force has no trigger of that slug."""

    id = "unknown_trigger"
    sentence = "The programme has no trigger of that name."


class TriggerClosed(NotAllowed):
    """The programme does not let browsers send the trigger."""

    id = "trigger_closed"
    sentence = "The programme lets this trigger be sent with a shop token only."


def require_trigger(terms: Terms | None, slug: str, *, by_browser: bool) -> None:
    """See that the programme knows the trigger, and lets the caller send it. Raises UnknownTrigger or TriggerClosed."""
    triggers = {} if terms is None else {trigger.slug: trigger for trigger in terms.programme.triggers}
    if slug not in triggers:
        message = f"There is no trigger {described(slug)}.{near(slug, triggers)}"
        raise UnknownTrigger([Problem("trigger", "unknown", message, "the slug of a trigger of the programme")])
    if by_browser and not triggers[slug].open_to_browsers:
        raise TriggerClosed


def record(
    book: Book, trigger: str, occurred_at: int, orders: Iterable[OrderState], now: int, *, named: bool
) -> list[OrderState]:
    """Record an event of a member settled to `now`; gives the orders that it changed.

    It counts on the local day on which it occurred, for full members (S11.4). `orders` are those whose points may
    wait for it; where the event `named` one, also points that were dropped before it came are given again.
    May raise DaysNeeded, LapsesNeeded, CustomerNeeded, CapsNeeded or StockNeeded.
    """
    terms = book.terms
    draft = book.draft(EVENT, "member", now, occurred_at=min(occurred_at, now))
    draft.changes["event"] = trigger
    if terms is not None and terms.programme.enabled and book.account.membership == "full":
        draft.count(local_day(draft.occurred_at, terms.zone), Counts(events={trigger: 1}))
    book.close(draft)
    changed = [mature_on(book, state, trigger, now, named=named) for state in orders]
    if not named:
        sources.mature_on(book, trigger, now)
    sources.on_event(book, trigger, draft.occurred_at, now)
    upgrade(book, now, "member")
    settle(book, now)  # a lot already past its end lapses in an entry made now, once tiers followed (S3.2, S4.9)
    return [state for state in changed if state is not None]
