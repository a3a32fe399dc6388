"""What the shop tells of a customer, or of a product, in the words of stories."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.facts import SubscriptionFacts
from tests.oracle_machine.acts import Customer, Product

When = Callable[[int], str]


def customer_words(act: Customer, when: When) -> str:
    """The lines of a customer."""
    told = act.told
    words = "" if act.tags is None else f" tagged {' and '.join(act.tags) or 'nothing'}"
    words += "" if told.born is None else f" born {told.born or 'never'}"
    if told.subscribed is not None:
        words += " subscribed" if told.subscribed else " unsubscribed"
        words += "" if told.subscribed_at is None else f" on {when(told.subscribed_at)}"
    lines = [f"subscription {act.who} {_subscription(one, when)}" for one in told.subscriptions or ()]
    lines += [] if told.referral_code is None else [f"{act.who} comes by {told.referral_code}"]
    lines += [] if told.email is None else [f"{act.who} has the email {told.email.partition('@')[0]}"]
    lines += [] if told.phone is None else [f"{act.who} has the phone {told.phone}"]
    if words or not lines:
        lines.insert(0, f"customer {act.who}{words}")
    return "\n".join(lines)


def product_words(act: Product) -> str:
    """The line of a product."""
    words = f" in {' and '.join(act.collections)}" if act.collections else ""
    words += f" tagged {' and '.join(act.tags)}" if act.tags else ""
    return f"product {act.product}{words}"


def _subscription(told: SubscriptionFacts, when: When) -> str:
    words = told.id + ("" if told.status is None else f" {told.status}")
    words += "" if told.started_at is None else f" since {when(told.started_at)}"
    words += "" if told.cycle is None else f" cycle {told.cycle}"
    return words + ("" if told.earlier_orders is None else f" earlier {told.earlier_orders}")
