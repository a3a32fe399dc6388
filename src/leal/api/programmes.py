"""Programmes: the functions by which a brand's own tools plan, publish and read the document, and move a test clock."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import Meta

from leal.api.function import Call, Function
from leal.api.plans import PlanResult1, plan_result
from leal.api.shapes import Done1, Input, LongText, Shape
from leal.errors import InvalidInput, Problem
from leal.scalars import Instant

MEMBERS_MAX: Final = 100_000
"""Members that a plan may look at while its caller waits."""

Document = Annotated[str, Meta(min_length=1, max_length=1_000_000, examples=["shop: my-shop\ntitle: …"])]
PlanHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}$", examples=["3f1b0c9a5d7e2468"])]


class PlanInput(Input, kw_only=True):
    """A document to be looked at."""

    document: Document
    """YAML, or JSON, which is YAML too."""


class ApplyInput(Input, kw_only=True):
    """A document to be published."""

    document: Document
    plan: PlanHash | None = None
    """Only if this plan was made of it, on the version that is the newest now. Required where lives are shortened."""
    note: LongText = ""
    """Why, for the list of versions."""
    effective_at: Instant | None = None
    """When it takes effect; without it, at once."""


class ApplyResult1(Done1, kw_only=True):
    """What was published."""

    version: int


class ShowInput(Input):
    """Which version to show."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    """Without it, the newest."""


class ShowResult1(Shape):
    """A published document."""

    version: int
    effective_at: Instant
    author: str
    approver: str | None
    """The second person, where one was asked for."""
    note: str
    document: str
    """YAML, as `ApplyProgramme1` takes it."""


class ClockInput(Input, kw_only=True):
    """Where a sandbox's clock is moved."""

    to: Instant


class ClockResult1(Done1, kw_only=True):
    """The clock as it stands."""

    now: Instant
    settled: int
    """Members for whom something fell due on the way; all of it is stored."""


async def plan_programme(call: Call, given: PlanInput) -> PlanResult1:
    """Answer PlanProgramme1; raises InvalidInput where the shop has too many members for a caller to wait."""
    members = await call.engine.members(call.shop)
    if members > MEMBERS_MAX:
        message = f"The shop has {members} members; a plan of over {MEMBERS_MAX} takes longer than a call may."
        raise InvalidInput([Problem("", "too_many_members", message, "leal programme plan FILE")])
    return plan_result(await call.engine.plan(call.shop, given.document))


async def apply_programme(call: Call, given: ApplyInput) -> ApplyResult1:
    """Answer ApplyProgramme1."""
    version = await call.engine.publish(
        call.shop,
        given.document,
        author=call.by,
        note=given.note,
        effective_at=None if given.effective_at is None else int(given.effective_at),
        plan=given.plan,
        key=call.key_of_all(given),
    )
    return ApplyResult1(version=version)


async def show_programme(call: Call, given: ShowInput) -> ShowResult1:
    """Answer ShowProgramme1."""
    found = await call.engine.published(call.shop, given.version)
    return ShowResult1(
        version=found.version,
        effective_at=Instant(found.effective_at),
        author=found.author,
        approver=found.approver,
        note=found.note,
        document=found.document,
    )


async def advance_clock(call: Call, given: ClockInput) -> ClockResult1:
    """Answer AdvanceClock1: when it answers, all that fell due is stored (S1.4)."""
    settled = await call.engine.advance_clock(call.shop, int(given.to), by=call.by)
    return ClockResult1(now=Instant(await call.engine.now(call.shop)), settled=settled)


SHOP: Final[Any] = ("shop",)
FUNCTIONS: Final = (
    Function(
        "PlanProgramme1", "read", SHOP, PlanInput, PlanResult1,
        plan_programme, "Tells what publishing a document would change, and gives the hash that publishing it takes.",
    ),
    Function(
        "ApplyProgramme1", "write", SHOP, ApplyInput, ApplyResult1,
        apply_programme, "Publishes a document as the next version of the shop's programme.",
    ),
    Function(
        "ShowProgramme1", "read", SHOP, ShowInput, ShowResult1,
        show_programme, "Shows a published version of the programme.",
    ),
    Function(
        "AdvanceClock1", "write", SHOP, ClockInput, ClockResult1,
        advance_clock, "Moves a sandbox's clock forward and stores what falls due on the way.",
    ),
)  # fmt: skip
