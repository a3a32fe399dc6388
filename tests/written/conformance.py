"""The table of conformance: every function, type and field of the contract, and how it fares in Leal.

`python -m tests.written.conformance` writes the page. What is there is read from the types; only why something is
missing, or another name that it has here, is written by hand, below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from leal.api.catalogue import FUNCTIONS
from leal.api.openapi import document
from tests.structure.source import ROOT
from tests.written import contract

PAGE: Final = ROOT / "docs" / "conformance.md"
HOW: Final = "python -m tests.written.conformance"

_GROUPS: Final = tuple(contract.FUNCTIONS.items())

NAMED_HERE: Final[dict[str, str]] = {"Customer2": "CustomerDetails2"}
"""Types of the contract that answers give under another name."""

_ACHIEVEMENTS: Final = "achievements are the newest addition; here sources, milestones and rewards do what they do"

WHY: Final[dict[str, str]] = {
    "ListHistory1": "analytics come later; `leal export` writes histories",
    "ListCustomers3": "analytics come later; `leal export` writes customers",
    "ListOrders2": "analytics come later; `leal export` writes orders",
    "ListDocuments3": "analytics come later",
    "ComputeAnalytics1": "analytics come later",
    "Hello1": "hooks come later",
    "CreateDiscount4": "hooks come later; until then new codes stand in the outbox",
    "DeliverCustomReward1": "hooks come later; until then custom rewards stand in the outbox",
    "NoteCustomerUpdates1": "hooks come later",
    "SendEvent1": "hooks come later",
    "EstimateAccrual1.assets": _ACHIEVEMENTS,
    "QueryOrderDetails1.assets": _ACHIEVEMENTS,
    "CustomerBalanceResult3.assets": _ACHIEVEMENTS,
    "OrderAssetDetails1": _ACHIEVEMENTS,
    "Asset2": _ACHIEVEMENTS,
    "Offer1.variant": "offers name products; variants are not tracked",
    "Offer1.visibility": "conditions stay in the programme; what follows from them is told",
    "Offer1.availability": "as `visibility`; `unavailable_reasons` tell why",
    "ProductPublic2": "`ProductView2` is answered, its elder",
    "ProductVariantPublic2": "variants are not tracked",
    "Change2.order_short": "orders have one id, `order_shopid`",
    "Refer2.message": "the shop sends invitations in its own words",
    "Refer2.share_action": "as `message`; `link` and `coupon_code` are what is shared",
    "Referral2.reward_amount": "members are paid in points, `reward_pts_value` tells their worth",
    "ReferralShareAction1": "its fields are not documented",
    "ReferralCoupon1": "the friend's code is `coupon_code`",
    "AdjustmentInput3.subject_id": "tiers and offers are named by `subject_slug`",
}
"""Why a function, `Type`, or field, `Type.field` or `Function.field`, is not there."""


class Row(NamedTuple):
    """A function or type of the contract, and which of its fields are there, are not, and are Leal's own."""

    name: str
    is_here: bool
    here: list[str]
    absent: list[str]
    beyond: list[str]

    def names(self) -> list[str]:
        """How what is absent is known below `WHY`."""
        return [f"{self.name}.{field}" for field in self.absent] if self.is_here else [self.name]


def page() -> str:
    """The whole page."""
    groups = {group: [_function(name, call) for name, call in calls.items()] for group, calls in _GROUPS}
    types = [_type(name, fields.split()) for name, fields in contract.TYPES.items()]
    lines = [
        "# Conformance",
        "",
        "Every function, type and field that the contract of the Loyalty API names, and how it fares in Leal. What",
        "Leal has beyond it is named too: clients pass over fields that they do not know.",
        "",
        f"Made from the types by `{HOW}`; a test holds it complete.",
    ]
    for group, rows in groups.items():
        lines += ["", f"## {group}", "", *_table("function", rows)]
    return "\n".join([*lines, "", "## Types", "", *_table("type", types)]) + "\n"


def missing() -> list[str]:
    """What is not there and has no word said of it."""
    return [name for row in _rows() for name in row.names() if name not in WHY]


def stale() -> list[str]:
    """What is said of names that are there, or that the contract does not know."""
    return sorted(WHY.keys() - {name for row in _rows() for name in row.names()})


def _rows() -> Iterator[Row]:
    for _, calls in _GROUPS:
        for name, call in calls.items():
            yield _function(name, call)
    for name, fields in contract.TYPES.items():
        yield _type(name, fields.split())


def _function(name: str, call: contract.Call) -> Row:
    function = FUNCTIONS.get(name)
    if function is None:
        return Row(name, False, [], [], [])
    there = _fields(function.input.__name__) - {"auth", "idempotency_key"}
    wanted = call.takes.split()
    if call.gives not in contract.TYPES:
        there |= _fields(function.output.__name__)
        wanted = list(dict.fromkeys([*wanted, *call.gives.split()]))
    return _row(name, wanted, there)


def _type(name: str, fields: list[str]) -> Row:
    ours = [one for one in (name, NAMED_HERE.get(name, name)) if one in document()["components"]["schemas"]]
    if not ours:
        return Row(name, False, [], [], [])
    there: set[str] = set().union(*(_fields(one) for one in ours))
    return _row(name, fields, there)


def _row(name: str, wanted: list[str], there: set[str]) -> Row:
    absent = [field for field in wanted if field not in there]
    return Row(name, True, [field for field in wanted if field in there], absent, sorted(there - set(wanted)))


def _fields(name: str) -> set[str]:
    return set(document()["components"]["schemas"][name].get("properties", {}))


def _table(what: str, rows: list[Row]) -> list[str]:
    lines = [f"| {what} | as in the contract | not there | beyond the contract |", "| --- | --- | --- | --- |"]
    for row in rows:
        if row.is_here:
            here = _listed(row.here) or "it is there"
            gone = "; ".join(f"`{field}`: {WHY.get(f'{row.name}.{field}', '?')}" for field in row.absent)
        else:
            here, gone = "", WHY.get(row.name, "?")
        cells = (f"`{row.name}`", here, gone, _listed(row.beyond))
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return lines


def _listed(fields: list[str]) -> str:
    return ", ".join(f"`{field}`" for field in fields)


if __name__ == "__main__":
    PAGE.write_text(page())
