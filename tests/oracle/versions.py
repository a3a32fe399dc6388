"""Published programme documents, as the oracle reads them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.instants import local_day, parse_time

Document = dict[str, Any]


def micros(amount: object) -> int:
    """Money of the document as an integer of millionths."""
    return int(Decimal(str(amount)).scaleb(6))


@dataclass(frozen=True)
class Version:
    """A published programme document."""

    number: int
    published_at: int
    effective_at: int
    document: Document

    @property
    def zone(self) -> ZoneInfo:
        """The programme's time zone."""
        return ZoneInfo(self.document["timezone"])

    def day(self, at: int) -> date:
        """The local day of an instant."""
        return local_day(at, self.zone)

    def part(self, name: str) -> Document:
        """A section of the document, empty where it is not given."""
        return self.document.get(name) or {}

    @property
    def enabled(self) -> bool:
        """Whether the programme is on."""
        return bool(self.document.get("enabled", True))

    def sources(self, *kinds: str, at: int) -> list[Document]:
        """The sources of these kinds that are in their dates at an instant, in the document's order.

        A programme that is off gives nothing but for a tier that is entered.
        """
        if not self.enabled and kinds != ("tier_entry",):
            return []
        found = [source for source in self.document.get("sources") or [] if source["kind"] in kinds]
        return [source for source in found if self.in_dates(source, at)]

    def source(self, slug: str | None) -> Document | None:
        """The source of a slug."""
        return next((s for s in self.document.get("sources") or [] if s["slug"] == slug), None)

    def in_dates(self, item: Document, at: int) -> bool:
        """Whether an instant lies from `starts_at` on, before `ends_at`."""
        starts, ends = item.get("starts_at"), item.get("ends_at")
        if starts is not None and at < parse_time(str(starts), self.zone):
            return False
        return ends is None or at < parse_time(str(ends), self.zone)
