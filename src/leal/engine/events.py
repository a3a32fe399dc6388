"""The verb of events: a trigger came for a member (S4.6, S8.2)."""

from __future__ import annotations

import hashlib

from leal.engine.commands import Recorded, RecordEvent, UnknownOrder
from leal.engine.verb import Member, Verb
from leal.rules.events import record


class EventVerb(Verb):
    """Record an event of a member, once for each event id and trigger."""

    answer_type = Recorded

    def __init__(self, command: RecordEvent) -> None:
        self.command = command
        self.who = command.who
        self.key = command.key
        self.about_order = command.order_id
        self.released = command.trigger if command.order_id is None else None
        if command.event_id is not None:
            self.event_key = hashlib.sha256(f"{command.trigger}\0{command.event_id}".encode()).digest()

    def decide(self, member: Member) -> Recorded:
        """Count it, and let mature what waited for it."""
        if self.event_key is not None and self.event_key in member.events:
            return Recorded()
        orders = list(member.orders.values())
        if self.about_order is not None:
            orders = [state for state in orders if state.order.id == self.about_order]
            if not orders:
                raise UnknownOrder
        occurred_at = member.now if self.command.occurred_at is None else self.command.occurred_at
        if self.event_key is not None:
            member.new_events[self.event_key] = member.book.account.number + 1
            member.events.add(self.event_key)
        named = self.about_order is not None
        for state in record(member.book, self.command.trigger, occurred_at, orders, member.now, named=named):
            member.orders[state.order.id] = state
            member.changed_orders[state.order.id] = state.status
        return Recorded()
