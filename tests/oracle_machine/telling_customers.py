"""What the shop tells of a customer, in the words of stories."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle_machine.acts import Customer


def customer_words(act: Customer, when: Callable[[int], str]) -> str:
    """The line of a customer."""
    told = act.told
    words = f"customer {act.who}" + (f" tagged {' and '.join(act.tags)}" if act.tags else "")
    words += "" if told.born is None else f" born {told.born or 'never'}"
    if told.subscribed is not None:
        words += " subscribed" if told.subscribed else " unsubscribed"
        words += "" if told.subscribed_at is None else f" on {when(told.subscribed_at)}"
    return words
