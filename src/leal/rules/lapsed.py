"""Lapsed: what entries tell of points that lapsed, or were dropped as an awaited event did not come (S4.6, S5.6)."""

from __future__ import annotations

import json


def gather_lapses(moves: list[int], lapsed: dict[int, int]) -> None:
    """Add what an entry `points_expired` moved to the lapsed points by award."""
    for i in range(0, len(moves), 4):  # lot, award, points, held
        lapsed[moves[i + 1]] = lapsed.get(moves[i + 1], 0) - moves[i + 2]


def points_dropped(moves: list[int], changes: str) -> int:
    """What an entry `points_dropped` took back of its award; before that was noted, it was what its lot held."""
    dropped = json.loads(changes).get("dropped") if changes else None
    return -sum(moves[2::4]) if dropped is None else int(dropped)


def lapsed_dropped(changes: str) -> int:
    """Lapsed points of its award that an entry `points_dropped` took back: they did not lapse in the end."""
    return int(json.loads(changes).get("from_lapsed", 0)) if changes else 0
