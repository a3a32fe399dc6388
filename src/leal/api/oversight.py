"""Oversight: what staff and operators did, and what waits for a second person's word."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from leal.api.function import Call, Function
from leal.api.shapes import Done1, Input, Shape
from leal.engine.approvals import Approval
from leal.engine.audit import Noted
from leal.scalars import Flake, Instant

Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Meta(ge=1, le=1000)]


class ApprovalsInput(Input):
    """Which approvals to list."""

    waiting: bool = True
    """Only those that nobody has decided."""
    after_id: Number | None = None
    """Those that come after it in the list: older ones."""
    limit: Limit = 100


class Approval1(Shape):
    """An act that waits for, or had, a second person's word."""

    id: int
    kind: Literal["programme", "adjustment"]
    customer_bhid: Flake | None
    """The customer it is about."""
    request: dict[str, Any]
    """What is to be decided on: the points of an adjustment, the document and the plan of a programme."""
    requested_by: str
    requested_at: Instant
    decision: Literal["approved", "declined"] | None
    decided_by: str | None
    decided_at: Instant | None
    outcome: Literal["done", "failed"] | None
    """What came of it once it was approved."""
    failure: str


class Approvals1(Shape):
    """A page of approvals, newest first."""

    approvals: list[Approval1]


class DecideInput(Input, kw_only=True):
    """A second person's word."""

    id: Number
    decision: Literal["approve", "decline"]


class AuditInput(Input):
    """Which acts to list."""

    action: Annotated[str, Meta(max_length=64, examples=["programme.published"])] | None = None
    after_id: Number | None = None
    """Those that come after it in the list: older ones."""
    limit: Limit = 100


class Act1(Shape):
    """One act; times are real time, whatever a sandbox's clock says."""

    id: int
    time: Instant
    actor: str
    action: str
    subject: str
    customer_bhid: Flake | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class Audit1(Shape):
    """A page of acts, newest first."""

    acts: list[Act1]


async def list_approvals(call: Call, given: ApprovalsInput) -> Approvals1:
    """Answer ListApprovals1."""
    found = await call.engine.approvals(call.shop, waiting=given.waiting, after_id=given.after_id, limit=given.limit)
    return approvals_result(found)


def approvals_result(found: list[Approval]) -> Approvals1:
    """A page of approvals as it is written."""
    return Approvals1([_approval(one) for one in found])


def _approval(one: Approval) -> Approval1:
    return Approval1(
        id=one.id,
        kind=one.kind,
        customer_bhid=None if one.account is None else Flake(one.account),
        request=one.told,
        requested_by=one.requested_by,
        requested_at=Instant(one.requested_at),
        decision=one.decision,
        decided_by=one.decided_by,
        decided_at=None if one.decided_at is None else Instant(one.decided_at),
        outcome=one.outcome,
        failure=one.failure,
    )


async def decide_approval(call: Call, given: DecideInput) -> Done1:
    """Answer DecideApproval1: when it answers, what was approved is done."""
    await call.engine.decide(call.shop, given.id, "approved" if given.decision == "approve" else "declined", by=call.by)
    return Done1()


async def list_audit(call: Call, given: AuditInput) -> Audit1:
    """Answer ListAudit1."""
    found = await call.engine.audit(call.shop, action=given.action, after_id=given.after_id, limit=given.limit)
    return audit_result(found)


def audit_result(found: list[Noted]) -> Audit1:
    """A page of acts as it is written."""
    return Audit1([_act(one) for one in found])


def _act(one: Noted) -> Act1:
    act = one.act
    return Act1(
        id=one.id,
        time=Instant(one.recorded_at),
        actor=act.actor,
        action=act.action,
        subject=act.subject,
        customer_bhid=None if act.account is None else Flake(act.account),
        before=act.before,
        after=act.after,
        reason=act.reason,
    )


SHOP: Final[Any] = ("shop",)
FUNCTIONS: Final = (
    Function(
        "ListApprovals1", "read", SHOP, ApprovalsInput, Approvals1,
        list_approvals, "Lists what waits for a second person's word.",
    ),
    Function(
        "DecideApproval1", "write", SHOP, DecideInput, Done1,
        decide_approval, "Approves or declines what somebody else asked for.",
    ),
    Function(
        "ListAudit1", "read", SHOP, AuditInput, Audit1,
        list_audit, "Lists what staff and operators did: who, what, before, after, why.",
    ),
)  # fmt: skip
