"""Mappings that every shop has without writing them: the record itself, and shapes known from marketing systems.

They are shaped after what those systems document of loyalty data; a mapping of the same slug in the programme document
takes the place of one.
"""

from __future__ import annotations

from typing import Final

from leal.rules.programme.feeds import CORE, FieldName, MappedField, Mapping, RecordField

RECORD: Final = "record"
"""The slug of the record as it is: eleven fields under their own names."""

_PROFILE: Final[dict[FieldName, RecordField]] = {
    "external_id": "customer_id",
    "loyalty_member": "member",
    "loyalty_tier": "tier",
    "loyalty_points_balance": "points_balance",
    "loyalty_points_to_next_tier": "points_to_next_tier",
    "loyalty_next_tier": "next_tier",
    "loyalty_tier_benefits": "tier_benefits",
    "loyalty_points_expiration_date": "points_expiration_date",
    "loyalty_points_expiring": "points_expiring",
    "loyalty_member_since": "member_since",
    "loyalty_lifetime_points": "lifetime_points",
}


def _fields(names: dict[FieldName, RecordField]) -> list[MappedField]:
    return [MappedField(name=name, source=source) for name, source in names.items()]


SHIPPED: Final[dict[str, Mapping]] = {
    mapping.slug: mapping
    for mapping in (
        Mapping(slug=RECORD, title="The record", fields=_fields({name: name for name in CORE})),
        Mapping(
            slug="adobe-xdm",
            title="Shaped after the field group Loyalty Details of Adobe's XDM",
            dates="date_time",
            nulls="omit",
            fields=[
                MappedField(name="_id", source="customer_id"),
                MappedField(name="loyalty.loyaltyID", cel="[customer_id]"),
                MappedField(name="loyalty.program", source="program_id"),
                MappedField(name="loyalty.status", source="member", yes="active", no="disabled"),
                MappedField(name="loyalty.tier", source="tier"),
                MappedField(name="loyalty.points", source="points_balance"),
                MappedField(name="loyalty.nextTier", source="next_tier"),
                MappedField(name="loyalty.pointsToNextTier", source="points_to_next_tier"),
                MappedField(name="loyalty.tierExpiryDate", source="tier_expiration_date"),
                MappedField(
                    name="loyalty.pointsExpiration",
                    source="expirations",
                    items={"date": "pointsExpirationDate", "points": "pointsExpiring"},
                ),
                MappedField(name="loyalty.joinDate", source="member_since"),
                MappedField(name="loyalty.lifetimePoints", source="lifetime_points"),
                MappedField(name="loyalty.promisedPoints", source="pending_points"),
            ],
        ),
        Mapping(
            slug="klaviyo",
            title="Shaped after a profile of Klaviyo's API",
            fields=[
                MappedField(name="data.type", constant="profile"),
                *(
                    MappedField(
                        name=f"data.attributes.{'' if name == 'external_id' else 'properties.'}{name}", source=source
                    )
                    for name, source in _PROFILE.items()
                ),
            ],
        ),
        Mapping(
            slug="braze",
            title="Shaped after an object of user attributes of Braze's API",
            dates="date_time",
            fields=_fields(_PROFILE),
        ),
    )
}
