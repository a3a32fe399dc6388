"""Answers: a verb that is tried again, after somebody else decided it under the same key, tells the audit nothing."""

from __future__ import annotations

from leal.engine.adjust import AdjustVerb
from leal.engine.answers import replay_or_decide
from leal.engine.commands import Adjusted
from leal.engine.verb import Member
from leal.rules.account import Account
from leal.rules.adjusting import Adjustment
from leal.rules.programme.terms import Versions
from tests.engines import act, key


def test_a_try_that_was_not_stored_leaves_no_act() -> None:
    command = act("anna", Adjustment("set_mark", mark="tester"))
    verb = AdjustVerb(type(command)(command.who, command.adjustments, key("k")))
    first, again = Member(Account(1, 1), is_new=True), Member(Account(1, 1), is_new=True)
    for member in (first, again):
        member.start(1, Versions([]), 0, 0)
    assert replay_or_decide(first, verb) == Adjusted()
    assert [one.action for one in verb.acts] == ["customer.adjusted"]
    again.answers = first.given
    assert replay_or_decide(again, verb) == Adjusted(replayed=True)
    assert list(verb.acts) == []
