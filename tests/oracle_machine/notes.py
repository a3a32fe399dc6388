"""What the pair writes down: acts as they happened, what both made, and what they disagree on."""

from __future__ import annotations

import msgspec

from tests.oracle_machine.acts import Act


class Disagreement(AssertionError):
    """Engine and oracle show something else, or an account proves to be broken."""

    def __init__(self, who: str | None, differing: dict[str, tuple[object, object]], at: int | None = None) -> None:
        self.who, self.differing, self.at = who, differing, at
        told = [f"{name}: the engine {engine}, the oracle {oracle}" for name, (engine, oracle) in differing.items()]
        super().__init__("\n".join(f"{who or 'the shop'}: {line}" for line in told))

    @property
    def kind(self) -> tuple[str, ...]:
        """What differs, without the figures."""
        return tuple(sorted(self.differing))


class Made(msgspec.Struct, frozen=True):
    """A redemption or reward that both made."""

    who: str
    change_id: int
    oracle_id: str
    code: str | None


class Gift(msgspec.Struct, frozen=True):
    """A gift of staff: whose, the id of the change, the oracle's award."""

    who: str
    change_id: int
    award: str


class Invited(msgspec.Struct, frozen=True):
    """An invitation: whose, and its code."""

    who: str
    code: str


class Done(msgspec.Struct, eq=False):
    """An act as it happened: when, and with the reasons of its refusal, by the oracle."""

    act: Act
    at: int
    refused: tuple[str, ...] = ()
