"""A block as JSON: its words, as the picture shows them, and the values behind them, for apps that draw for themselves.

Money is a decimal text as everywhere on the wire, an instant RFC 3339, a day a date; what a block does not show is left
out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from leal.content.panel import Panel
from leal.rules.content.chosen import Slots
from leal.values import format_instant, format_money, instant_of

_MONEY: Final = "_micros"
_INSTANTS: Final = ("expires_at", "ends_at", "as_of")


def document(panel: Panel, slots: Slots, click: str, now: int) -> bytes:
    """The block of a panel: the panel's own fields, `slots`, and where a click on the whole leads."""
    told = {
        **msgspec.to_builtins(panel, builtin_types=(datetime,)),
        "slots": _wire(msgspec.to_builtins(slots, builtin_types=())),
        "click_url": click,
        "generated_at": format_instant(now),
    }
    if panel.countdown is not None:
        told["countdown"]["until"] = format_instant(instant_of(panel.countdown.until))
    return msgspec.json.encode(told)


def _wire(told: dict[str, Any]) -> dict[str, Any]:
    """The values as they are written: `points_value_micros: 12340000` is `points_value: "12.340000"`."""
    wire: dict[str, Any] = {}
    for name, value in told.items():
        kind = type(value)
        if kind is dict:
            wire[name] = _wire(value)
        elif kind is list:
            wire[name] = [_wire(one) if type(one) is dict else one for one in value]
        elif kind is int and name.endswith(_MONEY):
            wire[name.removesuffix(_MONEY)] = format_money(value)
        elif kind is int and name in _INSTANTS:
            wire[name] = format_instant(value)
        else:
            wire[name] = value
    return wire
