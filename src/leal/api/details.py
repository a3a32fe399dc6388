"""Details: the functions that show who a customer is, and take the customer's own edits."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import UNSET, UnsetType

from leal.api import words
from leal.api.customers import birthday_is_right
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.referrals import PERSONAL
from leal.api.shapes import CustomerInput, Day, KeyedInput, Shape, Words
from leal.api.status import MembershipStatus1
from leal.engine.commands import Details, EditDetails, UnknownCustomer, Who
from leal.rules.membership import shown_membership
from leal.scalars import Flake, Instant, Money

SECRET: Final = ("note",)
"""What the shop keeps to itself: shown with a shop token alone."""
CONSENTS: Final = ("subscribed", "unsubscribed")


class CustomerDetails2(Shape, kw_only=True):
    """A customer as it is known: `Customer2` with what the programme adds; what is not known is left out."""

    bh_id: Flake | None
    """Null while the shop's pushes have not made the customer known."""
    id: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    alt_emails: list[str] | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    full_name: str | UnsetType = UNSET
    birthday: Day | UnsetType = UNSET
    """`0000-05-17` where the year is not known."""
    anniversary: Day | UnsetType = UNSET
    """The day the customer joined."""
    locale: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    email_verified: bool | str | UnsetType = UNSET
    email_marketing_consent: str | UnsetType = UNSET
    email_marketing_consent_change_time: str | UnsetType = UNSET
    sms_marketing_consent: str | UnsetType = UNSET
    sms_marketing_consent_change_time: str | UnsetType = UNSET
    optin: bool
    """Whether the customer is a full member."""
    membership: MembershipStatus1
    signed_up_at: str | UnsetType = UNSET
    personal_referral_code: str | UnsetType = UNSET
    """Of the invitation over the channel `custom-personal`, once there is one (`Refer2`)."""
    note: str | UnsetType = UNSET
    """With a shop token alone."""
    extras: dict[str, Any] | UnsetType = UNSET
    order_count: int
    """Orders that count, net of cancelled ones."""
    total_spent: Money
    """Money that counts, of all time, net of refunds."""


class EditInput(KeyedInput, kw_only=True):
    """What the customer edits; what is left out or null stays, an empty text clears."""

    first_name: Words | None = None
    last_name: Words | None = None
    full_name: Words | None = None
    phone: Words | None = None
    birthday: Words | None = None
    """Such as `1980-05-17`, or `0000-05-17` where the year is not told."""
    locale: Words | None = None
    email_marketing_consent: Words | None = None
    """`subscribed` or `unsubscribed`."""
    sms_marketing_consent: Words | None = None
    membership: Words | None = None
    """`full` joins the programme, `none` leaves it."""


class FieldResult1(Shape):
    """What became of one edited field."""

    ok: bool
    outcome: Literal["unchanged", "credited", "provided", "updated", "invalid", "failed"]
    message: str | UnsetType = UNSET
    """What would be right, where it is `invalid`."""


class EditResult1(Shape):
    """One result for each field that was given."""

    ok: bool
    """Whether all of them were taken."""
    fields: dict[str, FieldResult1]


async def customer_details(call: Call, given: CustomerInput) -> CustomerDetails2:
    """Answer CustomerDetails1; a customer whose token names nobody known has an id and nothing else."""
    who = await call.person(given.customer)
    try:
        known = await call.engine.details(call.shop, who)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        visitor = await call.engine.logged_out(call.shop)
        membership = shown_membership(visitor.standing.account, visitor.standing.terms)
        return CustomerDetails2(
            bh_id=None,
            id=who.shopid or UNSET,
            optin=membership == "full",
            membership=membership,
            order_count=0,
            total_spent=Money(0),
        )
    shown = _shown(known, private=call.caller.customer is None)
    terms = known.balance.standing.terms
    if terms is not None and terms.programme.referrals is not None:
        sent = (await call.engine.referrals(call.shop, Who(bhid=known.balance.account_id))).rows
        shown.personal_referral_code = next((one.code for one in sent if one.channel == PERSONAL), UNSET)
    return shown


def _shown(known: Details, *, private: bool) -> CustomerDetails2:
    standing = known.balance.standing
    profile = {
        name: value
        for name, value in known.profile.items()
        if value not in ("", None) and name in CustomerDetails2.__struct_fields__ and (private or name not in SECRET)
    }
    profile.pop("optin", None)
    first, last = profile.get("first_name"), profile.get("last_name")
    if "full_name" not in profile and (first or last):
        profile["full_name"] = " ".join(name for name in (first, last) if name)
    elif first is None and last is None and "full_name" in profile:
        head, _, rest = profile["full_name"].rpartition(" ")
        profile |= {"first_name": head or rest} | ({"last_name": rest} if head else {})
    return CustomerDetails2(
        bh_id=Flake(known.balance.account_id),
        id=known.who.shopid or UNSET,
        email=known.who.email or UNSET,
        anniversary=UNSET if standing.anniversary_day is None else standing.anniversary_day.isoformat(),
        optin=standing.account.membership == "full",
        membership=shown_membership(standing.account, standing.terms),
        order_count=standing.account.life.orders,
        total_spent=Money(standing.account.life.spend_micros),
        **profile,
    )


async def update_customer_details(call: Call, given: EditInput) -> EditResult1:
    """Answer UpdateCustomerDetails1: each field by itself, and the others though one is wrong."""
    who = await call.person(given.customer)
    told = {
        name: value
        for name in EditInput.__struct_fields__
        if name not in KeyedInput.__struct_fields__ and (value := getattr(given, name)) is not None
    }
    wrong = {name: ident for name, value in told.items() if (ident := _wrong(name, value)) is not None}
    good = {name: value for name, value in told.items() if name not in wrong}
    membership = good.pop("membership", None)
    now = await call.engine.now(call.shop)
    for consent in ("email_marketing_consent", "sms_marketing_consent"):
        if consent in good:
            good[f"{consent}_change_time"] = Instant(now).write()
    edited = call.noted(await call.engine.edit_details(call.shop, EditDetails(who, good, membership, call.key(given))))
    speak = await words.voice_of(call, given.market) if wrong else None
    fields = {name: FieldResult1(False, "invalid", speak.say(ident)) for name, ident in wrong.items() if speak}
    for name, outcome in edited.outcomes.items():
        if name in told:
            fields[name] = FieldResult1(True, outcome)  # type: ignore[arg-type]  # the engine knows these words alone
    return EditResult1(not wrong, {name: fields[name] for name in told})


def _wrong(name: str, value: str) -> str | None:
    """The sentence, by its id, that says what would be right for a field whose value is not; None: it is."""
    if name == "birthday" and value and not birthday_is_right(value):
        return "wrong.birthday"
    if name in ("email_marketing_consent", "sms_marketing_consent") and value not in CONSENTS:
        return "wrong.consent"
    if name == "membership" and value not in ("none", "full"):
        return "wrong.membership"
    return None


FUNCTIONS: Final = (
    Function(
        "CustomerDetails1", "read", ABOUT_ONE, CustomerInput, CustomerDetails2,
        customer_details, "Who a customer is: names, contact, birthday, consents, membership.",
    ),
    Function(
        "UpdateCustomerDetails1", "write", ABOUT_ONE, EditInput, EditResult1,
        update_customer_details, "Takes a customer's own edits, each field by itself.",
    ),
)  # fmt: skip
