"""Findings: what the doctor saw, one of each thing looked at or more."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

State: TypeAlias = Literal["ok", "warn", "fail"]
STATES: Final[tuple[State, ...]] = ("ok", "warn", "fail")


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at."""

    check: str
    """What was looked at, in a word."""
    state: State
    """`fail`: it must be mended; `warn`: it should be looked at."""
    message: str
    help: str = ""
    """What mends it."""


class Report(msgspec.Struct, frozen=True):
    """All that was found."""

    ok: bool
    """Whether nothing must be mended."""
    findings: list[Finding]


def report(findings: list[Finding]) -> Report:
    """All findings, and whether nothing must be mended."""
    return Report(all(finding.state != "fail" for finding in findings), findings)
