"""What becomes of rewards and invitations, in the words of stories."""

from __future__ import annotations

from typing import Final

from tests.oracle_machine.acts import Deliver, Grant, Refer, Rewarded, Take, UseReward, Void

_OUTCOMES: Final = {True: "done", False: "fails"}


def reward_words(act: Rewarded | Refer) -> str:
    """What happens to a reward."""
    match act:
        case Take():
            return f"take {act.who} {act.offer} -> {act.name}"
        case UseReward():
            return f"use {act.who} {act.offer} -> {act.name}"
        case Grant():
            return f"staff grant {act.who} {act.offer}"
        case Void():
            return f"staff void {act.who} {act.name}"
        case Deliver():
            return f"outbox {_OUTCOMES[act.done]} {act.name}"
        case Refer():
            to = "" if act.friend is None else f" {act.friend}"
            return f"{act.who} invites by {act.channel}{to} -> {act.name}"
